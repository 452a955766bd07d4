"""Whole pipelines: `make_csv_dataset` and `make_batched_features_dataset`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/experimental/make_csv_dataset
"""

from __future__ import annotations

import collections
import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.dtypes import DType
from ...ops.parsing import parse_example
from .. import gfile
from .csv import CsvDataset
from .dataset import Dataset
from .experimental import AUTOTUNE, parallel_interleave, shuffle_and_repeat
from .experimental import ignore_errors as leave_out_errors
from .readers import TFRecordDataset


def _files(file_pattern: Any) -> list[str]:
    """The files that match, sorted. `ValueError` if there are none."""
    patterns = file_pattern if isinstance(file_pattern, (list, tuple)) else [file_pattern]
    if not patterns:
        raise ValueError("File pattern is empty.")
    found = sorted({name for pattern in patterns for name in gfile.Glob(pattern)})
    if not found:
        raise ValueError(f"No files match `file_pattern` {file_pattern}.")
    return found


def _ordered(dataset: Dataset, shuffle: bool, buffer_size: int, epochs: int | None, seed: Any) -> Dataset:
    if shuffle and epochs != 1:
        return dataset.apply(shuffle_and_repeat(buffer_size, epochs, seed))
    if shuffle:
        return dataset.shuffle(buffer_size, seed)
    return dataset if epochs == 1 else dataset.repeat(epochs)


def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: int,
    features: Any,
    reader: Any = TFRecordDataset,
    label_key: str | None = None,
    reader_args: Sequence[Any] | None = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    reader_num_threads: int = 1,
    parser_num_threads: int = 2,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Dataset:
    """Batches of parsed `tf.train.Example`s of the files that match: dicts, or (dict, label) with a `label_key`.

    `features` is as for `tf.io.parse_example`. `ValueError` if no file matches or `label_key` is none of them.
    """
    names = _files(file_pattern)
    dataset = Dataset.from_tensor_slices(names)
    if shuffle:
        dataset = dataset.shuffle(len(names), shuffle_seed)
    dataset = dataset.apply(
        parallel_interleave(lambda name: reader(name, *(reader_args or ())), cycle_length=reader_num_threads)
    )
    if dataset.output_types == (dtypes.string, dtypes.string):
        dataset = dataset.map(lambda _, value: value)
    dataset = _ordered(dataset, shuffle, shuffle_buffer_size, num_epochs, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.map(lambda batch: parse_example(batch, features))
    if label_key:
        if label_key not in features:
            raise ValueError(f"The `label_key` provided ({label_key!r}) must be one of the `features` keys.")
        dataset = dataset.map(lambda parsed: (parsed, parsed.pop(label_key)))
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Sequence[str] | None = None,
    column_defaults: Sequence[Any] | None = None,
    label_name: str | None = None,
    select_columns: Sequence[Any] | None = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    num_parallel_reads: int = 1,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: str | None = None,
    ignore_errors: bool = False,
) -> Dataset:
    """Batches of rows of the CSV files that match: ordered dicts of columns, or (dict, label) with a `label_name`.

    Names come from the files' first line, types from `num_rows_for_inference` rows, unless `column_names` and
    `column_defaults` tell them. `ValueError` if no file matches, files have other names, or a column is not there.
    """
    names = _files(file_pattern)
    if compression_type and (column_names is None or column_defaults is None):
        raise ValueError("Cannot infer column names or types of compressed files: give both.")
    table = _Table(names, field_delim, use_quote_delim, na_value, header)
    columns = table.names() if column_names is None else list(column_names)
    if len(columns) != len(set(columns)):
        raise ValueError("Cannot have duplicate column names.")
    chosen = _chosen(columns, select_columns)
    defaults = table.defaults(chosen, num_rows_for_inference) if column_defaults is None else list(column_defaults)
    if len(defaults) != len(chosen):
        raise ValueError(f"There are {len(chosen)} columns, but {len(defaults)} column defaults.")
    selected = [columns[i] for i in chosen]
    if label_name is not None and label_name not in selected:
        raise ValueError(f"`label_name` provided must be one of the columns: {selected}. Received: {label_name}.")

    def rows(name: Any) -> Dataset:
        dataset = CsvDataset(
            name, defaults, compression_type=compression_type, header=header, field_delim=field_delim,
            use_quote_delim=use_quote_delim, na_value=na_value, select_cols=chosen if select_columns else None,
        )  # fmt: skip
        return dataset.apply(leave_out_errors()) if ignore_errors else dataset

    def features(*values: Any) -> Any:
        found: dict[str, Any] = collections.OrderedDict(zip(selected, values))
        return found if label_name is None else (found, found.pop(label_name))

    dataset = Dataset.from_tensor_slices(names)
    if shuffle:
        dataset = dataset.shuffle(len(names), shuffle_seed)
    dataset = dataset.apply(parallel_interleave(rows, cycle_length=num_parallel_reads, sloppy=sloppy))
    dataset = _ordered(dataset, shuffle, shuffle_buffer_size, num_epochs, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=num_epochs is None).map(features)
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _chosen(columns: list[str], select_columns: Sequence[Any] | None) -> list[int]:
    """The indices, in order, of columns told by name or index."""
    if not select_columns:
        return list(range(len(columns)))
    try:
        found = sorted(c if isinstance(c, int) else columns.index(c) for c in select_columns)
    except ValueError:
        raise ValueError(f"`select_columns` {list(select_columns)} are not all among the columns {columns}.") from None
    if len(set(found)) != len(found) or found[0] < 0 or found[-1] >= len(columns):
        raise ValueError(f"`select_columns` {list(select_columns)} are not different columns of {columns}.")
    return found


class _Table:
    """What the rows of CSV files tell of their columns."""

    def __init__(self, files: list[str], delimiter: str, quotes: bool, missing: str, header: bool) -> None:
        self._files, self._missing, self._header = files, missing, header
        quoting: Any = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
        self._read: Callable[..., Any] = lambda file: csv.reader(file, delimiter=delimiter, quoting=quoting)

    def names(self) -> list[str]:
        """The first line, which all files have."""
        if not self._header:
            raise ValueError("Cannot infer column names without a header: give `column_names`.")
        first: list[str] | None = None
        for name in self._files:
            with gfile.GFile(name) as file:
                found: list[str] = next(self._read(file), [])
            if first is not None and found != first:
                raise ValueError(f"Cannot infer column names: {name} has other columns than {self._files[0]}.")
            first = found
        return first or []

    def defaults(self, columns: list[int], limit: int | None) -> list[np.ndarray]:
        """A zero, or an empty string, of the narrowest type that holds what the columns' first rows have."""
        kinds: list[DType | None] = [None] * len(columns)
        for row in islice(self._rows(), limit):
            for i, column in enumerate(columns):
                if column < len(row) and row[column] not in ("", self._missing):
                    kinds[i] = _wider(kinds[i], row[column])
        return [np.zeros(1, (kind or dtypes.string).as_numpy_dtype) if _numeric(kind) else _EMPTY for kind in kinds]

    def _rows(self) -> Iterator[list[str]]:
        for name in self._files:
            with gfile.GFile(name) as file:
                rows = self._read(file)
                if self._header:
                    next(rows, None)
                yield from filter(None, rows)


_EMPTY = np.array([b""], dtype=object)
_WIDTH: list[DType] = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.string]


def _numeric(kind: DType | None) -> bool:
    return kind is not None and kind is not dtypes.string


def _wider(kind: DType | None, text: str) -> DType:
    """The narrowest type, not narrower than `kind`, that `text` is of."""
    start = 0 if kind is None else _WIDTH.index(kind)
    return next(dtype for dtype in _WIDTH[start:] if _is(dtype, text))


def _is(dtype: DType, text: str) -> bool:
    if dtype is dtypes.string:
        return True
    try:
        if dtype.is_integer:
            limits = np.iinfo(dtype.as_numpy_dtype)
            return limits.min <= int(text) <= limits.max
        return abs(float(text)) <= float(np.finfo(dtype.as_numpy_dtype).max)
    except ValueError:
        return False
