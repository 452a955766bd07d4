"""Decoders along a list of inputs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/legacy_seq2seq/rnn_decoder
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ....ops.activation import xw_plus_b
from ....ops.array import stop_gradient
from ....ops.embedding import embedding_lookup
from ....ops.node import convert_to_tensor
from ....ops.reduction import argmax
from ...get_variable import get_variable
from ...variable_scope import get_variable_scope, variable_scope

Loop = Callable[[Any, int], Any]


def likeliest_embedded(embedding: Any, output_projection: Any = None, update_embedding: bool = True) -> Loop:
    """A function of an output and the step: the embedding of the likeliest symbol.

    The output goes through `output_projection` (W, B) first, if there is one. Unless `update_embedding` no gradient
    goes into the embedding.
    """

    def loop(previous: Any, _: int) -> Any:
        if output_projection is not None:
            previous = xw_plus_b(previous, output_projection[0], output_projection[1])
        embedded = embedding_lookup(embedding, argmax(previous, 1))
        return embedded if update_embedding else stop_gradient(embedded)

    return loop


def looped(loop_function: Loop | None, previous: Any, i: int, given: Any) -> Any:
    """The input of step `i`: the one that is given, or what `loop_function` makes of the output before."""
    if loop_function is None or previous is None:
        return given
    with variable_scope("loop_function", reuse=True):
        return loop_function(previous, i)


def rnn_decoder(
    decoder_inputs: Iterable[Any], initial_state: Any, cell: Any, loop_function: Loop | None = None, scope: Any = None
) -> tuple[list[Any], Any]:
    """Run `cell` from `initial_state` along the list `decoder_inputs` [batch, size]: the outputs, and the last state.

    `loop_function(previous output, i)` makes the input of every step but the first.
    """
    with variable_scope(scope or "rnn_decoder"):
        state, outputs, previous = initial_state, [], None
        for i, given in enumerate(decoder_inputs):
            now = looped(loop_function, previous, i, given)
            if i > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(now, state)
            outputs.append(output)
            if loop_function is not None:
                previous = output
        return outputs, state


def check_projection(output_projection: Any, num_symbols: int, dtype: Any, weights_too: bool = True) -> None:
    """`ValueError` unless the pair's weights are [any, num_symbols] and its biases [num_symbols]."""
    if output_projection is None:
        return
    weights, biases = (convert_to_tensor(part, dtype=dtype) for part in output_projection)
    if weights_too:
        weights.shape.assert_is_compatible_with([None, num_symbols])
    biases.shape.assert_is_compatible_with([num_symbols])


def embedding_rnn_decoder(
    decoder_inputs: Iterable[Any],
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """`rnn_decoder` of the embeddings, of `embedding_size`, of the list `decoder_inputs` (int [batch]).

    With `feed_previous` only the first input is used; every other is the likeliest symbol of the output before, after
    `output_projection` (W [size, num_symbols], B [num_symbols]) if there is one. `ValueError` if that is of other
    shapes.
    """
    with variable_scope(scope or "embedding_rnn_decoder") as varscope:
        check_projection(output_projection, num_symbols, varscope.dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        loop = likeliest_embedded(embedding, output_projection, update_embedding_for_previous)
        embedded = (embedding_lookup(embedding, symbols) for symbols in decoder_inputs)  # each in its step's scope
        return rnn_decoder(embedded, initial_state, cell, loop if feed_previous else None)
