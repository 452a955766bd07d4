"""What a traced run notes: for every op when it began and ended, and what memory its outputs took.

A traced run has a plan of its own, whose calls are wrapped; the plans of other runs know nothing of it.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from ..graph.operation import Operation
from .plan import Step
from .store import Cell

# Steps that do nothing of their own: a loop's time is in the steps inside it.
_SILENT = {"While", "leaf", "gate"}
_ADDED = {"read", "move"}  # steps that the runtime adds for an op that has one of its own


class Output(NamedTuple):
    """A value that an op gave: `allocated` is the part of its `bytes` that is not memory of the op's inputs."""

    dtype: Any  # torch's, or NumPy's
    shape: tuple[int, ...]
    bytes: int
    allocated: int
    address: int


class Record(NamedTuple):
    """One op having run once; times in nanoseconds since the epoch."""

    name: str
    type: str
    label: str  # "name = Type(inputs)", as TensorFlow's timelines have it
    device: str
    thread: int
    start: int
    end: int
    inside: int  # how much of the time the records of other ops account for
    outputs: tuple[Output, ...]


def describe(value: Any, known: frozenset[int] = frozenset()) -> Output | None:
    """A value's dtype, shape and memory; None for what is no array. `known` are addresses of memory there was before"""
    if isinstance(value, Cell):
        value = value.value
    if isinstance(value, torch.Tensor):
        strided = value.layout is torch.strided
        size, address = value.numel() * value.element_size(), value.data_ptr() if strided else 0
        return Output(value.dtype, tuple(value.shape), size, 0 if address in known else size, address)
    if isinstance(value, np.ndarray):
        return Output(value.dtype, value.shape, value.nbytes, value.nbytes, value.ctypes.data)
    return None


def input_names(op: Operation) -> list[str]:
    """What an op takes, as a NodeDef names it."""
    return [t._as_node_def_input() for t in op.inputs] + [f"^{c.name}" for c in op._control_inputs]


def _of_gradient(step: Step) -> tuple[str, str]:
    """The name and the kind that a part of the backward pass is noted by, which is of a step."""
    return f"gradients/{step.op.name}_grad", f"{step.kind}Grad"


class Recorder:
    """Wraps a plan's steps so that each notes its runs. One plan has one; threads that run it do not mix."""

    def __init__(self, device_name: Callable[[Operation], str], synchronize: Callable[[], None] | None = None) -> None:
        self._device_name = device_name
        self._synchronize = synchronize or (lambda: None)
        self._local = threading.local()
        self._epoch = time.time_ns() - time.perf_counter_ns()

    def now(self) -> int:
        """The time, as records have it."""
        return time.perf_counter_ns() + self._epoch

    def begin(self) -> None:
        """Let what this thread runs next be noted from the start."""
        self._local.records = []

    def taken(self) -> list[Record]:
        """What this thread has run since `begin`, in the order of ending."""
        return self._local.records

    def wrapped(self, step: Step) -> Step:
        """A step that does what `step` does, and notes it."""
        if step.kind in _SILENT:
            return step
        return dataclasses.replace(step, call=self._timed(step))

    def _timed(self, step: Step) -> Callable[..., Any]:
        op, call, several = step.op, step.call, len(step.outputs) != 1
        name, kind, inputs = f"{op.name}:{step.kind}" if step.kind in _ADDED else op.name, step.kind, input_names(op)
        if "gradient_of" in step.attrs:
            name, kind, inputs = *_of_gradient(step.attrs["gradient_of"]), []
        label = f"{name} = {kind}({', '.join(inputs)})"
        device = self._device_name(op)
        watches = step.recorded and step.kind != "SymbolicGradient"

        def timed(*values: Any) -> Any:
            records = self._local.records
            before = len(records)
            known = frozenset(o.address for o in map(describe, values) if o is not None)
            start = time.perf_counter_ns()
            result = call(*values)
            self._synchronize()
            end = time.perf_counter_ns()
            results = result if several else (result,)
            outputs = tuple(o for o in (describe(value, known) for value in results) if o is not None)
            inside = sum(r.end - r.start for r in records[before:])
            self._note(records, name, kind, label, device, start, end, inside, outputs)
            if watches:
                self._watch_backward(step, device, values, results, records)
            return result

        return timed

    def _note(
        self,
        records: list[Record],
        name: str,
        kind: str,
        label: str,
        device: str,
        start: int,
        end: int,
        inside: int = 0,
        outputs: tuple[Output, ...] = (),
    ) -> None:
        thread = threading.get_ident()
        records.append(
            Record(name, kind, label, device, thread, start + self._epoch, end + self._epoch, inside, outputs)
        )

    def _watch_backward(
        self, step: Step, device: str, values: Sequence[Any], results: Sequence[Any], records: list[Record]
    ) -> None:
        """Note the parts of the backward pass that torch has recorded for this step, as they run."""
        ends = {v.grad_fn for v in values if isinstance(v, torch.Tensor)}
        stack = [v.grad_fn for v in results if isinstance(v, torch.Tensor)]
        name, kind = _of_gradient(step)
        while stack:
            node = stack.pop()
            if node is None or node in ends or node.name().endswith("AccumulateGrad"):
                continue
            ends.add(node)
            stack.extend(before for before, _ in node.next_functions)
            self._watch_node(node, name, kind, device, records)

    def _watch_node(self, node: Any, name: str, kind: str, device: str, records: list[Record]) -> None:
        began: list[int] = []

        def on_entry(_: Any) -> None:
            began.append(time.perf_counter_ns())

        def on_exit(given: Any, _: Any) -> None:
            self._synchronize()
            if began:
                outputs = tuple(o for o in map(describe, given) if o is not None)
                label = f"{name} = {kind}()"
                self._note(records, name, kind, label, device, began.pop(), time.perf_counter_ns(), 0, outputs)

        node.register_prehook(on_entry)
        node.register_hook(on_exit)
