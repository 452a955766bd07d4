"""A decoder that takes a cell's output, samples from it, and goes on as its helper says.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/seq2seq/BasicDecoder
"""

from __future__ import annotations

import collections
from typing import Any

from ....graph import nest
from ....graph.scopes import name_scope
from ....graph.shape import TensorShape
from ...layers.engine import Layer
from ...rnn.cells import assert_like_rnncell
from ...rnn.sizes import as_shape
from .decoder import Decoder
from .helpers import Helper


class BasicDecoderOutput(collections.namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """What a step gives: the cell's output, after the output layer, and what was sampled from it."""


def check_output_layer(layer: Any) -> None:
    """`TypeError` unless it is a layer or None."""
    if layer is not None and not isinstance(layer, Layer):
        raise TypeError(f"output_layer must be a Layer, received: {type(layer)}")


def rnn_output_size(cell: Any, layer: Any) -> Any:
    """The size of the cell's output after the output layer."""
    if layer is None:
        return cell.output_size

    def after(size: Any) -> TensorShape:
        return layer.compute_output_shape(TensorShape([None]).concatenate(as_shape(size)))[1:]

    return nest.map_structure(after, cell.output_size)


class BasicDecoder(Decoder):
    """`cell`, started from `initial_state`, fed as `helper` says; `output_layer` comes before sampling.

    `TypeError` for arguments of other types.
    """

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None) -> None:
        assert_like_rnncell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        check_output_layer(output_layer)
        self._cell, self._helper = cell, helper
        self._initial_state, self._output_layer = initial_state, output_layer

    @property
    def batch_size(self) -> Any:
        return self._helper.batch_size

    def _rnn_output_size(self) -> Any:
        return rnn_output_size(self._cell, self._output_layer)

    @property
    def output_size(self) -> BasicDecoderOutput:
        return BasicDecoderOutput(rnn_output=self._rnn_output_size(), sample_id=self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        dtype = nest.flatten(self._initial_state)[0].dtype
        outputs = nest.map_structure(lambda _: dtype, self._rnn_output_size())
        return BasicDecoderOutput(outputs, self._helper.sample_ids_dtype)

    def initialize(self, name: str | None = None) -> Any:
        """`(finished, first inputs, first state)`."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """`(outputs, next state, next inputs, finished)`."""
        with name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, inputs, state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )
        return BasicDecoderOutput(outputs, sample_ids), state, inputs, finished
