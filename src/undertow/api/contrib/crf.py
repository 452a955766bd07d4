"""`tf.contrib.crf`: a linear chain of tags, its likelihood and its best path.

Inputs [batch, steps, tags] score each tag at each step, `transition_params` [tags, tags] each step from a tag to the
next; sequences of no length score 0.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/crf
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.operation import Tensor
from ...ops.array import fill, one_hot, sequence_mask, shape, zeros_like
from ...ops.gather import gather_nd
from ...ops.joining import concat, stack
from ...ops.math import cast, maximum
from ...ops.node import convert_to_tensor
from ...ops.reduction import argmax, reduce_logsumexp, reduce_max, reduce_sum
from ...ops.reduction import range as range_of
from ...ops.shaping import expand_dims, reverse_sequence, squeeze
from ...ops.slicing import where
from ..get_variable import get_variable
from ..rnn.cells import RNNCell
from ..rnn.dynamic import dynamic_rnn
from ..variable_scope import variable_scope


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Tensor:
    """[batch]: what `inputs` give the tags [batch, steps] of each sequence."""
    inputs = convert_to_tensor(inputs)
    scores = one_hot(tag_indices, inputs.shape[2].value or shape(inputs)[2], dtype=inputs.dtype) * inputs
    return _within(reduce_sum(scores, 2), sequence_lengths)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """[batch]: what the steps from tag to tag of each sequence [batch, steps] score."""
    tags = convert_to_tensor(tag_indices)
    steps = stack([tags[:, :-1], tags[:, 1:]], 2)
    return _within(gather_nd(transition_params, steps), convert_to_tensor(sequence_lengths) - 1)


def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """[batch]: the score of each sequence of tags [batch, steps], not normalized."""
    unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
    return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)


def crf_multitag_sequence_score(inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """[batch]: the score of all sequences that `tag_bitmap` (bool [batch, steps, tags]) allows, not normalized."""
    inputs = convert_to_tensor(inputs)
    allowed = where(tag_bitmap, inputs, fill(shape(inputs), convert_to_tensor(-np.inf, inputs.dtype)))
    return crf_log_norm(allowed, sequence_lengths, transition_params)


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """[batch]: the log of the sum over all sequences of tags, of the exponential of their scores."""
    inputs, lengths = convert_to_tensor(inputs), convert_to_tensor(sequence_lengths)
    cell = CrfForwardRnnCell(transition_params)
    later = maximum(lengths - 1, convert_to_tensor(0, lengths.dtype))
    _, alphas = dynamic_rnn(cell, inputs[:, 1:], later, inputs[:, 0], dtype=inputs.dtype)
    norm = reduce_logsumexp(alphas, [1])
    return where(lengths <= 0, zeros_like(norm), norm)


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Tensor, Any]:
    """([batch], transition_params): how likely each sequence of tags [batch, steps] is.

    Without `transition_params`, the variable "transitions" holds them.
    """
    inputs = convert_to_tensor(inputs)
    if transition_params is None:
        transition_params = get_variable("transitions", [inputs.shape[2].value] * 2)
    sequence_lengths = cast(sequence_lengths, dtypes.int32)
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Tensor, Tensor]:
    """(int32 [batch, steps], [batch]): the tags of the best path of each sequence, and its score."""
    potentials = convert_to_tensor(potentials)
    lengths = convert_to_tensor(sequence_length)
    tags = potentials.shape[2].value
    later = maximum(lengths - 1, convert_to_tensor(0, lengths.dtype))
    forward = CrfDecodeForwardRnnCell(transition_params)
    # The first step again at the end, where no sequence reaches: a loop of no steps could not tell its output's shape.
    steps = concat([potentials[:, 1:], potentials[:, :1]], 1)
    pointers, scores = dynamic_rnn(forward, steps, later, potentials[:, 0], dtype=dtypes.int32, scope="crf_fwd")
    pointers = reverse_sequence(pointers, later, seq_axis=1)
    last = expand_dims(cast(argmax(scores, 1), dtypes.int32), 1)
    path, _ = dynamic_rnn(CrfDecodeBackwardRnnCell(tags), pointers, later, last, dtype=dtypes.int32, scope="crf_bwd")
    path = concat([last, squeeze(path, [2])[:, :-1]], 1)
    return reverse_sequence(path, lengths, seq_axis=1), reduce_max(scores, 1)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """The best path's tags and its score, in NumPy, of one sequence's `score` [steps, tags]."""
    best, pointers = np.asarray(score[0]), []
    for step in score[1:]:
        paths = best[:, np.newaxis] + transition_params
        pointers.append(np.argmax(paths, 0))
        best = step + np.max(paths, 0)
    path = [int(np.argmax(best))]
    for pointer in reversed(pointers):
        path.append(int(pointer[path[-1]]))
    return path[::-1], np.max(best)


class CrfForwardRnnCell(RNNCell):
    """One step of `crf_log_norm`: from the scores of all paths that end in a tag [batch, tags] to the next ones."""

    def __init__(self, transition_params: Any) -> None:
        super().__init__()
        self._transition_params = expand_dims(transition_params, 0)
        self._num_tags = self._transition_params.shape[1].value

    @property
    def state_size(self) -> int:
        return self._num_tags

    @property
    def output_size(self) -> int:
        return self._num_tags

    def __call__(self, inputs: Tensor, state: Tensor, scope: Any = None) -> tuple[Tensor, Tensor]:
        scores = inputs + reduce_logsumexp(expand_dims(state, 2) + self._transition_params, [1])
        return scores, scores


class CrfDecodeForwardRnnCell(CrfForwardRnnCell):
    """One step of `crf_decode`: the tag before on the best path to each tag, and those paths' scores."""

    def __call__(self, inputs: Tensor, state: Tensor, scope: Any = None) -> tuple[Tensor, Tensor]:
        with variable_scope(scope or "crf_decode_forward"):
            paths = expand_dims(state, 2) + self._transition_params
            return cast(argmax(paths, 1), dtypes.int32), inputs + reduce_max(paths, 1)


class CrfDecodeBackwardRnnCell(RNNCell):
    """One step back along the best path: from the tag [batch, 1] to the one before."""

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        return 1

    @property
    def output_size(self) -> int:
        return 1

    def __call__(self, inputs: Tensor, state: Tensor, scope: Any = None) -> tuple[Tensor, Tensor]:
        with variable_scope(scope or "crf_decode_backward"):
            rows = range_of(shape(inputs)[0])
            tag = expand_dims(gather_nd(inputs, stack([rows, squeeze(state, [1])], 1)), 1)
            return tag, tag


def _within(scores: Tensor, lengths: Any) -> Tensor:
    """[batch]: the sums of `scores` [batch, steps], each over its sequence's length."""
    return reduce_sum(scores * sequence_mask(lengths, shape(scores)[1], scores.dtype), 1)
