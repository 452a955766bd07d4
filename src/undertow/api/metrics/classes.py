"""Metrics over several classes, from the confusion matrix or from counts of each class."""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...ops import array, diagonal, reduction, shaping, state
from ...ops.confusion_matrix import confusion_matrix
from ...ops.math import cast
from ...ops.node import convert_to_tensor, node
from ..variable_scope import variable_scope
from .streaming import aligned, collected, metric_variable, safe_mean

Metric = tuple[Tensor, Tensor]


def mean_iou(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean over the classes that came of true positives / (them, false positives and false negatives).

    The update op is the confusion matrix, [num_classes, num_classes] of float64.
    """
    with variable_scope(name, "mean_iou", (predictions, labels, weights)):
        predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
        predictions.shape.assert_is_compatible_with(labels.shape)
        total = metric_variable([num_classes, num_classes], dtypes.float64, name="total_confusion_matrix")
        matrix = confusion_matrix(
            _flat(cast(labels, dtypes.int64)), _flat(cast(predictions, dtypes.int64)), num_classes,
            weights=None if weights is None else _flat(convert_to_tensor(weights)), dtype=dtypes.float64,
        )  # fmt: skip
        update_op = state.assign_add(total, matrix)
        return collected(_mean_overlap(total), update_op, metrics_collections, updates_collections)


def _flat(tensor: Tensor) -> Tensor:
    many = tensor.shape.ndims is None or tensor.shape.ndims > 1
    return shaping.reshape(tensor, [-1]) if many else tensor


def _mean_overlap(matrix: Any) -> Tensor:
    rows = cast(reduction.reduce_sum(matrix, 0), dtypes.float32)
    columns = cast(reduction.reduce_sum(matrix, 1), dtypes.float32)
    right = cast(diagonal.diag_part(matrix), dtypes.float32)
    union = rows + columns - right
    classes = reduction.reduce_sum(cast(node("NotEqual", union, 0), dtypes.float32))
    union = node("Select", node("Greater", union, 0), union, array.ones_like(union))
    overlap = node("RealDiv", right, union, name="div")
    mean = node("RealDiv", reduction.reduce_sum(overlap, name="mean_iou"), classes, name="truediv")
    return node("Select", node("Greater", classes, 0), mean, 0)


def mean_per_class_accuracy(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of the classes' accuracies, 0 for a class that did not come; the update op is those of each class."""
    with variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels, predictions = cast(labels, dtypes.int64), convert_to_tensor(predictions)
        labels, predictions = _flat(labels), _flat(predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
        total = metric_variable([num_classes], dtypes.float32, name="total")
        count = metric_variable([num_classes], dtypes.float32, name="count")
        ones = array.ones([array.size(labels)], dtypes.float32)
        if labels.dtype != predictions.dtype:
            predictions = cast(predictions, labels.dtype)
        right = cast(node("Equal", predictions, labels), dtypes.float32)
        if weights is not None:
            weights = cast(_flat(convert_to_tensor(weights)), dtypes.float32)
            right, _, weights = aligned(right, None, weights)
            right, ones = right * weights, ones * weights
        new_total = state.scatter_add(total, labels, ones)
        new_count = state.scatter_add(count, labels, right)
        value = reduction.reduce_mean(safe_mean(count, total), name="mean_accuracy")
        return collected(value, safe_mean(new_count, new_total, "update_op"), metrics_collections, updates_collections)
