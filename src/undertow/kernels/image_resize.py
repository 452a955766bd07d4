"""Resizing images [N, H, W, C]: how each op is done. Where a pixel comes from is computed in float32, as TensorFlow's.

The old ops (no half-pixel centers) put the first pixel of the output on the first of the input: they are not what
`torch.nn.functional.interpolate` computes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from .registry import invalid, kernel

_TABLE_SIZE = 1024  # TensorFlow rounds the place between two pixels to this many steps when it looks up cubic weights


def _scale(size: int, out: int, align_corners: bool) -> np.float32:
    if align_corners and out > 1:
        return np.float32(size - 1) / np.float32(out - 1)
    return np.float32(size) / np.float32(out)


def _sizes(images: Tensor, size: Tensor) -> tuple[int, int]:
    if images.dim() != 4:
        raise invalid(f"input must be 4-dimensional{list(images.shape)}")
    if size.dim() != 1 or size.numel() != 2:
        raise invalid(f"shape_t must be 1-dimensional with 2 elements, got {list(size.shape)}")
    height, width = size.tolist()
    if height <= 0 or width <= 0:
        raise invalid("output dimensions must be positive")
    if images.shape[0] * height * width * images.shape[3] >= 2**40:
        raise invalid(f"output of {height} x {width} is too large: more than 2**40 elements")
    if images.shape[1] == 0 or images.shape[2] == 0:
        raise invalid("input image must be of non-zero size")
    return height, width


def _places(size: int, out: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
    """Where each pixel of the output lies in the input, as float32."""
    scale, steps = _scale(size, out, align_corners), np.arange(out, dtype=np.float32)
    if half_pixel_centers:
        return (steps + np.float32(0.5)) * scale - np.float32(0.5)
    return steps * scale


def _weighted(images: Tensor, axis: int, indices: np.ndarray, weights: np.ndarray) -> Tensor:
    """Along `axis`, the sum of `weights[k]` times the pixels `indices[k]`."""
    shape = [1] * images.dim()
    shape[axis] = -1
    total = None
    for index, weight in zip(indices, weights):
        part = images.index_select(axis, _on(images, index)) * _on(images, weight).reshape(shape)
        total = part if total is None else total + part
    assert total is not None
    return total


def _on(like: Tensor, values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values)).to(like.device)


# Bilinear


def _linear(images: Tensor, axis: int, out: int, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    size = images.shape[axis]
    scale, places = (
        float(_scale(size, out, align_corners)),
        torch.arange(out, dtype=torch.float32, device=images.device),
    )
    places = (places + 0.5) * scale - 0.5 if half_pixel_centers else places * scale
    floor = places.floor()
    shape = [1] * images.dim()
    shape[axis] = -1
    first = images.index_select(axis, floor.long().clamp(0, size - 1))
    upper = images.index_select(axis, places.ceil().long().clamp(max=size - 1))
    return first + (upper - first) * (places - floor).reshape(shape)


@kernel("ResizeBilinear", host=("size",))
def resize_bilinear(images: Tensor, size: Tensor, *, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    height, width = _sizes(images, size)
    columns = _linear(images.to(torch.float32), 2, width, align_corners, half_pixel_centers)
    return _linear(columns, 1, height, align_corners, half_pixel_centers)


# Nearest neighbor


def _nearest(images: Tensor, axis: int, out: int, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    size = images.shape[axis]
    places = torch.arange(out, dtype=torch.float32, device=images.device)
    places = (places + 0.5 if half_pixel_centers else places) * float(_scale(size, out, align_corners))
    if align_corners:
        places = places + 0.5  # halves go up
    return images.index_select(axis, places.floor().long().clamp(max=size - 1))


@kernel("ResizeNearestNeighbor", host=("size",))
def resize_nearest_neighbor(images: Tensor, size: Tensor, *, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    height, width = _sizes(images, size)
    if images.dtype is torch.uint16:  # torch cannot index it
        attrs = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
        return resize_nearest_neighbor(images.view(torch.int16), size, **attrs).view(torch.uint16)
    rows = _nearest(images, 1, height, align_corners, half_pixel_centers)
    return _nearest(rows, 2, width, align_corners, half_pixel_centers)


# Bicubic


def _cubic_table(a: float) -> tuple[np.ndarray, np.ndarray]:
    """Keys' cubic at distances 0..1 and 1..2, in steps."""
    x = np.arange(_TABLE_SIZE + 1, dtype=np.float64) / _TABLE_SIZE
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    y = x + 1
    far = ((a * y - 5 * a) * y + 8 * a) * y - 4 * a
    return near.astype(np.float32), far.astype(np.float32)


_CUBIC = {False: _cubic_table(-0.75), True: _cubic_table(-0.5)}


def _cubic(images: Tensor, axis: int, out: int, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    size = images.shape[axis]
    places = _places(size, out, align_corners, half_pixel_centers)
    floor = np.floor(places)
    step = np.rint((places - floor) * np.float32(_TABLE_SIZE)).astype(np.int64)
    near, far = _CUBIC[half_pixel_centers]
    weights = np.stack([far[step], near[step], near[_TABLE_SIZE - step], far[_TABLE_SIZE - step]])
    wanted = floor.astype(np.int64) + np.arange(-1, 3)[:, None]
    indices = np.clip(wanted, 0, size - 1)
    if half_pixel_centers:  # what lies outside does not count
        weights = np.where(wanted == indices, weights, np.float32(0))
        total = weights.sum(0)
        weights = np.where(np.abs(total) >= 1000 * np.finfo(np.float32).tiny, weights / total, weights)
    return _weighted(images, axis, indices, weights.astype(np.float32))


@kernel("ResizeBicubic", host=("size",))
def resize_bicubic(images: Tensor, size: Tensor, *, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    height, width = _sizes(images, size)
    rows = _cubic(images.to(torch.float32), 1, height, align_corners, half_pixel_centers)
    return _cubic(rows, 2, width, align_corners, half_pixel_centers)


# Area


def _shares(size: int, out: int, align_corners: bool) -> np.ndarray:
    """[out, size]: how much of each pixel of the input lies under each pixel of the output, over the latter's size."""
    scale = _scale(size, out, align_corners)
    starts = np.arange(out, dtype=np.float32) * scale
    ends = np.arange(1, out + 1, dtype=np.float32) * scale
    shares = np.zeros((out, size), np.float32)
    for i, (start, end) in enumerate(zip(starts, ends)):
        first, last = int(np.floor(start)), int(np.ceil(end))
        covered = np.arange(first, last)
        share = np.minimum(covered + 1, end) - np.maximum(covered, start)
        np.add.at(shares[i], np.clip(covered, 0, size - 1), share.astype(np.float32))
    return shares / scale


@kernel("ResizeArea", host=("size",))
def resize_area(images: Tensor, size: Tensor, *, align_corners: bool) -> Tensor:
    height, width = _sizes(images, size)
    rows = _on(images, _shares(images.shape[1], height, align_corners))
    columns = _on(images, _shares(images.shape[2], width, align_corners))
    wide = torch.einsum("ph,nhwc->npwc", rows, images.to(torch.float32))
    return torch.einsum("qw,npwc->npqc", columns, wide)


# Any filter, any scale


def _sinc(x: np.ndarray, radius: int) -> np.ndarray:
    return np.where(np.abs(x) <= 1e-3, 1, np.sinc(x) * np.sinc(x / radius)) * (np.abs(x) <= radius)


def _keys_cubic(x: np.ndarray) -> np.ndarray:
    outer = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x >= 2, 0, np.where(x >= 1, outer, ((1.5 * x - 2.5) * x) * x + 1))


def _mitchell(x: np.ndarray) -> np.ndarray:
    outer = (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9
    return np.where(x >= 2, 0, np.where(x >= 1, outer, ((7 / 6) * x - 2) * x * x + 8 / 9))


# Name -> (radius, weight of a distance)
_FILTERS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "lanczos1": (1, lambda x: _sinc(x, 1)),
    "lanczos3": (3, lambda x: _sinc(x, 3)),
    "lanczos5": (5, lambda x: _sinc(x, 5)),
    "gaussian": (1.5, lambda x: np.where(x >= 1.5, 0, np.exp(-(x**2) / (2 * 0.5**2)))),
    "box": (1, lambda x: np.where(x < 0.5, 1.0, np.where(x == 0.5, 0.5, 0.0))),
    "triangle": (1, lambda x: np.where(x < 1, 1 - x, 0.0)),
    "keyscubic": (2, _keys_cubic),
    "mitchellcubic": (2, _mitchell),
}


def _filtered(size: int, out: int, scale: float, shift: float, filter: str, antialias: bool) -> np.ndarray:
    """[out, size]: the weights of the input's pixels in each of the output's."""
    _, weight_of = _FILTERS[filter]
    stretch = max(1 / scale, 1.0) if antialias else 1.0
    centers = (np.arange(out) + 0.5) / scale - shift / scale
    weights = weight_of(np.abs(np.arange(size) + 0.5 - centers[:, None]) / stretch)
    total = weights.sum(1, keepdims=True)
    inside = (centers >= 0) & (centers <= size)
    weights = np.where(np.abs(total) >= 1000 * np.finfo(np.float32).tiny, weights / np.where(total == 0, 1, total), 0)
    return np.where(inside[:, None], weights, 0).astype(np.float32)


@kernel("ScaleAndTranslate", host=("size", "scale", "translation"))
def scale_and_translate(
    images: Tensor, size: Tensor, scale: Tensor, translation: Tensor, *, kernel_type: str, antialias: bool
) -> Tensor:
    out = _sizes(images, size)
    if kernel_type not in _FILTERS:
        raise invalid(f"Unknown kernel type: {kernel_type}")
    sides = zip(images.shape[1:3], out, scale.tolist(), translation.tolist())
    rows, columns = (_on(images, _filtered(*side, kernel_type, antialias)) for side in sides)
    wide = torch.einsum("ph,nhwc->npwc", rows, images.to(torch.float32))
    return torch.einsum("qw,npwc->npqc", columns, wide)
