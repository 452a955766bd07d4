"""Protocol buffers' variable-length integers."""

import pytest

from undertow.formats.varint import read_varint, write_varint


@pytest.mark.parametrize(
    "value, data",
    [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (150, b"\x96\x01"), (2**64 - 1, b"\xff" * 9 + b"\1")],
)
def test_seven_bits_a_byte_the_low_ones_first(value, data):
    assert write_varint(value) == data
    assert read_varint(b"?" + data + b"?", 1, 1 + len(data)) == (value, 1 + len(data))


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 9])
def test_a_number_that_does_not_end_is_an_error(data):
    with pytest.raises(ValueError, match="runs over the end"):
        read_varint(data, 0, len(data))


@pytest.mark.parametrize("data", [b"\xff" * 9 + b"\2", b"\xff" * 10 + b"\1", b"\x80" * 10 + b"\0"])
def test_a_number_of_more_than_64_bits_is_an_error(data):
    with pytest.raises(ValueError, match="longer than 64 bits"):
        read_varint(data, 0, len(data))
