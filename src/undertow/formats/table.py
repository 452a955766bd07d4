"""The sorted table of a checkpoint's `.index` file: byte keys to byte values.

A table is data blocks, an (empty) block of metadata, an index block and a footer. A block is entries
`shared, unshared, size (varints), key[shared:], value`, where `shared` counts the bytes in common with the
key before; then the places where `shared` starts over from 0 (uint32 each) and their count. After each block
come one byte for the compression and a masked CRC32C. The index block maps a key not below its block's last
to that block's place.

Source: https://github.com/google/leveldb/blob/main/doc/table_format.md
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from undertow.formats import snappy
from undertow.formats.crc32c import masked_crc32c
from undertow.formats.varint import read_varint, write_varint
from undertow.graph.errors import DataLossError

_MAGIC = 0xDB4775248B80FB57
_FOOTER_SIZE = 48
_TRAILER_SIZE = 5
_UNCOMPRESSED, _SNAPPY = 0, 1
_BLOCK_SIZE = 256 << 10  # TensorFlow's, so that our files are its files byte for byte
_RESTART_INTERVAL = 16
_MAX_KEY_BYTES = 256 << 20  # a few crafted bytes of shared prefixes could ask for any amount of memory


def read_table(data: bytes, name: str) -> dict[bytes, bytes]:
    """The entries of the table `data`, in the order of their keys. `name` is the file's, for errors.

    Raises:
      DataLossError: the bytes are not a whole, sound table; it says where.
    """
    return _Reader(data, name).entries()


def build_table(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The table of `entries`, whose keys are strictly ascending: the bytes that TensorFlow would write."""
    table, index, block = bytearray(), _Block(restart_interval=1), _Block(_RESTART_INTERVAL)
    full = b""  # the place of a block that awaits the key after it, to be indexed under a short one between
    last: bytes | None = None
    for key, value in entries:
        if last is not None and key <= last:
            raise ValueError(f"Table keys must ascend: {key!r} follows {last!r}.")
        if full:
            index.add(_between(last or b"", key), full)
            full = b""
        block.add(key, value)
        last = key
        if block.size >= _BLOCK_SIZE:
            full = _append_block(table, block)
            block = _Block(_RESTART_INTERVAL)
    if block.last is not None:
        full = _append_block(table, block)
    if full:
        index.add(_after(last or b""), full)
    metadata = _append_block(table, _Block(_RESTART_INTERVAL))
    handles = metadata + _append_block(table, index)
    table += handles.ljust(_FOOTER_SIZE - 8, b"\0") + struct.pack("<Q", _MAGIC)
    return bytes(table)


class _Block:
    """A block being written."""

    def __init__(self, restart_interval: int) -> None:
        self.last: bytes | None = None
        self._interval = restart_interval
        self._data = bytearray()
        self._restarts = [0]
        self._since_restart = 0

    @property
    def size(self) -> int:
        return len(self._data) + 4 * len(self._restarts) + 4

    def add(self, key: bytes, value: bytes) -> None:
        if self._since_restart == self._interval:
            self._restarts.append(len(self._data))
            self._since_restart = 0
        shared = _common(self.last, key) if self._since_restart and self.last else 0
        for number in (shared, len(key) - shared, len(value)):
            self._data += write_varint(number)
        self._data += key[shared:] + value
        self.last = key
        self._since_restart += 1

    def finish(self) -> bytes:
        return bytes(self._data) + struct.pack(f"<{len(self._restarts) + 1}I", *self._restarts, len(self._restarts))


def _append_block(table: bytearray, block: _Block) -> bytes:
    """Write `block` at the table's end; its place, as the index holds it."""
    contents = block.finish()
    handle = write_varint(len(table)) + write_varint(len(contents))
    kind = bytes([_UNCOMPRESSED])
    table += contents + kind + struct.pack("<I", masked_crc32c(contents, kind))
    return handle


def _common(a: bytes, b: bytes) -> int:
    """How many bytes the starts of `a` and `b` have in common."""
    count = 0
    for x, y in zip(a, b):
        if x != y:
            break
        count += 1
    return count


def _between(last: bytes, following: bytes) -> bytes:
    """A short key, not below `last` and below `following`."""
    at = _common(last, following)
    if at < min(len(last), len(following)) and last[at] + 1 < following[at]:
        return last[:at] + bytes([last[at] + 1])
    return last


def _after(last: bytes) -> bytes:
    """A short key, not below `last`."""
    for at, byte in enumerate(last):
        if byte != 0xFF:
            return last[:at] + bytes([byte + 1])
    return last


class _Reader:
    """A table being read."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._room = _MAX_KEY_BYTES

    def entries(self) -> dict[bytes, bytes]:
        size = len(self._data)
        if size < _FOOTER_SIZE:
            raise self._loss(size, "the file is too short to be a table")
        if struct.unpack_from("<Q", self._data, size - 8)[0] != _MAGIC:
            raise self._loss(size - 8, "the table's magic number is wrong")
        footer = self._data[-_FOOTER_SIZE:-8]
        *_, after_metadata = self._handle(footer, 0, size - _FOOTER_SIZE)
        offset, length, _ = self._handle(footer, after_metadata, size - _FOOTER_SIZE)
        found: dict[bytes, bytes] = {}
        last: bytes | None = None
        done = 0
        for _, handle in self._block(offset, length):
            offset, length, _ = self._handle(handle, 0, offset)
            if offset < done:
                raise self._loss(offset, "a block overlaps the one before it")
            done = offset + length
            for key, value in self._block(offset, length):
                if last is not None and key <= last:
                    raise self._loss(offset, f"key {key!r} does not come after {last!r}")
                found[key] = value
                last = key
        return found

    def _handle(self, data: bytes, at: int, place: int) -> tuple[int, int, int]:
        """The offset and size of a block, written at `data[at]`, and the place after them."""
        try:
            offset, at = read_varint(data, at, len(data))
            size, at = read_varint(data, at, len(data))
        except ValueError as error:
            raise self._loss(place, f"{error} in the place of a block") from None
        return offset, size, at

    def _block(self, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
        """The keys and values of the block at `offset`, its checksum and its restarts checked."""
        end = offset + size
        if size < 4 or end + _TRAILER_SIZE > len(self._data) - _FOOTER_SIZE:
            raise self._loss(offset, f"a block of {size} bytes does not fit into the file's {len(self._data)}")
        block = memoryview(self._data)[offset:end]
        kind, crc = struct.unpack_from("<BI", self._data, end)
        if masked_crc32c(block, bytes([kind])) != crc:
            raise self._loss(offset, "a block's checksum does not match")
        if kind == _SNAPPY:
            try:
                block = memoryview(snappy.decompress(block))
            except ValueError as error:
                raise self._loss(offset, f"a compressed block is not sound: {error}") from None
            size = len(block)
            if size < 4:
                raise self._loss(offset, f"a compressed block comes to {size} bytes")
        elif kind != _UNCOMPRESSED:
            raise self._loss(offset, f"a block's compression is of the unknown kind {kind}")
        (count,) = struct.unpack_from("<I", block, size - 4)
        entries_end = size - 4 - 4 * count
        if count == 0 or entries_end < 0:
            raise self._loss(offset, f"a block of {size} bytes claims {count} restarts")
        restarts = iter(struct.unpack_from(f"<{count}I", block, entries_end))
        restart = next(restarts)
        at, key = 0, b""
        while at < entries_end:
            start = at
            try:
                shared, at = read_varint(block, at, entries_end)
                unshared, at = read_varint(block, at, entries_end)
                value_size, at = read_varint(block, at, entries_end)
            except ValueError as error:
                raise self._loss(offset + start, f"{error} in an entry") from None
            value_at = at + unshared
            if shared > len(key) or value_at + value_size > entries_end:
                raise self._loss(offset + start, "an entry does not fit into its block")
            if start == restart:
                if shared:
                    raise self._loss(offset + start, "a restart shares a prefix with the key before it")
                restart = next(restarts, entries_end)
            self._room -= shared + unshared
            if self._room < 0:
                raise self._loss(offset + start, f"the keys need more than {_MAX_KEY_BYTES >> 20} MiB")
            key = key[:shared] + bytes(block[at:value_at])
            at = value_at + value_size
            yield key, bytes(block[value_at:at])
        if restart != entries_end:
            raise self._loss(offset, f"a restart at {restart} is not where an entry begins")

    def _loss(self, at: int, what: str) -> DataLossError:
        return DataLossError(None, None, f"{self._name}: {what} (at byte {at}).")
