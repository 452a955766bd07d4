"""Arithmetic, comparison, reduction: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .registry import kernel, kernels

UNARY = {
    "Acos": torch.acos,
    "Exp": torch.exp,
    "Log": torch.log,
    "Neg": torch.neg,
    "Sign": torch.sign,
    "Square": torch.square,
    "Tanh": torch.tanh,
}

BINARY = {
    "AddV2": torch.add,
    "Equal": torch.eq,
    "Greater": torch.gt,
    "Less": torch.lt,
    "Mul": torch.mul,
    "Sub": torch.sub,
}

kernels(UNARY)
kernels(BINARY)


@kernel("Cast", view=True)
def cast(x: Tensor, *, DstT: torch.dtype) -> Tensor:  # noqa: N803 - attrs have TensorFlow's names
    return x.to(DstT)


@kernel("MatMul")
def matmul(a: Tensor, b: Tensor, *, transpose_a: bool, transpose_b: bool) -> Tensor:
    return torch.mm(a.t() if transpose_a else a, b.t() if transpose_b else b)


class _Maximum(torch.autograd.Function):
    """Where both are equal TensorFlow gives the whole gradient to the first; torch would halve it."""

    @staticmethod
    def forward(ctx, x: Tensor, y: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        ctx.save_for_backward(x, y)
        return torch.maximum(x, y)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[no-untyped-def]
        x, y = ctx.saved_tensors
        first = x >= y
        return (grad * first).sum_to_size(x.shape), (grad * ~first).sum_to_size(y.shape)


kernel("Maximum")(_Maximum.apply)


@kernel("Mean", host=("reduction_indices",))
def mean(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes.reshape(-1).tolist()
    return value.mean(dims, keepdim=keep_dims) if dims else value.clone()
