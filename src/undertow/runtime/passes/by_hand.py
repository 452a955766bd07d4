"""Gradients of small networks as steps of their own: torch records nothing, and its engine has nothing to do.

What recording and the engine cost is the same for every kernel, small or large: a third of a step of many small ones.
"""

from __future__ import annotations

from typing import Any

import torch

from ...kernels.registry import KERNELS
from ..autograd import leaf
from ..plan import Step
from .backward_images import OF_IMAGES
from .backward_steps import BACKWARD, Grads
from .draft import Draft

_ROWS = BACKWARD | OF_IMAGES


def gradients_by_hand(draft: Draft) -> None:
    """The one gradient of a plan, if the steps between are all of kinds whose gradient is in the tables."""
    nodes = [step for step in draft.steps if step.kind == "SymbolicGradient"]
    if len(nodes) != 1 or nodes[0].recorded or nodes[0].alive is not None:
        return
    (node,) = nodes
    counts = [node.op.attrs[key] for key in ("_targets", "_ys", "_grad_ys", "_stops")]
    ys, targets = node.inputs[: counts[1]], node.inputs[counts[1] :]
    leaves = [step for step in draft.steps if step.kind == "leaf"]
    made_by_leaves = {slot for step in leaves for slot in step.outputs if step.call is leaf and not step.recorded}
    if counts[2] or counts[3] or len({*targets}) != len(targets) or made_by_leaves != {*targets}:
        return
    recorded = [step for step in draft.steps if step.recorded]
    if not all(map(_has_gradient, recorded)):
        return
    if draft.steps.index(node) < max(map(draft.steps.index, recorded), default=0):
        return
    tape = _Tape(draft, recorded, {*targets})
    backward = tape.backward(node, ys, targets)
    if backward is None:
        return
    for step in recorded:
        _unrecord(draft, step)
    for step in leaves:
        step.call = _same
    at = draft.steps.index(node)
    draft.steps[at : at + 1] = backward


class _Tape:
    """What a plan records, and the slots of the gradients found so far."""

    def __init__(self, draft: Draft, recorded: list[Step], leaves: set[int]) -> None:
        self._draft, self._recorded = draft, recorded
        self._reached = set(leaves)  # slots that depend on a target
        for step in recorded:
            if not self._reached.isdisjoint(step.inputs):
                self._reached.add(step.outputs[0])
        # Loops record what they do by themselves.
        self._elsewhere = any(
            step.kind not in KERNELS and not step.recorded and not self._reached.isdisjoint(step.inputs)
            for step in draft.steps
            if step.kind != "SymbolicGradient"
        )
        self._found: dict[int, list[int]] = {}  # slot -> slots of what adds up to its gradient
        self._steps: list[Step] = []

    def backward(self, node: Step, ys: list[int], targets: list[int]) -> list[Step] | None:
        """The steps in place of `node`; None where there are other ways, a y of no target, or a target of no y."""
        if self._elsewhere or not self._reached.issuperset(ys):
            return None
        for y in ys:
            self._add(node, torch.ones_like, [y], [y])
        for step in reversed(self._recorded):
            if step.outputs[0] in self._found:
                self._backward(node, step)
        if not self._found.keys() >= {*targets}:
            return None
        gradients = [self._sum(node, slot) for slot in targets]
        made = dict(zip(gradients, node.outputs))
        for step in self._steps:
            step.outputs = [made.get(slot, slot) for slot in step.outputs]
            step.inputs = [made.get(slot, slot) for slot in step.inputs]
        return self._steps

    def _backward(self, node: Step, step: Step) -> None:
        needed = [slot in self._reached for slot in step.inputs]
        if not any(needed):
            return
        row = _ROWS[step.kind]
        saved = [self._draft.new_slot() for _ in range(row.saved)]
        if saved:
            step.attrs = {**step.attrs, "saved": saved}
        read = [*(step.inputs if row.inputs else []), *(step.outputs[:1] if row.output else [])]
        inputs = [*read, *saved, self._sum(node, step.outputs[0])]
        wanted = [slot for slot, need in zip(step.inputs, needed) if need]
        self._add(node, row.gradients(step, needed), inputs, wanted, step)

    def _sum(self, node: Step, slot: int) -> int:
        parts = self._found[slot]
        if len(parts) > 1:
            self._found[slot] = []
            self._add(node, _sum, parts, [slot])
        return self._found[slot][0]

    def _add(self, node: Step, call: Grads, inputs: list[int], of: list[int], step: Step | None = None) -> None:
        """A step that gives gradients `of` slots; those of the inputs of `step`, if there is one."""
        outputs = [self._draft.new_slot() for _ in of]
        kind, attrs = ("gradient", {}) if step is None else (f"{step.kind} gradient", {"gradient_of": step})
        self._steps.append(Step(node.op, kind, call, inputs, outputs, attrs=attrs))
        for slot, output in zip(of, outputs):
            self._found.setdefault(slot, []).append(output)


def _has_gradient(step: Step) -> bool:
    row = _ROWS.get(step.kind)
    real = all(t.dtype.name in ("float32", "float64") for t in step.op.outputs[:1])
    return row is not None and step.alive is None and real and row.suits(step)


def _unrecord(draft: Draft, step: Step) -> None:
    step.recorded = False
    saved = step.attrs.get("saved")
    forward = _ROWS[step.kind].forward
    if saved and forward is not None:
        step.call, step.outputs = forward(step), [*step.outputs, *saved]


def _sum(*parts: Any) -> Any:
    return torch.stack(parts).sum(0) if len(parts) > 2 else parts[0] + parts[1]


def _same(value: Any) -> Any:
    return value
