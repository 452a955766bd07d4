"""Sets in the last dimension of tensors: how each op is done. On the host, as TensorFlow does it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .registry import invalid, kernel

Groups = dict[tuple[int, ...], set[Any]]

_OPERATIONS = {
    "a-b": lambda a, b: a - b,
    "b-a": lambda a, b: b - a,
    "intersection": lambda a, b: a & b,
    "union": lambda a, b: a | b,
}


def _dense(values: Any) -> tuple[Groups, list[int]]:
    """The sets of a dense tensor, by where they are, and the shape of all those places."""
    shape = list(values.shape[:-1])
    rows = values.reshape(-1, values.shape[-1]).tolist() if values.shape[-1] else [[]] * int(np.prod(shape))
    return dict(zip(itertools.product(*map(range, shape)), map(set, rows))), shape


def _sparse(indices: Tensor, values: Any, shape: Tensor, validate: bool) -> tuple[Groups, list[int]]:
    """The sets of a sparse tensor that are not empty, by where they are."""
    dims: list[int] = shape.tolist()
    groups: Groups = {}
    last: list[int] = []
    for index, value in zip(indices.tolist(), values.tolist()):
        outside = any(not 0 <= i < d for i, d in zip(index, dims))
        if validate and (outside or index <= last):
            reason = "out of range" if outside else "out of order or repeated"
            raise invalid(f"Index {index} of a set of shape {dims} is {reason}")
        last = index
        groups.setdefault(tuple(index[:-1]), set()).add(value)
    return groups, dims[:-1]


def _result(a: tuple[Groups, list[int]], b: tuple[Groups, list[int]], operation: str, like: Any) -> tuple[Any, ...]:
    (first, shape), (second, other_shape) = a, b
    if shape != other_shape:
        raise invalid(f"Mismatched group shapes {shape} and {other_shape}")
    function = _OPERATIONS.get(operation.lower())
    if function is None:
        raise invalid(f"Invalid set_operation {operation}.")
    indices: list[list[int]] = []
    values: list[Any] = []
    longest = 0
    for place in sorted(first.keys() | second.keys()):
        found = sorted(function(first.get(place, set()), second.get(place, set())))
        indices += [[*place, i] for i in range(len(found))]
        values += found
        longest = max(longest, len(found))
    where = torch.tensor(indices, dtype=torch.int64).reshape(-1, len(shape) + 1)
    return where, _values(values, like), torch.tensor([*shape, longest], dtype=torch.int64)


def _values(values: list[Any], like: Any) -> Any:
    if not isinstance(like, np.ndarray):
        return torch.tensor(values, dtype=like.dtype)
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


@kernel("DenseToDenseSetOperation", on_host=True)
def dense_to_dense(a: Any, b: Any, *, set_operation: str) -> tuple[Any, ...]:
    return _result(_dense(a), _dense(b), set_operation, a)


@kernel("DenseToSparseSetOperation", on_host=True)
def dense_to_sparse(
    a: Any, indices: Tensor, values: Any, shape: Tensor, *, set_operation: str, validate_indices: bool
) -> tuple[Any, ...]:
    return _result(_dense(a), _sparse(indices, values, shape, validate_indices), set_operation, a)


@kernel("SparseToSparseSetOperation", on_host=True)
def sparse_to_sparse(
    indices1: Tensor, values1: Any, shape1: Tensor, indices2: Tensor, values2: Any, shape2: Tensor, *,
    set_operation: str, validate_indices: bool,
) -> tuple[Any, ...]:  # fmt: skip
    first = _sparse(indices1, values1, shape1, validate_indices)
    return _result(first, _sparse(indices2, values2, shape2, validate_indices), set_operation, values1)


@kernel("SetSize", on_host=True)
def set_size(indices: Tensor, values: Any, shape: Tensor, *, validate_indices: bool) -> Tensor:
    groups, dims = _sparse(indices, values, shape, validate_indices)
    sizes = torch.zeros(dims, dtype=torch.int32)
    for place, elements in groups.items():
        sizes[place] = len(elements)
    return sizes
