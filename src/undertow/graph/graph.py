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
from .collections import Collections
from .dtypes import DType
from .operation import Operation, Tensor
from .shape import TensorShape

_TENSOR_NAMES = 'Tensor names must be of the form "<op_name>:<output_index>".'
_VALID_OP_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")
_VALID_SCOPE_NAME = re.compile(r"^[A-Za-z0-9_.\-/]*$")


class Graph(Collections):
    """A graph of operations. Ops are added under its name scopes, devices and control dependencies."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._ops: dict[str, Operation] = {}
        self._names_in_use: dict[str, int] = {}
        self._name_stack = ""
        self._device_stack: list[Any] = []
        self._control_stack: list[_ControlDependencies] = []
        self._colocation_stack: list[Operation] = []
        self._attr_scope: dict[str, Any] = {}
        self._gradient_override: dict[str, str] = {}
        self._container = ""
        self._finalized = False
        self._left_out = 0
        self._plans_version = 0
        self._control_flow_context: Any = None
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

        return graph_def(self, from_version, add_shapes)

    @property
    def graph_def_versions(self) -> Any:
        return self.as_graph_def(from_version=self.version).versions

    # Looking things up

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name; `KeyError` if there is none."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of that name (`op:0`); `KeyError` if there is none, `ValueError` if it names an operation."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """The tensor or operation that `obj` is, names, or stands for (as a variable does)."""
        if not (allow_tensor or allow_operation):
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        wanted = " or ".join(w for w, on in (("Tensor", allow_tensor), ("Operation", allow_operation)) if on)
        if hasattr(obj, "_as_graph_element") and allow_tensor:
            obj = obj._as_graph_element()
        if isinstance(obj, (str, bytes)):
            return self._by_name(obj.decode() if isinstance(obj, bytes) else obj, allow_tensor, allow_operation)
        if (isinstance(obj, Tensor) and allow_tensor) or (isinstance(obj, Operation) and allow_operation):
            if obj.graph is not self:
                raise ValueError(f"{type(obj).__name__} {obj!r} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")

    def _by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        op_name, colon, index = name.partition(":")
        op = self._ops.get(op_name)
        if colon and allow_tensor:
            if not op_name or not index.isdigit():
                raise ValueError(
                    f"The name {name!r} looks a like a Tensor name, but is not a valid one. {_TENSOR_NAMES}"
                )
            if op is None:
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, does not "
                    "exist in the graph."
                )
            if int(index) >= len(op.outputs):
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, exists "
                    f"but only has {len(op.outputs)} outputs."
                )
            return op.outputs[int(index)]
        if colon:
            raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
        if op is None and not allow_operation:
            raise ValueError(f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. {_TENSOR_NAMES}")
        if op is None:
            kind = "an Operation" if allow_operation else "a Tensor or Operation"
            raise KeyError(f"The name {name!r} refers to {kind} not in the graph.")
        if not allow_operation:
            raise ValueError(f"The name {name!r} refers to an Operation, not a Tensor. {_TENSOR_NAMES}")
        return op

    def _as_graph_element_locked(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        return self.as_graph_element(obj, allow_tensor, allow_operation)

    def is_feedable(self, tensor: Tensor) -> bool:
        return tensor not in self._unfeedable

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        element = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return element not in self._unfetchable

    def prevent_feeding(self, tensor: Tensor) -> None:
        self._unfeedable.add(tensor)

    def prevent_fetching(self, op: Operation) -> None:
        self._unfetchable.add(op)

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
                if inside is not None and inside is not self._control_flow_context and type != "Exit":
                    inside.check_reader(tensor, name, self._control_flow_context)
            if name in self._ops:
                raise ValueError(f"Operation name {name!r} is taken already.")
            op = Operation(self, type, name, inputs, self._control_inputs_for(inputs), attrs, "")
            op._id = len(self._ops)
            op._outputs = [Tensor(op, i, dtype, shape) for i, (dtype, shape) in enumerate(outputs)]
            for tensor in inputs:
                if not tensor._consumers or tensor._consumers[-1] is not op:
                    tensor._consumers.append(op)
            self._apply_scopes(op)
            self._ops[name] = op
            op._control_flow_context = self._control_flow_context
            if self._control_flow_context is not None:
                self._control_flow_context.AddOp(op)
            return op

    def _apply_scopes(self, op: Operation) -> None:
        for key, value in self._attr_scope.items():
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
        for controller in self._control_stack:
            controller.ops.add(op)

    def _control_inputs_for(self, inputs: tuple[Tensor, ...]) -> list[Operation]:
        """The control dependencies in force, less those that an input already waits for."""
        found: dict[Operation, None] = {}
        for controller in self._control_stack:
            if not any(tensor.op in controller.ops for tensor in inputs):
                found.update(
                    dict.fromkeys(op for op in controller.control_inputs if all(t.op is not op for t in inputs))
                )
        return list(found)

    # Scopes

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` under the current name scope, with `_1`, `_2` … if it is taken (letter case aside)."""
        if self._name_stack:
            name = f"{self._name_stack}/{name}"
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
            valid = _VALID_SCOPE_NAME if self._name_stack else _VALID_OP_NAME
            if not valid.match(name):
                raise ValueError(f"'{name}' is not a valid scope name")
        old = self._name_stack
        if not name:
            self._name_stack = ""
        elif name.endswith("/"):
            self._name_stack = name[:-1]
        else:
            self._name_stack = self.unique_name(name)
        try:
            yield f"{self._name_stack}/" if self._name_stack else ""
        finally:
            self._name_stack = old

    def get_name_scope(self) -> str:
        return self._name_stack

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
        self._control_stack.append(controller)
        try:
            yield
        finally:
            self._control_stack.remove(controller)

    @contextmanager
    def _without_control(self) -> Iterator[None]:
        old = self._control_stack, self._control_flow_context
        self._control_stack, self._control_flow_context = [], None
        try:
            yield
        finally:
            self._control_stack, self._control_flow_context = old

    def _get_control_flow_context(self) -> Any:
        return self._control_flow_context

    def _set_control_flow_context(self, context: Any) -> None:
        self._control_flow_context = context

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
            raise TypeError("op_type_map must be a dictionary of strings to strings.")
        old, self._gradient_override = self._gradient_override, {**self._gradient_override, **op_type_map}
        try:
            yield
        finally:
            self._gradient_override = old

    def as_default(self) -> AbstractContextManager[Graph]:
        """Make this graph the default one inside `with`."""
        return stacks.graphs.using(self)

    def switch_to_thread_local(self) -> None:
        """Scopes entered in other threads are not this thread's; here they never were."""

    # Set by `ops.node`, which knows the registry of op types.
    _create_op: Callable[..., Operation]


class _ControlDependencies:
    """One `control_dependencies` block: what it waits for and what was added inside it."""

    __slots__ = ("control_inputs", "ops")

    def __init__(self, control_inputs: list[Operation]) -> None:
        self.control_inputs = control_inputs
        self.ops: set[Operation] = set()
