"""Queues: where the elements are kept, and how ops wait for each other. `queues.py` has the kernels.

Elements are tuples of tensors that nobody else can change.
Those that wait, to put or to take, are served in the order in which they came, and each as far as it goes: a batch
larger than the queue passes through it in parts.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from typing import Any

import numpy as np
import torch

from ..graph.dtypes import DType
from ..graph.errors import CancelledError, OutOfRangeError
from ..graph.shape import TensorShape
from .philox import sequence
from .registry import invalid
from .values import torch_dtype

Element = tuple[Any, ...]


class _Attempt:
    """One op's wish, and how far it has come: to put `elements`, to take `count` of them, or to close."""

    def __init__(self, what: str, elements: list[Element], count: int = 0, fewer: bool = False) -> None:
        self.what = what
        self.elements = elements  # those still to put, or those taken
        self.count = count
        self.fewer = fewer
        self.finished = False
        self.error: Exception | None = None


class Queue:
    """First in, first out. The other kinds override where elements go and come from."""

    kind = "FIFOQueue"
    whole_batches = False  # whether a batch is only taken when all of it is there

    def __init__(self, name: str, capacity: int, types: list[DType], shapes: list[TensorShape] | None) -> None:
        self.name = name
        self.capacity = capacity if capacity > 0 else None
        self.types = types
        self.shapes = shapes
        self.closed = False
        self._changed = threading.Condition()
        self._putters: deque[_Attempt] = deque()  # those that wait, first come first; a close waits among them
        self._takers: deque[_Attempt] = deque()
        self._elements: Any = deque()

    def __len__(self) -> int:
        return len(self._elements)

    def put(self, elements: list[Element], cancellation: Any) -> None:
        """Add elements, waiting for room. `CancelledError` if the queue is closed, before it or meanwhile."""
        self._attempt(_Attempt("Enqueue", elements), self._putters, cancellation)

    def take(self, count: int, cancellation: Any, fewer: bool = False) -> list[Element]:
        """`count` elements, waiting for them; with `fewer` those that are left in a closed queue.

        `OutOfRangeError` if the queue is closed and has not so many; they stay in it.
        """
        attempt = _Attempt("Dequeue", [], count, fewer)
        self._attempt(attempt, self._takers, cancellation)
        return attempt.elements

    def close(self, cancel_pending: bool, cancellation: Any) -> None:
        """Let nothing more be added; what waits to be is turned away, or first let in."""
        if not cancel_pending:
            self._attempt(_Attempt("Close", []), self._putters, cancellation)
            return
        with self._changed:
            for attempt in self._putters:
                self._fail(attempt, CancelledError(None, None, f"{attempt.what} operation was cancelled"))
            self._putters.clear()
            self.closed = True
            self._advance()

    def _attempt(self, attempt: _Attempt, line: deque[_Attempt], cancellation: Any) -> None:
        """Do what is wished, now or when others have made it possible."""
        with self._changed:
            line.append(attempt)
            self._advance()
            try:
                while not attempt.finished:
                    cancellation.wait(self._changed, f"{attempt.what} operation")
            except Exception:
                if attempt in line:
                    line.remove(attempt)
                if attempt.what == "Dequeue":
                    self._put_back(attempt.elements)
                self._advance()
                raise
        if attempt.error is not None:
            raise attempt.error

    def _advance(self) -> None:
        """Let those that wait go on as far as they can, whichever thread's they are."""
        moved = True
        while moved:
            moved = False
            if self._putters:
                moved = self._step_put(self._putters[0])
                if self._putters[0].finished:
                    self._putters.popleft()
            if self._takers:
                moved = self._step_take(self._takers[0]) or moved
                if self._takers[0].finished:
                    self._takers.popleft()
        self._changed.notify_all()

    def _step_put(self, attempt: _Attempt) -> bool:
        if attempt.what == "Close":
            if self.closed:
                self._fail(attempt, CancelledError(None, None, f"Queue '{self.name}' is already closed."))
            self.closed = attempt.finished = True
            return True
        if self.closed:
            self._fail(attempt, CancelledError(None, None, f"{self.kind} '{self.name}' is closed."))
            return True
        count = len(attempt.elements)
        if self.capacity is not None:
            count = min(count, self.capacity - len(self))
        for element in attempt.elements[:count]:
            self._add(element)
        attempt.elements = attempt.elements[count:]
        attempt.finished = not attempt.elements
        return count > 0 or attempt.finished

    def _step_take(self, attempt: _Attempt) -> bool:
        count = min(self._ready(), attempt.count - len(attempt.elements))
        if self.whole_batches and count < attempt.count and not self._ended():
            return False
        attempt.elements += [self._remove() for _ in range(count)]
        attempt.finished = len(attempt.elements) == attempt.count
        if not attempt.finished and self._ended():
            attempt.finished = True
            if not (attempt.fewer and attempt.elements):
                self._put_back(attempt.elements)
                message = (
                    f"{self.kind} '{self.name}' is closed and has insufficient elements (requested {attempt.count}, "
                    f"current size {len(self)})"
                )
                self._fail(attempt, OutOfRangeError(None, None, message))
        return count > 0 or attempt.finished

    def _fail(self, attempt: _Attempt, error: Exception) -> None:
        attempt.error = error
        attempt.finished = True

    def _ended(self) -> bool:
        return self.closed and not self._putters

    # What kinds of queues differ in

    def _ready(self) -> int:
        """How many elements may be taken now."""
        return len(self._elements)

    def _add(self, element: Element) -> None:
        self._elements.append(element)

    def _remove(self) -> Element:
        return self._elements.popleft()

    def _put_back(self, elements: list[Element]) -> None:
        self._elements.extendleft(reversed(elements))

    def stacked(self, elements: list[Element]) -> list[Any]:
        """Elements as one tensor for each component."""
        if self.shapes is None:
            raise invalid(f"{self.kind}'s DequeueMany and DequeueUpTo require the components to have specified shapes.")
        if not elements:
            return [_empty((0, *shape.as_list()), dtype) for shape, dtype in zip(self.shapes, self.types)]
        return [_stack(values) for values in zip(*elements)]


class RandomShuffleQueue(Queue):
    """Takes a random element; the same seeds give the same order as TensorFlow."""

    kind = "RandomShuffleQueue"

    def __init__(self, *args: Any, min_after_dequeue: int, seed: int, seed2: int) -> None:
        super().__init__(*args)
        self._elements = []
        self.min_after_dequeue = min_after_dequeue
        if not seed and not seed2:
            seed, seed2 = (int(s) for s in torch.randint(1, 2**62, (2,)))
        self._words = _random_words(seed, seed2)

    def _ready(self) -> int:
        return len(self._elements) if self._ended() else max(len(self._elements) - self.min_after_dequeue, 0)

    def _remove(self) -> Element:
        index = next(self._words) % len(self._elements)
        self._elements[index], self._elements[-1] = self._elements[-1], self._elements[index]
        return self._elements.pop()

    def _put_back(self, elements: list[Element]) -> None:
        self._elements.extend(elements)


def _random_words(seed: int, seed2: int) -> Any:
    for start in itertools.count(0, 64):
        yield from sequence(start, 64, 1, seed, seed2).reshape(-1).tolist()


class PaddingFIFOQueue(Queue):
    """Pads the elements of a batch to the size of the largest."""

    kind = "PaddingFIFOQueue"

    def stacked(self, elements: list[Element]) -> list[Any]:
        if not elements:
            return super().stacked(elements)
        return [_stack(_padded(list(values))) for values in zip(*elements)]


class PriorityQueue(Queue):
    """Gives the element of the lowest priority, of equal ones the one that came first."""

    kind = "PriorityQueue"
    whole_batches = True  # else what comes late would stand behind what is taken already

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._elements = []
        self._order = itertools.count()

    def _add(self, element: Element) -> None:
        heapq.heappush(self._elements, (int(element[0]), next(self._order), element))

    def _remove(self) -> Element:
        return heapq.heappop(self._elements)[2]

    def _put_back(self, elements: list[Element]) -> None:
        for element in elements:
            self._add(element)


# Values


def _stack(values: Any) -> Any:
    if isinstance(values[0], torch.Tensor):
        return torch.stack(list(values))
    return np.stack([np.asarray(v, dtype=object) for v in values])


def _empty(shape: tuple[int | None, ...], dtype: DType) -> Any:
    dims = [d or 0 for d in shape]
    found = torch_dtype(dtype)
    return np.empty(dims, dtype=object) if found is None else torch.empty(dims, dtype=found)


def _padded(values: list[Any]) -> list[Any]:
    dims = [max(sizes) for sizes in zip(*[v.shape for v in values])]
    if all(list(v.shape) == dims for v in values):
        return values
    return [_grown(v, dims) for v in values]


def _grown(value: Any, dims: list[int]) -> Any:
    if isinstance(value, torch.Tensor):
        result: Any = value.new_zeros(dims)
    else:
        result = np.full(dims, b"", dtype=object)
    result[tuple(slice(size) for size in value.shape)] = value
    return result
