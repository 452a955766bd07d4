"""IDX files: the format of MNIST and of the data sets made after it.

An IDX file is two zero bytes, a byte for the element type, a byte for the number of dimensions, each dimension as a
big-endian uint32, then the elements in C order, big-endian. The first four bytes read as one integer are the file's
magic number: 2051 is three dimensions of uint8 (images), 2049 is one (labels).
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from typing import BinaryIO

import numpy as np

ELEMENT_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}

KINDS = {"image": 2051, "label": 2049}

_GZIP_START = b"\x1f\x8b"
_CHUNK = 1 << 20


def read_idx(source: str | os.PathLike[str] | BinaryIO, kind: str | None = None) -> np.ndarray:
    """Read one IDX file, gzipped or not (its first bytes tell, not its name).

    Args:
      source: a path, or an open, seekable binary file, read from where it stands to its end.
      kind: "image" or "label" refuses a file of any other magic number than MNIST's for these; None takes any.

    Returns:
      A new array of the file's dimensions and element type, in the machine's byte order.

    Raises:
      ValueError: the file is not IDX, not of that kind, corrupt, shorter or longer than its header says. The message
        names the file.
      OSError: the file cannot be opened or read.
    """
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            return _read(file, os.fspath(source), kind)
    return _read(source, str(getattr(source, "name", "<stream>")), kind)


def _read(file: BinaryIO, name: str, kind: str | None) -> np.ndarray:
    start = file.tell()
    packed = file.read(len(_GZIP_START)) == _GZIP_START
    file.seek(start)
    try:
        return _parse(gzip.GzipFile(fileobj=file) if packed else file, name, kind)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{name} is truncated or corrupt: {error}") from error


def _parse(stream: BinaryIO | gzip.GzipFile, name: str, kind: str | None) -> np.ndarray:
    header = _read_exactly(stream, 4)
    if len(header) < 4:
        raise ValueError(f"{name} is not an IDX file: it holds {len(header)} bytes, less than a header")
    magic = int.from_bytes(header, "big")
    if kind is not None and magic != KINDS[kind]:
        raise ValueError(f"Invalid magic number {magic} in MNIST {kind} file: {name}{_advice(magic, KINDS[kind])}")
    zeros, code, rank = struct.unpack(">HBB", header)
    if zeros or code not in ELEMENT_TYPES or not rank:
        raise ValueError(f"{name} is not an IDX file: its magic number is {magic}")

    sizes = _read_exactly(stream, 4 * rank)
    if len(sizes) < 4 * rank:
        raise ValueError(f"{name} is truncated: it ends within its {rank} dimensions")
    shape = struct.unpack(f">{rank}I", sizes)
    dtype = np.dtype(ELEMENT_TYPES[code])
    promised = math.prod(shape) * dtype.itemsize
    # One byte past the promise shows what is too long, and has gzip check the sum at the end of what is not.
    elements = _read_exactly(stream, promised + 1)
    if len(elements) < promised:
        raise ValueError(
            f"{name} is truncated: its header promises {_times(shape)} elements in {promised:,} bytes, "
            f"{len(elements):,} are there"
        )
    if len(elements) > promised:
        raise ValueError(f"{name} has bytes left over after the {_times(shape)} elements that its header promises")
    try:
        array = np.frombuffer(elements, dtype).reshape(shape)
    except ValueError as error:  # a few bytes can promise more dimensions, or larger ones around a 0, than NumPy has
        raise ValueError(f"{name} has dimensions that no array can have: {_times(shape)}") from error
    return array.astype(dtype.newbyteorder("="), copy=False)


def _read_exactly(stream: BinaryIO | gzip.GzipFile, size: int) -> bytearray:
    """`size` bytes, or all there are: in chunks, so that a header's lie about its size costs no memory."""
    data = bytearray()
    while len(data) < size:
        chunk = stream.read(min(size - len(data), _CHUNK))
        if not chunk:
            break
        data += chunk
    return data


def _advice(magic: int, expected: int) -> str:
    found = [kind for kind, number in KINDS.items() if number == magic]
    return f" (expected {expected}; this is a file of {found[0]}s)" if found else f" (expected {expected})"


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in shape)
