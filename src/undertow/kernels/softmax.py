"""Softmax and its cross entropies: how each op is done.

Each cross entropy gives, beside the loss, its gradient by the logits: the work is shared, and the way back is one
product. That second output is differentiable too, which is what makes second derivatives of the loss right.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .gather import within
from .registry import invalid, kernel, kernels

kernels({"Softmax": lambda x: torch.softmax(x, -1), "LogSoftmax": lambda x: torch.log_softmax(x, -1)})


def _logits_gradient(logits: Tensor, backprop: Tensor, grad: Tensor | None, grad_backprop: Tensor | None) -> Any:
    """What the gradients of the loss [N] and of `backprop` [N, C] say of the logits."""
    result = None if grad is None else grad.unsqueeze(-1) * backprop
    if grad_backprop is None:
        return result
    p = torch.softmax(logits, -1)
    second = p * (grad_backprop - (grad_backprop * p).sum(-1, keepdim=True))
    return second if result is None else result + second


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[no-untyped-def]
        log_p = torch.log_softmax(logits, -1)
        loss = -(log_p * labels).sum(-1)
        backprop = log_p.exp_().sub_(labels)
        ctx.save_for_backward(logits, backprop)
        ctx.set_materialize_grads(False)
        return loss, backprop

    @staticmethod
    def backward(ctx, grad: Tensor | None, grad_backprop: Tensor | None) -> tuple[Any, Any]:  # type: ignore[no-untyped-def]
        logits, backprop = ctx.saved_tensors
        by_labels = None
        if ctx.needs_input_grad[1] and grad is not None:
            by_labels = -grad.unsqueeze(-1) * torch.log_softmax(logits, -1)
        return _logits_gradient(logits, backprop, grad, grad_backprop), by_labels


class _SparseCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[no-untyped-def]
        log_p = torch.log_softmax(logits, -1)
        at = labels.unsqueeze(-1)
        loss = -log_p.gather(-1, at).squeeze(-1)
        backprop = log_p.exp_().scatter_add_(-1, at, log_p.new_full((), -1.0).expand(at.shape))
        ctx.save_for_backward(logits, backprop)
        ctx.set_materialize_grads(False)
        return loss, backprop

    @staticmethod
    def backward(ctx, grad: Tensor | None, grad_backprop: Tensor | None) -> tuple[Any, None]:  # type: ignore[no-untyped-def]
        logits, backprop = ctx.saved_tensors
        return _logits_gradient(logits, backprop, grad, grad_backprop), None


# The mean over all rows, as most programs take it


class _MeanCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits: Tensor, labels: Tensor | None, at: Any) -> Tensor:  # type: ignore[no-untyped-def]
        mean, log_p = _mean(logits, labels, at)
        ctx.save_for_backward(logits, log_p, labels, at)
        return mean

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:  # type: ignore[no-untyped-def]
        logits, log_p, labels, at = ctx.saved_tensors
        if torch.is_grad_enabled():  # this may be differentiated itself
            log_p = torch.log_softmax(logits, -1)
            wanted = torch.zeros_like(log_p).scatter_(-1, at, 1.0) if labels is None else labels
            by_logits = (log_p.exp() - wanted) * (grad / len(logits))
        else:
            by_logits = mean_by_logits(log_p, labels, at, grad)
        return by_logits, mean_by_labels(log_p, grad) if ctx.needs_input_grad[1] else None, None


def _mean(logits: Tensor, labels: Tensor | None, at: Tensor | None) -> tuple[Tensor, Tensor]:
    """The mean and the logarithms of the shares; `at` are the classes [N, 1] where there are no `labels` [N, C]."""
    log_p = torch.log_softmax(logits, -1)
    chosen = log_p if at is None else log_p.gather(-1, at)
    if labels is not None:
        chosen = chosen * labels
    return chosen.sum().div_(-len(logits)), log_p


def mean_by_logits(log_p: Tensor, labels: Tensor | None, at: Tensor | None, grad: Tensor) -> Tensor:
    """The gradient of the mean by the logits."""
    p = log_p.exp()
    if at is not None:
        p.scatter_add_(-1, at, p.new_full((), -1.0).expand(at.shape))
    elif labels is not None:
        p.sub_(labels)
    return p.mul_(grad / len(p))


def mean_by_labels(log_p: Tensor, grad: Tensor) -> Tensor:
    """The gradient of the mean by the labels [N, C]."""
    return log_p * (grad / -len(log_p))


def mean_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of `softmax_cross_entropy`'s losses."""
    return _MeanCrossEntropy.apply(*_broadcast(logits, labels), None)


def mean_sparse_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of `sparse_softmax_cross_entropy`'s losses."""
    logits, classes = _checked(logits, labels)
    return _MeanCrossEntropy.apply(logits, None, classes.unsqueeze(-1))


def mean_and_log_p(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """`mean_cross_entropy`, and what `mean_by_logits` needs."""
    return _mean(*_broadcast(logits, labels), None)


def sparse_mean_and_log_p(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """`mean_sparse_cross_entropy`, and what `mean_by_logits` needs: the classes [N, 1] too."""
    logits, classes = _checked(logits, labels)
    at = classes.unsqueeze(-1)
    return *_mean(logits, None, at), at


def _broadcast(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    if logits.shape == labels.shape:
        return logits, labels
    try:
        logits, labels = torch.broadcast_tensors(logits, labels)
    except RuntimeError:
        raise invalid(
            f"logits and labels must be broadcastable: logits_size={list(logits.shape)} "
            f"labels_size={list(labels.shape)}"
        ) from None
    return logits, labels


def _checked(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Logits and classes, int64 and in range; on a GPU logits of NaN where they are not."""
    classes = logits.shape[-1]
    if logits.dim() != 2 or labels.dim() != 1 or logits.shape[0] != labels.shape[0]:
        raise invalid(
            "logits and labels must have the same first dimension, got logits shape "
            f"{list(logits.shape)} and labels shape {list(labels.shape)}"
        )
    if classes == 0:
        raise invalid(f"Must have at least one class, but got logits shape {list(logits.shape)}")
    labels = labels.long()
    if labels.device.type != "cpu":  # asking would make the GPU wait: those losses are NaN instead
        bad = torch.where((labels < 0) | (labels >= classes), float("nan"), 0.0).to(logits.dtype)
        return logits + bad.unsqueeze(-1), labels.clamp(0, classes - 1)
    if not within(labels, classes):
        wrong = (labels < 0) | (labels >= classes)
        shown = " ".join(map(str, labels.tolist()[:1000]))
        raise invalid(
            f"Received a label value of {labels[wrong][0].item()} which is outside the valid range of [0, {classes}).  "
            f"Label values: {shown}"
        )
    return logits, labels


@kernel("SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy(logits: Tensor, labels: Tensor) -> Any:
    return _CrossEntropy.apply(*_broadcast(logits, labels))


@kernel("SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy(logits: Tensor, labels: Tensor) -> Any:
    return _SparseCrossEntropy.apply(*_checked(logits, labels))
