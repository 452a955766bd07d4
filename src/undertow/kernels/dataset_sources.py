"""Datasets: where elements come from."""

from __future__ import annotations

import gzip
import io
import itertools
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np
import torch

from ..formats.os_errors import os_errors
from ..formats.tfrecord import read_records
from ..graph.function import PythonFunction
from .dataset import Data, handle, owned, some_seeds, told
from .philox import sequence
from .registry import invalid, kernel
from .values import to_numpy, to_torch


@kernel("TensorDataset", context=True, on_host=True)
def tensors(context: Any, components: list[Any]) -> np.ndarray:
    element = owned(context, components)
    return handle(Data(lambda: iter([element])))


@kernel("TensorSliceDataset", context=True, on_host=True)
def tensor_slices(context: Any, components: list[Any]) -> np.ndarray:
    columns = owned(context, components)
    rows = columns[0].shape[0]
    for i, column in enumerate(columns):
        if column.shape[0] != rows:
            raise invalid(
                "All components must have the same size in the 0th dimension. "
                f"Component {i} has {column.shape[0]}, component 0 has {rows}."
            )
    return handle(Data(lambda: iter(range(rows)), columns))


@kernel("RangeDataset", on_host=True)
def integers(start: Any, stop: Any, step: Any) -> np.ndarray:
    if not told(step):
        raise invalid("step must be a non-zero integer.")
    numbers = range(told(start), told(stop), told(step))
    return handle(Data(lambda: ([torch.tensor(n, dtype=torch.int64)] for n in numbers)))


@kernel("RandomDataset", on_host=True)
def random(seed: Any, seed2: Any) -> np.ndarray:
    seeds = some_seeds(told(seed), told(seed2))

    def items() -> Iterator[list[Any]]:
        for start in itertools.count(0, 64):
            for word in sequence(start, 256, 1, *seeds).reshape(-1).tolist():
                yield [torch.tensor(word, dtype=torch.int64)]

    return handle(Data(items))


@kernel("GeneratorDataset", context=True, on_host=True)
def generator(
    context: Any, init_args: list[Any], next_args: list[Any], finalize_args: list[Any], *, init_func: PythonFunction
) -> np.ndarray:
    arguments = [to_numpy(value, copy=True) for value in init_args]
    return handle(Data(lambda: ([to_torch(v) for v in values] for values in init_func.call(*arguments))))


# Files


def text(value: bytes) -> np.ndarray:
    """A string's value."""
    return handle(value)


def names(filenames: np.ndarray) -> list[str]:
    return [name.decode() for name in filenames.reshape(-1)]


def opened(name: str, compression: str) -> BinaryIO:
    """A file's bytes, uncompressed. `NotFoundError` if there is none, or it is a folder."""
    with os_errors(name):
        file = open(name, "rb")  # noqa: SIM115 - the reader closes it
    if compression == "GZIP":
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    if compression == "ZLIB":
        with file:
            return io.BytesIO(zlib.decompress(file.read()))
    return file


def compression_of(value: np.ndarray) -> str:
    """ "", GZIP or ZLIB; `InvalidArgumentError` for anything else."""
    kind = value.item().decode()
    if kind not in ("", "GZIP", "ZLIB"):
        raise invalid(f"Unsupported compression_type: {kind}.")
    return kind


def _of_files(filenames: np.ndarray, read: Callable[[str], Iterator[bytes]]) -> np.ndarray:
    paths = names(filenames)
    return handle(Data(lambda: ([text(record)] for path in paths for record in read(path))))


@kernel("TextLineDataset", on_host=True)
def text_lines(filenames: np.ndarray, compression_type: np.ndarray, buffer_size: Any) -> np.ndarray:
    compression = compression_of(compression_type)

    def read(path: str) -> Iterator[bytes]:
        with opened(path, compression) as file, os_errors(path):
            for line in file:
                yield line.removesuffix(b"\n").removesuffix(b"\r")

    return _of_files(filenames, read)


@kernel("TFRecordDataset", on_host=True)
def records(filenames: np.ndarray, compression_type: np.ndarray, buffer_size: Any) -> np.ndarray:
    compression = compression_of(compression_type)
    return _of_files(filenames, lambda path: read_records(path, compression))


@kernel("FixedLengthRecordDatasetV2", on_host=True)
def fixed_length_records(
    filenames: np.ndarray,
    header_bytes: Any,
    record_bytes: Any,
    footer_bytes: Any,
    buffer_size: Any,
    compression_type: np.ndarray,
) -> np.ndarray:
    compression = compression_of(compression_type)
    header, size, footer = told(header_bytes), told(record_bytes), told(footer_bytes)
    if size < 1:
        raise invalid("`record_bytes` must be greater than zero.")

    def read(path: str) -> Iterator[bytes]:
        with opened(path, compression) as file, os_errors(path):
            content = file.read()
        body = len(content) - header - footer
        if body < 0 or body % size:
            raise invalid(
                f'Excluding the header ({header} bytes) and footer ({footer} bytes), input file "{path}" has body '
                f"length {max(body, 0)} bytes, which is not an exact multiple of the record length ({size} bytes)."
            )
        for start in range(header, header + body, size):
            yield content[start : start + size]

    return _of_files(filenames, read)
