"""Cells that take the whole sequence [time, batch, depth] at once.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/FusedRNNCell
"""

from __future__ import annotations

import abc
from typing import Any

from ....graph import nest
from ....ops.joining import stack, unstack
from ....ops.node import convert_to_tensor
from ....ops.shaping import reverse, reverse_sequence
from ...layers.base import Layer
from ...layers.input_spec import InputSpec
from ...rnn.dynamic import dynamic_rnn
from ...rnn.static import static_rnn
from .block import LSTMBlockCell


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
        outputs, state = self._cell(_turned(inputs, sequence_length), initial_state, dtype, sequence_length, scope)
        return _turned(outputs, sequence_length), state


def _turned(sequence: Any, lengths: Any) -> Any:
    if isinstance(sequence, list):
        return unstack(_turned(stack(sequence), lengths))
    if lengths is None:
        return nest.map_structure(lambda t: reverse(t, [0]), sequence)
    return nest.map_structure(lambda t: reverse_sequence(t, lengths, seq_axis=0, batch_axis=1), sequence)


class LSTMBlockWrapper(Layer):
    """A layer that runs an LSTM along [time, batch, depth]; subclasses make the weights."""

    def call(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> tuple[Any, Any]:
        """The outputs [time, batch, num_units] and the last state; see `tf.nn.dynamic_rnn`."""
        raise NotImplementedError("Abstract method")


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """An LSTM of `num_units` along inputs [time, batch, depth], or a list of [batch, depth].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/LSTMBlockFusedCell
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None, use_peephole: bool = False,
        reuse: Any = None, dtype: Any = None, name: Any = "lstm_fused_cell",
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=3)
        self._num_units = num_units
        self._use_peephole = use_peephole
        self._step = LSTMBlockCell(num_units, forget_bias, cell_clip, use_peephole, dtype=dtype)

    @property
    def num_units(self) -> int:
        return self._num_units

    def build(self, input_shape: Any) -> None:
        step = self._step  # whose weights are this layer's
        step.add_weight = self.add_weight  # type: ignore[method-assign]
        step._dtype = self._dtype
        step.build(input_shape)
        self.built = True

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(inputs, list):
            return super().__call__(convert_to_tensor(inputs), *args, **kwargs)
        outputs, state = super().__call__(stack(inputs), *args, **kwargs)
        return unstack(outputs), state

    def call(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> tuple[Any, Any]:
        if initial_state is None and dtype is None:
            raise ValueError("Either initial_state or dtype needs to be specified")
        return dynamic_rnn(
            self._step, inputs, sequence_length=sequence_length, initial_state=initial_state, dtype=dtype,
            time_major=True,
        )  # fmt: skip
