"""An LSTM with layer normalization and recurrent dropout: https://arxiv.org/abs/1607.06450, 1603.05118.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/LayerNormBasicLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.dropout import dropout
from ....ops.joining import split
from ....ops.math import sigmoid, tanh
from ....ops.norm import batch_normalization, moments
from ... import logging
from ...get_variable import get_variable
from ...initializers import constant_initializer
from ...rnn.cells import RNNCell
from ...rnn.lstm import LSTMStateTuple
from ...variable_scope import variable_scope
from .linear import linear


class LayerNormBasicLSTMCell(RNNCell):
    """An LSTM of `num_units` whose gates and state are normalized, if `layer_norm`, to `norm_gain` and `norm_shift`.

    `dropout_keep_prob` (a number or a scalar tensor) is for what is added to the state.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, input_size: Any = None, activation: Any = tanh,
        layer_norm: bool = True, norm_gain: float = 1.0, norm_shift: float = 0.0, dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        if input_size is not None:
            logging.warning("%s: The input_size parameter is deprecated.", self)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift
        self._keep_prob, self._seed = dropout_keep_prob, dropout_prob_seed

    @property
    def state_size(self) -> LSTMStateTuple:
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        return self._num_units

    def _normalized(self, x: Tensor, scope: str) -> Tensor:
        if not self._layer_norm:
            return x
        size = x.shape[-1:]
        with variable_scope(scope):
            gamma = get_variable("gamma", size, dtype=x.dtype, initializer=constant_initializer(self._norm_gain))
            beta = get_variable("beta", size, dtype=x.dtype, initializer=constant_initializer(self._norm_shift))
        mean, variance = moments(x, [-1], keep_dims=True)
        return batch_normalization(x, mean, variance, beta, gamma, 1e-3 if x.dtype == "float16" else 1e-12)

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, h = state
        gates = linear([inputs, h], 4 * self._num_units, bias=not self._layer_norm, zero_bias=False)
        scopes = ("input", "transform", "forget", "output")
        i, j, f, o = (self._normalized(gate, scope) for gate, scope in zip(split(gates, 4, axis=1), scopes))
        added = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            added = dropout(added, self._keep_prob, seed=self._seed)
        c = self._normalized(c * sigmoid(f + self._forget_bias) + sigmoid(i) * added, "state")
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h)
