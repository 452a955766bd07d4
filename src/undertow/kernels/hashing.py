"""Published 64-bit hashes of strings, in NumPy: FarmHash's Fingerprint64, MurmurHash64A, SipHash-2-4.

Each hashes many strings at once: those of one length are the rows of a matrix of bytes, so that every step is an
operation on a whole column. Numbers are uint64 and wrap.
Sources: https://github.com/google/farmhash, https://github.com/aappleby/smhasher,
https://cr.yp.to/siphash/siphash-20120918.pdf
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Hashes = np.ndarray
_MASK = 2**64 - 1


def _u64(number: int) -> np.uint64:
    return np.uint64(number & _MASK)


def _by_length(texts: list[bytes], hashed: Callable[[np.ndarray, int], Hashes]) -> Hashes:
    """`hashed(rows of bytes, their length)` of each group of equally long texts, in the order of `texts`."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    result = np.empty(len(texts), np.uint64)
    for length in np.unique(lengths).tolist():
        places = np.flatnonzero(lengths == length)
        joined = b"".join([texts[i] for i in places])
        result[places] = hashed(np.frombuffer(joined, np.uint8).reshape(len(places), length), length)
    return result


def _word(rows: np.ndarray, start: int, kind: str = "<u8") -> Hashes:
    """The little-endian number in the bytes from `start` of each row."""
    size = np.dtype(kind).itemsize
    return np.ascontiguousarray(rows[:, start : start + size]).view(kind)[:, 0].astype(np.uint64)


def _rotated(value: Any, right: int) -> Any:
    return (value >> _u64(right)) | (value << _u64(64 - right))


def _shift_mix(value: Any) -> Any:
    return value ^ (value >> _u64(47))


# FarmHash

_K0, _K1, _K2 = _u64(0xC3A5C85C97CB3127), _u64(0xB492B66FBE98F273), _u64(0x9AE16A3B2F90404F)


def fingerprint64(texts: list[bytes]) -> Hashes:
    """FarmHash's Fingerprint64 of each text."""
    return _by_length(texts, _farm)


def _farm(rows: np.ndarray, length: int) -> Hashes:
    if length == 0:
        return np.full(len(rows), _K2)
    if length <= 16:
        return _farm_to_16(rows, length)
    return _farm_to_64(rows, length) if length <= 64 else _farm_long(rows, length)


def _mixed(u: Any, v: Any, by: Any) -> Any:
    a = (u ^ v) * by
    b = (v ^ _shift_mix(a)) * by
    return _shift_mix(b) * by


def _farm_to_16(rows: np.ndarray, length: int) -> Hashes:
    by = _u64(int(_K2) + 2 * length)
    if length >= 8:
        a, b = _word(rows, 0) + _K2, _word(rows, length - 8)
        return _mixed(_rotated(b, 37) * by + a, (_rotated(a, 25) + b) * by, by)
    if length >= 4:
        first, last = _word(rows, 0, "<u4"), _word(rows, length - 4, "<u4")
        return _mixed((first << _u64(3)) + _u64(length), last, by)
    first, middle, last = (rows[:, i].astype(np.uint64) for i in (0, length >> 1, length - 1))
    y, z = first + (middle << _u64(8)), (last << _u64(2)) + _u64(length)
    return _shift_mix(y * _K2 ^ z * _K0) * _K2


def _farm_to_64(rows: np.ndarray, length: int) -> Hashes:
    by = _u64(int(_K2) + 2 * length)
    a = _word(rows, 0) * (_K1 if length <= 32 else _K2)
    b, c, d = _word(rows, 8), _word(rows, length - 8) * by, _word(rows, length - 16) * _K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _mixed_tail(a, b, c)
    if length <= 32:
        return _mixed(y, z, by)
    z = _mixed(y, z, by)
    e, f = _word(rows, 16) * by, _word(rows, 24)
    g, h = (y + _word(rows, length - 32)) * by, (z + _word(rows, length - 24)) * by
    return _mixed(_rotated(e + f, 43) + _rotated(g, 30) + h, e + _rotated(f + a, 18) + g, by)


def _mixed_tail(a: Any, b: Any, c: Any) -> Any:
    return a + _rotated(b + _K2, 18) + c


def _weak(rows: np.ndarray, start: int, a: Any, b: Any) -> tuple[Any, Any]:
    """32 bytes and two seeds to two numbers."""
    w, x, y, z = (_word(rows, start + 8 * i) for i in range(4))
    a = a + w
    b = _rotated(b + a + z, 21)
    c = a
    a = a + x + y
    return a + z, b + _rotated(a, 44) + c


def _farm_long(rows: np.ndarray, length: int) -> Hashes:
    zero = np.zeros(len(rows), np.uint64)
    x = zero + _u64(81)
    y = x * _K1 + _u64(113)
    z = _shift_mix(y * _K2 + _u64(113)) * _K2
    x = x * _K2 + _word(rows, 0)
    v: tuple[Any, Any] = (zero, zero)
    w: tuple[Any, Any] = (zero, zero)
    for start in range(0, (length - 1) // 64 * 64, 64):
        x = _rotated(x + y + v[0] + _word(rows, start + 8), 37) * _K1
        y = _rotated(y + v[1] + _word(rows, start + 48), 42) * _K1
        x = x ^ w[1]
        y = y + v[0] + _word(rows, start + 40)
        z = _rotated(z + w[0], 33) * _K1
        v = _weak(rows, start, v[1] * _K1, x + w[0])
        w = _weak(rows, start + 32, z + w[1], y + _word(rows, start + 16))
        z, x = x, z
    by = _K1 + ((z & _u64(0xFF)) << _u64(1))
    last = length - 64
    w = (w[0] + _u64((length - 1) & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x = _rotated(x + y + v[0] + _word(rows, last + 8), 37) * by
    y = _rotated(y + v[1] + _word(rows, last + 48), 42) * by
    x = x ^ (w[1] * _u64(9))
    y = y + v[0] * _u64(9) + _word(rows, last + 40)
    z = _rotated(z + w[0], 33) * by
    v = _weak(rows, last, v[1] * by, x + w[0])
    w = _weak(rows, last + 32, z + w[1], y + _word(rows, last + 16))
    return _mixed(_mixed(v[0], w[0], by) + _shift_mix(y) * _K0 + x, _mixed(v[1], w[1], by) + z, by)


# MurmurHash64A

_MURMUR = _u64(0xC6A4A7935BD1E995)


def hash64(texts: list[bytes], seed: int = 0xDECAFCAFFE) -> Hashes:
    """MurmurHash64A of each text."""

    def murmur(rows: np.ndarray, length: int) -> Hashes:
        state = np.full(len(rows), _u64(seed)) ^ (np.full(len(rows), _u64(length)) * _MURMUR)
        whole = length // 8 * 8
        for start in range(0, whole, 8):
            state = (state ^ (_shift_mix(_word(rows, start) * _MURMUR) * _MURMUR)) * _MURMUR
        if length > whole:
            state = (state ^ _word(_padded(rows[:, whole:]), 0)) * _MURMUR
        return _shift_mix(_shift_mix(state) * _MURMUR)

    return _by_length(texts, murmur)


def _padded(rows: np.ndarray) -> np.ndarray:
    """Rows of fewer than eight bytes, zeros put behind."""
    return np.pad(rows, ((0, 0), (0, 8 - rows.shape[1])))


def fingerprint_cat64(first: Any, second: Any) -> Any:
    """One fingerprint of two, in order: MurmurHash64A's step and end."""
    state = (first ^ _MURMUR ^ (_shift_mix(second * _MURMUR) * _MURMUR)) * _MURMUR
    return _shift_mix(_shift_mix(state) * _MURMUR)


# SipHash


def strong_hash(texts: list[bytes], key: Iterable[int]) -> Hashes:
    """SipHash-2-4 of each text, with a key of two 64-bit numbers."""
    k0, k1 = (_u64(part) for part in key)

    def sip(rows: np.ndarray, length: int) -> Hashes:
        zero = np.zeros(len(rows), np.uint64)
        start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
        v = [zero + (_u64(s) ^ k) for s, k in zip(start, (k0, k1, k0, k1))]
        whole = length // 8 * 8
        words = [_word(rows, i) for i in range(0, whole, 8)]
        words.append(_word(_padded(rows[:, whole:]), 0) | (zero + _u64((length & 0xFF) << 56)))
        for word in words:
            v[3] = v[3] ^ word
            v = _sip_round(_sip_round(v))
            v[0] = v[0] ^ word
        v[2] = v[2] ^ _u64(0xFF)
        for _ in range(4):
            v = _sip_round(v)
        return v[0] ^ v[1] ^ v[2] ^ v[3]

    return _by_length(texts, sip)


def _sip_round(v: list[Any]) -> list[Any]:
    def left(value: Any, by: int) -> Any:
        return _rotated(value, 64 - by)

    v0, v1, v2, v3 = v
    v0, v2 = v0 + v1, v2 + v3
    v1, v3 = left(v1, 13) ^ v0, left(v3, 16) ^ v2
    v0 = left(v0, 32)
    v2, v0 = v2 + v1, v0 + v3
    v1, v3 = left(v1, 17) ^ v2, left(v3, 21) ^ v0
    return [v0, v1, left(v2, 32), v3]
