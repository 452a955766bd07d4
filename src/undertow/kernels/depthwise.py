"""Depthwise convolutions and dilation: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .conv import grouped_conv
from .registry import invalid, kernel
from .windows import Geometry, fill_sides, to_first


@kernel("DepthwiseConv2dNative")
def depthwise_conv2d(
    image: Tensor, filter: Tensor, *, strides: list[int], padding: str, explicit_paddings: list[int], data_format: str,
    dilations: list[int],
) -> Tensor:  # fmt: skip
    height, width, depth, _ = filter.shape
    if to_first(image, data_format).shape[1] != depth:
        raise invalid(f"input and filter must have the same depth: {list(image.shape)} vs {list(filter.shape)}")
    geometry = Geometry(image.shape, (height, width), strides, padding, data_format, dilations, explicit_paddings)
    weight = filter.permute(2, 3, 0, 1).reshape(-1, 1, height, width)
    return grouped_conv(image, weight, geometry, data_format, depth)


@kernel("Dilation2D")
def dilation2d(image: Tensor, filter: Tensor, *, strides: list[int], rates: list[int], padding: str) -> Tensor:
    height, width, depth = filter.shape
    if image.shape[3] != depth:
        raise invalid(f"input and filter must have the same depth: {image.shape[3]} vs {depth}")
    geometry = Geometry(image.shape, (height, width), strides, padding, "NHWC", rates)
    floor = float("-inf") if image.is_floating_point() else torch.iinfo(image.dtype).min
    x = fill_sides(to_first(image, "NHWC"), geometry.sides, floor)
    weight = filter.permute(2, 0, 1)
    (down, across), (rate_y, rate_x) = geometry.strides, geometry.dilations
    rows, columns = geometry.sizes
    # One shifted image for each tap of the filter; of equal ones `max` takes the first, as TensorFlow's gradient does.
    shifted = [
        x[:, :, i * rate_y :: down, j * rate_x :: across][:, :, :rows, :columns] + weight[:, i, j].reshape(-1, 1, 1)
        for i in range(height)
        for j in range(width)
    ]
    return torch.stack(shifted).max(0).values.permute(0, 2, 3, 1)
