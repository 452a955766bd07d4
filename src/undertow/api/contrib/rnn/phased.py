"""An LSTM that is open for a part of a period only: https://arxiv.org/abs/1610.09513.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/PhasedLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph import dtypes
from ....graph.operation import Tensor
from ....ops.array import stop_gradient
from ....ops.math import cast, exp, log, mod, sigmoid, tanh
from ....ops.random import random_uniform
from ....ops.slicing import where
from ...get_variable import get_variable
from ...initializers import constant_initializer, random_uniform_initializer
from ...rnn.cells import RNNCell
from ...rnn.lstm import LSTMStateTuple
from ...variable_scope import variable_scope
from .gates import cut
from .linear import linear
from .sized import LSTMSizes


class PhasedLSTMCell(LSTMSizes, RNNCell):
    """An LSTM of `num_units` fed with (times [batch, 1], features [batch, depth]).

    Each unit is open for the share `ratio_on` of its period, a variable that starts between `period_init_min` and
    `period_init_max`; at other times only the share `leak` gets through. With `use_peepholes` the gates see what the
    cell holds.
    """

    def __init__(
        self, num_units: int, use_peepholes: bool = False, leak: float = 0.001, ratio_on: float = 0.1,
        trainable_ratio_on: bool = True, period_init_min: float = 1.0, period_init_max: float = 1000.0,
        reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._leak = num_units, use_peepholes, leak
        self._ratio_on, self._trainable_ratio_on = ratio_on, trainable_ratio_on
        self._period_init_min, self._period_init_max = period_init_min, period_init_max

    def call(self, inputs: Any, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, h = state
        time, x = inputs
        n = self._num_units
        with variable_scope("mask_gates"):
            i, f = cut(sigmoid(linear([x, h, c] if self._use_peepholes else [x, h], 2 * n)), 2)
        with variable_scope("new_input"):
            candidate = tanh(linear([x, h], n))
        new_c = c * f + i * candidate
        with variable_scope("output_gate"):
            o = sigmoid(linear([x, h, new_c] if self._use_peepholes else [x, h], n))
        new_h = tanh(new_c) * o
        openness = self._openness(time, x.dtype)
        new_c = openness * new_c + (1 - openness) * c
        new_h = openness * new_h + (1 - openness) * h
        return new_h, LSTMStateTuple(new_c, new_h)

    def _openness(self, time: Tensor, dtype: Any) -> Tensor:
        """How far each unit is open [batch, n]: up, then down, within its share of the period."""
        n, low, high = self._num_units, self._period_init_min, self._period_init_max

        def spread(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Tensor:
            return exp(random_uniform(shape, log(low), log(high), dtype=dtype))

        period = get_variable("period", [n], initializer=spread)
        phase = get_variable("phase", [n], initializer=random_uniform_initializer(0.0, period.initial_value))
        ratio_on = get_variable(
            "ratio_on", [n], initializer=constant_initializer(self._ratio_on), trainable=self._trainable_ratio_on
        )
        shifted, length = time - cast(phase, time.dtype), cast(period, time.dtype)
        # The remainder has the gradient of what it is the remainder of.
        at = cast((stop_gradient(mod(shifted, length) - shifted) + shifted) / length, dtypes.float32)
        up = 2 * at / ratio_on
        closed = where(at < ratio_on, 2 - up, self._leak * at)
        return where(at < 0.5 * ratio_on, up, closed)
