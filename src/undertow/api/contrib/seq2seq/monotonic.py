"""Attention that never goes back: https://arxiv.org/abs/1704.00784.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/monotonic_attention
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ....graph import dtypes
from ....graph.operation import Tensor
from ....graph.scopes import name_scope
from ....ops import array, math, random, reduction, shaping
from ....ops.clip import clip_by_value
from ....ops.functional import scan
from ....ops.joining import concat
from ....ops.node import convert_to_tensor
from ...get_variable import get_variable
from ...variable_scope import variable_scope
from .mechanisms import _BaseAttentionMechanism, luong_gain, luong_score, score_by_variables, units_layer


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Tensor:
    """`tf.cumprod` of numbers in (0, 1], by the sum of their logarithms, so that its gradient stays finite.

    The other arguments are those of `tf.cumsum`.
    """
    with name_scope(None, "SafeCumprod", [x]):
        x = convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return math.exp(reduction.cumsum(math.log(clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Tensor:
    """The attention [batch, time] by the probabilities to stop at each row, and the attention of the step before.

    `mode` is "recursive" (exact, slow), "parallel" (close, quick) or "hard" (for probabilities that are 0 or 1);
    `ValueError` for another.
    """
    p = convert_to_tensor(p_choose_i, name="p_choose_i")
    before = convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        return _recursive(p, before)
    if mode == "parallel":
        passed = safe_cumprod(1 - p, axis=1, exclusive=True)
        # A small divisor would make the sum overflow.
        return p * passed * reduction.cumsum(before / clip_by_value(passed, 1e-10, 1.0), axis=1)
    if mode == "hard":
        p = p * reduction.cumsum(before, axis=1)
        return p * reduction.cumprod(1 - p, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


def _recursive(p: Tensor, before: Tensor) -> Tensor:
    known = p.shape[0]
    batch = array.shape(p)[0] if getattr(known, "value", known) is None else known
    passed = concat([array.ones([batch, 1], dtype=p.dtype), 1 - p[:, :-1]], 1)
    reached = scan(
        lambda reached, now: shaping.reshape(now[0] * reached + now[1], [batch]),
        [shaping.transpose(passed), shaping.transpose(before)],
        array.zeros([batch], dtype=p.dtype),
    )
    return p * shaping.transpose(reached)


def monotonic_probability(
    score: Tensor, previous_alignments: Any, sigmoid_noise: float, mode: str, seed: int | None = None
) -> Tensor:
    """The monotonic attention of scores, with normal noise of deviation `sigmoid_noise` on them."""
    if sigmoid_noise > 0:
        noise = random.random_normal(array.shape(score), dtype=score.dtype, seed=seed)
        score = score + sigmoid_noise * noise
    p = math.cast(score > 0, score.dtype) if mode == "hard" else math.sigmoid(score)
    return monotonic_attention(p, previous_alignments, mode)


class _BaseMonotonicAttentionMechanism(_BaseAttentionMechanism):
    """A mechanism that begins at the first row of the memory."""

    _score_bias_init: Any

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Tensor:
        """The alignments before the first step: all on the first row."""
        return array.one_hot(array.zeros([batch_size], dtype=dtypes.int32), self._alignments_size, dtype=dtype)

    def _with_bias(self, score: Tensor) -> Tensor:
        return score + get_variable("attention_score_bias", dtype=score.dtype, initializer=self._score_bias_init)


class BahdanauMonotonicAttention(_BaseMonotonicAttentionMechanism):
    """`BahdanauAttention` that never goes back.

    `score_bias_init` is where the variable that is added to the score starts; for the rest see
    `monotonic_attention`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/BahdanauMonotonicAttention
    """

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
        score_mask_value: Any = None, sigmoid_noise: float = 0.0, sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0, mode: str = "parallel", dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:  # fmt: skip
        dtype = dtype or dtypes.float32
        super().__init__(
            query_layer=units_layer(num_units, "query_layer", dtype),
            memory_layer=units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=functools.partial(
                monotonic_probability, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units, self._normalize, self._name = num_units, normalize, name
        self._score_bias_init = score_bias_init

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments [batch, time] for `query` [batch, depth], and the next state: the alignments."""
        with variable_scope(None, "bahdanau_monotonic_attention", [query]):
            processed = query if self._query_layer is None else self._query_layer(query)
            score = self._with_bias(score_by_variables(processed, self._keys, self._num_units, self._normalize))
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class LuongMonotonicAttention(_BaseMonotonicAttentionMechanism):
    """`LuongAttention` that never goes back; the arguments are those of `BahdanauMonotonicAttention`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/LuongMonotonicAttention
    """

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
        score_mask_value: Any = None, sigmoid_noise: float = 0.0, sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0, mode: str = "parallel", dtype: Any = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:  # fmt: skip
        super().__init__(
            query_layer=None,
            memory_layer=units_layer(num_units, "memory_layer", dtype or dtypes.float32),
            memory=memory,
            probability_fn=functools.partial(
                monotonic_probability, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units, self._scale, self._name = num_units, scale, name
        self._score_bias_init = score_bias_init

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments [batch, time] for `query` [batch, units], and the next state: the alignments."""
        with variable_scope(None, "luong_monotonic_attention", [query]):
            score = self._with_bias(luong_score(query, self._keys, luong_gain(self._scale, query.dtype)))
        alignments = self._probability_fn(score, state)
        return alignments, alignments
