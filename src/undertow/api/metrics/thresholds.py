"""Metrics of probabilities: counts at several thresholds, areas under curves, points on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies
from ...ops import array, reduction, shaping, state
from ...ops.check import assert_greater_equal, assert_less_equal
from ...ops.constant import constant
from ...ops.math import cast, div_no_nan
from ...ops.node import node
from ...ops.weights_broadcast import broadcast_weights
from ..variable_scope import variable_scope
from .streaming import aligned, collected, metric_variable

Metric = tuple[Tensor, Tensor]

_EPSILON = 1e-7
# In the order in which the variables are made -> (the label counted, the prediction counted)
_KINDS = {
    "true_positives": (True, True),
    "false_negatives": (True, False),
    "true_negatives": (False, False),
    "false_positives": (False, True),
}


def _count_at(
    labels: Any, predictions: Any, thresholds: list[float], weights: Any, kinds: Iterable[str] = tuple(_KINDS)
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """For each kind its variable [len(thresholds)], and the op that adds to it. Predictions are in [0, 1]."""
    in_range = [
        assert_greater_equal(predictions, cast(0.0, predictions.dtype), message="predictions must be in [0, 1]"),
        assert_less_equal(predictions, cast(1.0, predictions.dtype), message="predictions must be in [0, 1]"),
    ]
    with control_dependencies(in_range):
        predictions, labels, weights = aligned(cast(predictions, dtypes.float32), cast(labels, dtypes.bool), weights)
    row = shaping.reshape(predictions, [1, -1])
    positive = shaping.reshape(labels, [1, -1])
    predicted = node("Greater", row, constant([[t] for t in thresholds], dtypes.float32))
    sides = {
        "label": {True: positive, False: node("LogicalNot", positive)},
        "prediction": {True: predicted, False: node("LogicalNot", predicted)},
    }
    if weights is not None:
        weights = broadcast_weights(cast(weights, dtypes.float32), predictions)
        weights = shaping.reshape(weights, [1, -1])
    values, updates = {}, {}
    for kind in [k for k in _KINDS if k in kinds]:
        label, prediction = _KINDS[kind]
        variable = metric_variable([len(thresholds)], dtypes.float32, name=kind)
        hits = cast(node("LogicalAnd", sides["label"][label], sides["prediction"][prediction]), dtypes.float32)
        hits = hits if weights is None else hits * weights
        updates[kind] = state.assign_add(variable, reduction.reduce_sum(hits, 1))
        values[kind] = variable
    return values, updates


def _counter(kind: str) -> Callable[..., Metric]:
    def count(
        labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
        updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        with variable_scope(name, kind, (predictions, labels, weights)):
            predictions = cast(predictions, dtypes.float32)
            values, updates = _count_at(labels, predictions, thresholds, weights, (kind,))
            value = node("Identity", values[kind])
            return collected(value, updates[kind], metrics_collections, updates_collections)

    label, prediction = _KINDS[kind]
    count.__name__ = count.__qualname__ = f"{kind}_at_thresholds"
    count.__doc__ = (
        f"For each threshold how often labels that are {label} were predicted to be {prediction}, that is "
        f"{'above' if prediction else 'not above'} it."
    )
    return count


true_positives_at_thresholds = _counter("true_positives")
true_negatives_at_thresholds = _counter("true_negatives")
false_positives_at_thresholds = _counter("false_positives")
false_negatives_at_thresholds = _counter("false_negatives")


def _share_at(public: str, other: str) -> Callable[..., Metric]:
    def share(
        labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
        updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        def of(counts: dict[str, Any], name: str) -> Tensor:
            right = counts["true_positives"]
            return node("RealDiv", right, _EPSILON + right + counts[other], name=f"{public}_{name}")

        with variable_scope(name, f"{public}_at_thresholds", (predictions, labels, weights)):
            predictions = cast(predictions, dtypes.float32)
            values, updates = _count_at(labels, predictions, thresholds, weights, ("true_positives", other))
            value = of(values, "value")
            return collected(value, of(updates, "update_op"), metrics_collections, updates_collections)

    share.__name__ = share.__qualname__ = f"{public}_at_thresholds"
    share.__doc__ = f"The {public} at each of `thresholds`."
    return share


precision_at_thresholds = _share_at("precision", "false_positives")
recall_at_thresholds = _share_at("recall", "false_negatives")


def _even_thresholds(count: int) -> list[float]:
    """`count` thresholds from just below 0 to just above 1."""
    inner = [(i + 1) * 1.0 / (count - 1) for i in range(count - 2)]
    return [0.0 - _EPSILON, *inner, 1.0 + _EPSILON]


def auc(
    labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None,
    updates_collections: Any = None, curve: str = "ROC", name: str | None = None,
    summation_method: str = "trapezoidal", thresholds: Any = None,
) -> Metric:  # fmt: skip
    """The area under the `curve` ROC or PR, from `num_thresholds` points on it, or at the `thresholds` given.

    `summation_method`: trapezoidal, careful_interpolation (for PR), minoring or majoring. `ValueError` for others.
    """
    if curve not in ("ROC", "PR"):
        raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
    if summation_method not in _HEIGHTS:
        raise ValueError(f"Invalid summation_method: {summation_method}")
    with variable_scope(name, "auc", (labels, predictions, weights)):
        if thresholds is None:
            points = _even_thresholds(num_thresholds)
        else:
            points = [0.0 - _EPSILON, *sorted(thresholds), 1.0 + _EPSILON]
        values, updates = _count_at(labels, cast(predictions, dtypes.float32), points, weights)
        value = _area(values, curve, summation_method, "value")
        update_op = _area(updates, curve, summation_method, "update_op")
        return collected(value, update_op, metrics_collections, updates_collections)


def _interpolated_pr_area(right: Tensor, wrong: Tensor, missed: Tensor) -> Tensor:
    """The area under PR with counts, not precisions, interpolated linearly between points (Davis and Goadrich)."""
    predicted = right + wrong
    steps = right[:-1] - right[1:]
    slope = div_no_nan(steps, node("Maximum", predicted[:-1] - predicted[1:], 0), name="prec_slope")
    intercept = right[1:] - node("Mul", slope, predicted[1:])
    both = node("LogicalAnd", predicted[:-1] > 0, predicted[1:] > 0)
    ratio = div_no_nan(predicted[:-1], node("Maximum", predicted[1:], 0), name="recall_relative_ratio")
    ratio = node("Select", both, ratio, array.ones_like(predicted[1:]))
    gained = slope * (steps + intercept * node("Log", ratio))
    every = node("Maximum", right[1:] + missed[1:], 0)
    return reduction.reduce_sum(div_no_nan(gained, every, name="pr_auc_increment"), name="interpolate_pr_auc")


# How the height of a curve between two points is taken
_HEIGHTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "trapezoidal": lambda a, b: (a + b) / 2.0,
    "careful_interpolation": lambda a, b: (a + b) / 2.0,
    "minoring": lambda a, b: node("Minimum", a, b),
    "majoring": lambda a, b: node("Maximum", a, b),
}


def _area(counts: dict[str, Any], curve: str, method: str, name: str) -> Tensor:
    right, missed, passed, wrong = (array.identity(counts[kind]) for kind in _KINDS)
    if curve == "PR" and method == "careful_interpolation":
        return _interpolated_pr_area(right, wrong, missed)
    epsilon = 1.0e-6
    recall = node("RealDiv", right + epsilon, right + missed + epsilon)
    if curve == "ROC":
        x, y = node("RealDiv", wrong, wrong + passed + epsilon), recall
    else:
        x, y = recall, node("RealDiv", right + epsilon, right + wrong + epsilon)
    return reduction.reduce_sum(node("Mul", x[:-1] - x[1:], _HEIGHTS[method](y[:-1], y[1:])), name=name)


def sensitivity_at_specificity(
    labels: Any, predictions: Any, specificity: float, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The sensitivity at the threshold whose specificity is closest to the one given, which is in [0, 1]."""
    if specificity < 0 or specificity > 1:
        raise ValueError("`specificity` must be in the range [0, 1].")

    def of(counts: dict[str, Any], name: str) -> Tensor:
        right, missed, passed, wrong = (array.identity(counts[kind]) for kind in _KINDS)
        specificities = node("RealDiv", passed, passed + wrong + _EPSILON)
        best = cast(reduction.argmin(node("Abs", specificities - specificity), 0), dtypes.int32)
        return node("RealDiv", right[best], right[best] + missed[best] + _EPSILON, name=name)

    arguments = (labels, predictions, weights, num_thresholds, metrics_collections, updates_collections, name)
    return _point("sensitivity_at_specificity", of, *arguments)


def specificity_at_sensitivity(
    labels: Any, predictions: Any, sensitivity: float, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The specificity at the highest threshold whose sensitivity is closest to the one given, which is in [0, 1]."""
    if sensitivity < 0 or sensitivity > 1:
        raise ValueError("`sensitivity` must be in the range [0, 1].")

    def of(counts: dict[str, Any], name: str) -> Tensor:
        right, missed, passed, wrong = (array.identity(counts[kind]) for kind in _KINDS)
        distance = node("Abs", node("RealDiv", right, right + missed + _EPSILON) - sensitivity)
        closest = node("Equal", distance, reduction.reduce_min(distance))
        best = cast(reduction.argmax(reduction.cumsum(cast(closest, dtypes.int64)), 0), dtypes.int32)
        return node("RealDiv", passed[best], passed[best] + wrong[best] + _EPSILON, name=name)

    arguments = (labels, predictions, weights, num_thresholds, metrics_collections, updates_collections, name)
    return _point("specificity_at_sensitivity", of, *arguments)


def _point(
    public: str, of: Callable[..., Tensor], labels: Any, predictions: Any, weights: Any, num_thresholds: int,
    metrics_collections: Any, updates_collections: Any, name: str | None,
) -> Metric:  # fmt: skip
    with variable_scope(name, public, (predictions, labels, weights)):
        predictions = cast(predictions, dtypes.float32)
        values, updates = _count_at(labels, predictions, _even_thresholds(num_thresholds), weights)
        value = of(values, "value")
        return collected(value, of(updates, "update_op"), metrics_collections, updates_collections)
