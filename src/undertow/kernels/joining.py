"""Many tensors into one and one into many: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .moving import mover
from .registry import invalid
from .shaping import bracketed


@mover("Pack")
def pack(values: list[Tensor], *, axis: int) -> Tensor:
    for i, value in enumerate(values):
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
    if value.shape[axis] != num:
        raise invalid(f"Input shape axis {axis} must equal {num}, got shape {bracketed(value.shape)}")
    return _each(value.unbind(axis))


def _check_concat(values: list[Tensor], axis: int) -> None:
    ndims = values[0].dim()
    if not -ndims <= axis < ndims:
        raise invalid(f"ConcatOp : Expected concatenating dimensions in the range [{-ndims}, {ndims}), but got {axis}")
    for i, value in enumerate(values):
        same = value.dim() == ndims and all(
            a == b or d == axis % ndims for d, (a, b) in enumerate(zip(value.shape, values[0].shape))
        )
        if not same:
            raise invalid(
                f"ConcatOp : Dimensions of inputs should match: shape[0] = {bracketed(values[0].shape)} vs. "
                f"shape[{i}] = {bracketed(value.shape)}"
            )


@mover("ConcatV2", host=("axis",))
def concat(values: list[Tensor], axis: Tensor) -> Tensor:
    _check_concat(values, int(axis))
    return torch.cat(values, int(axis))


@mover("Concat", host=("concat_dim",))
def concat_first(concat_dim: Tensor, values: list[Tensor]) -> Tensor:
    return concat(values, concat_dim)


@mover("ParallelConcat")
def parallel_concat(values: list[Tensor]) -> Tensor:
    return torch.cat(values, 0)


@mover("Split", host=("split_dim",), view=True)
def split(split_dim: Tensor, value: Tensor, *, num_split: int) -> Tensor | tuple[Tensor, ...]:
    at = int(split_dim)
    whole = value.shape[at]
    if whole % num_split:
        raise invalid(
            f"Number of ways to split should evenly divide the split dimension, but got split_dim {at} "
            f"(size = {whole}) and num_split {num_split}"
        )
    part = whole // num_split
    return _each(tuple(value.narrow(at, i * part, part) for i in range(num_split)))


@mover("SplitV", host=("size_splits", "split_dim"), view=True)
def split_v(value: Tensor, sizes: Tensor, split_dim: Tensor) -> Tensor | tuple[Tensor, ...]:
    at, parts = int(split_dim), sizes.tolist()
    whole = value.shape[at]
    if -1 in parts:
        parts[parts.index(-1)] = whole - sum(p for p in parts if p != -1)
    if min(parts, default=0) < 0 or sum(parts) != whole:
        raise invalid(
            f"The sizes {bracketed(sizes.tolist())} must add up to {whole}, the size of dimension {at}; one may be -1"
        )
    return _each(value.split(parts, at))
