"""Candidate samplers: how each draws. With a seed the uniform and log-uniform ones give TensorFlow's own numbers.

Which counters a run takes (2048 words for each number wanted) was worked out from TensorFlow's outputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import NotFoundError
from . import philox
from .registry import invalid, kernel

_WORDS_A_NUMBER = 2048


class _Source:
    """Random numbers of one run of an op: TensorFlow's from the op's counter on, if it has a seed."""

    def __init__(self, context: Any, count: int, seed: int, seed2: int) -> None:
        self._seeds, self._seeded = (seed, seed2), bool(seed or seed2)
        self._start, self._drawn = context.state.get("counter", 0), 0
        if self._seeded:
            context.state["counter"] = self._start + _WORDS_A_NUMBER * count // 4
        elif "generator" not in context.state:
            context.state["generator"] = np.random.default_rng(int(torch.randint(2**62, ())))
        self._generator = context.state.get("generator")

    def _words(self, count: int) -> np.ndarray:
        words = philox.sequence(self._start, self._drawn + count, 2, *self._seeds)[self._drawn :]
        self._drawn += count
        return words

    def uniform(self, count: int) -> np.ndarray:
        """float64 in [0, 1)."""
        return philox.uniform64(self._words(count)) if self._seeded else self._generator.random(count)

    def integers(self, count: int, limit: int) -> np.ndarray:
        """Of 64 bits, modulo `limit`."""
        if self._seeded:
            return (philox.integers64(self._words(count)) % np.uint64(limit)).astype(np.int64)
        return self._generator.integers(limit, size=count)


def _sampled(choose: Callable[[int], np.ndarray], count: int, unique: bool) -> tuple[np.ndarray, int]:
    """`count` candidates, and how many had to be drawn for them."""
    if not unique:
        return choose(count), count
    drawn: list[int] = []
    seen: dict[int, None] = {}
    while len(seen) < count:  # half as many again are enough for most, then twice as many
        drawn += choose(len(drawn) or count + count // 2).tolist()
        seen = dict.fromkeys(drawn)
    found = list(seen)[:count]
    return np.array(found, np.int64), drawn.index(found[-1]) + 1


def _expected(probability: np.ndarray, count: int, tries: int) -> Tensor:
    """How often a candidate of this probability is expected among those drawn."""
    if tries == count:
        return torch.from_numpy((probability * count).astype(np.float32))
    return torch.from_numpy((-np.expm1(tries * np.log1p(-probability))).astype(np.float32))


def _result(
    choose: Callable[[int], np.ndarray], probability: Callable[[np.ndarray], np.ndarray], true_classes: Tensor,
    count: int, unique: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """What a sampler gives, of `choose`, how many -> candidates, and `probability`, classes -> how likely each is."""
    candidates, tries = _sampled(choose, count, unique)
    both = np.concatenate([true_classes.cpu().numpy().reshape(-1), candidates])
    of_true, of_drawn = _expected(probability(both), count, tries).split([true_classes.numel(), count])
    return torch.from_numpy(candidates), of_true.reshape(true_classes.shape), of_drawn


def _check(true_classes: Tensor, num_true: int, num_sampled: int, unique: bool, range_max: int) -> None:
    if true_classes.dim() != 2:
        raise invalid("true_classes must be a matrix")
    if true_classes.shape[1] != num_true:
        raise invalid(f"true_classes must have num_true columns, expected: {true_classes.shape[1]} was: {num_true}")
    if unique and num_sampled > range_max:
        raise invalid(f"Sampler's range is too small: {num_sampled} unique candidates of {range_max}")


def _check_range(true_classes: Tensor, range_max: int) -> None:
    bad = true_classes[(true_classes < 0) | (true_classes >= range_max)]
    if len(bad):
        raise invalid(f"`true_candidate` out of range [0, {range_max}), received {int(bad[0])}")


@kernel("UniformCandidateSampler", context=True, host=("true_classes",))
def uniform(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    source = _Source(context, num_sampled, seed, seed2)
    return _result(
        lambda n: source.integers(n, range_max), lambda values: np.full(values.shape, 1.0 / range_max), true_classes,
        num_sampled, unique,
    )  # fmt: skip


@kernel("LogUniformCandidateSampler", context=True, host=("true_classes",))
def log_uniform(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    log_range, source = math.log1p(range_max), _Source(context, num_sampled, seed, seed2)
    return _result(
        lambda n: (np.exp(source.uniform(n) * log_range).astype(np.int64) - 1) % range_max,
        lambda values: np.log((values + 2.0) / (values + 1.0)) / log_range, true_classes, num_sampled, unique,
    )  # fmt: skip


@kernel("AllCandidateSampler", host=("true_classes",))
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
    return _result(
        lambda n: np.searchsorted(edges, source.uniform(n) * total, side="right"),
        lambda values: weights[values] / total, true_classes, num_sampled, unique,
    )  # fmt: skip


@kernel("LearnedUnigramCandidateSampler", "ThreadUnsafeUnigramCandidateSampler", context=True, host=("true_classes",))
def learned_unigram(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    weights = context.state.setdefault("weights", np.ones(range_max))
    found = _by_weights(context, weights, true_classes, num_sampled, unique, seed, seed2)
    np.add.at(weights, true_classes.numpy().reshape(-1), 1.0)  # so that classes that come often are drawn often
    return found


@kernel("FixedUnigramCandidateSampler", context=True, host=("true_classes",))
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


@kernel("ComputeAccidentalHits", host=("true_classes", "sampled_candidates"), on_host=True)
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
