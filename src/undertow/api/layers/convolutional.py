"""Convolutions, separable convolutions, and transposed ones.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import stacks
from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...ops import array, conv, conv_transpose, joining, shaping
from ...ops.activation import bias_add
from ...ops.depthwise import separable_conv2d as separable_conv2d_op
from ...ops.node import node
from ..initializers import zeros
from . import arguments
from .base import InputSpec, Layer, as_function


class _Conv(Layer):
    """What all convolutions share: `filters` windows of `kernel_size`, `strides` apart, a bias and an activation.

    The sizes are ints, or one for each spatial dimension. `ValueError` if the number of channels is not known.
    """

    rank: int
    paddings: tuple[str, ...] = ("valid", "same")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = zeros(),  # noqa: B008 - it holds no state
        kernel_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        kernel_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.filters = filters
        self.kernel_size = arguments.normalize_tuple(kernel_size, self.rank, "kernel_size")
        self.strides = arguments.normalize_tuple(strides, self.rank, "strides")
        self.padding = arguments.normalize_padding(padding, self.paddings)
        self.data_format = arguments.normalize_data_format(data_format)
        self.dilation_rate = arguments.normalize_tuple(dilation_rate, self.rank, "dilation_rate")
        self.activation = arguments.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = arguments.initializer(kernel_initializer)
        self.bias_initializer = arguments.initializer(bias_initializer)
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _first(self) -> bool:
        return self.data_format == "channels_first"

    @property
    def _channel_axis(self) -> int:
        return 1 if self._first else -1

    def _op_format(self, rank: int) -> str:
        return arguments.convert_data_format(self.data_format, rank + 2)

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        channels = None if shape.ndims is None else shape.as_list()[self._channel_axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        self._build_kernels(channels)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [self.filters], initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                constraint=self.bias_constraint, trainable=True,
            )  # fmt: skip
        self.built = True

    def _build_kernels(self, channels: int) -> None:
        self.kernel = self._kernel("kernel", [*self.kernel_size, channels, self.filters])

    def _kernel(self, name: str, shape: list[int]) -> Any:
        return self.add_weight(
            name, shape, initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint, trainable=True,
        )  # fmt: skip

    def call(self, inputs: Any) -> Tensor:
        padding = self.padding
        if padding == "causal":
            inputs, padding = self._padded_before(inputs), "valid"
        stacks.get_default_graph().leave_out(1)  # its dilation rate, as a constant
        outputs = conv.convolution(
            inputs, self.kernel, padding.upper(), self.strides, self.dilation_rate, f"Conv{self.rank}D",
            self._op_format(self.rank),
        )  # fmt: skip
        return self._activated(self._with_bias(outputs))

    def _padded_before(self, inputs: Any) -> Tensor:
        before = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        return shaping.pad(inputs, [[0, 0], [0, 0], before] if self._first else [[0, 0], before, [0, 0]])

    def _with_bias(self, outputs: Tensor) -> Tensor:
        if self.bias is None:
            return outputs
        if self._first and self.rank == 1:
            return outputs + node("Reshape", self.bias, [1, self.filters, 1])
        return bias_add(outputs, self.bias, "NCHW" if self._first else "NHWC")

    def _activated(self, outputs: Tensor) -> Tensor:
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        batch, *rest = TensorShape(input_shape).with_rank(self.rank + 2).as_list()
        spatial = [self._output_length(i, size) for i, size in enumerate(rest[1:] if self._first else rest[:-1])]
        return TensorShape([batch, self.filters, *spatial] if self._first else [batch, *spatial, self.filters])

    def _output_length(self, i: int, size: int | None) -> int | None:
        return arguments.conv_output_length(
            size, self.kernel_size[i], self.padding, self.strides[i], self.dilation_rate[i]
        )


class Conv1D(_Conv):
    """Convolve sequences [batch, length, channels]; padding may also be `causal`, which looks only back.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Conv1D
    """

    rank, paddings = 1, ("valid", "same", "causal")


class Conv2D(_Conv):
    """Convolve images [batch, height, width, channels].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Conv2D
    """

    rank = 2


class Conv3D(_Conv):
    """Convolve volumes [batch, depth, height, width, channels].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Conv3D
    """

    rank = 3


class _SeparableConv(_Conv):
    """Convolve each channel with `depth_multiplier` filters of its own, then mix all channels pixel by pixel."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = zeros(),  # noqa: B008 - it holds no state
        depthwise_regularizer: Callable[[Any], Any] | None = None,
        pointwise_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        depthwise_constraint: Callable[[Any], Any] | None = None,
        pointwise_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            bias_initializer=bias_initializer, bias_regularizer=bias_regularizer, bias_constraint=bias_constraint,
            activity_regularizer=activity_regularizer, trainable=trainable, name=name, **kwargs,
        )  # fmt: skip
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = arguments.initializer(depthwise_initializer)
        self.pointwise_initializer = arguments.initializer(pointwise_initializer)
        self.depthwise_regularizer = depthwise_regularizer
        self.pointwise_regularizer = pointwise_regularizer
        self.depthwise_constraint = depthwise_constraint
        self.pointwise_constraint = pointwise_constraint

    def _build_kernels(self, channels: int) -> None:
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", [*self.kernel_size, channels, self.depth_multiplier],
            initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint, trainable=True,
        )  # fmt: skip
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", [*[1] * self.rank, channels * self.depth_multiplier, self.filters],
            initializer=self.pointwise_initializer, regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint, trainable=True,
        )  # fmt: skip

    def call(self, inputs: Any) -> Tensor:
        """Sequences are convolved as images one pixel high."""
        depthwise, pointwise, strides, rate = (
            self.depthwise_kernel, self.pointwise_kernel, list(self.strides), list(self.dilation_rate)
        )  # fmt: skip
        padding, row = self.padding, 2 if self._first else 1
        if padding == "causal":
            inputs, padding = self._padded_before(inputs), "valid"
        if self.rank == 1:
            inputs = shaping.expand_dims(inputs, row)
            depthwise, pointwise = shaping.expand_dims(depthwise, 0), shaping.expand_dims(pointwise, 0)
            strides, rate = strides * 2, [1, *rate]
        outputs = separable_conv2d_op(
            inputs, depthwise, pointwise, [1, 1, *strides] if self._first else [1, *strides, 1], padding.upper(), rate,
            data_format=self._op_format(2),
        )  # fmt: skip
        if self.bias is not None:
            outputs = bias_add(outputs, self.bias, self._op_format(2))
        return self._activated(shaping.squeeze(outputs, row) if self.rank == 1 else outputs)


class SeparableConv1D(_SeparableConv):
    """Convolve each channel of sequences [batch, length, channels] by itself, then mix them.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/SeparableConv1D
    """

    rank, paddings = 1, ("valid", "same", "causal")


class SeparableConv2D(_SeparableConv):
    """Convolve each channel of images [batch, height, width, channels] by itself, then mix them.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/SeparableConv2D
    """

    rank = 2


class _ConvTranspose(_Conv):
    """The images or volumes of which a convolution could have made the inputs."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = zeros(),  # noqa: B008 - it holds no state
        kernel_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        kernel_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters, kernel_size, strides, padding, data_format, 1, activation, use_bias, kernel_initializer,
            bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint,
            bias_constraint, trainable, name, **kwargs,
        )  # fmt: skip

    def _build_kernels(self, channels: int) -> None:
        self.kernel = self._kernel("kernel", [*self.kernel_size, self.filters, channels])

    def call(self, inputs: Any) -> Tensor:
        function = conv_transpose.conv2d_transpose if self.rank == 2 else conv_transpose.conv3d_transpose
        strides = [1, 1, *self.strides] if self._first else [1, *self.strides, 1]
        outputs = function(
            inputs, self.kernel, self._output_size(inputs), strides, self.padding.upper(), self._op_format(self.rank)
        )
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self._activated(self._with_bias(outputs))

    def _output_size(self, inputs: Any) -> Tensor:
        """The output's shape as a vector.

        So that names stay TensorFlow's, known sizes are used for images only, and a slice is left that nothing reads.
        """
        sizes, start = array.shape(inputs), 2 if self._first else 1
        batch = sizes[0]
        known = inputs.shape.as_list() if self.rank == 2 else [None] * 5
        spatial = [sizes[i] if known[i] is None else known[i] for i in range(start, start + self.rank)]
        spatial = [self._output_length(i, size) for i, size in enumerate(spatial)]
        result = joining.stack([batch, self.filters, *spatial] if self._first else [batch, *spatial, self.filters])
        if self.rank == 2:
            result[0]
        return result

    def _output_length(self, i: int, size: Any) -> Any:
        return arguments.deconv_output_length(size, self.kernel_size[i], self.padding, self.strides[i])


class Conv2DTranspose(_ConvTranspose):
    """The images of which a convolution could have made the inputs [batch, height, width, channels].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Conv2DTranspose
    """

    rank = 2


class Conv3DTranspose(_ConvTranspose):
    """The volumes of which a convolution could have made the inputs [batch, depth, height, width, channels].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Conv3DTranspose
    """

    rank = 3


conv1d = as_function(Conv1D, "conv1d")
conv2d = as_function(Conv2D, "conv2d")
conv3d = as_function(Conv3D, "conv3d")
separable_conv1d = as_function(SeparableConv1D, "separable_conv1d")
separable_conv2d = as_function(SeparableConv2D, "separable_conv2d")
conv2d_transpose = as_function(Conv2DTranspose, "conv2d_transpose")
conv3d_transpose = as_function(Conv3DTranspose, "conv3d_transpose")

Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
Convolution2DTranspose, Convolution3DTranspose = Conv2DTranspose, Conv3DTranspose
Deconvolution2D, Deconvolution3D = Conv2DTranspose, Conv3DTranspose
Deconv2D, Deconv3D = Conv2DTranspose, Conv3DTranspose
convolution1d, convolution2d, convolution3d = conv1d, conv2d, conv3d
convolution2d_transpose, convolution3d_transpose = conv2d_transpose, conv3d_transpose
deconvolution2d, deconvolution3d = conv2d_transpose, conv3d_transpose
deconv2d, deconv3d = conv2d_transpose, conv3d_transpose
