"""`tf.initializers`: what a new variable starts with, as functions of its shape.

Each is called with a shape and, if wanted, another dtype and the `partition_info` of the part to fill; it returns a
tensor. Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/initializers
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from ..ops import array, diagonal, linalg, random
from ..ops.constant import as_array
from ..ops.constant import constant as constant_tensor
from ..ops.node import node
from .partitioned_variables import PartitionInfo
from .variables import global_variables_initializer as global_variables
from .variables import local_variables_initializer as local_variables
from .variables import variables_initializer as variables


class Initializer:
    """An initializer; a subclass sets `dtype` and says what `__call__` makes. Its configuration is its attributes."""

    dtype: DType
    _config: tuple[str, ...] = ()

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes an equal one of."""
        told = {key: getattr(self, key) for key in self._config}
        return {**told, "dtype": self.dtype.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        return cls(**config)

    def _dtype_for(self, dtype: Any) -> DType:
        return self.dtype if dtype is None else dtypes.as_dtype(dtype)


def _floating(dtype: Any) -> DType:
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {dtype!r}.")
    return dtype


def _dims(shape: Any) -> list[int]:
    return [int(d) for d in TensorShape(shape).as_list()]  # type: ignore[arg-type]  # a variable's is fully defined


class Zeros(Initializer):
    """Zeros (empty strings, False)."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        return array.zeros(shape, self._dtype_for(dtype))


class Ones(Initializer):
    """Ones."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        return array.ones(shape, self._dtype_for(dtype))


class Constant(Initializer):
    """A value, or a list or array of values in row-major order of which the last fills what is left.

    `TypeError` for anything else, and with `verify_shape` if the value's shape is not the variable's; `ValueError` if
    there are more values than elements.
    """

    _config = ("value",)

    def __init__(self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value)} (expected Python scalar, list or tuple of values, or "
                "numpy.ndarray)."
            )
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(
        self,
        shape: Any,
        dtype: Any = None,
        partition_info: PartitionInfo | None = None,
        verify_shape: bool | None = None,
    ) -> Tensor:
        verify = self._verify_shape if verify_shape is None else verify_shape
        dtype = self._dtype_for(dtype)
        value = as_array(self.value if isinstance(self.value, np.ndarray) else np.asarray(self.value), dtype)
        return constant_tensor(value, dtype, shape=shape, verify_shape=verify)


class RandomUniform(Initializer):
    """Uniform in [minval, maxval); integers if the dtype is one."""

    _config = ("minval", "maxval", "seed")

    def __init__(
        self, minval: Any = 0, maxval: Any = None, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        return random.random_uniform(shape, self.minval, self.maxval, self._dtype_for(dtype), seed=self.seed)


class RandomNormal(Initializer):
    """Normal."""

    _config = ("mean", "stddev", "seed")
    _draw = staticmethod(random.random_normal)

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        return self._draw(shape, self.mean, self.stddev, self._dtype_for(dtype), seed=self.seed)


class TruncatedNormal(RandomNormal):
    """Normal, drawn again where it falls more than two standard deviations from the mean."""

    _draw = staticmethod(random.truncated_normal)


class UniformUnitScaling(Initializer):
    """Uniform in ±factor · √(3 / n), n the product of all dimensions but the last: keeps a layer's scale."""

    _config = ("factor", "seed")

    def __init__(self, factor: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.factor, self.seed = factor, seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        whole = _dims(shape if partition_info is None else partition_info.full_shape)
        size = max(math.prod(float(d) for d in whole[:-1]), 1.0)
        limit = math.sqrt(3 / size) * self.factor
        return random.random_uniform(shape, -limit, limit, self._dtype_for(dtype), seed=self.seed)


_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "untruncated_normal")

# What two standard deviations leave of a normal distribution's own: the stddev of a standard normal cut off there.
_TRUNCATED_STDDEV = 0.87962566103423978


class VarianceScaling(Initializer):
    """Of variance scale / n, where n is the number of a unit's inputs (fan_in), outputs (fan_out) or their mean."""

    _config: tuple[str, ...] = ("scale", "mode", "distribution", "seed")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in _MODES:
            raise ValueError(f"Argument `mode` should be one of {_MODES}. Received: {mode}")
        distribution = distribution.lower()
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(f"Argument `distribution` should be one of {_DISTRIBUTIONS}. Received: {distribution}")
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        dtype = self._dtype_for(dtype)
        fan_in, fan_out = _compute_fans(shape if partition_info is None else partition_info.full_shape)
        fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        variance = self.scale / max(1.0, fans[self.mode])
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.random_uniform(shape, -limit, limit, dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random.random_normal(shape, 0.0, math.sqrt(variance), dtype, seed=self.seed)
        return random.truncated_normal(shape, 0.0, math.sqrt(variance) / _TRUNCATED_STDDEV, dtype, seed=self.seed)


def _compute_fans(shape: Any) -> tuple[float, float]:
    """How many inputs and outputs a unit of a layer with a kernel of `shape` has."""
    dims = _dims(shape)
    if len(dims) < 2:
        size = float(dims[0]) if dims else 1.0
        return size, size
    field = math.prod(dims[:-2])
    return float(dims[-2] * field), float(dims[-1] * field)


class GlorotUniform(VarianceScaling):
    """Uniform of variance 2 / (fan_in + fan_out): Glorot and Bengio, 2010."""

    _config = ("seed",)

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)


class GlorotNormal(VarianceScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out): Glorot and Bengio, 2010."""

    _config = ("seed",)

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal of variance 2 / fan_in: He et al., 2015."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform of variance 2 / fan_in: He et al., 2015."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal of variance 1 / fan_in."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform of variance 1 / fan_in."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


class Orthogonal(Initializer):
    """A random orthogonal matrix times `gain`; all dimensions but the last are its rows. `ValueError` below rank 2."""

    _config = ("gain", "seed")

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain, self.seed = gain, seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        dtype, dims = self._dtype_for(dtype), _dims(shape)
        if len(dims) < 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. Received "
                f"shape={dims}"
            )
        rows, columns = math.prod(dims[:-1]), dims[-1]
        flat = (max(rows, columns), min(rows, columns))
        q, r = linalg.qr(random.random_normal(flat, dtype=dtype, seed=self.seed))
        q = node("Mul", q, node("Sign", node("DiagPart", r)), name="mul")  # makes the choice among all uniform
        if rows < columns:
            q = diagonal.matrix_transpose(q)
        q = node("Reshape", q, dims)
        return node("Mul", constant_tensor(self.gain, dtype, name="mul_1/x"), q, name="mul_1")


class Identity(Initializer):
    """An identity matrix times `gain`, not necessarily square. `ValueError` for what is no matrix."""

    _config = ("gain",)

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: PartitionInfo | None = None) -> Tensor:
        whole = _dims(shape if partition_info is None else partition_info.full_shape)
        if len(whole) != 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be two-dimensional. Received "
                f"shape={whole}"
            )
        matrix = diagonal.eye(whole[0], whole[1], dtype=self._dtype_for(dtype))
        if partition_info is not None:
            matrix = node("Slice", matrix, partition_info.var_offset, _dims(shape))
        return node("Mul", constant_tensor(self.gain, matrix.dtype, name="mul/x"), matrix, name="mul")


__all__ = [  # what `tf.initializers` shows
    "constant", "global_variables", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity",
    "lecun_normal", "lecun_uniform", "local_variables", "ones", "orthogonal", "random_normal", "random_uniform",
    "truncated_normal", "uniform_unit_scaling", "variables", "variance_scaling", "zeros",
]  # fmt: skip

# TensorFlow has each under several names: `tf.initializers.zeros`, `tf.zeros_initializer`.

zeros = zeros_initializer = Zeros
ones = ones_initializer = Ones
constant = constant_initializer = Constant
random_uniform = random_uniform_initializer = RandomUniform
random_normal = random_normal_initializer = RandomNormal
truncated_normal = truncated_normal_initializer = TruncatedNormal
uniform_unit_scaling = uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling = variance_scaling_initializer = VarianceScaling
glorot_uniform = glorot_uniform_initializer = GlorotUniform
glorot_normal = glorot_normal_initializer = GlorotNormal
orthogonal = orthogonal_initializer = Orthogonal
identity = identity_initializer = Identity
