"""Cells with less in them than a GRU.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/SRUCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat, split
from ....ops.math import sigmoid
from ....ops.matmul import matmul
from ...initializers import zeros_initializer
from ...layers.input_spec import InputSpec
from ...rnn.cells import LayerRNNCell, activation_of, initializer_of
from .gates import cut
from .sized import OneSize


class SRUCell(OneSize, LayerRNNCell):
    """A simple recurrent unit, whose gates do not see the state: https://arxiv.org/abs/1709.02755."""

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units, self._activation = num_units, activation_of(activation)
        self.input_spec = InputSpec(ndim=2)

    def build(self, inputs_shape: Any) -> None:
        depth = getattr(inputs_shape[1], "value", inputs_shape[1])
        if depth is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        n = self._num_units
        self._kernel = self.add_variable("kernel", shape=[depth, 4 * n])
        self._bias = self.add_variable("bias", shape=[2 * n], initializer=zeros_initializer())
        self.built = True

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        candidate, f, r, highway = cut(matmul(inputs, self._kernel), 4)
        gates = sigmoid(bias_add(concat([f, r], 1), self._bias))
        f, r = cut(gates, 2)
        c = f * state + (1.0 - f) * candidate
        return r * self._activation(c) + (1.0 - r) * highway, c


class _KerasStyle(OneSize, LayerRNNCell):
    """A cell whose arguments are as `tf.keras` spells them: initializers may be names."""

    def __init__(
        self, units: int, activation: Any = "tanh", kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "ones", name: Any = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._activation = units, activation_of(activation)
        self._kernel_initializer = initializer_of(kernel_initializer)
        self._bias_initializer = initializer_of(bias_initializer)

    def _add_weights(self, **shapes: list[int]) -> list[Any]:
        kinds = [self._bias_initializer if name == "bias" else self._kernel_initializer for name in shapes]
        made = [self.add_variable(n, shape=s, initializer=i) for (n, s), i in zip(shapes.items(), kinds)]
        self.built = True
        return made


class CFNCell(_KerasStyle):
    """The chaos-free network of `units`: https://openreview.net/pdf?id=S1dIzvclg."""

    def build(self, inputs_shape: Any) -> None:
        depth, n = self._depth(inputs_shape), self._num_units
        self.kernel, self.recurrent_kernel, self.bias = self._add_weights(
            kernel=[depth, 3 * n], recurrent_kernel=[n, 2 * n], bias=[2 * n]
        )

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        n = self._num_units
        of_gates, of_candidate = split(value=self.kernel, num_or_size_splits=[2 * n, n], axis=1)
        gates = matmul(state, self.recurrent_kernel) + matmul(inputs, of_gates)
        forget, update = cut(sigmoid(bias_add(gates, self.bias)), 2)
        candidate = matmul(inputs, of_candidate)
        state = forget * self._activation(state) + (1 - update) * self._activation(candidate)
        return state, state


class MinimalRNNCell(_KerasStyle):
    """One gate between the state and a projection of the inputs to `units`: https://arxiv.org/abs/1806.05394."""

    def build(self, inputs_shape: Any) -> None:
        self._inputs_depth, n = self._depth(inputs_shape), self._num_units
        self.kernel, self.bias = self._add_weights(kernel=[self._inputs_depth + 2 * n, n], bias=[n])

    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        rows = [self._inputs_depth, 2 * self._num_units]
        of_inputs, of_gate = split(value=self.kernel, num_or_size_splits=rows, axis=0)
        projected = self._activation(matmul(inputs, of_inputs))
        gate = sigmoid(bias_add(matmul(concat([projected, state], 1), of_gate), self.bias))
        state = gate * state + (1 - gate) * projected
        return state, state
