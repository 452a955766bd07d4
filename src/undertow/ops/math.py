"""Arithmetic, comparison, reduction: what each op is. `kernels/math.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .constant import constant
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import same_dim, shape_rule

# Public name -> type. Shape and dtype of the input.
UNARY = {
    "acos": "Acos",
    "exp": "Exp",
    "log": "Log",
    "negative": "Neg",
    "sign": "Sign",
    "square": "Square",
    "tanh": "Tanh",
}

# Public name -> type. The inputs broadcast to one shape.
BINARY = {
    "add": "AddV2",
    "maximum": "Maximum",
    "multiply": "Mul",
    "subtract": "Sub",
}

COMPARISON = {"equal": "Equal", "greater": "Greater", "less": "Less"}


def __getattr__(name: str) -> Any:
    return from_table({**UNARY, **BINARY, **COMPARISON}, __name__, name)


shape_rule(*UNARY.values())(rules.unchanged)
shape_rule(*BINARY.values(), *COMPARISON.values())(rules.broadcast)


def cast(x: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`x` with its elements converted to `dtype`; itself if they are of it already.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/cast
    """
    x = convert_to_tensor(x, name="x")
    return x if x.dtype.base_dtype == dtype else node("Cast", x, DstT=dtype, name=name)


shape_rule("Cast")(rules.unchanged)


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: str | None = None) -> Tensor:
    """The matrix product of `a` [n, m] and `b` [m, k]: [n, k]."""
    return node("MatMul", a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name)


@shape_rule("MatMul")
def _(a: TensorShape, b: TensorShape, *, transpose_a: bool, transpose_b: bool) -> TensorShape:
    rows, inner = rules.with_rank(a, 2)[:: -1 if transpose_a else 1]
    inner_b, columns = rules.with_rank(b, 2)[:: -1 if transpose_b else 1]
    same_dim(inner, inner_b)
    return TensorShape.of((rows, columns))


def reduce_mean(
    input_tensor: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The mean over `axis` (all axes if None), which is dropped unless `keepdims`."""
    return _reduce("Mean", input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def _reduce(
    op_type: str, value: Any, axis: Any, keepdims: bool | None, name: str | None, old_axis: Any, old_keep: bool | None
) -> Tensor:
    if axis is not None and old_axis is not None:
        raise ValueError("Cannot specify both 'axis' and 'reduction_indices'.")
    if keepdims is not None and old_keep is not None:
        raise ValueError("Cannot specify both 'keepdims' and 'keep_dims'.")
    axis = old_axis if axis is None else axis
    value = convert_to_tensor(value)
    if axis is None and value.shape.ndims is not None:
        axis = constant(list(range(value.shape.ndims)), dtype="int32")
    elif axis is None:
        axis = node("Range", 0, node("Rank", value), 1)
    return node(op_type, value, axis, keep_dims=bool(keepdims or old_keep), name=name)


@shape_rule("Mean", values=["reduction_indices"])
def _(value: TensorShape, axes: Any, *, keep_dims: bool) -> TensorShape:
    return rules.reduced(value, axes, keep_dims)
