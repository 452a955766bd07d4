"""Making, rearranging, cutting and joining tensors."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import fx

from ...ops.slicing import layout
from .. import functions
from ..table import Unknown, becomes, rows
from ..value import Value, integer, ints, static
from .math import call

rows({"ZerosLike": torch.zeros_like, "OnesLike": torch.ones_like})


@becomes("StopGradient")
def stop_gradient(x: Value) -> Any:
    return x.detach()


@becomes("IdentityN")
def identity_n(tensors: list[Value]) -> Any:
    return tensors


@becomes("Fill", host=("dims",), scalars=True)
def fill(dims: np.ndarray, value: Any, *, T: torch.dtype, make: Any) -> Any:
    if isinstance(value, Value):
        return value.expand(ints(dims))
    if value in (0, 1):
        return make(torch.ones if value else torch.zeros, ints(dims), dtype=T)
    return make(torch.full, ints(dims), value, dtype=T)


@becomes("BroadcastTo", host=("shape",))
def broadcast_to(x: Value, shape: np.ndarray) -> Any:
    return x.expand(ints(shape))


@becomes("Shape")
def shape(x: Value, *, out_type: torch.dtype, make: Any) -> Any:
    return make(torch.tensor, x.shape, dtype=out_type)


@becomes("Reshape", host=("shape",))
def reshape(tensor: Value, shape: np.ndarray) -> Any:
    return tensor.reshape(ints(shape))


@becomes("Transpose", host=("perm",))
def transpose(x: Value, perm: np.ndarray) -> Any:
    return x.permute(ints(static(perm)))


@becomes("ExpandDims", host=("dim",))
def expand_dims(x: Value, dim: np.ndarray) -> Any:
    return x.unsqueeze(integer(dim))


@becomes("Squeeze")
def squeeze(x: Value, *, squeeze_dims: list[int]) -> Any:
    if len(squeeze_dims) == 1:
        return x.squeeze(squeeze_dims[0])
    return x.squeeze(tuple(squeeze_dims)) if squeeze_dims else x.squeeze()


@becomes("Tile", host=("multiples",))
def tile(x: Value, multiples: np.ndarray) -> Any:
    return x.repeat(ints(multiples)) if multiples.size else x.clone()


def _sides(paddings: np.ndarray) -> list[Any]:
    pairs = ints(paddings)
    while pairs and pairs[0] == [0, 0]:  # torch pads the last axes, as many as it is told of
        pairs = pairs[1:]
    return list(itertools.chain(*reversed(pairs)))


@becomes("Pad", host=("paddings",))
def pad(x: Value, paddings: np.ndarray) -> Any:
    return F.pad(x, _sides(paddings))


@becomes("PadV2", host=("paddings", "constant_values"))
def pad_v2(x: Value, paddings: np.ndarray, constant_values: np.ndarray) -> Any:
    return F.pad(x, _sides(paddings), value=constant_values.item())


@becomes("MirrorPad", host=("paddings",))
def mirror_pad(x: Value, paddings: np.ndarray, *, mode: str) -> Any:
    result: Any = x
    edge = 1 if mode == "REFLECT" else 0
    for axis, (before, after) in enumerate(ints(static(paddings))):
        size = x.known[axis]
        if before or after:
            if size is None:
                raise Unknown
            whole = list(range(size))
            order = [*whole[edge : edge + before][::-1], *whole, *whole[size - edge - after : size - edge][::-1]]
            result = result[(slice(None),) * axis + (order,)]
    return result


@becomes("ReverseV2", host=("axis",))
def reverse(x: Value, axis: np.ndarray) -> Any:
    return x.flip(ints(static(axis)))


@becomes("Roll", host=("shift", "axis"))
def roll(x: Value, shift: np.ndarray, axis: np.ndarray) -> Any:
    return x.roll(ints(shift.reshape(-1)), ints(static(axis).reshape(-1)))


# Parts


@becomes("Slice", host=("begin", "size"))
def slice_(x: Value, begin: np.ndarray, size: np.ndarray) -> Any:
    starts, counts = ints(begin), ints(size)
    if any(isinstance(n, fx.Proxy) for n in (*starts, *counts)):
        return call(functions.part, x, starts, counts)
    return x[tuple(slice(start or None, None if n == -1 else start + n) for start, n in zip(starts, counts))]


@becomes("StridedSlice", host=("begin", "end", "strides"))
def strided_slice(
    x: Value, begin: np.ndarray, end: np.ndarray, strides: np.ndarray, *, begin_mask: int, end_mask: int,
    ellipsis_mask: int, new_axis_mask: int, shrink_axis_mask: int,
) -> Any:  # fmt: skip
    index: list[Any] = []
    backward: list[int] = []
    starts, stops, steps = ints(begin), ints(end), ints(static(strides))
    for entry, axis in layout(x.rank, len(steps), ellipsis_mask, new_axis_mask):
        if axis is None or entry is None:
            index.append(None if axis is None else slice(None))
            continue
        bit, step = 1 << entry, steps[entry]
        if shrink_axis_mask & bit:
            index.append(starts[entry])
            continue
        start = (
            None
            if begin_mask & bit or (starts[entry].__class__ is int and starts[entry] == 0 < step)
            else starts[entry]
        )
        stop = None if end_mask & bit else stops[entry]
        if step > 0:
            index.append(slice(start, stop, None if step == 1 else step))
            continue
        size = x.known[axis]  # torch has no negative steps: take the same elements forward, and flip
        if size is None and (start is not None or stop is not None or step != -1):
            raise Unknown
        backward.append(sum(not isinstance(i, int) for i in index))
        if size is None:
            index.append(slice(None))
            continue
        taken = range(size)[slice(start, stop, step)]
        index.append(slice(taken[-1], taken[0] + 1, -step) if len(taken) else slice(0, 0))
    while len(index) > 1 and index[-1] == slice(None):
        index.pop()
    result = x[tuple(index)] if len(index) != 1 else x[index[0]]
    return result.flip(backward) if backward else result


@becomes("Split", host=("split_dim",))
def split(split_dim: np.ndarray, value: Value, *, num_split: int) -> Any:
    return value.chunk(num_split, integer(split_dim))


@becomes("SplitV", host=("size_splits", "split_dim"))
def split_v(value: Value, sizes: np.ndarray, split_dim: np.ndarray) -> Any:
    at, parts = integer(split_dim), ints(static(sizes))
    if -1 in parts:
        whole = value.known[at]
        if whole is None:
            raise Unknown
        parts[parts.index(-1)] += whole - sum(parts)
    return value.split(parts, at)


@becomes("Unpack")
def unpack(value: Value, *, axis: int) -> Any:
    return value.unbind(axis)


@becomes("GatherV2", host=("axis",))
def gather(params: Value, indices: Value, axis: np.ndarray, *, batch_dims: int) -> Any:
    at = integer(axis) % params.rank
    if batch_dims:
        raise Unknown
    if indices.kind not in (torch.int32, torch.int64):
        raise Unknown
    if at == 0 and params.rank == 2 and params.kind.is_floating_point:
        return F.embedding(indices, params)
    return params[(slice(None),) * at + (indices,)] if at else params[indices]


@becomes("Gather", "ResourceGather")
def gather_rows(params: Value, indices: Value) -> Any:
    return gather(params, indices, np.array(0), batch_dims=0)


@becomes("GatherNd")
def gather_nd(params: Value, indices: Value) -> Any:
    if not indices.known[-1]:
        raise Unknown
    return params[indices.long().unbind(-1)]


@becomes("Where")
def where(condition: Value) -> Any:
    if condition.kind.is_complex:
        raise Unknown
    return condition.nonzero()


@becomes("Select")
def select(condition: Value, t: Value, e: Value) -> Any:
    if condition.rank == 1 and t.rank > 1:
        return torch.where(condition.reshape([-1] + [1] * (t.rank - 1)), t, e)
    return torch.where(condition, t, e)


rows({"SelectV2": torch.where})


# Together


@becomes("Pack")
def pack(values: list[Any], *, axis: int) -> Any:
    return torch.stack(values, axis)


@becomes("ConcatV2", host=("axis",))
def concat(values: list[Any], axis: np.ndarray) -> Any:
    return torch.cat(values, integer(axis))


@becomes("Concat", host=("concat_dim",))
def concat_first(concat_dim: np.ndarray, values: list[Any]) -> Any:
    return torch.cat(values, integer(concat_dim))


# Codes and sequences


@becomes("OneHot", host=("depth",), scalars=True)
def one_hot(indices: Value, depth: np.ndarray, on: Any, off: Any, *, axis: int, T: torch.dtype, make: Any) -> Any:
    at = indices.rank if axis == -1 else axis
    classes = make(torch.arange, depth.item())
    classes = classes.reshape([-1] + [1] * (indices.rank - at)) if indices.rank > at else classes
    same = indices.unsqueeze(at) == classes
    if not isinstance(on, fx.Proxy) and not isinstance(off, fx.Proxy) and (on, off) == (1, 0):
        return same.to(T)
    return torch.where(same, on, off).to(T)


# Diagonals, blocks, segments


@becomes("MatrixBandPart", host=("num_lower", "num_upper"))
def matrix_band_part(x: Value, num_lower: np.ndarray, num_upper: np.ndarray) -> Any:
    lower, upper = integer(num_lower), integer(num_upper)
    result = x if upper < 0 else torch.tril(x, upper)
    return result if lower < 0 else torch.triu(result, -lower)


@becomes("Diag", "MatrixDiag")
def diag(x: Value) -> Any:
    if x.rank != 1:
        raise Unknown
    return torch.diag(x)


@becomes("MatrixDiagV3", host=("k", "num_rows", "num_cols", "padding_value"))
def matrix_diag(x: Value, k: np.ndarray, rows: np.ndarray, columns: np.ndarray, padding: np.ndarray) -> Any:
    if k.size != 1 or [n.item() for n in (k.reshape(()), rows, columns, padding)] != [0, -1, -1, 0]:
        raise Unknown
    return torch.diag_embed(x)


@becomes("MatrixDiagPartV3", host=("k",))
def matrix_diag_part(x: Value, k: np.ndarray, padding: Value) -> Any:
    if k.size != 1 or k.item() != 0:
        raise Unknown
    return torch.diagonal(x, 0, -2, -1)


@becomes("SpaceToDepth")
def space_to_depth(x: Value, *, block_size: int, data_format: str) -> Any:
    if data_format != "NHWC":
        raise Unknown
    b, (n, h, w, c) = block_size, _sizes(x)
    return x.reshape([n, h // b, b, w // b, b, c]).permute(0, 1, 3, 2, 4, 5).reshape([n, h // b, w // b, b * b * c])


@becomes("DepthToSpace")
def depth_to_space(x: Value, *, block_size: int, data_format: str) -> Any:
    if data_format != "NHWC":
        raise Unknown
    b, (n, h, w, c) = block_size, _sizes(x)
    c = c // (b * b)
    return x.reshape([n, h, w, b, b, c]).permute(0, 1, 3, 2, 4, 5).reshape([n, h * b, w * b, c])


def _sizes(x: Value) -> list[Any]:
    return [x.shape[i] if size is None else size for i, size in enumerate(x.known)]


@becomes("SpaceToBatchND", host=("block_shape", "paddings"))
def space_to_batch(x: Value, blocks: np.ndarray, paddings: np.ndarray) -> Any:
    rest = [[0, 0]] * (x.rank - len(blocks) - 1)
    sides = _sides(np.array([*ints(static(paddings)), *rest], dtype=object))
    return call(functions.space_to_batch, x, ints(static(blocks)), sides)


@becomes("BatchToSpaceND", host=("block_shape", "crops"))
def batch_to_space(x: Value, blocks: np.ndarray, crops: np.ndarray) -> Any:
    return call(functions.batch_to_space, x, ints(static(blocks)), ints(static(crops)))


@becomes("UnsortedSegmentSum", host=("num_segments",))
def unsorted_segment_sum(x: Value, segments: Value, count: np.ndarray) -> Any:
    return call(functions.segment_sum, x, segments, count.item())
