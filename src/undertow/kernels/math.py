"""Elementwise arithmetic, comparison and conversion: how each op is done.

torch differs from TensorFlow where functions here are longer than a name: in what happens at zero and at ties, in
whom a gradient goes to, and in integer division.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..graph.errors import UnimplementedError
from .registry import invalid, kernel, kernels

UNARY = {
    "Abs": torch.abs, "Acos": torch.acos, "Acosh": torch.acosh, "Asin": torch.asin, "Asinh": torch.asinh,
    "Atan": torch.atan, "Atanh": torch.atanh, "BesselI0": torch.special.i0, "BesselI0e": torch.special.i0e,
    "BesselI1": torch.special.i1, "BesselI1e": torch.special.i1e, "Ceil": torch.ceil, "ComplexAbs": torch.abs,
    "Conj": torch.conj_physical, "Cos": torch.cos, "Cosh": torch.cosh, "Digamma": torch.digamma, "Erf": torch.erf,
    "Erfc": torch.erfc, "Erfinv": torch.erfinv, "Exp": torch.exp, "Expm1": torch.expm1, "Floor": torch.floor,
    "Angle": torch.angle, "Invert": torch.bitwise_not, "IsFinite": torch.isfinite, "IsInf": torch.isinf,
    "IsNan": torch.isnan, "Lgamma": torch.lgamma, "Log": torch.log, "Log1p": torch.log1p,
    "LogicalNot": torch.logical_not, "Ndtri": torch.special.ndtri, "Neg": torch.neg, "Rint": torch.round,
    "Round": torch.round, "Rsqrt": torch.rsqrt, "Sigmoid": torch.sigmoid, "Sin": torch.sin,
    "Sinh": torch.sinh, "Sqrt": torch.sqrt, "Square": torch.square, "Tan": torch.tan, "Tanh": torch.tanh,
}  # fmt: skip

BINARY = {
    "AddV2": torch.add, "Atan2": torch.atan2, "BitwiseAnd": torch.bitwise_and, "BitwiseOr": torch.bitwise_or,
    "BitwiseXor": torch.bitwise_xor, "Complex": torch.complex, "Greater": torch.gt, "GreaterEqual": torch.ge,
    "LeftShift": torch.bitwise_left_shift, "Less": torch.lt, "LessEqual": torch.le, "LogicalAnd": torch.logical_and,
    "LogicalOr": torch.logical_or, "Mul": torch.mul, "NextAfter": torch.nextafter, "RealDiv": torch.div,
    "RightShift": torch.bitwise_right_shift, "Sub": torch.sub, "Zeta": torch.special.zeta,
}  # fmt: skip

kernels(UNARY)
kernels(BINARY)
kernels({"Real": torch.real, "Imag": torch.imag}, view=True)


def _with_gradient(
    forward: Callable[..., Tensor], first: Callable[..., Tensor], second: Callable[..., Tensor]
) -> Callable[[Tensor, Tensor], Tensor]:
    """A function of x and y whose gradients are `first(grad, x, y, result)` and `second(…)`."""

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor, y: Tensor) -> Tensor:
            result = forward(x, y)
            ctx.save_for_backward(x, y, result)
            return result

        @staticmethod
        def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
            x, y, result = ctx.saved_tensors
            to_x = first(grad, x, y, result).sum_to_size(x.shape) if ctx.needs_input_grad[0] else None
            to_y = second(grad, x, y, result).sum_to_size(y.shape) if ctx.needs_input_grad[1] else None
            return to_x, to_y

    def apply(x: Tensor, y: Tensor) -> Tensor:
        if torch.is_grad_enabled() and (x.requires_grad or y.requires_grad):
            return Function.apply(x, y)
        return forward(x, y)

    return apply


def _where(condition: Tensor, grad: Tensor) -> Tensor:
    return torch.where(condition, grad, torch.zeros_like(grad))


# Where both are equal TensorFlow gives the whole gradient to the first; torch would halve it.
maximum = _with_gradient(torch.maximum, lambda g, x, y, _: _where(x >= y, g), lambda g, x, y, _: _where(~(x >= y), g))
minimum = _with_gradient(torch.minimum, lambda g, x, y, _: _where(x <= y, g), lambda g, x, y, _: _where(~(x <= y), g))
kernels({"Maximum": maximum, "Minimum": minimum})


@kernel("ClipByValue")
def clip_by_value(t: Tensor, low: Tensor, high: Tensor) -> Tensor:
    return maximum(minimum(t, high), low)


@kernel("Sign")
def sign(x: Tensor) -> Tensor:
    return torch.sgn(x) if x.is_complex() else torch.sign(x)


# Powers and quotients


def _log_of_positive(x: Tensor) -> Tensor:
    """The logarithm, 0 where there is none (for a complex number only at 0)."""
    has_log = (x != 0) if x.is_complex() else (x > 0)
    return torch.where(has_log, torch.log(torch.where(has_log, x, torch.ones_like(x))), torch.zeros_like(x))


_power = _with_gradient(
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


_remainder = _with_gradient(torch.remainder, lambda g, *_: g, lambda g, x, y, _: -g * torch.floor(x / y))


@kernel("FloorMod")
def floor_mod(x: Tensor, y: Tensor) -> Tensor:
    return _remainder(x, y) if x.is_floating_point() else _integers(torch.remainder, x, y)


@kernel("TruncateMod", "Mod")
def truncate_mod(x: Tensor, y: Tensor) -> Tensor:
    return torch.fmod(x, y) if x.is_floating_point() else _integers(torch.fmod, x, y)


@kernel("Reciprocal", "Inv")
def reciprocal(x: Tensor) -> Tensor:
    return torch.reciprocal(x) if x.is_floating_point() or x.is_complex() else truncate_div(torch.ones_like(x), x)


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
mul_no_nan = _with_gradient(
    _product_no_nan, lambda g, x, y, _: _product_no_nan(g, y), lambda g, x, y, _: _product_no_nan(x, g)
)
kernel("MulNoNan")(mul_no_nan)


@kernel("Xdivy")
def xdivy(x: Tensor, y: Tensor) -> Tensor:
    zero = x == 0
    return torch.where(zero, torch.zeros_like(x), x / torch.where(zero, torch.ones_like(y), y))


@kernel("Xlogy")
def xlogy(x: Tensor, y: Tensor) -> Tensor:
    zero = x == 0
    return torch.where(zero, torch.zeros_like(x), x * torch.log(torch.where(zero, torch.ones_like(y), y)))


@kernel("Xlog1py")
def xlog1py(x: Tensor, y: Tensor) -> Tensor:
    zero = x == 0
    return torch.where(zero, torch.zeros_like(x), x * torch.log1p(torch.where(zero, torch.zeros_like(y), y)))


# Special functions


def _no_gradient_by_a(name: str) -> Callable[..., Tensor]:
    def gradient(*_: Tensor) -> Tensor:
        raise UnimplementedError(None, None, f"The gradient of {name} by its first argument is not built.")

    return gradient


def _gamma_density(grad: Tensor, a: Tensor, x: Tensor, _: Tensor) -> Tensor:
    """The derivative of igamma by x."""
    return grad * torch.exp((a - 1) * torch.log(x) - x - torch.lgamma(a))


kernel("Igamma")(_with_gradient(torch.special.gammainc, _no_gradient_by_a("igamma"), _gamma_density))
kernel("Igammac")(
    _with_gradient(torch.special.gammaincc, _no_gradient_by_a("igammac"), lambda *args: -_gamma_density(*args))
)


@kernel("Polygamma")
def polygamma(a: Tensor, x: Tensor) -> Tensor:
    """The a-th derivative of digamma: (-1)^(a+1) a! zeta(a + 1, x)."""
    a = a.detach()
    order = torch.where(a == 0, torch.ones_like(a), a)
    sign = torch.where(order % 2 == 0, -torch.ones_like(a), torch.ones_like(a))
    derivative = sign * torch.exp(torch.lgamma(order + 1)) * torch.special.zeta(order + 1, x)
    return torch.where(a == 0, torch.digamma(x), derivative)


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
            return torch.tensor(otherwise)
    if _is_text(x):
        same = torch.from_numpy((x == y).astype(bool).reshape(torch.broadcast_shapes(x.shape, y.shape)))
        return same if function is torch.eq else ~same
    return function(x, y)


@kernel("ApproximateEqual")
def approximate_equal(x: Tensor, y: Tensor, *, tolerance: float) -> Tensor:
    return (x - y).abs() < tolerance


# Conversion


@kernel("Cast", view=True)
def cast(x: Tensor, *, DstT: torch.dtype) -> Tensor:
    if x.is_complex() and not DstT.is_complex:
        x = x.real
    return x.to(DstT)
