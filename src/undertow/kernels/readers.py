"""Readers of records, and whole files: how they read."""

from __future__ import annotations

import glob
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from ..formats.os_errors import os_errors
from ..formats.tfrecord import read_records
from ..formats.whole import write_whole
from ..graph.errors import unbuilt
from .registry import invalid, kernel

Record = tuple[bytes, bytes]


class Reader:
    """A reader: the records of one work unit after the other, which come from a queue.

    `open_unit` gives a work unit's records; of `single` units each is one record, and done with it.
    """

    def __init__(self, open_unit: Callable[[bytes], Iterator[Record]], single: bool) -> None:
        self._open, self._single = open_unit, single
        self._lock = threading.Lock()
        self._unit: Iterator[Record] | None = None
        self.produced = 0
        self.completed = 0

    def read(self, queue: Any, limit: int, cancellation: Any) -> list[Record]:
        """At least one record, at most `limit`, all of one work unit."""
        with self._lock:
            records: list[Record] = []
            while not records:
                if self._unit is None:
                    ((unit,),) = queue.take(1, cancellation)
                    self._unit = self._open(unit.item())
                while len(records) < limit:
                    record = next(self._unit, None)
                    if record is not None:
                        records.append(record)
                    if record is None or self._single:
                        self._unit = None
                        self.completed += 1
                        break
            self.produced += len(records)
            return records

    def reset(self) -> None:
        with self._lock:
            self._unit = None
            self.produced = self.completed = 0


def lines(path: bytes, skip: int) -> Iterator[Record]:
    """A text file's lines, numbered from 1, without the first `skip`."""
    with os_errors(path.decode()), open(path.decode(), "rb") as file:
        for number, line in enumerate(file, 1):
            if number > skip:
                text = line.removesuffix(b"\n")
                yield path + b":%d" % number, text.removesuffix(b"\r") if text != line else text


def tf_records(path: bytes, compression: str) -> Iterator[Record]:
    """A TFRecord file's records, each under where it begins."""
    offset = 0
    for record in read_records(path.decode(), compression):
        yield path + b":%d" % offset, record
        offset += len(record) + 16


def fixed_length(path: bytes, size: int, header: int, footer: int, hop: int) -> Iterator[Record]:
    """A file's pieces of equal length."""
    with os_errors(path.decode()), open(path.decode(), "rb") as file:
        end = os.fstat(file.fileno()).st_size - footer
        for number, start in enumerate(range(header, end - size + 1, hop or size)):
            file.seek(start)
            yield path + b":%d" % number, file.read(size)


def _whole(path: bytes) -> Iterator[Record]:
    yield path, _contents(path)


def _contents(path: bytes) -> bytes:
    with os_errors(path.decode()), open(path.decode(), "rb") as file:
        return file.read()


def _fixed(attrs: dict[str, Any]) -> Callable[[bytes], Iterator[Record]]:
    if attrs["encoding"]:
        raise unbuilt(f"FixedLengthRecordReader(encoding={attrs['encoding']!r})")
    size, hop = attrs["record_bytes"], attrs["hop_bytes"]
    if size <= 0 or hop < 0 or attrs["header_bytes"] < 0 or attrs["footer_bytes"] < 0:
        raise invalid(f"record_bytes must be above 0 and the other sizes not below it, got {size} and hop {hop}")
    return lambda path: fixed_length(path, size, attrs["header_bytes"], attrs["footer_bytes"], hop)


# type -> what opens a work unit, by the op's attrs, and whether a unit is one record
_READERS: dict[str, tuple[Callable[[dict[str, Any]], Callable[[bytes], Iterator[Record]]], bool]] = {
    "IdentityReaderV2": (lambda a: lambda unit: iter([(unit, unit)]), True),
    "WholeFileReaderV2": (lambda a: _whole, True),
    "TextLineReaderV2": (lambda a: lambda path: lines(path, a["skip_header_lines"]), False),
    "TFRecordReaderV2": (lambda a: lambda path: tf_records(path, a["compression_type"]), False),
    "FixedLengthRecordReaderV2": (_fixed, False),
}


@kernel(*_READERS, context=True, on_host=True)
def reader(context: Any) -> np.ndarray:
    make, single = _READERS[context.op.type]
    found = context.resources.get("reader", context.op, lambda _: Reader(make(context.op.attrs), single))
    return _scalar(found)


def _scalar(value: Any) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = value
    return result


@kernel("ReaderReadV2", context=True, on_host=True)
def read(context: Any, reader_handle: np.ndarray, queue_handle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ((key, value),) = reader_handle.item().read(queue_handle.item(), 1, context.cancellation)
    return _scalar(key), _scalar(value)


@kernel("ReaderReadUpToV2", context=True, on_host=True)
def read_up_to(
    context: Any, reader_handle: np.ndarray, queue_handle: np.ndarray, num_records: torch.Tensor
) -> tuple[np.ndarray, np.ndarray]:
    limit = int(num_records)
    if limit <= 0:
        raise invalid(f"num_records must be above 0, got {limit}")
    keys, values = zip(*reader_handle.item().read(queue_handle.item(), limit, context.cancellation))
    return np.array(keys, dtype=object), np.array(values, dtype=object)


@kernel("ReaderNumRecordsProducedV2", on_host=True)
def num_records_produced(reader_handle: np.ndarray) -> torch.Tensor:
    return torch.tensor(reader_handle.item().produced)


@kernel("ReaderNumWorkUnitsCompletedV2", on_host=True)
def num_work_units_completed(reader_handle: np.ndarray) -> torch.Tensor:
    return torch.tensor(reader_handle.item().completed)


@kernel("ReaderResetV2", on_host=True)
def reset(reader_handle: np.ndarray) -> None:
    reader_handle.item().reset()


# Whole files


@kernel("ReadFile", on_host=True)
def read_file(filename: np.ndarray) -> np.ndarray:
    return _scalar(_contents(filename.item()))


@kernel("WriteFile", on_host=True)
def write_file(filename: np.ndarray, contents: np.ndarray) -> None:
    path = filename.item().decode()
    with os_errors(path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        write_whole(path, contents.item())


@kernel("MatchingFiles", on_host=True)
def matching_files(pattern: np.ndarray) -> np.ndarray:
    found = {path for p in pattern.reshape(-1).tolist() for path in glob.glob(p)}
    return np.array(sorted(found), dtype=object)
