"""`tf.python_io`: TFRecord files, written and read without a graph.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/TFRecordWriter
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..formats import tfrecord
from .compat import as_bytes
from .file_io import local_path


class TFRecordCompressionType:
    """How a file is compressed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


_NAMES: dict[Any, str] = {
    None: "",
    TFRecordCompressionType.NONE: "",
    TFRecordCompressionType.ZLIB: "ZLIB",
    TFRecordCompressionType.GZIP: "GZIP",
    "": "",
    "ZLIB": "ZLIB",
    "GZIP": "GZIP",
}


class TFRecordOptions:
    """How a TFRecord file is compressed: "ZLIB", "GZIP", "" or a `TFRecordCompressionType`; and zlib's knobs.

    `flush_mode`, the sizes of buffers and `compression_method` change nothing in what is written.

    Raises:
      ValueError: there is no such compression.
    """

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        output_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ) -> None:
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """The compression, as text, of options, of a `TFRecordCompressionType`, or of itself."""
        kind = options.compression_type if isinstance(options, TFRecordOptions) else options
        if kind not in _NAMES:
            raise ValueError(f'Not a valid compression_type: "{kind}"')
        return _NAMES[kind]

    def _knobs(self) -> dict[str, int]:
        told = {
            "level": self.compression_level,
            "window_bits": self.window_bits,
            "mem_level": self.mem_level,
            "strategy": self.compression_strategy,
        }
        return {name: value for name, value in told.items() if value is not None}


class TFRecordWriter(tfrecord.RecordWriter):
    """Writes records to the file `path`; `options` is a `TFRecordOptions`, or just the compression."""

    def __init__(self, path: Any, options: Any = None) -> None:
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(options)
        super().__init__(local_path(path), options.get_compression_type_string(options), **options._knobs())

    def write(self, record: bytes | str) -> None:
        """Add a record: bytes, usually a message's `SerializeToString()`."""
        super().write(as_bytes(record))


def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of the file `path`, which `options` (or just the compression) say how to decompress.

    Raises:
      NotFoundError: there is no such file.
      DataLossError: a record is corrupt or cut off; it names the file and the place.
    """
    return tfrecord.read_records(local_path(path), TFRecordOptions.get_compression_type_string(options))
