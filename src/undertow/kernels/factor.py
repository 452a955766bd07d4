"""A matrix that many others are multiplied by in one run, as a recurrent network's weights are at each step.

Its gradient, and that of the bias that is added, is taken of all products together. Differentiable once.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .product import LARGE, product
from .registry import invalid
from .shaping import bracketed

LARGE_MATRIX = 2**18  # elements from which one product for its gradient is repaid, however few the rows


class Factor:
    """A matrix [k, n], and perhaps a bias [n], to be multiplied by many."""

    def __init__(self, matrix: Tensor, bias: Tensor | None = None) -> None:
        self._matrix, self._bias = matrix, bias
        self._gathered = _Gathered(bias is not None)
        # Each product hands its gradient on by this; torch comes to its maker when all have.
        self._token: Tensor | None = None

    def times(self, a: Tensor) -> Tensor:
        """The product of `a` [m, k] with the matrix, plus the bias."""
        matrix, bias = self._matrix, self._bias
        if not a.dim() == matrix.dim() == 2 or a.shape[1] != len(matrix):
            raise invalid(f"Matrix size-incompatible: In[0]: {bracketed(a.shape)}, In[1]: {bracketed(matrix.shape)}")
        if bias is not None and bias.shape != matrix.shape[1:]:
            raise invalid(
                "Must provide as many biases as the last dimension of the input tensor: "
                f"{bracketed(bias.shape)} vs. {bracketed((len(a), matrix.shape[1]))}"
            )
        if matrix.numel() < LARGE_MATRIX and len(a) * matrix.numel() < LARGE:
            result = torch.mm(a, matrix)
            return result if bias is None else result + bias
        if not torch.is_grad_enabled():
            return self.product(a)
        if self._token is None and (matrix.requires_grad or (bias is not None and bias.requires_grad)):
            self._token = _Source.apply(self._gathered, matrix, bias)
        return _Times.apply(self, a, self._token)

    def product(self, a: Tensor) -> Tensor:
        """As `times`, of what fits, unrecorded."""
        result = product(a.detach(), self._matrix.detach())
        return result if self._bias is None else result.add_(self._bias.detach())

    def back(self, grad: Tensor) -> Tensor:
        """The gradient by `a`, from that of the product."""
        return product(grad, self._matrix.detach().t())


class _Gathered:
    """The rows multiplied, and the gradients of the products, of a pass backward that is under way."""

    def __init__(self, with_bias: bool) -> None:
        self._with_bias = with_bias
        self._task = -1
        self._rows: list[Tensor] = []
        self._grads: list[Tensor] = []

    def add(self, rows: Tensor, grad: Tensor) -> None:
        task = torch._C._current_graph_task_id()
        if task != self._task:  # what an earlier pass that needed no gradient of the matrix left goes
            self._task, self._rows, self._grads = task, [], []
        self._rows.append(rows)
        self._grads.append(grad)

    def taken(self) -> tuple[Tensor | None, Tensor | None]:
        """The gradients of the matrix and of the bias."""
        rows, grads = self._rows, self._grads
        self._rows, self._grads = [], []
        if not rows or self._task != torch._C._current_graph_task_id():
            return None, None
        grad = torch.cat(grads)
        return product(torch.cat(rows).t(), grad), grad.sum(0) if self._with_bias else None


class _Source(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gathered: _Gathered, matrix: Tensor, bias: Tensor | None) -> Tensor:
        ctx.gathered = gathered
        ctx.set_materialize_grads(False)
        return matrix.new_empty(())

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, _: Any) -> Any:
        return None, *ctx.gathered.taken()


class _Times(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, factor: Factor, a: Tensor, token: Tensor | None) -> Tensor:
        ctx.factor = factor
        ctx.save_for_backward(a)
        return factor.product(a)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Any:
        if ctx.needs_input_grad[2]:
            ctx.factor._gathered.add(ctx.saved_tensors[0].detach(), grad)
        return None, ctx.factor.back(grad) if ctx.needs_input_grad[1] else None, None
