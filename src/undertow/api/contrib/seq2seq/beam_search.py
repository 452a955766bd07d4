"""Decoding the likeliest sequences.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/BeamSearchDecoder
"""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from ....graph import dtypes, nest
from ....graph.operation import Tensor
from ....graph.scopes import name_scope
from ....graph.shape import TensorShape
from ....ops import array, math, reduction, shaping
from ....ops.beam_search import gather_tree
from ....ops.cond import cond
from ....ops.constant import constant
from ....ops.constant_value import constant_value
from ....ops.joining import concat
from ....ops.node import convert_to_tensor
from ....ops.tensor_array import TensorArray
from ...rnn.cells import assert_like_rnncell
from ...rnn.sizes import as_shape
from .basic_decoder import check_output_layer, rnn_output_size
from .beam_step import BeamSearchDecoderOutput as BeamSearchDecoderOutput
from .beam_step import BeamSearchDecoderState as BeamSearchDecoderState
from .beam_step import beam_search_step, get_attention_probs
from .beams import check_ndims, sorted_array
from .decoder import Decoder
from .helpers import embedding_function


class FinalBeamSearchDecoderOutput(
    collections.namedtuple("FinalBeamDecoderOutput", ("predicted_ids", "beam_search_decoder_output"))
):
    """The words of each beam, [batch, time, beam] (time first if asked for), the best beam first; and every step's."""


class BeamSearchDecoder(Decoder):
    """Keeps the `beam_width` best beginnings at every step; the rest is as in `GreedyEmbeddingHelper`.

    The cell's state and an attention's memory are of batch * beam rows: `tile_batch` makes them. A beam's score is its
    log probability over `((5 + length) / 6) ** length_penalty_weight`, plus `coverage_penalty_weight` times how little
    of the memory a finished beam has looked at. With `reorder_tensor_arrays` TensorArrays of the state are given
    stacked, sorted as the beams ended. `TypeError` or `ValueError` for arguments of other types and shapes.
    """

    def __init__(
        self, cell: Any, embedding: Any, start_tokens: Any, end_token: Any, initial_state: Any, beam_width: int,
        output_layer: Any = None, length_penalty_weight: Any = 0.0, coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:  # fmt: skip
        assert_like_rnncell("cell", cell)
        check_output_layer(output_layer)
        self._cell, self._output_layer = cell, output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = array.size(start_tokens)
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        self._initial_cell_state = nest.map_structure(self._maybe_split_batch_beams, initial_state, cell.state_size)
        self._start_tokens = shaping.tile(shaping.expand_dims(self._start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = array.one_hot(
            array.zeros([self._batch_size], dtype=dtypes.int32),
            depth=beam_width,
            on_value=False,
            off_value=True,
            dtype=dtypes.bool,
        )

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """Yes: the beams change places."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        shape = TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(scores=shape, predicted_ids=shape, parent_ids=shape)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        scores = nest.map_structure(lambda _: dtype, rnn_output_size(self._cell, self._output_layer))
        return BeamSearchDecoderOutput(scores=scores, predicted_ids=dtypes.int32, parent_ids=dtypes.int32)

    def initialize(self, name: str | None = None) -> Any:
        """`(finished, first inputs, first state)`. Only the first beam is alive, for all are the same."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        log_probs = array.one_hot(
            array.zeros([self._batch_size], dtype=dtypes.int32),
            depth=self._beam_width,
            on_value=constant(0.0, dtype=dtype),
            off_value=constant(-np.inf, dtype=dtype),
            dtype=dtype,
        )
        attended = get_attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=array.zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if attended is None else attended,
        )
        return self._finished, self._start_inputs, state

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """`(outputs, next state, next inputs, finished)`."""
        sizes = self._cell.state_size
        with name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
            inputs = nest.map_structure(lambda part: self._merge_batch_beams(part, part.shape[2:]), inputs)
            cell_state = nest.map_structure(self._maybe_merge_batch_beams, state.cell_state, sizes)
            outputs, next_cell_state = self._cell(inputs, cell_state)
            outputs = nest.map_structure(lambda part: self._split_batch_beams(part, part.shape[1:]), outputs)
            next_cell_state = nest.map_structure(self._maybe_split_batch_beams, next_cell_state, sizes)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            found, next_state = beam_search_step(
                time=time,
                logits=outputs,
                next_cell_state=next_cell_state,
                beam_state=state,
                batch_size=self._batch_size,
                beam_width=self._beam_width,
                end_token=self._end_token,
                length_penalty_weight=self._length_penalty_weight,
                coverage_penalty_weight=self._coverage_penalty_weight,
            )
            finished = next_state.finished
            next_inputs = cond(
                reduction.reduce_all(finished),
                lambda: self._start_inputs,
                lambda: self._embedding_fn(found.predicted_ids),
            )
        return found, next_state, next_inputs, finished

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """The beams followed back from their ends, and the final state."""
        longest = math.cast(reduction.reduce_max(final_state.lengths, axis=1), dtypes.int32)
        words = gather_tree(
            outputs.predicted_ids, outputs.parent_ids, max_sequence_lengths=longest, end_token=self._end_token
        )
        if self._reorder_tensor_arrays:
            cell_state = nest.map_structure(
                lambda part: sorted_array(
                    part, self._batch_size, self._beam_width, outputs.parent_ids, final_state.lengths
                ),
                final_state.cell_state,
            )
            final_state = final_state._replace(cell_state=cell_state)
        return FinalBeamSearchDecoderOutput(words, outputs), final_state

    # [batch * beam, …] and [batch, beam, …]

    def _merge_batch_beams(self, t: Tensor, s: Any = None) -> Tensor:
        size = as_shape(s)
        shape = array.shape(t)
        result = shaping.reshape(t, concat([[self._batch_size * self._beam_width], shape[2:]], 0))
        batch = self._known_batch()
        merged = None if batch is None else batch * self._beam_width
        result.set_shape(TensorShape([merged]).concatenate(size))
        return result

    def _split_batch_beams(self, t: Tensor, s: Any = None) -> Tensor:
        size = as_shape(s)
        shape = array.shape(t)
        result = shaping.reshape(t, concat([[self._batch_size, self._beam_width], shape[1:]], 0))
        expected = TensorShape([self._known_batch(), self._beam_width]).concatenate(size)
        if not result.shape.is_compatible_with(expected):
            raise ValueError(
                "Unexpected behavior when reshaping between beam width and batch size.  The reshaped tensor has shape: "
                f"{result.shape}.  We expected it to have shape (batch_size, beam_width, depth) == {expected}.  "
                "Perhaps you forgot to create a zero_state with batch_size=encoder_batch_size * beam_width?"
            )
        result.set_shape(expected)
        return result

    def _known_batch(self) -> int | None:
        value = constant_value(self._batch_size)
        return None if value is None else int(value)

    def _maybe_split_batch_beams(self, t: Any, s: Any) -> Any:
        return t if _is_whole(t) else self._split_batch_beams(t, s)

    def _maybe_merge_batch_beams(self, t: Any, s: Any) -> Any:
        return t if _is_whole(t) else self._merge_batch_beams(t, s)


def _is_whole(t: Any) -> bool:
    """Whether it is one for all beams: a TensorArray or a scalar. `ValueError` if the rank is not known."""
    if isinstance(t, TensorArray):
        return True
    check_ndims(t)
    return t.shape.ndims < 1
