"""The loss of sequences of logits.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/sequence_loss
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....graph.operation import Tensor
from ....graph.scopes import name_scope
from ....ops import array, math, reduction, shaping
from ....ops.softmax import sparse_softmax_cross_entropy_with_logits


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of `logits` [batch, time, classes] for `targets` (int [batch, time]).

    It is averaged, weights counted, along time, batch or both. Along neither it may be summed instead, and divided by
    how many weights are not zero. So it is a scalar, [batch], [time] or [batch, time]. `softmax_loss_function(labels=…,
    logits=…)` takes the place of the cross entropy. `ValueError` for other ranks, or both an average and a sum.
    """
    for tensor, what, rank in ((logits, "Logits", 3), (targets, "Targets", 2), (weights, "Weights", 2)):
        if tensor.shape.ndims != rank:
            shape = "[batch_size x sequence_length x logits]" if rank == 3 else "[batch_size x sequence_length]"
            raise ValueError(f"{what} must be a {shape} tensor")
    for average, total, dimension in (
        (average_across_timesteps, sum_over_timesteps, "timesteps"), (average_across_batch, sum_over_batch, "batch")
    ):  # fmt: skip
        if average and total:
            raise ValueError(f"average_across_{dimension} and sum_over_{dimension} cannot be set to True at same time.")
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        classes = array.shape(logits)[2]
        flat = shaping.reshape(logits, [-1, classes])
        labels = shaping.reshape(targets, [-1])
        cross_entropy = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        losses = cross_entropy(labels=labels, logits=flat) * shaping.reshape(weights, [-1])
        averaged, summed = (average_across_timesteps, average_across_batch), (sum_over_timesteps, sum_over_batch)
        along = averaged if any(averaged) else summed  # an average along one dimension leaves no sum along the other
        axis = None
        if not all(along):
            losses = shaping.reshape(losses, array.shape(logits)[:2])
            if not any(along):
                return losses
            axis = [1] if along[0] else [0]
        total = reduction.reduce_sum(losses, axis=axis)
        if along is averaged:
            return math.div_no_nan(total, reduction.reduce_sum(weights, axis=axis))
        return math.div_no_nan(total, math.cast(reduction.count_nonzero(weights, axis=axis), losses.dtype))
