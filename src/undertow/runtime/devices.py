"""Where a session runs: one accelerator if there is one, and the host for what TensorFlow keeps there."""

from __future__ import annotations

from typing import Any

import torch

from ..graph.device import DeviceSpec
from ..graph.dtypes import resource
from ..graph.operation import Operation, Tensor
from ..kernels.registry import Kernel
from ..ops import handles, registry
from .order import reference_inputs
from .plan import Step

HOST = torch.device("cpu")
_ALWAYS_HOST = {"Shape", "ShapeN", "Size", "Rank"}
_HOST_DTYPES = {"int32", "string", "resource", "variant"}  # TensorFlow keeps these in host memory


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

    def device(self, op: Operation) -> torch.device:
        """Where an op with no inputs of its own (a variable, a random op) keeps its values."""
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

    def _asked_for_host(self, op: Operation) -> bool:
        return bool(op.device) and DeviceSpec.from_string(op.device).device_type == "CPU"

    def constant(self, op: Operation, value: Any) -> Any:
        """A constant's value on its device, its own from now on."""
        if self.main == HOST or not isinstance(value, torch.Tensor):
            return value
        place = self._places[op.outputs[0]] = self.device(op)
        return value.to(place)

    def feed(self, tensor: Tensor, value: Any) -> Any:
        """A fed value on the device where the plan expects it."""
        if self.main == HOST or not isinstance(value, torch.Tensor):
            return value
        return value.to(self.fed(tensor), non_blocking=True)

    def fed(self, tensor: Tensor) -> torch.device:
        """Where a plan expects what is fed for a tensor."""
        return HOST if tensor.dtype.base_dtype.name in _HOST_DTYPES else self.main

    def moved(self, lowering: Any, op: Operation, kernel: Kernel, slots: list[int]) -> list[int]:
        """The slots of an op's inputs, brought to where the op runs by steps of their own."""
        if self.main == HOST:
            return slots
        where = HOST if kernel.on_host else self._runs_on(lowering, op)
        for tensor in op.outputs:
            host = op.type in _ALWAYS_HOST or tensor.dtype.base_dtype.name in ("string", "resource", "variant")
            self._places[tensor] = HOST if host else where
        if op.type in _ALWAYS_HOST:
            return slots
        names = _input_names(op)
        result = []
        for tensor, slot, name, by_reference in zip(op.inputs, slots, names, reference_inputs(op)):
            wanted = HOST if name in kernel.host else where
            if by_reference or tensor.dtype is resource or self._place(lowering, tensor) == wanted:
                result.append(slot)
                continue
            target = lowering.new_slot()
            lowering.steps.append(
                Step(op, "move", _mover(wanted), [slot], [target], op in lowering.recorded, alive=lowering._alive(op))
            )
            result.append(target)
        return result

    def carried(self, lowering: Any, op: Operation, tensor: Tensor, slot: int) -> int:
        """The slot of a tensor on its way into a loop's plan, on the device where that plan expects it."""
        if self.main == HOST or _stays(tensor) or self._place(lowering, tensor) == self.fed(tensor):
            return slot
        target = lowering.new_slot()
        call, alive = _mover(self.fed(tensor)), lowering._alive(tensor.op)
        step = Step(op, "move", call, [slot], [target], recorded=True, alive=alive)  # gradients go the same way
        lowering.steps.append(step)
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
        if op.inputs and all(
            t.dtype.base_dtype.name in (*_HOST_DTYPES, "bool") and self._place(lowering, t) == HOST for t in op.inputs
        ):
            outputs_stay = all(t.dtype.base_dtype.name in (*_HOST_DTYPES, "bool", "int64") for t in op.outputs)
            return HOST if outputs_stay else self.main
        return self.main


def _stays(tensor: Tensor) -> bool:
    """Whether what a tensor stands for is no value that could be moved, but a variable or the like."""
    return tensor.dtype._is_ref_dtype or tensor.dtype is resource


def _input_names(op: Operation) -> list[str]:
    return [arg.name for arg in registry.get(op.type).inputs for _ in range(arg.count(op.attrs))]


def _mover(device: torch.device) -> Any:
    leaves = device.type != "cpu"  # what comes to the host must be there; what leaves it has been copied at once

    def move(value: Any) -> Any:
        return value.to(device, non_blocking=leaves) if isinstance(value, torch.Tensor) else value

    return move
