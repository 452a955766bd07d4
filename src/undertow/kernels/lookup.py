"""Lookup tables: how each op is done. A table is a dict on the host; its handle is an array that holds it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import FailedPreconditionError, NotFoundError
from .registry import invalid, kernel

_WHOLE_LINE, _LINE_NUMBER = -2, -1


class Table:
    """Keys and values, filled once (`mutable` ones as often as one likes). Vectors are kept as tuples."""

    def __init__(self, op: Any, mutable: bool) -> None:
        self.name = op.name
        self.key_dtype, self.value_dtype = op.attrs["key_dtype"], op.attrs["value_dtype"]
        self.key_shape: tuple[int, ...] = ()
        self.value_shape = tuple(op.attrs["value_shape"].as_list()) if "value_shape" in op.attrs else ()
        self.entries: dict[Any, Any] = {}
        self.ready = self.mutable = mutable
        self.lock = threading.Lock()

    def fill(self, entries: dict[Any, Any]) -> None:
        """Fill a table that is filled once: again only with what it holds already."""
        with self.lock:
            if self.ready and not self.mutable and entries != self.entries:
                raise FailedPreconditionError(None, None, "Table already initialized.")
            self.entries, self.ready = entries, True

    def read(self) -> dict[Any, Any]:
        if not self.ready:
            raise FailedPreconditionError(None, None, "Table not initialized.")
        return self.entries

    def keys(self, keys: Any) -> list[Any]:
        """The keys in a tensor, which ends with the shape of a key."""
        rank = len(self.key_shape)
        if rank and tuple(keys.shape[-rank:]) != self.key_shape:
            if keys.ndim == rank:
                raise invalid(f"Expected key shape {list(self.key_shape)} got {list(keys.shape)}")
            raise invalid(
                f"Input key shape {_listed(keys.shape)} must end with the table's key shape {_listed(self.key_shape)}"
            )
        return _items(keys, self.key_shape)

    def checked(self, keys: Any, values: Any) -> zip[tuple[Any, Any]]:
        """Pairs of keys and values, if there are as many of one as of the other."""
        found = self.keys(keys)
        wanted = (*keys.shape[: keys.ndim - len(self.key_shape)], *self.value_shape)
        if tuple(values.shape) != wanted:
            raise invalid(f"Expected shape {_listed(wanted)} for value, got {_listed(values.shape)}")
        return zip(found, _items(values, self.value_shape))

    def export(self) -> tuple[list[Any], list[Any]]:
        entries = dict(self.read())
        return list(entries), list(entries.values())

    def insert(self, keys: Any, values: Any) -> None:
        pairs = self.checked(keys, values)
        with self.lock:
            self.entries.update(pairs)

    def load(self, keys: Any, values: Any) -> None:
        """Hold these keys and values and no others."""
        self.fill(_entries(self.checked(keys, values), once=not self.mutable))


class DenseTable(Table):
    """A table in an array of buckets, which is doubled when it becomes too full; two keys stand for none."""

    def __init__(self, op: Any, empty: Any, deleted: Any) -> None:
        super().__init__(op, mutable=True)
        self.key_shape = tuple(empty.shape)
        if empty.shape != deleted.shape:
            raise invalid(
                "Empty and deleted keys must have same shape, got shapes: "
                f"{_listed(empty.shape)} and {_listed(deleted.shape)}"
            )
        (self.empty,), (self.deleted,) = _items(empty, self.key_shape), _items(deleted, self.key_shape)
        if self.empty == self.deleted:
            raise invalid("Empty and deleted keys cannot be equal")
        self.buckets, self.fullness = op.attrs["initial_num_buckets"], op.attrs["max_load_factor"]
        if self.buckets < 4 or self.buckets & (self.buckets - 1):
            raise invalid(f"Number of buckets must be at least 4 and a power of 2, got: {self.buckets}")

    def keys(self, keys: Any) -> list[Any]:
        found = super().keys(keys)
        for what, key in (("empty_key", self.empty), ("deleted_key", self.deleted)):
            if key in found:
                raise invalid(f"Using the {what} as a table key is not allowed")
        return found

    def insert(self, keys: Any, values: Any) -> None:
        super().insert(keys, values)
        while len(self.entries) > self.fullness * self.buckets:
            self.buckets *= 2

    def export(self) -> tuple[list[Any], list[Any]]:
        keys, values = super().export()
        nothing: Any = b"" if self.value_dtype.name == "string" else 0
        for size in reversed(self.value_shape):
            nothing = (nothing,) * size
        spare = self.buckets - len(keys)
        return keys + [self.empty] * spare, values + [nothing] * spare

    def load(self, keys: Any, values: Any) -> None:
        found = zip(Table.keys(self, keys), _items(values, self.value_shape))
        self.buckets = max(len(keys), 4)
        self.fill({key: value for key, value in found if key not in (self.empty, self.deleted)})


def _listed(shape: Any) -> str:
    return f"[{','.join(map(str, shape))}]"


def _items(values: Any, shape: tuple[int, ...]) -> list[Any]:
    """The items of `shape` that a tensor is made of: numbers or bytes, or tuples of them."""
    if not shape:
        return values.reshape(-1).tolist()
    return [_tuple(row) for row in values.reshape(-1, *shape).tolist()]


def _tuple(row: Any) -> Any:
    return tuple(map(_tuple, row)) if isinstance(row, list) else row


def _handle(table: Table) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = table
    return array


@kernel("HashTableV2", context=True, on_host=True)
def hash_table(context: Any) -> np.ndarray:
    return _handle(context.resources.get("table", context.op, lambda _: Table(context.op, mutable=False)))


@kernel("MutableHashTableV2", "MutableHashTableOfTensorsV2", context=True, on_host=True)
def mutable_hash_table(context: Any) -> np.ndarray:
    if context.op.attrs.get("value_shape") is not None and len(context.op.attrs["value_shape"]) > 1:
        raise invalid(f"Default value must be a vector, got shape {_listed(context.op.attrs['value_shape'].as_list())}")
    return _handle(context.resources.get("table", context.op, lambda _: Table(context.op, mutable=True)))


@kernel("MutableDenseHashTableV2", context=True, on_host=True)
def mutable_dense_hash_table(context: Any, empty_key: Any, deleted_key: Any) -> np.ndarray:
    return _handle(context.resources.get("table", context.op, lambda _: DenseTable(context.op, empty_key, deleted_key)))


def _as_dtype(values: list[Any], dtype: torch.dtype | None, shape: Any) -> Any:
    if dtype is not None:
        return torch.tensor(values, dtype=dtype).reshape(shape)
    result = np.empty(shape, dtype=object)
    if values and isinstance(values[0], tuple):
        values = np.array(values, dtype=object).reshape(-1).tolist()
    result.reshape(-1)[:] = values
    return result


def _entries(pairs: Iterable[tuple[Any, Any]], once: bool) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if once and found.get(key, value) != value:
            raise _two_values(key, found[key], value)
        found[key] = value
    return found


def _two_values(key: Any, old: Any, new: Any) -> FailedPreconditionError:
    shown = [part.decode(errors="replace") if isinstance(part, bytes) else part for part in (key, old, new)]
    return FailedPreconditionError(
        None, None, "HashTable has different value for same key. "
        f"Key {shown[0]} has {shown[1]} and trying to add value {shown[2]}",
    )  # fmt: skip


@kernel("InitializeTableV2", "LookupTableImportV2", on_host=True)
def load(table_handle: Any, keys: Any, values: Any) -> None:
    table_handle[()].load(keys, values)


@kernel("LookupTableInsertV2", on_host=True)
def insert(table_handle: Any, keys: Any, values: Any) -> None:
    table_handle[()].insert(keys, values)


@kernel("LookupTableRemoveV2", on_host=True)
def remove(table_handle: Any, keys: Any) -> None:
    table = table_handle[()]
    gone = table.keys(keys)
    with table.lock:
        for key in gone:
            table.entries.pop(key, None)


@kernel("LookupTableFindV2", on_host=True)
def find(table_handle: Any, keys: Any, default_value: Any, *, Tout: torch.dtype | None) -> Any:
    table = table_handle[()]
    if tuple(default_value.shape) != table.value_shape:
        raise invalid(
            f"Expected shape {_listed(table.value_shape)} for default value, got {_listed(default_value.shape)}"
        )
    entries, (default,) = table.read(), _items(default_value, table.value_shape)
    shape = (*keys.shape[: keys.ndim - len(table.key_shape)], *table.value_shape)
    return _as_dtype([entries.get(key, default) for key in table.keys(keys)], Tout, shape)


@kernel("LookupTableSizeV2", on_host=True)
def size(table_handle: Any) -> Tensor:
    return torch.tensor(len(table_handle[()].read()))


@kernel("LookupTableExportV2", on_host=True)
def export(table_handle: Any, *, Tkeys: torch.dtype | None, Tvalues: torch.dtype | None) -> tuple[Any, Any]:
    table = table_handle[()]
    keys, values = table.export()
    shapes = (len(keys), *table.key_shape), (len(keys), *table.value_shape)
    return _as_dtype(keys, Tkeys, shapes[0]), _as_dtype(values, Tvalues, shapes[1])


@kernel("InitializeTableFromTextFileV2", on_host=True)
def initialize_from_file(
    table_handle: Any, filename: Any, *, key_index: int, value_index: int, vocab_size: int,
    delimiter: Any, offset: int,
) -> None:  # fmt: skip
    table, path = table_handle[()], filename[()].decode()
    between = delimiter.encode() if isinstance(delimiter, str) else delimiter
    found: dict[Any, Any] = {}
    for number, line in enumerate(vocabulary_lines(path, vocab_size)):
        key = _column(path, number, line, key_index, between, table.key_dtype, offset)
        value = _column(path, number, line, value_index, between, table.value_dtype, offset)
        if found.setdefault(key, value) != value:
            raise _two_values(key, found[key], value)
    table.fill(found)


def vocabulary_lines(path: str, vocab_size: int) -> list[bytes]:
    """The first `vocab_size` lines of a file, all for -1."""
    try:
        with open(path, "rb") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    if vocab_size > len(lines):
        raise invalid(f"Invalid vocab_size in {path}: expected {vocab_size} but got {len(lines)}")
    return lines[:vocab_size] if vocab_size >= 0 else lines


def _column(path: str, number: int, line: bytes, index: int, between: bytes, dtype: Any, offset: int) -> Any:
    """What a line of a vocabulary gives: its number, all of it, or one of its columns."""
    if index == _LINE_NUMBER:
        return number + offset
    parts = [line] if index == _WHOLE_LINE else line.split(between)
    if index >= len(parts):
        raise invalid(f"Invalid number of columns in {path} line {number} ({line!r}) : expected {index + 1}")
    text = parts[max(index, 0)]
    if dtype.name == "string":
        return text
    try:
        return int(text) if dtype.is_integer else float(text)
    except ValueError:
        raise invalid(f"Field {text!r} in line {number} of {path} is not a valid {dtype.name}.") from None
