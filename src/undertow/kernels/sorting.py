"""Order and membership: how each op is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .gather import check_range
from .moving import mover
from .registry import invalid, kernel
from .shaping import bracketed


def _search(right: bool) -> Any:
    def search(rows: Tensor, values: Tensor, *, out_type: torch.dtype) -> Tensor:
        return torch.searchsorted(rows.contiguous(), values.contiguous(), right=right).to(out_type)

    return search


kernel("LowerBound")(_search(right=False))
kernel("UpperBound")(_search(right=True))


@kernel("Bucketize")
def bucketize(x: Tensor, *, boundaries: list[float]) -> Tensor:
    if sorted(boundaries) != boundaries:
        raise invalid("Expected sorted boundaries")
    return torch.bucketize(x, x.new_tensor(boundaries, dtype=torch.float64), out_int32=True, right=True)


# Sets


def _unique(x: Any) -> tuple[Any, Tensor, Tensor]:
    """The different elements in the order in which they first come, which one each is, and how often each is there."""
    if x.ndim != 1:
        raise invalid("unique expects a 1D vector.")
    if isinstance(x, np.ndarray):
        order: dict[bytes, int] = {}
        index = torch.tensor([order.setdefault(item, len(order)) for item in x.tolist()], dtype=torch.int64)
        values = np.empty(len(order), dtype=object)
        values[:] = list(order)
        return values, index, torch.bincount(index, minlength=len(order))
    if not x.numel():
        return x, x.new_zeros(0, dtype=torch.int64), x.new_zeros(0, dtype=torch.int64)
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    places = torch.arange(len(x), device=x.device)
    first = places.new_full((len(values),), len(x)).scatter_reduce(0, inverse, places, "amin")
    order_ = first.argsort()
    rank = torch.empty_like(order_)
    rank[order_] = torch.arange(len(values), device=x.device)
    return values[order_], rank[inverse], counts[order_]


@kernel("Unique", on_host=True)
def unique(x: Any, *, out_idx: torch.dtype) -> tuple[Any, Tensor]:
    values, index, _ = _unique(x)
    return values, index.to(out_idx)


@kernel("UniqueWithCounts", on_host=True)
def unique_with_counts(x: Any, *, out_idx: torch.dtype) -> tuple[Any, Tensor, Tensor]:
    values, index, counts = _unique(x)
    return values, index.to(out_idx), counts.to(out_idx)


@kernel("UniqueV2", on_host=True)
def unique_v2(x: Any, axis: Tensor, *, out_idx: torch.dtype) -> tuple[Any, Tensor]:
    values, index, _ = unique_with_counts_v2(x, axis, out_idx=out_idx)
    return values, index


@kernel("UniqueWithCountsV2", on_host=True)
def unique_with_counts_v2(x: Any, axis: Tensor, *, out_idx: torch.dtype) -> tuple[Any, Tensor, Tensor]:
    """The different slices along an axis; of a vector, its elements."""
    if isinstance(x, np.ndarray) or (x.ndim == 1 and not axis.numel()):
        return unique_with_counts(x, out_idx=out_idx)
    at = int(axis.reshape(-1)[0])
    _, first_index = torch.unique(x, return_inverse=True, dim=at)
    order, index, counts = _unique(first_index)
    places = torch.stack([(first_index == which).nonzero()[0, 0] for which in order]) if len(order) else index
    return x.index_select(at, places), index.to(out_idx), counts.to(out_idx)


@kernel("ListDiff", on_host=True)
def list_diff(x: Any, y: Any, *, out_idx: torch.dtype) -> tuple[Any, Tensor]:
    if x.ndim != 1 or y.ndim != 1:
        raise invalid(f"{'y' if x.ndim == 1 else 'x'} should be a 1D vector.")
    if isinstance(x, np.ndarray):
        known = set(y.tolist())
        places = [i for i, item in enumerate(x.tolist()) if item not in known]
        return x[places], torch.tensor(places, dtype=out_idx)
    found = torch.isin(x, y, invert=True).nonzero().reshape(-1)
    return x[found], found.to(out_idx)


@kernel("InvertPermutation", on_host=True)
def invert_permutation(x: Tensor) -> Tensor:
    if x.dim() != 1:
        raise invalid(f"invert_permutation expects a 1D vector, got shape {bracketed(x.shape)}")
    count = len(x)
    if x.sort().values.tolist() != list(range(count)):
        seen: set[int] = set()
        for number in x.tolist():
            if not 0 <= number < count:
                raise invalid(f"{number} is not between 0 and {count}")
            if number in seen:
                raise invalid(f"{number} is duplicated in the input.")
            seen.add(number)
    result = torch.empty_like(x)
    result[x.long()] = torch.arange(count, dtype=x.dtype, device=x.device)
    return result


@kernel("UnravelIndex", on_host=True)
def unravel_index(indices: Tensor, dims: Tensor) -> Tensor:
    shape = dims.tolist()
    total = int(np.prod(shape, dtype=np.int64))
    if indices.numel() and not (int(indices.min()) >= 0 and int(indices.max()) < total):
        raise invalid(f"index is out of bound as with dims {bracketed(shape)}")
    places = torch.stack(torch.unravel_index(indices.long(), tuple(shape)))
    return places.reshape(len(shape), *([] if indices.dim() == 0 else [-1])).to(indices.dtype)


# Partition and stitch


@mover("DynamicPartition")
def dynamic_partition(data: Tensor, partitions: Tensor, *, num_partitions: int) -> list[Tensor]:
    if data.shape[: partitions.dim()] != partitions.shape:
        raise invalid(
            f"data.shape must start with partitions.shape, got data.shape = {bracketed(data.shape)}, "
            f"partitions.shape = {bracketed(partitions.shape)}"
        )
    which = partitions.reshape(-1)
    check_range(partitions, num_partitions, "partitions")
    rows = data.reshape(len(which), *data.shape[partitions.dim() :])
    return [rows.index_select(0, (which == i).nonzero().reshape(-1)) for i in range(num_partitions)]


class _Stitch(torch.autograd.Function):
    """TensorFlow gives a row that a later one has overwritten the gradient of the later one."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, rows: Tensor, count: int, sizes: list[int]) -> Tensor:
        ctx.save_for_backward(rows)
        merged = values.new_zeros(count, *values.shape[1:])
        for row, value in zip(rows.split(sizes), values.split(sizes)):
            merged[row] = value
        return merged

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        return grad.index_select(0, ctx.saved_tensors[0]), None, None, None


@mover("DynamicStitch", "ParallelDynamicStitch", host=("indices",))
def dynamic_stitch(indices: list[Tensor], data: list[Tensor]) -> Tensor:
    for i, (index, values) in enumerate(zip(indices, data)):
        if values.shape[: index.dim()] != index.shape:
            raise invalid(
                f"data[{i}].shape = {bracketed(values.shape)} does not start with indices[{i}].shape = "
                f"{bracketed(index.shape)}"
            )
    rest = data[0].shape[indices[0].dim() :]
    rows = torch.cat([index.reshape(-1) for index in indices]).long()
    if len(rows) and int(rows.min()) < 0:
        raise invalid(f"indices must not be negative, got {int(rows.min())}")
    values = torch.cat([piece.reshape(index.numel(), *rest) for index, piece in zip(indices, data)])
    count = int(rows.max()) + 1 if len(rows) else 0
    rows = rows.to(values.device, non_blocking=values.is_cuda)
    return _Stitch.apply(values, rows, count, [index.numel() for index in indices])
