"""While loops: finding them among a graph's ops, and running one as two plans, the condition's and the body's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from ..graph.errors import InvalidArgumentError
from ..graph.operation import Operation, Tensor
from ..kernels.registry import Kernel

Frame = tuple[str, ...]  # the names of the loops that an op is in, outermost first

ENTERS = {"Enter", "RefEnter"}
EXITS = {"Exit", "RefExit"}
NEXTS = {"NextIteration", "RefNextIteration"}


def frames(ops: Iterable[Operation]) -> dict[Operation, Frame]:
    """For each of `ops`, and what they depend on, the loops that it is in."""
    found: dict[Operation, Frame] = {}
    for start in ops:
        stack = [start]
        while stack:
            op = stack[-1]
            if op in found:
                stack.pop()
                continue
            sources = _sources(op)
            waiting = [s for s in sources if s not in found]
            if waiting:
                stack.extend(waiting)
                continue
            found[op] = _frame(op, [found[s] for s in sources])
            stack.pop()
    return found


def _sources(op: Operation) -> list[Operation]:
    if op.type in ("Merge", "RefMerge"):
        return [t.op for t in op.inputs if t.op.type not in NEXTS]
    return [t.op for t in op.inputs] + op._control_inputs


def _frame(op: Operation, outer: list[Frame]) -> Frame:
    deepest: Frame = max(outer, key=len, default=())
    for other in outer:
        if deepest[: len(other)] != other:
            raise InvalidArgumentError(
                None, op, f"{op.name} has inputs from different frames, {deepest[-1]!r} and {other[-1]!r}."
            )
    if op.type in ENTERS:
        return (*deepest, op.attrs["frame_name"])
    return deepest[:-1] if op.type in EXITS else deepest


@dataclass(eq=False)
class Loop:
    """One while loop as a task in the order of the frame around it."""

    frame: Frame
    _id: int
    ops: list[Operation] = field(default_factory=list)
    own: list[Operation] = field(default_factory=list)  # those of them that are in no loop inside this one
    _control_inputs: list[Operation] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "/".join(self.frame)

    def of_type(self, *types: str) -> list[Operation]:
        """The loop's own ops of these types."""
        return [op for op in self.own if op.type in types]


@dataclass
class Parts:
    """A loop taken apart: variables by their Merge, in step with where they start, go on, and are read in the body."""

    merges: list[Operation]
    starts: list[Tensor]
    nexts: list[Tensor]
    in_body: list[Tensor | None]
    at_exit: list[Tensor | None]
    invariants: list[Operation]
    pred: Tensor

    @classmethod
    def of(cls, loop: Loop) -> Parts:
        merges = [m for m in loop.of_type("Merge", "RefMerge") if any(t.op.type in NEXTS for t in m.inputs)]
        (condition,) = loop.of_type("LoopCond")
        in_body: list[Tensor | None] = []
        at_exit: list[Tensor | None] = []
        members = set(loop.own)
        for merge in merges:
            ways = [
                op
                for op in merge.outputs[0]._consumers
                if op in members and op.type in ("Switch", "RefSwitch") and op.inputs[1].op is condition
            ]
            in_body.append(ways[0].outputs[1] if ways else None)
            at_exit.append(_leaving(ways[0].outputs[0], members) if ways else None)
        starts = [next(t for t in m.inputs if t.op.type in ENTERS).op.inputs[0] for m in merges]
        nexts = [next(t for t in m.inputs if t.op.type in NEXTS) for m in merges]
        nexts = [t if t.op._control_inputs else t.op.inputs[0] for t in nexts]  # the node itself if it waits for more
        started = {t.op for m in merges for t in m.inputs}
        invariants = [e for e in loop.of_type(*ENTERS) if e not in started]
        return cls(merges, starts, nexts, in_body, at_exit, invariants, condition.inputs[0])


def _leaving(tensor: Tensor, members: set[Operation]) -> Tensor:
    """What an Exit reads, by way of Identity nodes, of what a Switch sends there; else that itself."""
    for reader in tensor._consumers:
        if reader.type in EXITS:
            return tensor
        if reader.type == "Identity" and reader in members:
            found = _leaving(reader.outputs[0], members)
            if found is not reader.outputs[0] or any(r.type in EXITS for r in found._consumers):
                return found
    return tensor


def invariant_reads(loop: Loop, parts: Parts, kernels: Mapping[str, Kernel]) -> list[Operation]:
    """The reads of variables by handle, in no branch, whose memory no round hands on to the next or out of the loop."""
    members, carried = set(loop.own), set(parts.nexts)
    reads = [op for e in parts.invariants for op in e.outputs[0]._consumers if op.type == "ReadVariableOp"]
    return [op for op in reads if op in members and not _handed_on(op, members, carried, kernels)]


def _handed_on(op: Operation, members: set[Operation], carried: set[Tensor], kernels: Mapping[str, Kernel]) -> bool:
    """Whether what an op gives, or a view of it, is among the tensors carried."""
    for tensor in op.outputs:
        if tensor in carried:
            return True
        for user in tensor._consumers:
            if user in members:
                kernel = kernels.get(user.type)
                if kernel is not None and kernel.view and _handed_on(user, members, carried, kernels):
                    return True
            elif user.type in ENTERS:  # into a loop inside this one
                return True
    return False


class Limit(NamedTuple):
    """A loop's variable, by its place, that each round adds 1 to, and what it stays below: a number, or what is fed."""

    counter: int
    place: int | None
    number: int = 0


@dataclass
class Rounds:
    """A loop's call: of the variables' first values and the invariants, it gives the variables' last values.

    `give_up` is called every round, to raise if the run is to end. `made_once` are what the body is fed beside all
    that, each made in front of the first round: by a function of the values at these places. `limits`, if there are
    any, say as much as the condition.
    """

    condition: Any
    body: Any
    count: int
    give_up: Callable[[], None]
    made_once: tuple[tuple[Callable[..., Any], tuple[int, ...]], ...] = ()
    limits: tuple[Limit, ...] = ()

    def __call__(self, *values: Any) -> list[Any]:
        variables, invariants = list(values[: self.count]), values[self.count :]
        with torch.enable_grad():
            once = [make(*[values[i] for i in places]) for make, places in self.made_once]
        left = self._rounds(values)
        while left > 0 if left is not None else bool(self.condition.run((*variables, *invariants))[0]):
            variables = self.body.run((*variables, *invariants, *once))
            self.give_up()
            if left is not None:
                left -= 1
        return variables

    def _rounds(self, values: tuple[Any, ...]) -> int | None:
        """How many rounds there are, if that is known."""
        if not self.limits:
            return None
        return min(
            (limit.number if limit.place is None else int(values[limit.place])) - int(values[limit.counter])
            for limit in self.limits
        )
