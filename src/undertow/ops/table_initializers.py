"""What lookup tables are filled with: keys and values, or the lines of a file.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/lookup
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes, scopes
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from .node import convert_to_tensor, node


class TextFileIndex:
    """What of a line of a file is used, where it is no column."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TableInitializerBase:
    """What fills a table; `initialize(table)` gives the op that does."""

    shared_name = ""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype, self._value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> dtypes.DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> dtypes.DType:
        return self._value_dtype

    def initialize(self, table: Any) -> Operation:
        raise NotImplementedError


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with `keys` and `values`, of one shape."""

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self._keys = convert_to_tensor(keys, dtype=key_dtype, name="keys")
        self._values = convert_to_tensor(values, dtype=value_dtype, name="values")
        self._name = "key_value_init" if name is None else name
        super().__init__(self._keys.dtype, self._values.dtype)

    def initialize(self, table: Any) -> Operation:
        _same_dtypes(table, self)
        with name_scope(self._name, values=[table.resource_handle, self._keys, self._values]):
            op = node("LookupTableImportV2", table.resource_handle, self._keys, self._values)
        scopes.add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)
        return op


class TextFileInitializer(TableInitializerBase):
    """Fills a table from a file: key and value are columns of its lines, the whole line or the line's number.

    Tables of one file and the same columns are one table.
    """

    def __init__(
        self, filename: Any, key_dtype: Any, key_index: int, value_dtype: Any, value_index: int,
        vocab_size: int | None = None, delimiter: str = "\t", name: str | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(filename, Tensor) and not filename:
            raise ValueError(f"Filename required for {name}.")
        super().__init__(key_dtype, value_dtype)
        for what, index, dtype in (("Key", key_index, self.key_dtype), ("Value", value_index, self.value_dtype)):
            if index < -2:
                raise ValueError(f"Invalid {what.lower()} index {index}.")
            if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
                raise ValueError(f"Signature mismatch. {what}s must be dtype {dtypes.int64}, got {dtype}.")
            whole = dtype == dtypes.string or (what == "Key" and dtype.is_integer)
            if index == TextFileIndex.WHOLE_LINE and not whole:
                wanted = "integer or string" if what == "Key" else f"dtype {dtypes.string}"
                raise ValueError(f"Signature mismatch. {what}s must be {wanted}, got {dtype}.")
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._attrs: dict[str, Any] = {
            "key_index": key_index, "value_index": value_index, "delimiter": delimiter,
            "vocab_size": -1 if vocab_size is None else vocab_size,
        }  # fmt: skip
        self._name = "text_file_init" if name is None else name
        if not isinstance(filename, Tensor):
            sizes = "" if vocab_size is None else f"{vocab_size}_"
            path = filename.decode() if isinstance(filename, bytes) else filename
            self.shared_name = f"hash_table_{path}_{sizes}{key_index}_{value_index}"
        self._filename = convert_to_tensor(filename, dtypes.string, name="asset_path")

    def initialize(self, table: Any) -> Operation:
        _same_dtypes(table, self)
        with name_scope(self._name, values=[table.resource_handle]):
            op = node("InitializeTableFromTextFileV2", table.resource_handle, self._filename, **self._attrs)
        scopes.add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)
        scopes.add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)
        return op


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table from the numbers of a file's lines to their words."""

    def __init__(
        self, filename: Any, key_column_index: int = TextFileIndex.LINE_NUMBER,
        value_column_index: int = TextFileIndex.WHOLE_LINE, vocab_size: int | None = None, delimiter: str = "\t",
        name: str = "text_file_string_table_init",
    ) -> None:  # fmt: skip
        super().__init__(
            filename, dtypes.int64, key_column_index, dtypes.string, value_column_index, vocab_size, delimiter, name
        )


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table from the words of a file to the numbers of their lines."""

    def __init__(
        self, filename: Any, key_column_index: int = TextFileIndex.WHOLE_LINE,
        value_column_index: int = TextFileIndex.LINE_NUMBER, vocab_size: int | None = None, delimiter: str = "\t",
        name: str = "text_file_id_table_init", key_dtype: Any = dtypes.string,
    ) -> None:  # fmt: skip
        super().__init__(
            filename, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size, delimiter, name
        )


def _same_dtypes(table: Any, initializer: TableInitializerBase) -> None:
    for what in ("key_dtype", "value_dtype"):
        mine, theirs = getattr(table, what), getattr(initializer, what)
        if mine != theirs:
            raise TypeError(f"Invalid {what.replace('_', ' ')}, expected {mine} but got {theirs}.")
