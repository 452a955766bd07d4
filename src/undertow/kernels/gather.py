"""Rows of tensors taken and put by their indices: how each op is done.

An index out of range is an error. On a GPU, where asking would make the host wait, it gives zeros, or is left out, as
in TensorFlow: there it is -1 in what is called rows here.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from ..graph.errors import InvalidArgumentError
from .moving import mover
from .reduction import highest, lowest
from .registry import invalid, kernel
from .shaping import bracketed, vector
from .values import are_traced


def check_range(indices: Tensor, limit: int, name: str = "indices") -> None:
    """`invalid` naming the first index that is not in [0, limit)."""
    first = first_outside(indices, limit)
    if first is not None:
        at = torch.unravel_index(torch.tensor(first), indices.shape) if indices.dim() else ()
        where = bracketed(int(i) for i in at) if indices.dim() else ""
        raise invalid(f"{name}{where} = {int(indices.reshape(-1)[first])} is not in [0, {limit})")


def first_outside(indices: Tensor, limit: int) -> int | None:
    """Where the first of `indices`, laid out flat, is that is not in [0, limit); None if all are."""
    if within(indices, limit):
        return None
    flat = indices.reshape(-1)
    return int(((flat < 0) | (flat >= limit)).nonzero()[0])


def within(indices: Tensor, limit: int) -> bool:
    """Whether all of `indices` are in [0, limit)."""
    if not indices.numel():
        return True
    low, high = torch.aminmax(indices)
    if are_traced():
        return bool((low >= 0) & (high < limit))
    return int(low) >= 0 and int(high) < limit


@mover("GatherV2", host=("axis",))
def gather(params: Tensor, indices: Tensor, axis: Tensor, *, batch_dims: int) -> Tensor:
    at = int(axis)
    if not params.dim():
        raise invalid("params must be at least 1 dimensional")
    if not -params.dim() <= at < params.dim():
        raise invalid(f"Expected axis in the range [{-params.dim()}, {params.dim()}), but got {at}")
    at %= params.dim()
    batch = batch_dims % (indices.dim() + 1) if batch_dims >= 0 else batch_dims + indices.dim()
    if batch:
        return _batch_gather(params, indices, at, batch)
    rows = indices.reshape(-1)
    if rows.dtype not in (torch.int32, torch.int64):
        rows = rows.int()
    found = _selected_on_gpu(params, at, rows) if rows.is_cuda else _selected(params, at, rows, indices)
    return found.reshape((*params.shape[:at], *indices.shape, *params.shape[at + 1 :]))


def _selected(params: Tensor, axis: int, rows: Tensor, indices: Tensor) -> Tensor:
    try:
        return params.index_select(axis, rows)
    except (IndexError, RuntimeError):
        check_range(indices, params.shape[axis])
        raise


def _selected_on_gpu(params: Tensor, axis: int, rows: Tensor) -> Tensor:
    """Zeros for what is out of range. (torch would end the process.)"""
    size = params.shape[axis]
    if not size:
        return params.new_zeros(*params.shape[:axis], len(rows), *params.shape[axis + 1 :])
    outside = ((rows < 0) | (rows >= size)).reshape(-1, *[1] * (params.dim() - axis - 1))
    return params.index_select(axis, rows.clamp(0, size - 1)).masked_fill(outside, 0)


def _batch_gather(params: Tensor, indices: Tensor, axis: int, batch: int) -> Tensor:
    shape, outside = params.shape, None
    if indices.is_cuda:
        outside = ((indices < 0) | (indices >= shape[axis])).reshape(math.prod(shape[:batch]), 1, -1, 1)
        indices = indices.clamp(0, max(shape[axis] - 1, 0))
    else:
        check_range(indices, shape[axis])
    blocks = params.reshape(math.prod(shape[:batch]), math.prod(shape[batch:axis]), shape[axis], -1)
    rows = indices.reshape(blocks.shape[0], 1, -1, 1).long()
    found = blocks.gather(2, rows.expand(-1, blocks.shape[1], -1, blocks.shape[3]))
    found = found if outside is None else found.masked_fill(outside, 0)
    return found.reshape((*shape[:axis], *indices.shape[batch:], *shape[axis + 1 :]))


@mover("Gather")
def gather_rows(params: Tensor, indices: Tensor) -> Tensor:
    return gather(params, indices, torch.tensor(0), batch_dims=0)


def outside(at: list[int], index: list[int], shape: Any, what: str = "shape") -> InvalidArgumentError:
    """The error for an index, itself at `at`, that is not in a tensor of `shape`."""
    where, found = bracketed(at) if at else "", ", ".join(map(str, index))
    return invalid(f"indices{where} = [{found}] does not index into {what} {bracketed(shape)}")


def flat_rows(indices: Tensor, shape: Any, what: str) -> Tensor:
    """Vectors of indices into the first dims of `shape`, each as one index into all of them laid out flat."""
    depth = indices.shape[-1]
    vectors = indices.reshape(math.prod(indices.shape[:-1]), depth).long()
    rows = vectors.new_zeros(len(vectors))
    bad = torch.zeros_like(rows, dtype=torch.bool)
    for column, size in zip(vectors.unbind(1), shape):
        bad |= (column < 0) | (column >= size)
        rows = rows * size + column
    if rows.is_cuda:
        return rows.masked_fill(bad, -1)
    if bad.any():
        first = bad.nonzero()[0]
        at = [int(i) for i in torch.unravel_index(first, indices.shape[:-1])] if indices.dim() > 1 else []
        raise outside(at, vectors[first[0]].tolist(), shape, what)
    return rows


@mover("GatherNd")
def gather_nd(params: Tensor, indices: Tensor) -> Tensor:
    for what, value in (("params", params), ("indices", indices)):
        if not value.dim():
            raise invalid(f"{what} must be at least a vector")
    depth = indices.shape[-1]
    if depth > params.dim():
        raise invalid(f"index innermost dimension length must be <= params rank; saw: {depth} vs. {params.dim()}")
    rest = params.shape[depth:]
    rows = flat_rows(indices, params.shape, "param shape")
    flat = params.reshape(math.prod(params.shape[:depth]), *rest)
    found = _selected_on_gpu(flat, 0, rows) if rows.is_cuda else flat.index_select(0, rows)
    return found.reshape((*indices.shape[:-1], *rest))


# Scatter


def check_updates(shape: Any, indices: Tensor, updates: Any, what: str = "output") -> None:
    """`InvalidArgumentError` unless there is an update of the right shape for each index into a tensor of `shape`."""
    batch = indices.dim() - 1
    depth = indices.shape[-1]
    if tuple(updates.shape) == (*indices.shape[:-1], *shape[depth:]) and depth <= len(shape):
        return
    sizes = bracketed(indices.shape), bracketed(updates.shape)
    if what == "output" and tuple(updates.shape[:batch]) != tuple(indices.shape[:-1]):
        raise invalid(
            f"Outer dimensions of indices and update must match. Indices shape: {sizes[0]}, updates shape:{sizes[1]}"
        )
    if what == "params" and batch and updates.ndim and updates.shape[0] != indices.shape[0]:
        raise invalid(
            f"The outermost dimension of updates and indices must match. Got indices.shape {sizes[0]}, updates.shape "
            f"{sizes[1]}"
        )
    raise invalid(
        f"Must have updates.shape = indices.shape[:batch_dim] + {what}_shape[slice_dim:], got updates.shape: "
        f"{sizes[1]}, indices.shape: {sizes[0]}, {what}_shape: {bracketed(shape)}, "
        f"slice_dim: {depth}, and batch_dim: {batch}"
    )


def without_outside(into: Tensor, rows: Tensor, updates: Tensor, nothing: float | int) -> tuple[Tensor, Tensor]:
    """Rows and their updates such that a row of -1 changes none, if `nothing` is an update that changes nothing."""
    if not rows.is_cuda:
        return rows, updates
    if not len(into):
        return rows[:0], updates[:0]
    missing = (rows < 0).reshape(-1, *[1] * (updates.dim() - 1))
    return rows.clamp_min(0), updates.masked_fill(missing, nothing)


def without_outside_put(into: Tensor, rows: Tensor, updates: Tensor) -> tuple[Tensor, Tensor]:
    """As `without_outside` for what replaces a row: a row of -1 does again what the first of the others does."""
    if not rows.is_cuda or not len(rows):
        return rows, updates
    if not len(into):
        return rows[:0], updates[:0]
    missing = rows < 0
    first = missing.to(torch.uint8).argmin(0, keepdim=True)
    row = rows.index_select(0, first)
    there, row = (row >= 0).reshape(-1, *[1] * (updates.dim() - 1)), row.clamp_min(0)
    update = torch.where(there, updates.index_select(0, first), into.index_select(0, row))
    shaped = missing.reshape(-1, *[1] * (updates.dim() - 1))
    return torch.where(missing, row, rows), torch.where(shaped, update, updates)


def _rows(into: Tensor, indices: Tensor, updates: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The tensor as rows, which rows are meant, and what is for each of them."""
    depth = indices.shape[-1]
    if depth > into.dim():
        raise invalid(f"Indices of {depth} numbers do not index into shape {bracketed(into.shape)}")
    check_updates(into.shape, indices, updates)
    rest = into.shape[depth:]
    at = flat_rows(indices, into.shape, "shape")
    return into.reshape(math.prod(into.shape[:depth]), *rest), at, updates.reshape(len(at), *rest)


@mover("ScatterNd", host=("shape",))
def scatter_nd(indices: Tensor, updates: Tensor, shape: Tensor) -> Tensor:
    dims = vector(shape, "shape")
    if 0 in dims and indices.numel() and updates.numel():
        raise invalid(f"Indices and updates specified for empty output.  indices shape: {bracketed(indices.shape)}")
    into = updates.new_zeros(dims)
    return _added(into, indices, updates)


@mover("TensorScatterUpdate")
def tensor_scatter_update(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    return rows.index_copy(0, *without_outside_put(rows, at, values)).reshape(tensor.shape)


@kernel("TensorScatterAdd", "ScatterNdNonAliasingAdd")
def tensor_scatter_add(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    return _added(tensor, indices, updates)


@kernel("TensorScatterSub")
def tensor_scatter_sub(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    return _added(tensor, indices, updates, sign=-1)


def _added(into: Tensor, indices: Tensor, updates: Tensor, sign: int = 1) -> Tensor:
    rows, at, values = _rows(into, indices, updates)
    return rows.index_add(0, *without_outside(rows, at, values, 0), alpha=sign).reshape(into.shape)


@kernel("TensorScatterMin")
def tensor_scatter_min(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    at, values = without_outside(rows, at, values, highest(values.dtype))
    return rows.index_reduce(0, at, values, "amin").reshape(tensor.shape)


@kernel("TensorScatterMax")
def tensor_scatter_max(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    at, values = without_outside(rows, at, values, lowest(values.dtype))
    return rows.index_reduce(0, at, values, "amax").reshape(tensor.shape)
