"""An LSTM that forgets as much as it takes in: https://arxiv.org/abs/1503.04069.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/CoupledInputForgetGateLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat
from ....ops.math import sigmoid, tanh
from ....ops.matmul import matmul
from ....ops.slicing import slice as slice_of
from ...get_variable import get_variable
from ...initializers import zeros_initializer
from ...rnn.cells import RNNCell
from ...rnn.lstm import LSTMStateTuple
from .gates import clipped, cut, peephole_weights
from .linear import sharded
from .normalized import normalized


class CoupledInputForgetGateLSTMCell(RNNCell):
    """An LSTM of `num_units` whose input gate is 1 less its forget gate.

    As in TensorFlow, `initializer` makes no difference: the variable scope's counts. `num_unit_shards` and
    `num_proj_shards` cut the kernels. With `layer_norm` the bias is there, but unused.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, initializer: Any = None, num_proj: int | None = None,
        proj_clip: float | None = None, num_unit_shards: int = 1, num_proj_shards: int = 1, forget_bias: float = 1.0,
        state_is_tuple: bool = True, activation: Any = tanh, reuse: Any = None, layer_norm: bool = False,
        norm_gain: float = 1.0, norm_shift: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._initializer = num_units, use_peepholes, initializer
        self._num_proj, self._proj_clip = num_proj, proj_clip
        self._num_unit_shards, self._num_proj_shards = num_unit_shards, num_proj_shards
        self._forget_bias, self._state_is_tuple, self._activation = forget_bias, state_is_tuple, activation
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift

    @property
    def state_size(self) -> Any:
        sizes = self._num_units, self.output_size
        return LSTMStateTuple(*sizes) if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        return self._num_proj or self._num_units

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        n, size = self._num_units, self.output_size
        if self._state_is_tuple:
            c, m = state
        else:
            c, m = slice_of(state, [0, 0], [-1, n]), slice_of(state, [0, n], [-1, size])
        dtype, depth = inputs.dtype, inputs.shape.with_rank(2).as_list()[1]
        if depth is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        kernel = sharded("W", [depth + size, 3 * n], dtype, self._num_unit_shards)
        bias = get_variable("B", [3 * n], initializer=zeros_initializer(), dtype=dtype)
        gates = matmul(concat([inputs, m], 1), kernel)
        if not self._layer_norm:
            gates = bias_add(gates, bias)
        j, f, o = cut(gates, 3)
        j, f, o = self._normalized(j, "transform"), self._normalized(f, "forget"), self._normalized(o, "output")
        f = f + self._forget_bias
        if self._use_peepholes:
            of_forget, of_output = peephole_weights(("W_F_diag", "W_O_diag"), n, dtype)
            f = f + of_forget * c
        forget = sigmoid(f)
        c = self._normalized(forget * c + (1 - forget) * self._activation(j), "state")
        m = sigmoid(o + of_output * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            m = matmul(m, sharded("W_P", [n, self._num_proj], dtype, self._num_proj_shards))
            m = clipped(m, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else concat([c, m], 1)

    def _normalized(self, x: Tensor, scope: str) -> Tensor:
        return normalized(x, scope, self._norm_gain, self._norm_shift) if self._layer_norm else x
