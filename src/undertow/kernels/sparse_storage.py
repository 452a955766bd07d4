"""Sparse tensors put into dense ones: how each op is done. A map is a dict on the host."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.dtypes import spelled
from .registry import invalid, kernel
from .serialized import parsed, serialized
from .values import torch_dtype

Parts = tuple[Tensor, Any, Tensor]  # indices, values, shape


def packed(parts: Parts, each: Callable[[Any], Any] = lambda part: part) -> np.ndarray:
    """A sparse tensor as a vector of three things; in variants the tensors themselves are kept."""
    row = np.empty(3, dtype=object)
    for i, part in enumerate(parts):
        row[i] = each(part)
    return row


@kernel("SerializeSparse", context=True, on_host=True)
def serialize_sparse(context: Any, indices: Tensor, values: Any, shape: Tensor) -> np.ndarray:
    _check_ranks(indices, values, shape)
    parts = indices, values, shape
    return packed(parts) if context.op.attrs["out_type"].name == "variant" else packed(parts, serialized)


@kernel("SerializeManySparse", context=True, on_host=True)
def serialize_many_sparse(context: Any, indices: Tensor, values: Any, shape: Tensor) -> np.ndarray:
    kept = context.op.attrs["out_type"].name == "variant"
    rows = [packed(parts) if kept else packed(parts, serialized) for parts in _rows(indices, values, shape)]
    return np.stack(rows) if rows else np.empty((0, 3), dtype=object)


def _check_ranks(indices: Tensor, values: Any, shape: Tensor) -> None:
    for what, value, rank in (("indices", indices, 2), ("values", values, 1), ("shape", shape, 1)):
        if value.ndim != rank:
            kind = "matrix" if rank == 2 else "vector"
            raise invalid(f"Input {what} should be a {kind} but received shape {list(value.shape)}")


def _rows(indices: Tensor, values: Any, shape: Tensor) -> list[Parts]:
    """The rows of a sparse tensor, each a sparse tensor of one rank less."""
    _check_ranks(indices, values, shape)
    if len(shape) < 2:
        raise invalid(f"Rank of input SparseTensor should be > 1, but saw rank: {len(shape)}")
    sizes = shape.tolist()
    listed = indices.tolist()
    for i, index in enumerate(listed):
        if any(not 0 <= a < b for a, b in zip(index, sizes)):
            raise invalid(f"indices[{i}] = {_list(index)} is out of bounds: need 0 <= index < {_list(sizes)}")
        if i and index <= listed[i - 1]:
            what = "repeated" if index == listed[i - 1] else "out of order"
            more = "" if what == "repeated" else ". Many sparse ops require sorted indices."
            raise invalid(f"indices[{i}] = {_list(index)} is {what}{more}")
    starts = torch.searchsorted(indices[:, 0].contiguous(), torch.arange(sizes[0] + 1)).tolist()
    return [(indices[a:b, 1:], values[a:b], shape[1:]) for a, b in itertools.pairwise(starts)]


def _list(numbers: list[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"


@kernel("DeserializeSparse", "DeserializeManySparse", context=True, on_host=True)
def deserialize_sparse(context: Any, serialized_sparse: np.ndarray) -> Parts:
    shape = serialized_sparse.shape
    if not shape or shape[-1] != 3:
        raise invalid(f"Serialized sparse should have 3 as the last dimension {_list(list(shape))}")
    if context.op.type == "DeserializeManySparse" and len(shape) != 2:
        raise invalid(f"Serialized sparse should be a matrix, got shape {_list(list(shape))}")
    if 0 in shape:
        raise invalid(
            f"Serialized sparse should have at least 1 serialized tensor, but has a zero dimension {_list(list(shape))}"
        )
    found = [tuple(_read(part) for part in row) for row in serialized_sparse.reshape(-1, 3)]
    wanted = context.op.attrs["dtype"]
    for i, (indices, values, dims) in enumerate(found):
        kind = "string" if isinstance(values, np.ndarray) else str(values.dtype).removeprefix("torch.")
        if isinstance(values, np.ndarray) != (torch_dtype(wanted) is None) or (
            isinstance(values, Tensor) and values.dtype != torch_dtype(wanted)
        ):
            raise invalid(
                f"Requested SparseTensor of type {spelled(wanted.name)} but "
                f"SparseTensor[{i}].values.dtype() == {spelled(kind)}"
            )
        if indices.ndim != 2 or values.ndim != 1 or dims.ndim != 1 or indices.shape != (len(values), len(dims)):
            raise invalid(f"SparseTensor[{i}] has indices, values and a shape that do not fit together")
    return together(found, shape[:-1], "shape")


def _read(part: Any) -> Any:
    if not isinstance(part, bytes):
        return part
    try:
        return parsed(part)
    except ValueError:
        raise invalid("Could not parse serialized proto") from None


def together(found: list[Any], places: tuple[int, ...], what: str) -> Parts:
    """Sparse tensors as one, in which they stand at the indices of a tensor of shape `places`."""
    rank = len(found[0][2])
    prefix = len(places) if what == "rank" else 0  # a map counts the dimension that it adds
    for i, (_, _, dims) in enumerate(found):
        if len(dims) != rank:
            raise invalid(
                f"Inconsistent {what} across SparseTensors: rank prior to SparseTensor[{i}] was: {rank + prefix} "
                f"but rank of SparseTensor[{i}] is: {len(dims) + prefix}"
            )
    moved = [
        torch.cat([torch.tensor(place, dtype=torch.int64).expand(len(indices), len(places)), indices], 1)
        for place, (indices, _, _) in zip(np.ndindex(*places), found)
    ]
    values = [part[1] for part in found]
    whole = torch.stack([part[2] for part in found]).amax(0) if rank else torch.zeros(0, dtype=torch.int64)
    joined = np.concatenate(values) if isinstance(values[0], np.ndarray) else torch.cat(values)
    return torch.cat(moved), joined, torch.cat([torch.tensor(places, dtype=torch.int64), whole])


# Maps


class _Map:
    """Sparse tensors by number."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._kept: dict[int, Parts] = {}

    def add(self, parts: Parts) -> int:
        with self._lock:
            number = next(self._numbers)
            self._kept[number] = parts
            return number

    def take(self, number: int) -> Parts:
        with self._lock:
            try:
                return self._kept.pop(number)
            except KeyError:
                raise invalid(f"Unable to find SparseTensor: {number} in map: {self.name}") from None


def _map(context: Any) -> _Map:
    return context.resources.get("sparse tensors", context.op, _Map, by_name=True)


@kernel("AddSparseToTensorsMap", context=True, on_host=True)
def add_to_map(context: Any, indices: Tensor, values: Any, shape: Tensor) -> Tensor:
    _check_ranks(indices, values, shape)
    return torch.tensor(_map(context).add((indices, values, shape)))


@kernel("AddManySparseToTensorsMap", context=True, on_host=True)
def add_many_to_map(context: Any, indices: Tensor, values: Any, shape: Tensor) -> Tensor:
    kept = _map(context)
    return torch.tensor([kept.add(parts) for parts in _rows(indices, values, shape)], dtype=torch.int64)


@kernel("TakeManySparseFromTensorsMap", context=True, on_host=True)
def take_many_from_map(context: Any, handles: Tensor) -> Parts:
    if handles.dim() != 1:
        raise invalid(f"sparse_handles should be a vector but received shape {_list(list(handles.shape))}")
    if not len(handles):
        raise invalid("Must have at least 1 serialized SparseTensor, but input matrix has 0 rows")
    kept = _map(context)
    return together([kept.take(number) for number in handles.tolist()], (len(handles),), "rank")
