"""Parts of tensors: how each op is done."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ..ops.slicing import layout
from .moving import mover
from .registry import invalid, kernel
from .shaping import bracketed

# Slices


@mover("Slice", host=("begin", "size"), view=True)
def slice_(x: Tensor, begin: Tensor, size: Tensor) -> Tensor:
    index = []
    if begin.shape != (x.ndim,) or size.shape != (x.ndim,):
        raise invalid(
            f"Expected begin and size arguments to be 1-D tensors of size {x.ndim}, but got shapes "
            f"{bracketed(begin.shape)} and {bracketed(size.shape)} instead."
        )
    for axis, (start, count, dim) in enumerate(zip(begin.tolist(), size.tolist(), x.shape)):
        if not 0 <= start <= dim:
            raise invalid(f"Expected begin[{axis}] in [0, {dim}], but got {start}")
        if not -1 <= count <= dim - start:
            raise invalid(f"Expected size[{axis}] in [0, {dim - start}], but got {count}")
        index.append(slice(start, dim if count == -1 else start + count))
    return x[tuple(index)]


@mover("StridedSlice", host=("begin", "end", "strides"), view=True)
def strided_slice(
    x: Tensor, begin: Tensor, end: Tensor, strides: Tensor, *, begin_mask: int, end_mask: int, ellipsis_mask: int,
    new_axis_mask: int, shrink_axis_mask: int,
) -> Tensor:  # fmt: skip
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    index, backward = index_of(x.shape, begin.tolist(), end.tolist(), strides.tolist(), *masks)
    result = x[index]
    return result.flip(backward) if backward else result


@kernel("StridedSliceAssign", "ResourceStridedSliceAssign", host=("begin", "end", "strides"))
def strided_slice_assign(
    ref: Any, begin: Tensor, end: Tensor, strides: Tensor, value: Any, *, begin_mask: int, end_mask: int,
    ellipsis_mask: int, new_axis_mask: int, shrink_axis_mask: int,
) -> Any:  # fmt: skip
    old = ref.storage()
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    index, backward = index_of(old.shape, begin.tolist(), end.tolist(), strides.tolist(), *masks)
    shape = old[index].shape
    if value.ndim and tuple(value.shape) != tuple(shape):
        raise invalid(f"Assign of a value of shape {bracketed(value.shape)} to a slice of shape {bracketed(shape)}")
    old[index] = value.flip(backward) if backward and value.ndim else value
    return ref


def index_of(
    shape: Any, starts: list[int], stops: list[int], steps: list[int], begin_mask: int, end_mask: int,
    ellipsis_mask: int, new_axis_mask: int, shrink_axis_mask: int,
) -> tuple[tuple[Any, ...], list[int]]:  # fmt: skip
    """The index that a strided slice spells, and the dims of what it gives that still have to be turned around."""
    index: list[Any] = []
    backward = []
    try:
        entries = list(layout(len(shape), len(steps), ellipsis_mask, new_axis_mask))
    except ValueError as error:
        raise invalid(f"{error}") from None
    for entry, axis in entries:
        if axis is None or entry is None:
            index.append(None if axis is None else slice(None))
            continue
        bit, dim, step = 1 << entry, shape[axis], steps[entry]
        if step == 0:
            raise invalid(f"strides[{entry}] must be non-zero")
        if shrink_axis_mask & bit:
            if not -dim <= starts[entry] < dim:
                shown = starts[entry] if starts[entry] >= 0 else starts[entry] + dim
                raise invalid(f"slice index {shown} of dimension {axis} out of bounds.")
            index.append(starts[entry])
            continue
        start = None if begin_mask & bit else starts[entry]
        stop = None if end_mask & bit else stops[entry]
        if step < 0:  # torch has no negative steps: take the same elements forward, and flip
            backward.append(sum(not isinstance(i, int) for i in index))
            taken = range(dim)[slice(start, stop, step)]
            index.append(slice(taken[-1], taken[0] + 1, -step) if len(taken) else slice(0, 0))
        else:
            index.append(slice(start, stop, step))
    return tuple(index), backward


# Choosing by a mask


@kernel("Where")
def where(condition: Tensor) -> Tensor:
    return condition.nonzero()


@mover("Select")
def select(condition: Tensor, t: Tensor, e: Tensor) -> Tensor:
    if t.shape != e.shape:
        shapes = f"{bracketed(t.shape)} vs. {bracketed(e.shape)}"
        raise invalid(f"'then' and 'else' must have the same size.  but received: {shapes}")
    if condition.dim() == 1 and t.dim() > 1:
        if condition.shape[0] != t.shape[0]:
            raise invalid(
                f"Number of batches of 'then' must match size of 'cond', but saw: {t.shape[0]} vs. {condition.shape[0]}"
            )
        condition = condition.reshape(-1, *[1] * (t.dim() - 1))
    elif condition.dim() and condition.shape != t.shape:
        shapes = f"{bracketed(condition.shape)} vs. {bracketed(t.shape)}"
        raise invalid(f"'cond' must have the shape of 'then', but saw: {shapes}")
    return torch.where(condition, t, e)


@mover("SelectV2")
def select_v2(condition: Tensor, t: Tensor, e: Tensor) -> Tensor:
    try:
        return torch.where(condition, t, e)
    except RuntimeError:
        shapes = " vs. ".join(bracketed(x.shape) for x in (condition, t, e))
        raise invalid(f"condition, then, and else must be broadcastable: {shapes}") from None
