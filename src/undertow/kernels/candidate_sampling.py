"""Candidate samplers: how each draws. With a seed the uniform and log-uniform ones give TensorFlow's own numbers.

Which counters a run takes (512, of four words, for each number wanted) was worked out from TensorFlow's outputs.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import NotFoundError
from . import philox
from .gather import first_outside
from .registry import invalid, kernel

_COUNTERS_A_NUMBER = 2048 // 4
_AHEAD = 4096  # numbers drawn at once for the runs to come, where what is drawn does not depend on the run


class _Source:
    """Random numbers of some runs of an op: TensorFlow's from the op's counter on, if it has a seed."""

    def __init__(self, context: Any, count: int, seed: int, seed2: int, runs: int = 1) -> None:
        self._seeds, self._seeded = (seed, seed2), bool(seed or seed2)
        if self._seeded:
            start, step = context.state.get("counter", 0), _COUNTERS_A_NUMBER * count
            self._starts = np.uint64(start) + np.uint64(step) * np.arange(runs, dtype=np.uint64)
            context.state["counter"] = start + step * runs
        elif "generator" not in context.state:
            context.state["generator"] = np.random.default_rng(int(torch.randint(2**62, ())))
        self._generator, self.runs = context.state.get("generator"), range(runs)

    def _words(self, runs: range, first: int, count: int) -> np.ndarray:
        """The pairs of words from number `first` of each run on; a counter gives two pairs."""
        counters = np.arange(first // 2, -(-(first + count) // 2), dtype=np.uint64)
        words = philox.bits((self._starts[runs, None] + counters).reshape(-1), *self._seeds).reshape(len(runs), -1, 2)
        return words[:, first % 2 :][:, :count]

    def uniform(self, runs: range, first: int, count: int) -> np.ndarray:
        """float64 in [0, 1) [len(runs), count], those from number `first` of each run on."""
        if self._seeded:
            return philox.uniform64(self._words(runs, first, count))
        return self._generator.random((len(runs), count))

    def integers(self, runs: range, first: int, count: int, limit: int) -> np.ndarray:
        """As `uniform`: numbers of 64 bits, modulo `limit`."""
        if self._seeded:
            return (philox.integers64(self._words(runs, first, count)) % np.uint64(limit)).astype(np.int64)
        return self._generator.integers(limit, size=(len(runs), count))


Choose = Callable[[range, int, int], np.ndarray]  # for each run of a source, from which number on, how many
Sampled = tuple[np.ndarray, int]  # candidates, and how many had to be drawn for them


def _sampled(choose: Choose, runs: range, count: int, unique: bool) -> list[Sampled]:
    """What each run of a source gives."""
    if not unique:
        return [(candidates, count) for candidates in choose(runs, 0, count)]
    results = []
    for run, drawn in zip(runs, choose(runs, 0, count + count // 2).tolist()):
        seen = dict.fromkeys(drawn)
        while len(seen) < count:
            drawn += choose(range(run, run + 1), len(drawn), len(drawn))[0].tolist()
            seen = dict.fromkeys(drawn)
        found = list(seen)[:count]
        results.append((np.array(found, np.int64), drawn.index(found[-1]) + 1))
    return results


def _next(
    context: Any, choose: Callable[[_Source], Choose], count: int, unique: bool, seed: int, seed2: int
) -> Sampled:  # fmt: skip
    """What the next run gives, where it depends on nothing but random numbers: drawn for several runs at once."""
    ahead = context.state.setdefault("ahead", deque())
    try:
        return ahead.popleft()
    except IndexError:
        source = _Source(context, count, seed, seed2, max(_AHEAD // (2 * count), 1))
        first, *others = _sampled(choose(source), source.runs, count, unique)
        ahead.extend(others)
        return first


def _expected(probability: np.ndarray, count: int, tries: int) -> Tensor:
    """How often a candidate of this probability is expected among those drawn."""
    if tries == count:
        return torch.from_numpy((probability * count).astype(np.float32))
    return torch.from_numpy((-np.expm1(tries * np.log1p(-probability))).astype(np.float32))


def _result(
    sampled: Sampled, probability: Callable[[np.ndarray], np.ndarray], true_classes: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """What a sampler gives; `probability` is how likely each class is."""
    candidates, tries = sampled
    true, count = true_classes.numel(), len(candidates)
    both = np.concatenate([true_classes.numpy().reshape(-1), candidates])
    expected = _expected(probability(both), count, tries)
    return torch.from_numpy(candidates), expected[:true].view(true_classes.shape), expected[true:]


def _check(true_classes: Tensor, num_true: int, num_sampled: int, unique: bool, range_max: int) -> None:
    if true_classes.dim() != 2:
        raise invalid("true_classes must be a matrix")
    if true_classes.shape[1] != num_true:
        raise invalid(f"true_classes must have num_true columns, expected: {true_classes.shape[1]} was: {num_true}")
    if unique and num_sampled > range_max:
        raise invalid(f"Sampler's range is too small: {num_sampled} unique candidates of {range_max}")


def _check_range(true_classes: Tensor, range_max: int) -> None:
    first = first_outside(true_classes, range_max)
    if first is not None:
        found = int(true_classes.reshape(-1)[first])
        raise invalid(f"`true_candidate` out of range [0, {range_max}), received {found}")


@kernel("UniformCandidateSampler", context=True, on_host=True)
def uniform(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    sampled = _next(
        context, lambda source: partial(source.integers, limit=range_max), num_sampled, unique, seed, seed2
    )  # fmt: skip
    return _result(sampled, lambda values: np.full(values.shape, 1.0 / range_max), true_classes)


@kernel("LogUniformCandidateSampler", context=True, on_host=True)
def log_uniform(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    log_range = math.log1p(range_max)

    def choose(source: _Source) -> Choose:
        return lambda *which: (np.exp(source.uniform(*which) * log_range).astype(np.int64) - 1) % range_max

    sampled = _next(context, choose, num_sampled, unique, seed, seed2)
    return _result(sampled, lambda values: np.log((values + 2.0) / (values + 1.0)) / log_range, true_classes)


@kernel("AllCandidateSampler", on_host=True)
def every(true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool) -> tuple[Tensor, Tensor, Tensor]:
    _check(true_classes, num_true, num_sampled, False, num_sampled)
    _check_range(true_classes, num_sampled)
    return torch.arange(num_sampled), torch.ones(true_classes.shape), torch.ones(num_sampled)


# By weights


def _by_weights(
    context: Any, weights: np.ndarray, true_classes: Tensor, num_sampled: int, unique: bool, seed: int, seed2: int
) -> tuple[Tensor, Tensor, Tensor]:
    _check_range(true_classes, len(weights))
    edges, total = np.cumsum(weights), weights.sum()

    source = _Source(context, num_sampled, seed, seed2)

    def choose(*which: Any) -> np.ndarray:
        return np.searchsorted(edges, source.uniform(*which) * total, side="right")

    (sampled,) = _sampled(choose, source.runs, num_sampled, unique)
    return _result(sampled, lambda values: weights[values] / total, true_classes)


@kernel("LearnedUnigramCandidateSampler", "ThreadUnsafeUnigramCandidateSampler", context=True, on_host=True)
def learned_unigram(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    weights = context.state.setdefault("weights", np.ones(range_max))
    found = _by_weights(context, weights, true_classes, num_sampled, unique, seed, seed2)
    np.add.at(weights, true_classes.numpy().reshape(-1), 1.0)  # so that classes that come often are drawn often
    return found


@kernel("FixedUnigramCandidateSampler", context=True, on_host=True)
def fixed_unigram(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int,
    vocab_file: str, distortion: float, num_reserved_ids: int, num_shards: int, shard: int, unigrams: list[float],
    seed: int, seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    if "weights" not in context.state:
        counts = [*[0.0] * num_reserved_ids, *(unigrams or _counts_in(vocab_file))]
        weights = np.array(counts) ** distortion if distortion != 1 else np.array(counts, float)
        weights[:num_reserved_ids] = 0.0
        if len(weights) != range_max:
            raise invalid(f"range_max is {range_max} but the unigrams and reserved ids make {len(weights)}")
        weights[np.arange(len(weights)) % num_shards != shard] = 0.0
        context.state["weights"] = weights
    return _by_weights(context, context.state["weights"], true_classes, num_sampled, unique, seed, seed2)


def _counts_in(vocab_file: str) -> list[float]:
    """The last column of each line of a file of words and counts, separated by commas."""
    try:
        with open(vocab_file, encoding="utf-8") as lines:
            return [float(line.rsplit(",", 1)[-1]) for line in lines if line.strip()]
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{vocab_file}; No such file or directory") from None
    except ValueError:
        raise invalid(f"Wrong vocabulary format in {vocab_file}: each line ends with a comma and a count.") from None


@kernel("ComputeAccidentalHits", on_host=True)
def accidental_hits(
    true_classes: Tensor, sampled_candidates: Tensor, *, num_true: int
) -> tuple[Tensor, Tensor, Tensor]:
    if true_classes.dim() != 2 or true_classes.shape[1] != num_true:
        raise invalid("true_classes must be a matrix of num_true columns")
    places = {candidate: i for i, candidate in enumerate(sampled_candidates.tolist())}  # the last of equal ones
    hits = [(i, places[c]) for i, c in enumerate(true_classes.reshape(-1).tolist()) if c in places]
    rows, found = torch.tensor(hits, dtype=torch.int64).reshape(-1, 2).unbind(1)
    weights = torch.full([len(hits)], torch.finfo(torch.float32).min)
    return (rows // max(num_true, 1)).int(), found.clone(), weights
