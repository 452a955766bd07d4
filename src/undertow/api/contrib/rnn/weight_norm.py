"""An LSTM whose kernels have a length and a direction of their own: https://arxiv.org/abs/1602.07868.

Source: https://github.com/tensorflow/docs/blob/r1.15/site/en/api_docs/python/tf/contrib/rnn.md
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat
from ....ops.matmul import matmul
from ....ops.norm import l2_normalize
from ...get_variable import get_variable
from ...initializers import constant_initializer
from ...rnn.cells import RNNCell, activation_of
from ...rnn.lstm import LSTMStateTuple
from ...variable_scope import variable_scope
from .gates import clipped, cut, lstm_step, peephole_weights
from .sized import LSTMSizes


class WeightNormLSTMCell(LSTMSizes, RNNCell):
    """An LSTM of `num_units`; if `norm`, each column of its kernels is as long as the variables `norm_0`, `norm_1` say.

    Without `norm` it is `tf.nn.rnn_cell.LSTMCell`.
    """

    def __init__(
        self, num_units: int, norm: bool = True, use_peepholes: bool = False, cell_clip: float | None = None,
        initializer: Any = None, num_proj: int | None = None, proj_clip: float | None = None, forget_bias: float = 1,
        activation: Any = None, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name="wn_lstm_cell")
        self._num_units, self._norm, self._use_peepholes = num_units, norm, use_peepholes
        self._cell_clip, self._initializer, self._num_proj = cell_clip, initializer, num_proj
        self._proj_clip, self._forget_bias, self._activation = proj_clip, forget_bias, activation_of(activation)

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, m = state
        if inputs.shape.with_rank(2).as_list()[1] is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        n = self._num_units
        with variable_scope("wn_lstm_cell", initializer=self._initializer):
            gates = self._linear([inputs, m], 4 * n)
            bias = get_variable("bias", [4 * n], dtype=inputs.dtype, initializer=constant_initializer(0.0))
            names = [f"w_{gate}_diag" for gate in "fio" if self._use_peepholes]
            peepholes = peephole_weights(names, n, inputs.dtype)
            parts = cut(bias_add(gates, bias), 4)
            c, m = lstm_step(
                c, parts, self._forget_bias, self._activation, peepholes, lambda c: clipped(c, self._cell_clip)
            )
            if self._num_proj is not None:
                with variable_scope("projection"):
                    m = clipped(self._linear([m], self._num_proj), self._proj_clip)
        return m, LSTMStateTuple(c, m)

    def _linear(self, seen: list[Tensor], size: int) -> Tensor:
        """The joined tensors times a kernel, in which the rows for each of them have lengths of their own."""
        rows = [int(x.shape[1]) for x in seen]
        kernel = get_variable("kernel", [sum(rows), size], dtype=seen[0].dtype)
        if self._norm:
            parts, start = [], 0
            for i, count in enumerate(rows):
                length = get_variable(f"norm_{i}", [size], dtype=seen[0].dtype)
                parts.append(l2_normalize(kernel[start : start + count, :], axis=0) * length)
                start += count
            kernel = concat(parts, 0)
        return matmul(concat(seen, 1), kernel)
