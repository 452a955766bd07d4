"""`tf.Variable`, and the functions over a graph's variables.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Variable
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from ..graph import dtypes, stacks
from ..graph.keys import GraphKeys
from ..graph.operation import Operation, Tensor
from ..graph.operators import Operators
from ..graph.scopes import init_scope, name_scope
from ..graph.shape import TensorShape
from ..ops import state
from ..ops.node import convert_to_tensor, node
from ..ops.slicing import getitem
from .variable_creator import Creatable


class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices are brought together; here there is one copy."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How copies of a variable on several devices are brought together; here there is one copy."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3


def trainable_or_default(
    trainable: bool | None, synchronization: VariableSynchronization, aggregation: VariableAggregation, name: str | None
) -> bool:
    """Whether a variable is trainable; `ValueError` for combinations that contradict."""
    for value, kind in ((synchronization, VariableSynchronization), (aggregation, VariableAggregation)):
        if value is not None and not isinstance(value, kind):
            raise ValueError(f"Invalid variable {kind.__name__[8:].lower()} mode: {value} for variable: {name}")
    if synchronization == VariableSynchronization.ON_READ:
        if trainable:
            raise ValueError(
                "Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable variables. "
                "You have specified trainable=True and synchronization=VariableSynchronization.ON_READ."
            )
        return False
    return True if trainable is None else trainable


class Variable(Operators, metaclass=Creatable):
    """A value that a session keeps from run to run.

    `initial_value` is anything that makes a tensor, or a function of no arguments that returns it (and then its nodes
    are made under `NAME/Initializer`). The variable goes into `collections`, by default GLOBAL_VARIABLES, and into
    TRAINABLE_VARIABLES if it is `trainable`. `ValueError` without an initial value, or if its shape is not known while
    `validate_shape` is on.
    """

    __array_priority__ = 100

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
        self._initial_value: Any = None
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
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

    def _build(
        self, initial_value: Any, name: str | None, dtype: Any, validate_shape: bool, caching_device: Any, shape: Any
    ) -> None:
        graph = stacks.get_default_graph()
        from_function = callable(initial_value)
        with name_scope(name, "Variable", [] if from_function else [initial_value]) as scope:
            true_name = scope[:-1]
            if from_function:
                with _placed_with(graph, true_name):
                    with name_scope("Initializer"), graph.device(None):
                        self._initial_value = convert_to_tensor(initial_value(), name="initial_value", dtype=dtype)
                    self._storage(validate_shape, shape, scope)
            else:
                self._initial_value = convert_to_tensor(initial_value, name="initial_value", dtype=dtype)
                self._storage(validate_shape, shape, scope)
            self._initializer_op = state.assign(
                self._variable, self._initial_value, validate_shape=validate_shape, name="Assign"
            ).op
            with graph.colocate_with(self._variable.op):
                if caching_device is None:
                    self._snapshot = node("Identity", self._variable, name="read")
                else:
                    with graph.device(caching_device):
                        self._snapshot = node("Identity", self._variable, name="read")

    def _storage(self, validate_shape: bool, shape: Any, scope: str) -> None:
        known = self._initial_value.shape if shape is None else TensorShape(shape)
        if validate_shape and not known.is_fully_defined():
            raise ValueError(f"initial_value must have a shape specified: {self._initial_value}")
        self._variable = state.variable_op(
            known if validate_shape else TensorShape(None) if shape is None else known,
            self._initial_value.dtype.base_dtype,
            name=scope,
        )

    def _from_def(self, definition: Any, import_scope: str | None) -> None:
        graph = stacks.get_default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(f"{import_scope}/{name}" if import_scope else name)

        self._variable = element(definition.variable_name)
        self._initializer_op = element(definition.initializer_name)
        self._snapshot = element(definition.snapshot_name)
        if definition.initial_value_name:
            self._initial_value = element(definition.initial_value_name)
        self._trainable = definition.trainable
        self._synchronization, self._aggregation = VariableSynchronization.AUTO, VariableAggregation.NONE
        self._constraint = None

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """The variable that a VariableDef protobuf describes, whose nodes are in the default graph."""
        return Variable(variable_def=variable_def, import_scope=import_scope)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """A VariableDef protobuf, None if the variable is not under `export_scope`."""
        from tensorboard.compat.proto.variable_pb2 import VariableDef

        if export_scope and not self._variable.name.startswith(f"{export_scope}/"):
            return None
        skip = len(export_scope) + 1 if export_scope else 0
        definition = VariableDef(
            variable_name=self._variable.name[skip:],
            initializer_name=self._initializer_op.name[skip:],
            snapshot_name=self._snapshot.name[skip:],
            trainable=self._trainable,
        )
        if self._initial_value is not None:
            definition.initial_value_name = self._initial_value.name[skip:]
        return definition

    # As a tensor

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def _ref(self) -> Tensor:
        return self._variable

    def _dense_var_to_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        if dtype is not None and self.dtype.base_dtype != dtype:
            raise ValueError(
                f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for variable of type "
                f"'{self.dtype.name}'"
            )
        return self._variable if as_ref else self._snapshot

    def _AsTensor(self) -> Tensor:
        return self._snapshot

    def value(self) -> Tensor:
        """The variable's value as a tensor: read before the run changes it, unless a dependency says otherwise."""
        return self._snapshot

    def read_value(self) -> Tensor:
        """A new read, at the place that the control dependencies in force give it."""
        return node("Identity", self._variable, name="read")

    def initialized_value(self) -> Tensor:
        """The value if the variable has one, else its initial value."""
        from ..ops.cond import cond

        with init_scope():
            return cond(state.is_variable_initialized(self), self.read_value, lambda: self.initial_value)

    # What it is

    @property
    def name(self) -> str:
        return self._variable.name

    @property
    def _shared_name(self) -> str:
        return self.name[:-2]

    @property
    def op(self) -> Operation:
        return self._variable.op

    @property
    def graph(self) -> Any:
        return self._variable.graph

    @property
    def device(self) -> str:
        return self._variable.device

    @property
    def dtype(self) -> dtypes.DType:
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        return self._variable.shape

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, shape: Any) -> None:
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

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
        return _read(state.assign(self, value, use_locking=use_locking, name=name), read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        return _read(state.assign_add(self, delta, use_locking=use_locking, name=name), read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        return _read(state.assign_sub(self, delta, use_locking=use_locking, name=name), read_value)

    def count_up_to(self, limit: int) -> Tensor:
        return state.count_up_to(self, limit)

    def _scatter(self, kind: str, slices: Any, use_locking: bool, name: str | None) -> Tensor:
        if not (hasattr(slices, "values") and hasattr(slices, "indices")):
            raise ValueError(f"sparse_delta is not IndexedSlices: {slices}")
        return getattr(state, kind)(self, slices.indices, slices.values, use_locking=use_locking, name=name)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """Subtract IndexedSlices from their rows; `scatter_add`, `scatter_update` … likewise."""
        return self._scatter("scatter_sub", sparse_delta, use_locking, name)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        return self._scatter("scatter_add", sparse_delta, use_locking, name)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        return self._scatter("scatter_update", sparse_delta, use_locking, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return state.scatter_nd_sub(self, indices, updates, use_locking=True, name=name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return state.scatter_nd_add(self, indices, updates, use_locking=True, name=name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return state.scatter_nd_update(self, indices, updates, use_locking=True, name=name)

    def eval(self, session: Any = None) -> Any:
        """The variable's value in `session`, else in the default one: a NumPy array or scalar."""
        return self._variable.eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Store `value` in the variable now, in `session`, else in the default one; adds no node."""
        session = session or stacks.get_default_session()
        if session is None:
            raise ValueError("Either session argument should be provided or default session should be established")
        session.run(self._initializer_op, {self._initializer_op.inputs[1]: value})

    def __getitem__(self, index: Any) -> Tensor:
        return getitem(self._snapshot, index, self)

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


RefVariable = Variable

_OPERATORS = (
    "add radd sub rsub mul rmul div rdiv truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul "
    "and rand or ror xor rxor lt le gt ge neg abs invert"
).split()


def install_operators() -> None:
    """Give variables the operators of tensors: they work on the value read. Called once tensors have theirs."""

    def forward(method: str) -> Callable[..., Any]:
        def operator(self: Variable, *args: Any) -> Any:
            return getattr(self._snapshot, method)(*args)

        operator.__name__ = method
        return operator

    for name in _OPERATORS:
        if hasattr(Tensor, f"__{name}__"):
            setattr(Variable, f"__{name}__", forward(f"__{name}__"))


def _read(assigned: Tensor, read_value: bool) -> Any:
    return assigned if read_value else assigned.op


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


class _placed_with:
    """Put what is added inside where the variable `name`, not yet made, will be."""

    def __init__(self, graph: Any, name: str) -> None:
        self._graph, self._group = graph, [b"loc:@" + name.encode()]

    def __enter__(self) -> None:
        self._old = self._graph._attr_scope
        self._graph._attr_scope = {**self._old, "_class": self._group}

    def __exit__(self, *_: Any) -> None:
        self._graph._attr_scope = self._old


# A graph's variables


def _lister(key: str) -> Callable[..., list[Variable]]:
    def variables(scope: str | None = None) -> list[Variable]:
        return stacks.get_default_graph().get_collection(key, scope)

    variables.__name__ = variables.__qualname__ = key
    variables.__doc__ = (
        f"The default graph's variables in the collection {key!r}, with `scope` those whose name matches."
    )
    return variables


global_variables = _lister(GraphKeys.GLOBAL_VARIABLES)
trainable_variables = _lister(GraphKeys.TRAINABLE_VARIABLES)
local_variables = _lister(GraphKeys.LOCAL_VARIABLES)
model_variables = _lister(GraphKeys.MODEL_VARIABLES)
moving_average_variables = _lister(GraphKeys.MOVING_AVERAGE_VARIABLES)


def all_variables() -> list[Variable]:
    """The older name of `global_variables`."""
    return global_variables()


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """One operation that initializes all of `var_list`."""
    from ..ops.control_flow import group

    return group(*[v.initializer for v in var_list], name=name)


def global_variables_initializer() -> Operation:
    """One operation that initializes all global variables of the default graph."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Operation:
    """One operation that initializes all local variables of the default graph."""
    return variables_initializer(local_variables())


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer


def report_uninitialized_variables(var_list: Any = None, name: str = "report_uninitialized_variables") -> Tensor:
    """The names of the variables that have no value yet: a string vector, empty when all are initialized.

    `var_list` is by default all global and local variables.
    """
    from ..ops.constant import constant
    from ..ops.slicing import boolean_mask

    if var_list is None:
        var_list = global_variables() + local_variables()
    with name_scope(name):
        flags = [state.is_variable_initialized(v) for v in var_list]
        if not flags:
            return constant([], dtype=dtypes.string)
        missing = node("LogicalNot", node("Pack", flags, axis=0, name="stack"))
        names = constant([v.op.name for v in var_list])
        return boolean_mask(names, missing)


def assert_variables_initialized(var_list: Any = None) -> Any:
    """An op that fails with `FailedPreconditionError` if a variable has no value; None if there are no variables."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    if not var_list:
        return None
    ranks = [node("Size", v._variable if hasattr(v, "_variable") else v) for v in var_list]
    return node("Pack", ranks, axis=0)


def is_variable_initialized(variable: Any) -> Tensor:
    """Whether `variable` has a value: a bool scalar."""
    return state.is_variable_initialized(variable)


install_operators()
