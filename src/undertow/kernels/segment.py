"""Sums, means … over segments, counts and histograms: how each op is done.

A segment more than asked for takes what belongs to none (negative ids), and is cut off in the end.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .gather import first_outside, within
from .reduction import highest, lowest
from .registry import invalid, kernel


def _lowest_finite(dtype: torch.dtype) -> float | int:
    return torch.finfo(dtype).min if dtype.is_floating_point else lowest(dtype)


def _highest_finite(dtype: torch.dtype) -> float | int:
    return torch.finfo(dtype).max if dtype.is_floating_point else highest(dtype)


def _sum(rows: Tensor, ids: Tensor, count: int) -> Tensor:
    return rows.new_zeros((count, *rows.shape[1:])).index_add(0, ids, rows)


def _reduced(rows: Tensor, ids: Tensor, count: int, how: str, of_nothing: float | int) -> Tensor:
    """What `how` makes of the rows of each id. Equals share the gradient, as TensorFlow's do."""
    start = rows.new_full((count, *rows.shape[1:]), of_nothing)
    if rows.numel() == 0:
        return start
    index = ids.to(torch.int64).reshape(-1, *[1] * (rows.dim() - 1)).expand_as(rows)
    return start.scatter_reduce(0, index, rows, how, include_self=False)


def _divided_by_count(rows: Tensor, ids: Tensor, count: int, root: bool) -> Tensor:
    number = _sizes(ids, count, root).to(rows.dtype).reshape(-1, *[1] * (rows.dim() - 1))
    total = _sum(rows, ids, count)
    if total.is_floating_point() or total.is_complex():
        return total / number
    return torch.div(total, number, rounding_mode="trunc")


def _sizes(ids: Tensor, count: int, root: bool) -> Tensor:
    """How many of the ids are of each segment, at least 1, or its root."""
    number = ids.new_zeros(count, dtype=torch.int64).index_add(0, ids, torch.ones_like(ids, dtype=torch.int64))
    number = number.clamp_min(1)
    return number.double().sqrt() if root else number


Reduction = Callable[[Tensor, Tensor, int], Tensor]

_UNSORTED: dict[str, Reduction] = {
    "Sum": _sum,
    "Prod": lambda rows, ids, count: _reduced(rows, ids, count, "prod", 1),
    "Max": lambda rows, ids, count: _reduced(rows, ids, count, "amax", _lowest_finite(rows.dtype)),
    "Min": lambda rows, ids, count: _reduced(rows, ids, count, "amin", _highest_finite(rows.dtype)),
}

_SORTED: dict[str, Reduction] = {
    "Sum": _sum,
    "Mean": lambda rows, ids, count: _divided_by_count(rows, ids, count, root=False),
    "Prod": lambda rows, ids, count: _reduced(rows, ids, count, "prod", 1),
    "Max": lambda rows, ids, count: _reduced(rows, ids, count, "amax", 0),
    "Min": lambda rows, ids, count: _reduced(rows, ids, count, "amin", 0),
}

_SPARSE: dict[str, Reduction] = {
    "Sum": _sum,
    "Mean": _SORTED["Mean"],
    "SqrtN": lambda rows, ids, count: _divided_by_count(rows, ids, count, root=True),
}


def _checked_sorted(ids: Tensor) -> int:
    """How many segments sorted ids spell; `InvalidArgumentError` if they are not sorted."""
    count = int(ids[-1]) + 1 if len(ids) else 0
    if count < 0 or (count == 0 and len(ids)):
        raise invalid("segment ids must be >= 0")
    falls = ids[1:] < ids[:-1]
    if not len(ids) or (int(ids[0]) >= 0 and not bool(falls.any())):
        return count
    outside, falling = first_outside(ids, count), falls.nonzero()
    if outside is not None and (not len(falling) or outside <= int(falling[0]) + 1):
        raise invalid(
            f"Segment id {int(ids[outside])} out of range [0, {count}), possibly because 'segment_ids' input is not "
            "sorted."
        )
    raise invalid("segment ids are not increasing")


def _sorted(reduction: Reduction) -> Callable[[Tensor, Tensor], Tensor]:
    def apply(data: Tensor, segment_ids: Tensor) -> Tensor:
        if segment_ids.dim() != 1 or len(segment_ids) != data.shape[0]:
            raise invalid("segment_ids should be the same size as dimension 0 of input.")
        return reduction(data, segment_ids, _checked_sorted(segment_ids))

    return apply


def _unsorted(reduction: Reduction) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def apply(data: Tensor, segment_ids: Tensor, num_segments: Tensor) -> Tensor:
        count, rank = int(num_segments), segment_ids.dim()
        if data.shape[:rank] != segment_ids.shape:
            raise invalid(
                f"data.shape = {list(data.shape)} does not start with segment_ids.shape = {list(segment_ids.shape)}"
            )
        ids = segment_ids.reshape(-1).to(torch.int64)
        rows = data.reshape(len(ids), *data.shape[rank:])
        if not ids.is_cuda and within(ids, count):
            return reduction(rows, ids, count)
        if not ids.is_cuda and bool((ids >= count).any()):  # on a GPU TensorFlow leaves them out
            at = int((ids >= count).nonzero()[0, 0])
            where = ",".join(str(int(i)) for i in torch.unravel_index(torch.tensor(at), segment_ids.shape))
            raise invalid(f"segment_ids{f'[{where}]' if rank else ''} = {int(ids[at])} is out of range [0, {count})")
        ids = torch.where((ids < 0) | (ids >= count), count, ids)
        return reduction(rows, ids, count + 1)[:count]

    return apply


def _sparse(reduction: Reduction) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def apply(data: Tensor, indices: Tensor, segment_ids: Tensor) -> Tensor:
        count = _checked_sorted(segment_ids)
        return reduction(_picked(data, indices), segment_ids, count)

    return apply


def _sparse_with_count(reduction: Reduction) -> Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]:
    def apply(data: Tensor, indices: Tensor, segment_ids: Tensor, num_segments: Tensor) -> Tensor:
        if _checked_sorted(segment_ids) > int(num_segments):
            raise invalid("segment ids must be < num_segments")
        return reduction(_picked(data, indices), segment_ids, int(num_segments))

    return apply


def _picked(data: Tensor, indices: Tensor) -> Tensor:
    if not indices.is_cuda:
        at = first_outside(indices, len(data))
        if at is not None:
            raise invalid(f"indices[{at}] == {int(indices[at])} out of range [0, {len(data)})")
    return data.index_select(0, indices)


def _sparse_gradient(how: str) -> Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]:
    """The gradient of a sparse segment op: each segment's, spread over the rows that were in it."""

    def apply(grad: Tensor, indices: Tensor, segment_ids: Tensor, output_dim0: Tensor) -> Tensor:
        count, segments = int(output_dim0), len(grad)
        if len(segment_ids) and int(segment_ids[-1]) >= segments:
            raise invalid("Invalid number of segments")
        for name, values, limit in (("Index", indices, count), ("Segment id", segment_ids, segments)):
            at = first_outside(values, limit)
            if at is not None:
                raise invalid(f"{name} {int(values[at])} out of range [0, {limit}).")
        if how != "Sum":
            sizes = _sizes(segment_ids, segments, root=how == "SqrtN").to(grad.dtype)
            grad = grad / sizes.reshape(-1, *[1] * (grad.dim() - 1))
        return _sum(grad.index_select(0, segment_ids), indices, count)

    return apply


def _sparse_gradient_of_some(how: str) -> Callable[..., tuple[Tensor, Tensor]]:
    """As `_sparse_gradient`, but only the rows that were in a segment, and which these are."""
    whole = _sparse_gradient(how)

    def apply(grad: Tensor, indices: Tensor, ids: Tensor, dense_output_dim0: Tensor) -> tuple[Tensor, Tensor]:
        rows, places = torch.unique(indices, return_inverse=True)
        if len(rows) and not 0 <= int(rows[0]) <= int(rows[-1]) < int(dense_output_dim0):
            raise invalid(f"Index {int(rows[-1])} out of range [0, {int(dense_output_dim0)}).")
        return whole(grad, places.to(indices.dtype), ids, torch.tensor(len(rows))), rows

    return apply


for _name, _reduction in _SORTED.items():
    kernel(f"Segment{_name}")(_sorted(_reduction))
for _name, _reduction in _UNSORTED.items():
    kernel(f"UnsortedSegment{_name}", host=("num_segments",))(_unsorted(_reduction))
for _name, _reduction in _SPARSE.items():
    kernel(f"SparseSegment{_name}")(_sparse(_reduction))
    kernel(f"SparseSegment{_name}WithNumSegments", host=("num_segments",))(_sparse_with_count(_reduction))
    kernel(f"SparseSegment{_name}Grad", host=("output_dim0",))(_sparse_gradient(_name))
    kernel(f"SparseSegment{_name}GradV2", host=("dense_output_dim0",))(_sparse_gradient_of_some(_name))


# Counts


@kernel("Bincount", host=("size",))
def bincount(arr: Tensor, size: Tensor, weights: Tensor) -> Tensor:
    return _counted(arr.reshape(1, -1), int(size), weights.reshape(-1), binary=False)[0]


@kernel("DenseBincount", host=("size",))
def dense_bincount(arr: Tensor, size: Tensor, weights: Tensor, *, binary_output: bool) -> Tensor:
    rows = arr.reshape(-1, arr.shape[-1]) if arr.dim() > 1 else arr.reshape(1, -1)
    return _counted(rows, int(size), weights.reshape(-1), binary_output).reshape(*arr.shape[:-1], int(size))


def _counted(rows: Tensor, size: int, weights: Tensor, binary: bool) -> Tensor:
    """For each row how often each number below `size` comes in it; larger ones are left out."""
    if not rows.is_cuda and bool((rows < 0).any()):
        raise invalid("Input arr must be non-negative!")
    flat = rows.to(torch.int64).clamp_max(size) + (size + 1) * torch.arange(len(rows), device=rows.device).unsqueeze(1)
    if binary or weights.numel() == 0:
        weights = weights.new_ones(flat.numel())
    counts = weights.new_zeros(len(rows) * (size + 1)).index_add(0, flat.reshape(-1), weights)
    counts = counts.reshape(len(rows), size + 1)[:, :size]
    return (counts != 0).to(counts.dtype) if binary else counts


@kernel("HistogramFixedWidth", host=("nbins",))
def histogram_fixed_width(values: Tensor, value_range: Tensor, nbins: Tensor, *, dtype: torch.dtype) -> Tensor:
    count, (low, high) = int(nbins), value_range.tolist()
    if count <= 0:
        raise invalid(f"nbins should be a positive number, but got '{count}'")
    if low >= high:
        raise invalid(f"value_range should satisfy value_range[0] < value_range[1], but got '[{low}, {high}]'")
    bins = torch.floor((values.double() - low) / (high - low) * count).clamp(0, count - 1).to(torch.int64)
    return torch.bincount(bins.reshape(-1), minlength=count).to(dtype)
