"""`tf.losses`: losses that collect themselves, with weights and a way to be reduced to one number.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/losses
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes, scopes
from ..graph.keys import GraphKeys
from ..graph.operation import Tensor
from ..graph.scopes import control_dependencies, name_scope
from ..ops import array, losses, reduction, softmax
from ..ops.cond import cond
from ..ops.confusion_matrix import remove_squeezable_dimensions
from ..ops.constant import constant
from ..ops.math import cast, div_no_nan
from ..ops.node import convert_to_tensor, node
from ..ops.spelling import either
from ..ops.weights_broadcast import assert_broadcastable, broadcast_weights


class Reduction:
    """How the weighted elements of a loss become the loss."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """Every way, the two names of one way included."""
        return (
            cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )  # fmt: skip

    @classmethod
    def validate(cls, key: str) -> None:
        """`ValueError` if `key` is none of them."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}. Key should be one of {cls.all()}.")


_sum = reduction.reduce_sum  # for functions with a parameter `reduction`

# What the losses share


def _safe_mean(values: Tensor, present: Tensor) -> Tensor:
    return div_no_nan(reduction.reduce_sum(values), present, name="value")


def _num_present(values: Tensor, weights: Tensor, per_batch: bool = False) -> Tensor:
    """How many elements of `values`, in all or in each row, have weights that are not zero."""
    if isinstance(weights, float) and weights != 0.0:
        weights = constant(weights)
    with name_scope(None, "num_present", (values, weights)) as scope:
        weights = cast(weights, dtypes.float32)
        nothing = node("Equal", weights, 0.0)
        present = node("Select", nothing, array.zeros_like(weights), array.ones_like(weights))
        present = broadcast_weights(present, values)
        if not per_batch:
            return reduction.reduce_sum(present, name=scope)
        axes = reduction.range(1, array.rank(present))
        return reduction.reduce_sum(present, axis=axes, keepdims=True, name=scope)


def _num_elements(values: Tensor) -> Tensor:
    with name_scope(None, "num_elements", values=[values]) as scope:
        return cast(array.size(values, name=scope), values.dtype)


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """`losses` times `weights`, reduced as `reduction` tells, and added to `loss_collection`.

    `weights` are a scalar, or of the losses' rank with each size 1 or theirs (`ValueError`, or
    `InvalidArgumentError` in the run, if not).
    """
    Reduction.validate(reduction)
    with name_scope(scope, "weighted_loss", (losses, weights)):
        with control_dependencies((assert_broadcastable(weights, losses),)):
            losses = convert_to_tensor(losses)
            dtype = losses.dtype
            losses, weights = cast(losses, dtypes.float32), cast(weights, dtypes.float32)
            result = node("Mul", losses, weights)
            if reduction != Reduction.NONE:
                result = _reduced(result, losses, weights, reduction)
            result = cast(result, dtype)
            add_loss(result, loss_collection)
            return result


def _reduced(weighted: Tensor, values: Tensor, weights: Tensor, how: str) -> Tensor:
    total = reduction.reduce_sum(weighted)
    if how == Reduction.MEAN:
        return _safe_mean(total, reduction.reduce_sum(array.ones_like(values) * weights))
    if how == Reduction.SUM_BY_NONZERO_WEIGHTS:
        return _safe_mean(total, _num_present(values, weights))
    if how == Reduction.SUM_OVER_BATCH_SIZE:
        return _safe_mean(total, _num_elements(values))
    return total


def _given(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"{name} must not be None.")


def _pair(predictions: Any, labels: Any) -> tuple[Tensor, Tensor]:
    """Predictions and labels as float32 of one shape."""
    predictions, labels = cast(predictions, dtypes.float32), cast(labels, dtypes.float32)
    predictions.shape.assert_is_compatible_with(labels.shape)
    return predictions, labels


# The losses


def absolute_difference(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """|predictions - labels|, weighted."""
    _given(labels=labels, predictions=predictions)
    with name_scope(scope, "absolute_difference", (predictions, labels, weights)) as scope:
        predictions, labels = _pair(predictions, labels)
        values = node("Abs", node("Sub", predictions, labels))
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def cosine_distance(
    labels: Any, predictions: Any, axis: int | None = None, weights: Any = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
    dim: int | None = None,
) -> Tensor:  # fmt: skip
    """1 - the cosine between vectors of unit length along `axis`, which stays with size 1."""
    axis = either("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    _given(labels=labels, predictions=predictions)
    with name_scope(scope, "cosine_distance_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _pair(predictions, labels)
        values = 1 - _sum(node("Mul", predictions, labels), axis=(axis,), keepdims=True)
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def hinge_loss(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """max(0, 1 - logits · (2 labels - 1)) for labels of 0 and 1, weighted."""
    _given(labels=labels, logits=logits)
    with name_scope(scope, "hinge_loss", (logits, labels, weights)) as scope:
        logits, labels = _pair(logits, labels)
        ones = array.ones_like(labels)
        sides = node("Sub", 2 * labels, ones)
        values = node("Relu", node("Sub", ones, node("Mul", sides, logits)))
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any, predictions: Any, weights: Any = 1.0, delta: float = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Half the squared error, but linear where the error is larger than `delta`."""
    _given(labels=labels, predictions=predictions)
    with name_scope(scope, "huber_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _pair(predictions, labels)
        size = node("Abs", node("Sub", predictions, labels))
        quadratic = node("Minimum", size, delta)
        linear = node("Sub", size, quadratic)
        half = constant(0.5, quadratic.dtype)
        squared = node("Mul", half, node("Mul", quadratic, quadratic))
        values = node("AddV2", squared, node("Mul", delta, linear), name="Add")
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def log_loss(
    labels: Any, predictions: Any, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """The cross entropy of labels of 0 and 1 and of probabilities, `epsilon` kept from 0 and 1."""
    _given(labels=labels, predictions=predictions)
    with name_scope(scope, "log_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _pair(predictions, labels)
        yes = node("Neg", node("Mul", labels, node("Log", predictions + epsilon)))
        no = node("Mul", 1 - labels, node("Log", 1 - predictions + epsilon))
        return compute_weighted_loss(yes - no, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
) -> Tensor:  # fmt: skip
    """How much the differences within each row of `predictions` differ from those of `labels`: their mean square."""
    _given(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_pairwise_squared_error", (predictions, labels, weights)) as scope:
        weights = cast(weights, dtypes.float32)
        labels = cast(labels, dtypes.float32)
        with control_dependencies((assert_broadcastable(weights, labels),)):
            predictions, labels = _pair(predictions, labels)
            deltas = node("Sub", predictions, labels)
            axes = reduction.range(1, array.rank(deltas))
            squares = reduction.reduce_sum(node("Square", deltas), axis=axes, keepdims=True)
            count = _num_present(deltas, weights, per_batch=True)
            mean_square = 2.0 * div_no_nan(squares, node("Maximum", count - 1, 0.0), name="value")
            squared_total = node("Square", reduction.reduce_sum(deltas, axis=axes, keepdims=True))
            pairs = node("Maximum", node("Mul", count, count - 1), 0.0)
            square_of_mean = 2.0 * div_no_nan(squared_total, pairs, name="value")
            result = reduction.reduce_sum(node("Mul", mean_square - square_of_mean, weights))
            some = node("Greater", reduction.reduce_sum(count), 0.0)
            result = node("Select", some, result, array.zeros_like(result), name="value")
            add_loss(result, loss_collection)
            return result


def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """(predictions - labels)², weighted."""
    _given(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_squared_error", (predictions, labels, weights)) as scope:
        predictions, labels = _pair(predictions, labels)
        values = node("SquaredDifference", predictions, labels)
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(
    multi_class_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """The cross entropy of sigmoids and labels in [0, 1], which `label_smoothing` moves towards a half."""
    _given(multi_class_labels=multi_class_labels, logits=logits)
    with name_scope(scope, "sigmoid_cross_entropy_loss", (logits, multi_class_labels, weights)) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(multi_class_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        values = losses.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """The cross entropy of softmax(logits) and one-hot labels [batch, classes], which `label_smoothing` evens out."""
    _given(onehot_labels=onehot_labels, logits=logits)
    with name_scope(scope, "softmax_cross_entropy_loss", (logits, onehot_labels, weights)) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(onehot_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            classes = cast(array.shape(labels)[-1], logits.dtype)
            share = label_smoothing / classes
            labels = labels * (1 - label_smoothing) + share
        labels = node("StopGradient", labels, name="labels_stop_gradient")
        values = softmax.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES, reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:  # fmt: skip
    """The cross entropy of softmax(logits) [batch, classes] and labels that are class numbers [batch] or [batch, 1]."""
    _given(labels=labels, logits=logits)
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", (logits, labels, weights)) as scope:
        labels, logits, weights = _without_last_one(labels, logits, weights)
        values = softmax.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(values, weights, scope, loss_collection, reduction)


def _without_last_one(labels: Any, logits: Any, weights: Any) -> tuple[Tensor, Tensor, Any]:
    """Labels of one rank less than logits, and weights of no more than that, by dropping last axes of size 1."""
    labels, logits = remove_squeezable_dimensions(labels, logits, expected_rank_diff=1)
    if weights is None:
        return labels, logits, weights
    weights = convert_to_tensor(weights)
    known, wanted = weights.shape.ndims, labels.shape.ndims
    if known == 0:
        return labels, logits, weights
    if known is not None and wanted is not None:
        if known - wanted == 1:
            weights = node("Squeeze", weights, squeeze_dims=[-1])
        return labels, logits, weights
    if weights.shape.ndims is None or weights.shape._dims[-1] in (None, 1):
        one_more = node("Equal", array.rank(weights) - array.rank(labels), 1)
        given = weights
        weights = cond(one_more, lambda: node("Squeeze", given, squeeze_dims=[-1]), lambda: given)
    return labels, logits, weights


# The collections


def add_loss(loss: Tensor, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Add `loss` to a collection, for `get_total_loss`; nowhere if that is None."""
    if loss_collection:
        scopes.add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """The losses collected, of those names only that match `scope`."""
    return scopes.get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The losses that regularizers added."""
    return scopes.get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope: str | None = None, name: str = "total_regularization_loss") -> Tensor:
    """Their sum, 0 if there is none."""
    found = get_regularization_losses(scope)
    return reduction.add_n(found, name=name) if found else constant(0.0)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> Tensor:
    """The sum of all losses collected, and of the regularizers' unless told not to."""
    found = get_losses(scope)
    if add_regularization_losses:
        found += get_regularization_losses(scope)
    return reduction.add_n(found, name=name)
