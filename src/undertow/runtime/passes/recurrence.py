"""A loop over time that is recurrent cells, and what is done to their inputs and outputs, is run cell by cell.

`dynamic_rnn` makes such loops: of LSTM, GRU and basic cells, on top of each other in `MultiRNNCell`, in
`DropoutWrapper` and `ResidualWrapper`, with lengths or without. Of what such a loop does only the cells wait for the
step before. So each cell runs over all times at once (`kernels/over_time.py`), and all else is done for all times
together, with time as one more dimension in front.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from ...graph.operation import Operation, Tensor
from ..devices import move_step
from ..loops import ENTERS, Parts
from ..plan import Plan, Step, blamed
from .all_times import AS_IT_IS, PURE, Act, Values, for_all_times
from .cells import ADD, Cell, NoMatch, Steps, find, only
from .draft import Draft


def cells_over_time(draft: Draft) -> None:
    """Whiles whose rounds are such cells, if their gradients are not differentiated again."""
    if any(step.kind == "SymbolicGradient" and step.recorded for step in draft.steps):
        return
    readers = draft.readers()
    for step in list(draft.steps):
        if step.kind == "While" and step.alive is None and len(step.outputs) > 1:
            seen = [slot in draft.kept or slot in readers for slot in step.outputs]
            try:
                reading = _Reading(step, seen)
                found = reading.recurrence()
            except NoMatch:
                continue
            step.call, step.attrs = found.run, {**step.attrs, "instead": [done for _, done in found.actions]}
            if reading.lengths is not None and step.attrs["device"].type != "cpu":
                _bring_lengths(draft, step, reading.places[reading.lengths])


def _bring_lengths(draft: Draft, step: Step, place: int) -> None:
    """Have a loop given its lengths where the cells are: the host would wait for that, at each run."""
    slot = draft.new_slot()
    brought = move_step(step.op, step.attrs["device"], step.inputs[place], slot, step.recorded)
    draft.steps.insert(draft.steps.index(step), brought)
    step.inputs[place] = slot


Action = tuple[Act, Step]  # what to do, and for which step


@dataclass
class _Recurrence:
    """A loop that was recognised."""

    feeds: list[int]  # where the While's inputs go
    constants: Values
    limits: list[int]  # by place among the inputs, as all below
    counters: list[int]
    actions: list[Action] = field(default_factory=list)
    results: dict[int, int] = field(default_factory=dict)  # place of a variable -> slot of what it becomes
    variables: int = 0

    def run(self, *values: Any) -> list[Any]:
        count = min(int(values[i]) for i in self.limits)
        found = list(values[: self.variables])
        if count <= 0:
            return found
        slots = {**self.constants, **dict(zip(self.feeds, values))}
        for act, step in self.actions:
            try:
                with torch.set_grad_enabled(step.recorded):
                    act(slots, count)
            except Exception as error:
                raise blamed(error, step.op, [slots[i] for i in step.inputs if i in slots]) from None
        for i in self.counters:
            found[i] = torch.full_like(values[i], count)
        for i, slot in self.results.items():
            found[i] = slots[slot]
        return found


class _Reading:
    """Reads a loop's plans, from what each variable becomes backwards."""

    def __init__(self, step: Step, seen: list[bool]) -> None:
        self.parts: Parts = step.attrs["parts"]
        self.body: Plan = step.attrs["body"]
        self.condition: Plan = step.attrs["condition"]
        only(None not in self.body.fetches and all(s.alive is None and not _leaves(s) for s in self.body.steps))
        self.count, self.seen = len(self.parts.merges), seen
        self.nexts = [fetch.slot for fetch in self.body.fetches if fetch is not None]
        first = self.body.first_slots()
        self.constants: Values = {slot: first[slot] for slot in self.body.filled()}
        self.steps = Steps(self.body.steps, self._number)
        self.places = {slot: place for place, slot in enumerate(self.body.feeds)}
        self.done: set[int] = set()  # ids of steps that have their place in the recurrence
        self.sequences: set[int] = set()  # slots that change with time, and are there
        self.ready = {slot for slot, place in self.places.items() if place >= self.count} | set(self.constants)

    # What each variable is

    def recurrence(self) -> _Recurrence:
        self.counters = [i for i in range(self.count) if self._counts(i)]
        inner, over, selected = self._running()
        flows = [i for i in inner if self.steps.is_made_by(inner[i], "TensorArrayWriteV3")]
        constant = [i for i in inner if inner[i] == self.body.feeds[i]]
        states = [i for i in inner if i not in flows and i not in constant]
        only(over is None or selected.issuperset(states))
        self.times = {self.body.feeds[i] for i in self.counters}
        self.ready.update(self.body.feeds[i] for i in constant)
        cells = self._cells(states, inner)
        only(bool(cells))
        self.over, self.lengths = over, None if over is None else self._lengths(over)
        self.found = _Recurrence(self.body.feeds, self.constants, self._limits(), self.counters, variables=self.count)
        while cells:
            cell = next((c for c in cells if self._reachable([c.x, *c.weights])), None)
            only(cell is not None)
            assert cell is not None
            self._cell(cell)
            cells.remove(cell)
        for i in flows:
            self._write(i)
        only(all(id(step) in self.done or step.kind in AS_IT_IS for step in self.body.steps))
        return self.found

    def _running(self) -> tuple[dict[int, int], Step | None, set[int]]:
        """What each state becomes, while a row's time is not over; the step that tells whether it is; of which."""
        inner = {i: self.steps.through(slot) for i, slot in enumerate(self.nexts) if i not in self.counters}
        over: Step | None = None
        selected = {i for i, slot in inner.items() if self.steps.is_made_by(slot, "Select")}
        for i in selected:
            select = self.steps.maker(inner[i], "Select")
            condition, before, after = select.inputs
            only(self.steps.through(before) == self.body.feeds[i])
            only(over in (None, self.steps.maker(condition, "GreaterEqual")))
            over = self.steps.maker(condition, "GreaterEqual")
            self.done.add(id(select))
            inner[i] = self.steps.through(after)
        return inner, over, selected

    def _counts(self, i: int) -> bool:
        """Whether a variable starts at 0 and grows by 1."""
        if _constant(self.parts.starts[i]) != 0 or not self.steps.is_made_by(self.nexts[i], *ADD):
            return False
        step = self.steps.maker(self.nexts[i], *ADD)
        for a, b in (step.inputs, step.inputs[::-1]):
            if self.steps.through(a) == self.body.feeds[i] and self._number(self.steps.through(b)) == 1:
                self.done.add(id(step))
                return True
        return False

    def _limits(self) -> list[int]:
        steps = Steps(self.condition.steps, lambda slot: None)
        places = {slot: place for place, slot in enumerate(self.condition.feeds)}

        def limits(slot: int) -> list[int]:
            step = steps.maker(slot, "LogicalAnd", "Less")
            if step.kind == "LogicalAnd":
                return [place for part in step.inputs for place in limits(part)]
            counter, limit = (places.get(steps.through(s), -1) for s in step.inputs)
            only(0 <= counter < self.count and self.body.feeds[counter] in self.times and limit >= self.count)
            return [limit]

        (pred,) = self.condition.fetches
        assert pred is not None
        return limits(pred.slot)

    def _lengths(self, over: Step) -> int:
        now, lengths = (self.steps.through(s) for s in over.inputs)
        only(now in self.times and self.places.get(lengths, -1) >= self.count)
        self.done.add(id(over))
        return lengths

    def _cells(self, states: list[int], inner: dict[int, int]) -> list[Cell]:
        """The cells that the variables are states of, each variable of one."""
        places = {self.body.feeds[i]: i for i in states}
        left, cells = set(states), []
        for i in states:
            try:
                cell = find(self.steps, inner[i])
            except NoMatch:  # it is the other state of another cell
                continue
            mine = [places.get(slot, -1) for slot in cell.states]
            only(left.issuperset(mine) and mine[0] == i and [inner[p] for p in mine] == cell.results)
            left.difference_update(mine)
            cells.append(cell)
        only(not left)
        return cells

    # What is done, in order

    def _reachable(self, slots: list[int]) -> bool:
        """Whether slots can be had from what is ready; then their steps are done."""
        needed: dict[int, Step] = {}
        stack = list(slots)
        while stack:
            slot = stack.pop()
            if slot in self.ready or slot in self.times:
                continue
            step = self.steps.makers.get(slot)
            if step is None or id(step) in self.done:
                return False
            if id(step) not in needed:
                needed[id(step)] = step
                stack.extend(step.inputs)
        if any(step.kind not in PURE | {"TensorArrayReadV3"} for step in needed.values()):
            return False
        for step in self.body.steps:
            if id(step) in needed:
                self._together(step)
        return True

    def _together(self, step: Step) -> None:
        """A step for all times."""
        if step.kind == "TensorArrayReadV3":
            self._done(step, self._read(step), True)
        elif step.kind in AS_IT_IS and step.inputs[0] in self.times:
            self.times.update(step.outputs)
            self._done(step, None, False)
        else:
            only(self.times.isdisjoint(step.inputs))
            self._done(step, *for_all_times(step, [slot in self.sequences for slot in step.inputs]))

    def _done(self, step: Step, act: Act | None, changes: bool) -> None:
        self.done.add(id(step))
        self.ready.update(step.outputs)
        if changes:
            self.sequences.update(step.outputs)
        if act is not None:
            self.found.actions.append((act, step))

    def _read(self, step: Step) -> Act:
        array, now, flow = step.inputs
        only(array in self.ready and flow in self.ready and self.steps.through(now) in self.times)
        (output,) = step.outputs

        def read(slots: Values, count: int) -> None:
            source = slots[array].checked()
            whole = source.take() if count == len(source) else None
            slots[output] = torch.stack([step.call(source, t, None) for t in range(count)]) if whole is None else whole

        return read

    def _cell(self, cell: Cell) -> None:
        only(cell.x in self.sequences and self.ready.issuperset(cell.weights) and cell.inside().isdisjoint(self.ready))
        only(self.sequences.isdisjoint(cell.weights))
        (step,) = [s for s in cell.steps if cell.results[0] in s.outputs]
        only(cell.recorded() == step.recorded)
        places = [self.places[slot] for slot in cell.states]
        ends = [-1 - place for place in places]  # slots of their own
        lengths, holds = self.lengths, cell.kind == "lstm" and self.lengths is not None and self.seen[places[1]]

        def run(slots: Values, count: int) -> None:
            x, states = slots[cell.x], [slots[s] for s in cell.states]
            until = None if lengths is None else slots[lengths].to(x.device)
            over = _times(count, until) >= until if holds and until is not None else None
            outputs, last = cell.run(x, states, [slots[s] for s in cell.weights], over)
            if until is not None:
                last[0] = _last(outputs, until.clamp(max=count), states[0])
            slots[cell.results[0]] = outputs
            slots.update(zip(ends, last))

        self.found.results.update(zip(places, ends))
        self.done.update(map(id, cell.steps))
        self._done(step, run, True)

    def _write(self, flow: int) -> None:
        step = self.steps.maker(self.nexts[flow], "TensorArrayWriteV3")
        array, now, value, before = step.inputs
        only(self.steps.through(now) in self.times and self.steps.through(before) == self.body.feeds[flow])
        lengths = self.lengths
        if self.over is not None:  # nothing else is to see what the cells give after that
            select = self.steps.maker(value, "Select")
            condition, zeros, running = select.inputs
            only(self.steps.maker(condition, "GreaterEqual") is self.over and self._is_zero(zeros))
            self.done.add(id(select))
            value = running
        only(self._reachable([value, array]) and value in self.sequences)

        def write(slots: Values, count: int) -> None:
            sequence = slots[value]
            if lengths is not None:
                until = slots[lengths].to(sequence.device)
                running = _times(count, until) < until
                running = running.reshape(*running.shape, *[1] * (sequence.dim() - 2))
                sequence = torch.where(running, sequence, sequence.new_zeros(()))
            slots[array].checked().put(sequence)

        self._done(step, write, False)

    # Numbers

    def _origin(self, place: int) -> Tensor | None:
        op = self.parts.invariants[place - self.count]
        return op.inputs[0] if op.type in ENTERS else None

    def _number(self, slot: int) -> float | None:
        value = self.constants.get(slot)
        if isinstance(value, torch.Tensor):
            return value.item() if value.shape == () else None
        place = self.places.get(slot, -1)
        origin = self._origin(place) if place >= self.count else None
        return None if origin is None else _constant(origin)

    def _is_zero(self, slot: int) -> bool:
        """Whether a slot is zeros: a constant, or a Fill in front of the loop."""
        slot = self.steps.through(slot)
        value = self.constants.get(slot)
        if isinstance(value, torch.Tensor):
            return not bool(value.any())
        place = self.places.get(slot, -1)
        origin = self._origin(place) if place >= self.count else None
        if origin is None:
            return False
        op = _source(origin)
        if op.type == "Fill":
            return _constant(op.inputs[1]) == 0
        return op.type == "Const" and not op.attrs["value"].any()


def _source(tensor: Tensor) -> Operation:
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor.op


def _constant(tensor: Tensor) -> float | None:
    """The one number that a tensor outside is."""
    op = _source(tensor)
    known = op.type == "Const" and op.attrs["value"].shape == () and op.attrs["value"].dtype != object
    return op.attrs["value"].item() if known else None


def _times(count: int, like: torch.Tensor) -> torch.Tensor:
    """The numbers of the steps, [count, 1]."""
    return torch.arange(count, device=like.device)[:, None]


def _last(sequence: torch.Tensor, lengths: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """Of outputs [T, B, H] the last within each length, [B, H]; where that is 0, the one it started with."""
    at = (lengths.long() - 1).clamp(min=0)
    found = sequence[at, torch.arange(len(at), device=at.device)]
    return torch.where((lengths > 0)[:, None], found, first)


def _leaves(step: Step) -> bool:
    """Whether a step brings something from an accelerator to the host: then cells are in both places."""
    return step.kind == "move" and step.attrs["to"].type == "cpu"
