"""Making ragged tensors: constants, placeholders, ranges. `kernels/ragged.py` says how the ops are done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged
"""

from __future__ import annotations

import builtins
from typing import Any

from ..graph import dtypes
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import placeholder as dense_placeholder
from .constant import constant as dense_constant
from .node import convert_to_tensor, node
from .ragged_segments import splits_of
from .ragged_tensor import RaggedTensor, _nested
from .ragged_value import nested
from .rules import shape_rule
from .sorting import argsort


def constant(
    pylist: Any, dtype: Any = None, ragged_rank: int | None = None, inner_shape: Any = None, name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:  # fmt: skip
    """Nested lists as a ragged tensor, or as a tensor where no row may differ from another.

    `ragged_rank` is how many levels of lists are ragged, all but the scalars' own by default; `inner_shape` is the
    shape of what is in them. `ValueError` for lists that are nested unevenly or do not fit.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/constant
    """
    with name_scope(name, "RaggedConstant"):
        splits, values, shape = nested(pylist, ragged_rank, inner_shape)
        flat = dense_constant(
            values, dtype=dtype, shape=shape if splits else None, name="values" if splits else "Const"
        )
        kind = dtypes.as_dtype(row_splits_dtype)
        return _nested(flat, [dense_constant(ends, kind) for ends in splits])


def placeholder(dtype: Any, ragged_rank: int, value_shape: Any = None, name: str | None = None) -> Any:
    """A ragged tensor to be fed, with a RaggedTensorValue; `value_shape` is the shape of its innermost values.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/placeholder
    """
    if ragged_rank == 0:
        return dense_placeholder(dtype, value_shape, name)
    with name_scope(name, "RaggedPlaceholder"):
        shape = TensorShape(None) if value_shape is None else TensorShape((None,)).concatenate(value_shape)
        flat = dense_placeholder(dtype, shape, "flat_values")
        levels = [*builtins.range(ragged_rank)]
        splits = {i: dense_placeholder(dtypes.int64, [None], f"row_splits_{i}") for i in reversed(levels)}
        return _nested(flat, [splits[i] for i in levels])


def range(
    starts: Any, limits: Any = None, deltas: Any = 1, dtype: Any = None, name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:  # fmt: skip
    """For each of `starts` and `limits` (0 and `starts`) the row of numbers between, `deltas` apart.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/range
    """
    if limits is None:
        starts, limits = 0, starts
    with name_scope(name, "RaggedRange", [starts, limits, deltas]):
        parts = [convert_to_tensor(value, dtype=dtype) for value in (starts, limits, deltas)]
        kinds = {part.dtype.base_dtype for part in parts}
        if len(kinds) > 1:
            widest = max(kinds, key=lambda kind: (kind.is_floating, kind.size))
            parts = [node("Cast", part, DstT=widest) if part.dtype.base_dtype != widest else part for part in parts]
        splits, values = node("RaggedRange", *parts, Tsplits=dtypes.as_dtype(row_splits_dtype))
        return RaggedTensor(values, splits)


def stack_dynamic_partitions(data: Any, partitions: Any, num_partitions: Any, name: str | None = None) -> Any:
    """A row for each partition, of the elements of `data` that `partitions` puts into it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/stack_dynamic_partitions
    """
    with name_scope(name, "SegmentStack", [data, partitions]):
        data, partitions = convert_to_tensor(data), convert_to_tensor(partitions)
        flat = node("Reshape", partitions, [-1])
        rest = node("Shape", data)[partitions.shape.ndims :]
        rows = node("Reshape", data, node("ConcatV2", [[-1], rest], 0))
        order = argsort(flat, stable=True)
        counts = node("UnsortedSegmentSum", node("OnesLike", flat), flat, num_partitions)
        return RaggedTensor(node("GatherV2", rows, order, 0), splits_of(node("Cast", counts, DstT=dtypes.int64)))


@shape_rule("RaggedRange")
def _(starts: TensorShape, limits: TensorShape, deltas: TensorShape) -> list[TensorShape]:
    rows = None
    for shape in (starts, limits, deltas):
        if shape.ndims is not None and shape.ndims > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {shape.ndims}")
        if shape.ndims == 1:
            rows = rules.same_dim(rows, shape._dims[0] if shape._dims else None)
    return [TensorShape.of((None if rows is None else rows + 1,)), TensorShape.of((None,))]


@shape_rule("RaggedTensorToTensor")
def _(
    shape: TensorShape, values: TensorShape, default_value: TensorShape, row_partition_tensors: list[TensorShape]
) -> TensorShape:
    return TensorShape(None)


@shape_rule("RaggedTensorToSparse")
def _(splits: list[TensorShape], values: TensorShape) -> list[TensorShape]:
    rank = None if values.ndims is None else values.ndims + len(splits)
    return [TensorShape.of((None, rank)), TensorShape.of((None,)), TensorShape.of((rank,))]
