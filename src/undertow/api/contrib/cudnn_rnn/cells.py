"""Cells that do what a cuDNN layer does, with the weights it saves.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/cudnn_rnn/CudnnCompatibleLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat
from ....ops.math import sigmoid
from ....ops.matmul import matmul
from ...initializers import constant_initializer, zeros_initializer
from ...rnn.cells import GRUCell
from ..rnn.block import LSTMBlockCell
from ..rnn.gates import cut


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """An LSTM of `num_units` without a forget bias of its own."""

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(
            num_units, forget_bias=0, cell_clip=None, use_peephole=False, reuse=reuse,
            name="cudnn_compatible_lstm_cell",
        )  # fmt: skip


class CudnnCompatibleGRUCell(GRUCell):
    """A GRU of `num_units` that resets what the state becomes, not the state: the candidate's biases are two.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/cudnn_rnn/CudnnCompatibleGRUCell
    """

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(num_units, activation=None, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape: Any) -> None:
        n, depth, spread = self._num_units, self._depth(inputs_shape), self._kernel_initializer
        self._gate_kernel = self.add_variable("gates/kernel", [depth + n, 2 * n], initializer=spread)
        self._gate_bias = self.add_variable(
            "gates/bias", [2 * n], initializer=self._bias_initializer or constant_initializer(1.0, dtype=self.dtype)
        )
        start = self._bias_initializer or zeros_initializer(dtype=self.dtype)
        sides = {"candidate/input_projection": depth, "candidate/hidden_projection": n}
        self._kernels = [self.add_variable(f"{k}/kernel", [d, n], initializer=spread) for k, d in sides.items()]
        self._biases = [self.add_variable(f"{k}/bias", [n], initializer=start) for k in sides]
        self.built = True

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        gates = bias_add(matmul(concat([inputs, state], 1), self._gate_kernel), self._gate_bias)
        r, u = cut(sigmoid(gates), 2)
        of_inputs, of_state = (
            bias_add(matmul(seen, kernel), bias)
            for seen, kernel, bias in zip((inputs, state), self._kernels, self._biases)
        )
        state = (1 - u) * self._activation(of_inputs + r * of_state) + u * state
        return state, state
