"""Convolutions and pools. [N, H, W, C] is seen as torch has it, [N, C, H, W], and back: two views, no copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ...kernels.conv import TO_TORCH, looks_at_points, skipped
from ...kernels.windows import Geometry
from ...ops.windows import channels_first, spatial_axes
from .. import functions
from ..table import Unknown, becomes
from ..value import Value
from .math import call

_CONV = {4: torch.conv2d, 5: torch.conv3d}
_TRANSPOSE = {4: torch.conv_transpose2d, 5: torch.conv_transpose3d}
_MAX = {4: torch.max_pool2d, 5: torch.max_pool3d}
_AVG = {4: F.avg_pool2d, 5: F.avg_pool3d}
_LAST = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}
_FIRST = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}


def _to_first(x: Any, rank: int, data_format: str) -> Any:
    return x if channels_first(data_format) else x.permute(*_FIRST[rank])


def _from_first(x: Any, rank: int, data_format: str) -> Any:
    return x if channels_first(data_format) else x.permute(*_LAST[rank])


def _geometry(
    dims: list[Any], window: list[int], strides: list[int], padding: str, data_format: str,
    dilations: list[int] | None = None, explicit_paddings: list[int] | tuple[int, ...] = (),
) -> Geometry | None:  # fmt: skip
    """How the window goes, None if that depends on the size of images that is not known."""
    axes = spatial_axes(len(dims), data_format)
    if any(dims[a] is None for a in axes):
        if padding == "SAME" and any(strides[a] != 1 for a in axes):
            return None
        dims = [1 << 20 if d is None else d for d in dims]  # with a stride of 1 the padding is that of any size
    return Geometry([d or 1 for d in dims], window, strides, padding, data_format, dilations, explicit_paddings)


def _window(dims: list[int | None]) -> list[int]:
    sizes = [d for d in dims if d is not None]
    if len(sizes) < len(dims):
        raise Unknown
    return sizes


def _told(**given: tuple[Any, Any]) -> dict[str, Any]:
    """Keyword arguments, without those that have the value they have anyway."""
    return {name: value for name, (value, default) in given.items() if value != default}


@becomes("Conv2D", "Conv3D")
def conv(
    image: Value, filter: Value, *, strides: list[int], padding: str, data_format: str, dilations: list[int],
) -> Any:  # fmt: skip
    return _conv(image, filter, strides, padding, data_format, dilations)


def _conv(image: Value, filter: Value, strides: list[int], padding: str, data_format: str, dilations: list[int]) -> Any:
    rank, dims = image.rank, image.known
    if not image.kind.is_floating_point or padding == "EXPLICIT":
        raise Unknown
    *window, depth, _ = filter.known
    channels = dims[1 if channels_first(data_format) else -1]
    if depth is None or channels is None:
        raise Unknown
    weight = filter.permute(*TO_TORCH[rank])
    x, around, steps = _padded(image, _window(window), strides, padding, data_format, dilations)
    if looks_at_points([0, 0, *_window(window)], steps["stride"][0], around):
        x = skipped(x, steps.pop("stride")[0])
    rest = _told(padding=(around, [0] * len(around)), groups=(channels // depth, 1), **steps)
    return _from_first(_CONV[rank](x, weight, **rest), rank, data_format)


def _padded(
    image: Value, window: list[int], strides: list[int], padding: str, data_format: str, dilations: list[int]
) -> Any:
    """The image as torch wants it, the padding left to torch, and the steps by keyword."""
    rank = image.rank
    axes = spatial_axes(rank, data_format)
    ones = [1] * len(axes)
    steps = {"stride": ([strides[a] for a in axes], ones), "dilation": ([dilations[a] for a in axes], ones)}
    x = _to_first(image, rank, data_format)
    geometry = _geometry(image.known, window, strides, padding, data_format, dilations)
    if geometry is None:
        x = call(functions.same_pad, x, window, steps["stride"][0], steps["dilation"][0])
        return x, [0] * len(axes), steps
    if geometry.even:
        return x, geometry.before, steps
    return F.pad(x, _sides(geometry)), [0] * len(axes), steps


def _sides(geometry: Geometry) -> list[int]:
    return [n for pair in reversed(geometry.sides) for n in pair]


@becomes("DepthwiseConv2dNative")
def depthwise_conv2d(
    image: Value, filter: Value, *, strides: list[int], padding: str, data_format: str, dilations: list[int]
) -> Any:
    height, width, depth, each = _window(filter.known)
    if padding == "EXPLICIT":
        raise Unknown
    weight = filter.permute(2, 3, 0, 1).reshape(depth * each, 1, height, width)
    x, around, steps = _padded(image, [height, width], strides, padding, data_format, dilations)
    rest = _told(padding=(around, [0, 0]), groups=(depth, 1), **steps)
    return _from_first(torch.conv2d(x, weight, **rest), 4, data_format)


@becomes("Conv2DBackpropInput", "Conv3DBackpropInputV2", host=("input_sizes",))
def conv_transpose(
    sizes: np.ndarray, filter: Value, grad: Value, *, strides: list[int], padding: str, data_format: str,
    dilations: list[int],
) -> Any:  # fmt: skip
    """A convolution's gradient by its input, which is what a transposed convolution is."""
    rank = grad.rank
    axes = spatial_axes(rank, data_format)
    wanted = [sizes[a] for a in axes]
    if padding == "EXPLICIT":
        raise Unknown
    *window, depth, _ = _window(filter.known)
    if not all(isinstance(size, (int, np.integer)) for size in wanted):
        steps = [[s[a] for a in axes] for s in (strides, dilations)]
        x, weight = _to_first(grad, rank, data_format), filter.permute(*TO_TORCH[rank])
        return _from_first(
            call(functions.conv_transpose, x, weight, wanted, *steps, padding == "SAME"), rank, data_format
        )
    shape = [1] * rank
    for axis, size in zip(axes, wanted):
        shape[axis] = int(size)
    channel = 1 if channels_first(data_format) else rank - 1
    if sizes[channel] != depth:
        raise Unknown
    geometry = Geometry(shape, window, strides, padding, data_format, dilations)
    reach = [
        (n - 1) * s + (k - 1) * d + 1 - 2 * b
        for n, s, k, d, b in zip(geometry.sizes, geometry.strides, window, geometry.dilations, geometry.before)
    ]
    missing = [max(int(w) - r, 0) for w, r in zip(wanted, reach)]
    if any(m >= max(s, d) for m, s, d in zip(missing, geometry.strides, geometry.dilations)):
        raise Unknown
    ones, zeros = [1] * len(axes), [0] * len(axes)
    rest = _told(
        stride=(geometry.strides, ones), padding=(geometry.before, zeros), output_padding=(missing, zeros),
        dilation=(geometry.dilations, ones),
    )  # fmt: skip
    x = _to_first(grad, rank, data_format)
    result = _TRANSPOSE[rank](x, filter.permute(*TO_TORCH[rank]), **rest)
    if any(r + m > w for r, m, w in zip(reach, missing, wanted)):
        inside = (slice(None), slice(None), *(slice(None, int(w)) for w in wanted))
        result = result[inside]
    return _from_first(result, rank, data_format)


# Pools


@becomes("MaxPool", "MaxPool3D")
def max_pool(value: Value, *, ksize: list[int], strides: list[int], padding: str, data_format: str) -> Any:
    return _pool(value, ksize, strides, padding, data_format, _MAX, float("-inf"))


@becomes("AvgPool", "AvgPool3D")
def avg_pool(value: Value, *, ksize: list[int], strides: list[int], padding: str, data_format: str) -> Any:
    return _pool(value, ksize, strides, padding, data_format, _AVG, None)


def _pool(
    value: Value, ksize: list[int], strides: list[int], padding: str, data_format: str, pools: dict[int, Any],
    filler: float | None,
) -> Any:  # fmt: skip
    rank = value.rank
    axes = spatial_axes(rank, data_format)
    channel = 1 if channels_first(data_format) else rank - 1
    if ksize[0] != 1 or ksize[channel] != 1 or padding == "EXPLICIT" or not value.kind.is_floating_point:
        raise Unknown
    window, steps = [ksize[a] for a in axes], [strides[a] for a in axes]
    geometry = _geometry(value.known, window, strides, padding, data_format)
    x = _to_first(value, rank, data_format)
    if geometry is not None and geometry.even and all(b <= k // 2 for b, k in zip(geometry.before, window)):
        rest: dict[str, Any] = {} if not any(geometry.before) else {"padding": geometry.before}
        if filler is None and rest:
            rest["count_include_pad"] = False
        return _from_first(pools[rank](x, window, steps, **rest), rank, data_format)
    if filler is None:
        return _from_first(call(functions.avg_pool_same, x, window, steps), rank, data_format)
    if geometry is None:
        x = call(functions.same_pad, x, window, steps, [1] * len(axes), filler)
    else:
        x = F.pad(x, _sides(geometry), value=filler)
    return _from_first(pools[rank](x, window, steps), rank, data_format)
