"""The sorted table: its bytes, and what becomes of bytes that are not one."""

import contextlib
import random
import struct
import time

import pytest

from undertow.formats.crc32c import masked_crc32c
from undertow.formats.table import build_table, read_table
from undertow.formats.varint import write_varint
from undertow.graph.errors import DataLossError, OpError

MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)


def entry(shared, key, value, unshared=None):
    numbers = (shared, len(key) if unshared is None else unshared, len(value))
    return b"".join(map(write_varint, numbers)) + key + value


def block(entries, restarts=(0,)):
    return entries + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def table(*blocks, handles=None, kind=0, index=None):
    """A sealed table of data blocks, which may be nonsense inside; `handles` are lies about where they are."""
    out, index_entries, restarts = b"", b"", []

    def append(contents, kind=0):
        nonlocal out
        place = write_varint(len(out)) + write_varint(len(contents))
        out += contents + bytes([kind]) + struct.pack("<I", masked_crc32c(contents, bytes([kind])))
        return place

    for i, contents in enumerate(blocks):
        place = append(contents, kind)
        restarts.append(len(index_entries))
        index_entries += entry(0, bytes([ord("p") + i]), handles[i] if handles else place)
    metadata = append(block(b""))
    index_place = append(index or block(index_entries, restarts or (0,)))
    return out + (metadata + index_place).ljust(40, b"\0") + MAGIC


def test_the_bytes_of_a_table_are_these():
    contents = bytes([0, 2, 1]) + b"ab" + b"1" + bytes([1, 2, 0]) + b"cd" + block(b"")
    assert build_table([(b"ab", b"1"), (b"acd", b"")]) == table(contents, index=block(entry(0, b"b", b"\0\x13")))
    assert len(contents) == 0x13  # the index calls the block "b": the shortest key after "acd"


def test_a_key_is_written_whole_every_sixteen():
    data = build_table([(b"key%02d" % i, b"") for i in range(17)])
    assert data.count(b"key") == 2
    assert data.count(b"key16") == 1


@pytest.mark.parametrize("count", [0, 1, 16, 17, 3000])
def test_what_is_built_is_read(count):
    entries = {b"scope/variable_%05d" % i: bytes([i % 256]) * (i % 400) for i in range(count)}
    assert read_table(build_table(entries.items()), "t") == entries


def test_any_bytes_make_a_key_or_a_value():
    entries = {b"": b"", b"\0": b"\xff", b"\xff": b"\0" * 300, b"\xff\xff": b"v", b"\xff\xff" + b"x" * 300_000: b"w"}
    assert read_table(build_table(entries.items()), "t") == entries


def test_keys_that_do_not_ascend_are_refused():
    with pytest.raises(ValueError, match=r"b'a' follows b'a'"):
        build_table([(b"a", b""), (b"a", b"")])


BROKEN = {
    "too short": b"x" * 47,
    "magic number": table(block(b""))[:-1] + b"\0",
    "checksum": b"\1" + table(block(entry(0, b"k", b"v")))[1:],
    "unknown kind 7": table(block(entry(0, b"k", b"v")), kind=7),
    "claims 0 restarts": table(struct.pack("<I", 0)),
    "claims 4000000000 restarts": table(struct.pack("<I", 4_000_000_000)),
    "restart at 3 is not": table(block(entry(0, b"k", b"v"), (0, 3))),
    "shares a prefix": table(block(entry(0, b"ab", b"") + entry(1, b"c", b""), (0, 5))),
    "does not fit into its block": table(block(entry(1, b"k", b"v"))),
    "an entry does not fit": table(block(entry(0, b"k", b"v", unshared=2**63))),
    "runs over the end in an entry": table(block(b"\0\x80")),
    "longer than 64 bits in an entry": table(block(b"\xff" * 12)),
    "does not come after": table(block(entry(0, b"b", b"") + entry(0, b"a", b""))),
    "b'b' does not come after b'b'": table(block(entry(0, b"b", b"")), block(entry(0, b"b", b""))),
    "overlaps": table(block(b""), block(b""), handles=[b"\0\x08", b"\0\x08"]),
    "does not fit into the file": table(block(b""), handles=[b"\0" + write_varint(2**62)]),
    "in the place of a block": table(block(b""), handles=[b"\0"]),
    "a block of 3 bytes": table(block(b""), handles=[b"\0\3"]),
}


@pytest.mark.parametrize("says", BROKEN)
def test_a_damaged_table_is_a_data_loss_that_names_the_file_and_the_place(says):
    with pytest.raises(DataLossError, match=rf"^m\.index: .*{says}.*\(at byte \d+\)\.$"):
        read_table(BROKEN[says], "m.index")


def test_a_block_compressed_with_snappy_is_read():
    plain = block(entry(0, b"k", b"v" * 20))
    assert len(plain) == 32  # three numbers, the key, the value, the restarts
    copied = b"\x20" + b"\x10" + plain[:5] + b"\x4a\x01\x00" + b"\x1c" + plain[24:]  # 19 v of the one before
    assert read_table(table(copied, kind=1), "m.index") == {b"k": b"v" * 20}


def test_a_compressed_block_that_is_not_sound_is_named():
    with pytest.raises(DataLossError, match=r"^m\.index: a compressed block is not sound: .*\(at byte 0\)\.$"):
        read_table(table(b"\x20\x10ab", kind=1), "m.index")
    with pytest.raises(DataLossError, match="comes to 3 bytes"):
        read_table(table(b"\x03\x08abc", kind=1), "m.index")


def test_keys_that_unfold_to_more_memory_than_any_checkpoint_needs_are_refused():
    long = b"k" * 300_000
    bomb = entry(0, long, b"") + b"".join(write_varint(300_000 + i) + b"\1\0" + b"x" for i in range(20_000))
    with pytest.raises(DataLossError, match="keys need more than 256 MiB"):
        read_table(table(block(bomb)), "t")


def test_mutated_tables_are_errors_or_unchanged(mutated, mutations):
    rng = random.Random(1)
    entries = {b"scope_%d/variable_%03d" % (i % 3, i): bytes(rng.randbytes(i % 40)) for i in range(60)}
    good = build_table(sorted(entries.items()))
    for _ in range(mutations):
        with contextlib.suppress(OpError):
            assert read_table(mutated(good, rng), "t") == dict(sorted(entries.items()))


def test_mutated_blocks_under_a_good_checksum_are_errors_or_tables(mutated, mutations):
    rng = random.Random(2)
    good = block(b"".join(entry(0, b"key%02d" % i, b"value") for i in range(20)), range(0, 20 * 13, 13))
    start = time.monotonic()
    for _ in range(mutations):
        with contextlib.suppress(OpError):
            for key, value in read_table(table(mutated(good, rng)), "t").items():
                assert len(key) + len(value) <= len(good)
    assert time.monotonic() - start < 1 + mutations / 100
