"""An LSTM in groups that do not see each other: https://arxiv.org/abs/1703.10722.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/GLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat
from ....ops.math import tanh
from ....ops.slicing import slice as slice_of
from ...get_variable import get_variable
from ...initializers import constant_initializer
from ...rnn.cells import RNNCell
from ...rnn.lstm import LSTMStateTuple
from ...variable_scope import variable_scope
from .gates import cut, lstm_step
from .linear import linear
from .sized import LSTMSizes


class GLSTMCell(LSTMSizes, RNNCell):
    """An LSTM of `num_units` in `number_of_groups`, each with its even share of the inputs and of the state.

    With `num_proj` the output goes through a linear layer, whose kernel the `initializer` does not fill.
    `ValueError` for sizes that the groups do not divide.
    """

    def __init__(
        self, num_units: int, initializer: Any = None, num_proj: int | None = None, number_of_groups: int = 1,
        forget_bias: float = 1.0, activation: Any = tanh, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        for name, size in (("num_units", num_units), ("num_proj", num_proj or 0)):
            if size % number_of_groups:
                raise ValueError(f"{name} must be divisible by number_of_groups")
        self._num_units, self._num_proj, self._initializer = num_units, num_proj, initializer
        self._number_of_groups, self._forget_bias, self._activation = number_of_groups, forget_bias, activation

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, m = state
        depth, groups = inputs.shape.with_rank(2).as_list()[1], self._number_of_groups
        if depth is None:
            raise ValueError("input size must be statically known")
        if depth % groups:
            raise ValueError(f"input size ({depth}) must be divisible by number_of_groups ({groups})")
        shares = []
        for group in range(groups):
            with variable_scope(f"group{group}", initializer=self._initializer):
                seen = [_share(inputs, group, depth // groups), _share(m, group, self.output_size // groups)]
                shares.append(cut(linear(seen, 4 * self._num_units // groups, bias=False), 4))
        gates = [self._gate(name, parts) for name, parts in zip("ijfo", zip(*shares))]
        c, m = lstm_step(c, gates, self._forget_bias, self._activation)
        if self._num_proj is not None:
            with variable_scope("projection"):
                m = linear(m, self._num_proj, bias=False)
        return m, LSTMStateTuple(c, m)

    def _gate(self, name: str, parts: Any) -> Tensor:
        bias = get_variable(
            f"bias_{name}", [self._num_units], dtype=parts[0].dtype, initializer=constant_initializer(0.0)
        )
        return bias_add(concat(list(parts), 1), bias)


def _share(x: Tensor, group: int, size: int) -> Tensor:
    return slice_of(x, [0, group * size], [-1, size])
