"""Non-maximum suppression: how it is done. It goes box by box, on the host."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from .registry import invalid, kernel

_Similarity = Callable[[int], np.ndarray]  # how much each box overlaps this one


def _of_boxes(boxes: np.ndarray) -> _Similarity:
    """Intersection over union, whichever corners the boxes are given by."""
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    area = (high - low).prod(1)

    def similarity(i: int) -> np.ndarray:
        common = np.maximum(np.minimum(high, high[i]) - np.maximum(low, low[i]), 0).prod(1)
        union = area + area[i] - common
        real = (area > 0) & (area[i] > 0)
        return np.where(real, common / np.where(real, union, 1), 0)

    return similarity


def _selected(
    similarity: _Similarity, scores: np.ndarray, count: int, threshold: float, least: float, sigma: float = 0.0
) -> tuple[list[int], list[float]]:
    """The indices of the best boxes and their scores, the best first, of two equal ones the first."""
    scores = scores.astype(np.float32)
    alive = scores > least
    indices: list[int] = []
    kept: list[float] = []
    while len(indices) < count and alive.any():
        best = int(np.argmax(np.where(alive, scores, -np.inf)))
        if not alive[best]:  # all that are left score minus infinity
            best = int(np.argmax(alive))
        indices.append(best)
        kept.append(float(scores[best]))
        alive[best] = False
        overlap = similarity(best)
        if sigma > 0:
            scores = scores * np.exp(np.float32(-0.5 / sigma) * overlap * overlap)
            alive &= scores > least
        else:
            alive &= overlap <= threshold
    return indices, kept


def _count(max_output_size: Tensor) -> int:
    count = int(max_output_size)
    if count < 0:
        raise invalid("output size must be non-negative")
    return count


def _within_one(threshold: float) -> float:
    if not 0 <= threshold <= 1:
        raise invalid("iou_threshold must be in [0, 1]")
    return threshold


def _arrays(*tensors: Tensor) -> list[np.ndarray]:
    return [t.detach().to("cpu", torch.float32).numpy() for t in tensors]


def _suppress(
    boxes: Tensor, scores: Tensor, max_output_size: Tensor, threshold: float, least: float, sigma: float = 0.0
) -> tuple[list[int], list[float]]:
    corners, values = _arrays(boxes, scores)
    count = _count(max_output_size)
    return _selected(_of_boxes(corners), values, count, _within_one(threshold), least, sigma)


def _ints(values: list[int]) -> Tensor:
    return torch.tensor(values, dtype=torch.int32)


@kernel("NonMaxSuppression", host=("max_output_size",), on_host=True)
def non_max_suppression(boxes: Tensor, scores: Tensor, max_output_size: Tensor, *, iou_threshold: float) -> Tensor:
    return _ints(_suppress(boxes, scores, max_output_size, iou_threshold, -np.inf)[0])


_HOST = ("max_output_size", "iou_threshold", "score_threshold", "soft_nms_sigma")


@kernel("NonMaxSuppressionV2", "NonMaxSuppressionV3", host=_HOST, on_host=True)
def non_max_suppression_v3(
    boxes: Tensor, scores: Tensor, max_output_size: Tensor, iou_threshold: Tensor, score_threshold: Tensor | None = None
) -> Tensor:
    least = -np.inf if score_threshold is None else score_threshold.item()
    return _ints(_suppress(boxes, scores, max_output_size, iou_threshold.item(), least)[0])


@kernel("NonMaxSuppressionV4", host=_HOST, on_host=True)
def non_max_suppression_v4(
    boxes: Tensor,
    scores: Tensor,
    max_output_size: Tensor,
    iou_threshold: Tensor,
    score_threshold: Tensor,
    *,
    pad_to_max_output_size: bool,
) -> tuple[Tensor, Tensor]:
    found, _ = _suppress(boxes, scores, max_output_size, iou_threshold.item(), score_threshold.item())
    padding = [0] * (int(max_output_size) - len(found)) if pad_to_max_output_size else []
    return _ints(found + padding), torch.tensor(len(found), dtype=torch.int32)


@kernel("NonMaxSuppressionV5", host=_HOST, on_host=True)
def non_max_suppression_v5(
    boxes: Tensor,
    scores: Tensor,
    max_output_size: Tensor,
    iou_threshold: Tensor,
    score_threshold: Tensor,
    soft_nms_sigma: Tensor,
    *,
    pad_to_max_output_size: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    sigma = soft_nms_sigma.item()
    if sigma < 0:
        raise invalid("soft_nms_sigma_val must be >= 0")
    found, kept = _suppress(boxes, scores, max_output_size, iou_threshold.item(), score_threshold.item(), sigma)
    count = len(found)
    padding = int(max_output_size) - count if pad_to_max_output_size else 0
    values = torch.tensor(kept + [0.0] * padding, dtype=scores.dtype)
    return _ints(found + [0] * padding), values, torch.tensor(count, dtype=torch.int32)


@kernel("NonMaxSuppressionWithOverlaps", host=("max_output_size", "overlap_threshold", "score_threshold"), on_host=True)
def non_max_suppression_with_overlaps(
    overlaps: Tensor, scores: Tensor, max_output_size: Tensor, overlap_threshold: Tensor, score_threshold: Tensor
) -> Tensor:
    if overlaps.shape[0] != overlaps.shape[1]:
        raise invalid(f"overlaps must be square, got {list(overlaps.shape)}")
    table, values = _arrays(overlaps, scores)
    threshold, least = overlap_threshold.item(), score_threshold.item()
    return _ints(_selected(lambda i: table[:, i], values, _count(max_output_size), threshold, least)[0])


@kernel(
    "CombinedNonMaxSuppression",
    host=("max_output_size_per_class", "max_total_size", "iou_threshold", "score_threshold"),
    on_host=True,
)
def combined_non_max_suppression(
    boxes: Tensor,
    scores: Tensor,
    max_output_size_per_class: Tensor,
    max_total_size: Tensor,
    iou_threshold: Tensor,
    score_threshold: Tensor,
    *,
    pad_per_class: bool,
    clip_boxes: bool,
) -> tuple[Tensor, ...]:
    corners, values = _arrays(boxes, scores)
    batch, _, own, _ = corners.shape
    classes = values.shape[2]
    if own not in (1, classes):
        raise invalid(f"third dimension of boxes must be either 1 or num classes, got {own} and {classes} classes")
    per_class, total = _count(max_output_size_per_class), int(max_total_size)
    if total <= 0:
        raise invalid("max_total_size must be > 0")
    threshold, least = _within_one(iou_threshold.item()), score_threshold.item()
    size = min(total, per_class * classes) if pad_per_class else total
    found_boxes, found_scores = np.zeros((batch, size, 4), np.float32), np.zeros((batch, size), np.float32)
    found_classes, counts = np.zeros((batch, size), np.float32), np.zeros(batch, np.int32)
    for b in range(batch):
        chosen = []
        for c in range(classes):
            mine = corners[b, :, c if own > 1 else 0]
            picked = _selected(_of_boxes(mine), values[b, :, c], per_class, threshold, least)
            chosen += [(-score, c, mine[i]) for i, score in zip(*picked)]
        chosen.sort(key=lambda row: row[0])
        counts[b] = min(len(chosen), size)
        for k, (negative, c, box) in enumerate(chosen[:size]):
            found_boxes[b, k], found_scores[b, k], found_classes[b, k] = box, -negative, c
    if clip_boxes:
        found_boxes = found_boxes.clip(0, 1)
    return tuple(torch.from_numpy(a) for a in (found_boxes, found_scores, found_classes, counts))
