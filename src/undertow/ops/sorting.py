"""Order and membership: sort, search, unique, partition and stitch. `kernels/sorting.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sort, …/tf/unique, …/tf/dynamic_partition
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape, unknown_shape
from . import rules
from .array import rank, shape
from .constant import constant
from .constant_value import constant_value
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule
from .shaping import transpose
from .slicing import getitem

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "dynamic_partition": "DynamicPartition",
    "dynamic_stitch": "DynamicStitch",
    "invert_permutation": "InvertPermutation",
    "parallel_dynamic_stitch": "ParallelDynamicStitch",
    "unravel_index": "UnravelIndex",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


# Sort


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """`values` sorted along `axis`; `direction` is "ASCENDING" or "DESCENDING".

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sort
    """
    with name_scope(name, "sort", [values]):
        values = convert_to_tensor(values)
        return _flipped(_ordered(values, axis, direction, 0), direction)


def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """The int32 indices along `axis` that sort `values`; equal elements keep their order."""
    with name_scope(name, "argsort", [values]):
        return _ordered(convert_to_tensor(values), axis, direction, 1)


def _flipped(values: Tensor, direction: str) -> Tensor:
    """What turns an ascending order into a descending one, and back: -x, for integers -x - 1."""
    if direction == "DESCENDING":
        return values
    dtype = values.dtype.base_dtype
    if dtype.is_unsigned:
        return node("Sub", constant(dtype.max, dtype), values, name="sub")
    negative = node("Neg", values)
    return node("Sub", negative, 1, name="sub") if dtype.is_integer else negative


def _ordered(values: Tensor, axis: Any, direction: str, output: int) -> Tensor:
    """One output of the TopKV2 of all elements along `axis`: values, or indices."""
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"{direction} should be one of ASCENDING, DESCENDING")
    at = constant_value(convert_to_tensor(axis, name="axis"))
    if at is None:
        raise ValueError("axis must be a constant scalar")
    last = int(at)
    values = _flipped(values, direction)
    count = getitem(shape(values), last)
    ndims, ndims_now = values.shape.ndims, rank(values)  # TensorFlow makes this node in any case; it counts for seeds
    if last == -1 or last + 1 == ndims:
        return node("TopKV2", values, count)[output]
    if ndims is not None:
        last %= ndims
        swap: Any = [*range(last), ndims - 1, *range(last + 1, ndims - 1), last]
        perm = constant(swap, dtypes.int64, name="transposition")
    else:
        every = node("Range", 0, ndims_now, 1, name="range")
        end, end_again = (node("Sub", ndims_now, 1, name="sub") for _ in range(2))
        first = last if last >= 0 else node("AddV2", ndims_now, last, name="add")
        perm = node("TensorScatterUpdate", every, [[first], [end]], [end_again, first])
    ordered = node("TopKV2", transpose(values, perm), count)[output]
    return transpose(ordered, perm)


# Search


def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = dtypes.int32, name: str | None = None
) -> Tensor:
    """Where each of `values` [.., m] belongs in the sorted rows `sorted_sequence` [.., n], before or after equals.

    `side`: "left" (before) or "right". `ValueError` for another.
    """
    if side not in ("left", "right"):
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    width = getitem(shape(sorted_sequence), -1)
    count = getitem(shape(values), -1)
    rows = node("Reshape", sorted_sequence, [-1, width])
    wanted = node("Reshape", values, [-1, count])
    found = node("LowerBound" if side == "left" else "UpperBound", rows, wanted, out_type=out_type, name=name)
    return node("Reshape", found, shape(values))


@shape_rule("LowerBound", "UpperBound")
def _(sorted_inputs: TensorShape, values: TensorShape) -> TensorShape:
    rows, _ = rules.with_rank(sorted_inputs, 2)
    rules.same_dim(rows, rules.with_rank(values, 2)[0])
    return values


def bucketize(input: Any, boundaries: list[float], name: str | None = None) -> Tensor:
    """For each number in which of the buckets that the sorted `boundaries` part it is; a boundary opens its bucket."""
    if not isinstance(boundaries, (list, tuple)):
        raise TypeError(f"Expected list for 'boundaries' argument to 'Bucketize' Op, not {boundaries!r}.")
    return node("Bucketize", input, boundaries=boundaries, name=name)


shape_rule("Bucketize")(rules.unchanged)


# Sets


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """The different elements of vector `x`, as they first come, and for each element which it is: (y, idx)."""
    return node("Unique", x, out_idx=out_idx, name=name)


def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """As `unique`, and how often each is there: (y, idx, count)."""
    return node("UniqueWithCounts", x, out_idx=out_idx, name=name)


@shape_rule("Unique")
def _(x: TensorShape) -> list[TensorShape]:
    rules.with_rank(x, 1)
    return [TensorShape.of((None,)), x]


@shape_rule("UniqueWithCounts")
def _(x: TensorShape) -> list[TensorShape]:
    rules.with_rank(x, 1)
    return [TensorShape.of((None,)), x, TensorShape.of((None,))]


@shape_rule("UniqueV2", "UniqueWithCountsV2", values=["axis"])
def _(x: TensorShape, axis: Any) -> list[TensorShape]:
    """An empty axis stands for all of a vector. (One shape too many for UniqueV2 does no harm: outputs come first.)"""
    if x._dims is None:
        return [TensorShape(None), TensorShape.of((None,)), TensorShape.of((None,))]
    if axis is None:
        return [unknown_shape(x.ndims), TensorShape.of((None,)), TensorShape.of((None,))]
    at = int(axis.reshape(-1)[0]) if axis.size else 0
    return [rules.with_dim(x, at, None), TensorShape.of((x._dims[at],)), TensorShape.of((None,))]


def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """The elements of vector `x` that are not in vector `y`, and where they stand in `x`: (out, idx)."""
    return node("ListDiff", x, y, out_idx=index_dtype, name=name)


@shape_rule("ListDiff")
def _(x: TensorShape, y: TensorShape) -> list[TensorShape]:
    rules.with_rank(x, 1)
    rules.with_rank(y, 1)
    return [TensorShape.of((None,))] * 2


@shape_rule("InvertPermutation")
def _(x: TensorShape) -> TensorShape:
    return TensorShape.of(rules.with_rank(x, 1))


@shape_rule("UnravelIndex")
def _(indices: TensorShape, dims: TensorShape) -> TensorShape:
    (count,) = rules.with_rank(dims, 1)
    if indices.ndims is None:
        return TensorShape(None)
    return TensorShape.of((count,) if indices.ndims == 0 else (count, indices.num_elements()))


# Partition and stitch


@shape_rule("DynamicPartition")
def _(data: TensorShape, partitions: TensorShape, *, num_partitions: int) -> list[TensorShape]:
    if data._dims is None or partitions._dims is None:
        return [TensorShape(None)] * num_partitions
    depth = len(partitions._dims)
    if len(data._dims) < depth:
        raise ValueError(f"Shape must be at least rank {depth} but is rank {len(data._dims)}")
    for a, b in zip(data._dims, partitions._dims):
        rules.same_dim(a, b)
    return [TensorShape.of((None, *data._dims[depth:]))] * num_partitions


@shape_rule("DynamicStitch", "ParallelDynamicStitch", either=["indices"])
def _(indices: list[Any], data: list[TensorShape]) -> TensorShape:
    """As many rows as known indices tell; the rows' shape is what data has beyond the rank of its indices."""
    shapes = [i if isinstance(i, TensorShape) else TensorShape.of(i.shape) for i in indices]
    known = all(not isinstance(i, TensorShape) for i in indices)
    rows = max((int(i.max()) + 1 for i in indices if i.size), default=0) if known else None
    rest = TensorShape(None)
    for index, values in zip(shapes, data):
        if index._dims is None or values._dims is None:
            continue
        depth = len(index._dims)
        if not values[:depth].is_compatible_with(index):
            for a, b in zip(values._dims, index._dims):
                rules.same_dim(a, b)
            raise ValueError(f"Shape must be at least rank {depth} but is rank {len(values._dims)}")
        rest = rules.merged(rest, TensorShape.of(values._dims[depth:]))
    return TensorShape.of((rows,)).concatenate(rest)
