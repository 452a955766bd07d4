"""The update-gate and the intersection cell: https://arxiv.org/abs/1611.09913.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/UGRNNCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import relu
from ....ops.joining import concat
from ....ops.math import sigmoid, tanh
from ...rnn.cells import RNNCell
from ...variable_scope import get_variable_scope, variable_scope
from .gates import cut
from .linear import linear
from .sized import OneSize


class UGRNNCell(OneSize, RNNCell):
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

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            both = linear(concat([inputs, state], 1), 2 * self._num_units)
        gate, candidate = cut(both, 2)
        gate = sigmoid(gate + self._forget_bias)
        state = gate * state + (1.0 - gate) * self._activation(candidate)
        return state, state


class IntersectionRNNCell(OneSize, RNNCell):
    """`num_units`, gated between the state and a new one, and between the inputs and a new output.

    Inputs of another size than `num_units` go through a linear layer if `num_in_proj` is told. `ValueError` if not, or
    if their size is not known.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/IntersectionRNNCell
    """

    def __init__(
        self, num_units: int, num_in_proj: int | None = None, initializer: Any = None, forget_bias: float = 1.0,
        y_activation: Any = relu, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._num_input_proj, self._initializer = num_units, num_in_proj, initializer
        self._forget_bias, self._y_activation = forget_bias, y_activation

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        depth = inputs.shape.with_rank(2).as_list()[1]
        if depth is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            if depth != self._num_units:
                if not self._num_input_proj:
                    raise ValueError(
                        "Must have input size == output size for Intersection RNN. To fix, num_in_proj should be set "
                        "to num_units at cell init."
                    )
                with variable_scope("in_projection"):
                    inputs = linear(inputs, self._num_units)
            both = linear([inputs, state], 4 * self._num_units)
        n = self._num_units
        of_state, new_state, of_output, new_output = (both[:, i * n : (i + 1) * n] for i in range(4))
        keep_state, keep_input = sigmoid(of_state + self._forget_bias), sigmoid(of_output + self._forget_bias)
        state = keep_state * state + (1 - keep_state) * tanh(new_state)
        return keep_input * inputs + (1 - keep_input) * self._y_activation(new_output), state
