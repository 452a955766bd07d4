"""CRC32C (Castagnoli), and the mask that TensorFlow puts over it in records, tables and checkpoints.

Source: https://www.tensorflow.org/tutorials/load_data/tfrecord (the mask), RFC 3720 (the polynomial).
"""

from __future__ import annotations

from typing import Any

import google_crc32c
import numpy as np

_MASK_DELTA = 0xA282EAD8


def crc32c(*parts: Any) -> int:
    """The CRC32C of buffers (bytes, memoryview, contiguous arrays) read one after the other; none is copied."""
    crc = 0
    for part in parts:
        # The library takes no memoryview; NumPy lends it any buffer.
        crc = google_crc32c.extend(crc, part if isinstance(part, bytes) else np.frombuffer(part, np.uint8))
    return crc


def masked_crc32c(*parts: Any) -> int:
    """`crc32c` under TensorFlow's mask, so that a checksum of data that holds checksums still tells something."""
    crc = crc32c(*parts)
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF
