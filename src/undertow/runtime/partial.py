"""`Session.partial_run`: one run in parts, each feeding more and fetching more, every op run once.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Session#partial_run
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from ..graph.errors import InvalidArgumentError
from ..graph.operation import Operation, Tensor
from ..kernels.control_flow import DEAD
from ..kernels.values import to_numpy, to_torch
from .order import needed
from .plan import Plan, Step, blamed, guarded


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


class PartialRun:
    """A run that goes on as far as what has been fed allows."""

    def __init__(self, plan: Plan, fetches: list[Tensor | Operation], feeds: list[Tensor], placement: Any) -> None:
        self._steps = list(plan.steps)  # those still to do, in order
        self._slots = plan.first_slots()
        self._there = plan.filled()
        self._place = placement
        self._feeds = dict(zip(feeds, plan.feeds))
        self._fetches = dict(zip(fetches, plan.fetches))
        self._to_do = Counter(step.op for step in self._steps)  # how many steps of each op have not run
        self._fed: set[Tensor] = set()
        self._fetched: set[Any] = set()

    @property
    def over(self) -> bool:
        """Whether everything was fed and everything fetched."""
        return len(self._fed) == len(self._feeds) and len(self._fetched) == len(self._fetches)

    def go_on(self, wanted: list[Any], feeds: dict[Tensor, np.ndarray]) -> list[Any]:
        """Feed, run what can run now, and fetch; `InvalidArgumentError` for what is asked too early or twice."""
        self._check(wanted, feeds)
        for tensor, array in feeds.items():
            slot = self._feeds[tensor]
            self._slots[slot] = self._place.feed(tensor, to_torch(array))
            self._there.add(slot)
            self._fed.add(tensor)
        for fetch in wanted:
            missing = next((t for t in self._feeds if t not in self._fed and self._needs(fetch, t)), None)
            if missing is not None:
                raise _invalid(f"Fetch {missing.name} can't be computed from the feeds that have been fed so far.")
        self._run_ready()
        self._fetched.update(wanted)
        return [self._value(fetch) for fetch in wanted]

    def _check(self, wanted: list[Any], feeds: Iterable[Tensor]) -> None:
        for tensor in feeds:
            if tensor not in self._feeds:
                raise _invalid(f"The feed {tensor.name} was not specified in partial_run_setup.")
            if tensor in self._fed:
                raise _invalid(f"The feed {tensor.name} has already been fed.")
        for fetch in wanted:
            if isinstance(fetch, Operation):
                raise RuntimeError("partial_run() requires empty target_list.")
            if fetch not in self._fetches:
                raise _invalid(f"The fetch {fetch.name} was not specified in partial_run_setup.")
            if fetch in self._fetched:
                raise _invalid(f"The fetch {fetch.name} has already been fetched.")

    def _needs(self, fetch: Tensor, feed: Tensor) -> bool:
        if fetch in self._feeds:
            return fetch is feed
        others = set(self._feeds) - {feed}
        return any(feed in op.inputs for op in needed([fetch], {*others, feed}))

    def _run_ready(self) -> None:
        """One pass is enough: the steps are in an order that could be that of a whole run."""
        left: list[Step] = []
        recording = torch.is_grad_enabled()
        try:
            for step in self._steps:
                if self._ready(step):
                    torch._C._set_grad_enabled(step.recorded)
                    self._do(step)
                else:
                    left.append(step)
        finally:
            torch._C._set_grad_enabled(recording)
        self._steps = left

    def _ready(self, step: Step) -> bool:
        slots_there = self._there.issuperset(step.inputs) and self._there.issuperset(step.alive or ())
        return slots_there and not any(map(self._blocked, step.op._control_inputs))

    def _blocked(self, op: Operation) -> bool:
        """Whether an op that others wait for has not run; one that needs no step has when those before it have."""
        if self._to_do[op]:
            return True
        return op.type == "NoOp" and any(map(self._blocked, op._control_inputs))

    def _do(self, step: Step) -> None:
        values = [self._slots[i] for i in (*step.inputs, *(step.alive or ()))]
        try:
            result = guarded(step)(*values)
        except Exception as error:
            raise blamed(error, step.op, values) from None
        for slot, value in zip(step.outputs, (result,) if len(step.outputs) == 1 else result):
            self._slots[slot] = value
        self._there.update(step.outputs)
        self._to_do[step.op] -= 1

    def _value(self, tensor: Tensor) -> Any:
        fetch = self._fetches[tensor]
        assert fetch is not None
        value = self._slots[fetch.slot]
        if value is DEAD:
            raise _invalid(f"The tensor {tensor.name} is of a branch that was not taken.")
        return to_numpy(value, copy=True)
