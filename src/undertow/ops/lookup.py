"""Lookup tables: from strings to numbers and back. `kernels/lookup.py` says how they are kept.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/lookup
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes, scopes, stacks
from ..graph.dtypes import DType
from ..graph.errors import unbuilt
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array, reduction
from .math import cast
from .node import convert_to_tensor, node
from .rules import shape_rule
from .sparse_tensor import SparseTensor


class TextFileIndex:
    """What of a line of a file is used, where it is no column."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class KeyValueTensorInitializer:
    """Fills a table with `keys` and `values`, of one shape."""

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        with name_scope(name, "key_value_init", [keys, values]):
            self._keys = convert_to_tensor(keys, dtype=key_dtype, name="keys")
            self._values = convert_to_tensor(values, dtype=value_dtype, name="values")
        self.key_dtype, self.value_dtype = self._keys.dtype, self._values.dtype

    def initialize(self, table: LookupTable) -> Operation:
        _same_dtypes(table, self)
        with name_scope("table_init"):
            op = node("LookupTableImportV2", table.resource_handle, self._keys, self._values)
        scopes.add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)
        return op


class TextFileInitializer:
    """Fills a table from a file: key and value are columns of its lines, the whole line or the line's number."""

    def __init__(
        self, filename: Any, key_dtype: Any, key_index: int, value_dtype: Any, value_index: int,
        vocab_size: int | None = None, delimiter: str = "\t", name: str | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(filename, Tensor) and not filename:
            raise ValueError("Filename required")
        self.key_dtype, self.value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        for what, index, dtype in (("key", key_index, self.key_dtype), ("value", value_index, self.value_dtype)):
            if index < -2:
                raise ValueError(f"Invalid {what} index {index}.")
            if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
                raise ValueError(f"Signature mismatch. {what}s must be dtype {dtypes.int64}, got {dtype}.")
            if index == TextFileIndex.WHOLE_LINE and not (dtype.is_integer or dtype == dtypes.string):
                raise ValueError(f"Signature mismatch. {what}s must be integer or string, got {dtype}.")
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._attrs: dict[str, Any] = {
            "key_index": key_index, "value_index": value_index, "delimiter": delimiter,
            "vocab_size": -1 if vocab_size is None else vocab_size,
        }  # fmt: skip
        self._filename = convert_to_tensor(filename, dtypes.string, name="asset_path")
        scopes.add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)

    def initialize(self, table: LookupTable) -> Operation:
        _same_dtypes(table, self)
        with name_scope("table_init"):
            op = node("InitializeTableFromTextFileV2", table.resource_handle, self._filename, **self._attrs)
        scopes.add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)
        return op


def _same_dtypes(table: LookupTable, initializer: Any) -> None:
    for what in ("key_dtype", "value_dtype"):
        mine, theirs = getattr(table, what), getattr(initializer, what)
        if mine != theirs:
            raise TypeError(f"Invalid {what.replace('_', ' ')}: expected {mine} but got {theirs}.")


class LookupTable:
    """What all tables have: finding, and their size."""

    key_dtype: DType
    value_dtype: DType

    def __init__(self, handle: Tensor, default_value: Tensor, key_dtype: Any, value_dtype: Any) -> None:
        self._handle, self._default_value = handle, default_value
        self.key_dtype, self.value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)

    @property
    def resource_handle(self) -> Tensor:
        return self._handle

    @property
    def name(self) -> str:
        return self._handle.op.name

    @property
    def default_value(self) -> Tensor:
        return self._default_value

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of `keys`, the default for those that the table lacks; sparse for sparse keys.

        `TypeError` for keys of another dtype.
        """
        sparse = isinstance(keys, SparseTensor)
        wanted = convert_to_tensor(keys.values if sparse else keys, name="keys")
        if wanted.dtype.base_dtype != self.key_dtype:
            raise TypeError(f"Signature mismatch. Keys must be dtype {self.key_dtype}, got {wanted.dtype}.")
        with name_scope(name, f"{self.name.rpartition('/')[2]}_Lookup", [wanted]):
            found = node("LookupTableFindV2", self._handle, wanted, self._default_value)
        found.set_shape(wanted.shape)
        return SparseTensor(keys.indices, found, keys.dense_shape) if sparse else found

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are: int64."""
        with name_scope(name, f"{self.name.rpartition('/')[2]}_Size", [self._handle]):
            return node("LookupTableSizeV2", self._handle)

    def export(self, name: str | None = None) -> Any:
        """All keys and all values."""
        with name_scope(name, f"{self.name.rpartition('/')[2]}_Export", [self._handle]):
            return node("LookupTableExportV2", self._handle, Tkeys=self.key_dtype, Tvalues=self.value_dtype)


class HashTable(LookupTable):
    """A table that `initializer` fills when `tf.tables_initializer()` is run."""

    def __init__(
        self, initializer: Any, default_value: Any, shared_name: str | None = None, name: str | None = None
    ) -> None:
        kinds = initializer.key_dtype, initializer.value_dtype
        with name_scope(name, "hash_table", [default_value]):
            default = convert_to_tensor(default_value, dtype=kinds[1])
            handle = node(
                "HashTableV2", key_dtype=kinds[0], value_dtype=kinds[1], shared_name=shared_name, name="hash_table"
            )
            super().__init__(handle, default, *kinds)
            self._initializer_op = initializer.initialize(self)

    @property
    def initializer(self) -> Operation:
        return self._initializer_op

    init = initializer


class StaticHashTable(HashTable):
    """`HashTable` as `tf.lookup` has it."""

    def __init__(self, initializer: Any, default_value: Any, name: str | None = None) -> None:
        super().__init__(initializer, default_value, name=name)


class MutableHashTable(LookupTable):
    """A table that is empty at first, and that `insert` and `remove` change."""

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Any, shared_name: str | None = None,
        name: str = "MutableHashTable", checkpoint: bool = False,
    ) -> None:  # fmt: skip
        if checkpoint:
            raise unbuilt("MutableHashTable(checkpoint=True)", "Save what `export` gives.")
        default = convert_to_tensor(default_value, dtype=value_dtype)
        if default.shape.ndims != 0:
            raise unbuilt("MutableHashTable with values that are no scalars")
        handle = node(
            "MutableHashTableV2", key_dtype=key_dtype, value_dtype=value_dtype, shared_name=shared_name, name=name
        )
        super().__init__(handle, default, key_dtype, value_dtype)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """An op that sets the values of `keys`, those that are there already too."""
        keys = convert_to_tensor(keys, self.key_dtype, name="keys")
        values = convert_to_tensor(values, self.value_dtype, name="values")
        return node("LookupTableInsertV2", self._handle, keys, values, name=name)

    def remove(self, keys: Any, name: str | None = None) -> Operation:
        """An op that takes `keys` out; those that are not there do not matter."""
        return node("LookupTableRemoveV2", self._handle, convert_to_tensor(keys, self.key_dtype), name=name)


@shape_rule("HashTableV2", "MutableHashTableV2", "LookupTableSizeV2")
def _(*_: TensorShape) -> TensorShape:
    return TensorShape.of(())


# Tables of a vocabulary


def _no_buckets(num_oov_buckets: int) -> None:
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")
    if num_oov_buckets:
        raise unbuilt("A table with num_oov_buckets", "Use a default_value for words that are not in the vocabulary.")


def index_table_from_file(
    vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None, default_value: int = -1,
    hasher_spec: Any = None, key_dtype: Any = dtypes.string, name: str | None = None,
    key_column_index: int = TextFileIndex.WHOLE_LINE, value_column_index: int = TextFileIndex.LINE_NUMBER,
    delimiter: str = "\t",
) -> HashTable:  # fmt: skip
    """A table from the words of a file, one a line, to their line numbers, from 0 on.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_table_from_file
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    _no_buckets(num_oov_buckets)
    with name_scope(name, "string_to_index"), name_scope("hash_table"):
        initializer = TextFileInitializer(
            vocabulary_file, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size, delimiter
        )
        return _in_this_scope(initializer, default_value)


def index_table_from_tensor(
    vocabulary_list: Any, num_oov_buckets: int = 0, default_value: int = -1, hasher_spec: Any = None,
    dtype: Any = dtypes.string, name: str | None = None,
) -> HashTable:  # fmt: skip
    """A table from the words of a list to their places in it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_table_from_tensor
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    _no_buckets(num_oov_buckets)
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(vocabulary_list)
        if keys.dtype.is_integer != dtypes.as_dtype(dtype).is_integer:
            raise ValueError(f"Expected {dtype}, got {keys.dtype} of vocabulary.")
        values = cast(reduction.range(array.size(keys)), dtypes.int64)
        keys = cast(keys, dtypes.int64) if keys.dtype.is_integer else keys
        with name_scope("hash_table"):
            return _in_this_scope(KeyValueTensorInitializer(keys, values), default_value)


def index_to_string_table_from_file(
    vocabulary_file: Any, vocab_size: int | None = None, default_value: str = "UNK", name: str | None = None,
    key_column_index: int = TextFileIndex.LINE_NUMBER, value_column_index: int = TextFileIndex.WHOLE_LINE,
    delimiter: str = "\t",
) -> HashTable:  # fmt: skip
    """A table from line numbers, from 0 on, to the words of a file.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_to_string_table_from_file
    """
    with name_scope(name, "index_to_string"), name_scope("hash_table"):
        initializer = TextFileInitializer(
            vocabulary_file, dtypes.int64, key_column_index, dtypes.string, value_column_index, vocab_size, delimiter
        )
        return _in_this_scope(initializer, default_value)


def index_to_string_table_from_tensor(
    vocabulary_list: Any, default_value: str = "UNK", name: str | None = None
) -> HashTable:
    """A table from the places in a list to its words.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/lookup/index_to_string_table_from_tensor
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    with name_scope(name, "index_to_string"):
        values = convert_to_tensor(vocabulary_list, dtypes.string)
        keys = cast(reduction.range(array.size(values)), dtypes.int64)
        with name_scope("hash_table"):
            return _in_this_scope(KeyValueTensorInitializer(keys, values), default_value)


def _in_this_scope(initializer: Any, default_value: Any) -> HashTable:
    """A table whose nodes are made where we are, not in a scope of their own."""
    return HashTable(initializer, default_value, name=f"{stacks.get_default_graph().get_name_scope()}/")
