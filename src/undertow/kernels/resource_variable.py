"""Variables by their handles. A handle arrives as the variable's `Cell`; most ops are those by reference (`state.py`).

Reading a whole variable is the runtime's work, which knows whether it has to be a copy.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ..graph.errors import NotFoundError
from ..graph.operation import Operation
from ..ops.handles import value_shape
from . import gather as _  # noqa: F401 - its kernels are looked up here
from .registry import KERNELS, invalid, kernel
from .shaping import bracketed
from .state import Cell


@kernel("ReadVariableOp", view=True)
def read_variable(variable: Cell) -> Any:
    return variable.copy()


@kernel("AssignVariableOp", context=True)
def assign_variable(context: Any, variable: Cell, value: Any, *, validate_shape: bool) -> None:
    # TensorFlow lets a checkpoint put another shape in a variable's place.
    if validate_shape or _restored(context.op.inputs[1].op):
        known = value_shape(context.op.inputs[0])
        if not known.is_compatible_with(list(value.shape)):
            raise invalid(
                "Trying to assign to variable with tensor with wrong shape. "
                f"Expected {bracketed(known)} got {bracketed(value.shape)}"
            )
    variable.assign(value)


def _restored(op: Operation) -> bool:
    """Whether what is assigned comes from a checkpoint."""
    while op.type in ("Identity", "Reshape"):
        op = op.inputs[0].op
    return op.type == "RestoreV2"


@kernel("VariableShape", on_host=True)
def variable_shape(variable: Cell, *, out_type: torch.dtype) -> Tensor:
    return torch.tensor(variable.read().shape, dtype=out_type)


@kernel("ResourceGather")
def resource_gather(variable: Cell, indices: Tensor, *, batch_dims: int) -> Any:
    return KERNELS["GatherV2"].function(variable.read(), indices, torch.tensor(batch_dims), batch_dims=batch_dims)


@kernel("ResourceGatherNd")
def resource_gather_nd(variable: Cell, indices: Tensor) -> Any:
    return KERNELS["GatherNd"].function(variable.read(), indices)


@kernel("DestroyResourceOp")
def destroy(variable: Cell, *, ignore_lookup_error: bool) -> None:
    if variable.value is None and not ignore_lookup_error:
        raise NotFoundError(None, None, f"Resource localhost/{variable.name} does not exist.")
    variable.value = None


@kernel("DisableCopyOnRead")
def disable_copy_on_read(variable: Cell) -> None:
    """Nothing: reads are copies only where a write comes between them and their use."""
