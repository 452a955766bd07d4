"""The variables that `tf.get_variable` has made in a graph, by full name: shared, checked, and made anew.

`api/variable_scope.py` has the scopes that give a name its prefix and its defaults.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.keys import GraphKeys
from ..graph.operation import Tensor
from ..graph.scopes import colocate_with, init_scope, name_scope
from ..graph.shape import TensorShape
from ..ops.node import convert_to_tensor, node
from .initializers import glorot_uniform, zeros
from .partitioned_variables import PartitionedVariable, PartitionInfo, partition_counts, slices
from .variables import Variable, VariableAggregation, VariableSynchronization, trainable_or_default


class _ReuseMode(enum.Enum):
    """The `reuse` that neither True nor False is."""

    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE

_OPTIONAL_FOR_CUSTOM_GETTERS = ("constraint", "synchronization", "aggregation")


@dataclass(frozen=True)
class _Request:
    """What `get_variable` is asked for, once scopes and custom getters have had their say."""

    shape: Any
    dtype: DType
    initializer: Any
    regularizer: Callable[[Any], Any] | None
    reuse: Any
    trainable: bool | None
    collections: Any
    caching_device: Any
    validate_shape: bool
    use_resource: bool | None
    constraint: Callable[[Tensor], Tensor] | None
    synchronization: VariableSynchronization
    aggregation: VariableAggregation

    @property
    def from_value(self) -> bool:
        return self.initializer is not None and not callable(self.initializer)


class VariableStore:
    """A graph's variables made by `get_variable`."""

    def __init__(self) -> None:
        self._vars: dict[str, Variable] = {}
        self._partitioned_vars: dict[str, PartitionedVariable] = {}
        self._store_eager_variables = False

    def get_variable(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        custom_getter: Callable[..., Any] | None = None,
        constraint: Callable[[Tensor], Tensor] | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> Any:
        """The variable of that full name: the one there is or a new one, as `reuse` says (True, False, AUTO_REUSE).

        Through `custom_getter`, if there is one, whose first argument is the getter that does it.
        """
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        told = {
            "shape": shape, "dtype": dtype, "initializer": initializer, "regularizer": regularizer, "reuse": reuse,
            "trainable": trainable, "collections": collections, "caching_device": caching_device,
            "partitioner": partitioner, "validate_shape": validate_shape, "use_resource": use_resource,
            "constraint": constraint, "synchronization": synchronization, "aggregation": aggregation,
        }  # fmt: skip
        if custom_getter is None:
            return self._get(name, **told)
        told["trainable"] = trainable_or_default(trainable, synchronization, aggregation, name)
        for key in _OPTIONAL_FOR_CUSTOM_GETTERS:
            if not _accepts(custom_getter, key):
                del told[key]
        return custom_getter(self._get, name=name, **told)

    def _get(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        constraint: Callable[[Tensor], Tensor] | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> Any:
        """What a custom getter gets as its getter."""
        trainable = trainable_or_default(trainable, synchronization, aggregation, name)
        wanted = _Request(
            shape, dtypes.as_dtype(dtype).base_dtype, initializer, regularizer, reuse, trainable, collections,
            caching_device, validate_shape, use_resource, constraint, synchronization, aggregation,
        )  # fmt: skip
        if partitioner is not None and not callable(partitioner):
            raise ValueError(f"Partitioner must be callable, but received: {partitioner}")
        if partitioner is not None and TensorShape(shape).ndims != 0:  # a scalar is never cut
            with name_scope(None):
                return self._partitioned(name, wanted, partitioner)
        if f"{name}/part_0" in self._vars:
            if wanted.reuse is True and name in self._partitioned_vars:
                return self._shared_partitioned(name, TensorShape(shape), wanted, None)
            raise ValueError(
                f"No partitioner was provided, but a partitioned version of the variable was found: {name}/part_0. "
                "Perhaps a variable of the same name was already created with partitioning?"
            )
        return self._single(name, wanted)

    # One variable

    def _single(self, name: str, wanted: _Request, part: PartitionInfo | None = None) -> Variable:
        if wanted.shape is not None and wanted.from_value:
            raise ValueError("If initializer is a constant, do not specify shape.")
        shape = TensorShape(wanted.shape)
        if name in self._vars:
            return self._shared(name, shape, wanted)
        if wanted.reuse is True:
            raise ValueError(
                f"Variable {name} does not exist, or was not created with tf.get_variable(). Did you mean to set "
                "reuse=tf.AUTO_REUSE in VarScope?"
            )
        initial_value, dtype = _initial_value(name, shape, wanted, part)
        variable = Variable(
            initial_value=initial_value, name=name, trainable=wanted.trainable, collections=wanted.collections,
            caching_device=wanted.caching_device, dtype=dtype, validate_shape=wanted.validate_shape,
            constraint=wanted.constraint, use_resource=wanted.use_resource, synchronization=wanted.synchronization,
            aggregation=wanted.aggregation,
        )  # fmt: skip
        self._vars[name] = variable
        if wanted.regularizer is not None:
            _regularize(variable, name, wanted.regularizer)
        return variable

    def _shared(self, name: str, shape: TensorShape, wanted: _Request) -> Variable:
        found = self._vars[name]
        if wanted.reuse is False:
            raise ValueError(
                f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
                f"VarScope? Originally defined at:\n\n  {found.op.made_at()}\n"
            )
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError(
                f"Trying to share variable {name}, but specified shape {shape} and found shape {found.get_shape()}."
            )
        if not wanted.dtype.is_compatible_with(found.dtype):
            raise ValueError(
                f"Trying to share variable {name}, but specified dtype {wanted.dtype.name} and found dtype "
                f"{found.dtype.name}."
            )
        return found

    # A variable in parts

    def _partitioned(self, name: str, wanted: _Request, partitioner: Any) -> PartitionedVariable:
        if name in self._vars:
            raise ValueError(
                f"A partitioner was provided, but an unpartitioned version of the variable was found: {name}. Perhaps "
                "a variable of the same name was already created without partitioning?"
            )
        shape = TensorShape(wanted.shape)
        value = convert_to_tensor(wanted.initializer, dtype=wanted.dtype) if wanted.from_value else None
        if value is not None:
            shape = shape.merge_with(value.shape)
        counts = partition_counts(partitioner, shape, wanted.dtype)
        if name in self._partitioned_vars:
            return self._shared_partitioned(name, shape, wanted, counts)
        if wanted.reuse is True:
            raise ValueError(
                f"PartitionedVariable {name} does not exist, or was not created with tf.get_variable(). Did you mean "
                "to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?"
            )
        whole = [int(d) for d in shape]
        plan = [(PartitionInfo(whole, offset), size) for offset, size in slices(whole, counts)]
        parts = []
        for i, (part, size) in enumerate(plan):
            if value is None:
                of_part = _replaced(wanted, shape=size)
            else:
                with name_scope(f"{name}/part_{i}/PartitionedInitializer"):
                    of_part = _replaced(wanted, shape=None, initializer=node("Slice", value, part.var_offset, size))
            with name_scope(None):
                variable = self._single(f"{name}/part_{i}", of_part, part)
            variable._set_save_slice_info(Variable.SaveSliceInfo(name, whole, part.var_offset, size))
            parts.append(variable)
        made = PartitionedVariable(name, shape, wanted.dtype, parts, counts)
        self._partitioned_vars[name] = made
        return made

    def _shared_partitioned(
        self, name: str, shape: TensorShape, wanted: _Request, counts: list[int] | None
    ) -> PartitionedVariable:
        found = self._partitioned_vars[name]
        if wanted.reuse is False:
            raise ValueError(
                f"Partitioned variable with name {name} already exists. Did you mean to set reuse=True or "
                "reuse=tf.AUTO_REUSE in VarScope?"
            )
        said = [
            ("shape", shape, found.get_shape(), shape.is_compatible_with(found.get_shape())),
            ("dtype", wanted.dtype.name, found.dtype.name, wanted.dtype.is_compatible_with(found.dtype)),
            ("partitions", counts, found._get_partitions(), counts is None or counts == found._get_partitions()),
        ]
        for what, asked, there, agree in said:
            if not agree:
                raise ValueError(
                    f"Trying to reuse partitioned variable {name}, but specified {what} {asked} and found {what} "
                    f"{there}."
                )
        return found


def _replaced(wanted: _Request, **changes: Any) -> _Request:
    return _Request(**{**wanted.__dict__, **changes})


def _accepts(function: Callable[..., Any], parameter: str) -> bool:
    """Whether `function` can be given that keyword."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(p.name == parameter or p.kind is p.VAR_KEYWORD for p in parameters)


def _initial_value(
    name: str, shape: TensorShape, wanted: _Request, part: PartitionInfo | None
) -> tuple[Any, DType | None]:
    """What `Variable` gets as its initial value, and the dtype if the value does not tell it."""
    initializer = wanted.initializer
    if wanted.from_value:
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape.is_fully_defined():
        if initializer is None:
            initializer = _default_initializer(name, wanted.dtype)
        told: dict[str, Any] = {"dtype": wanted.dtype}
        if part is not None and "partition_info" in inspect.signature(initializer).parameters:
            told["partition_info"] = part
        return lambda: initializer(shape.as_list(), **told), wanted.dtype
    if initializer is None or shape.ndims is not None:
        raise ValueError(f"Shape of a new variable ({name}) must be fully defined, but instead was {shape}.")
    parameters = inspect.signature(initializer).parameters.values()
    if any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        raise ValueError(
            "The initializer passed is not valid. It should be a callable with no arguments and the shape should not "
            "be provided or an instance of `tf.keras.initializers.*' and `shape` should be fully defined."
        )
    return initializer, None


def _default_initializer(name: str, dtype: DType) -> Any:
    if dtype.is_floating:
        return glorot_uniform()
    if dtype.is_integer or dtype.is_bool or dtype == dtypes.string:
        return zeros()
    raise ValueError(f"An initializer for variable {name} of {dtype!r} is required")


def _regularize(variable: Variable, name: str, regularizer: Callable[[Any], Any]) -> None:
    """Collect the loss that `regularizer` makes of a new variable, unless it makes none."""
    with init_scope(), colocate_with(variable.op), name_scope(f"{name}/Regularizer/"):
        loss = regularizer(variable)
    if loss is not None:
        stacks.get_default_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
