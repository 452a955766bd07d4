"""A plan in three parts: what goes before, what a CUDA graph can do, what comes after.

A CUDA graph repeats work on the device without Python. So it can take a step that gives the device work and never asks
it for a value, that does the same each time, and that needs nothing from a step which is not so.

A branch that the host chooses is the same each time as long as the choice is, which is a value that the graph is of. Of
the steps on the way not taken nothing was seen: they are in the graph if they can do nothing but compute.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..graph.function import Function
from ..graph.graph import Graph
from ..graph.operation import Tensor
from ..kernels.control_flow import DEAD
from ..kernels.random import ON_DEVICE
from ..kernels.registry import KERNELS
from ..ops import registry
from .autograd import Watched
from .plan import Plan, Step
from .store import Cell

BEFORE, INSIDE, AFTER = "before", "inside", "after"
_NEVER = {
    "own gradient": "calls the program's own gradient",
    "Placeholder": "is not fed",
    **dict.fromkeys(("RefSwitch", "RefMerge"), "is a branch"),
}
_BRANCHES = {"Switch", "Merge"}
_GRADIENTS = {"leaf", "gate", "SymbolicGradient"}
_LOOK = {"read", "leaf", "gate", "SymbolicGradient", "While"}  # what takes a variable and leaves it as it is
_DRAWS = {"Multinomial", "RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt"}
_VARIED = {"Unique", "UniqueV2", "UniqueWithCounts", "UniqueWithCountsV2", "Where", "DynamicPartition"}
_FEWEST = 3  # steps that are worth a graph


@dataclass
class Note:
    """What was seen of a step when it ran: of what kind its values are, and whether it waited for the device."""

    inputs: list[str]
    outputs: list[str]
    cells: list[Cell]
    waited: bool
    tracked: bool  # whether a gradient can be taken of an output


def kind_of(value: Any, device: torch.device) -> str:
    """Where a value is: on the device, on the host, in a variable's cell; or it is nothing, or something else."""
    if isinstance(value, torch.Tensor):
        return "device" if value.device == device else "host"
    if isinstance(value, np.ndarray):
        return "host"
    if isinstance(value, (Cell, Watched)):
        return "cell"
    return "nothing" if value is None or value is DEAD else "other"


def watched(
    plan: Plan, device: torch.device, watch: Callable[[Callable[[], Any]], tuple[Any, bool]]
) -> tuple[Plan, dict[int, Note]]:
    """A copy of `plan`, and the notes that a run of it makes, by the numbers of the steps.

    `watch` does what it is given to do, and tells also whether the host waited for the device.
    """
    notes: dict[int, Note] = {}

    def noting(i: int, step: Step) -> Step:
        several = len(step.outputs) != 1

        def call(*values: Any) -> Any:
            result, waited = watch(lambda: step.call(*values))
            outputs = list(result) if several else [result]
            cells = [v if isinstance(v, Cell) else v.cell for v in values if isinstance(v, (Cell, Watched))]
            kinds = [kind_of(v, device) for v in values], [kind_of(v, device) for v in outputs]
            tracked = any(isinstance(v, torch.Tensor) and v.requires_grad for v in outputs)
            notes[i] = Note(*kinds, cells, waited, tracked)
            return result

        return dataclasses.replace(step, call=call)

    steps = [noting(i, step) for i, step in enumerate(plan.steps)]
    return plan.part(steps, plan.feeds, [f.slot for f in plan.fetches if f]), notes


@dataclass
class Parts:
    """The three parts, each a plan of its own over the same slots."""

    before: Plan
    inside: Plan
    after: Plan
    inputs: list[int]  # the slots that `inside` takes
    outputs: list[int]  # the slots that it gives to those after it
    cells: list[Cell]  # the variables that it reads and writes
    outside: dict[str, str]  # the steps that are not inside, and why


def divide(plan: Plan, notes: dict[int, Note]) -> Parts | str:
    """The parts of a plan that has run once; a sentence if there is too little for a graph to do."""
    division = _Division(plan, notes)
    division.settle()
    return division.parts()


def _reason(step: Step, note: Note | None) -> str | None:
    """Why a step cannot be in a graph; None if it can."""
    if note is None:
        return None if _computes(step) else "is in a branch"
    if step.kind in _BRANCHES and not _chooses(step, note):
        return "is a branch"
    if note.waited and step.kind != "move":
        return "waits for the device"
    if step.kind in _VARIED:
        return "gives as much as it finds"
    if step.kind == "move" and ("device" in note.inputs or note.tracked):
        return "goes to the host" if "device" in note.inputs else "brings what a gradient is taken of"
    if any(cell.device.type == "cpu" for cell in note.cells):
        return "works on a variable of the host"
    return _NEVER.get(step.kind) or _state(step)


def _computes(step: Step) -> bool:
    """Whether a step that has not been seen can do nothing but compute, on the device."""
    if step.kind == "move":
        return bool(step.attrs["to"].type != "cpu")
    if any(_is_counted(t) or t.dtype._is_ref_dtype for t in (*step.op.inputs, *step.op.outputs)):
        return False
    return step.kind in ("Const", "leaf", "gate") or (step.kind in KERNELS and _state(step) is None)


def _chooses(step: Step, note: Note) -> bool:
    """Whether a Switch, or a Merge, is about what is on the device, and the host knows which way."""
    known = step.kind == "Merge" or note.inputs[1] != "device"
    return known and "cell" not in note.inputs and not _is_counted(step.op.inputs[0])


def _is_counted(tensor: Tensor) -> bool:
    """Whether a tensor is of what is mostly on the host, and another in each run."""
    return tensor.dtype.base_dtype.name in ("int32", "int64", "string", "resource", "variant")


def _state(step: Step) -> str | None:
    """What a step does that is not the same each time, or is nothing for a graph; None if there is no such thing."""
    if step.kind == "While":
        plans = step.attrs["condition"], step.attrs["body"]
        inside = step.attrs.get("instead", [s for plan in plans for s in plan.steps])
        if any(s.alive is not None for s in inside):
            return "has a branch inside"
        if any(s.kind == "move" for s in inside):
            return "brings something to or from the host each time"
        if any(isinstance(value, Cell) for plan in plans for value in plan.first_slots()):
            return "has a variable of its own"
        return next((reason for s in inside if (reason := _NEVER.get(s.kind) or _state(s))), None)
    kernel = KERNELS.get(step.kind)
    if kernel is None:
        return None
    if kernel.on_host:
        return "is done on the host"
    if step.kind in _DRAWS:
        on_device = step.kind in ON_DEVICE and step.op.outputs[0].dtype.name != "float64"
        return "has a seed" if (step.attrs["seed"] or step.attrs["seed2"]) and not on_device else None
    if step.kind == "PyFuncStateless" or any(isinstance(value, (Function, Graph)) for value in step.attrs.values()):
        return "calls a function"
    on_variable = any(t.dtype._is_ref_dtype or t.dtype.name == "resource" for t in step.op.inputs)
    if step.kind == "Assert":
        return None  # what holds for values of the host holds for each replay: they are what the graph is of
    if registry.get(step.kind).is_stateful and not on_variable and not step.kind.startswith("TensorArray"):
        return "keeps something between runs"
    return None


class _Division:
    """Puts each step in one of the parts, again and again until they fit each other."""

    def __init__(self, plan: Plan, notes: dict[int, Note]) -> None:
        self.plan, self.notes = plan, notes
        self.outside = {i: r for i, s in enumerate(plan.steps) if (r := _reason(s, notes.get(i)))}
        self.places: list[str] = []

    def settle(self) -> None:
        while True:
            before = len(self.outside)
            self._place()
            together = [i for i, s in enumerate(self.plan.steps) if _with_gradient(s)]
            blocking = next((i for i in together if i in self.outside), None)
            if blocking is not None:
                name = self.plan.steps[blocking].op.name
                for i in together:
                    self.outside.setdefault(i, f"has its gradient taken with {name}, which {self.outside[blocking]}")
            if len(self.outside) == before:
                return

    def _place(self) -> None:
        """One round: each step's place, and those that turn out to be outside."""
        where: dict[int, str] = {}  # slot -> the part that fills it
        objects: dict[int, int] = {}  # slot -> the step that fills it with what is neither tensor nor cell
        held: dict[int, set[Cell]] = {}  # slot -> the variables whose memory it may be
        read: dict[str, set[Cell]] = {BEFORE: set(), INSIDE: set(), AFTER: set()}
        written: dict[str, set[Cell]] = {BEFORE: set(), INSIDE: set(), AFTER: set()}
        acted = False  # something after the graph has an effect that all that follows must not overtake
        self.places = []
        for i, step in enumerate(self.plan.steps):
            note = self.notes.get(i)
            slots = [*step.inputs, *(step.alive or ())]
            looks = {cell for slot in slots for cell in held.get(slot, ())}
            writes: set[Cell] = set()
            if note is not None:
                (looks if step.kind in _LOOK else writes).update(note.cells)
            behind = {where[s] for s in slots if s in where}
            for place in (INSIDE, AFTER):
                if written[place] & (looks | writes) or read[place] & writes:
                    behind.add(place)
            effect = i in self.outside and (note is None or step.alive is not None or _acts(step))
            if i not in self.outside:
                self._check(i, step, note, behind, objects, bool(writes) and acted)
            if i in self.outside:
                # What is not of one size goes last: a graph that took it would be of that size.
                late = AFTER in behind or INSIDE in behind or (effect and acted) or step.kind in _VARIED
                place = AFTER if late else BEFORE
                acted = acted or (late and effect)
            else:
                alone = note is not None and _of_host(step, note) and not note.tracked and step.kind not in _GRADIENTS
                branch = step.alive is not None or step.kind in _BRANCHES  # which tells the graph that it is not taken
                place = BEFORE if alone and INSIDE not in behind and not branch else INSIDE
            self.places.append(place)
            read[place] |= looks
            written[place] |= writes
            unseen = "other" if place != INSIDE else "device"
            for slot, kind in zip(step.outputs, note.outputs if note else [unseen] * len(step.outputs)):
                where[slot] = place
                if kind == "other":
                    objects[slot] = i
                kernel = KERNELS.get(step.kind)
                if kernel is None or kernel.view:
                    held[slot] = looks | set(note.cells if note else ())

    def _check(
        self, i: int, step: Step, note: Note | None, behind: set[str], objects: dict[int, int], overtakes: bool
    ) -> None:
        """Note if a step that could be inside cannot, because of the steps that it comes after."""
        if AFTER in behind:
            self.outside[i] = "needs what is outside"
        elif overtakes:
            self.outside[i] = "comes after an effect outside"
        for slot in step.inputs:
            maker = objects.get(slot)
            if maker is not None and self.places[maker] != INSIDE and not (note and _of_host(step, note)):
                self.outside.setdefault(i, "takes an object from outside")

    def parts(self) -> Parts | str:
        placed = list(zip(self.plan.steps, self.places))
        steps = {place: [s for s, at in placed if at == place] for place in (BEFORE, INSIDE, AFTER)}
        if len(steps[INSIDE]) < _FEWEST:
            told = sorted({f"{self.plan.steps[i].op.name} {reason}" for i, reason in self.outside.items()})
            return "it has no work for the device alone: " + ("; ".join(told[:3]) or "it is too short")
        last = {f.slot for f in self.plan.fetches if f}
        inputs = _taken(steps[INSIDE], self.plan)
        outputs = sorted(_made(steps[INSIDE]) & (last | set(_taken(steps[AFTER], self.plan))))
        for slot in outputs:
            step = next(s for s in steps[INSIDE] if slot in s.outputs)
            at = self.plan.steps.index(step)
            if at in self.notes and self.notes[at].outputs[step.outputs.index(slot)] == "other":
                return f"{step.op.name} gives an object to what comes after"
        before = sorted(_made(steps[BEFORE]) & (last | set(inputs) | set(_taken(steps[AFTER], self.plan))))
        seen = [self.notes[i] for i, at in enumerate(self.places) if at == INSIDE and i in self.notes]
        cells = dict.fromkeys(cell for note in seen for cell in note.cells)
        return Parts(
            self.plan.part(steps[BEFORE], self.plan.feeds, before),
            self.plan.part(steps[INSIDE], inputs, outputs),
            self.plan.part(steps[AFTER], _taken(steps[AFTER], self.plan), sorted(_made(steps[AFTER]) & last)),
            inputs,
            outputs,
            list(cells),
            # Of several steps of one op the first one's reason stays.
            {self.plan.steps[i].op.name: self.outside[i] for i in sorted(self.outside, reverse=True)},
        )


def _acts(step: Step) -> bool:
    """Whether a step does more than give values."""
    kernel = KERNELS.get(step.kind)
    return kernel is not None and (not step.op.outputs or registry.get(step.kind).is_stateful)


def _with_gradient(step: Step) -> bool:
    """Whether a step is one of those between which torch keeps a record for gradients."""
    return step.recorded or step.kind in _GRADIENTS


def _of_host(step: Step, note: Note) -> bool:
    """Whether a step works on the host alone, or brings what is there to the device."""
    seen = {*note.inputs, *(note.outputs if step.kind != "move" else ())}
    return seen.isdisjoint({"device", "cell"})


def _taken(steps: Iterable[Step], plan: Plan) -> list[int]:
    """The slots that steps read and do not fill, in order, but for those filled from the start."""
    made: set[int] = set()
    taken: dict[int, None] = {}
    for step in steps:
        taken.update(dict.fromkeys(s for s in (*step.inputs, *(step.alive or ())) if s not in made))
        made.update(step.outputs)
    filled = plan.filled()
    return [slot for slot in taken if slot not in filled]


def _made(steps: Sequence[Step]) -> set[int]:
    return {slot for step in steps for slot in step.outputs}
