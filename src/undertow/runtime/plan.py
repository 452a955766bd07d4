"""A plan: what one `Session.run` does, as a flat list of calls over numbered slots.

Making it is `lower.py`'s work; running it again does no graph work at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import torch

from ..graph import errors
from ..graph.operation import Operation
from ..kernels.control_flow import DEAD

if TYPE_CHECKING:
    from .captured import Captured


@dataclass(slots=True, eq=False)
class Step:
    """One call: it reads slots, fills slots, and is recorded for gradients or not.

    `call` takes the values of `inputs` and returns one value, or one for each of `outputs` where they are several.
    """

    op: Operation
    kind: str  # the op's type, or what the runtime adds: "read", "leaf", "gate"
    call: Callable[..., Any]
    inputs: list[int]
    outputs: list[int]
    recorded: bool = False
    attrs: dict[str, Any] = field(default_factory=dict)
    alive: list[int] | None = None  # slots of which none may be DEAD for the step to run; None: it always runs


@dataclass(slots=True)
class Fetch:
    """Where a fetched value is, and whether its memory is anyone else's."""

    slot: int
    shared: bool


class Plan:
    """Steps in order, the slots that are filled from the start (constants, variables), what is fed and fetched."""

    def __init__(
        self, steps: list[Step], constants: dict[int, Any], size: int, feeds: list[int], fetches: list[Fetch | None]
    ) -> None:
        self.steps = steps
        self.feeds = feeds
        self.fetches = fetches
        self.captured: Captured | None = None  # how it is run where its work can be recorded
        self._slots: list[Any] = [None] * size
        for slot, value in constants.items():
            self._slots[slot] = value
        self._filled = constants.keys()
        self._segments = self._segmented(constants)

    def _segmented(self, constants: dict[int, Any]) -> list[tuple[bool, list[tuple[Any, ...]]]]:
        """The steps grouped by whether they are recorded, each with the slots that nobody reads after it."""
        last: dict[int, int] = {}
        for i, step in enumerate(self.steps):
            for slot in (*step.inputs, *step.outputs, *(step.alive or ())):
                last[slot] = i
        keep = {f.slot for f in self.fetches if f} | set(constants)
        segments: list[tuple[bool, list[tuple[Any, ...]]]] = []
        for i, step in enumerate(self.steps):
            touched = dict.fromkeys((*step.inputs, *step.outputs, *(step.alive or ())))
            free = tuple(s for s in touched if last[s] == i and s not in keep)
            if not segments or segments[-1][0] != step.recorded:
                segments.append((step.recorded, []))
            outputs: Any = step.outputs[0] if len(step.outputs) == 1 else tuple(step.outputs)
            taken = _taking((*step.inputs, *(step.alive or ())))
            segments[-1][1].append((guarded(step), taken, outputs, free, step.op))
        return segments

    def run(self, fed: Sequence[Any]) -> list[Any]:
        """Run once on the values fed; returns the fetched values as the kernels made them."""
        slots = self._slots.copy()
        for slot, value in zip(self.feeds, fed):
            slots[slot] = value
        recording = torch.is_grad_enabled()
        op = None
        try:
            for recorded, steps in self._segments:
                torch._C._set_grad_enabled(recorded)
                for call, taken, outputs, free, op in steps:  # noqa: B007 - read where an error is told
                    result = call(*taken(slots))
                    if outputs.__class__ is int:
                        slots[outputs] = result
                    else:
                        for slot, value in zip(outputs, result):
                            slots[slot] = value
                    for slot in free:
                        slots[slot] = None
        except Exception as error:
            raise blamed(error, op, taken(slots) if op is not None else ()) from None
        finally:
            torch._C._set_grad_enabled(recording)
        return [None if f is None else slots[f.slot] for f in self.fetches]

    def part(self, steps: list[Step], feeds: list[int], fetches: list[int]) -> Plan:
        """A plan over the same slots that takes other steps, and is fed and asked for these slots."""
        constants = {slot: self._slots[slot] for slot in self._filled}
        return Plan(steps, constants, len(self._slots), feeds, [Fetch(slot, shared=True) for slot in fetches])

    def first_slots(self) -> list[Any]:
        """The slots before anything has run."""
        return self._slots.copy()

    def filled(self) -> set[int]:
        """Which of them have a value from the start."""
        return set(self._filled)

    def check_alive(self, values: list[Any]) -> None:
        """`InvalidArgumentError` if a fetched value is of a branch that was not taken."""
        for i, value in enumerate(values):
            if value is DEAD:
                raise errors.InvalidArgumentError(None, None, f"Retval[{i}] does not have value")


def _taking(inputs: tuple[int, ...]) -> Callable[[list[Any]], Sequence[Any]]:
    """What takes the values of some slots, without a loop in Python."""
    if len(inputs) > 1:
        return itemgetter(*inputs)
    return itemgetter(slice(inputs[0], inputs[0] + 1) if inputs else slice(0))


def guarded(step: Step) -> Callable[..., Any]:
    """The step's call; in a branch that may not be taken, one that first looks whether it is."""
    if step.alive is None:
        return step.call
    call, count, several = step.call, len(step.inputs), len(step.outputs) != 1
    if step.kind in ("Merge", "RefMerge"):
        return lambda *values: call(*values[:count])  # it is for Merge to look for the input that is alive
    dead: Any = [DEAD] * len(step.outputs) if several else DEAD

    def guarded(*values: Any) -> Any:
        for value in values:
            if value is DEAD:
                return dead
        return call(*values[:count])

    return guarded


def blamed(error: Exception, op: Operation | None, inputs: Sequence[Any] = ()) -> Exception:
    """The error that a program sees for what went wrong in a kernel: TensorFlow's class, naming the op."""
    if isinstance(error, errors.OpError):
        if error._op is None and op is not None:
            return type(error)(None, op, error.message)
        return error
    if op is None:
        return error
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return errors.ResourceExhaustedError(None, op, f"OOM when running {op.type} {op.name!r}: {error}")
    if isinstance(error, NotImplementedError):
        return errors.UnimplementedError(None, op, f"{op.type} {op.name!r}: {_first_line(error)}")
    if isinstance(error, (RuntimeError, ValueError, IndexError)):
        if op.type in ("PyFunc", "PyFuncStateless", "EagerPyFunc"):
            return error
        message = _of_shapes(error, inputs) or f"{op.type} {op.name!r}: {_first_line(error)}"
        return errors.InvalidArgumentError(None, op, message)
    return error


# How torch's sentence starts -> TensorFlow's, of the two shapes that do not fit.
_SENTENCES = {
    "The size of tensor a": "Incompatible shapes: {} vs. {}",
    "mat1 and mat2 shapes cannot be multiplied": "Matrix size-incompatible: In[0]: {}, In[1]: {}",
}


def _of_shapes(error: Exception, inputs: Sequence[Any]) -> str | None:
    """What TensorFlow says of two shapes that do not fit, if that is what is wrong."""
    shapes = ["[" + ",".join(map(str, value.shape)) + "]" for value in inputs if isinstance(value, torch.Tensor)]
    for start, sentence in _SENTENCES.items():
        if str(error).startswith(start) and len(shapes) == 2:
            return sentence.format(*shapes)
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
