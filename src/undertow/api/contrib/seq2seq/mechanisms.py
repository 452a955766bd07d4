"""Attention: how well each row of a memory fits a query.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/AttentionMechanism
"""

from __future__ import annotations

import math as python_math
from collections.abc import Callable
from typing import Any

import numpy as np

from ....graph import dtypes, nest
from ....graph.operation import Tensor
from ....graph.scopes import control_dependencies, name_scope
from ....ops import array, math, reduction, shaping, slicing
from ....ops.check import assert_positive
from ....ops.joining import concat
from ....ops.matmul import matmul
from ....ops.node import convert_to_tensor
from ....ops.softmax import softmax
from ...get_variable import get_variable
from ...initializers import constant_initializer, ones_initializer, zeros_initializer
from ...layers.core import Dense
from ...rnn.sizes import zero_states
from ...variable_scope import variable_scope

Probability = Callable[..., Any]


class AttentionMechanism:
    """What an `AttentionWrapper` asks: a function of a query and its own state.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/AttentionMechanism
    """

    @property
    def alignments_size(self) -> Any:
        """How many rows the memory has: a number, or a tensor."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        raise NotImplementedError


def prepare_memory(memory: Any, memory_sequence_length: Any = None, check_inner_dims_defined: bool = True) -> Any:
    """The (nested) memory [batch, time, …] with zeros past the lengths.

    `ValueError` if dimensions after the second are to be known and are not.
    """
    memory = nest.map_structure(lambda m: convert_to_tensor(m, name="memory"), memory)
    lengths = memory_sequence_length
    if lengths is not None:
        lengths = convert_to_tensor(lengths, name="memory_sequence_length")
    if check_inner_dims_defined:
        for part in nest.flatten(memory):
            if part.shape.ndims is None or not part.shape[2:].is_fully_defined():
                raise ValueError(
                    f"Expected memory {part.name} to have fully defined inner dims, but saw shape: {part.shape}"
                )
    if lengths is None:
        return memory
    first = nest.flatten(memory)[0]
    mask = array.sequence_mask(lengths, maxlen=array.shape(first)[1], dtype=first.dtype)

    def masked(part: Tensor) -> Tensor:
        ndims = array.rank(part) if part.shape.ndims is None else part.shape.ndims
        wide = concat([array.shape(mask), array.ones([ndims - 2], dtypes.int32)], 0)
        return part * shaping.reshape(mask, wide)

    return nest.map_structure(masked, memory)


def mask_score(score: Tensor, memory_sequence_length: Any = None, score_mask_value: Any = None) -> Tensor:
    """The score [batch, time] with `score_mask_value` past the lengths, of which each must be above zero."""
    if memory_sequence_length is None:
        return score
    message = "All values in memory_sequence_length must greater than zero."
    with control_dependencies([assert_positive(memory_sequence_length, message=message)]):
        mask = array.sequence_mask(memory_sequence_length, maxlen=array.shape(score)[1])
        return slicing.where(mask, score, score_mask_value * array.ones_like(score))


class _BaseAttentionMechanism(AttentionMechanism):  # programs derive their own mechanisms from it, by this name
    """A memory [batch, time, …] as values, and through `memory_layer` as keys.

    `probability_fn(score, state)` makes alignments of a score, which is `score_mask_value` (minus infinity) past
    `memory_sequence_length`. `custom_key_value_fn(keys, values)` gives others in their place. `TypeError` for layers
    or functions that are none.
    """

    def __init__(
        self, query_layer: Any, memory: Any, probability_fn: Probability, memory_sequence_length: Any = None,
        memory_layer: Any = None, check_inner_dims_defined: bool = True, score_mask_value: Any = None,
        custom_key_value_fn: Any = None, name: str | None = None,
    ) -> None:  # fmt: skip
        for what, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not callable(layer):
                raise TypeError(f"{what} is not a Layer: {type(layer).__name__}")
        if not callable(probability_fn):
            raise TypeError(f"probability_fn must be callable, saw type: {type(probability_fn).__name__}")
        self._query_layer, self._memory_layer = query_layer, memory_layer
        self.dtype = None if memory_layer is None else memory_layer.dtype
        if score_mask_value is None:
            score_mask_value = dtypes.as_dtype(self.dtype or "float32").as_numpy_dtype(-np.inf)

        def probability(score: Tensor, state: Any) -> Tensor:
            return probability_fn(mask_score(score, memory_sequence_length, score_mask_value), state)

        self._probability_fn = probability
        with name_scope(name, "BaseAttentionMechanismInit", nest.flatten(memory)):
            self._values = prepare_memory(memory, memory_sequence_length, check_inner_dims_defined)
            self._keys = self._values if memory_layer is None else memory_layer(self._values)
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            sizes = (_dim(self._keys, 0), _dim(self._keys, 1))
            self._batch_size, self._alignments_size = sizes

    @property
    def memory_layer(self) -> Any:
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        return self._query_layer

    @property
    def values(self) -> Any:
        """What the alignments are applied to: [batch, time, …]."""
        return self._values

    @property
    def keys(self) -> Any:
        """What a query is compared with: [batch, time, units]."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """The alignments before the first step: zeros."""
        return zero_states(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state before the first step: the alignments."""
        return self.initial_alignments(batch_size, dtype)


def _dim(tensor: Tensor, axis: int) -> Any:
    """A dimension's size, as a tensor if it is not known."""
    known = tensor.shape.as_list()[axis]
    return array.shape(tensor)[axis] if known is None else known


def units_layer(units: int, name: str, dtype: Any) -> Dense:
    """A linear layer of queries or of the memory."""
    return Dense(units, name=name, use_bias=False, dtype=dtype)


def _stateless(probability_fn: Probability | None) -> Probability:
    """A function of the score alone as one of the score and the state; softmax if none is told."""
    chosen = probability_fn or softmax
    return lambda score, _: chosen(score)


# Luong


def luong_score(query: Tensor, keys: Tensor, scale: Any) -> Tensor:
    """The product of the query [batch, units] with each of the keys [batch, time, units]: [batch, time].

    It is multiplied by `scale` if that is not None. `ValueError` if the units differ.
    """
    depth, units = query.shape[-1], keys.shape[-1]
    if depth != units:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys.  "
            f"Query ({query}) has units: {depth}.  Keys ({keys}) have units: {units}.  "
            f"Perhaps you need to set num_units to the keys' dimension ({units})?"
        )
    score = shaping.squeeze(matmul(shaping.expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if scale is None else scale * score


def luong_gain(scoped: bool, dtype: Any) -> Any:
    """The variable that scales a score, if there is to be one."""
    return get_variable("attention_g", dtype=dtype, initializer=ones_initializer(), shape=()) if scoped else None


class LuongAttention(_BaseAttentionMechanism):
    """The product of the query with each key, times a variable if `scale`: https://arxiv.org/abs/1508.04025.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/LuongAttention
    """

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
        probability_fn: Probability | None = None, score_mask_value: Any = None, dtype: Any = None,
        custom_key_value_fn: Any = None, name: str = "LuongAttention",
    ) -> None:  # fmt: skip
        super().__init__(
            query_layer=None,
            memory_layer=units_layer(num_units, "memory_layer", dtype or dtypes.float32),
            memory=memory,
            probability_fn=_stateless(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units, self._scale, self._name = num_units, scale, name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments [batch, time] for `query` [batch, units], and the next state: the alignments."""
        with variable_scope(None, "luong_attention", [query]):
            score = luong_score(query, self._keys, luong_gain(self._scale, query.dtype))
        alignments = self._probability_fn(score, state)
        return alignments, alignments


# Bahdanau


def bahdanau_score(
    processed_query: Tensor, keys: Tensor, attention_v: Any, attention_g: Any = None, attention_b: Any = None
) -> Tensor:
    """`v · tanh(key + query)` for each of the keys [batch, time, units]: [batch, time].

    With `attention_g` and `attention_b` it is `g v / |v| · tanh(key + query + b)`.
    """
    query = shaping.expand_dims(processed_query, 1)
    if attention_g is None or attention_b is None:
        return reduction.reduce_sum(attention_v * math.tanh(keys + query), [2])
    v = attention_g * attention_v * math.rsqrt(reduction.reduce_sum(math.square(attention_v)))
    return reduction.reduce_sum(v * math.tanh(keys + query + attention_b), [2])


def score_by_variables(processed_query: Tensor, keys: Tensor, units: int, normalize: bool) -> Tensor:
    """`bahdanau_score` by the variables of the scope at hand."""
    dtype = processed_query.dtype
    v = get_variable("attention_v", [units], dtype=dtype)
    if not normalize:
        return bahdanau_score(processed_query, keys, v)
    g = get_variable(
        "attention_g", dtype=dtype, initializer=constant_initializer(python_math.sqrt(1 / units)), shape=()
    )
    b = get_variable("attention_b", [units], dtype=dtype, initializer=zeros_initializer())
    return bahdanau_score(processed_query, keys, v, g, b)


class BahdanauAttention(_BaseAttentionMechanism):
    """A sum over tanh of key and query, whose weights are normalized if `normalize`: https://arxiv.org/abs/1409.0473.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/BahdanauAttention
    """

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
        probability_fn: Probability | None = None, score_mask_value: Any = None, dtype: Any = None,
        custom_key_value_fn: Any = None, name: str = "BahdanauAttention",
    ) -> None:  # fmt: skip
        dtype = dtype or dtypes.float32
        super().__init__(
            query_layer=units_layer(num_units, "query_layer", dtype),
            memory_layer=units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=_stateless(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units, self._normalize, self._name = num_units, normalize, name

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments [batch, time] for `query` [batch, depth], and the next state: the alignments."""
        with variable_scope(None, "bahdanau_attention", [query]):
            processed = query if self._query_layer is None else self._query_layer(query)
            score = score_by_variables(processed, self._keys, self._num_units, self._normalize)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def hardmax(logits: Any, name: str | None = None) -> Tensor:
    """One where each row of `logits` is greatest, the first of equals, zero elsewhere.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/hardmax
    """
    with name_scope(name, "Hardmax", [logits]):
        logits = convert_to_tensor(logits, name="logits")
        known = None if logits.shape.ndims is None else logits.shape.as_list()[-1]
        depth = array.shape(logits)[-1] if known is None else known
        return array.one_hot(reduction.argmax(logits, -1), depth, dtype=logits.dtype)
