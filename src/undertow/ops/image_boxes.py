"""Boxes in images, and what is cut out along them: what each op is. `kernels/image_boxes.py` says how it is done.

A box is [y_min, x_min, y_max, x_max], the image's sides being 1.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import get_seed, name_scope
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule
from .spelling import either

_NONE = float("-inf")


def _four(boxes: TensorShape, rank: int = 2) -> tuple[int | None, ...]:
    dims = rules.with_rank(boxes, rank)
    if dims[-1] not in (None, 4):
        raise ValueError(f"Dimension must be 4 but is {dims[-1]}")
    return dims


# Cutting out


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_ind: Any = None,
    crop_size: Any = None,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
    box_indices: Any = None,
) -> Tensor:
    """What lies in `boxes` [n, 4] of the images `box_indices` [n] of `image` [N, H, W, C], as [n, *crop_size, C].

    Boxes may be turned over, and go beyond the image: `extrapolation_value` is there.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/crop_and_resize
    """
    which = either("box_indices", box_indices, "box_ind", box_ind)
    return node(
        "CropAndResize",
        image,
        boxes,
        which,
        crop_size,
        method=method,
        extrapolation_value=extrapolation_value,
        name=name,
    )


@shape_rule("CropAndResize", shapes=["crop_size"])
def _(image: TensorShape, boxes: TensorShape, box_ind: TensorShape, crop_size: TensorShape) -> TensorShape:
    *_, channels = rules.with_rank(image, 4)
    count = rules.same_dim(_four(boxes)[0], rules.with_rank(box_ind, 1)[0])
    return TensorShape.of((count, *rules.with_rank(crop_size, 2), channels))


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    name: str | None = None,
) -> Tensor:
    """The window of `size` around `offsets` [N, 2] of each of `input` [N, H, W, C], noise beyond the image.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/extract_glimpse
    """
    return node(
        "ExtractGlimpse",
        input,
        size,
        offsets,
        centered=centered,
        normalized=normalized,
        uniform_noise=uniform_noise,
        name=name,
    )


@shape_rule("ExtractGlimpse", "ExtractGlimpseV2", shapes=["size"])
def _(input: TensorShape, size: TensorShape, offsets: TensorShape) -> TensorShape:
    batch, _, _, channels = rules.with_rank(input, 4)
    batch = rules.same_dim(batch, rules.with_rank(offsets, 2)[0])
    return TensorShape.of((batch, *rules.with_rank(size, 2), channels))


# Drawing boxes and choosing one


def draw_bounding_boxes(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> Tensor:
    """`images` [N, H, W, 1, 3 or 4] of floats with the outlines of `boxes` [N, n, 4], in `colors` [k, C] by turns.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/draw_bounding_boxes
    """
    if colors is not None:
        return node("DrawBoundingBoxesV2", images, boxes, colors, name=name)
    return node("DrawBoundingBoxes", images, boxes, name=name)


@shape_rule("DrawBoundingBoxes", "DrawBoundingBoxesV2")
def _(images: TensorShape, boxes: TensorShape, *colors: TensorShape) -> TensorShape:
    rules.with_rank(images, 4)
    _four(boxes, 3)
    return images


def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: int | None = None,
    seed2: int | None = None,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """A random box in an image of `image_size` [3] that covers a share of one of `bounding_boxes` [N, n, 4].

    Returns `begin` [3] and `size` [3] for `tf.slice`, and the box [1, 1, 4] for `draw_bounding_boxes`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/sample_distorted_bounding_box
    """
    with name_scope(name, "sample_distorted_bounding_box"):
        if seed is None and seed2 is None:
            seed, seed2 = get_seed(None)
        elif seed2 is None:
            seed, seed2 = get_seed(seed)
        return node(
            "SampleDistortedBoundingBoxV2",
            image_size,
            bounding_boxes,
            min_object_covered,
            seed=seed or 0,
            seed2=seed2 or 0,
            aspect_ratio_range=aspect_ratio_range,
            area_range=area_range,
            max_attempts=max_attempts,
            use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes,
        )


@shape_rule("SampleDistortedBoundingBox", "SampleDistortedBoundingBoxV2")
def _(image_size: TensorShape, bounding_boxes: TensorShape, *_: TensorShape) -> list[TensorShape]:
    rules.with_rank(image_size, 1)
    _four(bounding_boxes, 3)
    return [TensorShape.of((3,)), TensorShape.of((3,)), TensorShape.of((1, 1, 4))]


# Non-maximum suppression


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NONE,
    name: str | None = None,
) -> Tensor:
    """The indices of the best of `boxes` [n, 4] by `scores` [n], without those that overlap a better one: [m] int32.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/non_max_suppression
    """
    with name_scope(name, "non_max_suppression"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        return node("NonMaxSuppressionV3", boxes, scores, max_output_size, iou_threshold, score_threshold)


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NONE,
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """`non_max_suppression`'s indices and their scores; a `soft_nms_sigma` above 0 lowers scores by overlap instead.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/non_max_suppression_with_scores
    """
    with name_scope(name, "non_max_suppression_with_scores"):
        thresholds = [
            convert_to_tensor(iou_threshold, name="iou_threshold"),
            convert_to_tensor(score_threshold, name="score_threshold"),
            convert_to_tensor(soft_nms_sigma, name="soft_nms_sigma"),
        ]
        found = node("NonMaxSuppressionV5", boxes, scores, max_output_size, *thresholds, pad_to_max_output_size=False)
        return found.selected_indices, found.selected_scores


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NONE,
    pad_to_max_output_size: bool = False,
    name: str | None = None,
) -> Any:
    """`non_max_suppression`'s indices, padded with zeros to `max_output_size` if asked for, and their number.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/non_max_suppression_padded
    """
    with name_scope(name, "non_max_suppression_padded"):
        thresholds = [
            convert_to_tensor(iou_threshold, name="iou_threshold"),
            convert_to_tensor(score_threshold, name="score_threshold"),
        ]
        padded = bool(pad_to_max_output_size)
        return node("NonMaxSuppressionV4", boxes, scores, max_output_size, *thresholds, pad_to_max_output_size=padded)


def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = _NONE,
    name: str | None = None,
) -> Tensor:
    """`non_max_suppression` of boxes whose `overlaps` [n, n] are told.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/non_max_suppression_overlaps
    """
    with name_scope(name, "non_max_suppression_overlaps"):
        overlap_threshold = convert_to_tensor(overlap_threshold, name="overlap_threshold")
        return node(
            "NonMaxSuppressionWithOverlaps", overlaps, scores, max_output_size, overlap_threshold, score_threshold
        )


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NONE,
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> Any:
    """Each class's best of `boxes` [N, n, 1 or classes, 4] by `scores` [N, n, classes], and the best of all of these.

    Returns `nmsed_boxes` [N, m, 4], `nmsed_scores` [N, m], `nmsed_classes` [N, m] and `valid_detections` [N].
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/combined_non_max_suppression
    """
    with name_scope(name, "combined_non_max_suppression"):
        iou_threshold = convert_to_tensor(iou_threshold, dtype="float32", name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, dtype="float32", name="score_threshold")
        return node(
            "CombinedNonMaxSuppression",
            boxes,
            scores,
            max_output_size_per_class,
            max_total_size,
            iou_threshold,
            score_threshold,
            pad_per_class=pad_per_class,
            clip_boxes=clip_boxes,
        )


def _scalars(*shapes: TensorShape) -> None:
    for shape in shapes:
        rules.with_rank(shape, 0)


def _candidates(boxes: TensorShape, scores: TensorShape) -> None:
    rules.same_dim(rules.with_rank(boxes, 2)[0], rules.with_rank(scores, 1)[0])
    _four(boxes)


@shape_rule("NonMaxSuppression", "NonMaxSuppressionV2", "NonMaxSuppressionV3")
def _(boxes: TensorShape, scores: TensorShape, max_output_size: TensorShape, *thresholds: TensorShape) -> TensorShape:
    _candidates(boxes, scores)
    _scalars(max_output_size, *thresholds)
    return TensorShape.of((None,))


@shape_rule("NonMaxSuppressionV4", "NonMaxSuppressionV5", either=["max_output_size"])
def _(
    boxes: TensorShape,
    scores: TensorShape,
    max_output_size: Any,
    iou_threshold: TensorShape,
    score_threshold: TensorShape,
    *sigma: TensorShape,
    pad_to_max_output_size: bool,
) -> list[TensorShape]:
    _candidates(boxes, scores)
    _scalars(iou_threshold, score_threshold, *sigma)
    count = None
    if isinstance(max_output_size, TensorShape):
        _scalars(max_output_size)
    elif pad_to_max_output_size:
        count = int(max_output_size)
    vector = TensorShape.of((count,))
    return [vector, vector, TensorShape.of(())] if sigma else [vector, TensorShape.of(())]


@shape_rule("NonMaxSuppressionWithOverlaps")
def _(
    overlaps: TensorShape, scores: TensorShape, max_output_size: TensorShape, *thresholds: TensorShape
) -> TensorShape:
    rows, columns = rules.with_rank(overlaps, 2)
    rules.same_dim(rules.same_dim(rows, columns), rules.with_rank(scores, 1)[0])
    _scalars(max_output_size, *thresholds)
    return TensorShape.of((None,))


@shape_rule("CombinedNonMaxSuppression", values=["max_output_size_per_class", "max_total_size"])
def _(
    boxes: TensorShape,
    scores: TensorShape,
    max_output_size_per_class: Any,
    max_total_size: Any,
    *thresholds: TensorShape,
    pad_per_class: bool,
) -> list[TensorShape]:
    batch, _, _, _ = _four(boxes, 4)
    _, _, classes = rules.with_rank(scores, 3)
    _scalars(*thresholds)
    count = None if max_total_size is None else int(max_total_size)
    if pad_per_class and count is not None:
        known = None not in (classes, max_output_size_per_class)
        count = min(count, int(max_output_size_per_class) * classes) if known else None  # type: ignore[operator]
    return [TensorShape.of(dims) for dims in ((batch, count, 4), (batch, count), (batch, count), (batch,))]
