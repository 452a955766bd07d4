"""Boxes in images, and what is cut out along them: how each op is done."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import OutOfRangeError
from . import philox
from .registry import invalid, kernel

# Cutting out


def _steps(start: Tensor, end: Tensor, size: int, count: int) -> Tensor:
    """[n, count]: where the pixels of a crop lie along a side of `size` pixels."""
    if count == 1:
        return (0.5 * (start + end) * (size - 1))[:, None]
    scale = (end - start) * (size - 1) / (count - 1)
    return (start * (size - 1))[:, None] + torch.arange(count, device=start.device) * scale[:, None]


@kernel("CropAndResize", host=("crop_size",))
def crop_and_resize(
    image: Tensor, boxes: Tensor, box_ind: Tensor, crop_size: Tensor, *, method: str, extrapolation_value: float
) -> Tensor:
    rows, columns = crop_size.tolist()
    batch, height, width, _ = image.shape
    if height <= 0 or width <= 0:
        raise invalid("image dimensions must be positive")
    if rows <= 0 or columns <= 0:
        raise invalid("crop dimensions must be positive")
    if box_ind.numel() and not bool(((box_ind >= 0) & (box_ind < batch)).all()):
        raise OutOfRangeError(None, None, "box_index has values outside [0, batch_size)")
    values = image.to(torch.float32) if image.dtype is not torch.float64 else image
    y = _steps(boxes[:, 0], boxes[:, 2], height, rows)[:, :, None]
    x = _steps(boxes[:, 1], boxes[:, 3], width, columns)[:, None, :]
    inside = ((y >= 0) & (y <= height - 1) & (x >= 0) & (x <= width - 1))[..., None]
    which = box_ind.long()[:, None, None]

    def pixels(row: Tensor, column: Tensor) -> Tensor:
        return values[which, row.detach().long().clamp(0, height - 1), column.detach().long().clamp(0, width - 1)]

    if method == "nearest":
        result = pixels(torch.floor(y + 0.5), torch.floor(x + 0.5))
    else:
        top, bottom, left, right = torch.floor(y), torch.ceil(y), torch.floor(x), torch.ceil(x)
        across, down = (x - left.detach())[..., None], (y - top.detach())[..., None]
        above = pixels(top, left) + (pixels(top, right) - pixels(top, left)) * across
        below = pixels(bottom, left) + (pixels(bottom, right) - pixels(bottom, left)) * across
        result = above + (below - above) * down
    outside = torch.full_like(result, extrapolation_value)
    return torch.where(inside, result, outside).to(torch.float32)


@kernel("ExtractGlimpse", "ExtractGlimpseV2", host=("size",), context=True)
def extract_glimpse(
    context: Any,
    input: Tensor,
    size: Tensor,
    offsets: Tensor,
    *,
    centered: bool,
    normalized: bool,
    uniform_noise: bool,
    noise: str,
) -> Tensor:
    batch, height, width, channels = input.shape
    rows, columns = size.tolist()
    sides = torch.tensor([height, width], dtype=torch.float32)
    place = offsets.detach().to("cpu", torch.float32)
    if normalized:
        place = place * sides
    if centered:
        place = place / 2 + sides / 2
    starts = (place - torch.tensor([rows, columns]) / 2).trunc().long().tolist()
    kind = "uniform" if uniform_noise else noise
    result = torch.stack([_noise(one, (rows, columns, channels), kind) for one in input]) if batch else input
    for i, (top, left) in enumerate(starts):
        y0, y1 = max(top, 0), min(top + rows, height)
        x0, x1 = max(left, 0), min(left + columns, width)
        if y0 < y1 and x0 < x1:
            result[i, y0 - top : y1 - top, x0 - left : x1 - left] = input[i, y0:y1, x0:x1]
    return result


def _noise(image: Tensor, shape: tuple[int, ...], kind: str) -> Tensor:
    """Like the image: zeros, or between its extremes."""
    empty = torch.zeros(shape, dtype=image.dtype, device=image.device)
    if kind == "zero" or not image.numel():
        return empty
    low, high = image.min(), image.max()
    if kind == "gaussian":
        return (torch.randn_like(empty) * image.std(correction=0) + image.mean()).clamp(low, high)
    return torch.rand_like(empty) * (high - low) + low


# Drawing


_COLORS = torch.tensor(
    [
        [1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1],
        [0.5, 0.5, 0, 1], [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1],
    ]
)  # fmt: skip


@kernel("DrawBoundingBoxes", "DrawBoundingBoxesV2", host=("boxes", "colors"))
def draw_bounding_boxes(images: Tensor, boxes: Tensor, colors: Tensor | None = None) -> Tensor:
    batch, height, width, channels = images.shape
    if channels not in (1, 3, 4):
        raise invalid("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if boxes.shape[0] != batch:
        raise invalid(f"The batch sizes should be the same {batch} != {boxes.shape[0]}")
    table = _COLORS if colors is None or not colors.shape[0] else colors
    if channels == 1:
        table = torch.ones(1, 1)
    table = table[:, :channels].to(images)
    result = images.clone()
    sides = torch.tensor([height - 1, width - 1, height - 1, width - 1], dtype=torch.float32)
    for image, own in zip(result, (boxes.to(torch.float32) * sides).trunc().long().tolist()):
        for i, (top, left, bottom, right) in enumerate(own):
            if top > bottom or left > right or top >= height or bottom < 0 or left >= width or right < 0:
                continue
            color = table[i % len(table)]
            rows, columns = slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1)
            for row in {top, bottom} & set(range(height)):
                image[row, columns] = color
            for column in {left, right} & set(range(width)):
                image[rows, column] = color
    return result


# Choosing a box


def _uniforms(context: Any, seed: int, seed2: int, count: int) -> Callable[[], float]:
    """Where uniform numbers come from: as many as are asked for, up to `count`."""
    if not (seed or seed2):
        return lambda: float(torch.rand(()))
    start = context.state.get("counter", 0)
    context.state["counter"] = start + count
    numbers = philox.uniform32(philox.sequence(start, count, 1, seed, seed2).reshape(-1), 23).tolist()
    return iter(numbers).__next__


def _attempt(draw: Callable[[], float], height: int, width: int, ratios: list[float], areas: list[float]) -> Any:
    """A box of a random ratio of width to height and a random area, anywhere; None if there is none."""
    ratio = ratios[0] + (ratios[1] - ratios[0]) * draw()
    at_least, at_most = areas[0] * width * height, areas[1] * width * height
    tallest = min(math.floor(math.sqrt(at_most / ratio)), height, math.floor((width + 0.5 - 1e-7) / ratio))
    lowest = min(round(math.sqrt(at_least / ratio)), tallest)
    rows = lowest + int(draw() * (tallest - lowest + 1))
    columns = round(rows * ratio)
    if not at_least <= rows * columns <= at_most or not 0 < columns <= width or not 0 < rows <= height:
        return None
    top, left = int(draw() * (height - rows + 1)), int(draw() * (width - columns + 1))
    return top, left, top + rows, left + columns


def _covers(crop: tuple[int, ...], boxes: np.ndarray, share: float) -> bool:
    """Whether at least this share of one of the boxes (in pixels) lies in the crop."""
    sides = np.minimum(boxes[:, 2:], crop[2:]) - np.maximum(boxes[:, :2], crop[:2])
    common = np.maximum(sides, 0).prod(1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return bool((common[area > 0] / area[area > 0] >= share).any())


def _sampled(
    context: Any,
    image_size: Tensor,
    bounding_boxes: Tensor,
    share: float,
    seeds: tuple[int, int],
    ratios: list[float],
    areas: list[float],
    attempts: int,
    whole_image: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    height, width, _ = image_size.tolist()
    if height <= 0 or width <= 0:
        raise invalid(f"image height and width must be positive, got {height} and {width}")
    if not share >= 0:
        raise invalid(f"Min object covered must be non-negative: {share}")
    if len(ratios) != 2 or min(ratios) <= 0 or ratios[0] > ratios[1]:
        raise invalid(f"Aspect ratio range must be two positive, rising numbers: {ratios}")
    if len(areas) != 2 or not 0 < areas[0] <= areas[1] <= 1:
        raise invalid(f"Area range must be two rising numbers in (0, 1]: {areas}")
    boxes = bounding_boxes.reshape(-1, 4).numpy()
    if not len(boxes):
        if not whole_image:
            enable = "One must enable use_image_if_no_bounding_boxes if you wish to not provide any bounding boxes."
            raise invalid(f"No bounding boxes provided as input. {enable}")
        boxes = np.array([[0, 0, 1, 1]], np.float32)
    if (boxes < 0).any() or (boxes > 1).any() or (boxes[:, :2] >= boxes[:, 2:]).any():
        raise invalid(f"All bounding box coordinates must be in [0.0, 1.0], the maxima above the minima: {boxes}")
    pixels = (boxes * np.array([height, width, height, width], np.float32)).astype(np.int64)
    draw = _uniforms(context, *seeds, 4 * attempts)
    crop = (0, 0, height, width)
    for _ in range(attempts):
        found = _attempt(draw, height, width, ratios, areas)
        if found is not None and _covers(found, pixels, share):
            crop = found
            break
    top, left, bottom, right = crop
    begin = torch.tensor([top, left, 0], dtype=image_size.dtype)
    size = torch.tensor([bottom - top, right - left, -1], dtype=image_size.dtype)
    box = torch.tensor([[[top / height, left / width, bottom / height, right / width]]], dtype=torch.float32)
    return begin, size, box


@kernel(
    "SampleDistortedBoundingBoxV2",
    host=("image_size", "bounding_boxes", "min_object_covered"),
    context=True,
    on_host=True,
)
def sample_distorted_bounding_box_v2(
    context: Any,
    image_size: Tensor,
    bounding_boxes: Tensor,
    min_object_covered: Tensor,
    *,
    seed: int,
    seed2: int,
    aspect_ratio_range: list[float],
    area_range: list[float],
    max_attempts: int,
    use_image_if_no_bounding_boxes: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    return _sampled(
        context,
        image_size,
        bounding_boxes,
        min_object_covered.item(),
        (seed, seed2),
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
    )


@kernel("SampleDistortedBoundingBox", host=("image_size", "bounding_boxes"), context=True, on_host=True)
def sample_distorted_bounding_box(
    context: Any,
    image_size: Tensor,
    bounding_boxes: Tensor,
    *,
    seed: int,
    seed2: int,
    min_object_covered: float,
    aspect_ratio_range: list[float],
    area_range: list[float],
    max_attempts: int,
    use_image_if_no_bounding_boxes: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    return _sampled(
        context,
        image_size,
        bounding_boxes,
        min_object_covered,
        (seed, seed2),
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
    )
