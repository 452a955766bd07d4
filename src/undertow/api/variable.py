"""`tf.Variable`: what variables by reference and by handle have in common.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Variable
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes, stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.operators import Operators
from ..graph.scopes import init_scope
from ..graph.shape import TensorShape
from ..ops import state
from ..ops.indexed_slices import IndexedSlices
from ..ops.slicing import getitem
from .v2_behavior import resource_variables_enabled
from .variable_creator import Creatable
from .variable_modes import VariableAggregation, VariableSynchronization, trainable_or_default


def _scatter(kind: str) -> Callable[..., Any]:
    def scatter(self: Variable, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Change the rows that IndexedSlices name."""
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
        change = getattr(state, kind)
        return change(self, sparse_delta.indices, sparse_delta.values, use_locking=use_locking, name=name)

    scatter.__name__ = kind
    return scatter


class Variable(Operators, metaclass=Creatable):
    """A value that a session keeps from run to run.

    `initial_value` is anything that makes a tensor, or a function of no arguments that returns it (and then its nodes
    are made under `NAME/Initializer`). The variable goes into `collections`, by default GLOBAL_VARIABLES, and into
    TRAINABLE_VARIABLES if it is `trainable`. `ValueError` without an initial value, or if its shape is not known while
    `validate_shape` is on.

    Made by this name it is a `RefVariable`, or a `ResourceVariable` if `use_resource`, the variable scope or
    `tf.enable_resource_variables` says so.
    """

    __array_priority__ = 100

    _initializer_op: Any
    _initial_value: Any
    _snapshot: Tensor  # the value, as read when it was made
    _cached: Tensor | None = None  # the value on the caching device, if a resource variable has one

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Callable[[Tensor], Tensor] | None = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        shape: Any = None,
    ) -> None:
        self._save_slice_info: Any = None
        self._initial_value = None
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._trainable = variable_def.trainable
            self._synchronization, self._aggregation = VariableSynchronization.AUTO, VariableAggregation.NONE
            self._constraint = None
            self._from_def(variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        self._trainable = trainable_or_default(trainable, synchronization, aggregation, name)
        self._synchronization, self._aggregation = synchronization, aggregation
        self._constraint = constraint
        collections = _collection_names(collections, self._trainable)
        with init_scope():
            self._build(initial_value, name, dtype, validate_shape, caching_device, shape or expected_shape)
            stacks.get_default_graph().add_to_collections(collections, self)

    @staticmethod
    def _make(use_resource: bool | None = None, variable_def: Any = None, **told: Any) -> Variable:
        if variable_def is not None:
            use_resource = variable_def.is_resource
        elif use_resource is None:
            from .variable_scope import get_variable_scope

            use_resource = get_variable_scope().use_resource
        by_handle = resource_variables_enabled() if use_resource is None else use_resource
        if by_handle:
            told.pop("expected_shape", None)
        return variable_class(by_handle)(variable_def=variable_def, **told)

    def _build(
        self, initial_value: Any, name: str | None, dtype: Any, validate_shape: bool, caching_device: Any, shape: Any
    ) -> None:
        """Add the variable's nodes to the default graph."""
        raise NotImplementedError

    def _from_def(self, definition: Any, import_scope: str | None) -> None:
        """Find the variable's nodes, which a VariableDef names, in the default graph."""
        raise NotImplementedError

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """The variable that a VariableDef protobuf describes, whose nodes are in the default graph."""
        return variable_class(variable_def.is_resource)(variable_def=variable_def, import_scope=import_scope)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """A VariableDef protobuf, None if the variable is not under `export_scope`."""
        from tensorboard.compat.proto.variable_pb2 import VariableDef

        if export_scope and not self._ref().name.startswith(f"{export_scope}/"):
            return None
        skip = len(export_scope) + 1 if export_scope else 0
        definition = VariableDef(
            variable_name=self._ref().name[skip:],
            initializer_name=self._initializer_op.name[skip:],
            snapshot_name=(self._snapshot if self._cached is None else self._cached).name[skip:],
            trainable=self._trainable,
            is_resource=not self.dtype._is_ref_dtype,
        )
        if self._initial_value is not None:
            definition.initial_value_name = self._initial_value.name[skip:]
        return definition

    # As a tensor

    def _ref(self) -> Tensor:
        """The tensor that stands for the variable itself: the reference or the handle."""
        raise NotImplementedError

    def _as_graph_element(self) -> Tensor:
        raise NotImplementedError

    def _dense_var_to_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        if dtype is not None and self.dtype.base_dtype != dtype:
            raise ValueError(
                f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for variable of type "
                f"'{self.dtype.name}'"
            )
        return self._ref() if as_ref else self.value()

    def _AsTensor(self) -> Tensor:
        return self.value()

    def value(self) -> Tensor:
        """The variable's value as a tensor."""
        raise NotImplementedError

    def read_value(self) -> Tensor:
        """A new read, at the place that the control dependencies in force give it."""
        raise NotImplementedError

    def initialized_value(self) -> Tensor:
        """The value if the variable has one, else its initial value."""
        from ..ops.cond import cond

        with init_scope():
            return cond(state.is_variable_initialized(self), self.read_value, lambda: self.initial_value)

    # What it is

    @property
    def name(self) -> str:
        return self._ref().name

    @property
    def _shared_name(self) -> str:
        return self.name[:-2]

    @property
    def op(self) -> Operation:
        return self._ref().op

    @property
    def graph(self) -> Any:
        return self._ref().graph

    @property
    def device(self) -> str:
        return self._ref().device

    @property
    def dtype(self) -> dtypes.DType:
        raise NotImplementedError

    @property
    def shape(self) -> TensorShape:
        raise NotImplementedError

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def trainable(self) -> bool:
        return self._trainable

    @property
    def synchronization(self) -> VariableSynchronization:
        return self._synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        return self._aggregation

    @property
    def constraint(self) -> Callable[[Tensor], Tensor] | None:
        return self._constraint

    @property
    def initializer(self) -> Operation:
        """The operation that gives the variable its initial value."""
        return self._initializer_op

    @property
    def initial_value(self) -> Tensor:
        return self._initial_value

    def _set_save_slice_info(self, info: Any) -> None:
        self._save_slice_info = info

    def _get_save_slice_info(self) -> Any:
        return self._save_slice_info

    # Changing it

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Store `value`: the variable read after that, or the operation if not `read_value`."""
        raise NotImplementedError

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        raise NotImplementedError

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        raise NotImplementedError

    def count_up_to(self, limit: int) -> Tensor:
        return state.count_up_to(self, limit)

    scatter_add = _scatter("scatter_add")
    scatter_div = _scatter("scatter_div")
    scatter_max = _scatter("scatter_max")
    scatter_min = _scatter("scatter_min")
    scatter_mul = _scatter("scatter_mul")
    scatter_sub = _scatter("scatter_sub")
    scatter_update = _scatter("scatter_update")

    batch_scatter_update = _scatter("batch_scatter_update")

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return state.scatter_nd_sub(self, indices, updates, use_locking=True, name=name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return state.scatter_nd_add(self, indices, updates, use_locking=True, name=name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return state.scatter_nd_update(self, indices, updates, use_locking=True, name=name)

    def eval(self, session: Any = None) -> Any:
        """The variable's value in `session`, else in the default one: a NumPy array or scalar."""
        return self._as_graph_element().eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Store `value` in the variable now, in `session`, else in the default one; adds no node."""
        session = session or stacks.get_default_session()
        if session is None:
            raise ValueError("Either session argument should be provided or default session should be established")
        session.run(self._initializer_op, {self._initializer_op.inputs[1]: value})

    def __getitem__(self, index: Any) -> Tensor:
        return getitem(self.value(), index, self)

    def __iter__(self) -> Any:
        raise TypeError("'Variable' object is not iterable.")

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __copy__(self) -> Variable:
        return self

    def __deepcopy__(self, memo: Any) -> Variable:
        return self

    def __str__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    __repr__ = __str__

    class SaveSliceInfo:
        """Which part of a larger variable this one is, for a checkpoint."""

        def __init__(
            self,
            full_name: str | None = None,
            full_shape: Any = None,
            var_offset: Any = None,
            var_shape: Any = None,
        ) -> None:
            self.full_name = full_name
            self.full_shape = full_shape
            self.var_offset = var_offset
            self.var_shape = var_shape

        @property
        def spec(self) -> str:
            """`FULL SHAPE offset,length:…`, as checkpoints spell a slice."""
            full = " ".join(str(d) for d in self.full_shape)
            return f"{full} " + ":".join(f"{o},{s}" for o, s in zip(self.var_offset, self.var_shape))


def variable_class(use_resource: bool) -> type[Variable]:
    """The class of variables by handle, or of those by reference."""
    if use_resource:
        from .resource_variable import ResourceVariable

        return ResourceVariable
    from .reference_variable import RefVariable

    return RefVariable


_OPERATORS = (
    "add radd sub rsub mul rmul div rdiv truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul "
    "and rand or ror xor rxor lt le gt ge neg abs invert"
).split()


def install_operators() -> None:
    """Give variables the operators of tensors: they work on the value read. Called once tensors have theirs."""

    def forward(method: str) -> Callable[..., Any]:
        def operator(self: Variable, *args: Any) -> Any:
            return getattr(self.value(), method)(*args)

        operator.__name__ = method
        return operator

    for name in _OPERATORS:
        if hasattr(Tensor, f"__{name}__"):
            setattr(Variable, f"__{name}__", forward(f"__{name}__"))


def _collection_names(collections: Any, trainable: bool) -> list[str]:
    names = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
    if not isinstance(names, (list, tuple, set)):
        raise ValueError(
            f"collections argument to Variable constructor must be a list, tuple, or set. Got {names!r} of type "
            f"{type(names)}"
        )
    if trainable and GraphKeys.TRAINABLE_VARIABLES not in names:
        return [*names, GraphKeys.TRAINABLE_VARIABLES]
    return list(names)


install_operators()
