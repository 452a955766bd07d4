"""Datasets: what a dataset is while it runs, and the ops that keep a dataset's elements as they are.

A dataset's value is a scalar object array that holds its `Data`. An element is a list with a value for each component.
Nothing runs ahead: an element is made when it is asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch

from .philox import sequence
from .registry import invalid, kernel

Element = list[Any]
_MAX_SEED = 2**31 - 1


class Data:
    """What can be gone over: `items()` gives the elements, anew each time.

    With `columns`, values that have an element in each row, the items are rows' numbers: so slices are shuffled,
    repeated and batched without a look at what is in them.
    """

    __slots__ = ("columns", "items")

    def __init__(self, items: Callable[[], Iterator[Any]], columns: list[Any] | None = None) -> None:
        self.items = items
        self.columns = columns

    def __iter__(self) -> Iterator[Element]:
        if self.columns is None:
            return self.items()
        columns = self.columns
        if all(isinstance(c, torch.Tensor) for c in columns):
            return ([c[i] for c in columns] for i in self.items())
        return ([c[i, ...] for c in columns] for i in self.items())

    def through(self, function: Callable[[Iterator[Any]], Iterator[Any]]) -> np.ndarray:
        """A dataset of the items that `function` makes of the items, whatever they are."""
        return handle(Data(lambda: function(self.items()), self.columns))


def handle(value: Any) -> np.ndarray:
    """`value` as the value of a variant or resource tensor."""
    result = np.empty((), dtype=object)
    result[()] = value
    return result


def own(value: Any) -> Any:
    """A copy that no variable and no feeder can change."""
    return value.detach().clone() if isinstance(value, torch.Tensor) else value.copy()


def owned(context: Any, values: list[Any], after: int = 0) -> list[Any]:
    """`values`, the op's last inputs but for `after` more, as its own: without copies of constants and of handles."""
    tensors = context.op.inputs[len(context.op.inputs) - len(values) - after :]
    return [v if t.op.type == "Const" or t.dtype.name == "resource" else own(v) for t, v in zip(tensors, values)]


def told(value: Any) -> Any:
    """The number, bool or text in a scalar."""
    return value.item()


# Those that give the same elements, or some of them


@kernel("RepeatDataset", on_host=True)
def repeat(data: np.ndarray, count: Any) -> np.ndarray:
    source: Data = data.item()
    times = told(count)

    def items() -> Iterator[Any]:
        for _ in itertools.count() if times < 0 else range(times):
            empty = True
            for item in source.items():
                empty = False
                yield item
            if empty:
                return

    return handle(Data(items, source.columns))


@kernel("TakeDataset", on_host=True)
def take(data: np.ndarray, count: Any) -> np.ndarray:
    number = told(count)
    return data if number < 0 else data.item().through(lambda items: itertools.islice(items, number))


@kernel("SkipDataset", on_host=True)
def skip(data: np.ndarray, count: Any) -> np.ndarray:
    number = told(count)
    if number < 0:
        return data.item().through(lambda _: iter(()))
    return data.item().through(lambda items: itertools.islice(items, number, None))


@kernel("ShardDataset", on_host=True)
def shard(data: np.ndarray, num_shards: Any, index: Any) -> np.ndarray:
    count, first = told(num_shards), told(index)
    if count < 1:
        raise invalid(f"Number of shards must be greater than zero (currently num_shards = {count}).")
    if not 0 <= first < count:
        raise invalid(f"Index must be between 0 and {count - 1} (currently index = {first}).")
    return data.item().through(lambda items: itertools.islice(items, first, None, count))


@kernel("PrefetchDataset", on_host=True)
def prefetch(data: np.ndarray, buffer_size: Any) -> np.ndarray:
    if told(buffer_size) < -1:
        raise invalid("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning")
    return data


@kernel("CacheDataset", on_host=True)
def cache(data: np.ndarray, filename: np.ndarray) -> np.ndarray:
    source: Data = data.item()
    kept: list[Any] = []
    full = False

    def items() -> Iterator[Any]:
        nonlocal full
        if full:
            yield from kept
            return
        found = []
        for item in source.items():
            found.append(item)
            yield item
        kept[:], full = found, True

    return handle(Data(items, source.columns))


@kernel("ConcatenateDataset", on_host=True)
def concatenate(data: np.ndarray, other: np.ndarray) -> np.ndarray:
    first, second = data.item(), other.item()
    return handle(Data(lambda: itertools.chain(first, _late(second))))


def _late(data: Data) -> Iterator[Element]:
    yield from data


@kernel("ZipDataset", on_host=True)
def zipped(datasets: list[np.ndarray]) -> np.ndarray:
    sources: list[Data] = [d.item() for d in datasets]
    return handle(Data(lambda: ([v for part in parts for v in part] for parts in zip(*sources))))


# Shuffling: TensorFlow's very order for the same seeds


def words(seed: int, seed2: int) -> Iterator[int]:
    """The random 32-bit words of a pair of seeds; of (0, 0), no seed, other ones each time."""
    seed, seed2 = some_seeds(seed, seed2)
    size = 64
    start = 0
    while True:
        yield from sequence(start, size, 1, seed, seed2).reshape(-1).tolist()
        start += size // 4
        size = min(size * 4, 1 << 16)


def some_seeds(seed: int, seed2: int) -> tuple[int, int]:
    """The seeds; others for (0, 0)."""
    if seed or seed2:
        return seed, seed2
    drawn = torch.randint(1, 2**62, (2,)).tolist()
    return drawn[0], drawn[1]


def shuffled(items: Iterable[Any], buffer_size: int, random: Iterator[int]) -> Iterator[Any]:
    """Items in random order: each is one of the next `buffer_size` that are left."""
    source = iter(items)
    buffer: list[Any] = list(itertools.islice(source, buffer_size))
    first = 0  # the buffer is a ring from here on
    size = len(buffer)
    for item in source:
        place = (first + next(random) % size) % size
        chosen = buffer[place]
        buffer[place] = buffer[first]
        buffer[first] = item
        first = first + 1 if first + 1 < size else 0
        yield chosen
    buffer = buffer[first:] + buffer[:first]
    for first in range(size):
        place = first + next(random) % (size - first)
        chosen = buffer[place]
        buffer[place] = buffer[first]
        yield chosen


@kernel("ShuffleDataset", on_host=True)
def shuffle(data: np.ndarray, buffer_size: Any, seed: Any, seed2: Any, *, reshuffle_each_iteration: bool) -> np.ndarray:
    return _shuffle(data.item(), told(buffer_size), told(seed), told(seed2), reshuffle_each_iteration)


def _shuffle(source: Data, size: int, seed: int, seed2: int, anew: bool) -> np.ndarray:
    if size < 1:
        raise invalid("buffer_size must be greater than zero.")
    seeds = some_seeds(seed, seed2)
    passes = words(*seeds)  # with `anew` two words seed each pass

    def items() -> Iterator[Any]:
        random = words(next(passes), next(passes)) if anew else words(*seeds)
        return shuffled(source.items(), size, random)

    return handle(Data(items, source.columns))


@kernel("ShuffleAndRepeatDataset", on_host=True)
def shuffle_and_repeat(data: np.ndarray, buffer_size: Any, seed: Any, seed2: Any, count: Any) -> np.ndarray:
    return repeat(_shuffle(data.item(), told(buffer_size), told(seed), told(seed2), True), count)


# Where several datasets are chosen from


@kernel("DirectedInterleaveDataset", on_host=True)
def directed_interleave(selector: np.ndarray, datasets: list[np.ndarray]) -> np.ndarray:
    def items() -> Iterator[Element]:
        sources = [iter(d.item()) for d in datasets]
        ended: set[int] = set()
        for (choice,) in selector.item():
            index = told(choice)
            if not 0 <= index < len(sources):
                raise invalid(f"Selector index out of range: {index} >= {len(sources)}")
            if index in ended:
                continue
            try:
                yield next(sources[index])
            except StopIteration:
                ended.add(index)
                if len(ended) == len(sources):
                    return

    return handle(Data(items))


@kernel("IgnoreErrorsDataset", on_host=True)
def ignore_errors(data: np.ndarray) -> np.ndarray:
    source: Data = data.item()

    def items() -> Iterator[Element]:
        elements = iter(source)
        while True:
            try:
                element = next(elements)
            except StopIteration:
                return
            except Exception:
                continue
            yield element

    return handle(Data(items))


@kernel("UniqueDataset", on_host=True)
def unique(data: np.ndarray) -> np.ndarray:
    source: Data = data.item()

    def items() -> Iterator[Element]:
        seen = set()
        for element in source:
            value = element[0]
            key = (tuple(value.shape), repr(value.tolist()))
            if key not in seen:
                seen.add(key)
                yield element

    return handle(Data(items))
