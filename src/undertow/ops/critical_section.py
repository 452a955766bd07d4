"""`tf.CriticalSection`: parts of a program of which only one runs at a time. `kernels/mutex.py` has the lock.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/CriticalSection
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from ..graph import dtypes, nest, scopes, stacks
from ..graph.operation import Operation, Tensor
from ..graph.scopes import control_dependencies, init_scope, name_scope
from .control_flow import group
from .handles import source
from .node import convert_to_tensor, node
from .rules import scalar, shape_rule

CRITICAL_SECTIONS = "critical_sections"
CRITICAL_SECTION_EXECUTIONS = "critical_section_executions"

_ExecutionSignature = collections.namedtuple(
    "_ExecutionSignature", ["op", "handle", "resources", "exclusive_resource_access"]
)

shape_rule("MutexV2", "MutexLock")(scalar)


class CriticalSection:
    """What runs in `execute` of one section, or of sections with one `shared_name`, runs one after the other."""

    def __init__(
        self, name: str | None = None, shared_name: str | None = None, critical_section_def: Any = None,
        import_scope: str | None = None,
    ) -> None:  # fmt: skip
        if critical_section_def is not None:
            raise ValueError("A CriticalSection cannot be made of a critical_section_def, nor in TensorFlow 1.15.")
        with init_scope(), name_scope(name, "CriticalSection") as scope:
            self._handle = node("MutexV2", shared_name=shared_name or scope, name=scope)
        scopes.add_to_collection(CRITICAL_SECTIONS, self)

    @property
    def name(self) -> str:
        return self._handle.op.name

    def execute(self, fn: Callable[[], Any], exclusive_resource_access: bool = True, name: str | None = None) -> Any:
        """What `fn()` gives, run while nothing else of this section runs.

        `ValueError` if `fn` enters this section itself, or uses a variable that another section has for its own.
        """
        with name_scope(name, "critical_section_execute"):
            lock = node("MutexLock", self._handle)
            graph = stacks.get_default_graph()
            made = len(graph.get_operations())
            with control_dependencies([lock.op]):
                given = fn()
            inside = graph.get_operations()[made:]
            resources = self._captured(inside, lock.op)
            self._check_access(resources, exclusive_resource_access)
            self._after_captured(inside, lock.op)
            result = self._leaving(given, inside, lock)
        signature = _ExecutionSignature(lock.op, self._handle, resources, exclusive_resource_access)
        scopes.add_to_collection(CRITICAL_SECTION_EXECUTIONS, signature)
        return result

    def _mine(self, handle: Tensor) -> bool:
        op = source(handle)
        return op.type == "MutexV2" and op.attrs["shared_name"] == self._handle.op.attrs["shared_name"]

    def _captured(self, inside: list[Operation], lock: Operation) -> list[Tensor]:
        """The handles of variables that the ops inside are given."""
        handles = [t for op in inside for t in op.inputs if t.dtype is dtypes.resource]
        if any(op.type == "MutexLock" and self._mine(op.inputs[0]) for op in inside):
            raise ValueError(
                "This execution of a CriticalSection attempts to directly access the CriticalSection in which it "
                f"would be running. This is illegal, and would cause deadlocks: {lock.name}"
            )
        return list(dict.fromkeys(source(t).outputs[0] for t in handles if not self._mine(t)))

    def _check_access(self, resources: list[Tensor], exclusive: bool) -> None:
        for other in scopes.get_collection(CRITICAL_SECTION_EXECUTIONS):
            if self._mine(other.handle) or not (exclusive or other.exclusive_resource_access):
                continue
            both = set(resources) & set(other.resources)
            if both:
                raise ValueError(
                    f"This execution would access resources: {[t.name for t in both]}. Either this lock "
                    f"(CriticalSection: {self._handle.name}) or lock {other.op.name!r} (CriticalSection: "
                    f"{other.handle.name}) requested exclusive resource access of this resource. Did you mean to call "
                    "execute with keyword argument exclusive_resource_access=False?"
                )

    def _after_captured(self, inside: list[Operation], lock: Operation) -> None:
        """Let the lock be taken when everything is there that what runs inside needs from outside."""
        own = {*inside, lock}
        outside = dict.fromkeys(t.op for op in inside for t in op.inputs if t.op not in own)
        context = lock._control_flow_context
        wait_for = [op for op in outside if op._control_flow_context is context and op.type != "MutexV2"]
        lock._add_control_inputs([op for op in wait_for if op not in lock.control_inputs])

    def _leaving(self, given: Any, inside: list[Operation], lock: Tensor) -> Any:
        flat = nest.flatten(given)
        if not flat:
            raise ValueError(f"Must have at least one Tensor: {given}")
        results = [item if isinstance(item, Operation) else convert_to_tensor(item, name="input") for item in flat]
        done = [item if isinstance(item, Operation) else node("Identity", item).op for item in results]
        with control_dependencies(done):
            left = node("ConsumeMutexLock", lock)
        if isinstance(given, Operation):
            return group(given, left)
        with control_dependencies([left]):
            passed = [item if isinstance(item, Operation) else node("Identity", item) for item in results]
        return nest.pack_sequence_as(given, passed)
