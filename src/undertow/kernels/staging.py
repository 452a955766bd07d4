"""Staging areas: where the elements are kept, and how ops wait for them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

import torch

from .queues import _own
from .registry import invalid, kernel


def _bytes(parts: list[Any]) -> int:
    return sum(p.element_size() * p.numel() if isinstance(p, torch.Tensor) else sum(map(len, p.flat)) for p in parts)


class _Area:
    """Elements that wait for room, a limit in number and one in bytes."""

    def __init__(self, op: Any) -> None:
        self.capacity, self.limit = op.attrs["capacity"], op.attrs["memory_limit"]
        self.changed = threading.Condition()
        self.bytes = 0

    def wait_for_room(self, count: int, size: int, cancellation: Any) -> None:
        if self.limit and size > self.limit:
            raise invalid(f"Attempted to insert tensors with combined size of '{size}' bytes into Staging Area with a "
                          f"memory limit of '{self.limit}'.")  # fmt: skip
        while (self.capacity and count >= self.capacity) or (self.limit and self.bytes + size > self.limit):
            cancellation.wait(self.changed, "Stage")
            count = len(self)

    def __len__(self) -> int:
        raise NotImplementedError


class Stage(_Area):
    """First in, first out."""

    def __init__(self, op: Any) -> None:
        super().__init__(op)
        self.elements: deque[list[Any]] = deque()

    def __len__(self) -> int:
        return len(self.elements)


class MapStage(_Area):
    """Elements by key, complete or not; `ordered` gives the least key first."""

    def __init__(self, op: Any, ordered: bool, count: int) -> None:
        super().__init__(op)
        self.ordered, self.count = ordered, count
        self.complete: dict[int, list[Any]] = {}
        self.incomplete: dict[int, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.complete) + len(self.incomplete)


def _stage(context: Any) -> Stage:
    return context.resources.get("stage", context.op, lambda _: Stage(context.op))


@kernel("Stage", context=True, on_host=True)
def stage(context: Any, values: list[Any]) -> None:
    area, parts = _stage(context), [_own(value) for value in values]
    with area.changed:
        area.wait_for_room(len(area), _bytes(parts), context.cancellation)
        area.elements.append(parts)
        area.bytes += _bytes(parts)
        area.changed.notify_all()


@kernel("Unstage", context=True, on_host=True)
def unstage(context: Any) -> list[Any]:
    area = _stage(context)
    with area.changed:
        while not area.elements:
            context.cancellation.wait(area.changed, "Unstage")
        parts = area.elements.popleft()
        area.bytes -= _bytes(parts)
        area.changed.notify_all()
        return parts


@kernel("StagePeek", context=True, on_host=True)
def stage_peek(context: Any, index: torch.Tensor) -> list[Any]:
    area = _stage(context)
    with area.changed:
        while len(area.elements) <= int(index):
            context.cancellation.wait(area.changed, "StagePeek")
        return area.elements[int(index)]


@kernel("StageSize", context=True, on_host=True)
def stage_size(context: Any) -> torch.Tensor:
    return torch.tensor(len(_stage(context)), dtype=torch.int32)


@kernel("StageClear", context=True, on_host=True)
def stage_clear(context: Any) -> None:
    area = _stage(context)
    with area.changed:
        area.elements.clear()
        area.bytes = 0
        area.changed.notify_all()


def _map(context: Any) -> MapStage:
    ordered = context.op.type.startswith("Ordered")
    return context.resources.get("map stage", context.op, lambda _: MapStage(context.op, ordered, 0))


@kernel("MapStage", "OrderedMapStage", context=True, on_host=True)
def map_stage(context: Any, key: torch.Tensor, indices: torch.Tensor, values: list[Any]) -> None:
    area, parts, number = _map(context), [_own(value) for value in values], int(key)
    area.count = len(context.op.attrs["dtypes"])
    with area.changed:
        if number in area.complete or number not in area.incomplete:
            area.wait_for_room(len(area), _bytes(parts), context.cancellation)
        element = area.incomplete.setdefault(number, [None] * area.count)
        for i, part in zip(indices.tolist(), parts):
            if not 0 <= i < area.count:
                raise invalid(f"Index '{i}' for key '{number}' was out of bounds '{area.count}'.")
            if element[i] is not None:
                raise invalid(f"The tensor for index '{i}' for key '{number}' was already initialized '{area.count}'.")
            element[i] = part
        area.bytes += _bytes(parts)
        if all(part is not None for part in element):
            if number in area.complete:
                raise invalid(f"The key '{number}' is already complete in the staging area.")
            area.complete[number] = area.incomplete.pop(number)
        area.changed.notify_all()


def _taken(area: MapStage, key: int, indices: torch.Tensor) -> list[Any]:
    """Takes components of a complete element; it is gone when all of them are."""
    element = area.complete[key]
    found = []
    for i in indices.tolist():
        if element[i] is None:
            raise invalid(f"Tensor at index '{i}' for key '{key}' has already been removed.")
        found.append(element[i])
        element[i] = None
    if all(part is None for part in element):
        del area.complete[key]
    area.bytes -= _bytes(found)
    area.changed.notify_all()
    return found


@kernel("MapUnstage", "OrderedMapUnstage", context=True, on_host=True)
def map_unstage(context: Any, key: torch.Tensor, indices: torch.Tensor) -> list[Any]:
    area = _map(context)
    with area.changed:
        while int(key) not in area.complete:
            context.cancellation.wait(area.changed, "MapUnstage")
        return _taken(area, int(key), indices)


@kernel("MapUnstageNoKey", "OrderedMapUnstageNoKey", context=True, on_host=True)
def map_unstage_no_key(context: Any, indices: torch.Tensor) -> list[Any]:
    area = _map(context)
    with area.changed:
        while not area.complete:
            context.cancellation.wait(area.changed, "MapUnstage")
        key = min(area.complete) if area.ordered else next(iter(area.complete))
        return [torch.tensor(key, dtype=torch.int64), *_taken(area, key, indices)]


@kernel("MapPeek", "OrderedMapPeek", context=True, on_host=True)
def map_peek(context: Any, key: torch.Tensor, indices: torch.Tensor) -> list[Any]:
    area = _map(context)
    with area.changed:
        while int(key) not in area.complete:
            context.cancellation.wait(area.changed, "MapPeek")
        return [area.complete[int(key)][i] for i in indices.tolist()]


@kernel("MapSize", "OrderedMapSize", context=True, on_host=True)
def map_size(context: Any) -> torch.Tensor:
    return torch.tensor(len(_map(context).complete), dtype=torch.int32)


@kernel("MapIncompleteSize", "OrderedMapIncompleteSize", context=True, on_host=True)
def map_incomplete_size(context: Any) -> torch.Tensor:
    return torch.tensor(len(_map(context).incomplete), dtype=torch.int32)


@kernel("MapClear", "OrderedMapClear", context=True, on_host=True)
def map_clear(context: Any) -> None:
    area = _map(context)
    with area.changed:
        area.complete.clear()
        area.incomplete.clear()
        area.bytes = 0
        area.changed.notify_all()
