"""Tables of a vocabulary: words to their numbers and back, unknown words to buckets by their hash.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/lookup/StaticVocabularyTable
"""

from __future__ import annotations

import collections
import numbers
from typing import Any

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from . import array, reduction
from .lookup import LookupInterface, StaticHashTable
from .math import cast, not_equal
from .node import convert_to_tensor, node
from .slicing import where_v2
from .sparse_tensor import SparseTensor
from .string import as_string
from .table_initializers import (
    KeyValueTensorInitializer,
    TextFileIdTableInitializer,
    TextFileIndex,
    TextFileStringTableInitializer,
)

HasherSpec = collections.namedtuple("HasherSpec", ["hasher", "key"])
"""Which hash puts unknown words into buckets: `hasher` is "fasthash" or "stronghash", which has a `key`."""

FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A hash with a `key` of two numbers, which is hard to foresee for who does not know it."""

    __slots__ = ()

    def __new__(cls, key: Any) -> StrongHashSpec:
        if len(key) != 2:
            raise ValueError(f"key must have size 2, got {len(key)}.")
        if not all(isinstance(part, numbers.Integral) for part in key):
            raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
        return super().__new__(cls, "stronghash", key)


def _checked_hasher(hasher_spec: Any) -> HasherSpec:
    if not isinstance(hasher_spec, HasherSpec):
        raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
    return hasher_spec


class IdTableWithHashBuckets(LookupInterface):
    """A table of words (or integers) to numbers; what `table` lacks goes into one of the buckets after them.

    Without a `table` everything goes into buckets.
    """

    def __init__(
        self, table: Any, num_oov_buckets: int, hasher_spec: Any = FastHashSpec, name: str | None = None,
        key_dtype: Any = None,
    ) -> None:  # fmt: skip
        self._name = name.rstrip("/") if name else None
        self._hasher = _checked_hasher(hasher_spec)
        if table is None:
            if num_oov_buckets <= 0:
                raise ValueError("oov_buckets must be > 0 if no table is supplied.")
            key_dtype = dtypes.as_dtype(dtypes.string if key_dtype is None else key_dtype)
            wanted = dtypes.string
        else:
            key_dtype = dtypes.as_dtype(table.key_dtype if key_dtype is None else key_dtype)
            wanted = table.key_dtype
        if key_dtype != dtypes.string and not key_dtype.is_integer:
            raise TypeError(f"Invalid key_dtype, expected integer or string, got {key_dtype}.")
        if wanted.is_integer != key_dtype.is_integer and table is not None:
            raise TypeError(f"Invalid key dtype, expected {'integer' if wanted.is_integer else 'non-integer'}, got "
                            f"{key_dtype}.")  # fmt: skip
        self._table, self._buckets = table, num_oov_buckets
        super().__init__(key_dtype, dtypes.int64)

    @property
    def initializer(self) -> Operation:
        return node("NoOp") if self._table is None else self._table.initializer

    init = initializer

    @property
    def resource_handle(self) -> Tensor | None:
        return None if self._table is None else self._table.resource_handle

    @property
    def name(self) -> str:
        return self._name or ("hash_bucket" if self._table is None else self._table.name)

    def size(self, name: str | None = None) -> Tensor:
        """How many numbers there are: those of the words and the buckets."""
        with name_scope(name, f"{self.name}_Size"):
            known = convert_to_tensor(0, dtypes.int64) if self._table is None else self._table.size()
            return known + self._buckets

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The numbers of `keys`: int64; sparse for sparse keys. `TypeError` for keys of another dtype."""
        sparse = isinstance(keys, SparseTensor)
        wanted = convert_to_tensor(keys.values if sparse else keys, name="keys")
        if wanted.dtype.base_dtype != self.key_dtype:
            raise TypeError(f"Signature mismatch. Keys must be dtype {self.key_dtype}, got {wanted.dtype}.")
        if self._table is not None and self._table.key_dtype.base_dtype == dtypes.int64:
            wanted = cast(wanted, dtypes.int64)
        if self._buckets == 0:
            found = self._table.lookup(wanted, name=name)
        else:
            with name_scope(name, f"{self.name}_Lookup"):
                found = self._bucket(wanted)
                if self._table is not None:
                    known = self._table.lookup(wanted)
                    found = node("Add", found, self._table.size(), name="Add")
                    found = where_v2(not_equal(known, self._table.default_value), known, found)
        return SparseTensor(keys.indices, found, keys.dense_shape) if sparse else found

    def _bucket(self, keys: Tensor) -> Tensor:
        texts = as_string(keys) if keys.dtype.is_integer else keys
        if self._hasher.hasher == "fasthash":
            return node("StringToHashBucketFast", texts, num_buckets=self._buckets, name="hash_bucket")
        if self._hasher.hasher == "stronghash":
            return node(
                "StringToHashBucketStrong", texts, num_buckets=self._buckets, key=self._hasher.key, name="hash_bucket"
            )
        raise ValueError(f"Unknown hasher {self._hasher.hasher}")


class StaticVocabularyTable(IdTableWithHashBuckets):
    """A table of words (or integers) to numbers, and of unknown ones to `num_oov_buckets` buckets after them.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/lookup/StaticVocabularyTable
    """

    def __init__(
        self, initializer: Any, num_oov_buckets: int, lookup_key_dtype: Any = None, name: str | None = None
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        table = None
        if initializer is not None:
            if initializer.value_dtype != dtypes.int64:
                raise TypeError(
                    f"Invalid value dtype, expected {dtypes.int64} but got {initializer.value_dtype}."
                )  # fmt: skip
            if initializer.key_dtype not in (dtypes.int64, dtypes.string):
                raise TypeError(
                    "Invalid key dtype, expected one of (tf.int64, tf.string), but got "
                    f"{initializer.key_dtype}."
                )  # fmt: skip
            table = StaticHashTable(initializer, -1)
        super().__init__(table, num_oov_buckets, name=name, key_dtype=lookup_key_dtype)


def _check_buckets(num_oov_buckets: int) -> None:
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")


def _check_vocabulary(file: Any, vocab_size: int | None, also: str = "") -> None:
    if file is None or (isinstance(file, (str, bytes)) and not file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.{also}")


def _with_buckets(table: StaticHashTable, num_oov_buckets: int, hasher_spec: Any, key_dtype: Any) -> Any:
    if num_oov_buckets == 0:
        return table
    return IdTableWithHashBuckets(table, num_oov_buckets, hasher_spec, key_dtype=key_dtype)


def index_table_from_file(
    vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None, default_value: int = -1,
    hasher_spec: Any = FastHashSpec, key_dtype: Any = dtypes.string, name: str | None = None,
    key_column_index: int = TextFileIndex.WHOLE_LINE, value_column_index: int = TextFileIndex.LINE_NUMBER,
    delimiter: str = "\t",
) -> Any:  # fmt: skip
    """A table from the words of a file, one a line, to their line numbers, from 0 on.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_table_from_file
    """
    _check_vocabulary(vocabulary_file, None)
    _check_buckets(num_oov_buckets)
    _check_vocabulary(vocabulary_file, vocab_size, f" vocabulary_file: {vocabulary_file}")
    key_dtype = dtypes.as_dtype(key_dtype)
    if not key_dtype.is_integer and key_dtype != dtypes.string:
        raise TypeError("Only integer and string keys are supported.")
    with name_scope(name, "string_to_index"), name_scope("hash_table"):
        initializer = TextFileIdTableInitializer(
            vocabulary_file, key_column_index, value_column_index, vocab_size, delimiter, "table_init",
            dtypes.int64 if key_dtype.is_integer else key_dtype,
        )  # fmt: skip
        return _with_buckets(StaticHashTable(initializer, default_value), num_oov_buckets, hasher_spec, key_dtype)


def index_table_from_tensor(
    vocabulary_list: Any, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = FastHashSpec,
    dtype: Any = dtypes.string, name: str | None = None,
) -> Any:  # fmt: skip
    """A table from the words of a list to their places in it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_table_from_tensor
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    _check_buckets(num_oov_buckets)
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_integer and dtype != dtypes.string:
        raise TypeError("Only integer and string keys are supported.")
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(vocabulary_list)
        if keys.dtype.is_integer != dtype.is_integer:
            raise ValueError(f"Expected {'' if dtype.is_integer else 'non-'}integer, got {keys.dtype}.")
        if not dtype.is_integer and keys.dtype.base_dtype != dtype:
            raise ValueError(f"Expected {dtype}, got {keys.dtype}.")
        values = cast(reduction.range(array.size(keys)), dtypes.int64)
        with name_scope("hash_table"):
            keys = cast(keys, dtypes.int64) if keys.dtype.is_integer else keys
            initializer = KeyValueTensorInitializer(keys, values, name="table_init")
            return _with_buckets(StaticHashTable(initializer, default_value), num_oov_buckets, hasher_spec, dtype)


def index_to_string_table_from_file(
    vocabulary_file: Any, vocab_size: int | None = None, default_value: str = "UNK", name: str | None = None,
    key_column_index: int = TextFileIndex.LINE_NUMBER, value_column_index: int = TextFileIndex.WHOLE_LINE,
    delimiter: str = "\t",
) -> StaticHashTable:  # fmt: skip
    """A table from line numbers, from 0 on, to the words of a file.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_to_string_table_from_file
    """
    _check_vocabulary(vocabulary_file, vocab_size)
    with name_scope(name, "index_to_string"):
        initializer = TextFileStringTableInitializer(
            vocabulary_file, key_column_index, value_column_index, vocab_size, delimiter, "table_init"
        )
        return StaticHashTable(initializer, default_value)


def index_to_string_table_from_tensor(
    vocabulary_list: Any, default_value: str = "UNK", name: str | None = None
) -> StaticHashTable:
    """A table from the places in a list to its words.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_to_string_table_from_tensor
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    with name_scope(name, "index_to_string"):
        values = convert_to_tensor(vocabulary_list, dtypes.string)
        keys = cast(reduction.range(array.size(values)), dtypes.int64)
        return StaticHashTable(KeyValueTensorInitializer(keys, values, name="table_init"), default_value)
