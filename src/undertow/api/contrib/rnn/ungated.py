"""The update-gate cell: https://arxiv.org/abs/1611.09913.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/UGRNNCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.joining import concat, split
from ....ops.math import sigmoid, tanh
from ...rnn.cells import RNNCell
from ...variable_scope import get_variable_scope, variable_scope
from .linear import linear


class UGRNNCell(RNNCell):
    """One gate, between the state as it was and `activation` of a linear layer."""

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        forget_bias: float = 1.0,
        activation: Any = tanh,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units, self._initializer = num_units, initializer
        self._forget_bias, self._activation = forget_bias, activation

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            both = linear(concat([inputs, state], 1), 2 * self._num_units)
        gate, candidate = split(value=both, num_or_size_splits=2, axis=1)
        gate = sigmoid(gate + self._forget_bias)
        state = gate * state + (1.0 - gate) * self._activation(candidate)
        return state, state
