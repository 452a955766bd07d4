"""The cell that a search found: https://arxiv.org/abs/1611.01578, figure 8.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/NASCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add, relu
from ....ops.math import sigmoid, tanh
from ....ops.matmul import matmul
from ...initializers import zeros_initializer
from ...layers.input_spec import InputSpec
from ...rnn.cells import LayerRNNCell
from ...rnn.lstm import LSTMStateTuple
from .gates import cut


class NASCell(LayerRNNCell):
    """A NAS cell of `num_units`; with `num_proj` its output goes through a linear layer of that size."""

    def __init__(
        self, num_units: int, num_proj: int | None = None, use_bias: bool = False, reuse: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._num_proj, self._use_bias = num_units, num_proj, use_bias

    @property
    def state_size(self) -> LSTMStateTuple:
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> int:
        return self._num_proj or self._num_units

    def build(self, inputs_shape: Any) -> None:
        wide = 8 * self._num_units
        depth = self._depth(inputs_shape)
        self._recurrent_kernel = self.add_variable("recurrent_kernel", shape=[self.output_size, wide])
        self._kernel = self.add_variable("kernel", shape=[depth, wide])
        if self._use_bias:
            self._bias = self.add_variable("bias", shape=[wide], initializer=zeros_initializer())
        if self._num_proj is not None:
            self._projection = self.add_variable("projection_weights", shape=[self._num_units, self._num_proj])
        self.built = True

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, m = state
        from_state, from_inputs = matmul(m, self._recurrent_kernel), matmul(inputs, self._kernel)
        if self._use_bias:
            from_state = bias_add(from_state, self._bias)
        x, h = cut(from_inputs, 8), cut(from_state, 8)
        # The leaves of the tree, then each level up to its root.
        a = tanh(sigmoid(x[0] + h[0]) * relu(x[1] + h[1]))
        b = tanh(sigmoid(x[2] + h[2]) + relu(x[3] * h[3]))
        d = tanh(tanh(x[4] + h[4]) * sigmoid(x[5] + h[5]))
        e = sigmoid(tanh(x[6] + h[6]) + sigmoid(x[7] + h[7]))
        c = tanh(a + c) * b
        m = tanh(c * tanh(d + e))
        if self._num_proj is not None:
            m = matmul(m, self._projection)
        return m, LSTMStateTuple(c, m)
