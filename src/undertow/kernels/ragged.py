"""Ragged tensors: how each op is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .moving import mover
from .registry import invalid, kernel


def _checked(splits: list[Tensor], count: int) -> list[list[int]]:
    """The splits of each level as lists, if they are splits."""
    listed = [s.tolist() for s in splits]
    sizes = [len(inner) - 1 for inner in listed[1:]] + [count]
    for level, (ends, size) in enumerate(zip(listed, sizes)):
        if not ends or ends[0] != 0 or ends[-1] != size or any(a > b for a, b in zip(ends, ends[1:])):  # noqa: RUF007
            raise invalid(f"The row splits of level {level} are not in order from 0 to {size}: {ends[:10]}")
    return listed


def _places(splits: list[Tensor], count: int) -> Tensor:
    """For each value its index in all ragged dimensions: [values, levels + 1]."""
    _checked(splits, count)
    columns: list[Tensor] = []
    for ends in splits:  # from the outside in: the index of each row, repeated for what is in it
        lengths = (ends[1:] - ends[:-1]).long()
        rows = torch.arange(len(lengths))
        columns = [c.repeat_interleave(lengths) for c in (columns or [rows])]
        columns.append(torch.arange(int(lengths.sum())) - ends[:-1].long().repeat_interleave(lengths))
    return torch.stack(columns, 1)


@mover("RaggedTensorToTensor", host=("shape", "row_partition_tensors"))
def ragged_to_tensor(
    shape: Tensor, values: Tensor, default_value: Tensor, row_partition_tensors: list[Tensor], *,
    row_partition_types: list[Any],
) -> Tensor:  # fmt: skip
    if any(kind not in ("ROW_SPLITS", b"ROW_SPLITS") for kind in row_partition_types):
        raise invalid(f"Rows told by {row_partition_types} are not built in Undertow: ROW_SPLITS are.")
    places = _places(row_partition_tensors, len(values))
    dims = [len(row_partition_tensors[0]) - 1]
    for ends in row_partition_tensors:
        lengths = ends[1:] - ends[:-1]
        dims.append(int(lengths.max()) if len(lengths) else 0)
    dims += values.shape[1:]
    wanted = shape.tolist() if shape.dim() else []
    dims = [d if i >= len(wanted) or wanted[i] < 0 else wanted[i] for i, d in enumerate(dims)]
    kept = (places < torch.tensor(dims[: places.shape[1]])).all(1)
    result = default_value.expand(dims).clone()
    return result.index_put(tuple(places[kept].to(values.device).unbind(1)), values[kept.to(values.device)])


@kernel("RaggedTensorToSparse", on_host=True)
def ragged_to_sparse(splits: list[Tensor], values: Any) -> tuple[Tensor, Any, Tensor]:
    places = _places(splits, len(values))
    inner = list(values.shape[1:])
    dims = [len(splits[0]) - 1]
    for ends in splits:
        lengths = ends[1:] - ends[:-1]
        dims.append(int(lengths.max()) if len(lengths) else 0)
    if inner:
        each = torch.tensor(list(np.ndindex(*inner)), dtype=torch.int64).reshape(-1, len(inner))
        places = torch.cat([places.repeat_interleave(len(each), 0), each.repeat(len(places), 1)], 1)
    return places, values.reshape(-1), torch.tensor(dims + inner, dtype=torch.int64)


@kernel("RaggedRange", on_host=True)
def ragged_range(starts: Tensor, limits: Tensor, deltas: Tensor, *, Tsplits: torch.dtype) -> tuple[Tensor, Tensor]:
    sizes = {len(x) for x in (starts, limits, deltas) if x.dim()}
    if len(sizes) > 1:
        raise invalid("starts, limits, and deltas must have the same shape")
    count = sizes.pop() if sizes else 1
    rows = []
    for start, limit, delta in zip(*(x.expand(count).tolist() for x in (starts, limits, deltas))):
        if delta == 0:
            raise invalid("Requires delta != 0")
        empty = (limit <= start) if delta > 0 else (limit >= start)
        rows.append(
            torch.zeros(0, dtype=starts.dtype) if empty else torch.arange(start, limit, delta, dtype=starts.dtype)
        )
    ends = np.cumsum([0, *map(len, rows)])
    return torch.tensor(ends, dtype=Tsplits), torch.cat(rows) if rows else starts.new_zeros(0)
