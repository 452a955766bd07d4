"""Lookup tables: how each op is done. A table is a dict on the host; its handle is an array that holds it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import FailedPreconditionError, NotFoundError
from .registry import invalid, kernel

_WHOLE_LINE, _LINE_NUMBER = -2, -1


class Table:
    """Keys and values, filled once (`mutable` ones as often as one likes)."""

    def __init__(self, op: Any, mutable: bool) -> None:
        self.name = op.name
        self.key_dtype, self.value_dtype = op.attrs["key_dtype"], op.attrs["value_dtype"]
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


def _handle(table: Table) -> np.ndarray:
    array = np.empty((), dtype=object)
    array[()] = table
    return array


@kernel("HashTableV2", context=True, on_host=True)
def hash_table(context: Any) -> np.ndarray:
    return _handle(context.resources.get("table", context.op, lambda _: Table(context.op, mutable=False)))


@kernel("MutableHashTableV2", context=True, on_host=True)
def mutable_hash_table(context: Any) -> np.ndarray:
    return _handle(context.resources.get("table", context.op, lambda _: Table(context.op, mutable=True)))


def _flat(values: Any) -> list[Any]:
    return values.reshape(-1).tolist()


def _as_dtype(values: list[Any], dtype: torch.dtype | None, shape: Any) -> Any:
    if dtype is not None:
        return torch.tensor(values, dtype=dtype).reshape(shape)
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result.reshape(shape)


def _entries(keys: Any, values: Any, once: bool) -> dict[Any, Any]:
    if tuple(keys.shape) != tuple(values.shape):
        raise invalid(f"keys and values cannot differ in shape: {list(keys.shape)} and {list(values.shape)}")
    found: dict[Any, Any] = {}
    for key, value in zip(_flat(keys), _flat(values)):
        if once and found.get(key, value) != value:
            raise FailedPreconditionError(
                None, None, f"HashTable has different value for same key. Key {key!r} has {found[key]!r} and trying to "
                f"add value {value!r}",
            )  # fmt: skip
        found[key] = value
    return found


@kernel("InitializeTableV2", on_host=True)
def initialize_table(table_handle: Any, keys: Any, values: Any) -> None:
    table_handle[()].fill(_entries(keys, values, once=True))


@kernel("LookupTableImportV2", on_host=True)
def import_table(table_handle: Any, keys: Any, values: Any) -> None:
    table = table_handle[()]
    table.fill(_entries(keys, values, once=not table.mutable))


@kernel("LookupTableInsertV2", on_host=True)
def insert(table_handle: Any, keys: Any, values: Any) -> None:
    table = table_handle[()]
    with table.lock:
        table.entries.update(_entries(keys, values, once=False))


@kernel("LookupTableRemoveV2", on_host=True)
def remove(table_handle: Any, keys: Any) -> None:
    table = table_handle[()]
    with table.lock:
        for key in _flat(keys):
            table.entries.pop(key, None)


@kernel("LookupTableFindV2", on_host=True)
def find(table_handle: Any, keys: Any, default_value: Any, *, Tout: torch.dtype | None) -> Any:
    table = table_handle[()]
    entries, (default,) = table.read(), _flat(default_value)
    return _as_dtype([entries.get(key, default) for key in _flat(keys)], Tout, tuple(keys.shape))


@kernel("LookupTableSizeV2", on_host=True)
def size(table_handle: Any) -> Tensor:
    return torch.tensor(len(table_handle[()].read()))


@kernel("LookupTableExportV2", on_host=True)
def export(table_handle: Any, *, Tkeys: torch.dtype | None, Tvalues: torch.dtype | None) -> tuple[Any, Any]:
    entries = dict(table_handle[()].read())
    count = (len(entries),)
    return _as_dtype(list(entries), Tkeys, count), _as_dtype(list(entries.values()), Tvalues, count)


@kernel("InitializeTableFromTextFileV2", on_host=True)
def initialize_from_file(
    table_handle: Any, filename: Any, *, key_index: int, value_index: int, vocab_size: int,
    delimiter: Any, offset: int,
) -> None:  # fmt: skip
    table, path = table_handle[()], filename[()].decode()
    try:
        with open(path, "rb") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    if vocab_size > len(lines):
        raise invalid(f"Invalid vocab_size in {path}: expected {vocab_size} but got {len(lines)}")
    between = delimiter.encode() if isinstance(delimiter, str) else delimiter
    found: dict[Any, Any] = {}
    for number, line in enumerate(lines[:vocab_size] if vocab_size >= 0 else lines):
        key = _column(path, number, line, key_index, between, table.key_dtype, offset)
        value = _column(path, number, line, value_index, between, table.value_dtype, offset)
        if found.setdefault(key, value) != value:
            raise FailedPreconditionError(
                None, None, f"HashTable has different value for same key. Key {key!r} has {found[key]!r} and trying to "
                f"add value {value!r}",
            )  # fmt: skip
    table.fill(found)


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
