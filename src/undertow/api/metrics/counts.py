"""Metrics that count right and wrong bools, and precision and recall, which follow from the counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies
from ...ops import array, reduction, state
from ...ops.check import assert_rank_in
from ...ops.math import cast
from ...ops.node import convert_to_tensor, node
from ..variable_scope import variable_scope
from .streaming import aligned, collected, metric_variable

Metric = tuple[Tensor, Tensor]

# Public name -> (the label counted, the prediction counted)
_KINDS = {
    "true_positives": (True, True),
    "true_negatives": (False, False),
    "false_positives": (False, True),
    "false_negatives": (True, False),
}


def _counter(public: str) -> Callable[..., Metric]:
    label, prediction = _KINDS[public]

    def count(
        labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
        updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        with variable_scope(name, public, (predictions, labels, weights)):
            predictions, labels, weights = aligned(cast(predictions, dtypes.bool), cast(labels, dtypes.bool), weights)
            both = node("LogicalAnd", node("Equal", labels, label), node("Equal", predictions, prediction))
            return _counted(both, weights, metrics_collections, updates_collections)

    count.__name__ = count.__qualname__ = public
    count.__doc__ = f"How often labels that are {label} were predicted to be {prediction}, as a sum of weights."
    return count


def _counted(condition: Tensor, weights: Any, metrics_collections: Any, updates_collections: Any) -> Metric:
    count = metric_variable([], dtypes.float32, name="count")
    values = cast(condition, dtypes.float32)
    if weights is not None:
        with control_dependencies((assert_rank_in(weights, (0, array.rank(values))),)):
            values = node("Mul", values, cast(convert_to_tensor(weights), dtypes.float32))
    value = node("Identity", count)
    update_op = state.assign_add(count, reduction.reduce_sum(values))
    return collected(value, update_op, metrics_collections, updates_collections)


true_positives = _counter("true_positives")
true_negatives = _counter("true_negatives")
false_positives = _counter("false_positives")
false_negatives = _counter("false_negatives")


def precision(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How many of those predicted to be true are, 0 if none was predicted."""
    arguments = (labels, predictions, weights, metrics_collections, updates_collections, name)
    return _share("precision", false_positives, *arguments)


def recall(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How many of those that are true were predicted to be, 0 if none is."""
    arguments = (labels, predictions, weights, metrics_collections, updates_collections, name)
    return _share("recall", false_negatives, *arguments)


def _share(
    public: str, others: Callable[..., Metric], labels: Any, predictions: Any, weights: Any,
    metrics_collections: Any, updates_collections: Any, name: str | None,
) -> Metric:  # fmt: skip
    with variable_scope(name, public, (predictions, labels, weights)):
        predictions, labels, weights = aligned(cast(predictions, dtypes.bool), cast(labels, dtypes.bool), weights)
        right, new_right = true_positives(labels, predictions, weights)
        wrong, new_wrong = others(labels, predictions, weights)
        value = _right_of_all(right, wrong, "value")
        return collected(
            value, _right_of_all(new_right, new_wrong, "update_op"), metrics_collections, updates_collections
        )


def _right_of_all(right: Tensor, wrong: Tensor, name: str) -> Tensor:
    some = node("Greater", right + wrong, 0)
    return node("Select", some, node("RealDiv", right, right + wrong, name="truediv"), 0, name=name)
