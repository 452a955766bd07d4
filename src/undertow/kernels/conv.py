"""Convolutions: how each op is done."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ..ops.windows import channels_first, spatial_axes
from .registry import invalid, kernel
from .windows import Geometry, fill_sides, from_first, to_first

_CONV = {2: F.conv2d, 3: F.conv3d}
_TRANSPOSE = {2: F.conv_transpose2d, 3: F.conv_transpose3d}
_FILTER = {4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}  # [k…, in, out] to torch's [out, in, k…]
_FILTER_BACK = {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}


@kernel("Conv2D")
def conv2d(
    image: Tensor, filter: Tensor, bias: Tensor | None = None, *, strides: list[int], padding: str,
    explicit_paddings: list[int], data_format: str, dilations: list[int],
) -> Tensor:  # fmt: skip
    """The op takes no bias; a pass gives it the one that is added next."""
    return _conv(image, filter, strides, padding, explicit_paddings, data_format, dilations, bias)


@kernel("Conv3D")
def conv3d(
    image: Tensor, filter: Tensor, *, strides: list[int], padding: str, data_format: str, dilations: list[int]
) -> Tensor:
    return _conv(image, filter, strides, padding, [], data_format, dilations)


def _conv(
    image: Tensor, filter: Tensor, strides: list[int], padding: str, explicit_paddings: list[int], data_format: str,
    dilations: list[int], bias: Tensor | None = None,
) -> Tensor:  # fmt: skip
    if not image.is_floating_point():  # torch convolves floats only; sums of int32 products are exact in float64
        exact = None if bias is None else bias.double()
        return _conv(
            image.double(), filter.double(), strides, padding, explicit_paddings, data_format, dilations, exact
        ).to(image.dtype)
    count = image.dim() - 2
    geometry = Geometry(
        image.shape, filter.shape[:count], strides, padding, data_format, dilations, explicit_paddings
    )
    weight = filter.permute(_FILTER[filter.dim()])
    depth = image.shape[1 if channels_first(data_format) else -1]
    return grouped_conv(image, weight, geometry, data_format, _groups(depth, weight.shape[1]), bias)


def grouped_conv(
    image: Tensor, weight: Tensor, geometry: Geometry, data_format: str, groups: int, bias: Tensor | None = None
) -> Tensor:
    """Convolve with a filter that is as torch has it: [out, in / groups, k…]."""
    x, around = _padded(to_first(image, data_format), geometry)
    conv = _CONV[len(around)]
    return from_first(conv(x, weight, bias, geometry.strides, around, geometry.dilations, groups), data_format)


def _padded(x: Tensor, geometry: Geometry) -> tuple[Tensor, list[int]]:
    """`x` and the padding left for the convolution to do: it can only pad both ends alike."""
    if geometry.even:
        return x, geometry.before
    return fill_sides(x, geometry.sides), [0] * len(geometry.sides)


def _groups(depth: int, filter_depth: int) -> int:
    if filter_depth == 0 or depth % filter_depth:
        raise invalid(f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}")
    return depth // filter_depth


# Gradients of convolutions, as ops


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
    shape: list[int] = sizes.tolist()
    count = grad.dim() - 2
    geometry = Geometry(shape, filter.shape[:count], strides, padding, data_format, dilations, explicit_paddings)
    groups = _check_gradient(grad, shape, filter.shape, geometry, data_format)
    x, w = to_first(grad, data_format), filter.permute(_FILTER[filter.dim()])
    wanted = [shape[a] for a in spatial_axes(len(shape), data_format)]
    # What the windows reach, with `before` cut off at both ends: SAME's odd row is then one too many at the end, and
    # rows that no window reaches are missing there.
    reach = [
        (n - 1) * s + (k - 1) * d + 1 - 2 * b
        for n, s, k, d, b in zip(geometry.sizes, geometry.strides, filter.shape, geometry.dilations, geometry.before)
    ]
    missing = [max(w - r, 0) for w, r in zip(wanted, reach)]
    result = _TRANSPOSE[count](x, w, None, geometry.strides, geometry.before, missing, groups, geometry.dilations)
    for axis, size in enumerate(wanted, 2):
        if result.shape[axis] > size:
            result = result.narrow(axis, 0, size)
    return from_first(result, data_format)


def _check_gradient(
    grad: Tensor, shape: Sequence[int], filter_shape: Sequence[int], geometry: Geometry, data_format: str
) -> int:
    """The number of groups; InvalidArgumentError unless `grad` can be the gradient of such a convolution's output."""
    channel = 1 if channels_first(data_format) else len(shape) - 1
    if len(shape) != grad.dim() or shape[0] != grad.shape[0]:
        raise invalid(f"input and out_backprop must have the same batch size, got {shape} and {list(grad.shape)}")
    for axis, size in zip(spatial_axes(len(shape), data_format), geometry.sizes):
        if grad.shape[axis] != size:
            raise invalid(
                f"Size of out_backprop doesn't match computed: actual = {grad.shape[axis]}, computed = {size}, "
                f"axis {axis} of {list(grad.shape)}; input: {list(shape)}, filter: {list(filter_shape)}"
            )
    if grad.shape[channel] != filter_shape[-1]:
        raise invalid(
            f"filter and out_backprop must have the same out_depth: {filter_shape[-1]} vs {grad.shape[channel]}"
        )
    return _groups(shape[channel], filter_shape[-2])


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
    shape: list[int] = sizes.tolist()
    count = image.dim() - 2
    geometry = Geometry(image.shape, shape[:count], strides, padding, data_format, dilations, explicit_paddings)
    groups = _check_gradient(grad, image.shape, shape, geometry, data_format)
    x, around = _padded(to_first(image, data_format), geometry)
    result = torch.ops.aten.convolution_backward(
        to_first(grad, data_format), x, x.new_empty([shape[i] for i in _FILTER[len(shape)]]), None,
        geometry.strides, around, geometry.dilations, False, [0] * count, groups, [False, True, False],
    )[1]  # fmt: skip
    return result.permute(_FILTER_BACK[len(shape)])
