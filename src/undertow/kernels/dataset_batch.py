"""Datasets: elements put together and taken apart."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from ..graph.errors import DataLossError
from .dataset import Data, Element, handle, told
from .registry import invalid, kernel


class Chunks:
    """Lists of `size` items, the last maybe shorter. It goes on after an item that cannot be made."""

    def __init__(self, items: Iterator[Any], size: int, drop_remainder: bool) -> None:
        self._items, self._size, self._drop = items, size, drop_remainder

    def __iter__(self) -> Iterator[list[Any]]:
        return self

    def __next__(self) -> list[Any]:
        chunk = list(itertools.islice(self._items, self._size))
        if not chunk or (self._drop and len(chunk) < self._size):
            raise StopIteration
        return chunk


def _size(batch_size: Any) -> int:
    size = told(batch_size)
    if size < 1:
        raise invalid("Batch size must be greater than zero.")
    return size


def _shape(value: Any) -> str:
    return f"[{','.join(map(str, value.shape))}]"


def stacked(values: tuple[Any, ...] | list[Any], component: int) -> Any:
    """Values of one shape as one with a dimension more."""
    first = values[0]
    for i, value in enumerate(values):
        if value.shape != first.shape:
            raise invalid(
                f"Cannot batch tensors with different shapes in component {component}. First element had shape "
                f"{_shape(first)} and element {i} had shape {_shape(value)}."
            )
    if isinstance(first, torch.Tensor):
        return torch.stack(tuple(values))
    result = np.empty((len(values), *first.shape), dtype=object)
    for i, value in enumerate(values):
        result[i] = value if value.shape else value[()]
    return result


def _batch(elements: list[Element]) -> Element:
    return [stacked(values, i) for i, values in enumerate(zip(*elements))]


def _rows(columns: list[Any], rows: list[int]) -> Element:
    """Some rows of the columns; a view of them where they follow each other."""
    first = rows[0]
    if rows[-1] - first == len(rows) - 1 and rows == list(range(first, first + len(rows))):
        return [c[first : first + len(rows)] for c in columns]
    index = torch.tensor(rows)
    return [c.index_select(0, index) if isinstance(c, torch.Tensor) else c[rows] for c in columns]


@kernel("BatchDatasetV2", on_host=True)
def batch(data: np.ndarray, batch_size: Any, drop_remainder: Any) -> np.ndarray:
    source: Data = data.item()
    size, drop = _size(batch_size), told(drop_remainder)
    if source.columns is not None:
        make: Any = partial(_rows, source.columns)
        return handle(Data(lambda: map(make, Chunks(source.items(), size, drop))))
    return handle(Data(lambda: map(_batch, Chunks(iter(source), size, drop))))


@kernel("PaddedBatchDatasetV2", on_host=True)
def padded_batch(
    data: np.ndarray, batch_size: Any, padded_shapes: list[Any], padding_values: list[Any], drop_remainder: Any
) -> np.ndarray:
    source: Data = data.item()
    size, drop = _size(batch_size), told(drop_remainder)
    shapes = [shape.tolist() for shape in padded_shapes]

    def make(elements: list[Element]) -> Element:
        return [
            _padded(list(values), shape, padding, i)
            for i, (values, shape, padding) in enumerate(zip(zip(*elements), shapes, padding_values))
        ]

    return handle(Data(lambda: map(make, Chunks(iter(source), size, drop))))


def _padded(values: list[Any], shape: list[int], padding: Any, component: int) -> Any:
    for value in values:
        if len(value.shape) != len(shape):
            raise invalid(
                "All elements in a batch must have the same rank as the padded shape for component"
                f"{component}: expected rank {len(shape)} but got element with rank {len(value.shape)}"
            )
    dims = [max(v.shape[i] for v in values) if d < 0 else d for i, d in enumerate(shape)]
    for value in values:
        if any(had > room for had, room in zip(value.shape, dims)):
            raise DataLossError(
                None,
                None,
                "Attempted to pad to a smaller size than the input element: component "
                f"{component} has shape {_shape(value)}, the padded shape is [{','.join(map(str, dims))}].",
            )
    if isinstance(values[0], torch.Tensor):
        result: Any = values[0].new_full((len(values), *dims), 0)
        result[...] = padding
    else:
        result = np.full((len(values), *dims), padding.item(), dtype=object)
    for i, value in enumerate(values):
        place = (i, *(slice(n) for n in value.shape))
        result[place] = value if value.shape else value.item()
    return result


@kernel("UnbatchDataset", "ExperimentalUnbatchDataset", on_host=True)
def unbatch(data: np.ndarray) -> np.ndarray:
    source: Data = data.item()

    def items() -> Iterator[Element]:
        for element in source:
            counts = {len(value) for value in element}
            if len(counts) > 1:
                raise invalid("Input element must have the same batch size in each component.")
            for i in range(counts.pop()):
                yield [value[i, ...] for value in element]

    return handle(Data(items))


@kernel("WindowDataset", on_host=True)
def window(data: np.ndarray, size: Any, shift: Any, stride: Any, drop_remainder: Any) -> np.ndarray:
    source: Data = data.item()
    width, step, gap, drop = told(size), told(shift), told(stride), told(drop_remainder)
    for what, number in (("Window size", width), ("Window shift", step), ("Window stride", gap)):
        if number < 1:
            raise invalid(f"{what} must be greater than zero.")

    def items() -> Iterator[Element]:
        for elements in _windows(iter(source), (width - 1) * gap + 1, step, gap, drop):
            yield [_small(list(values)) for values in zip(*elements)]

    return handle(Data(items))


def _windows(elements: Iterator[Any], span: int, step: int, gap: int, drop: bool) -> Iterator[list[Any]]:
    """What is in each window: every `gap`-th of `span` elements, the next one `step` further on."""
    held: deque[Any] = deque(itertools.islice(elements, span))
    while held and (len(held) == span or not drop):
        yield list(itertools.islice(held, 0, None, gap))
        for _ in range(min(step, len(held))):
            held.popleft()
        deque(itertools.islice(elements, max(step - span, 0)), maxlen=0)
        held.extend(itertools.islice(elements, span - len(held)))


def _small(values: list[Any]) -> np.ndarray:
    """A dataset of one component, of values that are there."""
    return handle(Data(lambda: ([value] for value in values)))
