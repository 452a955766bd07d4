"""The logits of a few classes of many, as `sampled_softmax_loss` and `nce_loss` take them: one function both ways."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .product import product


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
    count = batch * true
    own = (x.unsqueeze(1) * rows[:count].view(batch, true, x.shape[1])).sum(2)
    own += biases[:count].view(batch, true) - true_expected.log()
    others = product(x, rows[count:].t())
    others += biases[count:] - drawn_expected.log()
    if labels is not None and drawn is not None:
        hits = labels == drawn if true == 1 else (labels.unsqueeze(2) == drawn).any(1)
        others.add_(hits, alpha=torch.finfo(torch.float32).min)
    return torch.cat([own, others], 1)


class _SampledLogits(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Tensor, biases: Tensor, *given: Any) -> Tensor:
        ctx.save_for_backward(x, rows)
        ctx.shape = given[0].shape
        return _forward(x, rows, biases, *given)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, rows = ctx.saved_tensors
        batch, true = ctx.shape
        count = batch * true
        own, others = grad[:, :true], grad[:, true:]
        by_x = by_rows = by_biases = None
        if ctx.needs_input_grad[0]:
            of_own = own.unsqueeze(2) * rows[:count].view(batch, true, x.shape[1])
            by_x = product(others, rows[count:]) + (of_own.squeeze(1) if true == 1 else of_own.sum(1))
        if ctx.needs_input_grad[1]:
            of_own = own.unsqueeze(2) * x.unsqueeze(1)
            by_rows = torch.cat([of_own.view(count, x.shape[1]), product(others.t(), x)])
        if ctx.needs_input_grad[2]:
            by_biases = torch.cat([own.reshape(count), others.sum(0)])
        return by_x, by_rows, by_biases, None, None, None, None
