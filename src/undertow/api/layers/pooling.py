"""Pooling: the maximum or the mean of each window of sequences, images and volumes.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers
"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...ops import pool, shaping
from . import arguments
from .base import InputSpec, Layer, as_function


class _Pooling(Layer):
    """Pool windows of `pool_size`, `strides` apart (ints, or one for each spatial dimension)."""

    rank: int
    kind: str

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if strides is None:
            raise ValueError("Argument `strides` must not be None.")
        self.pool_size = arguments.normalize_tuple(pool_size, self.rank, "pool_size")
        self.strides = arguments.normalize_tuple(strides, self.rank, "strides")
        self.padding = arguments.normalize_padding(padding)
        self.data_format = arguments.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Any) -> Tensor:
        """Sequences are pooled as images one pixel wide, volumes with their channels last."""
        first = self.data_format == "channels_first"
        window, strides = self.pool_size, self.strides
        if self.rank == 1:
            window, strides = (*window, 1), (*strides, 1)
            inputs = shaping.expand_dims(inputs, 3 if first else 2)
        elif self.rank == 3 and first:
            inputs = shaping.transpose(inputs, [0, 2, 3, 4, 1])
        channels_second = first and self.rank != 3
        function = getattr(pool, f"{self.kind}_pool3d" if self.rank == 3 else f"{self.kind}_pool")
        outputs = function(
            inputs, _whole(window, channels_second), _whole(strides, channels_second), self.padding.upper(),
            arguments.convert_data_format("channels_first" if channels_second else "channels_last", len(window) + 2),
        )  # fmt: skip
        if self.rank == 1:
            return shaping.squeeze(outputs, 3 if first else 2)
        return shaping.transpose(outputs, [0, 4, 1, 2, 3]) if self.rank == 3 and first else outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        dims = TensorShape(input_shape).with_rank(self.rank + 2).as_list()
        start = 2 if self.data_format == "channels_first" else 1
        for i, (size, stride) in enumerate(zip(self.pool_size, self.strides), start):
            dims[i] = arguments.conv_output_length(dims[i], size, self.padding, stride)
        return TensorShape(dims)


def _whole(values: tuple[int, ...], channels_second: bool) -> list[int]:
    return [1, 1, *values] if channels_second else [1, *values, 1]


class MaxPooling1D(_Pooling):
    """The maximum of each window of sequences [batch, length, channels]."""

    rank, kind = 1, "max"


class MaxPooling2D(_Pooling):
    """The maximum of each window of images [batch, height, width, channels]."""

    rank, kind = 2, "max"


class MaxPooling3D(_Pooling):
    """The maximum of each window of volumes [batch, depth, height, width, channels]."""

    rank, kind = 3, "max"


class AveragePooling1D(_Pooling):
    """The mean of each window of sequences [batch, length, channels]; padding does not count."""

    rank, kind = 1, "avg"


class AveragePooling2D(_Pooling):
    """The mean of each window of images [batch, height, width, channels]; padding does not count."""

    rank, kind = 2, "avg"


class AveragePooling3D(_Pooling):
    """The mean of each window of volumes [batch, depth, height, width, channels]; padding does not count."""

    rank, kind = 3, "avg"


max_pooling1d = as_function(MaxPooling1D, "max_pooling1d", shares=False)
max_pooling2d = as_function(MaxPooling2D, "max_pooling2d", shares=False)
max_pooling3d = as_function(MaxPooling3D, "max_pooling3d", shares=False)
average_pooling1d = as_function(AveragePooling1D, "average_pooling1d", shares=False)
average_pooling2d = as_function(AveragePooling2D, "average_pooling2d", shares=False)
average_pooling3d = as_function(AveragePooling3D, "average_pooling3d", shares=False)

MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
max_pool1d, max_pool2d, max_pool3d = max_pooling1d, max_pooling2d, max_pooling3d
avg_pool1d, avg_pool2d, avg_pool3d = average_pooling1d, average_pooling2d, average_pooling3d
