"""Where a session runs: one accelerator if there is one, and the host for what TensorFlow keeps there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch

from ..graph.device import DeviceSpec
from ..graph.dtypes import resource
from ..graph.operation import Operation, Tensor
from ..kernels.registry import KERNELS, Kernel
from ..ops import handles, registry
from .order import reference_inputs
from .plan import Step

HOST = torch.device("cpu")
_ANYWHERE = {"Shape", "ShapeN", "Size", "Rank", "Assert"}  # ask inputs wherever they are, and answer on the host
_HOST_DTYPES = {"int32", "string", "resource", "variant"}  # TensorFlow keeps these in host memory
_PLACEHOLDERS = {"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"}
_COUNTS = {*_HOST_DTYPES, "bool", "int64"}  # what is made of these on the host is made there
_STAY = ("string", "resource", "variant")  # what is on the host wherever it is made


def accelerator() -> torch.device | None:
    """The device that takes the work if there is one beside the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    if torch.backends.mps.is_available():
        return torch.device("mps", 0)
    return None


class Placement:
    """On which device each op of a session runs, and each of its values is.

    `tf.device` is honoured softly, as with `allow_soft_placement`: a `/cpu:0` keeps an op on the host, a `/gpu:N` that
    is not there runs where the rest does. int32 and strings stay on the host, so shapes never wait for a GPU.
    """

    def __init__(self, main: torch.device) -> None:
        self.main = main
        self._places: dict[Tensor, torch.device] = {}
        self._fed: dict[Tensor, torch.device] = {}
        self._runs: dict[Operation, torch.device] = {}

    def device(self, op: Operation) -> torch.device:
        """Where an op runs; for one with no inputs of its own (a variable, say) where it keeps its values."""
        if op in self._runs:
            return self._runs[op]
        if self.main == HOST or self._asked_for_host(op):
            return HOST
        return HOST if op.outputs and op.outputs[0].dtype.base_dtype.name in _HOST_DTYPES else self.main

    def storage(self, op: Operation) -> torch.device:
        """Where the values of a variable are."""
        if op.type != "VarHandleOp":
            return self.device(op)
        on_host = self._asked_for_host(op) or op.attrs["dtype"].name in _HOST_DTYPES
        return HOST if on_host else self.main

    def note_read(self, op: Operation) -> None:
        """What a ReadVariableOp gives is where the variable is, wherever the op was asked to be."""
        self._places[op.outputs[0]] = self.storage(handles.source(op.inputs[0]))

    def note_gradients(self, lowering: Any, op: Operation, targets: Iterable[Tensor]) -> None:
        """A gradient is where that is which it is taken by."""
        for tensor, target in zip(op.outputs, targets):
            known = target.dtype is resource
            self._places[tensor] = self.storage(handles.source(target)) if known else self._place(lowering, target)

    def _asked_for_host(self, op: Operation) -> bool:
        return bool(op.device) and DeviceSpec.from_string(op.device).device_type == "CPU"

    def constant(self, op: Operation, value: Any) -> Any:
        """A constant's value on its device, its own from now on."""
        if self.main == HOST or not isinstance(value, torch.Tensor):
            return value
        decides = value.dtype == torch.bool and not value.dim()  # which branch, mostly
        on_host = decides or all(_readers_on_host(op.outputs[0]))
        place = self._places[op.outputs[0]] = HOST if on_host else self.device(op)
        return value.to(place)

    def feed(self, tensor: Tensor, value: Any) -> Any:
        """A fed value on the device where the plan expects it."""
        if self.main == HOST or not isinstance(value, torch.Tensor):
            return value
        return value.to(self.fed(tensor), non_blocking=True)

    def fed(self, tensor: Tensor) -> torch.device:
        """Where a plan expects what is fed for a tensor."""
        if tensor not in self._fed:  # what is decided once holds, whoever else comes to read it
            wanted = tensor.op.type in _PLACEHOLDERS and _wanted_on_host(tensor)
            self._fed[tensor] = HOST if wanted else self._in_loop(tensor)
        return self._fed[tensor]

    def _in_loop(self, tensor: Tensor) -> torch.device:
        """Where a loop's plan expects what it is given for a tensor."""
        return HOST if tensor.dtype.base_dtype.name in _HOST_DTYPES else self.main

    def moved(self, lowering: Any, op: Operation, kernel: Kernel, slots: list[int]) -> list[int]:
        """The slots of an op's inputs, brought to where the op runs by steps of their own."""
        if self.main == HOST:
            return slots
        where = self._runs[op] = HOST if kernel.on_host else self._runs_on(lowering, op)
        for tensor, name in zip(op.outputs, _names(op, registry.get(op.type).outputs)):
            host = op.type in _ANYWHERE or tensor.dtype.base_dtype.name in _STAY or name in kernel.host
            self._places[tensor] = HOST if host else where
        names = _names(op, registry.get(op.type).inputs)
        result = []
        for tensor, slot, name, by_reference in zip(op.inputs, slots, names, reference_inputs(op)):
            place = self._place(lowering, tensor)
            wanted = HOST if name in kernel.host else place if op.type in _ANYWHERE else where
            if by_reference or tensor.dtype is resource or place == wanted:
                result.append(slot)
                continue
            recorded, alive = op in lowering.recorded, lowering._alive(op)
            key = (slot, wanted, recorded)
            target = lowering.moves.get(key) if alive is None else None
            if target is None:
                target = lowering.new_slot()
                lowering.steps.append(move_step(op, wanted, slot, target, recorded, alive))
                if alive is None:
                    lowering.moves[key] = target
            result.append(target)
        return result

    def carried(self, lowering: Any, op: Operation, tensor: Tensor, slot: int) -> int:
        """The slot of a tensor on its way into a loop's plan, on the device where that plan expects it."""
        if self.main == HOST or _stays(tensor) or self._place(lowering, tensor) == self._in_loop(tensor):
            return slot
        target = lowering.new_slot()
        alive = lowering._alive(tensor.op)
        lowering.steps.append(
            move_step(op, self._in_loop(tensor), slot, target, True, alive)
        )  # gradients go the same way
        return target

    def _place(self, lowering: Any, tensor: Tensor) -> torch.device:
        if tensor in lowering.fed:
            return self.fed(tensor)
        return self._places.get(tensor, self.device(tensor.op))

    def _runs_on(self, lowering: Any, op: Operation) -> torch.device:
        if self._asked_for_host(op):
            return HOST
        if handles.uses(op.type):
            return self.storage(handles.source(op.inputs[0]))  # a variable is read and changed where it is
        if op.type.startswith(("StackPush", "StackPop")):
            return self._in_loop(op.outputs[0])
        for tensor, by_reference in zip(op.inputs, reference_inputs(op)):
            if by_reference:
                return self._place(lowering, tensor)
        if any(t.dtype.base_dtype.name == "string" for t in (*op.inputs, *op.outputs)):
            return HOST
        stay = op.inputs and all(t.dtype.base_dtype.name in _COUNTS for t in (*op.inputs, *op.outputs))
        return HOST if stay and all(self._place(lowering, t) == HOST for t in op.inputs) else self.main


def _stays(tensor: Tensor) -> bool:
    """Whether what a tensor stands for is no value that could be moved, but a variable or the like."""
    return tensor.dtype._is_ref_dtype or tensor.dtype is resource


def _wanted_on_host(tensor: Tensor) -> bool:
    """Whether what is fed would have to come back: what chooses a branch, ids that are looked up on the host."""
    dtype = tensor.dtype.name
    return (dtype == "bool" and tensor.shape.rank == 0) or (
        dtype in ("bool", "int64") and any(_readers_on_host(tensor))
    )


def _readers_on_host(tensor: Tensor) -> Iterator[bool]:
    """For each use of a tensor whether that is on the host, whatever else the op does."""
    for op in dict.fromkeys(tensor._consumers):
        kernel = KERNELS.get(op.type)
        for name, value in zip(_names(op, registry.get(op.type).inputs), op.inputs):
            if value is tensor:
                yield kernel is not None and (kernel.on_host or name in kernel.host)


def _names(op: Operation, arguments: Iterable[Any]) -> list[str]:
    """For each input, or output, of an op the name of the argument that it is of."""
    return [arg.name for arg in arguments for _ in range(arg.count(op.attrs))]


def move_step(
    op: Operation, device: torch.device, slot: int, target: int, recorded: bool, alive: list[int] | None = None
) -> Step:
    """What brings the value of a slot to a device."""
    away = device != HOST  # nobody waits for what goes to the device: the order of work there is enough

    def move(value: Any) -> Any:
        return value.to(device, non_blocking=away) if isinstance(value, torch.Tensor) else value

    return Step(op, "move", move, [slot], [target], recorded, {"to": device}, alive)
