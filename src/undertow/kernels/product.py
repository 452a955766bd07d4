"""The product of two matrices, by whichever of torch's libraries is the faster."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

# oneDNN's inner product. torch.mm goes to MKL, which does not use AVX-512 on every processor that has it.
_LINEAR: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None) if torch.backends.mkldnn.is_available() else None
LARGE = 5 * 2**18  # multiplications from which its overhead of some 10 µs is repaid


def product(a: Tensor, b: Tensor) -> Tensor:
    """`a` [m, k] times `b` [k, n]; differentiable as often as wanted."""
    if _LINEAR is None or a.dtype is not torch.float32 or a.device.type != "cpu":
        return torch.mm(a, b)
    if a.shape[0] * a.shape[1] * b.shape[1] < LARGE or a.shape[1] != b.shape[0]:
        return torch.mm(a, b)
    if torch.is_grad_enabled() and (a.requires_grad or b.requires_grad):
        return _Product.apply(a, b)
    return _inner(a, b)


def _inner(a: Tensor, b: Tensor) -> Tensor:
    if not b.is_contiguous() and not b.t().is_contiguous():
        b = b.contiguous()  # it takes other strides, and falls back to a reference a thousand times slower
    return _LINEAR(a, b.t(), None, "none", [], "")


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
        ctx.save_for_backward(a, b)
        return _inner(a, b)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        a, b = ctx.saved_tensors
        return (
            product(grad, b.t()) if ctx.needs_input_grad[0] else None,
            product(a.t(), grad) if ctx.needs_input_grad[1] else None,
        )
