"""TensorFlow's gamma and Poisson numbers: drawn by rejection, each from 256 counters of its own.

Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. Hörmann, "The transformed rejection method
for generating Poisson random variables" (PTRS), 1993; Knuth's product of uniforms below a rate of 10. In which order
they use their uniform numbers was worked out from TensorFlow's outputs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from . import philox

_COUNTERS_A_NUMBER = 256
_KNUTH_BELOW = 10.0


class _Stream:
    """For each number to draw, the counters that it alone uses."""

    def __init__(self, start: int, count: int, seed: int, seed2: int) -> None:
        self.next = np.uint64(start) + np.arange(count, dtype=np.uint64) * np.uint64(_COUNTERS_A_NUMBER)
        self.seeds = seed, seed2

    def words(self, which: np.ndarray) -> np.ndarray:
        """The next group of each of `which`: [len(which), 4]."""
        words = philox.bits(self.next[which], *self.seeds)
        self.next[which] += np.uint64(1)
        return words


class _Pairs:
    """Numbers that a group gives two of, of which the second is used first."""

    def __init__(self, stream: _Stream, make: Callable[[np.ndarray], np.ndarray]) -> None:
        self.stream, self.make = stream, make
        self.values = np.empty((len(stream.next), 2))
        self.left = np.zeros(len(stream.next), np.int64)

    def take(self, which: np.ndarray) -> np.ndarray:
        """One number for each of `which`."""
        empty = which[self.left[which] == 0]
        if len(empty):
            self.values[empty] = self.make(self.stream.words(empty))
            self.left[empty] = 2
        self.left[which] -= 1
        return self.values[which, self.left[which]]


def _uniform(words: np.ndarray) -> np.ndarray:
    return philox.uniform64(words.reshape(-1, 2, 2))


def _normal(words: np.ndarray) -> np.ndarray:
    return philox.normal64(words).reshape(-1, 2).numpy()


def gamma(alpha: np.ndarray, start: int, seed: int, seed2: int) -> np.ndarray:
    """For each `alpha` (float64, [n]) a number of the gamma distribution of that shape and of rate 1."""
    stream = _Stream(start, len(alpha), seed, seed2)
    uniform, normal = _Pairs(stream, _uniform), _Pairs(stream, _normal)
    result = np.empty(len(alpha))
    exponential, small = alpha == 1.0, alpha < 1.0
    which = np.flatnonzero(exponential)
    result[which] = -np.log1p(-uniform.take(which))
    d = alpha + small - 1.0 / 3.0
    c = 1.0 / 3.0 / np.sqrt(d)
    pending = np.flatnonzero(~exponential)
    while len(pending):
        x = normal.take(pending)
        v = (1.0 + c[pending] * x) ** 3
        inside = v > 0
        tried, x, v = pending[inside], x[inside], v[inside]
        u = uniform.take(tried)
        with np.errstate(divide="ignore"):
            slow = np.log(u) < 0.5 * x * x + d[tried] * (1.0 - v + np.log(v))
        taken = (u < 1.0 - 0.0331 * x**4) | slow
        result[tried[taken]] = d[tried[taken]] * v[taken]
        pending = np.setdiff1d(pending, tried[taken], assume_unique=True)
    which = np.flatnonzero(small)  # a gamma number of shape alpha + 1, made one of shape alpha
    result[which] *= uniform.take(which) ** (1.0 / alpha[which])
    return result


def poisson(rate: np.ndarray, start: int, seed: int, seed2: int) -> np.ndarray:
    """For each `rate` (float64, [n]) a number of the Poisson distribution of that mean, as float64."""
    uniform = _Pairs(_Stream(start, len(rate), seed, seed2), _uniform)
    result = np.zeros(len(rate))
    _products(rate, np.flatnonzero(rate < _KNUTH_BELOW), uniform, result)
    _transformed(rate, np.flatnonzero(rate >= _KNUTH_BELOW), uniform, result)
    return result


def _products(rate: np.ndarray, pending: np.ndarray, uniform: _Pairs, result: np.ndarray) -> None:
    limit, product = np.exp(-rate), np.ones(len(rate))
    while len(pending):
        product[pending] *= uniform.take(pending)
        pending = pending[product[pending] > limit[pending]]
        result[pending] += 1.0


def _transformed(rate: np.ndarray, pending: np.ndarray, uniform: _Pairs, result: np.ndarray) -> None:
    while len(pending):
        mean = rate[pending]
        b = 0.931 + 2.53 * np.sqrt(mean)
        a = -0.059 + 0.02483 * b
        u, v = uniform.take(pending) - 0.5, uniform.take(pending)
        edge = 0.5 - np.abs(u)
        with np.errstate(divide="ignore", invalid="ignore"):
            k = np.floor((2.0 * a / edge + b) * u + mean + 0.43)
            inside = (edge >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2.0))
            outside = (k < 0) | ((edge < 0.013) & (v > edge))
            left = np.log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (edge * edge) + b))
            right = -mean + k * np.log(mean) - torch.lgamma(torch.from_numpy(k + 1.0)).numpy()
        taken = inside | (~outside & (left <= right))
        result[pending[taken]] = k[taken]
        pending = pending[~taken]
