"""`tf.contrib.layers`' regularizers: functions of a variable that give a loss, or None.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/layers/l2_regularizer
"""

from __future__ import annotations

import logging
import numbers
from collections.abc import Callable, Sequence
from typing import Any

from ....graph.keys import GraphKeys
from ....graph.operation import Tensor
from ....graph.scopes import add_to_collection, get_collection, name_scope
from ....ops.constant import constant
from ....ops.node import convert_to_tensor, node
from ....ops.reduction import add_n, reduce_sum

Regularizer = Callable[[Any], "Tensor | None"]


def _no_loss(_: Any) -> None:
    return


def _scaled(scale: Any, scope: str | None, default_name: str, penalty: Callable[[Any], Tensor]) -> Regularizer:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"scale cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real):
        if scale < 0.0:
            raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}")
        if scale == 0.0:
            logging.getLogger("tensorflow").info("Scale of 0 disables regularizer.")
            return _no_loss

    def regularizer(weights: Any, name: str | None = None) -> Tensor:
        with name_scope(scope, default_name, [weights]) as full_name:
            factor = convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return node("Mul", factor, penalty(weights), name=full_name)

    return regularizer


def l1_regularizer(scale: float, scope: str | None = None) -> Regularizer:
    """`scale` times the sum of the weights' magnitudes; a scale of 0.0 gives None, a wrong one `ValueError`."""
    return _scaled(scale, scope, "l1_regularizer", lambda weights: reduce_sum(node("Abs", weights)))


def l2_regularizer(scale: float, scope: str | None = None) -> Regularizer:
    """`scale` times half the sum of the weights' squares; a scale of 0.0 gives None, a wrong one `ValueError`."""
    return _scaled(scale, scope, "l2_regularizer", lambda weights: node("L2Loss", weights))


def l1_l2_regularizer(scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None) -> Regularizer | None:
    """The sum of an L1 and an L2 regularizer."""
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0 and not isinstance(scale_l1, numbers.Integral):
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0 and not isinstance(scale_l2, numbers.Integral):
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(regularizer_list: Sequence[Regularizer | None], scope: str | None = None) -> Regularizer | None:
    """The sum of what several regularizers give; None if there are none."""
    regularizers = [r for r in regularizer_list if r is not None]
    if not regularizers:
        return None

    def regularizer(weights: Any) -> Tensor | None:
        with name_scope(scope, "sum_regularizer", [weights]) as full_name:
            losses = [loss for loss in (r(weights) for r in regularizers) if loss is not None]
            return add_n(losses, name=full_name) if losses else None

    return regularizer


def apply_regularization(regularizer: Regularizer, weights_list: Sequence[Any] | None = None) -> Tensor:
    """The sum of the regularizer's losses over `weights_list` (the collection WEIGHTS if None), collected too.

    `ValueError` if there are no weights, or if the regularizer gives what is no scalar.
    """
    weights = weights_list or get_collection(GraphKeys.WEIGHTS)
    if not weights:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights) as scope:
        found = [regularizer(w) for w in weights]
        losses = [constant(0.0) if loss is None else loss for loss in found]
        for loss in losses:
            if loss.shape.ndims != 0:
                raise ValueError(
                    f"regularizer must return a scalar Tensor instead of a Tensor with rank {loss.shape.ndims}."
                )
        total = add_n(losses, name=scope)
        add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
        return total
