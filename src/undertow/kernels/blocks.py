"""Trading space for depth or for batch, and cutting images into patches: how each op is done."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..ops import windows
from .moving import mover
from .registry import invalid
from .shaping import bracketed


@mover("SpaceToDepth")
def space_to_depth(x: Tensor, *, block_size: int, data_format: str) -> Tensor:
    b = block_size
    if data_format == "NCHW":
        return space_to_depth(x.permute(0, 2, 3, 1), block_size=b, data_format="NHWC").permute(0, 3, 1, 2)
    n, h, w, c = x.shape
    if h % b or w % b:
        raise invalid(f"Image height {h} and width {w} should be divisible by block_size: {b}")
    return x.reshape(n, h // b, b, w // b, b, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, b * b * c)


@mover("DepthToSpace")
def depth_to_space(x: Tensor, *, block_size: int, data_format: str) -> Tensor:
    b = block_size
    if data_format == "NCHW":
        return depth_to_space(x.permute(0, 2, 3, 1), block_size=b, data_format="NHWC").permute(0, 3, 1, 2)
    n, h, w, c = x.shape
    if c % (b * b):
        raise invalid(f"Input depth dimension {c} should be divisible by: {b * b}")
    return x.reshape(n, h, w, b, b, c // (b * b)).permute(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // (b * b))


@mover("SpaceToBatchND", host=("block_shape", "paddings"))
def space_to_batch(x: Tensor, block_shape: Tensor, paddings: Tensor) -> Tensor:
    blocks = block_shape.tolist()
    count = len(blocks)
    sides = [(0, 0), *paddings.reshape(-1, 2).tolist(), *[(0, 0)] * (x.dim() - count - 1)]
    x = F.pad(x, [p for pair in reversed(sides) for p in pair])
    batch, *space = x.shape[: count + 1]
    if any(size % block for size, block in zip(space, blocks)):
        raise invalid(f"padded_shape {bracketed(space)} is not divisible by block_shape {bracketed(blocks)}")
    rest = x.shape[count + 1 :]
    split = [d for size, block in zip(space, blocks) for d in (size // block, block)]
    inside, outside = range(2, 2 * count + 1, 2), range(1, 2 * count, 2)
    order = [*inside, 0, *outside, *range(2 * count + 1, 2 * count + 1 + len(rest))]
    outer = [size // block for size, block in zip(space, blocks)]
    return x.reshape(batch, *split, *rest).permute(order).reshape(batch * math.prod(blocks), *outer, *rest)


@mover("SpaceToBatch", host=("paddings",))
def space_to_batch_2d(x: Tensor, paddings: Tensor, *, block_size: int) -> Tensor:
    _check_image(x, paddings, "paddings")
    return space_to_batch(x, torch.tensor([block_size, block_size]), paddings)


@mover("BatchToSpace", host=("crops",))
def batch_to_space_2d(x: Tensor, crops: Tensor, *, block_size: int) -> Tensor:
    _check_image(x, crops, "crops")
    return batch_to_space(x, torch.tensor([block_size, block_size]), crops)


def _check_image(x: Tensor, sides: Tensor, name: str) -> None:
    if x.dim() != 4:
        raise invalid(f"Input rank should be: 4 instead of: {x.dim()}")
    if sides.shape != (2, 2):
        raise invalid(f"{name} must be a 2 x 2 matrix: {bracketed(sides.shape)}")


@mover("BatchToSpaceND", host=("block_shape", "crops"))
def batch_to_space(x: Tensor, block_shape: Tensor, crops: Tensor) -> Tensor:
    blocks = block_shape.tolist()
    count = len(blocks)
    batch, *space = x.shape[: count + 1]
    if batch % math.prod(blocks):
        raise invalid(f"Input batch dimension {batch} is not divisible by product of block sizes {math.prod(blocks)}")
    rest = x.shape[count + 1 :]
    first = batch // math.prod(blocks)
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    order += range(2 * count + 1, 2 * count + 1 + len(rest))
    whole = [size * block for size, block in zip(space, blocks)]
    x = x.reshape(*blocks, first, *space, *rest).permute(order).reshape(first, *whole, *rest)
    for axis, (start, end) in enumerate(crops.reshape(-1, 2).tolist(), start=1):
        if start + end > x.shape[axis]:
            raise invalid(f"cropped_shape[{axis - 1}]={x.shape[axis] - start - end} must be non-negative")
        x = x.narrow(axis, start, x.shape[axis] - start - end)
    return x


@mover("ExtractImagePatches")
def extract_image_patches(
    images: Tensor, *, ksizes: list[int], strides: list[int], rates: list[int], padding: str
) -> Tensor:
    space = range(1, images.dim() - 1)
    sides = [windows.sides_of(images.shape[a], ksizes[a], strides[a], padding, rates[a]) for a in space]
    x = F.pad(images, [0, 0, *(p for pair in reversed(sides) for p in pair)])
    for axis in space:
        x = x.unfold(axis, (ksizes[axis] - 1) * rates[axis] + 1, strides[axis])  # its window becomes a last dimension
    taps: list[Any] = [..., *(slice(None, None, rates[axis]) for axis in space)]
    x = x[tuple(taps)]
    order = [*range(images.dim() - 1), *range(images.dim(), x.dim()), images.dim() - 1]
    return x.permute(order).reshape(*x.shape[: images.dim() - 1], -1)


@mover("ExtractVolumePatches")
def extract_volume_patches(x: Tensor, *, ksizes: list[int], strides: list[int], padding: str) -> Tensor:
    return extract_image_patches(x, ksizes=ksizes, strides=strides, rates=[1] * len(ksizes), padding=padding)
