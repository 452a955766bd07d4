"""Datasets: rows of CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from ..formats.os_errors import os_errors
from ..graph.dtypes import DType, spelled
from .dataset import Data, handle, told
from .dataset_sources import compression_of, names, opened, text
from .registry import invalid, kernel


@kernel("CSVDataset", context=True, on_host=True)
def csv_rows(
    context: Any,
    filenames: np.ndarray,
    compression_type: np.ndarray,
    buffer_size: Any,
    header: Any,
    field_delim: np.ndarray,
    use_quote_delim: Any,
    na_value: np.ndarray,
    select_cols: Any,
    record_defaults: list[Any],
) -> np.ndarray:
    compression, delimiter = compression_of(compression_type), field_delim.item().decode()
    if len(delimiter) != 1:
        raise invalid("field_delim should be only 1 char")
    quoting: Any = csv.QUOTE_MINIMAL if told(use_quote_delim) else csv.QUOTE_NONE
    missing, columns = na_value.item(), select_cols.tolist()
    types: list[DType] = [t.base_dtype for t in context.op.attrs["output_types"]]

    def rows() -> Iterator[list[str]]:
        for name in names(filenames):
            with opened(name, compression) as file, os_errors(name):
                lines = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
                found = csv.reader(lines, delimiter=delimiter, quoting=quoting)
                if told(header):
                    next(found, None)
                yield from filter(None, found)

    def row(fields: list[str]) -> list[Any]:
        if not columns and len(fields) != len(types):
            found = "more" if len(fields) > len(types) else f"only {len(fields)}"
            raise invalid(f"Expect {len(types)} fields but have {found} in record")
        if columns and len(fields) <= columns[-1]:
            raise invalid(f"Expect {columns[-1] + 1} fields but have only {len(fields)} in record")
        wanted = [fields[c] for c in columns] if columns else fields
        return [converted(f.encode("utf-8", "surrogateescape"), i) for i, f in enumerate(wanted)]

    def converted(field: bytes, column: int) -> Any:
        dtype = types[column]
        if field in (b"", missing):
            default = record_defaults[column].reshape(-1)
            if not len(default):
                raise invalid(f"Field {column} is required but missing in record!")
            return default[0] if isinstance(default, torch.Tensor) else text(default[0])
        if dtype.name == "string":
            return text(field)
        try:
            value = int(field) if dtype.is_integer else float(field)
            return torch.from_numpy(np.array(value, dtype.as_numpy_dtype))
        except (ValueError, OverflowError):
            shown = field.decode("utf-8", "replace")
            kind = spelled(dtype.name)
            raise invalid(f"Field {column} in record is not a valid {kind}: {shown}") from None

    return handle(Data(lambda: map(row, rows())))
