"""Handles of variables: tensors of dtype `resource` that stand for a variable, and what the graph knows behind them."""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType, spelled
from ..graph.function import FunctionGraph
from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape

# What is done with the variable that a handle stands for. (Else a handle is only passed on, or asked about.)
READERS = frozenset({"ReadVariableOp", "ResourceGather", "ResourceGatherNd"})
_WRITERS = {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "ResourceStridedSliceAssign",
            "ResourceCountUpTo", "DestroyResourceOp"}  # fmt: skip


def uses(op_type: str) -> bool:
    """Whether an op of this type is about the variables whose handles it is given, so that their shapes matter."""
    return op_type in READERS or op_type == "VariableShape" or writes(op_type)


def writes(op_type: str) -> bool:
    """Whether ops of this type change the variables whose handles they are given."""
    return op_type in _WRITERS or op_type.startswith(("ResourceApply", "ResourceSparseApply", "ResourceScatter"))


def source(tensor: Tensor) -> Operation:
    """The op that made what `tensor` stands for, in front of the branches, loops and functions it was passed into."""
    op = tensor.op
    while True:
        if op.inputs:
            op = op.inputs[0].op
        elif op.type == "Placeholder" and isinstance(op.graph, FunctionGraph) and op in op.graph.outside:
            op = op.graph.outside[op].op
        else:
            return op


def variable_op(tensor: Tensor) -> Operation | None:
    """The variable that a handle stands for, None if the graph does not tell."""
    if tensor.dtype is not dtypes.resource:
        return None
    op = source(tensor)
    return op if op.type == "VarHandleOp" else None


def shared_name(op: Operation) -> tuple[str, str]:
    """Container and name of the variable of a VarHandleOp: ops that agree in both stand for one variable."""
    return op.attrs["container"], op.attrs["shared_name"] or op.name


def value_dtype(tensor: Tensor) -> DType:
    """The dtype of a tensor's values; of a handle, of the variable's."""
    op = variable_op(tensor)
    return tensor.dtype if op is None else op.attrs["dtype"]


def value_shape(tensor: Tensor, dtype: Any = None) -> TensorShape:
    """The shape of a tensor, of a handle the variable's; `ValueError` if the variable is of another dtype than this."""
    op = variable_op(tensor)
    if op is None:
        return tensor.shape if tensor.dtype is not dtypes.resource else TensorShape(None)
    if isinstance(dtype, DType) and dtype is not op.attrs["dtype"]:
        raise ValueError(
            f"Trying to read variable with wrong dtype. Expected {spelled(op.attrs['dtype'].name)} got "
            f"{spelled(dtype.name)}"
        )
    shape: TensorShape = op.attrs["shape"]
    return shape
