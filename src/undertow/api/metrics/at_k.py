"""Metrics of the `k` highest predictions against sets of labels.

Labels are class numbers, [..., labels] or, where each has one, [...]; they may be sparse. `predictions` are scores
[..., classes]; the functions of `top_k` take class numbers [..., k] in their place.
"""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies, name_scope
from ...ops import array, joining, ranking, reduction, sets, shaping, state
from ...ops.math import cast, div_no_nan
from ...ops.node import convert_to_tensor, node
from ...ops.sparse import sparse_reshape, sparse_retain, sparse_tensor_to_dense
from ...ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from ...ops.weights_broadcast import assert_broadcastable
from .streaming import collected, metric_variable

Metric = tuple[Tensor, Tensor]


def _named(name: str, k: int | None, class_id: int | None = None) -> str:
    ending = "_all" if k is None else f"_{k}"
    return f"{name}_at{ending}" + ("" if class_id is None else f"_class{class_id}")


def _labels_for(labels: Any, predictions: Tensor) -> Any:
    """Labels of the predictions' rank, as int64: an axis more if each had one label."""
    labels = convert_to_tensor_or_sparse_tensor(labels)
    if isinstance(labels, SparseTensor):
        rank = labels.dense_shape.shape.num_elements()
        if rank is not None and rank + 1 == predictions.shape.ndims:
            one = convert_to_tensor([1], dtypes.int64)
            labels = sparse_reshape(labels, joining.concat([labels.dense_shape, one], 0))
        return SparseTensor(labels.indices, cast(labels.values, dtypes.int64), labels.dense_shape)
    if labels.shape.ndims is not None and labels.shape.ndims + 1 == predictions.shape.ndims:
        labels = shaping.expand_dims(labels, -1)
    return cast(labels, dtypes.int64)


def _of_class(ids: Any, class_id: int | None) -> Any:
    """Those ids that are `class_id`: all if that is None."""
    if class_id is None:
        return ids
    if isinstance(ids, SparseTensor):
        return sparse_retain(ids, node("Equal", ids.values, class_id))
    shape = joining.concat([array.shape(ids)[:-1], [1]], 0)
    return sets.set_intersection(array.fill(shape, convert_to_tensor(class_id, ids.dtype)), ids)


def _difference(a: Any, b: Any) -> SparseTensor:
    return sets.set_difference(a, b, aminusb=True)


# Name of the count -> what is counted of predicted and wanted classes
_COUNTED = {
    "true_positive": lambda predicted, wanted: sets.set_intersection(predicted, wanted),
    "false_positive": lambda predicted, wanted: _difference(predicted, wanted),
    "false_negative": lambda predicted, wanted: _difference(wanted, predicted),
}


def _streamed(what: str, predicted: Any, wanted: Any, k: int | None, class_id: int | None, weights: Any) -> Any:
    """A count's variable, and the op that adds to it."""
    with name_scope(_named(what, k, class_id)) as scope:
        with name_scope(f"{what}s"):
            count = cast(sets.set_size(_COUNTED[what](predicted, wanted)), dtypes.float64)
            if weights is not None:
                with control_dependencies((assert_broadcastable(weights, count),)):
                    count = node("Mul", count, cast(weights, dtypes.float64))
        total = cast(reduction.reduce_sum(count), dtypes.float64)
        variable = metric_variable([], dtypes.float64, name=scope)
        return variable, state.assign_add(variable, total, name="update")


def _share(
    other: str, labels: Any, predictions: Tensor, k: int | None, class_id: int | None, weights: Any,
    metrics_collections: Any, updates_collections: Any, scope: str,
) -> Metric:  # fmt: skip
    """How many of the true positives and of the `other` count are true positives."""
    wanted = _of_class(_labels_for(labels, predictions), class_id)
    predicted = _of_class(cast(predictions, dtypes.int64), class_id)
    right, new_right = _streamed("true_positive", predicted, wanted, k, class_id, weights)
    wrong, new_wrong = _streamed(other, predicted, wanted, k, class_id, weights)
    value = node("RealDiv", right, node("AddV2", right, wrong, name="Add"), name=scope)
    update_op = node("RealDiv", new_right, node("AddV2", new_right, new_wrong, name="Add"), name="update")
    return collected(value, update_op, metrics_collections, updates_collections)


def precision_at_top_k(
    labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How many of the classes predicted are labels; of `class_id` only, if that is given."""
    with name_scope(name, _named("precision", k, class_id), (predictions_idx, labels, weights)) as scope:
        idx = convert_to_tensor(predictions_idx)
        arguments = (k, class_id, weights, metrics_collections, updates_collections, scope)
        return _share("false_positive", labels, idx, *arguments)


def recall_at_top_k(
    labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How many of the labels were predicted; of `class_id` only, if that is given."""
    with name_scope(name, _named("recall", k, class_id), (predictions_idx, labels, weights)) as scope:
        idx = convert_to_tensor(predictions_idx)
        arguments = (k, class_id, weights, metrics_collections, updates_collections, scope)
        return _share("false_negative", labels, idx, *arguments)


def precision_at_k(
    labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How many of the `k` highest predictions are labels; of `class_id` only, if that is given."""
    with name_scope(name, _named("precision", k, class_id), (predictions, labels, weights)) as scope:
        _, idx = ranking.top_k(predictions, k)
        return precision_at_top_k(labels, idx, k, class_id, weights, metrics_collections, updates_collections, scope)


def recall_at_k(
    labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """How many of the labels are among the `k` highest predictions; of `class_id` only, if that is given."""
    with name_scope(name, _named("recall", k, class_id), (predictions, labels, weights)) as scope:
        _, idx = ranking.top_k(predictions, k)
        return recall_at_top_k(labels, idx, k, class_id, weights, metrics_collections, updates_collections, scope)


sparse_precision_at_k = precision_at_k


def average_precision_at_k(
    labels: Any, predictions: Any, k: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """The mean of the precisions at each of the first `k` places that hold a label, averaged over the examples.

    `ValueError` if `k` is less than 1.
    """
    if k < 1:
        raise ValueError(f"Invalid k={k}.")
    with name_scope(name, _named("average_precision", k), (predictions, labels, weights)) as scope:
        _, idx = ranking.top_k(predictions, k)
        each = _average_precision(_labels_for(labels, idx), cast(idx, dtypes.int64), k)
        if weights is not None:
            weights = cast(weights, dtypes.float64)
            with control_dependencies((assert_broadcastable(weights, each),)):
                weights = node("Mul", weights, array.ones_like(each))
            each = node("Mul", each, weights)
        with name_scope("max") as place:
            largest = metric_variable([], dtypes.float64, name=place)
            batch = cast(array.size(each), dtypes.float64) if weights is None else reduction.reduce_sum(weights)
            new_largest = state.assign_add(largest, batch, name="update")
        with name_scope("total") as place:
            total = metric_variable([], dtypes.float64, name=place)
            new_total = state.assign_add(total, reduction.reduce_sum(each), name="update")
        value = div_no_nan(total, largest, name="mean")
        update_op = div_no_nan(new_total, new_largest, name=scope)
        return collected(value, update_op, metrics_collections, updates_collections)


sparse_average_precision_at_k = average_precision_at_k


def _average_precision(labels: Any, idx: Tensor, k: int) -> Tensor:
    """The average precision of each example, float64 [...]."""
    if isinstance(labels, SparseTensor):
        labels = sparse_tensor_to_dense(labels, default_value=-1, validate_indices=False)
    found = node("Equal", shaping.expand_dims(idx, -1), shaping.expand_dims(labels, -2))
    relevant = cast(reduction.reduce_any(found, axis=-1), dtypes.float64)
    places = cast(reduction.range(1, k + 1), dtypes.float64)
    precision = node("RealDiv", reduction.cumsum(relevant, axis=-1), places)
    gained = reduction.reduce_sum(node("Mul", precision, relevant), axis=-1)
    wanted = reduction.reduce_sum(cast(labels >= 0, dtypes.int32), axis=-1)
    return node("RealDiv", gained, cast(node("Minimum", wanted, k), dtypes.float64))
