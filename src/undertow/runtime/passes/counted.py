"""A loop that only counts up to a limit knows its number of rounds, and need not ask after each."""

from __future__ import annotations

from dataclasses import replace

import torch

from ..loops import Limit, Rounds
from ..plan import Plan
from .cells import ADD, NoMatch, Steps, only
from .draft import Draft

COUNTED = {"int32", "int64"}


def counted_rounds(draft: Draft) -> None:
    """Loops whose condition is nothing but `counter < limit`, or several of those, by counters that grow by 1."""
    for step in draft.steps:
        if step.kind == "While" and isinstance(step.call, Rounds):
            try:
                step.call = replace(step.call, limits=tuple(_Reading(step.call).limits()))
            except NoMatch:
                continue


class _Reading:
    """Reads a loop's condition."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        condition: Plan = rounds.condition
        (self._pred,) = condition.fetches
        self._steps = Steps(condition.steps, lambda slot: None)
        self._places = {slot: place for place, slot in enumerate(condition.feeds)}
        self._known = _known(condition)

    def limits(self) -> list[Limit]:
        assert self._pred is not None
        return self._of(self._pred.slot)

    def _of(self, slot: int) -> list[Limit]:
        step = self._steps.maker(slot, "LogicalAnd", "Less")
        if step.kind == "LogicalAnd":
            return [limit for part in step.inputs for limit in self._of(part)]
        only(step.alive is None and step.attrs["T"].name in COUNTED)
        counter, limit = (self._steps.through(s) for s in step.inputs)
        place = self._places.get(counter, -1)
        only(0 <= place < self._rounds.count and _grows_by_one(self._rounds.body, place))
        if limit in self._known:
            return [Limit(place, None, self._known[limit])]
        only(self._places.get(limit, -1) >= self._rounds.count)
        return [Limit(place, self._places[limit])]


def _known(plan: Plan) -> dict[int, int]:
    """The slots of a plan that are filled with one integer."""
    slots = plan.first_slots()
    values = {slot: slots[slot] for slot in plan.filled()}
    whole = (torch.int32, torch.int64)
    return {s: int(v) for s, v in values.items() if isinstance(v, torch.Tensor) and not v.shape and v.dtype in whole}


def _grows_by_one(body: Plan, place: int) -> bool:
    fetch, known = body.fetches[place], _known(body)
    steps = Steps(body.steps, lambda slot: None)
    if fetch is None or not steps.is_made_by(fetch.slot, *ADD):
        return False
    step = steps.maker(fetch.slot, *ADD)
    inputs = [steps.through(slot) for slot in step.inputs]
    others = [slot for slot in inputs if slot != body.feeds[place]]
    return step.alive is None and len(others) == 1 and known.get(others[0]) == 1
