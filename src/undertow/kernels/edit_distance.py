"""How far sequences are from each other: how it is done. On the host, as TensorFlow does it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .registry import invalid, kernel


@kernel("EditDistance", on_host=True)
def edit_distance(
    hypothesis_indices: Tensor, hypothesis_values: Any, hypothesis_shape: Tensor, truth_indices: Tensor,
    truth_values: Any, truth_shape: Tensor, *, normalize: bool,
) -> Tensor:  # fmt: skip
    if len(hypothesis_shape) != len(truth_shape):
        raise invalid(f"hypothesis and truth must have one rank, got {len(hypothesis_shape)} and {len(truth_shape)}")
    shape = torch.maximum(hypothesis_shape, truth_shape).tolist()[:-1]
    found, wanted = _rows(hypothesis_indices, hypothesis_values), _rows(truth_indices, truth_values)
    result = torch.zeros(shape, dtype=torch.float32)
    for place in found.keys() | wanted.keys():
        if any(i >= d for i, d in zip(place, shape)):
            raise invalid(f"The sequence at {list(place)} lies outside of shape {shape}")
        truth = wanted.get(place, [])
        distance = float(_distance(found.get(place, []), truth))
        if normalize:
            distance = distance / len(truth) if truth else math.inf if distance else 0.0
        result[place] = distance
    return result


def _rows(indices: Tensor, values: Any) -> dict[tuple[int, ...], list[Any]]:
    """The sequences of a sparse tensor by where they are."""
    rows: dict[tuple[int, ...], list[Any]] = {}
    for index, value in zip(indices.tolist(), values.tolist()):
        rows.setdefault(tuple(index[:-1]), []).append(value)
    return rows


def _distance(a: Sequence[Any], b: Sequence[Any]) -> int:
    """How few insertions, deletions and replacements make `b` of `a`."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
