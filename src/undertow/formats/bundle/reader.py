"""Reading a checkpoint."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from undertow.formats.bundle.layout import (
    HEADER_KEY,
    LITTLE_ENDIAN,
    SLICE_MARK,
    VERSION,
    WHOLE,
    Entry,
    Slice,
    check,
    index_path,
    object_array,
    shard_path,
    unpack_strings,
)
from undertow.formats.crc32c import masked_crc32c
from undertow.formats.messages import BundleHeaderProto
from undertow.formats.os_errors import os_errors
from undertow.formats.table import read_table
from undertow.graph.dtypes import DType
from undertow.graph.errors import DataLossError, InvalidArgumentError, NotFoundError, unbuilt


def _own_memory(size: int) -> np.ndarray[Any, Any]:
    """Bytes to be filled. NumPy asks for huge pages, which on a virtual machine can cost more than the reading."""
    return np.empty(size, np.uint8) if size < 2**20 else np.frombuffer(mmap.mmap(-1, size), np.uint8)


class BundleReader:
    """The tensors of the V2 checkpoint `<prefix>.index`, by name; also a context manager.

    The index is read and checked at once, a tensor's bytes when it is asked for.

    Raises:
      NotFoundError: there is no such checkpoint.
      DataLossError: the index is damaged.
      UnimplementedError: it is of another format (big-endian, of a later version).
    """

    def __init__(self, prefix: str | os.PathLike[str]) -> None:
        self._prefix = os.fspath(prefix)
        self._index_path = index_path(self._prefix)
        self._table = self._read_index()
        self._num_shards = self._read_header()
        self._entries: dict[str, Entry] = {}
        self._shards: dict[int, np.ndarray[Any, Any]] = {}

    def __enter__(self) -> BundleReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, key: str) -> bool:
        return not key.startswith("\0") and key != "" and _encode(key) in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    @property
    def num_shards(self) -> int:
        return self._num_shards

    def keys(self) -> list[str]:
        """The tensors' names, sorted; a partitioned variable is one name."""
        return [key.decode(errors="surrogateescape") for key in self._table if not key.startswith(SLICE_MARK)]

    def shape(self, key: str) -> tuple[int, ...]:
        return self.entry(key).shape

    def dtype(self, key: str) -> DType:
        return self.entry(key).dtype

    def slices(self, key: str) -> tuple[Slice, ...]:
        """The parts in which a partitioned variable is stored; none for another tensor."""
        return self.entry(key).slices

    def read(self, key: str, part: Slice | None = None, *, copy: bool = False) -> np.ndarray[Any, Any]:
        """The tensor `key`, or the `part` of it, its checksum checked.

        Without `copy` the array is read-only and, where it can be, the file's own pages: whoever shortens that
        file in place takes them away (the writers here never do). With `copy` it is the caller's own, read
        straight from the file into fresh memory. Strings come as an array of `bytes` objects either way.

        Raises:
          NotFoundError: there is no such tensor, or its file of data is gone.
          DataLossError: the data is damaged, or the stored slices do not cover what is asked for.
          InvalidArgumentError: `part` is of a tensor of another shape.
        """
        entry = self.entry(key)
        if part is not None and (part.full_shape != entry.shape or not part.is_sound()):
            raise InvalidArgumentError(
                None,
                None,
                f"{self._place(key)}: a slice of shape {list(part.full_shape)} was asked for, "
                f"the tensor's shape in the checkpoint is {list(entry.shape)}.",
            )
        if entry.slices:
            return self._assemble(key, entry, part or _all_of(entry.shape), copy)
        if part is None:
            return self._load(entry, self._place(key), copy)
        array = self._load(entry, self._place(key), False)[_index(part.starts, part.ends)]
        return array.copy() if copy else array

    def entry(self, key: str) -> Entry:
        """The line of the index for `key`."""
        found = self._entries.get(key)
        if found is None:
            if key not in self:
                raise NotFoundError(None, None, f"Key {key} not found in checkpoint")
            found = self._entries[key] = self._parse(_encode(key), self._place(key))
        return found

    def close(self) -> None:
        """Let go of the files. Arrays that were read stay good."""
        self._shards.clear()

    def raw_entries(self) -> list[tuple[bytes, Entry]]:
        """Every line of the index but the header, slices included, sorted by key."""
        return [(key, self._parse(key, f"{self._index_path}: {key!r}")) for key in self._table]

    def _read_index(self) -> dict[bytes, bytes]:
        try:
            with os_errors(self._index_path), open(self._index_path, "rb") as file:
                return read_table(file.read(), self._index_path)
        except NotFoundError:
            raise NotFoundError(
                None,
                None,
                f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {self._prefix}",
            ) from None

    def _read_header(self) -> int:
        """The number of shards."""
        try:
            header = BundleHeaderProto.FromString(self._table.pop(HEADER_KEY))
        except Exception:  # a KeyError, or protobuf's DecodeError, another class in each of its implementations
            raise DataLossError(None, None, f"{self._index_path}: the header is missing or damaged.") from None
        if header.version.min_consumer > VERSION or VERSION in header.version.bad_consumers:
            raise unbuilt(f"{self._index_path}: a checkpoint for readers of version {header.version.min_consumer}")
        if header.endianness != LITTLE_ENDIAN:
            raise unbuilt(f"{self._index_path}: reading a checkpoint that a big-endian machine wrote")
        if header.num_shards < 1:
            raise DataLossError(None, None, f"{self._index_path}: the header claims {header.num_shards} shards.")
        return int(header.num_shards)

    def _parse(self, key: bytes, place: str) -> Entry:
        entry = Entry.parse(self._table[key], place)
        if not 0 <= entry.shard < self._num_shards:
            raise DataLossError(None, None, f"{place}: there is no shard {entry.shard} of {self._num_shards}.")
        return entry

    def _place(self, key: str) -> str:
        return f"{self._index_path}: {key}"

    def _load(self, entry: Entry, place: str, copy: bool) -> np.ndarray[Any, Any]:
        """The tensor of an entry that is not sliced."""
        path = shard_path(self._prefix, entry.shard, self._num_shards)
        shard = self._shard(entry.shard)
        if entry.offset < 0 or entry.size < 0 or entry.offset + entry.size > len(shard):
            raise DataLossError(
                None,
                None,
                f"{place}: bytes {entry.offset} to {entry.offset + entry.size} are not in {path} ({len(shard)} bytes).",
            )
        is_string = entry.dtype.name == "string"
        if copy and not is_string:
            data = _own_memory(entry.size)
            with os_errors(path), open(path, "rb", buffering=0) as file:
                file.seek(entry.offset)
                left = data.data
                while len(left) and (count := file.readinto(left)):
                    left = left[count:]
        else:
            data = shard[entry.offset : entry.offset + entry.size]
        place = f"{place} in {path}"
        if is_string:
            array = object_array(unpack_strings(data.data, prod(entry.shape), entry.crc, place), entry.shape)
        else:
            check(entry.crc, masked_crc32c(data), place)
            try:
                array = data.view(entry.dtype.as_numpy_dtype).reshape(entry.shape)
            except ValueError as error:
                raise DataLossError(None, None, f"{place}: NumPy has no shape {entry.shape}: {error}.") from None
            if not array.flags.aligned:
                array = array.copy()
        array.flags.writeable = copy
        return array

    def _shard(self, shard: int) -> np.ndarray[Any, Any]:
        """A file of data, mapped."""
        if shard not in self._shards:
            path = shard_path(self._prefix, shard, self._num_shards)
            with os_errors(path):
                # An empty file cannot be mapped. The plain array keeps the map alive, without memmap's slow slicing.
                mapped = np.memmap(path, np.uint8, "r") if os.path.getsize(path) else np.empty(0, np.uint8)
            self._shards[shard] = np.asarray(mapped)
        return self._shards[shard]

    def _assemble(self, key: str, entry: Entry, wanted: Slice, copy: bool) -> np.ndarray[Any, Any]:
        """The `wanted` part of a tensor that is stored in slices."""
        place = self._place(key)
        stored = []
        for part in entry.slices:
            starts = tuple(map(max, part.starts, wanted.starts))
            ends = tuple(map(min, part.ends, wanted.ends))
            if any(start >= end for start, end in zip(starts, ends)):
                continue
            name = part.key(_encode(key))
            if name not in self._table:
                raise DataLossError(None, None, f"{place}: its slice {name!r} is missing.")
            piece = self._parse(name, f"{place}, slice {name!r}")
            if piece.slices or piece.shape != part.shape or piece.dtype is not entry.dtype:
                raise DataLossError(None, None, f"{place}: its slice {name!r} is of another shape or type.")
            if part.starts == wanted.starts and part.shape == wanted.shape:
                return self._load(piece, place, copy)
            stored.append((part, piece, starts, ends))
        # Only what the files can hold is allocated: each element wanted has its bytes in a slice of its own.
        held = sum(len(self._shard(shard)) for shard in {piece.shard for _, piece, _, _ in stored})
        itemsize = 1 if entry.dtype.name == "string" else entry.dtype.size
        if prod(wanted.shape) * itemsize > held:
            raise DataLossError(None, None, f"{place}: its slices do not add up to the shape {list(wanted.shape)}.")
        array = np.empty(wanted.shape, entry.dtype.as_numpy_dtype)
        missing = np.ones(wanted.shape, bool)
        for part, piece, starts, ends in stored:
            to = _index(starts, ends, wanted.starts)
            array[to] = self._load(piece, place, False)[_index(starts, ends, part.starts)]
            missing[to] = False
        if missing.any():
            raise DataLossError(None, None, f"{place}: its slices do not cover the shape {list(wanted.shape)}.")
        array.flags.writeable = copy
        return array


def _encode(key: str) -> bytes:
    return key.encode(errors="surrogateescape")


def _all_of(shape: tuple[int, ...]) -> Slice:
    return Slice(shape, (0,) * len(shape), (WHOLE,) * len(shape))


def _index(starts: tuple[int, ...], ends: tuple[int, ...], origin: tuple[int, ...] | None = None) -> tuple[slice, ...]:
    """The box from `starts` to `ends`, counted from `origin`."""
    return tuple(slice(a - o, b - o) for a, b, o in zip(starts, ends, origin or (0,) * len(starts)))
