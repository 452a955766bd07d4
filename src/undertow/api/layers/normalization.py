"""Batch normalization.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/BatchNormalization
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import colocate_with, control_dependencies, name_scope
from ...graph.shape import TensorShape
from ...ops import array, joining, norm, state
from ...ops.cond import smart_cond, smart_constant_value
from ...ops.constant import constant
from ...ops.math import cast
from ...ops.node import convert_to_tensor, node
from ...ops.reduction import reduce_mean
from ..initializers import ones, zeros
from ..variables import VariableAggregation, VariableSynchronization
from . import arguments
from .base import InputSpec, Layer

_CLIPS = ("rmax", "rmin", "dmax")
_HALVES = (dtypes.float16, dtypes.bfloat16)


class BatchNormalization(Layer):
    """Inputs with mean `beta` and deviation `gamma` over all but `axis` (an int or several), each channel by itself.

    In `training` by the batch's own moments, of which moving averages are kept by ops in the collection UPDATE_OPS;
    else by those averages. Unless `fused` is off, images are done in one op where that can be; `renorm` corrects
    towards the averages in training too, within `renorm_clipping`; `virtual_batch_size` takes the moments of parts of
    the batch; `adjustment(shape)` gives a (scale, bias) to apply in training.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/BatchNormalization
    """

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = zeros(),  # noqa: B008 - they hold no state
        gamma_initializer: Any = ones(),  # noqa: B008
        moving_mean_initializer: Any = zeros(),  # noqa: B008
        moving_variance_initializer: Any = ones(),  # noqa: B008
        beta_regularizer: Callable[[Any], Any] | None = None,
        gamma_regularizer: Callable[[Any], Any] | None = None,
        beta_constraint: Callable[[Any], Any] | None = None,
        gamma_constraint: Callable[[Any], Any] | None = None,
        renorm: bool = False,
        renorm_clipping: dict[str, Any] | None = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Callable[[Tensor], tuple[Any, Any]] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(f"axis must be int or list, type given: {type(axis)}")
        unknown = set(renorm_clipping or ()) - set(_CLIPS)
        if unknown:
            raise ValueError(f"renorm_clipping {renorm_clipping} contains keys not in {list(_CLIPS)}")
        self.axis = [axis] if isinstance(axis, int) else list(axis)
        self.momentum, self.epsilon = momentum, epsilon
        self.center, self.scale = center, scale
        self.beta_initializer = arguments.initializer(beta_initializer)
        self.gamma_initializer = arguments.initializer(gamma_initializer)
        self.moving_mean_initializer = arguments.initializer(moving_mean_initializer)
        self.moving_variance_initializer = arguments.initializer(moving_variance_initializer)
        self.beta_regularizer, self.gamma_regularizer = beta_regularizer, gamma_regularizer
        self.beta_constraint, self.gamma_constraint = beta_constraint, gamma_constraint
        self.renorm, self.renorm_clipping, self.renorm_momentum = renorm, renorm_clipping or {}, renorm_momentum
        self.virtual_batch_size = virtual_batch_size
        self.adjustment = adjustment
        self.fused = fused
        self._bessels_correction_test_only = True

    # Building

    def build(self, input_shape: Any) -> None:
        shape = TensorShape(input_shape)
        if shape.ndims is None:
            raise ValueError("Input has undefined rank:", input_shape)
        axis = self._checked_axis(shape.ndims)
        sizes = {i: shape.as_list()[i] for i in axis}
        if None in sizes.values():
            raise ValueError("Input has undefined `axis` dimension. Input shape: ", input_shape)
        self.fused = self.fused is not False and self._can_be_fused(shape.ndims, axis)
        self.input_spec = InputSpec(ndim=shape.ndims, axes=sizes)
        self.axis = axis
        if len(axis) == 1 and self.virtual_batch_size is None:
            self._param_shape = list(sizes.values())
        else:
            self._param_shape = [sizes.get(i, 1) for i in range(shape.ndims)]
        if self.virtual_batch_size is not None:
            self._param_shape.insert(1, 1)
        self._add_weights()
        self.built = True

    def _checked_axis(self, ndims: int) -> list[int]:
        axis = [i + ndims if i < 0 else i for i in self.axis]
        for i in axis:
            if not 0 <= i < ndims:
                raise ValueError(f"Invalid axis: {i}")
        if len(set(axis)) != len(axis):
            raise ValueError(f"Duplicate axis: {axis}")
        if self.virtual_batch_size is not None:
            if self.virtual_batch_size <= 0:
                raise ValueError(
                    "virtual_batch_size must be a positive integer that divides the true batch size of the input Tensor"
                )
            if 0 in axis:
                raise ValueError(
                    "When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot include 0"
                )
            if self.adjustment is not None:
                raise ValueError("When using virtual_batch_size, adjustment cannot be specified")
        return axis

    def _can_be_fused(self, ndims: int, axis: list[int]) -> bool:
        plain = not self.renorm and self.virtual_batch_size is None and self.adjustment is None
        return plain and ndims == 4 and axis in ([1], [3]) and self._dtype in ("float16", "bfloat16", "float32")

    def _add_weights(self) -> None:
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self._weight(
                "gamma", self.gamma_initializer, regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
                trainable=True,
            )  # fmt: skip
        if self.center:
            self.beta = self._weight(
                "beta", self.beta_initializer, regularizer=self.beta_regularizer, constraint=self.beta_constraint,
                trainable=True,
            )  # fmt: skip
        scope = self._scope
        partitioner = None if scope is None else scope.partitioner
        try:  # the averages are not cut into parts
            if scope is not None:
                scope.set_partitioner(None)
            self.moving_mean = self._average("moving_mean", self.moving_mean_initializer)
            self.moving_variance = self._average("moving_variance", self.moving_variance_initializer)
            if self.renorm:
                self.moving_stddev = self._average("moving_stddev", self._deviations)
                self.renorm_mean = self._average("renorm_mean", self.moving_mean_initializer)
                self.renorm_stddev = self._average("renorm_stddev", self._deviations)
        finally:
            if scope is not None:
                scope.set_partitioner(partitioner)

    def _weight(self, name: str, initializer: Any, **kwargs: Any) -> Any:
        dtype = "float32" if self._dtype in ("float16", "bfloat16") else self._dtype
        return self.add_weight(name, self._param_shape, dtype=dtype, initializer=initializer, **kwargs)

    def _average(self, name: str, initializer: Any) -> Any:
        return self._weight(
            name, initializer, trainable=False, synchronization=VariableSynchronization.ON_READ,
            aggregation=VariableAggregation.MEAN,
        )  # fmt: skip

    def _deviations(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return node("Sqrt", self.moving_variance_initializer(shape, dtype=dtype))

    # Calling

    def call(self, inputs: Any, training: Any = False) -> Tensor:
        inputs = convert_to_tensor(inputs)
        if isinstance(training, int):
            training = bool(training)
        if self.fused:
            return self._fused(inputs, training)
        if self.virtual_batch_size is None:
            return self._plain(inputs, training)
        sizes = array.shape(inputs)
        whole = joining.concat([constant([-1]), sizes[1:]], axis=0)
        parts = joining.concat([constant([self.virtual_batch_size, -1]), whole[1:]], axis=0)
        split = node("Reshape", inputs, parts)
        split.set_shape([self.virtual_batch_size, None, *inputs.shape.as_list()[1:]])
        outputs = node("Reshape", self._plain(split, training), whole)
        outputs.set_shape(inputs.shape)
        return outputs

    def _fused(self, inputs: Tensor, training: Any) -> Tensor:
        """All in one op."""
        beta = self.beta if self.center else constant(0.0, dtypes.float32, shape=self._param_shape)
        gamma = self.gamma if self.scale else constant(1.0, dtypes.float32, shape=self._param_shape)
        data_format = "NCHW" if self.axis == [1] else "NHWC"

        def normalized(in_training: bool) -> Any:
            return lambda: norm.fused_batch_norm(
                inputs, gamma, beta, self.moving_mean, self.moving_variance, self.epsilon, data_format, in_training
            )

        output, mean, variance = smart_cond(training, normalized(True), normalized(False))
        if not self._bessels_correction_test_only:
            size = cast(array.size(inputs) / array.size(variance), variance.dtype.base_dtype)
            variance = variance * ((size - constant(1.0, size.dtype)) / size)
        known = smart_constant_value(training)
        if known is not False:
            momentum = (
                convert_to_tensor(self.momentum) if known else smart_cond(training, lambda: self.momentum, lambda: 1.0)
            )
            self.add_update(self._moved(self.moving_mean, mean, momentum))
            self.add_update(self._moved(self.moving_variance, variance, momentum))
        return output

    def _plain(self, inputs: Tensor, training: Any) -> Tensor:
        """Moments, then arithmetic; in float32 if the inputs are half as wide."""
        given = inputs.dtype.base_dtype
        if given in _HALVES:
            inputs = cast(inputs, dtypes.float32)
        ndims = inputs.shape.ndims or 0
        axis = [i + 1 for i in self.axis] if self.virtual_batch_size is not None else self.axis
        others = [i for i in range(ndims) if i not in axis and (i != 1 or self.virtual_batch_size is None)]
        spread = None
        if len(axis) == 1 and axis != [ndims - 1] and self.virtual_batch_size is None:
            spread = [inputs.shape.as_list()[i] if i in axis else 1 for i in range(ndims)]

        def broadcast(vector: Any) -> Any:
            return vector if vector is None or spread is None else node("Reshape", vector, spread)

        scale, offset = broadcast(self.gamma), broadcast(self.beta)
        mean, variance = self.moving_mean, self.moving_variance
        if smart_constant_value(training) is not False:
            if self.adjustment is not None:
                scale, offset = self._adjusted(inputs, training, scale, offset)
            keep = len(axis) > 1 or self.virtual_batch_size is not None
            batch_mean, batch_variance = norm.moments(inputs, others, keep_dims=keep)
            mean = smart_cond(training, lambda: batch_mean, lambda: convert_to_tensor(self.moving_mean))
            variance = smart_cond(training, lambda: batch_variance, lambda: convert_to_tensor(self.moving_variance))
            new_mean, new_variance = mean, variance
            if self.virtual_batch_size is not None:
                new_mean = reduce_mean(mean, 1, keepdims=True)
                new_variance = reduce_mean(variance, 1, keepdims=True)
            if self.renorm:
                r, d, new_mean, new_variance = self._renormed(new_mean, new_variance, training)
                scale, offset = _composed(
                    broadcast(node("StopGradient", r, name="renorm_r")),
                    broadcast(node("StopGradient", d, name="renorm_d")),
                    scale, offset,
                )  # fmt: skip
            self._update_averages(new_mean, new_variance, training)
        outputs = norm.batch_normalization(inputs, broadcast(mean), broadcast(variance), offset, scale, self.epsilon)
        outputs.set_shape(inputs.shape)
        return cast(outputs, given)

    def _adjusted(self, inputs: Tensor, training: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
        assert self.adjustment is not None
        by, plus = self.adjustment(array.shape(inputs))
        by = smart_cond(training, lambda: by, lambda: array.ones_like(by))
        plus = smart_cond(training, lambda: plus, lambda: array.zeros_like(plus))
        return _composed(by, plus, scale, offset)

    def _update_averages(self, mean: Tensor, variance: Tensor, training: Any) -> None:
        def moved_variance() -> Tensor:
            if not self.renorm:
                return self._moved(self.moving_variance, variance, self.momentum)
            deviation = self._moved(self.moving_stddev, node("Sqrt", variance + self.epsilon), self.momentum)
            value = node("Relu", deviation * deviation - self.epsilon)
            with name_scope("AssignNewValue") as scope, colocate_with(self.moving_variance):
                return state.assign(self.moving_variance, value, name=scope)

        self.add_update(
            smart_cond(training, lambda: self._moved(self.moving_mean, mean, self.momentum), lambda: self.moving_mean)
        )
        self.add_update(smart_cond(training, moved_variance, lambda: self.moving_variance))

    def _moved(self, variable: Any, value: Tensor, momentum: Any) -> Tensor:
        """Move an average towards `value`, by one part in `1 / (1 - momentum)`."""
        with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
            decay = convert_to_tensor(1.0 - momentum, name="decay")
            decay = cast(decay, variable.dtype.base_dtype)
            delta = (variable - cast(value, variable.dtype.base_dtype)) * decay
            return state.assign_sub(variable, delta, name=scope)

    def _renormed(self, mean: Tensor, variance: Tensor, training: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The scale r and shift d from the batch's moments to the averages; the moments, once r and d are read."""
        deviation = node("Sqrt", variance + self.epsilon)
        average = node("Maximum", self.renorm_stddev, node("Sqrt", self.epsilon))
        r = deviation / average
        d = (mean - self.renorm_mean) / average
        with control_dependencies([r, d]):
            mean, deviation = array.identity(mean), array.identity(deviation)
        clip = self.renorm_clipping
        if clip.get("rmin") is not None:
            r = node("Maximum", r, clip["rmin"])
        if clip.get("rmax") is not None:
            r = node("Minimum", r, clip["rmax"])
        if clip.get("dmax") is not None:
            d = node("Minimum", node("Maximum", d, -clip["dmax"]), clip["dmax"])
        r_now, d_now = r, d
        r = smart_cond(training, lambda: r_now, lambda: array.ones_like(r_now))
        d = smart_cond(training, lambda: d_now, lambda: array.zeros_like(d_now))
        moved = [
            self._moved_in_training(variable, array.identity(value), training)
            for variable, value in ((self.renorm_mean, mean), (self.renorm_stddev, deviation))
        ]
        with control_dependencies(moved):
            return r, d, array.identity(mean), array.identity(variance)

    def _moved_in_training(self, variable: Any, value: Tensor, training: Any) -> Tensor:
        return smart_cond(
            training,
            lambda: self._moved(variable, value, self.renorm_momentum),
            lambda: array.identity(variable),
        )

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return TensorShape(input_shape)


def _composed(scale: Any, offset: Any, then_scale: Any, then_offset: Any) -> tuple[Any, Any]:
    """Two scales with offsets, one after the other, as one."""
    if then_scale is not None:
        scale, offset = scale * then_scale, offset * then_scale
    return scale, offset if then_offset is None else offset + then_offset


def batch_normalization(
    inputs: Any,
    axis: Any = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = zeros(),  # noqa: B008 - they hold no state
    gamma_initializer: Any = ones(),  # noqa: B008
    moving_mean_initializer: Any = zeros(),  # noqa: B008
    moving_variance_initializer: Any = ones(),  # noqa: B008
    beta_regularizer: Callable[[Any], Any] | None = None,
    gamma_regularizer: Callable[[Any], Any] | None = None,
    beta_constraint: Callable[[Any], Any] | None = None,
    gamma_constraint: Callable[[Any], Any] | None = None,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
    renorm: bool = False,
    renorm_clipping: dict[str, Any] | None = None,
    renorm_momentum: float = 0.99,
    fused: bool | None = None,
    virtual_batch_size: int | None = None,
    adjustment: Callable[[Tensor], tuple[Any, Any]] | None = None,
) -> Tensor:
    """Apply a `BatchNormalization` layer to `inputs`; `training` may be a bool or a bool tensor.

    Run the ops in the collection UPDATE_OPS along with the train op, or the averages do not move.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/batch_normalization
    """
    layer = BatchNormalization(
        axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer, moving_mean_initializer,
        moving_variance_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, renorm,
        renorm_clipping, renorm_momentum, fused, trainable, virtual_batch_size, adjustment, name,
        _reuse=reuse, _scope=name,
    )  # fmt: skip
    return layer(inputs, training=training)


BatchNorm = BatchNormalization
batch_norm = batch_normalization
