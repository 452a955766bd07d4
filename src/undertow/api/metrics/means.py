"""Metrics that are means: of values, of errors, of how often predictions are right."""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies
from ...ops import array, reduction, state
from ...ops.confusion_matrix import remove_squeezable_dimensions
from ...ops.math import cast
from ...ops.node import node
from ...ops.weights_broadcast import broadcast_weights
from ..variable_scope import variable_scope
from .streaming import aligned, collected, metric_variable, safe_mean

Metric = tuple[Tensor, Tensor]


def mean(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of all elements."""
    with variable_scope(name, "mean", (values, weights)):
        values = cast(values, dtypes.float32)
        total = metric_variable([], dtypes.float32, name="total")
        count = metric_variable([], dtypes.float32, name="count")
        if weights is None:
            number = cast(array.size(values), dtypes.float32)
        else:
            values, _, weights = aligned(values, None, weights)
            weights = broadcast_weights(cast(weights, dtypes.float32), values)
            values = node("Mul", values, weights)
            number = reduction.reduce_sum(weights)
        new_total = state.assign_add(total, reduction.reduce_sum(values))
        with control_dependencies([values]):
            new_count = state.assign_add(count, number)
        value = safe_mean(total, count, "value")
        return collected(value, safe_mean(new_total, new_count, "update_op"), metrics_collections, updates_collections)


def mean_tensor(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of each element over the runs: a tensor of the shape of `values`, which must be known."""
    with variable_scope(name, "mean", (values, weights)):
        values = cast(values, dtypes.float32)
        total = metric_variable(values.shape, dtypes.float32, name="total_tensor")
        count = metric_variable(values.shape, dtypes.float32, name="count_tensor")
        number = array.ones_like(values)
        if weights is not None:
            values, _, weights = aligned(values, None, weights)
            weights = broadcast_weights(cast(weights, dtypes.float32), values)
            values = node("Mul", values, weights)
            number = node("Mul", number, weights)
        new_total = state.assign_add(total, values)
        with control_dependencies([values]):
            new_count = state.assign_add(count, number)
        value = safe_mean(total, count, "value")
        return collected(value, safe_mean(new_total, new_count, "update_op"), metrics_collections, updates_collections)


def accuracy(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How often `predictions` equal `labels`."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    if labels.dtype != predictions.dtype:
        predictions = cast(predictions, labels.dtype)
    right = cast(node("Equal", predictions, labels), dtypes.float32)
    return mean(right, weights, metrics_collections, updates_collections, name or "accuracy")


def mean_absolute_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of |predictions - labels|."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    errors = node("Abs", predictions - labels)
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_absolute_error")


def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of (predictions - labels)²."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    errors = node("Square", labels - predictions)
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_squared_error")


def root_mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The root of the mean of (predictions - labels)²."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    value, update_op = mean_squared_error(labels, predictions, weights, None, None, name or "root_mean_squared_error")
    return collected(node("Sqrt", value), node("Sqrt", update_op), metrics_collections, updates_collections)


def mean_relative_error(
    labels: Any, predictions: Any, normalizer: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of |labels - predictions| / normalizer, 0 where that is 0."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    predictions, normalizer = remove_squeezable_dimensions(predictions, normalizer)
    predictions.shape.assert_is_compatible_with(normalizer.shape)
    nothing = node("Equal", normalizer, 0.0)
    relative = node("RealDiv", node("Abs", labels - predictions), normalizer, name="div")
    errors = node("Select", nothing, array.zeros_like(labels), relative)
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_relative_error")


def mean_cosine_distance(
    labels: Any, predictions: Any, dim: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """1 - the mean of the cosines of vectors of unit length along `dim`."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    cosines = reduction.reduce_sum(node("Mul", predictions, labels), axis=[dim], keepdims=True)
    value, update_op = mean(cosines, weights, None, None, name or "mean_cosine_distance")
    return collected(node("Sub", 1.0, value), node("Sub", 1.0, update_op), metrics_collections, updates_collections)


def percentage_below(
    values: Any, threshold: float, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The fraction (1 is all) of elements below `threshold`."""
    below = cast(node("Less", values, threshold), dtypes.float32)
    return mean(below, weights, metrics_collections, updates_collections, name or "percentage_below_threshold")
