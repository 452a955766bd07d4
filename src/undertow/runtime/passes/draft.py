"""A plan that is still being written: its steps, who reads which slot, and which slots are fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..plan import Step, blamed


@dataclass
class Draft:
    """Steps in order, the slots whose values leave the plan, those that are filled from the start, a maker of slots."""

    steps: list[Step]
    kept: set[int]
    constants: dict[int, Any]
    new_slot: Callable[[], int]

    def readers(self) -> dict[int, list[Step]]:
        """For each slot the steps that read it, or wait for it."""
        found: dict[int, list[Step]] = {}
        for step in self.steps:
            for slot in (*step.inputs, *(step.alive or ())):
                found.setdefault(slot, []).append(step)
        return found

    def only_reader(self, step: Step, readers: dict[int, list[Step]]) -> Step | None:
        """The one step that reads a step's one output, if nobody else sees it."""
        if len(step.outputs) != 1 or step.outputs[0] in self.kept:
            return None
        found = readers.get(step.outputs[0], [])
        return found[0] if len(found) == 1 else None

    def replace(self, old: dict[int, Step | None]) -> None:
        """Put other steps, or none, in the place of those with these `id`s."""
        steps = [old.get(id(step), step) for step in self.steps]
        self.steps[:] = [step for step in steps if step is not None]


def in_turn(steps: list[Step], inputs: list[int], outputs: list[int], constants: dict[int, Any]) -> Callable[..., Any]:
    """Several steps as one: a function of what is in `inputs` that gives `outputs`, or the one there is."""

    def call(*values: Any) -> Any:
        slots = dict(zip(inputs, values))
        for step in steps:
            arguments = [slots[i] if i in slots else constants[i] for i in step.inputs]
            try:
                result = step.call(*arguments)
            except Exception as error:
                raise blamed(error, step.op, arguments) from None
            slots.update([(step.outputs[0], result)] if len(step.outputs) == 1 else zip(step.outputs, result))
        return slots[outputs[0]] if len(outputs) == 1 else [slots[i] for i in outputs]

    return call
