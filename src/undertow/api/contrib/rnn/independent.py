"""Cells each of whose units sees only its own state: https://arxiv.org/abs/1803.04831.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/IndRNNCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.math import sigmoid
from ....ops.matmul import matmul
from ....ops.shaping import tile
from ...initializers import constant_initializer, random_uniform_initializer, zeros_initializer
from ...layers.input_spec import InputSpec
from ...rnn.cells import LayerRNNCell, activation_of, initializer_of
from ...rnn.lstm import LSTMStateTuple
from .gates import cut
from .sized import LSTMSizes, OneSize


class _Independent(LayerRNNCell):
    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
        bias_initializer: Any = None, name: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._activation = num_units, activation_of(activation)
        self._kernel_initializer = initializer_of(kernel_initializer)
        self._bias_initializer = initializer_of(bias_initializer)

    def _make(self, prefix: str, depth: int, parts: int, bias: Any, kernel: str = "kernel_w") -> tuple[Any, ...]:
        """Of the inputs, of the state, and the bias; `bias` is its initializer."""
        size = parts * self._num_units
        each = random_uniform_initializer(minval=-1, maxval=1, dtype=self.dtype)
        return (
            self.add_variable(prefix + kernel, [depth, size], initializer=self._kernel_initializer),
            self.add_variable(f"{prefix}kernel_u", [1, size], initializer=each),
            self.add_variable(f"{prefix}bias", [size], initializer=bias),
        )


class IndRNNCell(OneSize, _Independent):
    """`output = state = activation(W inputs + u * state + b)`, of `num_units`."""

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(num_units, activation, reuse, name=name, dtype=dtype)

    def build(self, inputs_shape: Any) -> None:
        depth = self._depth(inputs_shape)
        self._kernel_w, self._kernel_u, self._bias = self._make("", depth, 1, zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        gates = matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(bias_add(gates, self._bias))
        return output, output


class IndyGRUCell(OneSize, _Independent):
    """A GRU of `num_units` with a vector in the place of each recurrent matrix."""

    def build(self, inputs_shape: Any) -> None:
        depth, given = self._depth(inputs_shape), self._bias_initializer
        self._gate_kernel_w, self._gate_kernel_u, self._gate_bias = self._make(
            "gates/", depth, 2, given or constant_initializer(1.0, dtype=self.dtype)
        )
        self._candidate_kernel_w, self._candidate_kernel_u, self._candidate_bias = self._make(
            "candidate/", depth, 1, given or zeros_initializer(dtype=self.dtype), kernel="kernel"
        )
        self.built = True

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        gates = matmul(inputs, self._gate_kernel_w) + tile(state, [1, 2]) * self._gate_kernel_u
        r, u = cut(sigmoid(bias_add(gates, self._gate_bias)), 2)
        reset = r * state
        candidate = matmul(inputs, self._candidate_kernel_w) + reset * self._candidate_kernel_u
        output = u * state + (1 - u) * self._activation(bias_add(candidate, self._candidate_bias))
        return output, output


class IndyLSTMCell(LSTMSizes, _Independent):
    """An LSTM of `num_units` with a vector in the place of each recurrent matrix: https://arxiv.org/abs/1903.08023."""

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, activation: Any = None, reuse: Any = None,
        kernel_initializer: Any = None, bias_initializer: Any = None, name: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype)
        self._forget_bias = forget_bias

    def build(self, inputs_shape: Any) -> None:
        bias = self._bias_initializer or zeros_initializer(dtype=self.dtype)
        self._kernel_w, self._kernel_u, self._bias = self._make("", self._depth(inputs_shape), 4, bias)
        self.built = True

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, h = state
        gates = bias_add(matmul(inputs, self._kernel_w) + tile(h, [1, 4]) * self._kernel_u, self._bias)
        i, j, f, o = cut(gates, 4)
        c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * self._activation(j)
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h)
