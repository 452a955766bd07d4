"""Losses of `tf.nn` that need no softmax: what each op is. `kernels/losses.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

import math
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from . import array, rules
from .constant import constant
from .math import cast
from .node import convert_to_tensor, node
from .raw import from_table
from .reduction import count_nonzero
from .rules import shape_rule
from .spelling import either


def __getattr__(name: str) -> Any:
    return from_table({"l2_loss": "L2Loss"}, __name__, name)


shape_rule("L2Loss")(rules.scalar)


def _same_shape(logits: Tensor, labels: Tensor, name: str) -> None:
    if not logits.shape.is_compatible_with(labels.shape):
        raise ValueError(
            f"`logits` and `{name}` must have the same shape, received ({logits.shape} vs {labels.shape})."
        )


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """The cross entropy of `sigmoid(logits)` and `labels`, element by element.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits
    """
    if labels is None or logits is None:
        raise ValueError("Both `labels` and `logits` must be provided for sigmoid_cross_entropy_with_logits.")
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _same_shape(logits, labels, "labels")
        # max(x, 0) - x·z + log(1 + exp(-|x|)): exp never overflows. Select, not Maximum and Abs, for the gradient at 0.
        nothing = array.zeros_like(logits)
        positive = node("GreaterEqual", logits, nothing)
        above = node("Select", positive, logits, nothing)
        minus_size = node("Select", positive, -logits, logits)
        return node("AddV2", above - logits * labels, node("Log1p", node("Exp", minus_size)), name=scope)


def weighted_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, pos_weight: Any = None, name: str | None = None, targets: Any = None
) -> Tensor:
    """`sigmoid_cross_entropy_with_logits` with what positive labels contribute multiplied by `pos_weight`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/weighted_cross_entropy_with_logits
    """
    labels = either("labels", labels, "targets", targets)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _same_shape(logits, labels, "labels")
        weight = 1 + (pos_weight - 1) * labels
        negative = (1 - labels) * logits
        spread = node("Log1p", node("Exp", -node("Abs", logits)))
        return node("AddV2", negative, weight * (spread + node("Relu", -logits)), name=scope)


def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Tensor:
    """`exp(log_input) - log_input · targets`: the Poisson loss, but for a term of `targets` alone unless
    `compute_full_loss` (then with Stirling's formula for it).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/log_poisson_loss
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = convert_to_tensor(log_input, name="log_input")
        targets = convert_to_tensor(targets, name="targets")
        _same_shape(log_input, targets, "targets")
        result = node("Exp", log_input) - log_input * targets
        if not compute_full_loss:
            return result
        half, turn = constant(0.5, targets.dtype.base_dtype), constant(2 * math.pi, targets.dtype.base_dtype)
        stirling = targets * node("Log", targets) - targets + half * node("Log", turn * targets)
        nothing, one = array.zeros_like(targets), array.ones_like(targets)
        small = node("LogicalAnd", targets >= nothing, targets <= one)
        return result + node("Select", small, nothing, stirling)


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The fraction of `value` that is zero; NaN if there is nothing in it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/zero_fraction
    """
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        size = array.size(value, out_type=dtypes.int64)
        others = count_nonzero(value)
        with name_scope("counts_to_fraction"):
            fraction = cast(size - others, dtypes.float32) / cast(size, dtypes.float32)
        return node("Identity", fraction, name="fraction")
