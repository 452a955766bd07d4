"""Which branch of which `tf.cond` an op is in: what a Merge has to choose between, and by what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph.operation import Operation, Tensor
from ..runtime.loops import Loop, Parts
from ..runtime.order import sources

Ways = frozenset[tuple[Tensor, int]]  # predicates and the values (0 or 1) that they have where the op runs
_SWITCHES = ("Switch", "RefSwitch")


class Branches:
    """The branches that every op of one frame is in, told op by op in their order."""

    def __init__(self, known: Callable[[Tensor], np.ndarray | None]) -> None:
        self._known = known
        self._ways: dict[Operation, Ways] = {}

    def enter(self, task: Operation | Loop, fed: set[Tensor]) -> None:
        if isinstance(task, Loop):
            members = set(task.ops)
            before = [s for op in task.ops for s in sources(op, fed) if s not in members]
            ways: Ways = frozenset().union(*(self._ways.get(s, frozenset()) for s in before))
            self._ways.update(dict.fromkeys(task.ops, ways))
            return
        tensors = [t for t in task.inputs if t not in fed]
        ways = frozenset().union(*(self._of(t) for t in tensors))
        ways = ways.union(*(self._ways.get(c, frozenset()) for c in task._control_inputs))
        if task.type in ("Merge", "RefMerge"):
            both = {pred for pred, _ in ways if (pred, 0) in ways and (pred, 1) in ways}
            ways = frozenset(way for way in ways if way[0] not in both)
        self._ways[task] = ways

    def _of(self, tensor: Tensor) -> Ways:
        ways = self._ways.get(tensor.op, frozenset())
        return ways | {(_root(tensor.op.inputs[1]), tensor.value_index)} if tensor.op.type in _SWITCHES else ways

    def joined(self, merge: Operation) -> tuple[Tensor | None, list[Tensor]]:
        """What the Merge chooses by, and the tensors for false and true; None and the only one if that is settled."""
        alive = [t for t in merge.inputs if not any(self._settled(pred, side) for pred, side in self._of(t))]
        if len(alive) != 2:  # none is, in a branch that is not taken itself
            return None, alive or list(merge.inputs)
        first, second = (self._of(t) for t in alive)
        for pred, side in sorted(first, key=lambda way: -way[0].op._id):
            if (pred, 1 - side) in second:
                return pred, alive[::-1] if side else alive
        return None, alive

    def dead(self, task: Operation | Loop) -> bool:
        """Whether it is known that the branch which a task is in is not taken."""
        return any(self._settled(pred, side) for pred, side in self._ways_of(task))

    def apart(self, one: Operation | Loop, other: Operation | Loop) -> bool:
        """Whether two tasks are in different branches of one cond."""
        return any((pred, 1 - side) in self._ways_of(other) for pred, side in self._ways_of(one))

    def _ways_of(self, task: Operation | Loop) -> Ways:
        return self._ways.get(task.ops[0] if isinstance(task, Loop) else task, frozenset())

    def _settled(self, pred: Tensor, side: int) -> bool:
        """Whether it is known that `pred` is not `side`."""
        value: Any = self._known(pred)
        return value is not None and value.dtype != object and bool(value) != bool(side)


def _root(pred: Tensor) -> Tensor:
    """Every `cond` reads its predicate through an Identity of its own."""
    while pred.op.type == "Identity":
        pred = pred.op.inputs[0]
    return pred


def outputs_of(task: Any) -> list[Tensor]:
    """The tensors that a task gives: an op's outputs, or what leaves a loop."""
    if isinstance(task, Loop):
        return [t for t in Parts.of(task).at_exit if t is not None]
    return task.outputs
