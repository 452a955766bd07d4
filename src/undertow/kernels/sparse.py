"""Sparse tensors, made dense and rearranged: how each op is done. Values may be strings, that is NumPy arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .gather import first_outside
from .registry import invalid, kernel

# Shared with sparse_math.py


def picked(values: Any, places: Tensor) -> Any:
    """`values[places]` for tensors and for arrays of strings; `places` are numbers or a mask."""
    return values[places.cpu().numpy()] if isinstance(values, np.ndarray) else values[places]


def check_size(dims: list[int]) -> None:
    """`InvalidArgumentError` if the elements of a tensor of `dims` cannot be numbered."""
    if any(d < 0 for d in dims) or math.prod(dims) >= 2**63:
        raise invalid(f"Encountered overflow or a negative size in a dense shape: {_list(dims)}")


def linear(indices: Tensor, dims: list[int]) -> Tensor:
    """The place of each index [n, rank] in the flattened tensor of `dims`."""
    check_size(dims)
    strides = [math.prod(dims[i + 1 :]) for i in range(len(dims))]
    return (indices * torch.tensor(strides, dtype=torch.int64, device=indices.device)).sum(1)


def unraveled(places: Tensor, dims: list[int]) -> Tensor:
    """The index [n, rank] of each place in the flattened tensor of `dims`."""
    columns = []
    for i in range(len(dims)):
        stride = math.prod(dims[i + 1 :])
        columns.append(places // max(stride, 1) % max(dims[i], 1))
    return torch.stack(columns, 1) if columns else places.new_zeros((len(places), 0))


def in_order(indices: Tensor) -> Tensor:
    """The permutation that puts indices [n, rank] in order, equal ones kept as they come."""
    order = torch.arange(len(indices), device=indices.device)
    for column in reversed(indices.unbind(1)):
        order = order[torch.argsort(column[order], stable=True)]
    return order


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else torch.cat(parts)


# Dense


@kernel("SparseToDense", on_host=True)
def sparse_to_dense(indices: Tensor, output_shape: Tensor, values: Any, default: Any, *, validate_indices: bool) -> Any:
    dims = output_shape.tolist()
    places = indices.reshape(-1, 1) if indices.dim() < 2 else indices
    count, rank = places.shape
    if rank != len(dims):
        raise invalid(f"output_shape has incorrect number of elements: {len(dims)} should be: {rank}")
    if values.ndim > 1 or (values.ndim == 1 and len(values) != count):
        raise invalid(f"sparse_values has incorrect shape {_list(values.shape)}, should be [] or [{count}]")
    if default.ndim:
        raise invalid("default_value should be a scalar.")
    _check_bounds(places, dims)
    if validate_indices:
        _check_order(places, dims)
    index = places.long().unbind(1)
    if isinstance(values, np.ndarray):
        result = np.full(dims, default[()], dtype=object)
        result[tuple(i.numpy() for i in index)] = values
        return result
    dense = default.expand(dims).clone()
    if count:
        dense[index if rank else ...] = values.expand(count) if rank else values.reshape(())
    return dense


def _check_bounds(indices: Tensor, dims: list[int]) -> None:
    if not len(indices):
        return
    outside = [
        first for column, dim in zip(indices.unbind(1), dims) if (first := first_outside(column, dim)) is not None
    ]
    if outside:
        i = min(outside)
        raise invalid(f"indices[{i}] = {_spelled(indices[i])} is out of bounds: need 0 <= index < {_list(dims)}")


def _check_order(indices: Tensor, dims: list[int]) -> None:
    places = linear(indices.long(), dims)
    for bad, told in (
        (places[1:] < places[:-1], f"out of order. {_REORDER}"),
        (places[1:] == places[:-1], "repeated"),
    ):
        if bool(bad.any()):
            i = int(bad.nonzero()[0]) + 1
            raise invalid(f"indices[{i}] = {_spelled(indices[i])} is {told}")


_REORDER = "Many sparse ops require sorted indices.\n  Use `tf.sparse.reorder` to create a correctly ordered copy.\n"


def _list(numbers: Iterable[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"


def _spelled(index: Tensor) -> str:
    return _list(index.tolist())


# Rearranging


@kernel("SparseReorder", on_host=True)
def sparse_reorder(indices: Tensor, values: Any, shape: Tensor) -> tuple[Tensor, Any]:
    order = in_order(indices)
    return indices[order], picked(values, order)


@kernel("SparseReshape", on_host=True)
def sparse_reshape(indices: Tensor, input_shape: Tensor, new_shape: Tensor) -> tuple[Tensor, Tensor]:
    old, new = input_shape.tolist(), new_shape.tolist()
    unknown = [i for i, d in enumerate(new) if d == -1]
    if len(unknown) > 1:
        raise invalid(f"only one output dimension may be -1, not both {unknown[0]} and {unknown[1]}")
    bad = [i for i, d in enumerate(new) if d < -1]
    if bad:
        raise invalid(f"size {bad[0]} must be non-negative, not {new[bad[0]]}")
    total, rest = math.prod(old), math.prod(d for d in new if d != -1)
    if unknown:
        if rest == 0:
            raise invalid(
                "reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are "
                "non-zero"
            )
        if total % rest:
            raise invalid(
                f"Input to reshape is a SparseTensor with {total} dense values, but the requested shape requires a "
                f"multiple of {rest}. input_shape={_list(old)} output_shape={_list(new)}"
            )
        new[unknown[0]] = total // rest
    elif rest != total:
        raise invalid(
            f"Input to reshape is a tensor with {total} dense values, but the requested shape has {rest}. "
            f"input_shape={_list(old)} output_shape={_list(new)}"
        )
    return unraveled(linear(indices, old), new), torch.tensor(new, dtype=torch.int64)


@kernel("SparseConcat", on_host=True)
def sparse_concat(
    indices: list[Tensor], values: list[Any], shapes: list[Tensor], *, concat_dim: int
) -> tuple[Tensor, Any, Tensor]:
    sizes = [s.tolist() for s in shapes]
    rank = len(sizes[0])
    axis = concat_dim + rank if concat_dim < 0 else concat_dim
    if not 0 <= axis < rank:
        raise invalid(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
    moved, start = [], 0
    for i, (place, dims) in enumerate(zip(indices, sizes)):
        if len(dims) != rank:
            raise invalid(f"Ranks of all input tensors must match: expected {rank} but got {len(dims)} at position {i}")
        for j in range(rank):
            if j != axis and dims[j] != sizes[0][j]:
                raise invalid(
                    f"Input shapes must match: expected {sizes[0][j]} for dimension {j} but got {dims[j]} "
                    f"at position {i}"
                )
        shift = torch.zeros(rank, dtype=torch.int64)
        shift[axis] = start
        moved.append(place + shift.to(place.device))
        start += dims[axis]
    every = torch.cat(moved)
    order = in_order(every)
    whole = [start if j == axis else d for j, d in enumerate(sizes[0])]
    return every[order], picked(_joined(values), order), torch.tensor(whole, dtype=torch.int64)


@kernel("SparseSplit", on_host=True)
def sparse_split(split_dim: Tensor, indices: Tensor, values: Any, shape: Tensor, *, num_split: int) -> list[Any]:
    if split_dim.dim():
        raise invalid("axis should be a scalar but got shape " + _list(split_dim.shape))
    dims, axis = shape.tolist(), int(split_dim)
    if not -len(dims) <= axis < len(dims):
        raise invalid(f"Input split_dim should be between [{-len(dims)}, {len(dims)}), got {axis}")
    axis %= len(dims)
    if not 1 <= num_split <= dims[axis]:
        raise invalid(
            f"Input num_split should be between 1 and the splitting dimension size ({dims[axis]}), got {num_split}"
        )
    each, more = divmod(dims[axis], num_split)
    found: list[tuple[Tensor, Any, Tensor]] = []
    start = 0
    for i in range(num_split):
        size = each + (i < more)
        here = dims.copy()
        here[axis] = size
        begin = [start if j == axis else 0 for j in range(len(dims))]
        found.append(_part(indices, values, begin, here))
        start += size
    return [part[k] for k in range(3) for part in found]


def _part(indices: Tensor, values: Any, begin: list[int], size: list[int]) -> tuple[Tensor, Any, Tensor]:
    low = torch.tensor(begin, dtype=torch.int64, device=indices.device)
    dims = torch.tensor(size, dtype=torch.int64)
    kept = ((indices >= low) & (indices < low + dims.to(indices.device))).all(1)
    return indices[kept] - low, picked(values, kept), dims


@kernel("SparseSlice", on_host=True)
def sparse_slice(
    indices: Tensor, values: Any, shape: Tensor, start: Tensor, size: Tensor
) -> tuple[Tensor, Any, Tensor]:
    if len(start) != len(shape) or len(size) != len(shape):
        raise invalid(
            f"Expected start and size to be vectors of {len(shape)} elements, got {len(start)} and {len(size)}"
        )
    dims = [max(0, min(s, d - b)) for d, b, s in zip(shape.tolist(), start.tolist(), size.tolist())]
    return _part(indices, values, start.tolist(), dims)


@kernel("SparseFillEmptyRows", on_host=True)
def sparse_fill_empty_rows(
    indices: Tensor, values: Any, dense_shape: Tensor, default: Any
) -> tuple[Tensor, Any, Tensor, Tensor]:
    rows, count = int(dense_shape[0]), len(indices)
    if rows == 0 and count:
        raise invalid(f"Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {count}")
    row = indices[:, 0]
    i = first_outside(row, rows)
    if i is not None:
        raise invalid(f"indices({i}, 0) is invalid: {int(row[i])} >= {rows}")
    empty = torch.bincount(row, minlength=rows)[:rows] == 0
    added = torch.zeros((int(empty.sum()), indices.shape[1]), dtype=torch.int64, device=indices.device)
    added[:, 0] = empty.nonzero().reshape(-1)
    every = torch.cat([indices, added])
    order = torch.argsort(every[:, 0], stable=True)
    if isinstance(values, np.ndarray):
        filling: Any = np.full(len(added), default[()], dtype=object)
    else:
        filling = default.expand(len(added))
    where = torch.empty_like(order)
    where[order] = torch.arange(len(order), device=order.device)
    return every[order], picked(_joined([values, filling]), order), empty, where[:count]


@kernel("SparseFillEmptyRowsGrad", on_host=True)
def sparse_fill_empty_rows_grad(reverse_index_map: Tensor, grad_values: Tensor) -> tuple[Tensor, Tensor]:
    i = first_outside(reverse_index_map, len(grad_values))
    if i is not None:
        found = int(reverse_index_map[i])
        raise invalid(f"Elements in reverse index must be in [0, {len(grad_values)}) but got {found}")
    added = torch.ones(len(grad_values), dtype=torch.bool, device=grad_values.device)
    added[reverse_index_map] = False
    return grad_values[reverse_index_map], grad_values[added].sum()
