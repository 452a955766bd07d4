"""Beam search: how it is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .registry import invalid, kernel
from .shaping import bracketed


@kernel("GatherTree", host=("max_sequence_lengths", "end_token"))
def gather_tree(step_ids: Tensor, parent_ids: Tensor, max_sequence_lengths: Tensor, end_token: Tensor) -> Tensor:
    _check(step_ids, parent_ids, max_sequence_lengths, end_token)
    time, _, width = step_ids.shape
    lengths = max_sequence_lengths.to(step_ids.device).unsqueeze(1)
    beam = torch.arange(width, device=step_ids.device).expand(step_ids.shape[1:])
    result = torch.full_like(step_ids, int(end_token))
    followed = []  # of each step, the last one first: the parents, and where they are no beams
    for t in reversed(range(time)):
        inside = lengths > t
        result[t] = torch.where(inside, step_ids[t].gather(1, beam), result[t])
        if t:
            parent = parent_ids[t].long().gather(1, beam)
            wrong = inside & ((parent < 0) | (parent >= width))
            followed.append((t - 1, parent, wrong))
            beam = torch.where(inside & ~wrong, parent, beam)
    if followed and torch.stack([wrong for *_, wrong in followed]).any():  # asked once: it waits for the device
        t, parent, wrong = next(step for step in followed if step[-1].any())
        b, w = wrong.nonzero()[0].tolist()
        raise invalid(f"Saw invalid parent id {int(parent[b, w])} at (batch, time, beam) == ({b}, {t}, {w})")
    ended = (result == int(end_token)).cumsum(0) > 0
    return result.masked_fill(ended, int(end_token))


def _check(step_ids: Tensor, parent_ids: Tensor, max_sequence_lengths: Tensor, end_token: Tensor) -> None:
    if step_ids.ndim != 3:
        raise invalid(f"step_ids must be a 3-tensor, saw shape: {bracketed(step_ids.shape)}")
    if step_ids.shape != parent_ids.shape:
        raise invalid(
            f"step_ids.shape must match parent_ids.shape.  but shapes are: {bracketed(step_ids.shape)} and "
            f"{bracketed(parent_ids.shape)}"
        )
    if max_sequence_lengths.ndim != 1:
        raise invalid(f"max_sequence_lengths must be a vector, saw shape: {bracketed(max_sequence_lengths.shape)}")
    if end_token.ndim != 0:
        raise invalid(f"end_token must be a scalar, saw shape: {bracketed(end_token.shape)}")
    if max_sequence_lengths.shape[0] != step_ids.shape[1]:
        raise invalid(
            "batch size dimensions step_ids.shape[1] and max_sequence_lengths.shape[0] must match.  but shapes are: "
            f"{bracketed(step_ids.shape)} and {bracketed(max_sequence_lengths.shape)}"
        )
