"""The largest, and whether a class is among them: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .registry import invalid, kernel


@kernel("TopK")
def top_k(x: Tensor, *, k: int) -> tuple[Tensor, Tensor]:
    values, indices = _largest(x, k)
    return values, indices.to(torch.int32)


@kernel("TopKV2", host=("k",))
def top_k_v2(x: Tensor, k: Tensor, *, index_type: torch.dtype) -> tuple[Tensor, Tensor]:
    values, indices = _largest(x, int(k))
    return values, indices.to(index_type)


def _largest(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    if k < 0:
        raise invalid(f"Need k >= 0, got {k}")
    if x.dim() < 1:
        raise invalid(f"input must be >= 1-D, got shape {list(x.shape)}")
    if x.shape[-1] < k:
        raise invalid(f"input must have at least k columns. Had {x.shape[-1]}, needed {k}")
    if k == 1:
        return x.max(-1, keepdim=True)
    # torch.topk promises no order among equals; a stable sort does.
    ordered = x.sort(dim=-1, descending=True, stable=True)
    return ordered.values[..., :k].clone(), ordered.indices[..., :k]


@kernel("InTopK")
def in_top_k(predictions: Tensor, targets: Tensor, *, k: int) -> Tensor:
    return _in_top(predictions, targets, k)


@kernel("InTopKV2", host=("k",))
def in_top_k_v2(predictions: Tensor, targets: Tensor, k: Tensor) -> Tensor:
    return _in_top(predictions, targets, int(k))


def _in_top(predictions: Tensor, targets: Tensor, k: int) -> Tensor:
    for what, value, rank in (("predictions", predictions, 2), ("targets", targets, 1)):
        if value.dim() != rank:
            raise invalid(f"{what} must be {rank}-dimensional")
    if len(predictions) != len(targets):
        raise invalid(f"First dimension of predictions {len(predictions)} must match length of targets {len(targets)}")
    classes = predictions.shape[1]
    if not classes:
        return torch.zeros_like(targets, dtype=torch.bool)
    valid = (targets >= 0) & (targets < classes)
    own = predictions.gather(1, targets.long().clamp(0, classes - 1).unsqueeze(1))
    # As soon as a value that is no number, or infinite, is met in a row TensorFlow gives it up.
    valid &= predictions.isfinite().all(1)
    return valid & ((predictions > own).sum(1) < k)


@kernel("NthElement", host=("n",))
def nth_element(x: Tensor, n: Tensor, *, reverse: bool) -> Tensor:
    at = int(n)
    if at < 0:
        raise invalid(f"Need n >= 0, got {at}")
    if x.dim() < 1:
        raise invalid(f"Input must be >= 1-D, got shape {list(x.shape)}")
    if at >= x.shape[-1]:
        raise invalid(f"Input must have at least n+1 columns, got shape {list(x.shape)} and n = {at}")
    return _NthElement.apply(x, x.shape[-1] - at if reverse else at + 1)


class _NthElement(torch.autograd.Function):
    """Equal elements share the gradient; torch would give it to one of them."""

    @staticmethod
    def forward(ctx, x: Tensor, place: int) -> Tensor:  # type: ignore[no-untyped-def]
        values = x.kthvalue(place, dim=-1).values
        ctx.save_for_backward(x, values)
        return values

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None]:  # type: ignore[no-untyped-def]
        x, values = ctx.saved_tensors
        chosen = (x == values.unsqueeze(-1)).to(grad.dtype)
        return chosen * (grad / chosen.sum(-1)).unsqueeze(-1), None
