"""Convolutions: how each op is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..ops.windows import channels_first
from .registry import invalid, kernel
from .windows import Geometry, fill_sides, from_first, to_first

_CONV = {2: F.conv2d, 3: F.conv3d}
TO_TORCH = {4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}  # [k…, in, out] to torch's [out, in, k…]


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
    geometry = Geometry(image.shape, filter.shape[:count], strides, padding, data_format, dilations, explicit_paddings)
    weight = filter.permute(TO_TORCH[filter.dim()])
    depth = image.shape[1 if channels_first(data_format) else -1]
    return grouped_conv(image, weight, geometry, data_format, groups_of(depth, weight.shape[1]), bias)


def grouped_conv(
    image: Tensor, weight: Tensor, geometry: Geometry, data_format: str, groups: int, bias: Tensor | None = None
) -> Tensor:
    """Convolve with a filter that is as torch has it: [out, in / groups, k…]."""
    x, around = padded(to_first(image, data_format), geometry)
    conv = _CONV[len(around)]
    strides = geometry.strides
    if looks_at_points(weight.shape, strides, around):
        x, strides = skipped(x, strides), [1] * len(strides)
    if groups == 1 and len(around) == 2 and around[1] == 0 and _only_slides_down(x, weight):
        x, weight = _columns_as_channels(x, weight)
    plain = geometry.strides == geometry.dilations == [1, 1]
    if plain and torch.is_grad_enabled() and weight.requires_grad and _fills_lanes_in_reverse(x, weight, around):
        return from_first(_SameSize.apply(x, weight, bias, around), data_format)
    return from_first(conv(x, weight, bias, strides, around, geometry.dilations, groups), data_format)


def looks_at_points(shape: Sequence[int], strides: list[int], around: list[int]) -> bool:
    """Whether a filter of this shape, [out, in, k…], has one element and passes others over."""
    return max(strides) > 1 and not any(around) and all(size == 1 for size in shape[2:])


def skipped(x: Tensor, strides: list[int]) -> Tensor:
    """What a filter of one element looks at.

    With strides of its own oneDNN 3.12 writes past its memory in the gradient by such a filter, on some sizes.
    """
    points = (slice(None), slice(None), *(slice(None, None, stride) for stride in strides))
    return x[points]


def _only_slides_down(x: Tensor, weight: Tensor) -> bool:
    return 1 < x.shape[3] == weight.shape[3] and weight.shape[2] < x.shape[2]


def _columns_as_channels(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """A filter as wide as the image adds columns up as it does channels.

    A text's convolution is one of these, [words, embedding, 1], and torch's gradient for a single channel is 20 times
    slower than for many.
    """
    (count, channels, height, width), (filters, _, kernel_height, _) = x.shape, weight.shape
    rows = x.permute(0, 2, 3, 1).reshape(count, height, 1, width * channels).permute(0, 3, 1, 2)
    return rows, weight.permute(0, 3, 1, 2).reshape(filters, width * channels, kernel_height, 1)


LANES = 16  # float32 numbers in the widest vectors of a CPU: oneDNN fills up to that many filters
LARGE = 2**26  # multiplications from which a call of its own for the filter's gradient is repaid


def _fills_lanes_in_reverse(x: Tensor, weight: Tensor, around: list[int]) -> bool:
    """Whether a convolution by steps of one keeps the image's size and has channels in whole vectors, but not filters.

    Then its filter's gradient is got from the reverse one: of the gradient, to the image. It sums the same products,
    for `[in, out, k…]` with the filter turned round. oneDNN computes as many of them as the last channels fill vectors:
    with 36 filters those of 48, where the 16 channels need no filling.
    """
    return (
        x.dim() == 4
        and x.shape[1] == weight.shape[1]
        and weight.shape[1] % LANES == 0 != weight.shape[0] % LANES
        and all(size == 2 * around + 1 for size, around in zip(weight.shape[2:], around))
        and x.dtype is torch.float32
        and x.device.type == "cpu"
        and x.shape.numel() * weight.shape[0] * weight.shape[2] * weight.shape[3] >= LARGE
        and torch.backends.mkldnn.is_available()
    )


class _SameSize(torch.autograd.Function):
    """A convolution whose filter's gradient is got from the reverse one."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, around: list[int]) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.around = around
        return F.conv2d(x, weight, bias, padding=around)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        x, weight = ctx.saved_tensors
        by_image, by_weight, by_bias = ctx.needs_input_grad[:3]
        found = _gradients(x, weight, grad, ctx.around, by_image, by_weight, reverse=True)
        return *found, grad.sum((0, 2, 3)) if by_bias else None, None


def _gradients(
    x: Tensor, weight: Tensor, grad: Tensor, around: list[int], by_x: bool, by_weight: bool, reverse: bool,
    groups: int = 1,
) -> tuple[Tensor | None, Tensor | None]:  # fmt: skip
    """The gradients of a convolution by steps of one."""
    rest = None, [1, 1], around, [1, 1], False, [0, 0], groups
    back = torch.ops.aten.convolution_backward
    if not reverse:
        return back(grad, x, weight, *rest, [by_x, by_weight, False])[:2]
    found = back(grad, x, weight, *rest, [True, False, False])[0] if by_x else None
    if not by_weight:
        return found, None
    turned = back(x, grad, weight.transpose(0, 1), *rest, [False, True, False])[1]
    return found, turned.flip(2, 3).transpose(0, 1)


def conv2d_gradients(
    image: Tensor, filter: Tensor, grad: Tensor, needed: Sequence[bool], *, padding: str, explicit_paddings: list[int]
) -> list[Tensor]:
    """The gradients by image, filter and bias, those `needed`, where `grad` is the one by what `conv2d` gave.

    For NHWC, strides and dilations of one.
    """
    ones = [1] * 4
    geometry = Geometry(image.shape, filter.shape[:2], ones, padding, "NHWC", ones, explicit_paddings)
    weight, by_y = filter.permute(TO_TORCH[4]), grad.permute(0, 3, 1, 2)
    x, around = padded(image.permute(0, 3, 1, 2), geometry)
    groups = groups_of(x.shape[1], weight.shape[1])
    reverse = _fills_lanes_in_reverse(x, weight, around)
    if groups == 1 and around[1] == 0 and _only_slides_down(x, weight):
        by_x, by_weight = _gradients(*_columns_as_channels(x, weight), by_y, around, needed[0], needed[1], reverse)
        (filters, channels, height, width), (count, _, rows, _) = weight.shape, x.shape
        by_x = None if by_x is None else by_x.permute(0, 2, 3, 1).reshape(count, rows, width, channels)
        by_weight = None if by_weight is None else by_weight.reshape(filters, width, channels, height)
        found = [by_x, None if by_weight is None else by_weight.permute(3, 1, 2, 0)]
    else:
        by_x, by_weight = _gradients(x, weight, by_y, around, needed[0], needed[1], reverse, groups)
        found = [
            None if by_x is None else by_x.permute(0, 2, 3, 1),
            None if by_weight is None else by_weight.permute(2, 3, 1, 0),
        ]
    if found[0] is not None and not geometry.even:
        (top, left), (height, width) = geometry.before, image.shape[1:3]
        found[0] = found[0][:, top : top + height, left : left + width]
    found.append(grad.sum((0, 1, 2)) if len(needed) > 2 and needed[2] else None)
    return [gradient for gradient in found if gradient is not None]


def padded(x: Tensor, geometry: Geometry) -> tuple[Tensor, list[int]]:
    """`x` and the padding left for the convolution to do: it can only pad both ends alike."""
    if geometry.even:
        return x, geometry.before
    return fill_sides(x, geometry.sides), [0] * len(geometry.sides)


def groups_of(depth: int, filter_depth: int) -> int:
    if filter_depth == 0 or depth % filter_depth:
        raise invalid(f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}")
    return depth // filter_depth
