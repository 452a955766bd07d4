"""An LSTM along time and, within a step, along windows of the frequencies.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/TimeFreqLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.array import zeros
from ....ops.joining import concat
from ....ops.matmul import matmul
from ....ops.slicing import slice as slice_of
from ...get_variable import get_variable
from ...initializers import zeros_initializer
from ...rnn.cells import RNNCell
from .gates import clipped, cut, lstm_step, peephole_weights
from .linear import sharded


def windows(inputs: Tensor, start: int, end: int, size: int, skip: int) -> list[Tensor]:
    """The columns `start` to `end`, as windows of `size` that are `skip` apart."""
    count = int((end - start - size) / skip) + 1
    return [slice_of(inputs, [0, start + skip * i], [-1, size]) for i in range(count)]


def known_depth(inputs: Tensor) -> int:
    """The size of the inputs' last dimension; `ValueError` if it is not known."""
    depth = inputs.shape.with_rank(2).as_list()[-1]
    if depth is None:
        raise ValueError("Cannot infer input_size from static shape inference.")
    return depth


class TimeFreqLSTMCell(RNNCell):
    """An LSTM of `num_units` over windows of `feature_size` inputs that are `frequency_skip` apart.

    The state [batch, 2 * num_units * windows] and the output [batch, num_units * windows] are those of all windows,
    joined. As in TensorFlow, `initializer` makes no difference: the variable scope's counts. `ValueError` for inputs
    whose depth is not known.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None, initializer: Any = None,
        num_unit_shards: int = 1, forget_bias: float = 1.0, feature_size: int | None = None, frequency_skip: int = 1,
        reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_unit_shards, self._forget_bias = initializer, num_unit_shards, forget_bias
        self._feature_size, self._frequency_skip = feature_size, frequency_skip

    @property
    def state_size(self) -> int:
        return 2 * self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        if self._feature_size is None:
            raise TypeError("TimeFreqLSTMCell needs a feature_size.")
        n, dtype = self._num_units, inputs.dtype
        features = windows(inputs, 0, known_depth(inputs), self._feature_size, self._frequency_skip)
        kernel = sharded("W", [self._feature_size + 2 * n, 4 * n], dtype, self._num_unit_shards)
        bias = get_variable("B", [4 * n], initializer=zeros_initializer(), dtype=dtype)
        names = [f"W_{gate}_diag" for gate in "FIO" if self._use_peepholes]
        peepholes = peephole_weights(names, n, dtype)
        below = zeros([int(inputs.shape[0]), n], dtype)
        outputs, states = [], []
        for i, feature in enumerate(features):
            c, m = (slice_of(state, [0, (2 * i + part) * n], [-1, n]) for part in (0, 1))
            gates = bias_add(matmul(concat([feature, m, below], 1), kernel), bias)
            c, below = lstm_step(
                c, cut(gates, 4), self._forget_bias, peepholes=peepholes,
                settle=lambda c: clipped(c, self._cell_clip),
            )  # fmt: skip
            outputs.append(below)
            states += [c, below]
        return concat(outputs, 1), concat(states, 1)
