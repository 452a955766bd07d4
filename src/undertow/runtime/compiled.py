"""`global_jit_level`: what only computes in a plan becomes a few kernels that torch's compiler makes.

A plan's steps are put in regions (`regions.py`). A region runs step by step a few times; then it is traced, with the
gradients in it, and compiled for the shapes that it was given, for each set of shapes anew. It has no effects, so that
it can always be run step by step instead: where it cannot be compiled, where there are too many sets of shapes, and
where what its kernels found in the values (all indices in range?) is not what was found when it was traced. That also
gives the error that the steps would give.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/OptimizerOptions
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch
from torch import Tensor

from ..graph import errors
from .passes.draft import Draft
from .plan import Fetch, Plan, Step
from .regions import Groups, compiled_together, computes, keeps_shapes, regions
from .store import Cell

RUNS_BEFORE = 3  # of a region, step by step: what runs once is not worth the seconds that compiling takes
SHAPES = 8  # sets of them, of which each is compiled for
FEWEST = 4  # steps of a region
SLOWEST = 1.0  # how long what is compiled may take, against the steps
WRONG = 8  # times that what was compiled may be of no use, until it is no longer tried

_log = logging.getLogger("tensorflow")


def in_regions(draft: Draft) -> None:
    """Put the steps that can be compiled together into one step each."""
    readers = draft.readers()
    shapes = {slot for step in draft.steps if step.kind == "shapes" for slot in step.outputs}
    steps: list[Step] = []
    for pure, group in regions(draft.steps, draft.constants):
        if not pure or sum(map(computes, group)) < FEWEST:
            steps += group
            continue
        inputs, outputs = _boundary(group, draft.constants, draft.kept, readers)
        region = Region(group, inputs, outputs, draft.constants, shapes.intersection(inputs))
        steps.append(Step(group[-1].op, "region", region, inputs, outputs))
    draft.steps[:] = steps


def _boundary(
    steps: list[Step], constants: dict[int, Any], kept: Collection[int], readers: dict[int, list[Step]]
) -> tuple[list[int], list[int]]:
    """The slots that steps read of others, and those of theirs that others read."""
    inside = {id(step) for step in steps}
    made = [slot for step in steps for slot in step.outputs]
    inputs = dict.fromkeys(slot for step in steps for slot in step.inputs)
    for slot in (*made, *constants):
        inputs.pop(slot, None)
    outputs = [s for s in made if s in kept or any(id(reader) not in inside for reader in readers.get(s, ()))]
    return list(inputs), outputs


class Region:
    """The call of a step that stands for several."""

    def __init__(
        self, steps: list[Step], inputs: list[int], outputs: list[int], constants: dict[int, Any], shapes: set[int]
    ) -> None:
        self.steps, self.inputs, self.outputs = steps, inputs, outputs
        used = {slot for step in steps for slot in step.inputs}
        self.constants = {slot: value for slot, value in constants.items() if slot in used}
        self.plan = _plan(steps, inputs, outputs, self.constants)
        self.runs = 0
        self.left_out: set[int] = set()  # `id`s of steps that turned out not to be traceable
        self.programs: dict[Any, Plan] = {}  # for each set of shapes what runs in the place of `plan`
        self._cells = [value for value in self.constants.values() if value.__class__ is Cell]
        self.from_shapes = [i for i, slot in enumerate(inputs) if slot in shapes]
        self._compiling = threading.Lock()

    def __call__(self, *values: Any) -> Any:
        self.runs += 1
        if self.runs <= RUNS_BEFORE:
            result = self.plan.run(values)
        else:
            key = self._key(values)
            program = self.programs.get(key)
            result = self._first(key, values) if program is None else program.run(values)
        return result[0] if len(self.outputs) == 1 else result

    def _key(self, values: Sequence[Any]) -> Any:
        """What a program is for: it is right for values of which this is the same."""
        key: list[Any] = [(v.shape, v.stride()) if isinstance(v, Tensor) else None for v in values]
        key += [(c.value.shape, c.value.stride()) if isinstance(c.value, Tensor) else None for c in self._cells]
        key += [tuple(values[i].reshape(-1).tolist()) for i in self.from_shapes if isinstance(values[i], Tensor)]
        return tuple(key)

    def _first(self, key: Any, values: Sequence[Any]) -> list[Any]:
        """The run in which the program for a key is made, if there may be one more and no other thread makes one."""
        if len(self.programs) > SHAPES or not self._compiling.acquire(blocking=False):
            return self.plan.run(values)
        try:
            if len(self.programs) == SHAPES:
                self.programs[None] = self.plan
                _warn(self.steps, f"are compiled for {SHAPES} sets of shapes; others run uncompiled.")
                return self.plan.run(values)
            try:
                from . import traced  # noqa: F401 - it needs much of torch that nothing else does
            except Exception as error:
                self.programs[key] = self.plan
                _warn(self.steps, f"run uncompiled: {_first_line(error)}")
                return self.plan.run(values)
            making = _Making(self, values)
            self.programs[key] = self._program(making)
            return [making.slots[slot] for slot in self.outputs]
        finally:
            self._compiling.release()

    def _program(self, making: _Making) -> Plan:
        try:
            return making.program()
        except Exception as error:
            _warn(self.steps, f"run uncompiled: {_first_line(error)}")
            return self.plan


class _Making:
    """A program in the making, by an ordinary run of the region, all of whose values stay in `slots`."""

    def __init__(self, region: Region, values: Sequence[Any]) -> None:
        from .traced import Asked

        self.region = region
        self.slots = {**region.constants, **dict(zip(region.inputs, values))}
        self.answers: dict[int, list[bool]] = {}  # to the questions that each step asks
        made = [slot for step in region.steps for slot in step.outputs]

        def noting(step: Step) -> Step:
            def call(*given: Any) -> Any:
                with Asked() as asked:
                    result = step.call(*given)
                self.answers[id(step)] = asked.answers
                return result

            return dataclasses.replace(step, call=call)

        plan = _plan([noting(step) for step in region.steps], region.inputs, made, region.constants)
        self.slots.update(zip(made, plan.run(values)))
        self.known: dict[int, Any] = {}  # slots whose values follow from the shapes of inputs and variables

    def program(self) -> Plan:
        """What runs in the region's place for shapes as they are here."""
        from .traced import NotTraceable

        region = self.region
        while True:
            try:
                parts = self._parts()
                break
            except NotTraceable as stop:
                if stop.step is None or id(stop.step) in region.left_out:
                    raise RuntimeError(stop.reason) from stop
                region.left_out.add(id(stop.step))
        steps: list[Step] = []
        for part in parts:
            steps += self._compiled(part) if isinstance(part, _Traced) else [part]
        if not any(isinstance(step.call, _Compiled) for step in steps):
            return region.plan
        return _plan(steps, region.inputs, region.outputs, self.known)

    def _compiled(self, part: _Traced) -> list[Step]:
        try:
            return [part.step()]
        except Exception as error:  # of whatever kind: torch's compiler, the C++ compiler, the disk
            _warn(part.steps, f"run uncompiled: {_first_line(error)}")
            return part.steps

    def _parts(self) -> list[Step | _Traced]:
        """The region's steps but for those whose results are known, such as are compiled together as one."""
        region = self.region
        left, groups = self._grouped()
        readers: dict[int, list[Step]] = {}
        for step in left:
            for slot in step.inputs:
                readers.setdefault(slot, []).append(step)
        parts: list[Step | _Traced] = []
        for pure, group in groups:
            if not pure:
                parts += group
                continue
            inputs, outputs = _boundary(group, self.known, region.outputs, readers)
            traced = _Traced(self, group, inputs, outputs)
            parts += group if len(group) < FEWEST else [traced]
        return parts

    def _grouped(self) -> tuple[list[Step], Groups]:
        """The steps whose results are not known, and the groups that they are compiled in."""
        region = self.region
        unsure = set(region.left_out)  # what is not traced may give any shape
        while True:
            self._note_shapes(unsure)
            left = [step for step in region.steps if not self.known.keys() >= set(step.outputs)]
            groups = compiled_together(left, region.constants, region.left_out)
            more = {id(step) for pure, group in groups for step in group if not pure and computes(step)} - unsure
            if not more:
                return left, groups
            unsure |= more

    def _note_shapes(self, unsure: set[int]) -> None:
        """Let the results of shape arithmetic be known that depends on the shapes of inputs and variables only."""
        region = self.region
        self.known = dict(region.constants)
        self.known.update((region.inputs[i], self.slots[region.inputs[i]]) for i in region.from_shapes)
        follow = {*region.inputs, *self.known}
        for step in region.steps:
            sure = (computes(step) and id(step) not in unsure) or keeps_shapes(step, self.known)
            if sure and follow.issuperset(step.inputs):
                follow.update(step.outputs)
                if step.kind == "shapes":
                    self.known.update((slot, self.slots[slot]) for slot in step.outputs)


class _Traced:
    """Steps that are traced together."""

    def __init__(self, making: _Making, steps: list[Step], inputs: list[int], outputs: list[int]) -> None:
        from .traced import NotTraceable, trace

        self.steps, self.inputs, self.outputs = steps, inputs, outputs
        self.plan = _plan(steps, inputs, outputs, making.known)
        self.values = [making.slots[i] for i in inputs]
        if not all(isinstance(value, Tensor) for value in self.values):
            raise NotTraceable(
                next(s for s in steps if any(not isinstance(making.slots[i], Tensor) for i in s.inputs)), "no tensor"
            )
        answers = [answer for step in steps for answer in making.answers[id(step)]]
        self.graph, self.fixed = trace(steps, inputs, self.values, making.known, outputs, answers)
        self.expected = [making.slots[slot].detach() for slot in outputs]

    def step(self) -> Step:
        """One compiled step, that gives on the values what the steps gave."""
        from .traced import compiled

        call = _Compiled(compiled(self.graph, self.values), self)
        found = call.found(self.values)
        reason = "it finds other conditions" if found is None else _difference(self.expected, found)
        if found is None or reason:
            raise RuntimeError(f"compiled, they give something else: {reason}")
        call.own = _shared(self.values, found, self.expected)
        share = _seconds(lambda: call(*self.values)) / _seconds(lambda: self.plan.run(self.values))
        if share > SLOWEST:
            raise RuntimeError(f"compiled, they are no faster: {share:.2f} of the time")
        return Step(self.steps[-1].op, "compiled", call, self.inputs, self.outputs)


class _Compiled:
    """The call of a compiled step: the compiled function, or the steps where that has nothing to give."""

    def __init__(self, function: Callable[..., Sequence[Tensor]], traced: _Traced) -> None:
        self.function, self.plan = function, traced.plan
        self.count, self.left = len(traced.outputs), WRONG
        self.fixed = [(i, traced.fixed[s]) for i, s in enumerate(traced.outputs) if s in traced.fixed]
        self.shapes = [value.shape for value in traced.expected]
        self.own: list[int] = []  # the results to be copied, so that each has memory of its own

    def __call__(self, *values: Tensor) -> Any:
        found = None
        if self.left:
            try:
                found = self.found(values)
            except Exception as error:
                _log.warning("global_jit_level: what was compiled fails: %s", _first_line(error))
                self.left = 0
        if found is None:
            self.left -= self.left > 0
            found = self.plan.run(values)
            if [value.shape for value in found] != self.shapes:  # what follows is compiled for those
                raise errors.InternalError(None, None, "Shapes depend on values where they were not expected to.")
        return found[0] if self.count == 1 else found

    def found(self, values: Sequence[Tensor]) -> list[Any] | None:
        """What the compiled function gives; None if it is of no use."""
        found = list(self.function(*values))
        for i, value in self.fixed:
            found.insert(i, value.clone())  # a fetched one is its caller's to change
        if len(found) > self.count and not bool(found.pop()):
            return None
        for i in self.own:
            found[i] = found[i].clone()
        return found


def _warn(steps: Sequence[Step], what: str) -> None:
    _log.warning("global_jit_level: %d steps around %s %s", len(steps), steps[-1].op.name, what)


def _plan(steps: list[Step], inputs: list[int], outputs: list[int], constants: dict[int, Any]) -> Plan:
    every = [*inputs, *outputs, *constants, *(slot for s in steps for slot in (*s.inputs, *s.outputs))]
    return Plan(steps, constants, max(every, default=-1) + 1, inputs, [Fetch(slot, True) for slot in outputs])


def _difference(expected: Sequence[Any], given: Sequence[Tensor]) -> str | None:
    """What is not the same in the results of one run, beyond rounding; None if nothing."""
    size = _largest(expected)
    for old, new in zip(expected, given):
        if old.dtype != new.dtype or old.shape != new.shape:
            return f"{new.dtype} {list(new.shape)} for {old.dtype} {list(old.shape)}"
        if not _close(old, new, size):
            return "other numbers"
    return None


def _seconds(call: Callable[[], Any]) -> float:
    """How long a call takes at best."""
    found = []
    for _ in range(5):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def _shared(values: Sequence[Tensor], found: Sequence[Tensor], expected: Sequence[Tensor]) -> list[int]:
    """The results found in memory of what was given, or of a result before, where those expected are not."""
    shared: list[int] = []
    for i, (new, old) in enumerate(zip(found, expected)):
        before = {_memory(v) for v in (*values, *found[:i])}
        if (
            new.numel()
            and _memory(new) in before
            and _memory(old) not in {_memory(v) for v in (*values, *expected[:i])}
        ):
            shared.append(i)
    return shared


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _memory(value: Tensor) -> int:
    return value.untyped_storage().data_ptr()


def _close(old: Tensor, new: Tensor, size: float) -> bool:
    """Whether two results, of numbers up to `size`, differ by rounding only.

    That may be some hundredths of a deep network's gradient: where a relu is at 0, another way of rounding turns it on.
    """
    if not _has_rounding(old):
        return bool((old != new).double().mean() <= 0.01) if old.numel() else True
    old, new = (v.to(torch.complex128 if v.is_complex() else torch.float64) for v in (old, new))
    both = old.isfinite() & new.isfinite()
    if (both != old.isfinite()).sum() > 0.01 * old.numel():
        return False
    old, new = old[both], new[both]
    return float((old - new).norm()) <= 0.05 * float(old.norm()) + 1e-4 * size * old.numel() ** 0.5


def _has_rounding(value: Tensor) -> bool:
    return value.is_floating_point() or value.is_complex()


def _largest(values: Sequence[Tensor]) -> float:
    """The largest finite number in some tensors."""
    found = [v[v.isfinite()].abs() for v in values if _has_rounding(v)]
    return max((float(v.max()) for v in found if v.numel()), default=0.0)
