"""Which steps of a plan can be compiled together: those that only compute, brought side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from typing import Any

from ..graph.operation import Operation
from ..kernels.registry import KERNELS
from ..ops import registry
from .autograd import Watched
from .loops import EXITS
from .order import reference_inputs
from .plan import Step
from .store import Cell

_OPAQUE = ("string", "resource", "variant")  # dtypes of what is no tensor in torch
# Steps without a kernel that only compute; those of gradients by hand do too.
_ADDED = ("leaf", "gate", "shapes", "SymbolicGradient", "SampledLogits", "factor", "product", "gradient")
_HARMLESS = ("read", "leaf", "gate", "shapes")  # steps that write nothing, whatever they are given


# What draws numbers of a shape that its first input tells, or, of candidates, its attrs.
_DRAWING = {"RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt"}
_DRAWING |= {f"Stateless{kind}" for kind in ("RandomUniform", "RandomNormal", "TruncatedNormal", "RandomUniformInt")}
_SAMPLING = {f"{kind}CandidateSampler" for kind in ("Uniform", "LogUniform", "LearnedUnigram", "All")}

Groups = list[tuple[bool, list[Step]]]


def regions(steps: Sequence[Step], constants: dict[int, Any]) -> Groups:
    """The steps in groups, in an order that gives the same: regions (True), and those that can be in none.

    In a region are steps that only compute, reads of variables, and what draws numbers. They go as early as what they
    read and wait for allows; the others keep their order. What one gradient goes through is in one region, or none.
    """
    return _Grouping(steps, constants, (), lambda step: computes(step) or keeps_shapes(step)).groups()


def compiled_together(steps: Sequence[Step], constants: dict[int, Any], left_out: Collection[int]) -> Groups:
    """A region's steps in groups, of such as can be compiled (True), and of the others; likewise.

    `left_out` are `id`s of steps that cannot, beside those of which what they are tells.
    """
    return _Grouping(steps, constants, left_out, computes).groups()


class _Grouping:
    """Sets of steps are integers here, one bit for each step."""

    def __init__(
        self,
        steps: Sequence[Step],
        constants: dict[int, Any],
        left_out: Collection[int],
        wanted: Callable[[Step], bool],
    ) -> None:
        self.steps = steps
        self.pure = [id(step) not in left_out and wanted(step) for step in steps]
        self.producer = {slot: i for i, step in enumerate(steps) for slot in step.outputs}
        by_op: dict[Operation, list[int]] = {}
        for i, step in enumerate(steps):
            by_op.setdefault(step.op, []).append(i)
        self.writes = _writing(steps, constants)
        self.after: list[int] = []
        for i in range(len(steps)):
            self.after.append(self._before(i, by_op))
        self._keep_order_of_effects()
        self.gradients = self._gradients()

    def groups(self) -> list[tuple[bool, list[Step]]]:
        for gradient in self.gradients:
            if not all(self.pure[i] for i in gradient):
                self._give_up(gradient)
        while True:
            order, stuck = self._scheduled()
            if stuck is None:
                return [(pure, [self.steps[i] for i in group]) for pure, group in order]
            # What is not compiled stands between the steps of a gradient, which therefore are not compiled either.
            self._give_up(next(g for g in self.gradients if stuck in g))

    def _give_up(self, gradient: list[int]) -> None:
        for i in gradient:
            self.pure[i] = False

    def _scheduled(self) -> tuple[list[tuple[bool, list[int]]], int | None]:
        """The groups, by the steps' numbers; and the first step for which there is no place, if there is one."""
        after = self._after_all_that_a_gradient_needs()
        pure = sum(1 << i for i, flag in enumerate(self.pure) if flag)
        left = {kind: [i for i, flag in enumerate(self.pure) if flag is kind] for kind in (False, True)}
        done = 0
        groups: list[tuple[bool, list[int]]] = []
        while left[False] or left[True]:
            before = done
            for kind, waiting in left.items():
                group: list[int] = []
                for i in waiting:
                    # A write waits for what comes before it and may look at the memory that it writes to.
                    needed = after[i] | (pure & ((1 << i) - 1) if self.writes[i] and not kind else 0)
                    if not needed & ~done:
                        group.append(i)
                        done |= 1 << i
                    elif not kind:
                        break
                if group:
                    groups.append((kind, group))
                    left[kind] = [i for i in waiting if not done >> i & 1]
            if done == before:
                return groups, min(left[False] + left[True])
        return groups, None

    def _before(self, i: int, by_op: dict[Operation, list[int]]) -> int:
        """What a step comes after: what fills its slots, and what its op waits for."""
        step = self.steps[i]
        found, computing = 0, computes(step)
        for slot in (*step.inputs, *(step.alive or ())):
            if slot in self.producer:
                found |= 1 << self.producer[slot]
        # Ops that need no step, or that a pass did away with, are gone through to what they wait for.
        stack = [(step.op, False)]
        seen = {*stack, (step.op, True)}
        while stack:
            op, waited_for = stack.pop()
            sources = [*((t.op, waited_for) for t in op.inputs), *((c, True) for c in op._control_inputs)]
            for source in dict.fromkeys(sources).keys() - seen:
                seen.add(source)
                earlier = [j for j in by_op.get(source[0], ()) if j < i]
                if source[1]:
                    for j in earlier:
                        # Of a write only reads see whether it has been done.
                        found |= self.after[j] if computing and self.writes[j] else 1 << j
                    if source[0].type in EXITS:  # the step of a loop has but one op of it
                        found |= sum(1 << j for j, s in enumerate(self.steps[:i]) if s.kind == "While")
                if not earlier:
                    stack.append(source)
        return found

    def _keep_order_of_effects(self) -> None:
        """Reads stay behind the writes before them, and what draws numbers behind what drew before."""
        drawn = written = 0
        for i, step in enumerate(self.steps):
            if step.kind in ("read", "leaf"):
                self.after[i] |= written
            elif keeps_shapes(step):
                self.after[i] |= drawn
                drawn |= 1 << i
            elif self.writes[i]:
                written |= 1 << i

    def _gradients(self) -> list[list[int]]:
        """The steps that pass on what is recorded, each set of them that belongs together."""
        parent: dict[int, int] = {}

        def root(i: int) -> int:
            while parent[i] != i:
                i = parent[i]
            return i

        recorded = [s.recorded or s.kind in ("leaf", "gate", "SymbolicGradient") for s in self.steps]
        for i, step in enumerate(self.steps):
            if recorded[i]:
                parent[i] = i
                for slot in step.inputs:
                    j = self.producer.get(slot)
                    if j is not None and recorded[j] and (self.steps[j].recorded or self.steps[j].kind == "leaf"):
                        parent[root(j)] = i
        found: dict[int, list[int]] = {}
        for i in parent:
            found.setdefault(root(i), []).append(i)
        return list(found.values())

    def _after_all_that_a_gradient_needs(self) -> list[int]:
        """As `after`; the steps of a gradient wait for every step that is not compiled and one of them waits for."""
        needed: list[int] = []
        for after in self.after:
            found = 0
            for j in _bits(after):
                found |= needed[j] if self.pure[j] else 1 << j
            needed.append(found)
        result = list(self.after)
        for gradient in self.gradients:
            if self.pure[gradient[0]]:
                together = 0
                for i in gradient:
                    together |= needed[i]
                for i in gradient:
                    result[i] |= together
        return result


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _writing(steps: Sequence[Step], constants: dict[int, Any]) -> list[bool]:
    """For each step whether it may write to a variable: it is given one, or is Python of the program's own."""
    cells = {slot for slot, value in constants.items() if value.__class__ is Cell}
    found = []
    for step in steps:
        given = not cells.isdisjoint(step.inputs)
        found.append(step.kind not in _HARMLESS and (given or step.kind == "While" or "PyFunc" in step.kind))
        if given and step.kind != "read":
            cells.update(step.outputs)
    return found


def computes(step: Step) -> bool:
    """Whether a step is a function of tensors, by what it is: that it asks for no value is still to be seen."""
    if step.alive is not None or not step.op.outputs:
        return False
    if step.kind in _ADDED or (step.kind.endswith(" gradient") and step.kind != "own gradient"):
        return step.call is not Watched
    kernel = KERNELS.get(step.kind.partition("+")[0])
    if (
        kernel is None
        or step.kind in ("Switch", "Merge")
        or kernel.context
        or kernel.on_host
        or registry.get(step.op.type).is_stateful
    ):
        return False
    if any(reference_inputs(step.op)) or any(t.dtype._is_ref_dtype for t in step.op.outputs):
        return False
    return all(t.dtype.base_dtype.name not in _OPAQUE for t in (*step.op.inputs, *step.op.outputs))


def keeps_shapes(step: Step, known: Container[int] | None = None) -> bool:
    """Whether a step that cannot be compiled writes nothing, and gives what has a shape that is known beforehand.

    `known` are the slots whose values are; those of any slot may be where it is not said.
    """
    if step.alive is not None:
        return False
    if step.kind in _DRAWING:
        return known is None or step.inputs[0] in known
    return step.kind in ("read", "leaf") or step.kind in _SAMPLING
