"""TFRecord files: byte strings one after the other, as data sets and TensorBoard's events are kept.

A record is its length (uint64, little-endian), the masked CRC32C of those eight bytes, the data, and the data's masked
CRC32C. The whole file may be compressed with zlib or gzip.

Source: https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from undertow.formats.crc32c import masked_crc32c
from undertow.formats.os_errors import os_errors
from undertow.graph.errors import DataLossError, FailedPreconditionError

_HEADER = struct.Struct("<QI")
_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_CHUNK = 1 << 20

# What zlib adds to the window's bits for each kind of compression.
COMPRESSIONS = {"": 0, "ZLIB": 0, "GZIP": 16}


def read_records(path: str | os.PathLike[str], compression: str = "") -> Iterator[bytes]:
    """The records of the file at `path`, compressed with "", "ZLIB" or "GZIP".

    A file that ends within a record's first twelve bytes ends there: it may still be written.

    Raises:
      NotFoundError: there is no such file; at once, before the first record is asked for.
      DataLossError: a record is corrupt or cut off; it names the file and where in its (uncompressed) bytes.
    """
    name = os.fspath(path)
    with os_errors(path):
        file: BinaryIO = open(path, "rb")  # noqa: SIM115 - closed when the records end
        os.fstat(file.fileno())
    return _records(file, name, compression)


def _records(file: BinaryIO, name: str, compression: str) -> Iterator[bytes]:
    with file, os_errors(name):
        stream: Any = file
        if compression:
            stream = io.BufferedReader(_Inflated(file, name, COMPRESSIONS[compression]), _CHUNK)
        offset = 0
        while len(header := stream.read(_HEADER.size)) == _HEADER.size:
            length, crc = _HEADER.unpack(header)
            if masked_crc32c(header[: _LENGTH.size]) != crc:
                hint = "" if offset else " (Is this even a TFRecord file?)"
                raise DataLossError(None, None, f"{name}: corrupted record at {offset}{hint}")
            offset += _HEADER.size
            data = _read_exactly(stream, length)
            check = stream.read(_CRC.size)
            if len(data) < length or len(check) < _CRC.size:
                raise DataLossError(None, None, f"{name}: truncated record at {offset - _HEADER.size}")
            if masked_crc32c(data) != _CRC.unpack(check)[0]:
                raise DataLossError(None, None, f"{name}: corrupted record at {offset}")
            yield data
            offset += length + _CRC.size


def _read_exactly(stream: Any, size: int) -> bytes:
    """`size` bytes, or all there are: in chunks, so that a header's lie about its size costs no memory."""
    if size <= _CHUNK:
        return stream.read(size)
    data = bytearray()
    while len(data) < size and (chunk := stream.read(min(size - len(data), _CHUNK))):
        data += chunk
    return bytes(data)


class _Inflated(io.RawIOBase):
    """What a compressed file holds; the members of a gzip file follow each other."""

    def __init__(self, file: BinaryIO, name: str, window_bits: int) -> None:
        self._file, self._name = file, name
        self._window_bits = window_bits + zlib.MAX_WBITS
        self._inflate = zlib.decompressobj(self._window_bits)
        self._packed = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            self._packed = self._packed or self._file.read(_CHUNK)
            if not self._packed:
                return 0
            if self._inflate.eof:
                self._inflate = zlib.decompressobj(self._window_bits)
            try:
                data = self._inflate.decompress(self._packed, len(buffer))
            except zlib.error as error:
                raise DataLossError(None, None, f"{self._name}: inflate() failed: {error}") from None
            self._packed = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            if data:
                buffer[: len(data)] = data
                return len(data)


class RecordWriter:
    """A TFRecord file being written; what is written is in the file for good after `flush` or `close`.

    `compression` is "", "ZLIB" or "GZIP", `level` 0 (none) to 9, -1 is zlib's own choice.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        compression: str = "",
        level: int = -1,
        window_bits: int = zlib.MAX_WBITS,
        mem_level: int = 9,
        strategy: int = zlib.Z_DEFAULT_STRATEGY,
    ) -> None:
        self._path = os.fspath(path)
        self._deflate: Any = None
        if compression:
            bits = window_bits + COMPRESSIONS[compression]
            self._deflate = zlib.compressobj(level, zlib.DEFLATED, bits, mem_level, strategy)
        with os_errors(path):
            self._file: BinaryIO | None = open(path, "wb")  # noqa: SIM115 - closed by close()

    def write(self, record: bytes) -> None:
        """Add a record. `FailedPreconditionError` if the file is closed."""
        if self._file is None:
            raise FailedPreconditionError(None, None, f"{self._path}: Writer is closed.")
        length = _LENGTH.pack(len(record))
        data = b"".join((length, _CRC.pack(masked_crc32c(length)), record, _CRC.pack(masked_crc32c(record))))
        with os_errors(self._path):
            self._file.write(data if self._deflate is None else self._deflate.compress(data))

    def flush(self) -> None:
        """Hand what is written to the operating system; no more than that if the file is closed."""
        if self._file is not None:
            with os_errors(self._path):
                if self._deflate is not None:
                    self._file.write(self._deflate.flush(zlib.Z_SYNC_FLUSH))
                self._file.flush()

    def close(self) -> None:
        """Finish the file; a second time does nothing."""
        file, self._file = self._file, None
        if file is not None:
            with os_errors(self._path), file:
                if self._deflate is not None:
                    file.write(self._deflate.flush())

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
