"""Columns of ids: numbers as they are, words by a vocabulary or by their hash, crosses of several.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/feature_column
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...graph import dtypes
from ...graph.scopes import control_dependencies, name_scope
from ...ops import array
from ...ops.check import assert_greater_equal, assert_less
from ...ops.math import cast, logical_or
from ...ops.node import node
from ...ops.parsing import VarLenFeature
from ...ops.slicing import where
from ...ops.sparse_cross import sparse_cross_hashed
from ...ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from ...ops.string import as_string
from ...ops.vocabulary import index_table_from_file, index_table_from_tensor
from .. import gfile
from .features import CategoricalColumn, Features, as_int64, check_key, without_missing


class _Keyed(CategoricalColumn):
    """A column of one feature, which it is named after."""

    key: str
    dtype: dtypes.DType

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(self.dtype)}

    def words(self, features: Features) -> SparseTensor:
        """The feature; `ValueError` if it holds integers where the column has strings, or the other way round."""
        found = without_missing(features.get(self.key))
        if found.dtype != dtypes.string and not found.dtype.is_integer:
            raise ValueError(
                f"column_name: {self.key} input_tensor dtype must be string or integer. dtype: {found.dtype}."
            )
        if found.dtype.is_integer != self.dtype.is_integer:
            raise ValueError(
                f"Column dtype and SparseTensors dtype must be compatible. key: {self.key}, "
                f"column dtype: {self.dtype}, tensor dtype: {found.dtype}"
            )
        return found


def _check_dtype(key: str, dtype: dtypes.DType, what: str = "dtype") -> None:
    if dtype != dtypes.string and not dtype.is_integer:
        raise ValueError(f"column_name: {key} {what} must be string or integer. dtype: {dtype}.")


class _Identity(NamedTuple):
    key: str
    number_buckets: int
    default_value: int | None


class IdentityCategoricalColumn(_Identity, _Keyed):
    """What `categorical_column_with_identity` makes."""

    dtype = dtypes.int64

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return self.number_buckets

    def transform(self, features: Features) -> SparseTensor:
        found = without_missing(features.get(self.key))
        if not found.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {found.dtype}")
        ids, buckets = cast(found.values, dtypes.int64), cast(self.number_buckets, dtypes.int64)
        if self.default_value is not None:
            default = array.fill(array.shape(ids), cast(self.default_value, dtypes.int64))
            ids = where(logical_or(ids < 0, ids >= buckets), default, ids)
        else:
            above = f'Bucket index for categorical column "{self.key}" exceeds number of buckets'
            below = f'Negative bucket index for categorical column "{self.key}"'
            zero = cast(0, dtypes.int64)
            inside = [
                assert_less(ids, buckets, data=(above, ids, buckets), name="assert_less_than_num_buckets"),
                assert_greater_equal(ids, zero, data=(below, ids), name="assert_greater_or_equal_0"),
            ]
            with control_dependencies(inside):
                ids = array.identity(ids)
        return SparseTensor(found.indices, ids, found.dense_shape)


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> IdentityCategoricalColumn:
    """The integers of feature `key` as ids. Those not in [0, num_buckets) are `default_value`, or fail without one.

    `ValueError` for fewer than one bucket, or a `default_value` in none of them.
    """
    check_key(key)
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}")
    return IdentityCategoricalColumn(key, num_buckets, default_value)


class _Hashed(NamedTuple):
    key: str
    hash_bucket_size: int
    dtype: dtypes.DType


class HashedCategoricalColumn(_Hashed, _Keyed):
    """What `categorical_column_with_hash_bucket` makes."""

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return self.hash_bucket_size

    def transform(self, features: Features) -> SparseTensor:
        found = self.words(features)
        texts = found.values if self.dtype == dtypes.string else as_string(found.values)
        ids = node("StringToHashBucketFast", texts, num_buckets=self.hash_bucket_size, name="lookup")
        return SparseTensor(found.indices, ids, found.dense_shape)


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = dtypes.string
) -> HashedCategoricalColumn:
    """The words (or integers, as text) of feature `key` by their hash, below `hash_bucket_size`.

    `ValueError` for a size below 1 or None, or a `dtype` that is neither string nor integer.
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}")
    check_key(key)
    dtype = dtypes.as_dtype(dtype)
    _check_dtype(key, dtype)
    return HashedCategoricalColumn(key, hash_bucket_size, dtype)


class _Vocabulary(_Keyed):
    def transform(self, features: Features) -> SparseTensor:
        found = self.words(features)
        integers = self.dtype.is_integer
        return self._table(dtypes.int64 if integers else self.dtype).lookup(as_int64(found) if integers else found)

    def _table(self, dtype: dtypes.DType) -> Any:
        raise NotImplementedError


class _VocabularyList(NamedTuple):
    key: str
    vocabulary_list: tuple[Any, ...]
    dtype: dtypes.DType
    default_value: int
    num_oov_buckets: int


class VocabularyListCategoricalColumn(_VocabularyList, _Vocabulary):
    """What `categorical_column_with_vocabulary_list` makes."""

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return len(self.vocabulary_list) + self.num_oov_buckets

    def _table(self, dtype: dtypes.DType) -> Any:
        return index_table_from_tensor(
            self.vocabulary_list, self.num_oov_buckets, self.default_value, dtype=dtype, name=f"{self.key}_lookup"
        )


def _check_unknown(key: str, num_oov_buckets: int, no_default: bool) -> None:
    if num_oov_buckets and not no_default:
        raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
    if num_oov_buckets < 0:
        raise ValueError(f"Invalid num_oov_buckets {num_oov_buckets} in {key}.")


def categorical_column_with_vocabulary_list(
    key: str, vocabulary_list: Any, dtype: Any = None, default_value: int = -1, num_oov_buckets: int = 0
) -> VocabularyListCategoricalColumn:
    """The words (or integers) of feature `key` by their places in `vocabulary_list`.

    Others are `default_value` (-1 is dropped), or go by their hash into `num_oov_buckets` after the list. `ValueError`
    for a list that is empty or has a word twice, both ways for others, or another `dtype` than the list's.
    """
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    own = dtypes.as_dtype(np.array(vocabulary_list).dtype)
    _check_unknown(key, num_oov_buckets, default_value == -1)
    _check_dtype(key, own, "vocabulary dtype")
    dtype = own if dtype is None else dtypes.as_dtype(dtype)
    _check_dtype(key, dtype)
    if dtype.is_integer != own.is_integer:
        raise ValueError(f"dtype {dtype} and vocabulary dtype {own} do not match, column_name: {key}")
    check_key(key)
    return VocabularyListCategoricalColumn(key, tuple(vocabulary_list), dtype, default_value, num_oov_buckets)


class _VocabularyFile(NamedTuple):
    key: str
    vocabulary_file: str
    vocabulary_size: int
    num_oov_buckets: int
    dtype: dtypes.DType
    default_value: int


class VocabularyFileCategoricalColumn(_VocabularyFile, _Vocabulary):
    """What `categorical_column_with_vocabulary_file` makes."""

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return self.vocabulary_size + self.num_oov_buckets

    def _table(self, dtype: dtypes.DType) -> Any:
        return index_table_from_file(
            self.vocabulary_file, self.num_oov_buckets, self.vocabulary_size, self.default_value, key_dtype=dtype,
            name=f"{self.key}_lookup",
        )  # fmt: skip


def categorical_column_with_vocabulary_file(
    key: str, vocabulary_file: str, vocabulary_size: int | None = None, num_oov_buckets: int = 0,
    default_value: int | None = None, dtype: Any = dtypes.string,
) -> VocabularyFileCategoricalColumn:  # fmt: skip
    """`categorical_column_with_vocabulary_list` of the first `vocabulary_size` lines of a file, or of all.

    `ValueError` also if the file is not there or the size is below 1.
    """
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {key}.")
    if vocabulary_size is None:
        if not gfile.Exists(vocabulary_file):
            raise ValueError(f"vocabulary_file in {key} does not exist.")
        with gfile.GFile(vocabulary_file, "rb") as file:
            vocabulary_size = sum(1 for _ in file)
    if vocabulary_size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    _check_unknown(key, num_oov_buckets, default_value is None)
    dtype = dtypes.as_dtype(dtype)
    _check_dtype(key, dtype)
    check_key(key)
    return VocabularyFileCategoricalColumn(
        key, vocabulary_file, vocabulary_size, num_oov_buckets, dtype, -1 if default_value is None else default_value
    )


class _Weighted(NamedTuple):
    categorical_column: CategoricalColumn
    weight_feature_key: str
    dtype: dtypes.DType


class WeightedCategoricalColumn(_Weighted, CategoricalColumn):
    """What `weighted_categorical_column` makes."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return self.categorical_column.num_buckets

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        spec = self.categorical_column.parse_example_spec
        if self.weight_feature_key in spec:
            raise ValueError(f"Parse config {spec} already exists for {self.weight_feature_key}.")
        return {**spec, self.weight_feature_key: VarLenFeature(self.dtype)}

    def transform(self, features: Features) -> SparseTensor:
        weights = convert_to_tensor_or_sparse_tensor(features.get(self.weight_feature_key))
        if weights.dtype.base_dtype != self.dtype.base_dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        weights = without_missing(weights, 0)  # a dense weight of 0 is none
        return SparseTensor(weights.indices, cast(weights.values, dtypes.float32), weights.dense_shape)

    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor]:
        weights = features.get(self)
        return self.categorical_column.ids(features)[0], weights


def weighted_categorical_column(
    categorical_column: Any, weight_feature_key: str, dtype: Any = dtypes.float32
) -> WeightedCategoricalColumn:
    """The ids of a column with the weights in feature `weight_feature_key`, one each; `ValueError` if no numbers."""
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, dtype)


class _Crossed(NamedTuple):
    keys: tuple[Any, ...]
    hash_bucket_size: int
    hash_key: int | None


class CrossedColumn(_Crossed, CategoricalColumn):
    """What `crossed_column` makes."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return "_X_".join(sorted(key if isinstance(key, str) else key.name for key in self._leaves))

    @property
    def num_buckets(self) -> int:  # type: ignore[override]
        return self.hash_bucket_size

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {}
        for key in self.keys:
            spec.update({key: VarLenFeature(dtypes.string)} if isinstance(key, str) else key.parse_example_spec)
        return spec

    @property
    def _leaves(self) -> list[Any]:
        crossed = [key._leaves if isinstance(key, CrossedColumn) else [key] for key in self.keys]
        return [leaf for leaves in crossed for leaf in leaves]

    def transform(self, features: Features) -> SparseTensor:
        inputs = []
        for key in self._leaves:
            if isinstance(key, str):
                inputs.append(features.get(key))
                continue
            ids, weights = key.ids(features)
            if weights is not None:
                raise ValueError(
                    "crossed_column does not support weight_tensor, but the given column populates weight_tensor. "
                    f"Given column: {key.name}"
                )
            inputs.append(ids)
        with name_scope("cross"):
            return sparse_cross_hashed(inputs, self.hash_bucket_size, self.hash_key)


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: int | None = None) -> CrossedColumn:
    """The hashes, below `hash_bucket_size`, of every combination of one value of each of `keys`.

    `keys` are names of string features, and categorical columns but hashed ones. `ValueError` for fewer than two of
    them or others, or a size below 1.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if not isinstance(key, (str, CategoricalColumn)):
            raise ValueError(
                "Unsupported key type. All keys must be either string, or categorical column except "
                f"HashedCategoricalColumn. Given: {key}"
            )
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing will "
                "increase probability of collision. Instead, use the feature name as a string. "
                f"Given: {key}"
            )
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
