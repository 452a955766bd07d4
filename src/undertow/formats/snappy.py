"""Snappy's raw format, read: blocks of tables may be compressed with it.

Source: https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

from .varint import read_varint

_MOST = 64  # bytes that come of one, at the utmost: of a copy's three, 64


def decompress(data: bytes | memoryview) -> bytes:
    """What was compressed to `data`; `ValueError` if that is not sound."""
    size, at = read_varint(data, 0, len(data))
    if size > _MOST * len(data):
        raise ValueError(f"{len(data)} bytes cannot hold {size}")
    result = bytearray()
    while at < len(data):
        tag, at = data[at], at + 1
        kind, length = tag & 3, (tag >> 2) + 1
        extra = (length - 60 if length > 60 else 0) if kind == 0 else (1, 2, 4)[kind - 1]
        if at + extra > len(data):
            raise ValueError("it ends within an element")
        number = int.from_bytes(data[at : at + extra], "little")
        at += extra
        if kind == 0:
            length = number + 1 if extra else length
            if at + length > len(data):
                raise ValueError("it ends within an element")
            result += data[at : at + length]
            at += length
        else:
            offset = number
            if kind == 1:
                length, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | number
            _copy(result, offset, length)
        if len(result) > size:
            break
    if len(result) != size:
        raise ValueError(f"it holds {len(result)} bytes, not the {size} that it tells")
    return bytes(result)


def _copy(result: bytearray, offset: int, length: int) -> None:
    """Append `length` bytes from `offset` before the end; what is appended may be part of them."""
    if not 0 < offset <= len(result):
        raise ValueError(f"a copy from {offset} bytes before, where there are {len(result)}")
    start = len(result) - offset
    while length > 0:
        piece = result[start : start + length]
        result += piece
        length -= len(piece)
