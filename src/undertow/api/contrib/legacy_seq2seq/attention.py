"""Decoders that attend to the states of an encoder: https://arxiv.org/abs/1412.7449.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/legacy_seq2seq/attention_decoder
"""

from __future__ import annotations

from typing import Any

from ....graph import dtypes, nest
from ....graph.operation import Tensor
from ....ops import array, math, reduction, shaping
from ....ops.conv import conv2d
from ....ops.embedding import embedding_lookup
from ....ops.joining import concat, stack
from ....ops.softmax import softmax
from ...get_variable import get_variable
from ...variable_scope import get_variable_scope, variable_scope
from ..rnn.linear import linear
from .decoders import Loop, check_projection, likeliest_embedded, looped


class _Attention:
    """Heads that each read of the states [batch, length, size] what a query asks for."""

    def __init__(self, states: Tensor, size: int, heads: int, dtype: Any) -> None:
        known = states.shape.as_list()[1]
        self._length = array.shape(states)[1] if known is None else known
        self.size, self._dtype = size, dtype
        self._hidden = shaping.reshape(states, [-1, self._length, 1, self.size])
        self._features, self._weights = [], []
        for head in range(heads):
            kernel = get_variable(f"AttnW_{head}", [1, 1, self.size, self.size], dtype=dtype)
            self._features.append(conv2d(self._hidden, kernel, [1, 1, 1, 1], "SAME"))
            self._weights.append(get_variable(f"AttnV_{head}", [self.size], dtype=dtype))

    def nothing(self, batch_size: Any) -> list[Tensor]:
        """What was read before the first step: zeros."""
        shape = stack([batch_size, self.size])
        read = [array.zeros(shape, dtype=self._dtype) for _ in self._features]
        for tensor in read:
            tensor.set_shape([None, self.size])
        return read

    def __call__(self, query: Any) -> list[Tensor]:
        if nest.is_nested(query):
            query = concat(nest.flatten(query), 1)
        read = []
        for head, (features, weights) in enumerate(zip(self._features, self._weights)):
            with variable_scope(f"Attention_{head}"):
                asked = shaping.reshape(linear(query, self.size), [-1, 1, 1, self.size])
                asked = math.cast(asked, self._dtype)
                score = reduction.reduce_sum(weights * math.tanh(features + asked), [2, 3])
                shares = math.cast(softmax(math.cast(score, dtypes.float32)), self._dtype)
                shares = shaping.reshape(shares, [-1, self._length, 1, 1])
                read.append(shaping.reshape(reduction.reduce_sum(shares * self._hidden, [1, 2]), [-1, self.size]))
        return read


def attention_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: Loop | None = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`rnn_decoder` with `num_heads` of attention to `attention_states` [batch, length, size].

    The cell's input is a linear layer of the input and of what was read before (zeros at first, or what
    `initial_state` asks for if `initial_state_attention`); the output one of the cell's and of what its state asks
    for, of `output_size` (the cell's). `ValueError` for no inputs, no heads, or sizes that are not known.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    size = None if attention_states.shape.ndims is None else attention_states.shape.as_list()[2]
    if size is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    output_size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "attention_decoder", dtype=dtype) as varscope:
        batch_size = array.shape(decoder_inputs[0])[0]
        attention = _Attention(attention_states, size, num_heads, varscope.dtype)
        state, outputs, previous = initial_state, [], None
        read = attention.nothing(batch_size)
        if initial_state_attention:
            read = attention(initial_state)
        for i, given in enumerate(decoder_inputs):
            if i > 0:
                get_variable_scope().reuse_variables()
            now = looped(loop_function, previous, i, given)
            output, state = cell(linear([now, *read], _input_size(now)), state)
            if i == 0 and initial_state_attention:  # what the initial state asked has made the variables
                with variable_scope(get_variable_scope(), reuse=True):
                    read = attention(state)
            else:
                read = attention(state)
            with variable_scope("AttnOutputProjection"):
                output = linear([math.cast(output, varscope.dtype), *read], output_size)
            if loop_function is not None:
                previous = output
            outputs.append(output)
    return outputs, state


def _input_size(tensor: Tensor) -> int:
    size = None if tensor.shape.ndims is None else tensor.shape.with_rank(2).as_list()[1]
    if size is None:
        raise ValueError(f"Could not infer input size from input: {tensor.name}")
    return size


def embedding_attention_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`attention_decoder` of the embeddings of the list `decoder_inputs` (int [batch]).

    For the other arguments see there and `embedding_rnn_decoder`.
    """
    output_size = cell.output_size if output_size is None else output_size
    check_projection(output_projection, num_symbols, None, weights_too=False)
    with variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        loop = likeliest_embedded(embedding, output_projection, update_embedding_for_previous)
        return attention_decoder(
            [embedding_lookup(embedding, symbols) for symbols in decoder_inputs],
            initial_state,
            attention_states,
            cell,
            output_size=output_size,
            num_heads=num_heads,
            loop_function=loop if feed_previous else None,
            initial_state_attention=initial_state_attention,
        )
