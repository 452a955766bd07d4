"""Readers: what turns a queue of file names into records. `kernels/readers.py` reads.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ReaderBase
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape
from . import rules
from .node import node
from .queues import QueueBase
from .rules import shape_rule


class ReaderBase:
    """A reader of records, each a key (where it was found) and a value, strings both.

    It takes a work unit, mostly a file's name, from a queue whenever it needs one. Where it is stays in the session.
    """

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False) -> None:
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self) -> Tensor:
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        return self._supports_serialize

    def read(self, queue: Any, name: str | None = None) -> Any:
        """The next record, `(key, value)`; `OutOfRangeError` in the run once the queue is closed and empty."""
        return node("ReaderReadV2", self._reader_ref, _handle(queue), name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """At most `num_records` records of one work unit, `(keys, values)`."""
        return node("ReaderReadUpToV2", self._reader_ref, _handle(queue), num_records, name=name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records were read so far, an int64."""
        return node("ReaderNumRecordsProducedV2", self._reader_ref, name=name)

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many work units were read to their end, an int64."""
        return node("ReaderNumWorkUnitsCompletedV2", self._reader_ref, name=name)

    def reset(self, name: str | None = None) -> Operation:
        """Start anew, with the next work unit."""
        return node("ReaderResetV2", self._reader_ref, name=name)


def _handle(queue: Any) -> Tensor:
    return queue.queue_ref if isinstance(queue, QueueBase) else queue


class WholeFileReader(ReaderBase):
    """Gives each file as one record, under its name."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(node("WholeFileReaderV2", name=name), supports_serialize=True)


class TextLineReader(ReaderBase):
    """Gives a file's lines without their ends; the first `skip_header_lines` of each file are left out."""

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        super().__init__(node("TextLineReaderV2", skip_header_lines=skip_header_lines, name=name))


class FixedLengthRecordReader(ReaderBase):
    """Gives pieces of `record_bytes` between a header and a footer, each `hop_bytes` (0: its length) after the last."""

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ) -> None:
        attrs = {"header_bytes": header_bytes, "footer_bytes": footer_bytes, "hop_bytes": hop_bytes}
        handle = node("FixedLengthRecordReaderV2", record_bytes=record_bytes, encoding=encoding, name=name, **attrs)
        super().__init__(handle)


class TFRecordReader(ReaderBase):
    """Gives the records of TFRecord files; `options` is a `tf.python_io.TFRecordOptions`, for compressed ones."""

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        compression = "" if options is None else options.get_compression_type_string(options)
        super().__init__(node("TFRecordReaderV2", compression_type=compression, name=name))


class IdentityReader(ReaderBase):
    """Gives each work unit itself, as key and value."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(node("IdentityReaderV2", name=name), supports_serialize=True)


shape_rule(
    "WholeFileReaderV2",
    "TextLineReaderV2",
    "FixedLengthRecordReaderV2",
    "TFRecordReaderV2",
    "IdentityReaderV2",
    "ReaderReadV2",
    "ReaderNumRecordsProducedV2",
    "ReaderNumWorkUnitsCompletedV2",
)(rules.scalar)


@shape_rule("ReaderReadUpToV2")
def _(reader: TensorShape, queue: TensorShape, num_records: TensorShape) -> TensorShape:
    return TensorShape([None])


# Whole files


def read_file(filename: Any, name: str | None = None) -> Tensor:
    """What a file holds, as a string."""
    return node("ReadFile", filename, name=name)


def write_file(filename: Any, contents: Any, name: str | None = None) -> Operation:
    """An op that makes a file hold `contents`; folders that are missing are made."""
    return node("WriteFile", filename, contents, name=name)


def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """The names of the files that match a shell pattern, or one of a list of them, sorted."""
    return node("MatchingFiles", pattern, name=name)


@shape_rule("ReadFile")
def _(filename: TensorShape) -> TensorShape:
    rules.with_rank(filename, 0)
    return TensorShape.of(())


@shape_rule("MatchingFiles")
def _(pattern: TensorShape) -> TensorShape:
    return TensorShape([None])
