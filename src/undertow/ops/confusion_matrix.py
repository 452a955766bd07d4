"""`tf.confusion_matrix`, built of other ops, and how metrics and losses bring labels and predictions to one rank.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/confusion_matrix
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import control_dependencies, name_scope
from .check import assert_less, assert_non_negative
from .cond import cond
from .constant import constant
from .math import cast
from .node import convert_to_tensor, node
from .reduction import reduce_max


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """`labels` and `predictions`, one of them without its last axis if it has one axis more than expected.

    `expected_rank_diff` is how many axes more `predictions` should have. `ValueError` if the axis to drop is not of
    size 1; where ranks are not known the run decides.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        labels, predictions = convert_to_tensor(labels), convert_to_tensor(predictions)
        if labels.shape.ndims is not None and predictions.shape.ndims is not None:
            difference = predictions.shape.ndims - labels.shape.ndims
            if difference == expected_rank_diff + 1:
                predictions = node("Squeeze", predictions, squeeze_dims=[-1])
            elif difference == expected_rank_diff - 1:
                labels = node("Squeeze", labels, squeeze_dims=[-1])
            return labels, predictions
        ranks = node("Rank", predictions), node("Rank", labels)
        difference = node("Sub", *ranks, name="sub")
        if _may_be_squeezed(predictions):
            predictions = _squeezed_if(node("Equal", expected_rank_diff + 1, difference), predictions)
        if _may_be_squeezed(labels):
            labels = _squeezed_if(node("Equal", expected_rank_diff - 1, difference), labels)
        return labels, predictions


def _may_be_squeezed(tensor: Tensor) -> bool:
    dims = tensor.shape._dims
    return dims is None or (bool(dims) and dims[-1] in (1, None))


def _squeezed_if(condition: Tensor, tensor: Tensor) -> Tensor:
    return cond(condition, lambda: node("Squeeze", tensor, squeeze_dims=[-1]), lambda: tensor)


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """How often each label (row) was predicted to be each class (column): [num_classes, num_classes] of `dtype`.

    `labels` and `predictions` are vectors, and `weights` if given; without `num_classes` the largest value tells it.
    `InvalidArgumentError` when it runs if a label or a prediction is negative, or not below `num_classes`.
    """
    with name_scope(name, "confusion_matrix", [predictions, labels, num_classes, weights]):
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions, labels = cast(predictions, dtypes.int64), cast(labels, dtypes.int64)
        with control_dependencies([assert_non_negative(labels, message="`labels` contains negative values")]):
            labels = node("Identity", labels)
        with control_dependencies([assert_non_negative(predictions, message="`predictions` contains negative values")]):
            predictions = node("Identity", predictions)
        if num_classes is None:
            largest: Any = node("Maximum", reduce_max(predictions), reduce_max(labels))
            num_classes = largest + 1
        else:
            num_classes = cast(convert_to_tensor(num_classes), dtypes.int64)
            with control_dependencies([assert_less(labels, num_classes, message="`labels` out of bound")]):
                labels = node("Identity", labels)
            with control_dependencies([assert_less(predictions, num_classes, message="`predictions` out of bound")]):
                predictions = node("Identity", predictions)
        shape = node("Pack", [num_classes, num_classes], name="stack")
        indices = node("Pack", [labels, predictions], axis=1, name="stack")
        if weights is None:
            values = node("Fill", node("Shape", predictions), cast(constant(1), dtype))
        else:
            weights = convert_to_tensor(weights)
            predictions.shape.assert_is_compatible_with(weights.shape)
            values = cast(weights, dtype)
        return node("ScatterNd", indices, values, shape)
