"""Models of an encoder and a decoder.

Where `feed_previous` is a bool tensor, both ways are in the graph, of the same variables, and a run takes one.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/legacy_seq2seq/embedding_rnn_seq2seq
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ....graph import dtypes, nest
from ....ops.cond import cond
from ....ops.embedding import embedding_lookup
from ....ops.joining import concat
from ....ops.shaping import reshape
from ...get_variable import get_variable
from ...rnn.static import static_rnn
from ...variable_scope import get_variable_scope, variable_scope
from ..rnn.projections import EmbeddingWrapper, OutputProjectionWrapper
from .attention import embedding_attention_decoder
from .decoders import Loop, check_projection, embedding_rnn_decoder, likeliest_embedded, rnn_decoder

Decoded = tuple[list[Any], Any]


def basic_rnn_seq2seq(
    encoder_inputs: list[Any], decoder_inputs: list[Any], cell: Any, dtype: Any = dtypes.float32, scope: Any = None
) -> Decoded:
    """Run a copy of `cell` along `encoder_inputs`, and `cell` from its last state along `decoder_inputs`.

    Both are lists of tensors [batch, size]. The outputs of the decoder, and its last state.
    """
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    loop_function: Loop | None = None,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> Decoded:
    """`basic_rnn_seq2seq` whose encoder and decoder are the same cell; for `loop_function` see `rnn_decoder`."""
    with variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def _either_way(feed_previous: Any, count: int, decode: Callable[[bool, bool], Decoded]) -> Decoded:
    """`decode(feed_previous, update_embedding)` of a bool; of a tensor, both ways of it under a `cond`."""
    if isinstance(feed_previous, bool):
        return decode(feed_previous, True)
    structures = []

    def branch(previous: bool) -> list[Any]:
        with variable_scope(get_variable_scope(), reuse=None if previous else True):
            outputs, state = decode(previous, False)
        structures.append(state)
        return [*outputs, *nest.flatten(state)]

    found = cond(feed_previous, lambda: branch(True), lambda: branch(False))
    return found[:count], nest.pack_sequence_as(structures[0], found[count:])


def _encoded(cell: Any, inputs: list[Any], num_symbols: int, embedding_size: int, dtype: Any) -> Decoded:
    """What the encoder gives of the embeddings of `inputs`, and its last state."""
    return static_rnn(EmbeddingWrapper(cell, num_symbols, embedding_size), inputs, dtype=dtype)


def embedding_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Decoded:
    """`basic_rnn_seq2seq` of the embeddings of lists of symbols (int [batch]).

    The outputs are logits [batch, num_decoder_symbols], or the cell's outputs if there is an `output_projection`. For
    that and `feed_previous` see `embedding_rnn_decoder`.
    """
    with variable_scope(scope or "embedding_rnn_seq2seq") as varscope:
        dtype = _dtype_of(varscope, dtype)
        _, state = _encoded(copy.deepcopy(cell), encoder_inputs, num_encoder_symbols, embedding_size, dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
        return _either_way(
            feed_previous,
            len(decoder_inputs),
            lambda previous, update: embedding_rnn_decoder(
                decoder_inputs, state, cell, num_decoder_symbols, embedding_size, output_projection, previous, update
            ),
        )


def _dtype_of(varscope: Any, dtype: Any) -> Any:
    """The dtype told, for the scope too, or else the scope's."""
    if dtype is not None:
        varscope.set_dtype(dtype)
    return varscope.dtype


def embedding_tied_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Decoded:
    """`embedding_rnn_seq2seq` whose encoder and decoder share the cell and the embedding.

    The outputs are of `num_decoder_symbols`, all of `num_symbols` if that is None.
    """
    with variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as varscope:
        dtype = varscope.dtype
        check_projection(output_projection, num_symbols, dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        encoded, decoded = (
            [embedding_lookup(embedding, symbols) for symbols in inputs] for inputs in (encoder_inputs, decoder_inputs)
        )
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols or num_symbols)

        def decode(previous: bool, update: bool) -> Decoded:
            loop = likeliest_embedded(embedding, output_projection, update) if previous else None
            return tied_rnn_seq2seq(encoded, decoded, cell, loop_function=loop, dtype=dtype)

        return _either_way(feed_previous, len(decoder_inputs), decode)


def embedding_attention_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Decoded:
    """`embedding_rnn_seq2seq` whose decoder attends to all outputs of the encoder; see `attention_decoder`."""
    with variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as varscope:
        encoded, state = _encoded(
            copy.deepcopy(cell), encoder_inputs, num_encoder_symbols, embedding_size, varscope.dtype
        )
        states = concat([reshape(output, [-1, 1, cell.output_size]) for output in encoded], 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols
        return _either_way(
            feed_previous,
            len(decoder_inputs),
            lambda previous, update: embedding_attention_decoder(
                decoder_inputs,
                state,
                states,
                cell,
                num_decoder_symbols,
                embedding_size,
                num_heads=num_heads,
                output_size=output_size,
                output_projection=output_projection,
                feed_previous=previous,
                update_embedding_for_previous=update,
                initial_state_attention=initial_state_attention,
            ),
        )


def one2many_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs_dict: dict[str, list[Any]],
    enc_cell: Any,
    dec_cells_dict: dict[str, Any],
    num_encoder_symbols: int,
    num_decoder_symbols_dict: dict[str, int],
    embedding_size: int,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """One encoder and several decoders by name: the outputs and the last states by name.

    `ValueError` if the names of inputs and cells differ, `TypeError` for a cell that is none.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/legacy_seq2seq/one2many_rnn_seq2seq
    """
    if dec_cells_dict.keys() != decoder_inputs_dict.keys():
        raise ValueError("keys of dec_cells_dict != keys of decodre_inputs_dict")
    for what, cell in [("enc_cell", enc_cell), *(("dec_cell", cell) for cell in dec_cells_dict.values())]:
        if not hasattr(cell, "state_size"):
            raise TypeError(f"{what} is not an RNNCell: {type(cell)}")
    outputs, states = {}, {}
    with variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as varscope:
        _, state = _encoded(enc_cell, encoder_inputs, num_encoder_symbols, embedding_size, varscope.dtype)
        for name, inputs in decoder_inputs_dict.items():
            symbols = num_decoder_symbols_dict[name]
            with variable_scope(f"one2many_decoder_{name}"):
                cell = OutputProjectionWrapper(dec_cells_dict[name], symbols)

                def decode(
                    previous: bool, _: bool, inputs: Any = inputs, cell: Any = cell, symbols: int = symbols
                ) -> Decoded:
                    return embedding_rnn_decoder(
                        inputs, state, cell, symbols, embedding_size, feed_previous=previous
                    )  # fmt: skip

                outputs[name], states[name] = _either_way(feed_previous, len(inputs), decode)
    return outputs, states
