"""Rows of tensors taken and put by their indices: how each op is done."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from ..graph.errors import InvalidArgumentError
from .moving import mover
from .registry import invalid, kernel
from .shaping import bracketed, vector
from .values import are_traced


def check_range(indices: Tensor, limit: int, name: str = "indices") -> None:
    """`invalid` naming the first index that is not in [0, limit)."""
    if within(indices, limit):
        return
    flat = indices.reshape(-1)
    bad = ((flat < 0) | (flat >= limit)).nonzero()
    at = torch.unravel_index(bad[0], indices.shape) if indices.dim() else ()
    where = bracketed(int(i) for i in at) if indices.dim() else ""
    raise invalid(f"{name}{where} = {int(flat[bad[0]])} is not in [0, {limit})")


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
    """As TensorFlow on a GPU: an index out of range gives zeros. (torch would end the process, a check would wait.)"""
    size = params.shape[axis]
    if not size:
        return params.new_zeros(*params.shape[:axis], len(rows), *params.shape[axis + 1 :])
    outside = ((rows < 0) | (rows >= size)).reshape(-1, *[1] * (params.dim() - axis - 1))
    return params.index_select(axis, rows.clamp(0, size - 1)).masked_fill(outside, 0)


def _batch_gather(params: Tensor, indices: Tensor, axis: int, batch: int) -> Tensor:
    shape = params.shape
    check_range(indices, shape[axis])
    blocks = params.reshape(math.prod(shape[:batch]), math.prod(shape[batch:axis]), shape[axis], -1)
    rows = indices.reshape(blocks.shape[0], 1, -1, 1).long()
    found = blocks.gather(2, rows.expand(-1, blocks.shape[1], -1, blocks.shape[3]))
    return found.reshape((*shape[:axis], *indices.shape[batch:], *shape[axis + 1 :]))


@mover("Gather")
def gather_rows(params: Tensor, indices: Tensor) -> Tensor:
    return gather(params, indices, torch.tensor(0), batch_dims=0)


def outside(at: list[int], index: list[int], shape: Any, what: str = "shape") -> InvalidArgumentError:
    """The error for an index, itself at `at`, that is not in a tensor of `shape`."""
    where, found = bracketed(at) if at else "", ", ".join(map(str, index))
    return invalid(f"indices{where} = [{found}] does not index into {what} {bracketed(shape)}")


def _flat(indices: Tensor, shape: Any, what: str) -> Tensor:
    """Vectors of indices into the first dims of `shape`, each as one index into all of them laid out flat."""
    depth = indices.shape[-1]
    dims = torch.tensor(shape[:depth], dtype=torch.int64, device=indices.device)
    vectors = indices.reshape(-1, depth).long()
    bad = ((vectors < 0) | (vectors >= dims)).any(1).nonzero()
    if len(bad):
        at = [int(i) for i in torch.unravel_index(bad[0], indices.shape[:-1])] if indices.dim() > 1 else []
        raise outside(at, vectors[bad[0, 0]].tolist(), shape, what)
    steps = [math.prod(shape[i + 1 : depth]) for i in range(depth)]
    return (vectors * torch.tensor(steps, dtype=torch.int64, device=indices.device)).sum(1)


@mover("GatherNd")
def gather_nd(params: Tensor, indices: Tensor) -> Tensor:
    for what, value in (("params", params), ("indices", indices)):
        if not value.dim():
            raise invalid(f"{what} must be at least a vector")
    depth = indices.shape[-1]
    if depth > params.dim():
        raise invalid(f"index innermost dimension length must be <= params rank; saw: {depth} vs. {params.dim()}")
    rest = params.shape[depth:]
    rows = _flat(indices, params.shape, "param shape")
    found = params.reshape(math.prod(params.shape[:depth]), *rest).index_select(0, rows)
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


def _rows(into: Tensor, indices: Tensor, updates: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The tensor as rows, which rows are meant, and what is for each of them."""
    depth = indices.shape[-1]
    if depth > into.dim():
        raise invalid(f"Indices of {depth} numbers do not index into shape {bracketed(into.shape)}")
    check_updates(into.shape, indices, updates)
    rest = into.shape[depth:]
    at = _flat(indices, into.shape, "shape")
    return into.reshape(math.prod(into.shape[:depth]), *rest), at, updates.reshape(len(at), *rest)


@mover("ScatterNd", host=("shape",))
def scatter_nd(indices: Tensor, updates: Tensor, shape: Tensor) -> Tensor:
    dims = vector(shape, "shape")
    if 0 in dims and indices.numel() and updates.numel():
        raise invalid(f"Indices and updates specified for empty output.  indices shape: {bracketed(indices.shape)}")
    into = updates.new_zeros(dims)
    rows, at, values = _rows(into, indices, updates)
    return rows.index_add(0, at, values).reshape(into.shape)


@mover("TensorScatterUpdate")
def tensor_scatter_update(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    return rows.index_copy(0, at, values).reshape(tensor.shape)


@kernel("TensorScatterAdd", "ScatterNdNonAliasingAdd")
def tensor_scatter_add(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    return rows.index_add(0, at, values).reshape(tensor.shape)


@kernel("TensorScatterSub")
def tensor_scatter_sub(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    return rows.index_add(0, at, values, alpha=-1).reshape(tensor.shape)


@kernel("TensorScatterMin")
def tensor_scatter_min(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    return rows.index_reduce(0, at, values, "amin").reshape(tensor.shape)


@kernel("TensorScatterMax")
def tensor_scatter_max(tensor: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    rows, at, values = _rows(tensor, indices, updates)
    return rows.index_reduce(0, at, values, "amax").reshape(tensor.shape)
