"""A hot plan on a CUDA device: after a few runs its work for the device is one CUDA graph, which is replayed.

What the graph cannot do stays as it was, before it and after it (`parts.py`). A graph is of the shapes of what it takes
from there, and of the values of what it takes from the host; others get graphs of their own, up to a few.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ..graph.operation import Tensor
from .cuda import Cuda
from .devices import Placement
from .parts import Parts, divide, watched
from .plan import Plan, Step
from .store import Cell

_COLD = 2  # runs of a plan before one is watched
_RUNS = 2  # runs with the same inputs before they get a graph
_GRAPHS = 4  # of one plan
_ALL_GRAPHS = 64  # of one session
_LARGE = 1024  # bytes of a host's value up to which a graph can be of that value
_LOG = logging.getLogger("undertow")


class Captures:
    """The graphs of one session's plans. One runs at a time, since they share their memory."""

    def __init__(self, placement: Placement, cuda: Cuda | None = None) -> None:
        self.placement = placement
        self.cuda = cuda or Cuda(placement.main)
        self.lock = threading.Lock()
        self.count = 0

    def of(self, plan: Plan, feeds: list[Tensor], name: str) -> Captured:
        """How `plan`, which is fed these tensors, is run from now on; `name` is what its user knows it by."""
        return Captured(plan, feeds, name, self)


class _Warm:
    """What is known of inputs that have no graph yet: how often they came, and what the last run brought for them."""

    def __init__(self) -> None:
        self.runs = 0
        self.uploads: list[Any] = []


class _Upload:
    """A step that brings a value from the host: a graph cannot, so there it is the value that the run before had."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.last: Any = None
        self.recording = False

    def __call__(self, value: Any) -> Any:
        if not self.recording:
            self.last = self._call(value)
        return self.last


class Captured:
    """One plan's runs: as they are at first, then with its graphs."""

    def __init__(self, plan: Plan, feeds: list[Tensor], name: str, owner: Captures) -> None:
        self._plan, self._name, self._owner = plan, name, owner
        self._feeds = dict(zip(plan.feeds, feeds))
        place = owner.placement
        self._staged = {slot for slot, tensor in self._feeds.items() if place.fed(tensor) == place.main}
        self._runs = 0
        self._parts: Parts | None = None
        self._uploads: list[_Upload] = []
        self._graphs: dict[Any, _Warm | _Graph | None] = {}  # by what they are of; None: there can be none

    @property
    def graphs(self) -> int:
        """How many there are."""
        return sum(isinstance(graph, _Graph) for graph in self._graphs.values())

    def run(self, fed: Sequence[Any]) -> list[Any]:
        """The fetched values of a run on values from the host."""
        self._owner.cuda.enter()
        if self._parts is not None:
            return self._run_in_parts(self._parts, fed)
        self._runs += 1
        on_device = [self._owner.placement.feed(t, value) for t, value in zip(self._feeds.values(), fed)]
        return self._run_watched(on_device) if self._runs == _COLD + 1 else self._plan.run(on_device)

    def _run_watched(self, fed: list[Any]) -> list[Any]:
        cuda = self._owner.cuda
        plan, notes = watched(self._plan, cuda.device, cuda.watch)
        found = iter(plan.run(fed))
        values = [None if fetch is None else next(found) for fetch in self._plan.fetches]
        parts = divide(self._plan, notes)
        if isinstance(parts, str):
            self._tell("is not captured: %s", parts)
        else:
            for name, reason in parts.outside.items():
                self._tell("can be captured, but for %s, which %s", name, reason)
            steps = [self._with_upload(step) for step in parts.inside.steps]
            self._parts = dataclasses.replace(parts, inside=self._plan.part(steps, parts.inputs, parts.outputs))
        return values

    def _with_upload(self, step: Step) -> Step:
        if step.kind != "move":
            return step
        upload = _Upload(step.call)
        self._uploads.append(upload)
        return dataclasses.replace(step, call=upload)

    def _tell(self, what: str, *about: Any) -> None:
        _LOG.info(f"{self._name} {what}", *about)

    def _run_in_parts(self, parts: Parts, fed: Sequence[Any]) -> list[Any]:
        slots = self._plan.first_slots()
        on_host = dict(zip(self._feeds, fed))  # what has been fed, until someone asks for it where it belongs

        def values(wanted: Sequence[int]) -> list[Any]:
            for slot in wanted:
                if slot in on_host:
                    slots[slot] = self._owner.placement.feed(self._feeds[slot], on_host.pop(slot))
            return [slots[slot] for slot in wanted]

        def run(part: Plan) -> None:
            for fetch, value in zip(part.fetches, part.run(values(part.feeds)) if part.steps else ()):
                if fetch is not None:
                    slots[fetch.slot] = value

        run(parts.before)
        inputs = [on_host[slot] if slot in on_host else slots[slot] for slot in parts.inputs]
        key = self._key(parts, inputs)
        with self._owner.lock:  # nothing that is inside waits for other runs
            graph = None if key is None else self._graph(parts, inputs, key)
            if graph is not None:
                for slot, value in zip(parts.outputs, graph.run(inputs)):
                    slots[slot] = value
            else:
                run(parts.inside)
                warm = self._graphs.get(key)
                if isinstance(warm, _Warm):
                    warm.uploads = [upload.last for upload in self._uploads]
        run(parts.after)
        return [None if f is None else values([f.slot])[0] for f in self._plan.fetches]

    def _key(self, parts: Parts, inputs: list[Any]) -> Any:
        """What a graph for these inputs is of; None if there can be none."""
        key: list[Any] = []
        for slot, value in zip(parts.inputs, inputs):
            if not isinstance(value, torch.Tensor):
                return None
            if slot in self._staged or value.device == self._owner.cuda.device:
                key.append((value.shape, value.dtype))
            elif value.numel() * value.element_size() > _LARGE:
                return None
            else:
                key.append((value.shape, value.dtype, *value.reshape(-1).tolist()))
        return tuple(key)

    def _graph(self, parts: Parts, inputs: list[Any], key: Any) -> _Graph | None:
        """The graph for these inputs, made if they have come often enough; None if there is none."""
        if key not in self._graphs:
            if len(self._graphs) == _GRAPHS or self._owner.count == _ALL_GRAPHS:
                return None
            self._graphs[key] = _Warm()
        known = self._graphs[key]
        if isinstance(known, _Graph) and not known.is_current():
            self._owner.count -= 1
            known = self._graphs[key] = _Warm()
        if not isinstance(known, _Warm):
            return known
        known.runs += 1
        if known.runs <= _RUNS:
            return None
        fed = [slot in self._staged for slot in parts.inputs]
        try:
            for upload, value in zip(self._uploads, known.uploads):
                upload.last, upload.recording = value, True
            made = _Graph(parts, inputs, fed, self._owner.cuda)
        except Exception as error:
            self._graphs[key] = None
            self._tell("is not captured: %s", _cause(error).partition("\n")[0])
            return None
        finally:
            for upload in self._uploads:
                upload.recording = False
        self._graphs[key] = made
        self._owner.count += 1
        self._tell("is captured: %d steps of %d", len(parts.inside.steps), len(self._plan.steps))
        return made


def _cause(error: BaseException) -> str:
    """What went wrong first: that a recording has failed is told after it."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error)


class _Graph:
    """The middle part of a plan as a CUDA graph, with the places where it finds its inputs."""

    def __init__(self, parts: Parts, inputs: list[Any], fed: list[bool], cuda: Cuda) -> None:
        self._cells: list[tuple[Cell, Any]] = [(cell, cell.value) for cell in parts.cells]
        self._cuda, self._failures = cuda, cuda.failures
        self._fed = [i for i, is_fed in enumerate(fed) if is_fed]
        self._given = [i for i, v in enumerate(inputs) if not fed[i] and v.device == cuda.device]
        self._staging = cuda.staging([inputs[i] for i in self._fed])
        places = list(inputs)
        for i, place in zip(self._fed, self._staging.tensors):
            places[i] = place
        for i in self._given:
            places[i] = inputs[i].clone()
        self._places = places
        try:
            self._replay, self._outputs = cuda.record(lambda: parts.inside.run(places))
            if not self.is_current():
                raise RuntimeError("a variable gets other memory in it")
        finally:
            for cell, value in self._cells:
                cell.value = value
        self._on_device = [isinstance(v, torch.Tensor) and v.device == cuda.device for v in self._outputs]

    def is_current(self) -> bool:
        """Whether the variables are where they were, and nothing has gone wrong since."""
        return self._failures == self._cuda.failures and all(cell.value is value for cell, value in self._cells)

    def run(self, inputs: list[Any]) -> list[Any]:
        """The outputs for these inputs, the caller's own."""
        if self._fed:
            self._staging.fill([inputs[i] for i in self._fed])
        for i in self._given:
            self._places[i].copy_(inputs[i])
        self._replay()
        return [v.clone() if own else v for v, own in zip(self._outputs, self._on_device)]
