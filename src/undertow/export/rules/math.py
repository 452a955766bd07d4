"""Elementwise arithmetic, comparison, conversion and products of matrices."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx

from ...kernels.math import BINARY, UNARY
from .. import functions
from ..table import Unknown, becomes, rows
from ..value import Value

rows(UNARY)
rows(BINARY)
rows(
    {
        "Digamma": torch.digamma, "Erf": torch.erf, "Erfc": torch.erfc, "Inv": torch.reciprocal, "Lgamma": torch.lgamma,
        "Neg": operator.neg, "Reciprocal": torch.reciprocal, "Rsqrt": torch.rsqrt, "Sign": torch.sgn,
        "Sqrt": torch.sqrt,
    }
)  # fmt: skip
rows(
    {
        "Add": operator.add, "AddV2": operator.add, "Equal": operator.eq, "Greater": operator.gt,
        "GreaterEqual": operator.ge, "Less": operator.lt, "LessEqual": operator.le, "Mul": operator.mul,
        "NotEqual": operator.ne, "Pow": operator.pow, "RealDiv": operator.truediv, "Sub": operator.sub,
    },
    scalars=True,
)  # fmt: skip
rows({"BitwiseAnd": torch.bitwise_and, "BitwiseOr": torch.bitwise_or, "BitwiseXor": torch.bitwise_xor})


@becomes("Maximum", scalars=True)
def maximum(x: Any, y: Any) -> Any:
    return _extreme(x, y, functions.maximum, "min")


@becomes("Minimum", scalars=True)
def minimum(x: Any, y: Any) -> Any:
    return _extreme(x, y, functions.minimum, "max")


def _extreme(x: Any, y: Any, function: Any, bound: str) -> Any:
    if not isinstance(y, Value):
        return torch.clamp(x, **{bound: y})
    if not isinstance(x, Value):
        return torch.clamp(y, **{bound: x})
    return call(function, x, y)


def call(function: Any, first: Value, *args: Any, **kwargs: Any) -> fx.Proxy:
    """A line that calls one of `functions.py`."""
    return first.tracer.create_proxy("call_function", function, (first, *args), kwargs)


@becomes("ClipByValue", scalars=True)
def clip_by_value(x: Any, low: Any, high: Any) -> Any:
    if isinstance(low, Value) or isinstance(high, Value):
        raise Unknown
    return torch.clamp(x, low, high)


def _division(mode: str) -> Any:
    def apply(x: Value, y: Value) -> Any:
        if x.kind.is_floating_point:
            return torch.floor(x / y) if mode == "floor" else torch.trunc(x / y)
        return torch.div(x, y, rounding_mode=mode)

    return apply


rows({"FloorDiv": _division("floor"), "TruncateDiv": _division("trunc")})


@becomes("Div")
def div(x: Value, y: Value) -> Any:
    return x / y if x.kind.is_floating_point or x.kind.is_complex else torch.div(x, y, rounding_mode="trunc")


rows({"FloorMod": torch.remainder, "Mod": torch.fmod, "TruncateMod": torch.fmod, "Xlogy": torch.xlogy})


@becomes("SquaredDifference")
def squared_difference(x: Value, y: Value) -> Any:
    if x.kind.is_complex:
        raise Unknown
    return torch.square(x - y)


@becomes("DivNoNan")
def div_no_nan(x: Value, y: Value) -> Any:
    return call(functions.div_no_nan, x, y)


@becomes("Cast")
def cast(x: Value, *, SrcT: Any, DstT: Any) -> Any:
    if SrcT is None or DstT is None or (SrcT.is_complex and not DstT.is_complex):
        raise Unknown
    return x.to(DstT)


# Products


@becomes("MatMul")
def matmul(a: Value, b: Value, *, transpose_a: bool, transpose_b: bool) -> Any:
    return torch.matmul(a.t() if transpose_a else a, b.t() if transpose_b else b)


@becomes("BatchMatMul", "BatchMatMulV2")
def batch_matmul(x: Value, y: Value, *, adj_x: bool, adj_y: bool) -> Any:
    if x.kind.is_complex and (adj_x or adj_y):
        raise Unknown
    return torch.matmul(x.mT if adj_x else x, y.mT if adj_y else y)


@becomes("Einsum")
def einsum(inputs: list[Value], *, equation: str) -> Any:
    return torch.einsum(equation, *inputs)


@becomes("AddN", "AccumulateNV2")
def add_n(inputs: list[Value]) -> Any:
    total: Any = inputs[0]
    for value in inputs[1:]:
        total = total + value
    return total


@becomes("L2Loss")
def l2_loss(t: Value) -> Any:
    return torch.square(t).sum() / 2
