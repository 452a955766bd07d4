"""Cells that take the whole sequence [time, batch, depth] at once.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/FusedRNNCell
"""

from __future__ import annotations

import abc
from typing import Any

from ....graph import nest
from ....graph.operation import Tensor
from ....graph.shape import TensorShape
from ....ops.array import sequence_mask, zeros
from ....ops.array import shape as shape_of
from ....ops.gather import gather_nd
from ....ops.joining import concat, stack, unstack
from ....ops.math import cast
from ....ops.node import convert_to_tensor, node
from ....ops.reduction import range as range_of
from ....ops.reduction import reduce_max
from ....ops.shaping import expand_dims, reverse, reverse_sequence, tile, transpose
from ...layers.base import Layer
from ...layers.input_spec import InputSpec
from ...rnn.dynamic import dynamic_rnn
from ...rnn.lstm import LSTMStateTuple
from ...rnn.static import static_rnn
from .block import lstm_weights


class FusedRNNCell(abc.ABC):
    """A recurrent network along a whole sequence: `outputs, state = cell(inputs, initial_state, …)`."""

    @abc.abstractmethod
    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None, scope: Any = None
    ) -> tuple[Any, Any]:
        """The outputs [time, batch, …] along `inputs` (also a list of [batch, …]), and the last state."""


class FusedRNNCellAdaptor(FusedRNNCell):
    """An ordinary cell as one of these, run by `dynamic_rnn` if `use_dynamic_rnn`, else by `static_rnn`."""

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell, self._use_dynamic_rnn = cell, use_dynamic_rnn

    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None, scope: Any = None
    ) -> tuple[Any, Any]:
        is_list = isinstance(inputs, list)
        options = {"initial_state": initial_state, "dtype": dtype, "sequence_length": sequence_length, "scope": scope}
        if self._use_dynamic_rnn:
            outputs, state = dynamic_rnn(self._cell, stack(inputs) if is_list else inputs, time_major=True, **options)
            return unstack(outputs) if is_list else outputs, state
        outputs, state = static_rnn(self._cell, inputs if is_list else unstack(inputs), **options)
        return outputs if is_list else stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """`cell` along the sequence backward, its outputs in the order of the inputs."""

    def __init__(self, cell: FusedRNNCell) -> None:
        self._cell = cell

    def __call__(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None, scope: Any = None
    ) -> tuple[Any, Any]:
        outputs, state = self._cell(
            _turned(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
            sequence_length=sequence_length, scope=scope,
        )  # fmt: skip
        return _turned(outputs, sequence_length), state


def _turned(sequence: Any, lengths: Any) -> Any:
    if isinstance(sequence, list):
        return unstack(_turned(stack(sequence), lengths))
    if lengths is None:
        return nest.map_structure(lambda t: reverse(t, [0]), sequence)
    return nest.map_structure(lambda t: reverse_sequence(t, lengths, seq_axis=0, batch_axis=1), sequence)


class LSTMBlockWrapper(Layer, abc.ABC):
    """A layer that runs an LSTM along [time, batch, depth].

    A subclass has `num_units`, makes its weights in `build`, and writes `_call_cell`.
    """

    @property
    @abc.abstractmethod
    def num_units(self) -> int:
        """The size of the state and of the output."""

    @abc.abstractmethod
    def _call_cell(
        self, inputs: Tensor, initial_cell_state: Tensor, initial_output: Tensor, dtype: Any, sequence_length: Any
    ) -> tuple[Tensor, Tensor]:
        """What the cell holds and its outputs at every step, each [time, batch, num_units]."""

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The outputs along `inputs`, as a list if that is one of [batch, depth], and the last state; see `call`."""
        if not isinstance(inputs, list):
            return super().__call__(inputs, *args, **kwargs)
        outputs, state = super().__call__(stack(inputs), *args, **kwargs)
        return unstack(outputs), state

    def call(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> tuple[Tensor, LSTMStateTuple]:
        """The outputs along `inputs` [time, batch, depth] and the last state; see `tf.nn.dynamic_rnn`.

        Raises:
          ValueError: inputs that are not of rank 3, or with neither a state nor a dtype.
        """
        time, batch, _ = inputs.shape.with_rank(3).as_list()
        batch = shape_of(inputs)[1] if batch is None else batch
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            start = zeros(stack([batch, self.num_units]), dtype=dtype)
            c, h = start, start
        else:
            if len(initial_state) != 2:
                raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
            c, h = initial_state
            dtype = c.dtype if dtype is None else dtype
        if sequence_length is not None:
            sequence_length = convert_to_tensor(sequence_length)
        cells, outputs = self._call_cell(inputs, c, h, dtype, sequence_length)
        if sequence_length is None:
            last = LSTMStateTuple(cells[-1], outputs[-1])
        else:
            steps = shape_of(inputs)[0] if time is None else time
            mask = expand_dims(transpose(sequence_mask(sequence_length, steps, dtype=dtype), [1, 0]), [-1])
            outputs = outputs * tile(mask, [1, 1, self.num_units])
            last = LSTMStateTuple(
                _at_the_end(c, cells, sequence_length, batch), _at_the_end(h, outputs, sequence_length, batch)
            )
        return outputs, last


def _at_the_end(start: Tensor, steps: Tensor, lengths: Tensor, batch: Any) -> Tensor:
    """What each example had after its last step; `start` if its length is 0."""
    all_steps = concat([expand_dims(start, [0]), steps], 0)
    return gather_nd(all_steps, stack([lengths, cast(range_of(0, batch), lengths.dtype)], axis=1))


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """An LSTM of `num_units` along a sequence in one op, with the weights of `tf.nn.rnn_cell.LSTMCell`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/LSTMBlockFusedCell
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None, use_peephole: bool = False,
        reuse: Any = None, dtype: Any = None, name: Any = "lstm_fused_cell",
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=3)
        self._num_units, self._forget_bias = num_units, forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    @property
    def num_units(self) -> int:
        return self._num_units

    def build(self, input_shape: Any) -> None:
        depth = TensorShape(input_shape).as_list()[2]
        self._kernel, self._bias, self._peepholes = lstm_weights(self, depth, self._num_units, self._use_peephole)
        self.built = True

    def _call_cell(
        self, inputs: Tensor, initial_cell_state: Tensor, initial_output: Tensor, dtype: Any, sequence_length: Any
    ) -> tuple[Tensor, Tensor]:
        peepholes = list(self._peepholes.values()) or [zeros([self._num_units], dtype=dtype)] * 3
        if sequence_length is None:
            steps = inputs.shape.as_list()[0]
            steps = shape_of(inputs)[0] if steps is None else steps
        else:
            steps = reduce_max(sequence_length)
        found = node(
            "BlockLSTM", cast(steps, "int64"), inputs, initial_cell_state, initial_output, self._kernel, *peepholes,
            self._bias, forget_bias=self._forget_bias, cell_clip=self._cell_clip, use_peephole=self._use_peephole,
        )  # fmt: skip
        return found.cs, found.h
