"""Resource variables: the graph has a handle, and each use reads the value anew, as a value.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Variable (`use_resource`)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.errors import unbuilt
from ..graph.operation import Operation, Tensor
from ..graph.scopes import control_dependencies, name_scope
from ..graph.shape import TensorShape
from ..ops import handles
from ..ops.node import convert_to_tensor, node
from .reference_variable import placed_with
from .variable import Variable
from .variable_modes import VariableAggregation, VariableSynchronization


class ResourceVariable(Variable):
    """A variable that the graph's ops are given by handle.

    A read sees all writes that a control dependency puts before it, and none that one puts after it. `assign` and its
    kin give a variable again: reading that one waits for the write.
    """

    _handle: Tensor

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        dtype: Any = None,
        variable_def: Any = None,
        import_scope: str | None = None,
        constraint: Callable[[Tensor], Tensor] | None = None,
        distribute_strategy: Any = None,
        synchronization: VariableSynchronization | None = None,
        aggregation: VariableAggregation | None = None,
        shape: Any = None,
    ) -> None:
        if distribute_strategy is not None:
            raise unbuilt("ResourceVariable(distribute_strategy=…)")
        super().__init__(
            initial_value, trainable, collections, validate_shape, caching_device, name, variable_def, dtype,
            import_scope=import_scope, constraint=constraint, shape=shape,
            synchronization=VariableSynchronization.AUTO if synchronization is None else synchronization,
            aggregation=VariableAggregation.NONE if aggregation is None else aggregation,
        )  # fmt: skip

    def _build(
        self, initial_value: Any, name: str | None, dtype: Any, validate_shape: bool, caching_device: Any, shape: Any
    ) -> None:
        graph = stacks.get_default_graph()
        from_function = callable(initial_value)
        with name_scope(name, "Variable", [] if from_function else [initial_value]) as scope:
            with placed_with(graph, scope[:-1]):
                with name_scope("Initializer"), graph.device(None):
                    value = initial_value() if from_function else initial_value
                    self._initial_value = convert_to_tensor(value, name="initial_value", dtype=dtype)
                known = self._initial_value.shape if shape is None else TensorShape(shape)
                kind = self._initial_value.dtype.base_dtype
                self._handle = node("VarHandleOp", shape=known, dtype=kind, shared_name=scope[:-1], name=scope)
            with name_scope("IsInitialized"):
                self.is_initialized()
            with name_scope("Assign") as inner, graph.colocate_with(None, ignore_existing=True):
                with graph.device(self._handle.device):
                    self._initializer_op = node("AssignVariableOp", self._handle, self._initial_value, name=inner)
            with name_scope("Read"):
                self._snapshot = self._read()
                if caching_device is not None:
                    with graph.device(caching_device):
                        self._cached = node("Identity", self._snapshot)

    def _from_def(self, definition: Any, import_scope: str | None) -> None:
        graph = stacks.get_default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(f"{import_scope}/{name}" if import_scope else name)

        self._handle = element(definition.variable_name)
        self._initializer_op = element(definition.initializer_name)
        self._snapshot = element(definition.snapshot_name)
        if self._snapshot.op.type != "ReadVariableOp":
            self._cached = self._snapshot
        if definition.initial_value_name:
            self._initial_value = element(definition.initial_value_name)

    @classmethod
    def behind(cls, tensor: Tensor) -> ResourceVariable:
        """The variable, made elsewhere and in no collection, of a handle or of what was read by one."""
        variable: ResourceVariable = cls.__new__(cls)
        variable._save_slice_info = variable._initial_value = variable._initializer_op = variable._constraint = None
        variable._trainable = False
        variable._synchronization, variable._aggregation = VariableSynchronization.AUTO, VariableAggregation.NONE
        variable._handle = tensor if tensor.dtype is dtypes.resource else tensor.op.inputs[0]
        variable._snapshot = variable._read() if tensor is variable._handle else tensor
        return variable

    # As a tensor

    @property
    def handle(self) -> Tensor:
        """The tensor that stands for the variable, of dtype `resource`."""
        return self._handle

    def _ref(self) -> Tensor:
        return self._handle

    def _as_graph_element(self) -> Tensor:
        return self._snapshot

    def _read(self) -> Tensor:
        return node("ReadVariableOp", self._handle, dtype=self.dtype)

    def value(self) -> Tensor:
        """The value at this point of the program: a new read, unless there is a caching device."""
        if self._cached is not None:
            return self._cached
        graph = stacks.get_default_graph()
        with graph.colocate_with(None, ignore_existing=True), graph.device(self._handle.device):
            return self._read()

    def read_value(self) -> Tensor:
        with name_scope("Read"), stacks.get_default_graph().device(self._handle.device):
            value = self._read()
        return node("Identity", value)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows `indices`, without reading the rest."""
        with name_scope(name, "Gather") as scope:
            return node("ResourceGather", self._handle, indices, dtype=self.dtype, name=scope)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """The slices that the vectors in the last dimension of `indices` name, without reading the rest."""
        with name_scope(name, "GatherNd") as scope:
            value = node("ResourceGatherNd", self._handle, indices, dtype=self.dtype, name=scope)
        return node("Identity", value)

    def is_initialized(self, name: str | None = None) -> Tensor:
        """Whether the variable has a value: a bool scalar."""
        return node("VarIsInitializedOp", self._handle, name=name)

    # What it is

    @property
    def create(self) -> Operation:
        """The initializer."""
        return self._initializer_op

    @property
    def dtype(self) -> DType:
        return handles.value_dtype(self._handle)

    @property
    def shape(self) -> TensorShape:
        return handles.value_shape(self._handle)

    def set_shape(self, shape: Any) -> None:
        raise NotImplementedError("ResourceVariable does not implement set_shape()")

    def numpy(self) -> Any:
        raise NotImplementedError("numpy() is only available when eager execution is enabled.")

    def __deepcopy__(self, memo: Any) -> Any:
        raise NotImplementedError("__deepcopy__() is only available when eager execution is enabled.")

    # Changing it

    def _changed(self, op_type: str, value: Any, name: str | None, read_value: bool) -> Any:
        op = node(op_type, self._handle, convert_to_tensor(value, dtype=self.dtype), name=name)
        return self._lazy_read(op) if read_value else op

    def assign(
        self, value: Any, use_locking: bool | None = None, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Store `value`: the variable as it is after that, or the operation if not `read_value`."""
        value = convert_to_tensor(value, dtype=self.dtype)
        self.shape.assert_is_compatible_with(value.shape)
        return self._changed("AssignVariableOp", value, name, read_value)

    def assign_add(
        self, delta: Any, use_locking: bool | None = None, name: str | None = None, read_value: bool = True
    ) -> Any:
        return self._changed("AssignAddVariableOp", delta, name, read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool | None = None, name: str | None = None, read_value: bool = True
    ) -> Any:
        return self._changed("AssignSubVariableOp", delta, name, read_value)

    def _lazy_read(self, op: Operation) -> ResourceVariable:
        return _UnreadVariable(self, op)

    def _no_change_in_place(self, _: Any) -> Any:
        raise RuntimeError(
            "Variable += value not supported. Use variable.assign_add(value) to modify the variable value and "
            "variable = variable + value to get a new Tensor object."
        )

    __iadd__ = __isub__ = __imul__ = __idiv__ = __itruediv__ = __irealdiv__ = __ipow__ = _no_change_in_place


class _UnreadVariable(ResourceVariable):
    """A variable after `op` has written it: whatever is done with it waits for that."""

    def __init__(self, variable: ResourceVariable, op: Operation) -> None:
        self.__dict__.update(variable.__dict__)
        self._op = op
        self._cached = None
        self._snapshot = self._read()

    @property
    def op(self) -> Operation:
        return self._op

    @property
    def name(self) -> str:
        return self._op.name


def _after_the_write(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: _UnreadVariable, *args: Any, **kwargs: Any) -> Any:
        with control_dependencies([self._op]):
            return method(self, *args, **kwargs)

    call.__name__ = method.__name__
    return call


for _name in (
    "_read sparse_read gather_nd assign assign_add assign_sub count_up_to scatter_add scatter_div "
    "scatter_max scatter_min scatter_mul scatter_nd_add scatter_nd_sub scatter_nd_update scatter_sub scatter_update"
).split():
    setattr(_UnreadVariable, _name, _after_the_write(getattr(ResourceVariable, _name)))
