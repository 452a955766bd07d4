"""Elementwise arithmetic, comparison and conversion: how each op is done.

torch differs from TensorFlow where functions here are longer than a name: in what happens at zero and at ties, in
whom a gradient goes to, and in integer division.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import UnimplementedError
from .gradients import with_gradients, zero_stays
from .registry import invalid, kernel, kernels

UNARY = {
    "Abs": torch.abs, "Acos": torch.acos, "Acosh": torch.acosh, "Angle": torch.angle, "Asin": torch.asin,
    "Asinh": torch.asinh, "Atan": torch.atan, "Atanh": torch.atanh, "Ceil": torch.ceil, "ComplexAbs": torch.abs,
    "Conj": torch.conj_physical, "Cos": torch.cos, "Cosh": torch.cosh, "Exp": torch.exp, "Expm1": torch.expm1,
    "Floor": torch.floor, "IsFinite": torch.isfinite, "IsInf": torch.isinf, "IsNan": torch.isnan, "Log": torch.log,
    "Log1p": torch.log1p, "LogicalNot": torch.logical_not, "Neg": torch.neg, "Rint": torch.round, "Round": torch.round,
    "Sigmoid": torch.sigmoid, "Sin": torch.sin, "Sinh": torch.sinh, "Square": torch.square, "Tan": torch.tan,
    "Tanh": torch.tanh,
}  # fmt: skip

BINARY = {
    "AddV2": torch.add, "Atan2": torch.atan2, "Complex": torch.complex, "Greater": torch.gt, "GreaterEqual": torch.ge,
    "Less": torch.lt, "LessEqual": torch.le, "LogicalAnd": torch.logical_and, "LogicalOr": torch.logical_or,
    "Mul": torch.mul, "RealDiv": torch.div, "Sub": torch.sub,
}  # fmt: skip

kernels(UNARY)
kernels(BINARY)
kernels({"Real": torch.real, "Imag": torch.imag}, view=True)

# Their gradients, of the gradient that comes in and of the function's value; they are ops too.
_of_sqrt = zero_stays(lambda grad, y: 0.5 * grad / y.conj())
_of_rsqrt = zero_stays(lambda grad, y: -0.5 * grad * (y * y * y).conj())
_of_reciprocal = zero_stays(lambda grad, y: -grad * (y * y).conj())

kernels(
    {
        "Sqrt": with_gradients(torch.sqrt, lambda grad, x, y: _of_sqrt(grad, y)),
        "SqrtGrad": lambda y, grad: _of_sqrt(grad, y),
        "Rsqrt": with_gradients(torch.rsqrt, lambda grad, x, y: _of_rsqrt(grad, y)),
        "RsqrtGrad": lambda y, grad: _of_rsqrt(grad, y),
        "ReciprocalGrad": lambda y, grad: _of_reciprocal(grad, y),
        "InvGrad": lambda y, grad: _of_reciprocal(grad, y),
    }
)


def _where(condition: Tensor, grad: Tensor) -> Tensor:
    return torch.where(condition, grad, torch.zeros_like(grad))


# Where both are equal TensorFlow gives the whole gradient to the first; torch would halve it.
maximum = with_gradients(torch.maximum, lambda g, x, y, _: _where(x >= y, g), lambda g, x, y, _: _where(~(x >= y), g))
minimum = with_gradients(torch.minimum, lambda g, x, y, _: _where(x <= y, g), lambda g, x, y, _: _where(~(x <= y), g))
kernels({"Maximum": maximum, "Minimum": minimum})


@kernel("ClipByValue")
def clip_by_value(t: Tensor, low: Tensor, high: Tensor) -> Tensor:
    return maximum(minimum(t, high), low)


@kernel("Sign")
def sign(x: Tensor) -> Tensor:
    return torch.sgn(x) if x.is_complex() else torch.sign(x)


next_after = with_gradients(torch.nextafter, lambda g, *_: g, lambda g, *_: torch.zeros_like(g))
kernel("NextAfter")(next_after)


# Powers and quotients


def _log_of_positive(x: Tensor) -> Tensor:
    """The logarithm, 0 where there is none (for a complex number only at 0)."""
    has_log = (x != 0) if x.is_complex() else (x > 0)
    return torch.where(has_log, torch.log(torch.where(has_log, x, torch.ones_like(x))), torch.zeros_like(x))


_power = with_gradients(
    torch.pow,
    lambda g, x, y, _: g * (y * torch.pow(x, y - 1)).conj(),
    lambda g, x, y, z: g * (z * _log_of_positive(x)).conj(),
)


@kernel("Pow")
def power(x: Tensor, y: Tensor) -> Tensor:
    if not (x.is_floating_point() or x.is_complex()) and bool((y < 0).any()):
        raise invalid("Integers to negative integer powers are not allowed")
    return _power(x, y) if y.requires_grad else torch.pow(x, y)


def _integers(function: Callable[[Tensor, Tensor], Tensor], x: Tensor, y: Tensor) -> Tensor:
    wider = _WIDER.get(x.dtype)
    if wider is not None:
        return _integers(function, x.to(wider), y.to(wider)).to(x.dtype)
    try:
        return function(x, y)
    except RuntimeError as error:
        if "ZeroDivisionError" in str(error):
            raise invalid("Integer division by zero") from None
        raise


@kernel("FloorDiv")
def floor_div(x: Tensor, y: Tensor) -> Tensor:
    if x.is_floating_point():
        return torch.floor(x / y)  # torch's own differs from this by one where the quotient was rounded up
    return _integers(lambda a, b: torch.div(a, b, rounding_mode="floor"), x, y)


@kernel("TruncateDiv")
def truncate_div(x: Tensor, y: Tensor) -> Tensor:
    return _integers(lambda a, b: torch.div(a, b, rounding_mode="trunc"), x, y)


@kernel("Div")
def div(x: Tensor, y: Tensor) -> Tensor:
    return x / y if x.is_floating_point() or x.is_complex() else truncate_div(x, y)


_remainder = with_gradients(torch.remainder, lambda g, *_: g, lambda g, x, y, _: -g * torch.floor(x / y))


@kernel("FloorMod")
def floor_mod(x: Tensor, y: Tensor) -> Tensor:
    return _remainder(x, y) if x.is_floating_point() else _integers(torch.remainder, x, y)


@kernel("TruncateMod", "Mod")
def truncate_mod(x: Tensor, y: Tensor) -> Tensor:
    return torch.fmod(x, y) if x.is_floating_point() else _integers(torch.fmod, x, y)


_reciprocal = with_gradients(torch.reciprocal, lambda grad, x, y: _of_reciprocal(grad, y))


@kernel("Reciprocal", "Inv")
def reciprocal(x: Tensor) -> Tensor:
    return _reciprocal(x) if x.is_floating_point() or x.is_complex() else truncate_div(torch.ones_like(x), x)


@kernel("SquaredDifference")
def squared_difference(x: Tensor, y: Tensor) -> Tensor:
    difference = x - y
    return difference * difference.conj() if x.is_complex() else difference * difference


# What is 0 by decree. The inner `where` keeps what is not taken from poisoning the gradient.


@kernel("DivNoNan")
def div_no_nan(x: Tensor, y: Tensor) -> Tensor:
    zero = y == 0
    return torch.where(zero, torch.zeros_like(x), x / torch.where(zero, torch.ones_like(y), y))


_product_no_nan: Callable[[Tensor, Tensor], Tensor] = lambda x, y: torch.where(y == 0, torch.zeros_like(x), x * y)  # noqa: E731
mul_no_nan = with_gradients(
    _product_no_nan, lambda g, x, y, _: _product_no_nan(g, y), lambda g, x, y, _: _product_no_nan(x, g)
)
kernel("MulNoNan")(mul_no_nan)


def _unless_zero(x: Tensor, value: Tensor) -> Tensor:
    return torch.where(x == 0, torch.zeros_like(value), value)


def _is_not_zero(x: Tensor) -> Tensor:
    return (x != 0).to(x.dtype)


# As in TensorFlow, of complex numbers too the gradients are by the numbers themselves, not by their conjugates.
xdivy: Callable[[Tensor, Tensor], Tensor] = with_gradients(
    lambda x, y: _unless_zero(x, x / y),
    lambda g, x, y, _: g * xdivy(_is_not_zero(x), y),
    lambda g, x, y, _: g * xdivy(-x, y * y),
)
xlogy: Callable[[Tensor, Tensor], Tensor] = with_gradients(
    lambda x, y: _unless_zero(x, x * torch.log(y)),
    lambda g, x, y, _: g * xlogy(_is_not_zero(x), y),
    lambda g, x, y, _: g * xdivy(x, y),
)
kernel("Xdivy")(xdivy)
kernel("Xlogy")(xlogy)


@kernel("Xlog1py")
def xlog1py(x: Tensor, y: Tensor) -> Tensor:
    zero = x == 0
    return torch.where(zero, torch.zeros_like(x), x * torch.log1p(torch.where(zero, torch.zeros_like(y), y)))


# Bits. torch has few functions of the wide unsigned integers: those work on a signed type that holds them.

_WIDER = {torch.uint16: torch.int32, torch.uint32: torch.int64, torch.uint64: torch.int64}


def _bits(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def apply(*values: Tensor) -> Tensor:
        dtype = values[0].dtype
        wider = _WIDER.get(dtype)
        return function(*values) if wider is None else function(*(v.to(wider) for v in values)).to(dtype)

    return apply


kernels(
    {
        "BitwiseAnd": torch.bitwise_and,
        "BitwiseOr": torch.bitwise_or,
        "BitwiseXor": torch.bitwise_xor,
        "Invert": _bits(torch.bitwise_not),
        "LeftShift": _bits(torch.bitwise_left_shift),
        "RightShift": _bits(torch.bitwise_right_shift),
    }
)


@kernel("PopulationCount")
def population_count(x: Tensor) -> Tensor:
    size = x.element_size() * 8
    shifted = x.unsqueeze(-1) >> torch.arange(size, device=x.device, dtype=x.dtype)
    return (shifted & 1).sum(-1).to(torch.uint8)


# Comparison, and what works on strings too


def _is_text(x: Any) -> bool:
    return not isinstance(x, Tensor)


@kernel("Add")
def add(x: Any, y: Any) -> Any:
    return x + y


@kernel("Equal")
def equal(x: Any, y: Any, *, incompatible_shape_error: bool) -> Any:
    return _compare(torch.eq, x, y, incompatible_shape_error, otherwise=False)


@kernel("NotEqual")
def not_equal(x: Any, y: Any, *, incompatible_shape_error: bool) -> Any:
    return _compare(torch.ne, x, y, incompatible_shape_error, otherwise=True)


def _compare(function: Callable[..., Tensor], x: Any, y: Any, must_broadcast: bool, otherwise: bool) -> Tensor:
    if not must_broadcast:
        try:
            torch.broadcast_shapes(x.shape, y.shape)
        except RuntimeError:
            return torch.tensor(otherwise, device=getattr(x, "device", None))
    if _is_text(x):
        same = torch.from_numpy(np.asarray(x == y, bool).reshape(torch.broadcast_shapes(x.shape, y.shape)))
        return same if function is torch.eq else ~same
    return function(x, y)


@kernel("ApproximateEqual")
def approximate_equal(x: Tensor, y: Tensor, *, tolerance: float) -> Tensor:
    return (x - y).abs() < tolerance


# Conversion


def _named(dtype: torch.dtype | None) -> str:
    return "string" if dtype is None else str(dtype).removeprefix("torch.")


@kernel("Cast", view=True)
def cast(x: Tensor, *, DstT: torch.dtype) -> Tensor:
    if _is_text(x) or DstT is None:
        raise UnimplementedError(
            None, None, f"Cast {_named(None if _is_text(x) else x.dtype)} to {_named(DstT)} is not supported"
        )
    if x.is_complex() and not DstT.is_complex:
        x = x.real
    return x.to(DstT)
