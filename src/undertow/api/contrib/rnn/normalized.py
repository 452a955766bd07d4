"""LSTMs with layer normalization, one with recurrent dropout: https://arxiv.org/abs/1607.06450, 1603.05118.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/LayerNormBasicLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.dropout import dropout
from ....ops.joining import concat
from ....ops.math import sigmoid, tanh
from ....ops.norm import batch_normalization, moments
from ... import logging
from ...get_variable import get_variable
from ...initializers import constant_initializer
from ...rnn.cells import RNNCell, activation_of
from ...rnn.lstm import LSTMStateTuple
from ...variable_scope import get_variable_scope, variable_scope
from .gates import clipped, cut, lstm_step, peephole_weights
from .linear import linear
from .sized import LSTMSizes

_SCOPES = "input", "transform", "forget", "output"


def normalized(x: Tensor, scope: str, gain: float, shift: float) -> Tensor:
    """`x` [batch, n] with each row's mean 0 and variance 1, then times `gamma` plus `beta`, which are variables."""
    size = x.shape[-1:]
    with variable_scope(scope):
        gamma = get_variable("gamma", size, dtype=x.dtype, initializer=constant_initializer(gain))
        beta = get_variable("beta", size, dtype=x.dtype, initializer=constant_initializer(shift))
    mean, variance = moments(x, [1], keep_dims=True)
    return batch_normalization(x, mean, variance, beta, gamma, 1e-3 if x.dtype == "float16" else 1e-12)


class LayerNormBasicLSTMCell(LSTMSizes, RNNCell):
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

    def _normalized(self, x: Tensor, scope: str) -> Tensor:
        return normalized(x, scope, self._norm_gain, self._norm_shift) if self._layer_norm else x

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, h = state
        gates = linear([inputs, h], 4 * self._num_units, bias=not self._layer_norm, bias_initializer=None)
        i, j, f, o = (self._normalized(gate, scope) for gate, scope in zip(cut(gates, 4), _SCOPES))
        added = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            added = dropout(added, self._keep_prob, seed=self._seed)
        c = self._normalized(c * sigmoid(f + self._forget_bias) + sigmoid(i) * added, "state")
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h)


class LayerNormLSTMCell(LSTMSizes, RNNCell):
    """`tf.nn.rnn_cell.LSTMCell` with its gates and its state normalized if `layer_norm`; then its bias is unused."""

    def __init__(
        self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None, initializer: Any = None,
        num_proj: int | None = None, proj_clip: float | None = None, forget_bias: float = 1.0, activation: Any = None,
        layer_norm: bool = False, norm_gain: float = 1.0, norm_shift: float = 0.0, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_proj, self._proj_clip = initializer, num_proj, proj_clip
        self._forget_bias, self._activation = forget_bias, activation_of(activation)
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, m = state
        if inputs.shape.with_rank(2).as_list()[1] is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            gates = self._gates(concat([inputs, m], 1))
            names = [f"w_{gate}_diag" for gate in "fio" if self._use_peepholes]
            peepholes = peephole_weights(names, self._num_units, inputs.dtype)
            c, m = lstm_step(c, gates, self._forget_bias, self._activation, peepholes, self._settled)
            if self._num_proj is not None:
                with variable_scope("projection"):
                    m = clipped(linear(m, self._num_proj, bias=False), self._proj_clip)
        return m, LSTMStateTuple(c, m)

    def _gates(self, seen: Tensor) -> list[Tensor]:
        size = 4 * self._num_units
        gates = linear(seen, size, bias=False)
        bias = get_variable("bias", [size], dtype=seen.dtype, initializer=constant_initializer(0.0))
        parts = cut(gates if self._layer_norm else bias_add(gates, bias), 4)
        return [self._normalized(part, scope) for part, scope in zip(parts, _SCOPES)]

    def _settled(self, c: Tensor) -> Tensor:
        return clipped(self._normalized(c, "state"), self._cell_clip)

    def _normalized(self, x: Tensor, scope: str) -> Tensor:
        return normalized(x, scope, self._norm_gain, self._norm_shift) if self._layer_norm else x
