"""Checksums as TensorFlow's files hold them."""

import numpy as np
import pytest

from undertow.formats.crc32c import crc32c, masked_crc32c


@pytest.mark.parametrize(
    "data, crc",
    [(bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E), (b"", 0)],
)
def test_the_examples_of_rfc_3720_come_out(data, crc):
    assert crc32c(data) == crc


def test_parts_count_as_the_bytes_they_make_together():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert crc32c(b"ab", memoryview(b""), memoryview(b"cd"), array) == crc32c(b"abcd" + array.tobytes())


def test_the_mask_turns_by_fifteen_bits_and_adds():
    # crc32c(32 zero bytes) = 0x8a9136aa; turned right by 15 bits it is 0x6d551522; plus 0xa282ead8: 0x10fd7fffa.
    assert masked_crc32c(bytes(32)) == 0x0FD7FFFA
