"""One step of a beam search: the scores of all continuations, and the best of them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/BeamSearchDecoder
"""

from __future__ import annotations

import collections
from typing import Any

from ....graph import dtypes, nest
from ....graph.operation import Tensor
from ....ops import array, math, reduction, shaping, slicing
from ....ops.constant_value import constant_value
from ....ops.joining import concat
from ....ops.node import convert_to_tensor
from ....ops.ranking import top_k
from ....ops.softmax import log_softmax
from .attention_wrapper import AttentionWrapperState
from .beams import maybe_tensor_gather_helper, tensor_gather_helper


class BeamSearchDecoderState(
    collections.namedtuple(
        "BeamSearchDecoderState", ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs")
    )
):
    """The state of the cell, and of each beam its log probability, whether it has ended, its length, and the sum of
    its alignments (if the coverage counts).
    """


class BeamSearchDecoderOutput(
    collections.namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))
):
    """What a step gives for each beam: its score, its word, and the beam before it."""


def beam_search_step(
    time: Any,
    logits: Tensor,
    next_cell_state: Any,
    beam_state: BeamSearchDecoderState,
    batch_size: Any,
    beam_width: int,
    end_token: Any,
    length_penalty_weight: Any,
    coverage_penalty_weight: Any,
) -> tuple[BeamSearchDecoderOutput, BeamSearchDecoderState]:
    """The best `beam_width` of all continuations of the beams by `logits` [batch, beam, words]."""
    unfinished = math.logical_not(beam_state.finished)
    total = _with_step(beam_state.log_probs, log_softmax(logits), end_token, beam_state.finished)
    known = logits.shape.as_list()[-1]
    words = array.shape(logits)[-1] if known is None else known
    lengths = _with_word(beam_state.lengths, words, batch_size, beam_width, end_token, unfinished)
    attended = get_attention_probs(next_cell_state, coverage_penalty_weight)
    accumulated = None
    if attended is not None:
        attended = attended * shaping.expand_dims(math.cast(unfinished, dtypes.float32), 2)
        accumulated = beam_state.accumulated_attention_probs + attended
    scores = get_scores(
        log_probs=total,
        sequence_lengths=lengths,
        length_penalty_weight=length_penalty_weight,
        coverage_penalty_weight=coverage_penalty_weight,
        finished=beam_state.finished,
        accumulated_attention_probs=accumulated,
    )
    flat = shaping.reshape(scores, [batch_size, -1])
    best, chosen = top_k(flat, k=convert_to_tensor(beam_width, dtype=dtypes.int32, name="beam_width"))
    for tensor in (best, chosen):
        tensor.set_shape([_number(batch_size), beam_width])
    log_probs = tensor_gather_helper(
        chosen, total, batch_size, range_size=beam_width * words, gather_shape=[-1], name="next_beam_probs"
    )
    word_ids = math.floormod(chosen, words, name="next_beam_word_ids")
    parents = math.cast(chosen / words, dtypes.int32, name="next_beam_parent_ids")

    def of_parents(values: Tensor) -> Tensor:
        return tensor_gather_helper(parents, values, batch_size, range_size=beam_width, gather_shape=[-1])

    ended = of_parents(beam_state.finished)
    finished = math.logical_or(ended, math.equal(word_ids, end_token), name="next_beam_finished")
    longer = math.cast(math.logical_not(ended), dtypes.int64)
    next_lengths = of_parents(beam_state.lengths) + longer
    if accumulated is None:
        accumulated = ()
    else:
        accumulated = tensor_gather_helper(
            parents,
            accumulated,
            batch_size,
            range_size=beam_width,
            gather_shape=[batch_size * beam_width, -1],
            name="next_accumulated_attention_probs",
        )
    next_cell_state = nest.map_structure(
        lambda part: maybe_tensor_gather_helper(
            parents, part, batch_size, range_size=beam_width, gather_shape=[batch_size * beam_width, -1]
        ),
        next_cell_state,
    )
    state = BeamSearchDecoderState(
        cell_state=next_cell_state,
        log_probs=log_probs,
        lengths=next_lengths,
        finished=finished,
        accumulated_attention_probs=accumulated,
    )
    return BeamSearchDecoderOutput(scores=best, predicted_ids=word_ids, parent_ids=parents), state


def _number(size: Any) -> int | None:
    value = constant_value(size) if isinstance(size, Tensor) else size
    return None if value is None else int(value)


def _with_step(log_probs: Tensor, step: Tensor, end_token: Any, finished: Tensor) -> Tensor:
    """The log probabilities [batch, beam, words] of every continuation."""
    masked = mask_probs(step, end_token, finished)
    return shaping.expand_dims(log_probs, 2) + masked


def _with_word(
    lengths: Tensor, words: Any, batch_size: Any, beam_width: int, end_token: Any, unfinished: Tensor
) -> Tensor:
    """The lengths [batch, beam, words]: one more for every word but the end, of beams that have not ended."""
    ends = array.fill([batch_size, beam_width], end_token)
    zero, one = (math.cast(value, dtypes.int64, name="ToInt64") for value in (0, 1))
    more = array.one_hot(indices=ends, depth=words, on_value=zero, off_value=one, dtype=dtypes.int64)
    more = more * shaping.expand_dims(math.cast(unfinished, dtypes.int64), 2)
    return more + shaping.expand_dims(lengths, 2)


def mask_probs(probs: Tensor, eos_token: Any, finished: Tensor) -> Tensor:
    """The log probabilities [batch, beam, words], but those of finished beams all on `eos_token`."""
    words = array.shape(probs)[2]
    row = array.one_hot(
        eos_token, words, dtype=probs.dtype, on_value=convert_to_tensor(0.0, dtype=probs.dtype),
        off_value=probs.dtype.min,
    )  # fmt: skip
    row = shaping.reshape(row, [1, 1, -1])
    rows = shaping.tile(row, concat([array.shape(finished), [1]], 0))
    mask = shaping.tile(shaping.expand_dims(finished, 2), [1, 1, words])
    return slicing.where(mask, rows, probs)


# Scores


def get_scores(
    log_probs: Tensor, sequence_lengths: Tensor, length_penalty_weight: Any, coverage_penalty_weight: Any,
    finished: Tensor, accumulated_attention_probs: Any,
) -> Tensor:  # fmt: skip
    """The log probabilities over the length penalty, plus the coverage penalty of beams that have finished.

    `ValueError` if the coverage counts and there are no alignments.
    """
    penalty = length_penalty(sequence_lengths=sequence_lengths, penalty_factor=length_penalty_weight)
    scores = log_probs / math.cast(penalty, dtype=log_probs.dtype)
    weight = convert_to_tensor(coverage_penalty_weight, name="coverage_penalty_weight")
    if weight.shape.ndims != 0:
        raise ValueError(f"coverage_penalty_weight should be a scalar, but saw shape: {weight.shape}")
    if constant_value(weight) == 0.0:
        return scores
    if accumulated_attention_probs is None:
        raise ValueError("accumulated_attention_probs can be None only if coverage penalty is disabled.")
    # A row of the memory that no step looked at would give minus infinity: it gives nothing.
    sums = accumulated_attention_probs
    sums = slicing.where(math.equal(sums, 0.0), array.ones_like(sums), sums)
    penalty = reduction.reduce_sum(math.log(math.minimum(sums, 1.0)), 2)
    penalty = penalty * math.cast(finished, dtypes.float32)
    return scores + shaping.expand_dims(penalty * weight, 2)


def length_penalty(sequence_lengths: Any, penalty_factor: Any) -> Any:
    """`((5 + length) / 6) ** factor`, the number 1 for a factor of 0: https://arxiv.org/abs/1609.08144."""
    factor = convert_to_tensor(penalty_factor, name="penalty_factor")
    if factor.shape.ndims != 0:
        raise ValueError(f"penalty_weight should be a scalar, but saw shape: {factor.shape}")
    if constant_value(factor) == 0.0:
        return 1.0
    return math.div((5.0 + math.cast(sequence_lengths, dtypes.float32)) ** factor, (5.0 + 1.0) ** factor)


def attention_probs_from_attn_state(attention_state: AttentionWrapperState) -> Tensor:
    """The alignments, or the mean of those of several mechanisms."""
    found = attention_state.alignments
    return _mean(found) if isinstance(found, tuple) else found


def _mean(found: Any) -> Tensor:
    joined = concat([shaping.expand_dims(probs, -1) for probs in found], -1)
    return reduction.reduce_mean(joined, -1)


def get_attention_probs(next_cell_state: Any, coverage_penalty_weight: Any) -> Any:
    """The alignments of a cell with attention, the mean of those of several; None if the coverage does not count.

    `ValueError` if it counts and no cell has attention.
    """
    if coverage_penalty_weight == 0.0:
        return None
    if isinstance(next_cell_state, AttentionWrapperState):
        return attention_probs_from_attn_state(next_cell_state)
    states = next_cell_state if isinstance(next_cell_state, tuple) else ()
    found = [attention_probs_from_attn_state(s) for s in states if isinstance(s, AttentionWrapperState)]
    if not found:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    return found[0] if len(found) == 1 else _mean(found)
