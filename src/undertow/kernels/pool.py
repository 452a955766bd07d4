"""Pooling: how each op is done."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..ops.windows import channels_first, spatial_axes
from .gradients import pulled_back
from .registry import invalid, kernel
from .values import are_traced
from .windows import Geometry, fill_sides, from_first, to_first

_MAX = {2: torch.max_pool2d, 3: torch.max_pool3d}
_MAX_WITH_INDICES = {2: torch.ops.aten.max_pool2d_with_indices, 3: torch.ops.aten.max_pool3d_with_indices}
_AVG = {2: F.avg_pool2d, 3: F.avg_pool3d}


def _geometry(
    shape: torch.Size, ksize: list[int], strides: list[int], padding: str, data_format: str,
    explicit_paddings: list[int],
) -> Geometry:  # fmt: skip
    if ksize[0] != 1:
        raise invalid("Pooling is not yet supported on the batch dimension.")
    window = [ksize[a] for a in spatial_axes(len(shape), data_format)]
    return Geometry(shape, window, strides, padding, data_format, None, explicit_paddings)


def _lowest(dtype: torch.dtype) -> float:
    return float("-inf") if dtype.is_floating_point else torch.iinfo(dtype).min


def _torch_pads(sizes: Sequence[int], geometry: Geometry) -> tuple[list[int], bool] | None:
    """The padding of images of these sizes as torch has it, and its `ceil_mode`; None if it cannot do it."""
    if all(b <= k // 2 for b, k in zip(geometry.before, geometry.window)):
        if geometry.even:
            return geometry.before, False
        if geometry.opens_at_end(sizes):
            return geometry.before, True
    return None


def _max_arguments(x: Tensor, geometry: Geometry) -> tuple[Tensor, list[int], bool]:
    """The images, padded if torch could not do it, the padding left to torch, and its `ceil_mode`."""
    found = _torch_pads(x.shape[2:], geometry)
    if found is not None:
        return x, *found
    return fill_sides(x, geometry.sides, _lowest(x.dtype)), [0] * len(geometry.sides), False


@kernel("MaxPool")
def max_pool(
    value: Tensor, *, ksize: list[int], strides: list[int], padding: str, explicit_paddings: list[int], data_format: str
) -> Tensor:
    return _max_pool(value, ksize, strides, padding, data_format, explicit_paddings)


@kernel("MaxPool3D")
def max_pool3d(value: Tensor, *, ksize: list[int], strides: list[int], padding: str, data_format: str) -> Tensor:
    return _max_pool(value, ksize, strides, padding, data_format, [])


def _max_pool(
    value: Tensor, ksize: list[int], strides: list[int], padding: str, data_format: str, explicit_paddings: list[int]
) -> Tensor:
    channel = 1 if channels_first(data_format) else value.dim() - 1
    if ksize[channel] != 1:
        return _max_over_depth(value, ksize, strides, channel)
    geometry = _geometry(value.shape, ksize, strides, padding, data_format, explicit_paddings)
    x, around, ceil = _max_arguments(to_first(value, data_format), geometry)
    if _tiles(x, geometry, around):
        if not torch.is_grad_enabled():
            return from_first(_largest_of_tiles(x, geometry.window), data_format)
        if are_traced() and len(around) == 2:
            return from_first(_LargestOfTiles.apply(x, geometry.window), data_format)
    ones = [1] * len(around)
    return from_first(_MAX[len(around)](x, geometry.window, geometry.strides, around, ones, ceil), data_format)


def max_pool_and_index(value: Tensor, **attrs: Any) -> tuple[Tensor, Tensor | None]:
    """What `max_pool` gives for these attrs, and what `max_pool_gradient` wants to know of it."""
    found = _pool_arguments(value, attrs)
    if found is None:
        return max_pool(value, **attrs), None
    pooled, index = _MAX_WITH_INDICES[2](to_first(value, attrs["data_format"]), *found)
    return from_first(pooled, attrs["data_format"]), index


def max_pool_gradient(value: Tensor, index: Tensor | None, grad: Tensor, **attrs: Any) -> Tensor:
    """The gradient by `value`, where `grad` is the one by what is pooled."""
    found = _pool_arguments(value, attrs)
    if found is None or index is None:
        return pulled_back(lambda x: max_pool(x, **attrs), value, grad)
    layout = attrs["data_format"]
    back = torch.ops.aten.max_pool2d_with_indices_backward
    return from_first(back(to_first(grad, layout), to_first(value, layout), *found, index), layout)


def _pool_arguments(value: Tensor, attrs: dict[str, Any]) -> tuple[Any, ...] | None:
    """What torch's pool takes beside images, where it does all by itself."""
    if attrs["ksize"][1 if channels_first(attrs["data_format"]) else 3] != 1:
        return None
    geometry = _geometry(value.shape, **attrs)
    pads = _torch_pads(to_first(value, attrs["data_format"]).shape[2:], geometry)
    return None if pads is None else (geometry.window, geometry.strides, pads[0], [1, 1], pads[1])


def _tiles(x: Tensor, geometry: Geometry, around: list[int]) -> bool:
    """Whether the windows, a few pixels each, lie side by side and cover an image."""
    fits = all(size % window == 0 for size, window in zip(x.shape[2:], geometry.window))
    return fits and geometry.window == geometry.strides and not any(around) and max(geometry.window) <= 3


def _largest_of_tiles(x: Tensor, window: list[int]) -> Tensor:
    """The largest element of each window: where no gradient asks which one it was, this is several times as fast."""
    for axis, size in enumerate(window, 2):
        tiles = [[*[slice(None)] * axis, slice(i, None, size)] for i in range(size)]
        x = reduce(torch.maximum, [x[tuple(tile)] for tile in tiles])
    return x


class _LargestOfTiles(torch.autograd.Function):
    """The same with a gradient, in operations that compilers make one loop of: by index theirs takes ten times as long.

    It goes to the first of the largest elements.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, window: list[int]) -> Tensor:
        largest = _largest_of_tiles(x, window)
        ctx.save_for_backward(x, largest)
        ctx.window = window
        return largest

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (x, largest), (height, width) = ctx.saved_tensors, ctx.window
        found = torch.zeros_like(largest, dtype=torch.bool)
        parts = []
        for i, j in itertools.product(range(height), range(width)):
            tile = x[:, :, i::height, j::width]
            here = ((tile == largest) | tile.isnan()) & ~found
            parts.append(torch.where(here, grad, 0))
            found = found | here
        tiles = torch.stack(parts, -1).unflatten(-1, (height, width))  # [N, C, H, W, height, width]
        whole = tiles.permute(0, 2, 4, 3, 5, 1).reshape(x.shape[0], *x.shape[2:], x.shape[1])
        return whole.permute(0, 3, 1, 2), None


def _max_over_depth(value: Tensor, ksize: list[int], strides: list[int], channel: int) -> Tensor:
    window = ksize[channel]
    if any(k != 1 for i, k in enumerate(ksize) if i != channel) or value.shape[channel] % window:
        raise invalid("MaxPooling supports exactly one of pooling across depth or pooling across width/height.")
    if strides[channel] != window:
        raise invalid("Depthwise max pooling requires the depth window to equal the depth stride.")
    return value.unflatten(channel, (-1, window)).max(channel + 1).values


@kernel("AvgPool", "AvgPool3D")
def avg_pool(value: Tensor, *, ksize: list[int], strides: list[int], padding: str, data_format: str) -> Tensor:
    geometry = _geometry(value.shape, ksize, strides, padding, data_format, [])
    x = to_first(value, data_format)
    pool, k, s = _AVG[value.dim() - 2], geometry.window, geometry.strides
    fits = all(size >= window for size, window in zip(x.shape[2:], k))  # torch asks that of volumes, padded or not
    if fits and (geometry.even or geometry.opens_at_end(x.shape[2:])):
        pooled = pool(x, k, s, geometry.before, not geometry.even, False)
    else:  # torch cannot leave this padding out of the mean
        counted = fill_sides(x.new_ones((1, 1, *x.shape[2:])), geometry.sides)
        pooled = pool(fill_sides(x, geometry.sides), k, s) / pool(counted, k, s)
    return from_first(pooled, data_format)


@kernel("MaxPoolWithArgmax")
def max_pool_with_argmax(
    value: Tensor, *, ksize: list[int], strides: list[int], padding: str, include_batch_in_index: bool,
    Targmax: torch.dtype,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    geometry = _geometry(value.shape, ksize, strides, padding, "NHWC", [])
    pooled, index = _with_indices(to_first(value, "NHWC"), geometry)
    batch, height, width, depth = value.shape
    index = index.permute(0, 2, 3, 1) * depth + torch.arange(depth, device=index.device)
    if include_batch_in_index:
        each = height * width * depth
        index = index + torch.arange(0, batch * each, max(each, 1), device=index.device)[:batch].reshape(-1, 1, 1, 1)
    return pooled.permute(0, 2, 3, 1), index.to(Targmax)


def _with_indices(x: Tensor, geometry: Geometry) -> tuple[Tensor, Tensor]:
    """The maxima, channels first, and the index of each in its channel, flattened."""
    padded, around, ceil = _max_arguments(x, geometry)
    count = len(around)
    pooled, index = _MAX_WITH_INDICES[count](padded, geometry.window, geometry.strides, around, [1] * count, ceil)
    if padded is not x:  # the index is one of the padded image
        rest, index, stride = index, torch.zeros_like(index), 1
        for width, before, size in zip(padded.shape[:1:-1], geometry.before[::-1], x.shape[:1:-1]):
            index, rest, stride = index + (rest % width - before) * stride, rest // width, stride * size
    return pooled, index


# Gradients of pools, as ops: what programs that route them by hand call


@kernel("MaxPoolGrad")
def max_pool_grad(
    value: Tensor, pooled: Tensor, grad: Tensor, *, ksize: list[int], strides: list[int], padding: str,
    explicit_paddings: list[int], data_format: str,
) -> Tensor:  # fmt: skip
    x = to_first(value, data_format)
    geometry = _geometry(value.shape, ksize, strides, padding, data_format, explicit_paddings)
    index = _with_indices(x, geometry)[1]
    flat = x.new_zeros((*x.shape[:2], x.shape[2] * x.shape[3]))
    flat = flat.scatter_add(2, index.flatten(2), to_first(grad, data_format).flatten(2))
    return from_first(flat.reshape(x.shape), data_format)


@kernel("AvgPoolGrad", "AvgPool3DGrad", host=("orig_input_shape",))
def avg_pool_grad(
    shape: Tensor, grad: Tensor, *, ksize: list[int], strides: list[int], padding: str, data_format: str
) -> Tensor:
    def forward(value: Tensor) -> Tensor:
        return avg_pool(value, ksize=ksize, strides=strides, padding=padding, data_format=data_format)

    start = grad.new_zeros(shape.tolist())
    return pulled_back(forward, start, grad)
