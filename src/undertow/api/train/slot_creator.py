"""Slots: the variables that an optimizer or a moving average keeps beside another variable, named after it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Optimizer (Slots)
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ...graph import stacks
from ...graph.shape import TensorShape
from ...ops.node import convert_to_tensor
from ...ops.resource_variable import is_resource_variable
from ..get_variable import get_variable
from ..initializers import zeros_initializer
from ..variable_scope import get_variable_scope, variable_scope
from ..variables import Variable


def create_slot(primary: Any, val: Any, name: str, colocate_with_primary: bool = True) -> Variable:
    """A slot `name` of `primary` (a variable or a tensor) that starts with the value `val`."""
    fixed = convert_to_tensor(val).shape.is_fully_defined()
    with variable_scope(None, f"{primary.op.name}/{name}"), _placed(primary, colocate_with_primary):
        return _slot(primary, val, None, None, fixed)


def create_slot_with_initializer(
    primary: Any, initializer: Any, shape: TensorShape, dtype: Any, name: str, colocate_with_primary: bool = True
) -> Variable:
    """A slot `name` of `primary` that starts with what `initializer` makes of `shape` and `dtype`."""
    with variable_scope(None, f"{primary.op.name}/{name}"), _placed(primary, colocate_with_primary):
        return _slot(primary, initializer, shape, dtype, shape.is_fully_defined())


def create_zeros_slot(primary: Any, name: str, dtype: Any = None, colocate_with_primary: bool = True) -> Variable:
    """A slot `name` of `primary`, of its shape and (by default) dtype, that starts with zeros."""
    dtype = primary.dtype.base_dtype if dtype is None else dtype
    shape = primary.get_shape()
    if shape.is_fully_defined():
        return create_slot_with_initializer(primary, zeros_initializer(), shape, dtype, name, colocate_with_primary)
    from ...ops.array import shape as shape_of
    from ...ops.array import zeros

    start = primary.initialized_value() if isinstance(primary, Variable) else primary
    return create_slot(primary, zeros(shape_of(start), dtype=dtype), name, colocate_with_primary)


def _placed(primary: Any, with_primary: bool) -> AbstractContextManager[Any]:
    return stacks.get_default_graph().colocate_with(primary.op) if with_primary else nullcontext()


def _slot(primary: Any, initial: Any, shape: Any, dtype: Any, validate_shape: bool) -> Variable:
    get_variable_scope().set_partitioner(None)  # a slot of a part is one variable
    slot = get_variable(
        "", initializer=initial, trainable=False, use_resource=is_resource_variable(primary), shape=shape, dtype=dtype,
        validate_shape=validate_shape,
    )  # fmt: skip
    part = primary._get_save_slice_info() if isinstance(primary, Variable) else None
    if part is not None:
        own_name = slot.op.name[len(primary.op.name) + 1 :]
        slot._set_save_slice_info(
            Variable.SaveSliceInfo(f"{part.full_name}/{own_name}", part.full_shape, part.var_offset, part.var_shape)
        )
    return slot
