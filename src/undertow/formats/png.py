"""PNG files as arrays: written whole, and read where they have 16 bits a channel, which Pillow keeps for gray only.

Source: https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # of each color type but the palette's
_COLOR_TYPE = {channels: kind for kind, channels in _CHANNELS.items()}
# Adam7: first row, first column, row step, column step of each pass
_PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
_LARGEST = 2**29  # bytes of pixels that a header is believed


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(image: np.ndarray, compression: int = -1) -> bytes:
    """The PNG file of `image`: uint8 or uint16 [height, width, channels], 1 to 4 channels (gray, alpha, RGB, RGBA)."""
    height, width, channels = image.shape
    depth = image.dtype.itemsize * 8
    rows = image.astype(image.dtype.newbyteorder(">")).reshape(height, -1).view(np.uint8)
    filtered = _filtered(rows, channels * image.dtype.itemsize)
    header = struct.pack(">IIBBBBB", width, height, depth, _COLOR_TYPE[channels], 0, 0, 0)
    data = zlib.compress(filtered.tobytes(), compression)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _filtered(rows: np.ndarray, step: int) -> np.ndarray:
    """The rows after the filter that makes each smallest, and before them its number."""
    corner = np.pad(rows, ((1, 0), (step, 0))).astype(np.int16)
    left, above, both = corner[1:, :-step], corner[:-1, step:], corner[:-1, :-step]
    far_left, far_above, far_both = abs(above - both), abs(left - both), abs(left + above - 2 * both)
    nearer = np.where(far_above <= far_both, above, both)
    paeth = np.where((far_left <= far_above) & (far_left <= far_both), left, nearer)
    guesses = np.stack([np.zeros_like(left), left, above, (left + above) // 2, paeth])
    candidates = (rows - guesses).astype(np.uint8)
    cost = abs(candidates.view(np.int8).astype(np.int32)).sum(2)
    best = cost.argmin(0)
    return np.concatenate([best[:, None].astype(np.uint8), candidates[best, np.arange(len(rows))]], axis=1)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += size + 12


def bits(data: bytes) -> int:
    """How many bits a channel (or an index into the palette) has in this PNG file, 0 if it has no header."""
    return data[24] if data[:8] == _SIGNATURE and len(data) > 24 else 0


def is_deep(data: bytes) -> bool:
    """Whether this PNG file has 16 bits a channel."""
    return bits(data) == 16


def read_deep(data: bytes) -> np.ndarray:
    """The pixels of a PNG file of 16 bits a channel: uint16 [height, width, channels]. `ValueError` if it is broken."""
    try:
        chunks = list(_chunks(data))
        width, height, _, color, _, _, interlaced = struct.unpack(">IIBBBBB", dict(chunks[:1])[b"IHDR"])
        channels = _CHANNELS[color]
        if width * height * channels * 2 > _LARGEST:
            raise ValueError(f"{width}x{height} pixels are too many")
        passes = _PASSES if interlaced else [(0, 0, 1, 1)]
        sizes = [(-(-(height - y) // dy), -(-(width - x) // dx)) for y, x, dy, dx in passes]
        sizes = [(h, w) if h > 0 and w > 0 else (0, 0) for h, w in sizes]
        total = sum(h * (1 + w * channels * 2) for h, w in sizes)
        raw = zlib.decompressobj().decompress(b"".join(d for kind, d in chunks if kind == b"IDAT"), max(total, 1))
        pixels = np.zeros((height, width, channels), np.uint16)
        at = 0
        for (y, x, dy, dx), (h, w) in zip(passes, sizes):
            length = h * (1 + w * channels * 2)
            rows = np.frombuffer(raw, np.uint8, length, at).reshape(h, -1) if h else np.zeros((0, 1), np.uint8)
            at += length
            pixels[y::dy, x::dx] = _unfiltered(rows, channels * 2).view(">u2").reshape(h, w, channels)
        return pixels
    except (KeyError, IndexError, struct.error, zlib.error) as error:
        raise ValueError(f"not a PNG file: {error}") from None


def _unfiltered(rows: np.ndarray, step: int) -> np.ndarray:
    """The bytes of rows whose first byte tells how each was filtered; `step` bytes are a pixel."""
    height, width = rows.shape[0], rows.shape[1] - 1
    result = np.zeros((height, width), np.uint8)
    above = np.zeros(width, np.uint8)
    for i in range(height):
        kind, row = rows[i, 0], rows[i, 1:]
        if kind == 0:
            result[i] = row
        elif kind == 1:
            result[i] = np.add.accumulate(row.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
        elif kind == 2:
            result[i] = row + above
        elif kind in (3, 4):
            result[i] = _by_neighbors(row, above, step, int(kind))
        else:
            raise ValueError(f"not a PNG file: filter {kind}")
        above = result[i]
    return result


def _by_neighbors(row: np.ndarray, above: np.ndarray, step: int, kind: int) -> list[int]:
    values, up = [0] * step + row.tolist(), [0] * step + above.tolist()
    for i in range(step, len(values)):
        a, b, c = values[i - step], up[i], up[i - step]
        if kind == 3:
            guess = (a + b) // 2
        else:
            p = a + b - c
            pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
            guess = a if pa <= pb and pa <= pc else b if pb <= pc else c
        values[i] = (values[i] + guess) & 255
    return values[step:]
