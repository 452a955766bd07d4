"""Cells whose step is one op.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/LSTMBlockCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.node import node
from ....ops.recurrent import lstm_block_cell
from ...initializers import constant_initializer
from ...layers.input_spec import InputSpec
from ...rnn.cells import LayerRNNCell
from ...rnn.lstm import LSTMStateTuple


class LSTMBlockCell(LayerRNNCell):
    """An LSTM of `num_units`, with the weights of `tf.nn.rnn_cell.LSTMCell`.

    Its state is kept within `cell_clip` if that is above zero.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None, use_peephole: bool = False,
        dtype: Any = None, reuse: Any = None, name: Any = "lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._forget_bias = num_units, forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    @property
    def state_size(self) -> LSTMStateTuple:
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        self._kernel, self._bias, self._peepholes = lstm_weights(
            self, self._depth(inputs_shape), self._num_units, self._use_peephole
        )
        self.built = True

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = state
        step = lstm_block_cell(
            inputs, c, h, self._kernel, self._bias, **self._peepholes, forget_bias=self._forget_bias,
            cell_clip=self._cell_clip, use_peephole=self._use_peephole,
        )  # fmt: skip
        return step.h, LSTMStateTuple(step.cs, step.h)


def lstm_weights(layer: Any, depth: int | None, units: int, use_peephole: bool) -> tuple[Any, Any, dict[str, Any]]:
    """The kernel, the bias and, if asked for, the peepholes of i, f and o by their names in the ops.

    `ValueError` if the inputs' depth is not known.
    """
    if depth is None:
        raise ValueError("Expecting inputs whose last dimension is known.")
    kernel = layer.add_variable("kernel", [depth + units, 4 * units])
    bias = layer.add_variable("bias", [4 * units], initializer=constant_initializer(0.0))
    return kernel, bias, {f"wc{gate}": layer.add_variable(f"w_{gate}_diag", [units]) for gate in "ifo" if use_peephole}


class GRUBlockCell(LayerRNNCell):
    """A GRU of `num_units`, with the weights `w_ru`, `b_ru`, `w_c` and `b_c`. `ValueError` unless one size is told.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/GRUBlockCell
    """

    _names = "w_ru", "b_ru", "w_c", "b_c"

    def __init__(
        self, num_units: int | None = None, cell_size: int | None = None, reuse: Any = None, name: Any = "gru_cell"
    ) -> None:
        super().__init__(_reuse=reuse, name=name)
        if (num_units is None) == (cell_size is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size = num_units or cell_size or 0
        self.input_spec = InputSpec(ndim=2)

    @property
    def state_size(self) -> int:
        return self._cell_size

    @property
    def output_size(self) -> int:
        return self._cell_size

    def build(self, inputs_shape: Any) -> None:
        n = self._cell_size
        rows = self._depth(inputs_shape) + n
        w_ru, b_ru, w_c, b_c = self._names
        self._gate_kernel = self.add_variable(w_ru, [rows, 2 * n])
        self._gate_bias = self.add_variable(b_ru, [2 * n], initializer=constant_initializer(1.0))
        self._candidate_kernel = self.add_variable(w_c, [rows, n])
        self._candidate_bias = self.add_variable(b_c, [n], initializer=constant_initializer(0.0))
        self.built = True

    def call(self, inputs: Tensor, h_prev: Tensor) -> tuple[Tensor, Tensor]:
        step = node(
            "GRUBlockCell", inputs, h_prev, self._gate_kernel, self._candidate_kernel, self._gate_bias,
            self._candidate_bias,
        )  # fmt: skip
        return step.h, step.h


class GRUBlockCellV2(GRUBlockCell):
    """The same with the names that `tf.nn.rnn_cell.GRUCell` gives its weights."""

    _names = "gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"
