"""What changes nothing goes: identities, stops of no gradient, reshapes to the same shape and their arithmetic."""

from __future__ import annotations

from ...graph.operation import Tensor
from ...kernels.registry import KERNELS
from ...ops.constant_value import SHAPE_ARITHMETIC
from ..plan import Step
from .draft import Draft

REMOVABLE = {"Identity", "Reshape", "StopGradient"}


def needless_reshapes(draft: Draft) -> None:
    """An Identity, a Reshape to a shape known to be the one it has, a StopGradient of what no gradient goes into.

    Their readers read their input.
    Losses reshape logits to a matrix, by a chain of shape arithmetic, when they are one already.
    """
    renamed: dict[int, int] = {}
    producers: dict[int, Step] = {}
    idle: set[int] = set()  # slots that lost a reader
    changes: dict[int, Step | None] = {}
    for step in draft.steps:
        step.inputs = [renamed.get(slot, slot) for slot in step.inputs]
        if step.alive is not None:
            step.alive = [renamed.get(slot, slot) for slot in step.alive]
        producers.update(dict.fromkeys(step.outputs, step))
        if step.kind not in REMOVABLE or step.alive is not None or step.outputs[0] in draft.kept:
            continue
        if step.kind == "Identity" or (step.kind == "StopGradient" and _unrecorded(producers.get(step.inputs[0]))):
            renamed[step.outputs[0]] = step.inputs[0]
            changes[id(step)] = None
        elif step.kind == "Reshape" and _same_shape(step.op.inputs[0], step.op.outputs[0]):
            renamed[step.outputs[0]] = step.inputs[0]
            idle.add(step.inputs[1])
            changes[id(step)] = None
    draft.replace(changes)
    _drop_idle(draft, idle)


def _unrecorded(step: Step | None) -> bool:
    """Whether no gradient would go into a step: its kernel makes tensors of its own, while nothing is recorded."""
    return step is not None and not step.recorded and step.kind in KERNELS and not KERNELS[step.kind].view


def _same_shape(before: Tensor, after: Tensor) -> bool:
    """Whether the element count leaves no other shape: all dimensions known alike, but for at most one."""
    old, new = before.shape._dims, after.shape._dims
    if old is None or old != new:
        return False
    return sum(d is None for d in old) <= 1 and 0 not in old


def _drop_idle(draft: Draft, idle: set[int]) -> None:
    """Leave out the arithmetic whose last reader has gone."""
    if not idle:
        return
    readers = {slot: len(steps) for slot, steps in draft.readers().items()}
    kept: list[Step] = []
    for step in reversed(draft.steps):
        unread = idle.issuperset(step.outputs) and not any(readers.get(s) or s in draft.kept for s in step.outputs)
        if unread and step.kind in SHAPE_ARITHMETIC and step.alive is None:
            for slot in step.inputs:
                readers[slot] -= 1
            idle.update(step.inputs)
        else:
            kept.append(step)
    draft.steps[:] = reversed(kept)
