"""What TensorFlow's own gradient functions add to a graph for array ops: how each op is done."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .registry import kernel
from .shaping import vector
from .slicing import index_of


@kernel("BroadcastGradientArgs", host=("s0", "s1"))
def broadcast_gradient_args(s0: Tensor, s1: Tensor) -> tuple[Tensor, Tensor]:
    """For each of two shapes the axes of their common shape along which it was repeated."""
    shapes = [vector(s0, "s0"), vector(s1, "s1")]
    rank = max(map(len, shapes))
    if shapes[0] == shapes[1]:
        return s0.new_zeros(0), s1.new_zeros(0)
    padded = [[1] * (rank - len(shape)) + shape for shape in shapes]
    first, second = ([i for i, d in enumerate(dims) if d == 1] for dims in padded)
    return s0.new_tensor(first), s1.new_tensor(second)


@kernel("ConcatOffset", host=("concat_dim", "shape"))
def concat_offset(concat_dim: Tensor, shapes: list[Tensor]) -> list[Tensor]:
    """Where each of several tensors begins in their concatenation."""
    at, start = int(concat_dim), 0
    offsets = []
    for shape in shapes:
        offset = torch.zeros_like(shape)
        offset[at] = start
        start += int(shape[at])
        offsets.append(offset)
    return offsets


@kernel("StridedSliceGrad", host=("shape", "begin", "end", "strides"))
def strided_slice_grad(
    shape: Tensor, begin: Tensor, end: Tensor, strides: Tensor, dy: Any, *, begin_mask: int, end_mask: int,
    ellipsis_mask: int, new_axis_mask: int, shrink_axis_mask: int,
) -> Tensor:  # fmt: skip
    dims = vector(shape, "shape")
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    index, backward = index_of(dims, begin.tolist(), end.tolist(), strides.tolist(), *masks)
    whole = dy.new_zeros(dims)
    whole[index] = dy.flip(backward) if backward else dy
    return whole
