"""Lookup tables: from keys to values. `kernels/lookup.py` says how they are kept.

`table_initializers.py` has what fills them, `vocabulary.py` the tables of words that are made in one call.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/lookup
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes, scopes
from ..graph.dtypes import DType
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule
from .sparse_tensor import SparseTensor


class LookupInterface:
    """What all tables have: finding, and their size."""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype, self._value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return self._value_dtype

    @property
    def name(self) -> str:
        raise NotImplementedError

    def size(self, name: str | None = None) -> Tensor:
        raise NotImplementedError

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        raise NotImplementedError


class LookupTable(LookupInterface):
    """A table that one op stands for."""

    # What the scopes of its ops end in.
    _find, _export = "_Lookup", "_Export"

    def __init__(self, handle: Tensor, default_value: Tensor, key_dtype: Any, value_dtype: Any) -> None:
        super().__init__(key_dtype, value_dtype)
        self._handle, self._default_value = handle, default_value
        self._value_shape = default_value.shape
        self._key_shape = TensorShape.of(())

    @property
    def resource_handle(self) -> Tensor:
        return self._handle

    @property
    def name(self) -> str:
        return self._handle.op.name.rpartition("/")[2]

    @property
    def default_value(self) -> Tensor:
        return self._default_value

    def _same_keys(self, dtype: DType) -> None:
        if dtype.base_dtype != self.key_dtype:
            raise TypeError(f"Signature mismatch. Keys must be dtype {self.key_dtype}, got {dtype}.")

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of `keys`, the default for those that the table lacks; sparse for sparse keys.

        `TypeError` for keys of another dtype.
        """
        sparse = isinstance(keys, SparseTensor)
        wanted = convert_to_tensor(keys.values if sparse else keys, name="keys")
        self._same_keys(wanted.dtype)
        with name_scope(name, f"{self.name}{self._find}", [wanted]):
            found = node("LookupTableFindV2", self._handle, wanted, self._default_value)
        if wanted.shape.ndims is not None:
            rank = wanted.shape.ndims - (self._key_shape.ndims or 0)
            found.set_shape(wanted.shape[: max(rank, 0)].concatenate(self._value_shape))
        return SparseTensor(keys.indices, found, keys.dense_shape) if sparse else found

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are: int64."""
        with name_scope(name, f"{self.name}_Size", [self._handle]):
            return node("LookupTableSizeV2", self._handle)

    def export(self, name: str | None = None) -> Any:
        """All keys and all values."""
        with name_scope(name, f"{self.name}{self._export}", [self._handle]):
            keys, values = node("LookupTableExportV2", self._handle, Tkeys=self.key_dtype, Tvalues=self.value_dtype)
        count = TensorShape.of((None,))
        keys.set_shape(count.concatenate(self._key_shape))
        values.set_shape(count.concatenate(self._value_shape))
        return keys, values


class StaticHashTable(LookupTable):
    """A table that `initializer` fills when `tf.tables_initializer()` is run."""

    def __init__(
        self, initializer: Any, default_value: Any, name: str | None = None, shared_name: str | None = None
    ) -> None:
        kinds = initializer.key_dtype, initializer.value_dtype
        default = convert_to_tensor(default_value, dtype=kinds[1])
        default.shape.merge_with(())
        handle = node(
            "HashTableV2", key_dtype=kinds[0], value_dtype=kinds[1], name=name or "hash_table",
            shared_name=initializer.shared_name if shared_name is None else shared_name,
        )  # fmt: skip
        super().__init__(handle, default, *kinds)
        self._initializer_op = initializer.initialize(self)

    @property
    def initializer(self) -> Operation:
        return self._initializer_op

    init = initializer


class HashTable(StaticHashTable):
    """`StaticHashTable` by its older name, which may be shared by a name."""

    def __init__(
        self, initializer: Any, default_value: Any, shared_name: str | None = None, name: str | None = None
    ) -> None:
        super().__init__(initializer, default_value, name, shared_name)


class ChangingTable(LookupTable):
    """A table that is empty at first, and that its own ops change. With `checkpoint` savers save it."""

    _find, _export = "_lookup_table_find", "_lookup_table_export_values"
    exported: tuple[Tensor, Tensor]  # what a saver saves

    def _be_saved(self) -> None:
        self.exported = self.export()
        scopes.add_to_collection(GraphKeys.SAVEABLE_OBJECTS, self)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """An op that sets the values of `keys`, those that are there already too."""
        with name_scope(name, f"{self.name}_lookup_table_insert", [keys, values]):
            keys = convert_to_tensor(keys, self.key_dtype, name="keys")
            values = convert_to_tensor(values, self.value_dtype, name="values")
            return node("LookupTableInsertV2", self._handle, keys, values)

    def remove(self, keys: Any, name: str | None = None) -> Operation:
        """An op that takes `keys` out; those that are not there do not matter. `TypeError` for another dtype."""
        keys = convert_to_tensor(keys, name="keys")
        self._same_keys(keys.dtype)
        with name_scope(name, f"{self.name}_lookup_table_remove", [keys]):
            return node("LookupTableRemoveV2", self._handle, keys)


class MutableHashTable(ChangingTable):
    """A table that `insert` fills; its values have the shape of `default_value`, a scalar or a vector."""

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Any, name: str = "MutableHashTable",
        checkpoint: bool = True, shared_name: str | None = None,
    ) -> None:  # fmt: skip
        default = convert_to_tensor(default_value, dtype=value_dtype)
        kinds = {"key_dtype": key_dtype, "value_dtype": value_dtype, "shared_name": shared_name, "name": name}
        kinds["use_node_name_sharing"] = checkpoint and not shared_name
        if default.shape.ndims == 0:
            handle = node("MutableHashTableV2", **kinds)
        else:
            handle = node("MutableHashTableOfTensorsV2", value_shape=default.shape, **kinds)
        super().__init__(handle, default, key_dtype, value_dtype)
        if checkpoint:
            self._be_saved()


class DenseHashTable(ChangingTable):
    """A mutable table in one array of buckets; `empty_key` and `deleted_key` are no keys. Keys may be vectors.

    `export` gives all buckets, empty ones with `empty_key`.
    """

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Any, empty_key: Any, deleted_key: Any,
        initial_num_buckets: int | None = None, name: str = "MutableDenseHashTable", checkpoint: bool = True,
    ) -> None:  # fmt: skip
        default = convert_to_tensor(default_value, dtype=value_dtype, name="default_value")
        empty = convert_to_tensor(empty_key, dtype=key_dtype, name="empty_key")
        deleted = convert_to_tensor(deleted_key, dtype=key_dtype, name="deleted_key")
        handle = node(
            "MutableDenseHashTableV2", empty, deleted, value_dtype=value_dtype, value_shape=default.shape,
            initial_num_buckets=initial_num_buckets, use_node_name_sharing=checkpoint, name=name,
        )  # fmt: skip
        super().__init__(handle, default, key_dtype, value_dtype)
        self._key_shape = empty.shape
        if checkpoint:
            self._be_saved()

    insert_or_assign = ChangingTable.insert
    erase = ChangingTable.remove


MutableDenseHashTable = DenseHashTable


@shape_rule("HashTableV2", "MutableHashTableV2", "MutableHashTableOfTensorsV2", "LookupTableSizeV2")
def _(*_: TensorShape) -> TensorShape:
    return TensorShape.of(())


@shape_rule("MutableDenseHashTableV2")
def _(empty_key: TensorShape, deleted_key: TensorShape) -> TensorShape:
    for shape in (empty_key, deleted_key):
        if shape.ndims is not None and shape.ndims > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {shape.ndims}")
    return TensorShape.of(())


@shape_rule("LookupTableImportV2")
def _(table_handle: TensorShape, keys: TensorShape, values: TensorShape) -> list[TensorShape]:
    if keys.ndims == 1 and values.ndims == 1:
        rules.merged(keys, values)
    return []
