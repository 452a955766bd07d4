"""TensorFlow's numbers: the counter-based generator Philox 4x32-10, and what TensorFlow makes of its bits.

Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A counter gives a group of four 32-bit numbers;
an op's second seed is the upper half of all its counters, its first seed the key. How bits become floats, and which
counters an op uses, was worked out from TensorFlow's outputs and is held to them by `tests/parity/cases/random.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

_MULTIPLY = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_ADD_TO_KEY = 0x9E3779B9, 0xBB67AE85
_LOW, _UP = np.uint64(0xFFFFFFFF), np.uint64(32)
_BLOCK = 1 << 13  # groups at once: the work arrays stay in the cache
_SCRAMBLE = 0x02461E293EC8F720  # the key with which stateless seeds are mixed
_SMALLEST = 1e-7  # what the logarithm of a uniform number is taken of at least


def _rounds(counters: Any, seed: int, seed2: int) -> tuple[Any, ...]:
    """The four numbers of each counter, in 64-bit lanes of which the upper halves are empty."""
    a, b = counters & _LOW, counters >> _UP
    c, d = np.uint64(seed2 & 0xFFFFFFFF), np.uint64(seed2 >> 32 & 0xFFFFFFFF)
    key, key2 = seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF
    for _ in range(10):
        left, right = a * _MULTIPLY[0], c * _MULTIPLY[1]
        a, b = (right >> _UP) ^ b ^ np.uint64(key), right & _LOW
        c, d = (left >> _UP) ^ d ^ np.uint64(key2), left & _LOW
        key, key2 = key + _ADD_TO_KEY[0] & 0xFFFFFFFF, key2 + _ADD_TO_KEY[1] & 0xFFFFFFFF
    return a, b, c, d


def scrambled(seed: int, seed2: int) -> tuple[int, int]:
    """The (key, upper half of the counters) that a stateless op makes of its two seeds."""
    a, b, c, d = (int(lane) for lane in _rounds(np.uint64(seed % 2**64), _SCRAMBLE, seed2 % 2**64))
    return a | b << 32, c | d << 32


def bits(counters: np.ndarray, seed: int, seed2: int) -> np.ndarray:
    """The groups of the counters (uint64): uint32, [len(counters), 4]."""
    result = np.empty((len(counters), 4), np.uint32)
    for begin in range(0, len(counters), _BLOCK):
        part = result[begin : begin + _BLOCK]
        for i, lane in enumerate(_rounds(counters[begin : begin + _BLOCK], seed, seed2)):
            part[:, i] = lane
    return result


def sequence(start: int, count: int, width: int, seed: int, seed2: int) -> np.ndarray:
    """What `count` numbers are made of that use `width` bits words each, from counter `start` on: [count, width]."""
    groups = -(-count * width // 4)
    counters = np.arange(start, start + groups, dtype=np.uint64)
    return bits(counters, seed, seed2).reshape(-1)[: count * width].reshape(count, width)


# On a GPU: the same words from a counter that is there, so that nothing has to be brought and a CUDA graph goes on


def words_from(start: Tensor, count: int, seed: int, seed2: int) -> Tensor:
    """What `sequence` gives for a width of 1 and a counter on a device, as int64 there: [count]."""
    low = int(_LOW)
    counters = torch.arange(-(-count // 4), device=start.device) + start
    a, b = counters & low, counters >> 32
    c, d = torch.full_like(a, seed2 & low), torch.full_like(a, seed2 >> 32 & low)
    key, key2 = seed & low, seed >> 32 & low
    for _ in range(10):
        left, right = a * int(_MULTIPLY[0]), c * int(_MULTIPLY[1])  # the upper bit may be the sign's: it is masked
        a, b = ((right >> 32) & low) ^ b ^ key, right & low
        c, d = ((left >> 32) & low) ^ d ^ key2, left & low
        key, key2 = key + _ADD_TO_KEY[0] & low, key2 + _ADD_TO_KEY[1] & low
    return torch.stack([a, b, c, d], 1).reshape(-1)[:count]


def uniform_from(words: Tensor, mantissa: int = 23) -> Tensor:
    """As `uniform32`, of such words."""
    ones = (words << 23 - mantissa) & 0x7FFFFF
    return (ones | 0x3F800000).to(torch.int32).view(torch.float32) - 1.0


# Uniform in [0, 1): the low bits as the mantissa of a number in [1, 2), less 1.


def uniform32(words: np.ndarray, mantissa: int = 23) -> np.ndarray:
    """float32 with `mantissa` random bits, one for each word."""
    ones = words << np.uint32(23 - mantissa) & np.uint32(0x7FFFFF)
    return (ones | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)


def uniform64(words: np.ndarray) -> np.ndarray:
    """float64, one for each pair of words [..., 2]."""
    high = words[..., 0].astype(np.uint64) & np.uint64(0xFFFFF)
    return (high << _UP | words[..., 1] | np.uint64(0x3FF0000000000000)).view(np.float64) - 1.0


def integers64(words: np.ndarray) -> np.ndarray:
    """uint64, one for each pair of words [..., 2]."""
    return words[..., 0].astype(np.uint64) | words[..., 1].astype(np.uint64) << _UP


# Normal: Box and Muller's pairs. float32 is rounded at each step, as in C; the functions between are exact to that.


def normal32(words: np.ndarray) -> Tensor:
    """float32, two for each pair of words [..., 2]."""
    return normal_of(torch.from_numpy(uniform32(words)))


def normal_of(uniform: Tensor) -> Tensor:
    """float32, two for each pair of uniform numbers [..., 2]."""
    uniform = uniform.double()
    log = torch.log(uniform[..., 0].clamp(min=float(np.float32(_SMALLEST)))).float()
    radius = torch.sqrt((-2.0 * log).double()).float()
    angle = (2.0 * np.pi * uniform[..., 1]).float().double()
    return torch.stack([torch.sin(angle).float() * radius, torch.cos(angle).float() * radius], -1).flatten(-2)


def normal64(words: np.ndarray) -> Tensor:
    """float64, two for each four words [..., 4]."""
    uniform = torch.from_numpy(uniform64(words.reshape(*words.shape[:-1], 2, 2)))
    radius = torch.sqrt(-2.0 * torch.log(uniform[..., 0].clamp(min=_SMALLEST)))
    angle = 2.0 * np.pi * uniform[..., 1]
    return torch.stack([torch.sin(angle) * radius, torch.cos(angle) * radius], -1).flatten(-2)


def truncated(start: int, count: int, seed: int, seed2: int, double: bool) -> Tensor:
    """`count` normal numbers of a magnitude below 2. Each four (two, if double) have counters of their own."""
    wanted, reserved = (2, 128) if double else (4, 256)
    result = torch.empty((-(-count // wanted), wanted), dtype=torch.float64 if double else torch.float32)
    pending, tries = np.arange(len(result)), 1
    while len(pending):
        first = np.uint64(start) + pending.astype(np.uint64) * np.uint64(reserved)
        words = bits((first[:, None] + np.arange(tries, dtype=np.uint64)).reshape(-1), seed, seed2)
        found = (normal64(words) if double else normal32(words.reshape(-1, 2))).reshape(len(pending), -1)
        inside = found.abs() < 2
        chosen = torch.argsort(inside.logical_not().to(torch.uint8), dim=1, stable=True)[:, :wanted]
        enough = inside.sum(1) >= wanted
        result[torch.from_numpy(pending)[enough]] = found.gather(1, chosen)[enough]
        pending, tries = pending[~enough.numpy()], tries * 2
    return result.reshape(-1)[:count]
