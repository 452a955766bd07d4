"""LSTMs whose gates are convolutions: https://arxiv.org/abs/1506.04214.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/rnn/ConvLSTMCell
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....graph.shape import TensorShape
from ....ops.conv import convolution
from ....ops.joining import concat, split
from ....ops.math import sigmoid, tanh
from ...get_variable import get_variable
from ...initializers import zeros_initializer
from ...rnn.cells import RNNCell
from ...rnn.lstm import LSTMStateTuple


class ConvLSTMCell(RNNCell):
    """An LSTM over `conv_ndims` dimensions (1 to 3) of inputs of `input_shape` (with channels, without the batch).

    `kernel_shape` is the window of its convolutions. With a `skip_connection` its inputs are joined to its output.
    `initializers` is one for the kernel. `ValueError` if `input_shape` has another number of dimensions.
    """

    def __init__(
        self, conv_ndims: int, input_shape: Any, output_channels: int, kernel_shape: Any, use_bias: bool = True,
        skip_connection: bool = False, forget_bias: float = 1.0, initializers: Any = None,
        name: Any = "conv_lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._conv_ndims, self._input_shape, self._kernel_shape = conv_ndims, list(input_shape), list(kernel_shape)
        self._output_channels, self._use_bias, self._initializers = output_channels, use_bias, initializers
        self._skip_connection, self._forget_bias = skip_connection, forget_bias

    @property
    def state_size(self) -> LSTMStateTuple:
        size = TensorShape([*self._input_shape[:-1], self._output_channels])
        return LSTMStateTuple(size, size)

    @property
    def output_size(self) -> TensorShape:
        channels = self._output_channels + (self._input_shape[-1] if self._skip_connection else 0)
        return TensorShape([*self._input_shape[:-1], channels])

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, LSTMStateTuple]:
        c, h = state
        axis = self._conv_ndims + 1
        i, j, f, o = split(value=self._gates(concat([inputs, h], axis)), num_or_size_splits=4, axis=axis)
        c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * tanh(j)
        h = tanh(c) * sigmoid(o)
        return concat([h, inputs], axis) if self._skip_connection else h, LSTMStateTuple(c, h)

    def _gates(self, x: Tensor) -> Tensor:
        size = 4 * self._output_channels
        kernel = get_variable(
            "kernel", [*self._kernel_shape, int(x.shape[-1]), size], dtype=x.dtype, initializer=self._initializers
        )
        result = convolution(x, kernel, "SAME")
        if not self._use_bias:
            return result
        return result + get_variable("biases", [size], dtype=x.dtype, initializer=zeros_initializer(dtype=x.dtype))


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` for inputs [batch, width, channels]."""

    def __init__(self, name: Any = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` for inputs [batch, height, width, channels]."""

    def __init__(self, name: Any = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` for inputs [batch, depth, height, width, channels]."""

    def __init__(self, name: Any = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)
