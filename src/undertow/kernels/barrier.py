"""Barriers: where the elements are kept, and how ops wait for them."""

from __future__ import annotations

import heapq
import itertools
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ..graph.errors import CancelledError, OutOfRangeError
from .queues import _handle, _own, _rows
from .registry import invalid, kernel
from .values import torch_dtype

_FIRST = -(2**63)  # the index of what is inserted first


@dataclass(order=True)
class _Element:
    index: int
    number: int
    key: bytes = field(compare=False)
    parts: list[Any] = field(compare=False)


class Barrier:
    """Elements that lack components by key, and complete ones in the order of their insertion."""

    def __init__(self, name: str, op: Any) -> None:
        self.name, self.types = name, op.attrs["component_types"]
        self.shapes = op.attrs["shapes"] or [None] * len(self.types)
        self.incomplete: dict[bytes, _Element] = {}
        self.ready: list[_Element] = []
        self._changed = threading.Condition()
        self._numbers, self._inserted = itertools.count(), 0
        self._closed = self._cancelled = False

    def insert(self, component: int, keys: list[bytes], values: list[Any]) -> None:
        if not 0 <= component < len(self.types):
            raise invalid(f"The component ID is out of range {component} > num_components (= {len(self.types)})")
        shape = self.shapes[component]
        with self._changed:
            index = _FIRST + self._inserted
            self._inserted += 1
            for key, value in zip(keys, values):
                if shape is not None and not shape.is_compatible_with(list(value.shape)):
                    raise invalid(
                        f"Tensor {component} has shape {list(value.shape)}, which does not fit {shape} of barrier "
                        f"{self.name}"
                    )
                self._insert_one(component, key, value, index)
            self._changed.notify_all()

    def _insert_one(self, component: int, key: bytes, value: Any, index: int) -> None:
        element = self.incomplete.get(key)
        shown = key.decode(errors="replace")
        if self._cancelled or (self._closed and element is None):
            what = f"insert a brand new key: {shown}" if element is None else f"insert to key: {shown}"
            raise CancelledError(
                None, None, f"Barrier {self.name} is closed, but attempted to {what}.  Pending enqueues cancelled: "
                f"{int(self._cancelled)}.  Insertion index: {component}.  Number of incomplete keys: "
                f"{len(self.incomplete)}.",
            )  # fmt: skip
        if element is None:
            element = _Element(index, next(self._numbers), key, [None] * len(self.types))
            self.incomplete[key] = element
        elif element.parts[component] is not None:
            raise invalid(f"Key {shown} already has a value for component {component} in barrier {self.name}")
        element.parts[component] = value
        if all(part is not None for part in element.parts):
            heapq.heappush(self.ready, self.incomplete.pop(key))

    def take(self, count: int, fewer: bool, cancellation: Any) -> list[_Element]:
        with self._changed:
            while len(self.ready) < count:
                if self._closed:
                    possible = len(self.ready) + (0 if self._cancelled else len(self.incomplete))
                    if possible < count and not (fewer and possible):
                        raise OutOfRangeError(
                            None, None, f"Barrier '{self.name}' is closed and has insufficient elements (requested "
                            f"{count}, total size {possible})",
                        )  # fmt: skip
                    if fewer and possible == len(self.ready):
                        count = possible
                        break
                cancellation.wait(self._changed, "TakeMany")
            taken = [heapq.heappop(self.ready) for _ in range(count)]
            self._changed.notify_all()
            return taken

    def close(self, cancel_pending: bool) -> None:
        with self._changed:
            if self._cancelled or (self._closed and not cancel_pending):
                raise CancelledError(None, None, f"Barrier '{self.name}' is already closed.")
            self._closed = True
            if cancel_pending:
                self._cancelled = True
                self.incomplete.clear()
            self._changed.notify_all()


@kernel("Barrier", context=True, on_host=True)
def barrier(context: Any) -> np.ndarray:
    return _handle(context.resources.get("barrier", context.op, lambda name: Barrier(name, context.op)))


@kernel("BarrierInsertMany", on_host=True)
def insert_many(handle: np.ndarray, keys: np.ndarray, values: Any, *, component_index: int) -> None:
    if len(keys) != len(values):
        raise invalid(f"keys and values must have the same length: {len(keys)} vs. {len(values)}")
    handle.item().insert(component_index, keys.tolist(), _rows(_own(values)))


@kernel("BarrierTakeMany", context=True, on_host=True)
def take_many(context: Any, handle: np.ndarray, num_elements: torch.Tensor, *, allow_small_batch: bool) -> Any:
    found: Barrier = handle.item()
    taken = found.take(int(num_elements), allow_small_batch, context.cancellation)
    keys = np.empty(len(taken), dtype=object)
    keys[:] = [element.key for element in taken]
    parts = [_stacked([e.parts[i] for e in taken], found.types[i], found.shapes[i]) for i in range(len(found.types))]
    return [torch.tensor([element.index for element in taken], dtype=torch.int64), keys, *parts]


def _stacked(values: list[Any], dtype: Any, shape: Any) -> Any:
    if not values:
        dims = [0, *(shape.as_list() if shape is not None else [])]
        wanted = torch_dtype(dtype)
        return np.empty(dims, dtype=object) if wanted is None else torch.zeros(dims, dtype=wanted)
    return np.stack(values) if isinstance(values[0], np.ndarray) else torch.stack(values)


@kernel("BarrierClose", on_host=True)
def close(handle: np.ndarray, *, cancel_pending_enqueues: bool) -> None:
    handle.item().close(cancel_pending_enqueues)


@kernel("BarrierReadySize", on_host=True)
def ready_size(handle: np.ndarray) -> torch.Tensor:
    return torch.tensor(len(handle.item().ready), dtype=torch.int32)


@kernel("BarrierIncompleteSize", on_host=True)
def incomplete_size(handle: np.ndarray) -> torch.Tensor:
    return torch.tensor(len(handle.item().incomplete), dtype=torch.int32)
