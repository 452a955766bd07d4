"""Variables that stand in the graph by a handle. `api/resource_variable.py` has the class, `state.py` the functions.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/VarHandleOp and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .constant import constant
from .gather import gather_nd_shape, gather_shape
from .handles import value_dtype, value_shape
from .node import node
from .rules import shape_rule


def is_resource_variable(var: Any) -> bool:
    """Whether a variable (or what stands for one) is used by its handle."""
    return getattr(var, "handle", None) is not None and not var.dtype._is_ref_dtype


def variable_shape(handle: Tensor, out_type: Any = dtypes.int32) -> Tensor:
    """The shape of the variable behind a handle, a vector: a constant if the graph knows it."""
    known = value_shape(handle)
    if known.is_fully_defined():
        return constant(known.as_list(), dtype=out_type)
    return node("VariableShape", handle, out_type=out_type)


def read_value(tensor: Tensor) -> Tensor:
    """A tensor; of a handle the variable's value."""
    return node("ReadVariableOp", tensor, dtype=value_dtype(tensor)) if tensor.dtype is dtypes.resource else tensor


# The rules are given the variable's shape in the place of a handle's.


@shape_rule("VarHandleOp")
def _() -> TensorShape:
    return TensorShape.of(())


shape_rule("VarIsInitializedOp", "ResourceCountUpTo")(rules.scalar)
shape_rule("ReadVariableOp")(rules.unchanged)
shape_rule("ResourceGatherNd")(gather_nd_shape)


@shape_rule("VariableShape")
def _(variable: TensorShape) -> TensorShape:
    return TensorShape.of((variable.ndims,))


@shape_rule("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp")
def _(variable: TensorShape, value: TensorShape) -> TensorShape:
    return rules.merged(variable, value)


@shape_rule("ResourceGather")
def _(variable: TensorShape, indices: TensorShape, *, batch_dims: int) -> TensorShape:
    return gather_shape(variable, indices, batch_dims, batch_dims=batch_dims)
