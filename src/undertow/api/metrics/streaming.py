"""What all metrics share: their variables, their weights' shapes, and where their results are collected."""

from __future__ import annotations

from typing import Any

from ...graph import scopes
from ...graph.keys import GraphKeys
from ...graph.operation import Tensor
from ...ops import array, shaping
from ...ops.cond import cond
from ...ops.confusion_matrix import remove_squeezable_dimensions
from ...ops.math import div_no_nan
from ...ops.node import convert_to_tensor, node
from ..variables import Variable, VariableAggregation, VariableSynchronization


def metric_variable(shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None) -> Variable:
    """A variable of zeros in LOCAL_VARIABLES and METRIC_VARIABLES."""
    return Variable(
        lambda: array.zeros(shape, dtype),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
        validate_shape=validate_shape,
        synchronization=VariableSynchronization.ON_READ,
        aggregation=VariableAggregation.SUM,
        name=name,
    )


def collected(value: Any, update_op: Any, metrics_collections: Any, updates_collections: Any) -> tuple[Any, Any]:
    """The pair, after putting each into its collections."""
    if metrics_collections:
        scopes.add_to_collections(metrics_collections, value)
    if updates_collections:
        scopes.add_to_collections(updates_collections, update_op)
    return value, update_op


def safe_mean(total: Any, count: Any, name: str | None = None) -> Tensor:
    """total / count, 0 where nothing was counted."""
    return div_no_nan(total, node("Maximum", count, 0), name=name)


def aligned(predictions: Any, labels: Any, weights: Any) -> tuple[Tensor, Any, Any]:
    """The three with a last axis of size 1 dropped, or added to the weights, where ranks differ by one.

    `ValueError` for shapes of predictions and labels that cannot be the same.
    """
    predictions = convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
    if weights is None:
        return predictions, labels, None
    weights = convert_to_tensor(weights)
    mine, theirs = weights.shape.ndims, predictions.shape.ndims
    if mine == 0:
        return predictions, labels, weights
    if mine is not None and theirs is not None:
        if mine - theirs == 1:
            weights = node("Squeeze", weights, squeeze_dims=[-1])
        elif theirs - mine == 1:
            weights = shaping.expand_dims(weights, [-1])
        return predictions, labels, weights
    return predictions, labels, _aligned_in_the_run(weights, predictions)


def _aligned_in_the_run(weights: Tensor, predictions: Tensor) -> Tensor:
    rank = array.rank(weights)
    difference = rank - array.rank(predictions)

    def squeezed() -> Any:
        last = weights.shape._dims[-1] if weights.shape._dims else None
        if last not in (None, 1):
            return weights
        return cond(node("Equal", difference, 1), lambda: node("Squeeze", weights, squeeze_dims=[-1]), lambda: weights)

    def squeezed_or_expanded() -> Any:
        return cond(node("Equal", difference, -1), lambda: shaping.expand_dims(weights, [-1]), squeezed)

    return cond(node("Equal", rank, 0), lambda: weights, squeezed_or_expanded)
