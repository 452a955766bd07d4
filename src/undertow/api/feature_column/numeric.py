"""Columns of numbers, and of the ranges that numbers lie in.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/numeric_column
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from ...graph import dtypes
from ...ops import array, joining, reduction, shaping
from ...ops.math import cast
from ...ops.parsing import FixedLenFeature
from ...ops.sorting import bucketize
from ...ops.sparse_tensor import SparseTensor
from .features import CategoricalColumn, DenseColumn, Features, check_key


class _Numeric(NamedTuple):
    key: str
    shape: tuple[int, ...]
    default_value: Any
    dtype: dtypes.DType
    normalizer_fn: Callable[[Any], Any] | None


class NumericColumn(_Numeric, DenseColumn):
    """What `numeric_column` makes."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}

    @property
    def variable_shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return self.shape

    def transform(self, features: Features) -> Any:
        numbers = features.get(self.key)
        if isinstance(numbers, SparseTensor):
            raise ValueError(
                "The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not supported. "
                f"key: {self.key}"
            )
        return cast(numbers if self.normalizer_fn is None else self.normalizer_fn(numbers), dtypes.float32)


def numeric_column(
    key: str, shape: Any = (1,), default_value: Any = None, dtype: Any = dtypes.float32,
    normalizer_fn: Callable[[Any], Any] | None = None,
) -> NumericColumn:  # fmt: skip
    """The feature `key` as float32 numbers, `shape` of them for each example, after `normalizer_fn`.

    `dtype` and `default_value` (a number, or numbers of this shape) are what `parse_example` is told. `ValueError` for
    another shape of `default_value`, a size below 1 or a `dtype` of no numbers; `TypeError` for numbers of other kinds.
    """
    check_key(key)
    shape = tuple(shape) if isinstance(shape, Iterable) and not isinstance(shape, str) else (shape,)
    for size in shape:
        if not isinstance(size, (int, np.integer)):
            raise TypeError(f"shape dimensions must be integer. shape: {shape}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {shape}, key: {key}")
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    default = None if default_value is None else _default(key, shape, default_value, dtype)
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return NumericColumn(key, shape, default, dtype, normalizer_fn)


def _default(key: str, shape: tuple[int, ...], given: Any, dtype: dtypes.DType) -> Any:
    numbers = np.asarray(given)
    if numbers.dtype.kind not in ("iu" if dtype.is_integer else "iuf"):
        raise TypeError(
            f"default_value must be compatible with dtype. default_value: {given}, dtype: {dtype}, key: {key}"
        )
    if numbers.ndim and numbers.shape != shape:
        raise ValueError(
            f"The shape of default_value must be equal to given shape. default_value: {given}, shape: {shape}, "
            f"key: {key}"
        )
    return _tuples(np.broadcast_to(numbers, shape).tolist())


def _tuples(nested: Any) -> Any:
    return tuple(_tuples(item) for item in nested) if isinstance(nested, list) else nested


class _Bucketized(NamedTuple):
    source_column: NumericColumn
    boundaries: tuple[float, ...]


class BucketizedColumn(_Bucketized, DenseColumn, CategoricalColumn):
    """What `bucketized_column` makes."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.source_column.parse_example_spec

    @property
    def variable_shape(self) -> tuple[int, ...]:  # type: ignore[override]
        return (*self.source_column.shape, len(self.boundaries) + 1)

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return math.prod(self.variable_shape)

    def transform(self, features: Features) -> Any:
        return bucketize(features.get(self.source_column), list(self.boundaries))

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        return array.one_hot(cast(features.get(self), dtypes.int64), len(self.boundaries) + 1, 1.0, 0.0)

    def ids(self, features: Features) -> tuple[SparseTensor, None]:
        buckets = features.get(self)  # (batch size, how many numbers), each with buckets of its own
        batch, numbers = array.shape(buckets)[0], self.source_column.shape[0]
        rows = shaping.reshape(
            shaping.tile(shaping.expand_dims(reduction.range(0, batch), 1), [1, numbers]), (-1,)
        )  # fmt: skip
        places = shaping.tile(reduction.range(0, numbers), [batch])
        ids = shaping.reshape(buckets, (-1,)) + places * (len(self.boundaries) + 1)
        indices = shaping.transpose(joining.stack((rows, places)))
        shape = joining.stack([batch, numbers])
        return SparseTensor(*(cast(part, dtypes.int64) for part in (indices, ids, shape))), None


def bucketized_column(source_column: NumericColumn, boundaries: Any) -> BucketizedColumn:
    """Which of the ranges that the rising `boundaries` part a number lies in; dense (one-hot) and categorical.

    `ValueError` if `source_column` is no numeric column of one axis, or `boundaries` no rising list of numbers.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column/bucketized_column
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(f"source_column must be a column generated with numeric_column(). Given: {source_column}")
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if isinstance(boundaries, (list, tuple)) and not boundaries:
        raise ValueError("boundaries must not be empty.")
    if not isinstance(boundaries, (list, tuple)) or any(a >= b for a, b in itertools.pairwise(boundaries)):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))
