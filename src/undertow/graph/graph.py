"""`tf.Graph`: the program as a graph of operations, and the scopes in force while it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Graph
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from . import device as devices
from . import stacks
from .dtypes import DType
from .elements import Elements
from .operation import Operation, Tensor
from .shape import TensorShape

_VALID_OP_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")
_VALID_SCOPE_NAME = re.compile(r"^[A-Za-z0-9_.\-/]*$")


class Graph(Elements):
    """A graph of operations. Ops are added under its name scopes, devices and control dependencies."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._ops: dict[str, Operation] = {}
        self._names_in_use: dict[str, int] = {}
        self._thread = _Thread()
        self._device_stack: list[Any] = []
        self._colocation_stack: list[Operation] = []
        self._scope_attrs: dict[str, Any] = {}
        self._gradient_override: dict[str, str] = {}
        self._container = ""
        self._default_original_op: Operation | None = None
        self._finalized = False
        self._left_out = 0
        self._plans_version = 0
        self._building_function = False
        self.seed: int | None = None

    # What is in it

    @property
    def version(self) -> int:
        """How many operations were added so far."""
        return len(self._ops)

    @property
    def _last_id(self) -> int:
        """What TensorFlow 1.15 would number the last op: a random op without a seed of its own takes it for one."""
        return len(self._ops) + self._left_out

    def leave_out(self, count: int) -> None:
        """Count nodes that 1.15 made here and that nobody reads: 2.x leaves them out, and so does Undertow."""
        self._left_out += count

    @property
    def plans_version(self) -> tuple[int, int]:
        """Changes with every change of the graph after which an old plan may not hold."""
        return len(self._ops), self._plans_version

    def forget_plans(self) -> None:
        """Something other than a new op has changed: plans made before must not be used again."""
        self._plans_version += 1

    @property
    def finalized(self) -> bool:
        return self._finalized

    @property
    def building_function(self) -> bool:
        return self._building_function

    def finalize(self) -> None:
        """Make the graph read-only: adding an op raises `RuntimeError`."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    def get_operations(self) -> list[Operation]:
        """All operations in the order in which they were added."""
        return list(self._ops.values())

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """The graph as a GraphDef protobuf."""
        from .proto import graph_def

        with self._lock:  # an op that another thread is adding is in it with all that it is given, or not at all
            return graph_def(self, from_version, add_shapes)

    @property
    def graph_def_versions(self) -> Any:
        return self.as_graph_def(from_version=self.version).versions

    # Adding to it

    def create_op(
        self,
        op_type: str,
        inputs: Any,
        dtypes: Any = None,
        input_types: Any = None,
        name: str | None = None,
        attrs: dict[str, Any] | None = None,
        op_def: Any = None,
        compute_shapes: bool = True,
        compute_device: bool = True,
    ) -> Operation:
        """Add an operation of a registered type, its attrs as Python values.

        A name that ends in "/" is taken as it stands; any other is made unique in the current scope.
        """
        return Graph._create_op(self, op_type, inputs, name, attrs or {})

    def add_op(
        self,
        type: str,
        inputs: tuple[Tensor, ...],
        name: str,
        attrs: dict[str, Any],
        outputs: list[tuple[DType, TensorShape]],
    ) -> Operation:
        """Add an operation whose dtypes and shapes are settled, under the scopes in force."""
        self._check_not_finalized()
        if isinstance(name, bytes):
            name = name.decode()
        context = self._thread.control_flow
        with self._lock:
            name = name[:-1] if name.endswith("/") else self.unique_name(name)
            if not _VALID_OP_NAME.match(name):
                raise ValueError(f"'{name}' is not a valid node name")
            for tensor in inputs:
                if tensor.graph is not self:
                    raise ValueError(
                        f"{tensor} must be from the same graph as {name!r} (its input is of another graph)."
                    )
                inside = tensor._op._control_flow_context
                if inside is not None and inside is not context and type != "Exit":
                    inside.check_reader(tensor, name, context)
            if name in self._ops:
                raise ValueError(f"Operation name {name!r} is taken already.")
            op = Operation(self, type, name, inputs, self._control_inputs_for(inputs), attrs, "")
            op._id = len(self._ops)
            op._outputs = [Tensor(op, i, dtype, shape) for i, (dtype, shape) in enumerate(outputs)]
            for tensor in inputs:
                if not tensor._consumers or tensor._consumers[-1] is not op:
                    tensor._consumers.append(op)
            self._apply_scopes(op)
            op._original_op = self._default_original_op
            self._ops[name] = op
            op._control_flow_context = context
            if context is not None:
                context.AddOp(op)
            return op

    def _apply_scopes(self, op: Operation) -> None:
        for key, value in self._scope_attrs.items():
            value = value(op) if callable(value) else value
            if value is not None:
                op._attrs.setdefault(key, value)
        override = self._gradient_override.get(op.type)
        if override is not None:
            op._attrs["_gradient_op_type"] = override.encode()
        if self._colocation_stack:
            groups = {g for other in self._colocation_stack for g in other.colocation_groups()}
            op._attrs["_class"] = sorted(groups)  # in place of what an attr scope says
            op._device = self._colocation_stack[-1]._device
        elif self._device_stack:
            op._device = devices.place(op, self._device_stack)
        for controller in self._thread.control_stack:
            controller.ops.add(op)

    def _control_inputs_for(self, inputs: tuple[Tensor, ...]) -> list[Operation]:
        """The control dependencies in force, less those that an input already waits for."""
        found: dict[Operation, None] = {}
        for controller in self._thread.control_stack:
            if not any(tensor.op in controller.ops for tensor in inputs):
                found.update(
                    dict.fromkeys(op for op in controller.control_inputs if all(t.op is not op for t in inputs))
                )
        return list(found)

    # Scopes

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` under the current name scope, with `_1`, `_2` … if it is taken (letter case aside)."""
        scope = self._thread.name_scope
        if scope:
            name = f"{scope}/{name}"
        key = name.lower()
        count = self._names_in_use.get(key, 0)
        if mark_as_used:
            self._names_in_use[key] = count + 1
        if count:
            base = key
            while key in self._names_in_use:
                key = f"{base}_{count}"
                count += 1
            if mark_as_used:
                self._names_in_use[key] = 1
            name = f"{name}_{count - 1}"
        return name

    def reserve_name(self, name: str) -> None:
        """Take a full name as it stands, so that `unique_name` gives it to no one else; `ValueError` if it is taken."""
        if name in self._ops:
            raise ValueError(f"Node name {name!r} already exists in the Graph")
        self._names_in_use.setdefault(name.lower(), 1)

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Put the names of what is added inside under `name/`; yields the scope's full name with its slash.

        A name that ends in "/" re-enters that scope as it is; None or "" goes back to the top.
        `ValueError` if the name is not a valid one.
        """
        if name:
            if isinstance(name, bytes):
                name = name.decode()
            valid = _VALID_SCOPE_NAME if self._thread.name_scope else _VALID_OP_NAME
            if not valid.match(name):
                raise ValueError(f"'{name}' is not a valid scope name")
        thread = self._thread
        old = thread.name_scope
        if not name:
            new = ""
        else:
            new = name[:-1] if name.endswith("/") else self.unique_name(name)
        thread.name_scope = new
        try:
            yield f"{new}/" if new else ""
        finally:
            thread.name_scope = old

    def get_name_scope(self) -> str:
        return self._thread.name_scope

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager[None]:
        """Make what is added inside run after `control_inputs`; None lifts all dependencies in force."""
        if control_inputs is None:
            return self._without_control()
        ops = []
        for item in control_inputs:
            item = getattr(item, "op", item) if not isinstance(item, (str, Operation, Tensor)) else item
            element = self.as_graph_element(item)
            ops.append(element.op if isinstance(element, Tensor) else element)
        return self._controlled(_ControlDependencies(list(dict.fromkeys(ops))))

    @contextmanager
    def _controlled(self, controller: _ControlDependencies) -> Iterator[None]:
        self._thread.control_stack.append(controller)
        try:
            yield
        finally:
            self._thread.control_stack.remove(controller)

    @contextmanager
    def _without_control(self) -> Iterator[None]:
        thread = self._thread
        old = thread.control_stack, thread.control_flow
        thread.control_stack, thread.control_flow = [], None
        try:
            yield
        finally:
            thread.control_stack, thread.control_flow = old

    def _get_control_flow_context(self) -> Any:
        return self._thread.control_flow

    def _set_control_flow_context(self, context: Any) -> None:
        self._thread.control_flow = context

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """Ask for a device (`/gpu:0`), or for what a function of the op names, for what is added inside."""
        self._device_stack.append(devices.checked(device_name_or_function))
        try:
            yield
        finally:
            self._device_stack.pop()

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """Put what is added inside on the device of `op`; None lifts it."""
        old, old_devices = self._colocation_stack, self._device_stack
        if op is None:
            if not ignore_existing:
                raise ValueError("Trying to reset colocation (op is None) but ignore_existing is not True")
            self._colocation_stack = []
        else:
            op = op if isinstance(op, Operation) else op.op
            self._colocation_stack = [*([] if ignore_existing else old), op]
        if ignore_existing:
            self._device_stack = []
        try:
            yield
        finally:
            self._colocation_stack, self._device_stack = old, old_devices

    _colocate_with_for_gradient = colocate_with

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Name the resource container of the stateful ops added inside."""
        old, self._container = self._container, container_name
        try:
            yield container_name
        finally:
            self._container = old

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """For ops of these types added inside use the gradients registered under the names given."""
        if not isinstance(op_type_map, dict) or not all(
            isinstance(k, str) and isinstance(v, str) for k, v in op_type_map.items()
        ):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        old, self._gradient_override = self._gradient_override, {**self._gradient_override, **op_type_map}
        try:
            yield
        finally:
            self._gradient_override = old

    @contextmanager
    def _attr_scope(self, attr_map: dict[str, Any]) -> Iterator[None]:
        """Give ops added inside these attrs too: AttrValues, or functions of the op; None takes an outer one away.

        `TypeError` if `attr_map` is no such dict.
        """
        if not isinstance(attr_map, dict):
            raise TypeError("attr_map must be a dictionary mapping strings to AttrValue protocol buffers")
        for name, attr in attr_map.items():
            if not isinstance(name, str) or not (attr is None or callable(attr) or hasattr(attr, "WhichOneof")):
                raise TypeError(
                    "attr_map must be a dictionary mapping strings to AttrValue protocol buffers or callables that "
                    "emit AttrValue protocol buffers"
                )
        old, self._scope_attrs = self._scope_attrs, {**self._scope_attrs, **attr_map}
        try:
            yield
        finally:
            self._scope_attrs = old

    @contextmanager
    def _original_op(self, op: Operation) -> Iterator[None]:
        """Say of the ops added inside that they were made of `op`."""
        old, self._default_original_op = self._default_original_op, op
        try:
            yield
        finally:
            self._default_original_op = old

    def as_default(self) -> AbstractContextManager[Graph]:
        """Make this graph the default one inside `with`."""
        return stacks.graphs.using(self)

    def switch_to_thread_local(self) -> None:
        """Scopes entered in other threads are not this thread's; here they never were."""

    # Set by `ops.node`, which knows the registry of op types.
    _create_op: Callable[..., Operation]
    _op_def: Callable[[str], Any]


class _Thread(threading.local):
    """What each thread that builds a graph has of its own there."""

    name_scope = ""
    control_flow: Any = None  # the context of the loop or branch that is being built

    def __init__(self) -> None:
        self.control_stack: list[_ControlDependencies] = []


class _ControlDependencies:
    """One `control_dependencies` block: what it waits for and what was added inside it."""

    __slots__ = ("control_inputs", "ops")

    def __init__(self, control_inputs: list[Operation]) -> None:
        self.control_inputs = control_inputs
        self.ops: set[Operation] = set()
