"""What a checkpoint's bytes mean: its files' names, its entries, its strings, the keys of a variable's parts.

The `.index` file is a table (`formats.table`) from a tensor's name to its `BundleEntryProto`: type, shape, and
where its bytes lie in which `.data` file. The empty key holds the `BundleHeaderProto`. A numeric tensor's bytes
are its elements, little-endian, row by row. A string tensor's are the lengths (varints), their masked CRC32C,
and the strings. A partitioned variable's entry holds no bytes but lists its slices, each with an entry of its own.

Source: https://www.tensorflow.org/guide/checkpoint, and what TensorFlow 2.21 writes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from undertow.formats.crc32c import masked_crc32c
from undertow.formats.messages import BundleEntryProto
from undertow.formats.varint import read_varint, write_varint
from undertow.graph.dtypes import DType, as_dtype
from undertow.graph.errors import DataLossError, InvalidArgumentError, unbuilt

HEADER_KEY = b""
SLICE_MARK = b"\0"  # a slice's key begins with it, a tensor's name never does
VERSION = 1
LITTLE_ENDIAN = 0
WHOLE = -1  # a slice's length where it takes its whole dimension
_LENGTH_LIMIT = 1 << 32  # below it, a string's length is a uint32 in the checksum of the lengths
_SHAPE_AND_SLICE = re.compile(r"([0-9]{1,19} )+(-|[0-9]{1,19},[0-9]{1,19})(:(-|[0-9]{1,19},[0-9]{1,19}))*")


def index_path(prefix: str) -> str:
    return f"{prefix}.index"


def shard_path(prefix: str, shard: int, num_shards: int) -> str:
    return f"{prefix}.data-{shard:05d}-of-{num_shards:05d}"


@dataclass(frozen=True)
class Slice:
    """A box cut from a tensor of `full_shape`: where it starts and how long it is in each dimension.

    A length of -1 takes the whole dimension.
    """

    full_shape: tuple[int, ...]
    starts: tuple[int, ...]
    lengths: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Slice | None:
        """The slice of an entry of `SaveV2`'s `shape_and_slices`, e.g. "5 3 0,2:-"; None for "", the whole tensor.

        Raises:
          InvalidArgumentError: `text` is not of that form, or the slice does not lie in the shape.
        Source: https://www.tensorflow.org/api_docs/python/tf/raw_ops/SaveV2
        """
        if not text:
            return None
        if _SHAPE_AND_SLICE.fullmatch(text):
            *dims, spec = text.split(" ")
            pairs = [(0, WHOLE) if part == "-" else map(int, part.split(",")) for part in spec.split(":")]
            starts, lengths = zip(*pairs)
            found = cls(tuple(map(int, dims)), starts, lengths)
            if found.is_sound() and 0 not in found.lengths:
                return found
        raise InvalidArgumentError(
            None, None, f'{text!r} is not a shape and a slice of it, such as "5 3 0,2:-" (rows 0 and 1 of 5x3).'
        )

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(full if length == WHOLE else length for full, length in zip(self.full_shape, self.lengths))

    @property
    def ends(self) -> tuple[int, ...]:
        return tuple(start + length for start, length in zip(self.starts, self.shape))

    def is_sound(self) -> bool:
        """Whether the slice lies in its tensor."""
        return len(self.full_shape) == len(self.starts) == len(self.lengths) and all(
            0 <= start <= end <= full for start, end, full in zip(self.starts, self.ends, self.full_shape)
        )

    def key(self, name: bytes) -> bytes:
        """The key of this slice of the tensor `name`: its parts in an encoding that sorts as they do."""
        numbers = [number for pair in zip(self.starts, self.lengths) for number in pair]
        escaped = re.sub(rb"[\0\xff]", lambda found: found[0] + (b"\xff" if found[0] == b"\0" else b"\0"), name)
        return SLICE_MARK + escaped + b"\0\1" + _ordered(len(self.starts)) + b"".join(map(_ordered_signed, numbers))


def _ordered(value: int) -> bytes:
    """A count: how many bytes it has, then they, the high one first."""
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _ordered_signed(value: int) -> bytes:
    """A signed number in n bytes: n ones and a zero, then 7n-1 bits of it; every bit flipped if it is negative."""
    magnitude = ~value if value < 0 else value
    size = magnitude.bit_length() // 7 + 1
    bits = ((1 << size) - 1) << 7 * size | magnitude
    if value < 0:
        bits ^= (1 << 8 * size) - 1
    return bits.to_bytes(size, "big")


@dataclass(frozen=True)
class Entry:
    """A tensor's line of the index, once it has been found to make sense in itself."""

    dtype: DType
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    slices: tuple[Slice, ...]

    @classmethod
    def parse(cls, data: bytes, place: str) -> Entry:
        """The entry that `data` holds; `place` names its file and tensor for errors.

        Raises:
          DataLossError: the bytes are no entry, or its numbers contradict each other.
          UnimplementedError: its type is one that Undertow does not have.
        """
        try:
            proto = BundleEntryProto.FromString(data)
        except Exception as error:  # protobuf's DecodeError is another class in each of its implementations
            raise DataLossError(None, None, f"{place}: the entry cannot be read: {error}") from None
        shape = tuple(dim.size for dim in proto.shape.dim)
        if proto.shape.unknown_rank or any(dim < 0 for dim in shape):
            raise DataLossError(None, None, f"{place}: a stored tensor cannot have the shape {shape}.")
        try:
            dtype = as_dtype(proto.dtype).base_dtype
        except TypeError:
            raise unbuilt(f"{place}: the type number {proto.dtype}") from None
        if not dtype.is_numpy_compatible:
            raise unbuilt(f"{place}: the type {dtype.name}")
        slices = tuple(_slice_of(part, shape) for part in proto.slices)
        if not all(part.is_sound() for part in slices):
            raise DataLossError(None, None, f"{place}: a slice lies outside the shape {shape}.")
        if not slices and proto.size != prod(shape) * dtype.size and dtype.name != "string":
            raise DataLossError(
                None, None, f"{place}: {proto.size} bytes cannot be a {dtype.name} tensor of shape {shape}."
            )
        return cls(dtype, shape, proto.shard_id, proto.offset, proto.size, proto.crc32c, slices)

    def serialize(self) -> bytes:
        proto = BundleEntryProto(
            dtype=self.dtype.as_datatype_enum,
            shape={"dim": [{"size": size} for size in self.shape]},
            shard_id=self.shard,
            offset=self.offset,
            size=self.size,
            crc32c=self.crc,
            slices=[_slice_fields(part) for part in self.slices],
        )
        return bytes(proto.SerializeToString(deterministic=True))


def _slice_of(proto: Any, full_shape: tuple[int, ...]) -> Slice:
    lengths = tuple(extent.length if extent.HasField("length") else WHOLE for extent in proto.extent)
    return Slice(full_shape, tuple(extent.start for extent in proto.extent), lengths)


def _slice_fields(part: Slice) -> dict[str, Any]:
    pairs = zip(part.starts, part.lengths)
    return {"extent": [{"start": a} if n == WHOLE else {"start": a, "length": n} for a, n in pairs]}


def pack_strings(values: Iterable[Any]) -> tuple[bytes, int]:
    """The bytes of a string tensor whose elements are `values` (bytes, or str to be UTF-8), and their checksum."""
    strings = [value if isinstance(value, bytes) else _utf8(value) for value in values]
    lengths = [len(string) for string in strings]
    if any(length >= _LENGTH_LIMIT for length in lengths):
        raise unbuilt("Saving a string of 4 GiB or more")
    packed_lengths = struct.pack(f"<{len(lengths)}I", *lengths)
    lengths_crc = struct.pack("<I", masked_crc32c(packed_lengths))
    data = b"".join(strings)
    crc = masked_crc32c(packed_lengths, lengths_crc, data)
    return b"".join(map(write_varint, lengths)) + lengths_crc + data, crc


def _utf8(value: Any) -> bytes:
    if not isinstance(value, str):
        raise InvalidArgumentError(None, None, f"A string tensor cannot hold {value!r}.")
    return value.encode()


def unpack_strings(data: memoryview, count: int, crc: int, place: str) -> list[bytes]:
    """The `count` strings that `data` holds and nothing else; `place` names its file and tensor for errors.

    Raises:
      DataLossError: a length runs over the data, or a checksum does not match.
    """
    if count > len(data):
        raise DataLossError(None, None, f"{place}: {len(data)} bytes cannot hold {count} strings.")
    lengths, at = [], 0
    try:
        for _ in range(count):
            length, at = read_varint(data, at, len(data))
            lengths.append(length)
    except ValueError as error:
        raise DataLossError(None, None, f"{place}: {error} among the lengths of the strings.") from None
    start = at + 4
    if start + sum(lengths) != len(data):
        raise DataLossError(None, None, f"{place}: the strings' lengths do not add up to the {len(data)} bytes stored.")
    if max(lengths, default=0) >= _LENGTH_LIMIT:
        raise unbuilt(f"{place}: reading a string of 4 GiB or more")
    packed_lengths = struct.pack(f"<{count}I", *lengths)
    check(struct.unpack("<I", data[at:start])[0], masked_crc32c(packed_lengths), f"{place} (lengths)")
    check(crc, masked_crc32c(packed_lengths, data[at:]), place)
    strings = []
    for length in lengths:
        strings.append(bytes(data[start : start + length]))
        start += length
    return strings


def check(stored: int, computed: int, place: str) -> None:
    """Raises `DataLossError` if a checksum of the data at `place` is not the one stored."""
    if stored != computed:
        raise DataLossError(None, None, f"{place}: Checksum does not match: stored {stored}, the data's is {computed}.")


def object_array(values: list[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """An array of Python objects; NumPy alone would guess a shape from their lengths."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(shape)
