"""Snappy: each kind of element, as its description has it, and what is not sound."""

import contextlib
import random

import pytest

from undertow.formats.snappy import decompress


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"\x00", b""),
        (b"\x03\x08abc", b"abc"),  # a literal of 3: tag (3 - 1) << 2
        (b"\x46\xf0\x45" + b"x" * 70, b"x" * 70),  # of 70: tag 60 << 2, then 70 - 1
        (b"\x46\xf4\x45\x00" + b"x" * 70, b"x" * 70),  # tag 61 << 2, then 70 - 1 in two bytes
        (b"\x09\x08abc\x09\x03", b"abcabcabc"),  # a copy of 6 from 3 before: tag (6 - 4) << 2 | 1
        (b"\x05\x00a\x0e\x01\x00", b"aaaaa"),  # of 4 from 1 before, which grows as it is read: (4 - 1) << 2 | 2
        (b"\x06\x08abc\x0b\x03\x00\x00\x00", b"abcabc"),  # of 3 from 3 before: (3 - 1) << 2 | 3
    ],
)
def test_elements_are_read_as_they_are_described(data, wanted):
    assert decompress(data) == wanted


def test_a_far_copy_of_the_short_kind_has_its_offsets_high_bits_in_the_tag():
    start = bytes(range(256)) * 3  # a copy of 4 from 768 before: 768 = 3 << 8, tag 3 << 5 | 0 << 2 | 1
    data = b"\x84\x06" + b"\xf4\xff\x02" + start + b"\x61\x00"
    assert decompress(data) == start + start[:4]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x04\x08abc", "holds 3 bytes, not the 4"),
        (b"\x03\x0cabc", "ends within an element"),
        (b"\x03\xf0", "ends within an element"),
        (b"\x07\x08abc\x09\x04", "a copy from 4 bytes before"),
        (b"\x07\x08abc\x09\x00", "a copy from 0 bytes before"),
        (b"\xff\xff\xff\xff\x0f\x08abc", "cannot hold"),
        (b"\x80", "number"),
    ],
)
def test_what_is_not_sound_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        decompress(data)


def test_garbage_ends_in_an_error_or_in_bytes():
    chance = random.Random(2)
    for _ in range(3000):
        data = chance.randbytes(chance.randrange(60))
        with contextlib.suppress(ValueError):
            assert len(decompress(data)) <= 64 * len(data)
