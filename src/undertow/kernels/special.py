"""Special functions: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from ..graph.errors import unbuilt
from .gradients import with_gradients
from .registry import invalid, kernel, kernels

kernels(
    {
        "BesselI0": torch.special.i0,
        "BesselI0e": torch.special.i0e,
        "BesselI1": torch.special.i1,
        "BesselI1e": torch.special.i1e,
        "Digamma": torch.digamma,
        "Erf": torch.erf,
        "Erfc": torch.erfc,
        "Erfinv": torch.erfinv,
        "Lgamma": torch.lgamma,
        "Ndtri": torch.special.ndtri,
    }
)


kernel("Zeta")(
    with_gradients(
        torch.special.zeta,
        lambda grad, x, q, _: torch.zeros_like(grad),  # TensorFlow has none
        lambda grad, x, q, _: -grad * x * torch.special.zeta(x + 1, q),
    )
)


def _by_x(a: Tensor, x: Tensor) -> Tensor:
    """The derivative of igamma by x: the density of the gamma distribution."""
    return torch.exp((a - 1) * torch.log(x) - x - torch.lgamma(a))


@kernel("IgammaGradA")
def igamma_by_a(a: Tensor, x: Tensor) -> Tensor:
    """The derivative of igamma by a: torch has none, so it is taken from four values around it, to about 1e-10."""
    at, y = a.double(), x.double()
    step = 1e-3 * at.clamp_max(1.0)
    near = torch.special.gammainc(at + step, y) - torch.special.gammainc(at - step, y)
    far = torch.special.gammainc(at + 2 * step, y) - torch.special.gammainc(at - 2 * step, y)
    return ((8 * near - far) / (12 * step)).to(a.dtype)


kernel("Igamma")(
    with_gradients(
        torch.special.gammainc,
        lambda grad, a, x, _: grad * igamma_by_a(a, x),
        lambda grad, a, x, _: grad * _by_x(a, x),
    )
)
kernel("Igammac")(
    with_gradients(
        torch.special.gammaincc,
        lambda grad, a, x, _: -grad * igamma_by_a(a, x),
        lambda grad, a, x, _: -grad * _by_x(a, x),
    )
)


@kernel("RandomGammaGrad")
def random_gamma_grad(alpha: Tensor, sample: Tensor) -> Tensor:
    """How a sample of the gamma distribution moves with alpha, its place in the distribution being held."""
    return -igamma_by_a(alpha, sample) / _by_x(alpha, sample)


@kernel("Polygamma")
def polygamma(a: Tensor, x: Tensor) -> Tensor:
    """The a-th derivative of digamma: (-1)^(a+1) a! zeta(a + 1, x)."""
    a = a.detach()
    order = torch.where(a == 0, torch.ones_like(a), a)
    sign = torch.where(order % 2 == 0, -torch.ones_like(a), torch.ones_like(a))
    derivative = sign * torch.exp(torch.lgamma(order + 1)) * torch.special.zeta(order + 1, x)
    return torch.where(a == 0, torch.digamma(x), derivative)


# The regularized incomplete beta integral


_STEPS = 500
_TINY = 1e-300


def _beta_fraction(a: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """The continued fraction of the incomplete beta integral, by the modified Lentz method; in float64."""

    def far_from_zero(value: Tensor) -> Tensor:
        return torch.where(value.abs() < _TINY, torch.full_like(value, _TINY), value)

    front = torch.ones_like(x)
    back = 1 / far_from_zero(1 - (a + b) * x / (a + 1))
    result = back
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = torch.ones_like(x)
        for term in (even, odd):
            back = 1 / far_from_zero(1 + term * back)
            front = far_from_zero(1 + term / front)
            step = step * back * front
        result = result * step
        if bool(((step - 1).abs() < 1e-15).all()):
            break
    return result


def _betainc(a: Tensor, b: Tensor, x: Tensor) -> Tensor:
    dtype = x.dtype
    a, b, x = torch.broadcast_tensors(a.double(), b.double(), x.double())
    swapped = x > (a + 1) / (a + b + 2)  # the fraction converges fast below the mean
    p, q, y = torch.where(swapped, b, a), torch.where(swapped, a, b), torch.where(swapped, 1 - x, x)
    inside = (a > 0) & (b > 0) & (x > 0) & (x < 1)
    one = torch.ones_like(x)
    p, q, y = torch.where(inside, p, one), torch.where(inside, q, one), torch.where(inside, y, one / 2)
    front = torch.exp(p * torch.log(y) + q * torch.log1p(-y) + torch.lgamma(p + q) - torch.lgamma(p) - torch.lgamma(q))
    part = front * _beta_fraction(p, q, y) / p
    result = torch.where(swapped, 1 - part, part)
    at_end = torch.where(x <= 0, torch.zeros_like(x), one)
    valid = (a > 0) & (b > 0) & (x >= 0) & (x <= 1)
    result = torch.where(inside, result, torch.where(valid, at_end, torch.full_like(x, float("nan"))))
    return result.to(dtype)


def _beta_density(grad: Tensor, a: Tensor, b: Tensor, x: Tensor, _: Tensor) -> Tensor:
    """The derivative of betainc by x."""
    logarithm = torch.xlogy(a - 1, x) + torch.special.xlog1py(b - 1, -x)
    return grad * torch.exp(logarithm + torch.lgamma(a + b) - torch.lgamma(a) - torch.lgamma(b))


def _unbuilt(*_: Tensor) -> Tensor:
    raise unbuilt("The gradient of betainc by its first two arguments")


_beta = with_gradients(_betainc, _unbuilt, _unbuilt, _beta_density)


@kernel("Betainc")
def betainc(a: Tensor, b: Tensor, x: Tensor) -> Tensor:
    shapes = {t.shape for t in (a, b, x) if t.dim()}
    if len(shapes) > 1:
        raise invalid(f"Shapes of a, b and x are inconsistent: {list(a.shape)}, {list(b.shape)}, {list(x.shape)}")
    return _beta(a.detach(), b.detach(), x)  # TensorFlow has a gradient for x only
