"""Max-pool before relu: they commute, and relu then touches a fraction of the elements, both ways."""

from __future__ import annotations

from ..plan import Step
from .draft import Draft


def pool_before_relu(draft: Draft) -> None:
    """Relu, then MaxPool of its output and of nothing else: swapped.

    Where the largest element of a window is not positive both orders give 0 and no gradient; where it is, the same one
    is found first.
    """
    readers = draft.readers()
    changes: dict[int, Step | None] = {}
    for relu in draft.steps:
        if relu.kind != "Relu":
            continue
        pool = draft.only_reader(relu, readers)
        if pool is None or pool.kind != "MaxPool" or pool.recorded != relu.recorded or pool.alive != relu.alive:
            continue
        pooled = draft.new_slot()
        changes[id(relu)] = Step(
            pool.op, "MaxPool", pool.call, relu.inputs, [pooled], pool.recorded, pool.attrs, pool.alive
        )
        changes[id(pool)] = Step(
            relu.op, "Relu", relu.call, [pooled], pool.outputs, relu.recorded, relu.attrs, relu.alive
        )
    draft.replace(changes)
