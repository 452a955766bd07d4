"""`tf.get_variable` and the functions that make variables through it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/get_variable
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.keys import GraphKeys
from .variable_scope import _get_default_variable_store, get_variable_scope, variable_scope
from .variables import VariableAggregation, VariableSynchronization


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Callable[..., Any] | None = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable[..., Any] | None = None,
    constraint: Callable[[Any], Any] | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Any:
    """The variable `name` of the current variable scope: the one there is if the scope reuses, else a new one.

    `initializer` is called with the shape and dtype (glorot_uniform for floats, zeros for ints and bools by default),
    or is the initial value itself, and then no `shape` is given. With a `partitioner`, a `PartitionedVariable`.
    `ValueError` if the variable is there and not to be reused, is not there and to be reused, or is of another shape
    or dtype than asked for.
    """
    return get_variable_scope().get_variable(
        _get_default_variable_store(), name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
        trainable=trainable, collections=collections, caching_device=caching_device, partitioner=partitioner,
        validate_shape=validate_shape, use_resource=use_resource, custom_getter=custom_getter, constraint=constraint,
        synchronization=synchronization, aggregation=aggregation,
    )  # fmt: skip


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = False,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Callable[..., Any] | None = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable[..., Any] | None = None,
    constraint: Callable[[Any], Any] | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Any:
    """`get_variable`, but never trainable, and in LOCAL_VARIABLES, which checkpoints leave out."""
    collections = [GraphKeys.LOCAL_VARIABLES, *(collections or ())]
    return get_variable(
        name, shape, dtype, initializer, regularizer, False, collections, caching_device, partitioner, validate_shape,
        use_resource, custom_getter, constraint, synchronization, aggregation,
    )  # fmt: skip


def create_partitioned_variables(
    shape: Any,
    slicing: list[int],
    initializer: Any,
    dtype: Any = dtypes.float32,
    trainable: bool = True,
    collections: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> list[Any]:
    """The list of variables that `shape` is cut into, `slicing[i]` parts along axis i, one axis at most.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/create_partitioned_variables
    """
    dims = [int(d) for d in shape]
    if len(dims) != len(slicing):
        raise ValueError(f"The shape and slicing must have the same length, shape: {dims}, slicing: {slicing}")
    for size, parts in zip(dims, slicing):
        if not 0 < parts <= size:
            raise ValueError(f"Cannot cut a dimension of {size} into {parts} parts: shape: {dims}, slicing: {slicing}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse) as scope:
        if not callable(initializer):
            dtype = initializer.dtype.base_dtype
        made = _get_default_variable_store().get_variable(
            scope.name, shape=dims, dtype=dtype, initializer=initializer, reuse=scope.reuse, trainable=trainable,
            collections=collections, partitioner=lambda shape, dtype: list(slicing),
        )  # fmt: skip
    return list(made)


def no_regularizer(_: Any) -> None:
    """A regularizer that adds no loss: it turns off the one of an outer scope."""
    return
