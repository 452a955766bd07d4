"""Losses of lists of logits, and models of several lengths.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/legacy_seq2seq/model_with_buckets
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....graph.operation import Tensor
from ....graph.scopes import name_scope
from ....ops import array, math, reduction, shaping
from ....ops.softmax import sparse_softmax_cross_entropy_with_logits
from ...variable_scope import get_variable_scope, variable_scope


def sequence_loss_by_example(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of each example: [batch].

    Lists of as many tensors: `logits` [batch, classes], `targets` (int [batch]), `weights` [batch].
    `softmax_loss_function(labels=…, logits=…)` takes the place of the cross entropy. `ValueError` for lists of other
    lengths.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            f"Lengths of logits, weights, and targets must be the same {len(logits)}, {len(weights)}, {len(targets)}."
        )
    with name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            if softmax_loss_function is None:
                target = shaping.reshape(target, [-1])
                loss = sparse_softmax_cross_entropy_with_logits(labels=target, logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = reduction.add_n(losses)
        if average_across_timesteps:
            total = total / (reduction.add_n(weights) + 1e-12)  # an example of no weight has no loss
        return total


def sequence_loss(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """The sum of `sequence_loss_by_example` over the batch, or its mean if `average_across_batch`."""
    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        total = reduction.reduce_sum(
            sequence_loss_by_example(
                logits,
                targets,
                weights,
                average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function,
            )
        )
        if not average_across_batch:
            return total
        return total / math.cast(array.shape(targets[0])[0], total.dtype)


def model_with_buckets(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    targets: list[Any],
    weights: list[Any],
    buckets: list[tuple[int, int]],
    seq2seq: Callable[[list[Any], list[Any]], tuple[Any, Any]],
    softmax_loss_function: Callable[..., Any] | None = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[Any], list[Tensor]]:
    """One model for several lengths: for each of `buckets` (encoder's length, decoder's) the outputs and the loss.

    `seq2seq(encoder inputs, decoder inputs)` gives the outputs and the state. A loss is a scalar, or [batch] if
    `per_example_loss`. `ValueError` if there are fewer inputs, targets or weights than the last bucket needs.
    """
    for what, given, needed in (
        ("encoder_inputs", encoder_inputs, buckets[-1][0]),
        ("targets", targets, buckets[-1][1]),
        ("weights", weights, buckets[-1][1]),
    ):
        if len(given) < needed:
            raise ValueError(f"Length of {what} ({len(given)}) must be at least that of last bucket ({needed}).")
    loss_of = sequence_loss_by_example if per_example_loss else sequence_loss
    outputs, losses = [], []
    with name_scope(name, "model_with_buckets", [*encoder_inputs, *decoder_inputs, *targets, *weights]):
        for i, (length, steps) in enumerate(buckets):
            with variable_scope(get_variable_scope(), reuse=True if i > 0 else None):
                found, _ = seq2seq(encoder_inputs[:length], decoder_inputs[:steps])
                outputs.append(found)
                losses.append(
                    loss_of(found, targets[:steps], weights[:steps], softmax_loss_function=softmax_loss_function)
                )
    return outputs, losses
