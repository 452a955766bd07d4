"""Cells that TensorFlow did in one op. Here they are the plain cells, with the names and weights of those.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/LSTMBlockCell
"""

from __future__ import annotations

from typing import Any

from ...initializers import constant_initializer
from ...rnn.cells import GRUCell
from ...rnn.lstm import LSTMCell


class LSTMBlockCell(LSTMCell):
    """An LSTM of `num_units`, whose state is kept within `cell_clip` if that is above zero."""

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None, use_peephole: bool = False,
        dtype: Any = None, reuse: Any = None, name: Any = "lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(
            num_units, use_peepholes=use_peephole, cell_clip=cell_clip if cell_clip and cell_clip > 0 else None,
            forget_bias=forget_bias, reuse=reuse, name=name, dtype=dtype,
        )  # fmt: skip


class GRUBlockCellV2(GRUCell):
    """A GRU of `num_units`, with the weights of `tf.nn.rnn_cell.GRUCell`. `ValueError` if no size is told."""

    def __init__(
        self, num_units: int | None = None, cell_size: int | None = None, reuse: Any = None, name: Any = "gru_cell"
    ) -> None:
        if num_units is None and cell_size is None:
            raise ValueError("num_units must be specified")
        super().__init__(num_units or cell_size or 0, reuse=reuse, name=name)


class GRUBlockCell(GRUBlockCellV2):
    """The same with weights of older names: `w_ru`, `b_ru`, `w_c`, `b_c`."""

    def build(self, inputs_shape: Any) -> None:
        n = self._num_units
        rows = self._depth(inputs_shape) + n
        self._gate_kernel = self.add_variable("w_ru", [rows, 2 * n])
        self._gate_bias = self.add_variable("b_ru", [2 * n], initializer=constant_initializer(1.0))
        self._candidate_kernel = self.add_variable("w_c", [rows, n])
        self._candidate_bias = self.add_variable("b_c", [n], initializer=constant_initializer(0.0))
        self.built = True
