"""Variables: how their storage is read and changed. A reference, or a handle, arrives as a `Cell`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import OutOfRangeError
from .gather import check_range, check_updates, flat_rows, without_outside, without_outside_put
from .reduction import highest, lowest
from .registry import invalid, kernel
from .shaping import bracketed


class Cell(Protocol):
    """A variable's storage in one session (`runtime/store.py`)."""

    name: str
    value: Any

    def read(self) -> Any: ...
    def storage(self) -> Any: ...
    def copy(self) -> Any: ...
    def assign(self, value: Any) -> None: ...


@kernel("Assign", context=True)
def assign(context: Any, ref: Cell, value: Any, *, validate_shape: bool) -> Cell:
    if validate_shape:
        shape = _declared(context.op.inputs[0]) if ref.value is None else tuple(ref.value.shape)
        if shape is not None and shape != tuple(value.shape):
            raise invalid(
                "Assign requires shapes of both tensors to match. "
                f"lhs shape= {_spelled(shape)} rhs shape= {_spelled(value.shape)}"
            )
    ref.assign(value)
    return ref


def _declared(variable: Any) -> tuple[int, ...] | None:
    """The shape of a variable that has no value yet, if the graph knows all of it."""
    return tuple(variable.shape.as_list()) if variable.shape.is_fully_defined() else None


def _spelled(shape: Any) -> str:
    return f"[{','.join(map(str, shape))}]"


@kernel("AssignAdd", "AssignAddVariableOp")
def assign_add(ref: Cell, value: Tensor) -> Cell:
    _same_shape(ref.storage(), value).add_(value)
    return ref


@kernel("AssignSub", "AssignSubVariableOp")
def assign_sub(ref: Cell, value: Tensor) -> Cell:
    _same_shape(ref.storage(), value).sub_(value)
    return ref


def _same_shape(old: Tensor, value: Tensor) -> Tensor:
    if old.shape != value.shape:
        raise invalid(f"Var and update must have the same shape: {list(old.shape)} and {list(value.shape)}")
    return old


@kernel("IsVariableInitialized", "VarIsInitializedOp", on_host=True)
def is_variable_initialized(ref: Cell) -> Tensor:
    return torch.tensor(ref.value is not None)


@kernel("CountUpTo", "ResourceCountUpTo")
def count_up_to(ref: Cell, *, limit: int) -> Tensor:
    old = ref.storage()
    if int(old) >= limit:
        raise OutOfRangeError(None, None, f"Reached limit of {limit}")
    before = old.clone()
    old.add_(1)
    return before


def _checked_rows(var: Tensor, indices: Tensor) -> Tensor:
    rows = indices if indices.dim() == 1 and indices.dtype == torch.int64 else indices.reshape(-1).long()
    if rows.is_cuda:
        return rows.masked_fill((rows < 0) | (rows >= var.shape[0]), -1)
    check_range(indices, var.shape[0])
    return rows


def _rows_of(var: Tensor, rows: Tensor, updates: Tensor, indices: Tensor) -> Tensor:
    shape = rows.shape + var.shape[1:]
    if updates.shape == shape:
        return updates
    if updates.dim() and tuple(updates.shape) != (*indices.shape, *var.shape[1:]):
        raise invalid(
            "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got updates.shape "
            f"{bracketed(updates.shape)}, indices.shape {bracketed(indices.shape)}, params.shape {bracketed(var.shape)}"
        )
    return updates.expand(shape) if updates.dim() == 0 else updates.reshape(shape)


def _scatter_reduce(reduce: str, nothing: Callable[[torch.dtype], float | int]) -> Any:
    def apply(var: Tensor, rows: Tensor, updates: Tensor) -> None:
        rows, updates = without_outside(var, rows, updates, nothing(var.dtype))
        places = rows.reshape(-1, *[1] * (var.dim() - 1)).expand_as(updates)
        var.scatter_reduce_(0, places, updates, reduce)

    return apply


_SCATTER: dict[str, Any] = {
    "ScatterUpdate": lambda var, rows, updates: var.index_copy_(0, *without_outside_put(var, rows, updates)),
    "ScatterAdd": lambda var, rows, updates: var.index_add_(0, *without_outside(var, rows, updates, 0)),
    "ScatterSub": lambda var, rows, updates: var.index_add_(0, *without_outside(var, rows, updates, 0), alpha=-1),
    "ScatterMul": _scatter_reduce("prod", lambda dtype: 1),
    "ScatterDiv": lambda var, rows, updates: _divide_rows(var, rows, updates),
    "ScatterMin": _scatter_reduce("amin", highest),
    "ScatterMax": _scatter_reduce("amax", lowest),
}


def _divide_rows(var: Tensor, rows: Tensor, updates: Tensor) -> None:
    for row, update in zip(rows.tolist(), updates):  # repeated rows divide again
        if row < 0:
            continue
        var[row] = torch.div(var[row], update, rounding_mode=None if var.is_floating_point() else "trunc")


def _register_scatter(op_type: str, change: Any) -> None:
    @kernel(op_type, f"Resource{op_type}")
    def scatter(ref: Cell, indices: Tensor, updates: Tensor) -> Cell:
        var = ref.storage()
        rows = _checked_rows(var, indices)
        if isinstance(var, np.ndarray):  # strings, which are only ever put in the place of others
            var[rows.numpy()] = updates.reshape(-1, *var.shape[1:])
        else:
            change(var, rows, _rows_of(var, rows, updates, indices))
        return ref


for _type, _change in _SCATTER.items():
    _register_scatter(_type, _change)


def scatter_add_scaled(ref: Cell, indices: Tensor, updates: Tensor, scale: Tensor, sign: int) -> Cell:
    """ScatterAdd, or with a `sign` of -1 ScatterSub, of `updates` times a scalar."""
    var = ref.storage()
    rows = _checked_rows(var, indices)
    if scale.is_cpu:
        factor = sign * float(scale)
    else:  # asking for its value would make the GPU wait
        updates, factor = updates * scale, sign
    rows, updates = without_outside(var, rows, _rows_of(var, rows, updates, indices), 0)
    var.index_add_(0, rows, updates, alpha=factor)
    return ref


def _register_scatter_nd(op_type: str, sign: int) -> None:
    @kernel(op_type, f"Resource{op_type}")
    def scatter_nd(ref: Cell, indices: Tensor, updates: Tensor) -> Cell:
        var = ref.storage()
        check_updates(var.shape, indices, updates, "params")
        at = flat_rows(indices, var.shape, "shape")
        depth = indices.shape[-1]
        rows = var.reshape(math.prod(var.shape[:depth]), *var.shape[depth:])  # a variable's memory is contiguous
        if isinstance(var, np.ndarray):
            rows[at.numpy()] = updates.reshape(len(at), *rows.shape[1:])
            return ref
        values = updates.reshape(len(at), *rows.shape[1:])
        if sign:
            rows.index_add_(0, *without_outside(rows, at, values, 0), alpha=sign)
        else:
            rows.index_copy_(0, *without_outside_put(rows, at, values))
        return ref


for _type, _sign in {"ScatterNdUpdate": 0, "ScatterNdAdd": 1, "ScatterNdSub": -1}.items():
    _register_scatter_nd(_type, _sign)
