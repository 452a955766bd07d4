"""The logits of a few classes of many, as `sampled_softmax_loss` and `nce_loss` take them: one function both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .product import product
from .values import are_traced


def sampled_logits(
    x: Tensor, rows: Tensor, biases: Tensor, true_expected: Tensor, drawn_expected: Tensor,
    labels: Tensor | None = None, drawn: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """For each row of `x` [batch, dim] the logits of its true classes, then of those drawn: [batch, true + drawn].

    `rows` [batch * true + drawn, dim] and `biases` are of the true classes of all, then of those drawn;
    `true_expected` [batch, true] and `drawn_expected` [drawn] are how often each was expected to be drawn. With
    `labels` [batch, true] and `drawn` [drawn], no two alike, a class drawn that is a row's own is taken out.
    """
    values = (x, rows, biases, true_expected, drawn_expected, labels, drawn)
    if torch.is_grad_enabled() and (x.requires_grad or rows.requires_grad or biases.requires_grad):
        return _SampledLogits.apply(*values)
    return _forward(*values)


def _forward(
    x: Tensor, rows: Tensor, biases: Tensor, true_expected: Tensor, drawn_expected: Tensor, labels: Tensor | None,
    drawn: Tensor | None,
) -> Tensor:  # fmt: skip
    batch, true = true_expected.shape
    of_true, of_drawn = rows[: batch * true], rows[batch * true :]
    corrected = biases - torch.cat([true_expected.view(-1), drawn_expected]).log_()
    if true == 1:
        own = (x * of_true).sum(1, keepdim=True)
    else:
        own = (x.unsqueeze(1) * of_true.view(batch, true, x.shape[1])).sum(2)
    own.add_(corrected[: len(of_true)].view(batch, true))
    others = product(x, of_drawn.t()).add_(corrected[len(of_true) :])
    hits = None if labels is None or drawn is None else _hits(labels, drawn)
    if hits is not None:
        others.add_(hits.to(others.device), alpha=torch.finfo(torch.float32).min)
    return torch.cat([own, others], 1)


def _hits(labels: Tensor, drawn: Tensor) -> Tensor | None:
    """Which classes drawn are a row's own [batch, drawn]; None if it is known that none is."""
    if are_traced() or not labels.is_cpu or not drawn.is_cpu:
        return (labels.unsqueeze(2) == drawn).any(1)
    hits = (labels.numpy()[:, :, None] == drawn.numpy()).any(1)
    return torch.from_numpy(hits) if hits.any() else None


class _SampledLogits(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Tensor, biases: Tensor, *given: Any) -> Tensor:
        ctx.save_for_backward(x, rows)
        ctx.shape = given[0].shape
        return _forward(x, rows, biases, *given)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, rows = ctx.saved_tensors
        return *gradients_of_logits(x, rows, ctx.shape, grad, ctx.needs_input_grad[:3]), None, None, None, None


def gradients_of_logits(
    x: Tensor, rows: Tensor, shape: Any, grad: Tensor, needed: Sequence[bool]
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:  # fmt: skip
    """The gradients by `x`, `rows` and `biases`, as far as they are needed; `shape` is `true_expected`'s."""
    batch, true = shape
    own, others = grad[:, :true], grad[:, true:]
    of_true, of_drawn = rows[: batch * true], rows[batch * true :]
    by_x = by_rows = by_biases = None
    if needed[0]:
        weighted = own * of_true if true == 1 else (own.unsqueeze(2) * of_true.view(batch, true, x.shape[1])).sum(1)
        by_x = product(others, of_drawn).add_(weighted)
    if needed[1]:
        of_own = own * x if true == 1 else (own.unsqueeze(2) * x.unsqueeze(1)).view(of_true.shape)
        by_rows = torch.cat([of_own, product(others.t(), x)])
    if needed[2]:
        by_biases = torch.cat([own.reshape(-1), others.sum(0)])
    return by_x, by_rows, by_biases
