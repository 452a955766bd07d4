"""Parts of a plan that are recognised by what they look like.

    ("AddV2", ("MatMul", "x", "weights", {"transpose_b": True}), "bias")

A tuple is a step of a kind (`A|B` is either; `Kind:1` is its second output) and what its inputs have to be, with a dict
of those attrs that are not as most have them. A string stands for any slot, the same one wherever it comes again, and
a number or list for a constant of that value. The shape of a tensor may be a Shape step, or a constant if it was known
when the graph was built.
"""

from __future__ import annotations

from typing import Any

import torch

from ...graph.operation import Tensor
from ..plan import Step
from .draft import Draft

_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
_USUAL: dict[str, dict[str, Any]] = {
    "MatMul": {"transpose_a": False, "transpose_b": False},
    "StridedSlice": dict.fromkeys(_MASKS, 0),
}


class Match:
    """A part of `draft` that ends with the step `root` and looks like `pattern`, if `ok`."""

    def __init__(self, draft: Draft, producers: dict[int, Step], root: Step, pattern: tuple[Any, ...]) -> None:
        self.slots: dict[str, int] = {}  # what the pattern's names stand for
        self.steps: dict[int, Step] = {}  # by their ids
        self._draft, self._producers = draft, producers
        self._tensors: dict[Any, Tensor] = {}  # what the graph knows of each part of the pattern
        self.shapes: dict[Any, tuple[int, ...]] = {}  # of names and other parts, where they come as constants
        self.ok = self._fits(root.outputs[0], root.op.outputs[0], pattern) and all(
            self._tensors[key].shape._dims == dims for key, dims in self.shapes.items() if key in self._tensors
        )

    def _fits(self, slot: int, tensor: Tensor, pattern: Any) -> bool:
        if isinstance(pattern, str):
            self._tensors[pattern] = tensor
            return self.slots.setdefault(pattern, slot) == slot
        constant = self._draft.constants.get(slot)
        if not isinstance(pattern, tuple):
            return isinstance(constant, torch.Tensor) and constant.numel() < 8 and constant.tolist() == pattern
        kind, *inputs = pattern
        if kind == "Shape" and isinstance(constant, torch.Tensor):
            dims = tuple(constant.tolist())
            return self.shapes.setdefault(_key(inputs[0]), dims) == dims
        self._tensors[_key(pattern)] = tensor
        step = self._producers.get(slot)
        attrs = inputs.pop() if inputs[-1].__class__ is dict else {}
        if step is None or step.alive is not None or not _is(step, slot, kind, attrs):
            return False
        if len(inputs) != len(step.inputs) or len(inputs) != len(step.op.inputs):
            return False
        self.steps[id(step)] = step
        return all(map(self._fits, step.inputs, step.op.inputs, inputs))

    def gone(self, root: Step, shown: set[int]) -> set[int] | None:
        """Ids of the steps that nobody needs once `root` is done otherwise, and the slots `shown` are still filled.

        Shape arithmetic that others read too stays; None if they read any other number.
        """
        needed = set(self._draft.kept)
        for step in self._draft.steps:
            if id(step) not in self.steps:
                needed.update(step.inputs, step.alive or ())
        found: set[int] = set()
        for step in reversed(self._draft.steps):
            if id(step) not in self.steps:
                continue
            if step is root or needed.isdisjoint(set(step.outputs) - shown):
                found.add(id(step))
            elif any(t.dtype.is_floating for t in step.op.outputs):
                return None
            else:
                needed.update(step.inputs)
        return found


def _key(pattern: Any) -> Any:
    return pattern if isinstance(pattern, str) else id(pattern)


def _is(step: Step, slot: int, kind: str, attrs: dict[str, Any]) -> bool:
    kinds, _, output = kind.partition(":")
    if step.kind not in kinds.split("|") or step.outputs[int(output or 0)] != slot:
        return False
    return all(step.attrs.get(name, value) == attrs.get(name, value) for name, value in _USUAL.get(kinds, {}).items())
