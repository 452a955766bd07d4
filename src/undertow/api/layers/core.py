"""Dense, Dropout and Flatten.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...graph import dtypes, stacks
from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...ops import array, shaping
from ...ops.activation import bias_add
from ...ops.cond import smart_cond
from ...ops.constant import constant
from ...ops.dropout import dropout as dropout_op
from ...ops.matmul import matmul, tensordot
from ...ops.node import convert_to_tensor, node
from ..initializers import zeros
from . import arguments
from .base import InputSpec, Layer, as_function


class Dense(Layer):
    """`activation(inputs @ kernel + bias)`, over the last dimension of inputs of any rank.

    The kernel is [last dimension, `units`], the bias [`units`]. `ValueError` if the last dimension is not known,
    `TypeError` for inputs that are not floats.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Dense
    """

    def __init__(
        self,
        units: int,
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
        self.units = int(units)
        self.activation = arguments.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = arguments.initializer(kernel_initializer)
        self.bias_initializer = arguments.initializer(bias_initializer)
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        dtype = dtypes.as_dtype(self._dtype or "float32")
        if not dtype.is_floating and not dtype.is_complex:
            raise TypeError(f"Unable to build `Dense` layer with non-floating point dtype {dtype!r}")
        size = _last(TensorShape(input_shape))
        if size is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: size})
        self.kernel = self.add_weight(
            "kernel", [size, self.units], initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint, trainable=True,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [self.units], initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                constraint=self.bias_constraint, trainable=True,
            )  # fmt: skip
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is not None and rank > 2:
            outputs = tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape(self.compute_output_shape(inputs.shape))
        else:
            outputs = matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        shape = TensorShape(input_shape).with_rank_at_least(2)
        if _last(shape) is None:
            raise ValueError(f"The innermost dimension of input_shape must be defined, but saw: {input_shape}")
        return shape[:-1].concatenate([self.units])


def _last(shape: TensorShape) -> int | None:
    return None if shape.ndims is None else shape.as_list()[-1]


class Dropout(Layer):
    """Inputs with a share `rate` of them set to zero and the others divided by `1 - rate`, if `training`.

    `noise_shape` says along which dimensions (those of size 1) all are dropped alike; None in it is the input's size.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Dropout
    """

    def __init__(
        self,
        rate: Any = 0.5,
        noise_shape: Any = None,
        seed: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def call(self, inputs: Any, training: Any = False) -> Tensor:
        return smart_cond(
            training,
            lambda: dropout_op(inputs, noise_shape=self._noise_shape(inputs), seed=self.seed, rate=self.rate),
            lambda: array.identity(inputs),
        )

    def _noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None or isinstance(self.noise_shape, Tensor):
            return self.noise_shape
        sizes = array.shape(inputs)
        return convert_to_tensor([sizes[i] if size is None else size for i, size in enumerate(self.noise_shape)])

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return TensorShape(input_shape)


class Flatten(Layer):
    """Inputs [batch, …] as a matrix [batch, all the rest]; with `channels_first` the channels are put last before.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Flatten
    """

    def __init__(self, data_format: str | None = "channels_last", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = arguments.normalize_data_format(data_format or "channels_last")
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Tensor:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank == 1:
            return shaping.expand_dims(inputs, -1)
        if self.data_format == "channels_first" and rank is not None and rank > 2:
            inputs = shaping.transpose(inputs, [0, *range(2, rank), 1])
        batch, size = self._sizes(inputs.shape)
        shape: Any
        if size is not None:
            shape = constant([-1, size], dtypes.int32)
            if batch is None:
                stacks.get_default_graph().leave_out(6)  # the same shape, worked out from the batch's
        elif batch is not None:
            shape = constant([batch, -1], dtypes.int32)
        else:
            shape = [array.shape(inputs)[0], -1]
        outputs = node("Reshape", inputs, shape)
        outputs.set_shape([batch, size])
        return outputs

    def _sizes(self, shape: TensorShape) -> tuple[int | None, int | None]:
        """How many rows there are and how long they get, as far as is known."""
        if shape.ndims is None:
            return None, None
        batch, *rest = shape.as_list()
        known = [size for size in rest if size is not None]
        return batch, math.prod(known) if len(known) == len(rest) else None

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return TensorShape(self._sizes(TensorShape(input_shape)))


dense = as_function(Dense, "dense")


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Tensor:
    """Apply a `Dropout` layer to `inputs`; `training` may be a bool or a bool tensor.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/dropout
    """
    return Dropout(rate, noise_shape=noise_shape, seed=seed, name=name)(inputs, training=training)


def flatten(inputs: Any, name: str | None = None, data_format: str = "channels_last") -> Tensor:
    """Apply a `Flatten` layer to `inputs`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/flatten
    """
    return Flatten(data_format=data_format, name=name)(inputs)


FullyConnected = Dense
fully_connected = dense
