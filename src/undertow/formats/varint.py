"""Protocol buffers' variable-length integers: seven bits a byte, the low ones first, the top bit set but on the last.

Source: https://protobuf.dev/programming-guides/encoding/#varints
"""

from __future__ import annotations

from typing import Any


def write_varint(value: int) -> bytes:
    """The bytes of `value`, which is 0 or more."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: Any, at: int, end: int) -> tuple[int, int]:
    """The value at `data[at]` and the place after it.

    Raises:
      ValueError: no varint of at most 64 bits ends before `end`.
    """
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            raise ValueError("a number runs over the end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 64:
                break
            return value, at
    raise ValueError("a number is longer than 64 bits")
