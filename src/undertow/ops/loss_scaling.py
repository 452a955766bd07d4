"""Losses of examples as one number, for a training that averages over a whole batch.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/compute_average_loss
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import control_dependencies
from .array import shape
from .check import assert_rank_at_least
from .math import cast
from .node import convert_to_tensor, node
from .reduction import reduce_sum
from .weights_broadcast import assert_broadcastable


def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Tensor:
    """The sum of `per_example_loss`, weighted by `sample_weight`, over the batch's size; of integers a float32.

    `global_batch_size` is by default the size of the first axis. `ValueError` for a scalar loss, and for weights that
    do not fit.
    """
    losses = convert_to_tensor(per_example_loss)
    if losses.shape.ndims == 0:
        raise ValueError(
            f"Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1, received: {losses}"
        )
    checks = []
    if losses.shape.ndims is None:
        message = "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1."
        checks.append(assert_rank_at_least(losses, 1, message=message))
    if not losses.dtype.is_floating:
        losses = cast(losses, dtypes.float32)
    with control_dependencies(checks):
        if sample_weight is not None:
            weights = cast(sample_weight, losses.dtype)
            with control_dependencies([assert_broadcastable(weights, losses)]):
                losses = node("Mul", losses, weights)
        size = shape(losses)[0] if global_batch_size is None else global_batch_size
        return node("RealDiv", reduce_sum(losses), cast(size, losses.dtype))


def scale_regularization_loss(regularization_loss: Any) -> Tensor:
    """The sum of `regularization_loss`, over the number of replicas, which is one."""
    return reduce_sum(regularization_loss)
