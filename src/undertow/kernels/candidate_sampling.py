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
Draw = Callable[[int], np.ndarray]  # how many -> their pairs of random words, uint32 [n, 2]


def _source(context: Any, count: int, seed: int, seed2: int) -> Draw:
    """Pairs of random words: TensorFlow's from this op's counter on, if it has a seed."""
    if not (seed or seed2):
        if "generator" not in context.state:
            context.state["generator"] = np.random.default_rng(int(torch.randint(2**62, ())))
        generator = context.state["generator"]
        return lambda n: generator.integers(2**32, size=(n, 2), dtype=np.uint32)
    start = context.state.get("counter", 0)
    context.state["counter"] = start + _WORDS_A_NUMBER * count // 4
    drawn = 0

    def draw(n: int) -> np.ndarray:
        nonlocal drawn
        words = philox.sequence(start, drawn + n, 2, seed, seed2)[drawn:]
        drawn += n
        return words

    return draw


def _sampled(draw: Draw, choose: Callable[[np.ndarray], np.ndarray], count: int, unique: bool) -> tuple[Any, int]:
    """`count` candidates, and how many had to be drawn for them."""
    if not unique:
        return choose(draw(count)), count
    seen: dict[int, None] = {}
    tries = 0
    while True:
        for candidate in choose(draw(count)).tolist():
            tries += 1
            seen[candidate] = None
            if len(seen) == count:
                return np.array(list(seen)), tries


def _expected(probability: np.ndarray, count: int, tries: int) -> Tensor:
    """How often a candidate of this probability is expected among those drawn."""
    if tries == count:
        return torch.from_numpy(np.asarray(probability * count, np.float32))
    return torch.from_numpy(np.asarray(-np.expm1(tries * np.log1p(-probability)), np.float32))


def _result(
    draw: Draw, choose: Callable[[np.ndarray], np.ndarray], probability: Callable[[np.ndarray], np.ndarray],
    true_classes: Tensor, count: int, unique: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    candidates, tries = _sampled(draw, choose, count, unique)
    of_true = probability(true_classes.cpu().numpy())
    return (
        torch.from_numpy(candidates.astype(np.int64)), _expected(of_true, count, tries),
        _expected(probability(candidates), count, tries),
    )  # fmt: skip


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
    return _result(
        _source(context, num_sampled, seed, seed2), lambda words: philox.integers64(words) % np.uint64(range_max),
        lambda values: np.full(values.shape, 1.0 / range_max), true_classes, num_sampled, unique,
    )  # fmt: skip


@kernel("LogUniformCandidateSampler", context=True, host=("true_classes",))
def log_uniform(
    context: Any, true_classes: Tensor, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int,
    seed2: int,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _check(true_classes, num_true, num_sampled, unique, range_max)
    log_range = math.log1p(range_max)
    return _result(
        _source(context, num_sampled, seed, seed2),
        lambda words: (np.exp(philox.uniform64(words) * log_range).astype(np.int64) - 1) % range_max,
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

    def choose(words: np.ndarray) -> np.ndarray:
        return np.searchsorted(edges, philox.uniform64(words) * total, side="right")

    draw = _source(context, num_sampled, seed, seed2)
    return _result(draw, choose, lambda values: weights[values] / total, true_classes, num_sampled, unique)


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
    hits = [(row, places[c]) for row, classes in enumerate(true_classes.tolist()) for c in classes if c in places]
    rows, found = zip(*hits) if hits else ((), ())
    weights = torch.full([len(hits)], torch.finfo(torch.float32).min)
    return torch.tensor(rows, dtype=torch.int32), torch.tensor(found, dtype=torch.int64), weights
