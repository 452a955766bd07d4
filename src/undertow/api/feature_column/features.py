"""The dictionary of features that columns read, and what kinds of columns there are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...ops import array, cond, shaping
from ...ops.gather import gather_nd
from ...ops.math import cast, not_equal
from ...ops.node import convert_to_tensor
from ...ops.slicing import where
from ...ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor


class FeatureColumn:
    """One input of a model. Subclasses are named tuples, so that equal columns are one key of a dictionary."""

    name: str

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """What `tf.io.parse_example` needs to read this column's features."""
        raise NotImplementedError

    def transform(self, features: Features) -> Any:
        """The column's own form of its feature; computed once a `Features`."""
        raise NotImplementedError

    @property
    def _scope_name(self) -> str:
        return self.name


class CategoricalColumn(FeatureColumn):
    """A column of ids from 0 up to `num_buckets`."""

    num_buckets: int

    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor | None]:
        """The ids of each example, and their weights if they have any."""
        return features.get(self), None


class DenseColumn(FeatureColumn):
    """A column of numbers, `variable_shape` for each example."""

    variable_shape: tuple[int, ...]

    def dense(self, features: Features, trainable: bool, collections: Any) -> Tensor:
        """The numbers: (batch size, *variable_shape)."""
        return features.get(self)

    def flat(self, features: Features, trainable: bool, collections: Any) -> Tensor:
        """The numbers as a matrix: (batch size, size)."""
        numbers = self.dense(features, trainable, collections)
        return shaping.reshape(numbers, (array.shape(numbers)[0], self.size))

    @property
    def size(self) -> int:
        return math.prod(self.variable_shape)


class Features:
    """The features of a call by name, at least a matrix each, and what columns have made of them so far."""

    def __init__(self, features: Mapping[str, Any]) -> None:
        self._given = features
        self._made: dict[Any, Any] = {}

    def get(self, key: str | FeatureColumn) -> Any:
        """The feature of this name, or this column's form of its own. `ValueError` if there is none, or a scalar."""
        if key not in self._made:
            self._made[key] = self._raw(key) if key in self._given else self._transformed(key)
        return self._made[key]

    def _transformed(self, key: Any) -> Any:
        if isinstance(key, str):
            raise ValueError(f"Feature {key} is not in features dictionary.")
        return key.transform(self)

    def _raw(self, key: Any) -> Any:
        feature = convert_to_tensor_or_sparse_tensor(self._given[key])
        rank = feature.get_shape().ndims
        if rank == 0:
            raise ValueError(f"Feature (key: {key}) cannot have rank 0. Given: {feature}")
        if rank is not None:
            return shaping.expand_dims(feature, -1) if rank == 1 and isinstance(feature, Tensor) else feature
        if isinstance(feature, SparseTensor):
            return feature
        return cond.cond(
            convert_to_tensor(array.rank(feature)) > 1, lambda: feature, lambda: shaping.expand_dims(feature, -1)
        )


def without_missing(feature: Any, missing: Any = None) -> SparseTensor:
    """A dense feature as a sparse one, without '' and -1, which stand for what is not there, or without `missing`."""
    if isinstance(feature, SparseTensor):
        return feature
    if missing is None:
        missing = "" if feature.dtype == dtypes.string else -1
    places = where(not_equal(feature, convert_to_tensor(missing, feature.dtype)))
    return SparseTensor(places, gather_nd(feature, places), array.shape(feature, out_type=dtypes.int64))


def as_int64(feature: SparseTensor) -> SparseTensor:
    return SparseTensor(feature.indices, cast(feature.values, dtypes.int64), feature.dense_shape)


def check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")
