"""Many tensors into one and one into many: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .moving import mover
from .registry import invalid
from .shaping import bracketed


def _check_axis(axis: int, rank: int) -> None:
    if not -rank <= axis < rank:
        raise invalid(f"axis = {axis} not in [-{rank}, {rank})" if rank else f"axis = {axis} not in [0, 0)")


@mover("Pack")
def pack(values: list[Tensor], *, axis: int) -> Tensor:
    for i, value in enumerate(values):
        _check_axis(axis, value.ndim + 1)
        if value.shape != values[0].shape:
            raise invalid(
                f"Shapes of all inputs must match: values[0].shape = {bracketed(values[0].shape)} != "
                f"values[{i}].shape = {bracketed(value.shape)}"
            )
    return torch.stack(values, axis)


def _each(outputs: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    """The outputs of an op; a single one is not in a tuple."""
    return outputs[0] if len(outputs) == 1 else outputs


@mover("Unpack", view=True)
def unpack(value: Tensor, *, num: int, axis: int) -> Tensor | tuple[Tensor, ...]:
    _check_axis(axis, value.ndim)
    if value.shape[axis] != num:
        raise invalid(f"Input shape axis {axis} must equal {num}, got shape {bracketed(value.shape)}")
    return _each(value.unbind(axis))


def _check_concat(values: list[Tensor], axis: int) -> None:
    ndims = values[0].dim()
    if not -ndims <= axis < ndims:
        raise invalid(f"ConcatOp : Expected concatenating dimensions in the range [{-ndims}, {ndims}), but got {axis}")
    for i, value in enumerate(values):
        if value.dim() != ndims:
            raise invalid(
                f"ConcatOp : Ranks of all input tensors should match: shape[0] = {bracketed(values[0].shape)} vs. "
                f"shape[{i}] = {bracketed(value.shape)}"
            )
        same = all(a == b or d == axis % ndims for d, (a, b) in enumerate(zip(value.shape, values[0].shape)))
        if not same:
            raise invalid(
                f"ConcatOp : Dimensions of inputs should match: shape[0] = {bracketed(values[0].shape)} vs. "
                f"shape[{i}] = {bracketed(value.shape)}"
            )


@mover("ConcatV2", host=("axis",))
def concat(values: list[Tensor], axis: Tensor) -> Tensor:
    if axis.dim():
        raise invalid(f"axis tensor should be a scalar integer, but got shape {bracketed(axis.shape)}")
    _check_concat(values, int(axis))
    return torch.cat(values, int(axis))


@mover("Concat", host=("concat_dim",))
def concat_first(concat_dim: Tensor, values: list[Tensor]) -> Tensor:
    return concat(values, concat_dim)


@mover("ParallelConcat")
def parallel_concat(values: list[Tensor]) -> Tensor:
    return torch.cat(values, 0)


def _split_axis(value: Tensor, split_dim: Tensor) -> int:
    rank, at = value.ndim, int(split_dim)
    if not -rank <= at < rank:
        raise invalid(f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {at}")
    return at


@mover("Split", host=("split_dim",), view=True)
def split(split_dim: Tensor, value: Tensor, *, num_split: int) -> Tensor | tuple[Tensor, ...]:
    at = _split_axis(value, split_dim)
    whole = value.shape[at]
    if whole % num_split:
        raise invalid(
            f"Number of ways to split should evenly divide the split dimension, but got split_dim {at} "
            f"(size = {whole}) and num_split {num_split}"
        )
    part = whole // num_split
    return _each(tuple(value.narrow(at, i * part, part) for i in range(num_split)))


@mover("SplitV", host=("size_splits", "split_dim"), view=True)
def split_v(value: Tensor, sizes: Tensor, split_dim: Tensor, *, num_split: int) -> Tensor | tuple[Tensor, ...]:
    at = _split_axis(value, split_dim)
    if sizes.shape != (num_split,):
        raise invalid(
            f"size of the split_tensor must be 1-D and have the same elements as outputs got {sizes.dim()} -D and "
            f"{sizes.numel()} elements"
        )
    parts, whole = sizes.tolist(), value.shape[at]
    if parts.count(-1) > 1:
        raise invalid("There can only be one -1 in the input.")
    known = sum(p for p in parts if p != -1)
    if known > whole or (known != whole and -1 not in parts):
        raise invalid(
            "Determined shape must either match input shape along split_dim exactly if fully specified, or be less "
            f"than the size of the input along split_dim if not fully specified.  Got: {known}"
        )
    parts = [whole - known if p == -1 else p for p in parts]
    if min(parts, default=0) < 0:
        raise invalid(f"Split size at index {parts.index(min(parts))} must be >= 0. Got: {min(parts)}")
    return _each(value.split(parts, at))
