"""The private names of `contrib.seq2seq` that programs with decoders and attention of their own reach for."""

from __future__ import annotations

from typing import Any

from undertow.api.contrib.seq2seq import beam_step, beams, decoder, helpers, mechanisms, monotonic
from undertow.api.contrib.seq2seq.attention_wrapper import compute_attention as _compute_attention  # noqa: F401
from undertow.api.rnn.dynamic import transpose_batch_time as _transpose_batch_time  # noqa: F401
from undertow.api.rnn.sizes import zero_states as _zero_state_tensors  # noqa: F401
from undertow.graph.errors import unbuilt

_BaseAttentionMechanism = mechanisms._BaseAttentionMechanism
_BaseMonotonicAttentionMechanism = monotonic._BaseMonotonicAttentionMechanism
_bahdanau_score = mechanisms.bahdanau_score
_luong_score = mechanisms.luong_score
_monotonic_probability_fn = monotonic.monotonic_probability

_create_zero_outputs = decoder.create_zero_outputs
_unstack_ta = helpers.unstacked
bernoulli_sample = helpers.bernoulli_sample
categorical_sample = helpers.categorical_sample

_beam_search_step = beam_step.beam_search_step
_get_scores = beam_step.get_scores
_length_penalty = beam_step.length_penalty
_mask_probs = beam_step.mask_probs
attention_probs_from_attn_state = beam_step.attention_probs_from_attn_state
get_attention_probs = beam_step.get_attention_probs
_check_batch_beam = beams.check_batch_beam
_check_ndims = beams.check_ndims
_check_static_batch_beam_maybe = beams.check_static_batch_beam
_maybe_tensor_gather_helper = beams.maybe_tensor_gather_helper
_tensor_gather_helper = beams.tensor_gather_helper
gather_tree_from_array = beams.gather_tree_from_array


def _prepare_memory(
    memory: Any, memory_sequence_length: Any = None, memory_mask: Any = None, check_inner_dims_defined: bool = True
) -> Any:
    if memory_mask is not None:
        raise unbuilt("memory_mask", "Tell memory_sequence_length.")
    return mechanisms.prepare_memory(memory, memory_sequence_length, check_inner_dims_defined)


def _maybe_mask_score(
    score: Any, memory_sequence_length: Any = None, memory_mask: Any = None, score_mask_value: Any = None
) -> Any:
    if memory_mask is not None:
        raise unbuilt("memory_mask", "Tell memory_sequence_length.")
    return mechanisms.mask_score(score, memory_sequence_length, score_mask_value)
