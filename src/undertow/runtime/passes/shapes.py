"""Shape arithmetic is done once for each set of shapes that it depends on, not at each run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from ...kernels.registry import KERNELS
from ...ops.constant_value import FROM_SHAPE, SHAPE_ARITHMETIC
from ..plan import Step
from .draft import Draft, in_turn

REMEMBERED = 64  # sets of shapes; a plan that meets more starts anew
LARGE = 2**16  # elements from which results are not kept
NO_NUMBERS = {"string", "resource", "variant"}
LIKE = {"ZerosLike", "OnesLike"}
SHAPE_ALONE = {*FROM_SHAPE, *LIKE}  # look at no number of their input
KINDS = SHAPE_ARITHMETIC - {"Identity", "StopGradient"} | SHAPE_ALONE | {"RealDiv"}  # but what costs nothing anyway


def shapes_once(draft: Draft) -> None:
    """Shapes, and what is computed from them and from constants alone, become steps that remember their results.

    Such a step stands where the last of the tensors whose shapes it takes is there.
    """
    producer = {slot: i for i, step in enumerate(draft.steps) for slot in step.outputs}
    seen = _seen_outside(draft, producer)
    # A step of shape arithmetic -> after which step it can be done, and whether it may give much: real numbers, labels
    # say. Such steps are a group by themselves, lest shapes be forgotten because those are too large to keep.
    ready: dict[int, tuple[int, bool]] = {}
    for i, step in enumerate(draft.steps):
        if step.kind not in KINDS or step.recorded or step.alive is not None or step.op._control_inputs:
            continue
        if not seen.isdisjoint(step.outputs) or (step.kind in LIKE and step.attrs["T"].name in NO_NUMBERS):
            continue
        after = [_after(draft, step, slot, producer, ready) for slot in step.inputs]
        if None not in after:
            known = [a for a in after if a is not None]
            much = any(m for _, m in known) or step.op.outputs[0].dtype.is_floating
            ready[i] = max((at for at, _ in known), default=-1), much
    groups: dict[tuple[int, bool], list[Step]] = {}
    for i, group in ready.items():
        groups.setdefault(group, []).append(draft.steps[i])
    readers = draft.readers()
    steps: list[Step] = []
    for i in range(-1, len(draft.steps)):
        if i >= 0 and i not in ready:
            steps.append(draft.steps[i])
        steps.extend(
            _together(groups[i, much], readers, draft.constants) for much in (False, True) if (i, much) in groups
        )
    draft.steps[:] = steps


def _after(
    draft: Draft, step: Step, slot: int, producer: dict[int, int], ready: dict[int, tuple[int, bool]]
) -> tuple[int, bool] | None:
    """After which step an input of shape arithmetic is known; None if it depends on more than shapes."""
    at = producer.get(slot, -1)
    if at in ready:
        return ready[at]
    if step.kind in SHAPE_ALONE:
        return at, False
    return (-1, False) if isinstance(draft.constants.get(slot), (torch.Tensor, np.ndarray)) else None


def _seen_outside(draft: Draft, producer: dict[int, int]) -> set[int]:
    """Slots whose memory may leave the plan: the fetched ones, and what those may be views of."""
    seen: set[int] = set()
    stack = list(draft.kept)
    while stack:
        slot = stack.pop()
        if slot in seen:
            continue
        seen.add(slot)
        if slot in producer:
            step = draft.steps[producer[slot]]
            kernel = KERNELS.get(step.kind)
            if kernel is None or kernel.view:
                stack.extend(step.inputs)
    return seen


def _together(group: list[Step], readers: dict[int, list[Step]], constants: dict[int, Any]) -> Step:
    """One step in place of several, that remembers."""
    inside = {id(step) for step in group}
    made = {slot for step in group for slot in step.outputs}
    shaped: dict[int, None] = {}
    given: dict[int, None] = {}
    for step in group:
        for slot in step.inputs:
            if slot not in made and slot not in constants:
                (shaped if step.kind in SHAPE_ALONE else given)[slot] = None
    outputs = [
        slot for step in group for slot in step.outputs if any(id(r) not in inside for r in readers.get(slot, ()))
    ]
    inputs = [*shaped, *given]
    call = _remembering(group, inputs, len(shaped), outputs, constants)
    return Step(group[0].op, "shapes", call, inputs, outputs)


def _remembering(
    group: list[Step], inputs: list[int], shaped: int, outputs: list[int], constants: dict[int, Any]
) -> Callable[..., Any]:
    one = len(outputs) == 1
    # Results by the shapes, and by the identity of what other such steps gave, kept beside them so that it lives.
    remembered: dict[Any, tuple[Any, tuple[Any, ...]]] = {}

    compute = in_turn(group, inputs, outputs, constants)

    def call(*values: Any) -> Any:
        key = (*[v.shape for v in values[:shaped]], *[id(v) for v in values[shaped:]])
        found = remembered.get(key)
        if found is not None:
            return found[0]
        result = compute(*values)
        if _size((result,) if one else result) + _size(values[shaped:]) <= LARGE:
            if len(remembered) == REMEMBERED:
                remembered.clear()
            remembered[key] = result, values[shaped:]
        return result

    return call


def _size(values: Sequence[Any]) -> int:
    return sum(v.size if isinstance(v, np.ndarray) else v.numel() for v in values)
