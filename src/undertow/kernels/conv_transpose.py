"""Gradients of convolutions as ops of their own: how each op is done."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ..ops.windows import channels_first, spatial_axes
from .conv import TO_TORCH, groups_of, looks_at_points, padded, skipped
from .registry import invalid, kernel
from .windows import Geometry, fill_sides, from_first, to_first

_TRANSPOSE = {2: F.conv_transpose2d, 3: F.conv_transpose3d}
_FROM_TORCH = {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}


def _check(grad: Tensor, shape: Sequence[int], channels: int, geometry: Geometry, data_format: str) -> int:
    """The channels of the input; InvalidArgumentError if `grad` cannot be a gradient of such a convolution's output."""
    channel = 1 if channels_first(data_format) else len(shape) - 1
    if len(shape) != grad.dim() or shape[0] != grad.shape[0]:
        raise invalid(f"input and out_backprop must have the same batch size, got {list(shape)}, {list(grad.shape)}")
    for axis, size in zip(spatial_axes(len(shape), data_format), geometry.sizes):
        if grad.shape[axis] != size:
            raise invalid(
                f"Size of out_backprop doesn't match computed: actual = {grad.shape[axis]}, computed = {size}, "
                f"axis {axis}; input: {list(shape)}, out_backprop: {list(grad.shape)}"
            )
    if grad.shape[channel] != channels:
        raise invalid(f"filter and out_backprop must have the same out_depth: {channels} vs {grad.shape[channel]}")
    return shape[channel]


def _by_input(
    shape: Sequence[int], weight: Tensor, grad: Tensor, geometry: Geometry, data_format: str, groups: int
) -> Tensor:
    wanted = [shape[a] for a in spatial_axes(len(shape), data_format)]
    # What the windows reach, with `before` cut off at both ends: SAME's odd row is then one too many at the end, and
    # rows that no window reaches are missing there.
    reach = [
        (n - 1) * s + (k - 1) * d + 1 - 2 * b
        for n, s, k, d, b in zip(geometry.sizes, geometry.strides, geometry.window, geometry.dilations, geometry.before)
    ]
    missing = [max(w - r, 0) for w, r in zip(wanted, reach)]
    x, cut = to_first(grad, data_format), geometry.before
    if looks_at_points(weight.shape, geometry.strides, cut):
        result = _spread(_TRANSPOSE[len(wanted)](x, weight, None, 1, 0, 0, groups), geometry.strides)
        return from_first(fill_sides(result, [(0, w - n) for w, n in zip(wanted, result.shape[2:])]), data_format)
    if any(m >= max(s, d) for m, s, d in zip(missing, geometry.strides, geometry.dilations)):
        # More than torch lets be missing: explicit padding can be wider than the window.
        result = _TRANSPOSE[len(wanted)](x, weight, None, geometry.strides, 0, 0, groups, geometry.dilations)
        short = [(-b, w + b - n) for b, w, n in zip(cut, wanted, result.shape[2:])]
        return from_first(fill_sides(result, short), data_format)
    result = _TRANSPOSE[len(wanted)](x, weight, None, geometry.strides, cut, missing, groups, geometry.dilations)
    for axis, size in enumerate(wanted, 2):
        if result.shape[axis] > size:
            result = result.narrow(axis, 0, size)
    return from_first(result, data_format)


def _spread(x: Tensor, strides: list[int]) -> Tensor:
    """Zeros after each element of the axes from the second on, so that elements are `strides` apart."""
    for axis, stride in enumerate(strides, 2):
        apart = F.pad(x.unsqueeze(axis + 1), [0, 0] * (x.dim() - 1 - axis) + [0, stride - 1])
        x = apart.flatten(axis, axis + 1)
    return x


def _by_filter(
    image: Tensor, shape: Sequence[int], grad: Tensor, geometry: Geometry, data_format: str, groups: int
) -> Tensor:
    """The gradient by a filter of this `shape`, both as torch has them."""
    x, around = padded(to_first(image, data_format), geometry)
    if 0 in shape:
        return x.new_zeros(shape)
    strides = geometry.strides
    if looks_at_points(shape, strides, around):
        x, strides = skipped(x, strides), [1] * len(strides)
    return torch.ops.aten.convolution_backward(
        to_first(grad, data_format), x, x.new_empty(shape), None, strides, around, geometry.dilations, False,
        [0] * len(around), groups, [False, True, False],
    )[1]  # fmt: skip


@kernel("Conv2DBackpropInput", host=("input_sizes",))
def conv2d_backprop_input(
    sizes: Tensor, filter: Tensor, grad: Tensor, *, strides: list[int], padding: str, explicit_paddings: list[int],
    data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    return _conv_input(sizes, filter, grad, strides, padding, explicit_paddings, data_format, dilations)


@kernel("Conv3DBackpropInputV2", host=("input_sizes",))
def conv3d_backprop_input(
    sizes: Tensor, filter: Tensor, grad: Tensor, *, strides: list[int], padding: str, data_format: str,
    dilations: list[int],
) -> Tensor:  # fmt: skip
    return _conv_input(sizes, filter, grad, strides, padding, [], data_format, dilations)


def _conv_input(
    sizes: Tensor, filter: Tensor, grad: Tensor, strides: list[int], padding: str, explicit_paddings: list[int],
    data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    shape, window = sizes.tolist(), filter.shape[:-2]
    geometry = Geometry(shape, window, strides, padding, data_format, dilations, explicit_paddings)
    groups = groups_of(_check(grad, shape, filter.shape[-1], geometry, data_format), filter.shape[-2])
    return _by_input(shape, filter.permute(TO_TORCH[filter.dim()]), grad, geometry, data_format, groups)


@kernel("Conv2DBackpropFilter", host=("filter_sizes",))
def conv2d_backprop_filter(
    image: Tensor, sizes: Tensor, grad: Tensor, *, strides: list[int], padding: str, explicit_paddings: list[int],
    data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    return _conv_filter(image, sizes, grad, strides, padding, explicit_paddings, data_format, dilations)


@kernel("Conv3DBackpropFilterV2", host=("filter_sizes",))
def conv3d_backprop_filter(
    image: Tensor, sizes: Tensor, grad: Tensor, *, strides: list[int], padding: str, data_format: str,
    dilations: list[int],
) -> Tensor:  # fmt: skip
    return _conv_filter(image, sizes, grad, strides, padding, [], data_format, dilations)


def _conv_filter(
    image: Tensor, sizes: Tensor, grad: Tensor, strides: list[int], padding: str, explicit_paddings: list[int],
    data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    shape = sizes.tolist()
    geometry = Geometry(image.shape, shape[:-2], strides, padding, data_format, dilations, explicit_paddings)
    groups = groups_of(_check(grad, image.shape, shape[-1], geometry, data_format), shape[-2])
    result = _by_filter(image, [shape[i] for i in TO_TORCH[len(shape)]], grad, geometry, data_format, groups)
    return result.permute(_FROM_TORCH[len(shape)])


@kernel("DepthwiseConv2dNativeBackpropInput", host=("input_sizes",))
def depthwise_conv2d_backprop_input(
    sizes: Tensor, filter: Tensor, grad: Tensor, *, strides: list[int], padding: str, explicit_paddings: list[int],
    data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    height, width, depth, each = filter.shape
    shape = sizes.tolist()
    geometry = Geometry(shape, (height, width), strides, padding, data_format, dilations, explicit_paddings)
    _check(grad, shape, depth * each, geometry, data_format)
    weight = filter.permute(2, 3, 0, 1).reshape(-1, 1, height, width)
    return _by_input(shape, weight, grad, geometry, data_format, depth)


@kernel("DepthwiseConv2dNativeBackpropFilter", host=("filter_sizes",))
def depthwise_conv2d_backprop_filter(
    image: Tensor, sizes: Tensor, grad: Tensor, *, strides: list[int], padding: str, explicit_paddings: list[int],
    data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    height, width, depth, each = sizes.tolist()
    geometry = Geometry(image.shape, (height, width), strides, padding, data_format, dilations, explicit_paddings)
    _check(grad, image.shape, depth * each, geometry, data_format)
    result = _by_filter(image, (depth * each, 1, height, width), grad, geometry, data_format, depth)
    return result.reshape(depth, each, height, width).permute(2, 3, 0, 1)
