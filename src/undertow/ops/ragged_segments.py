"""Rows of different lengths told as splits, as the row of each value, or as lengths; and one as another.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/row_splits_to_segment_ids
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from . import array, math, reduction, shaping
from .constant_value import constant_value
from .joining import concat
from .node import convert_to_tensor, node


def as_indices(value: Any, name: str) -> Tensor:
    """A vector of int32 or int64, int64 if it is not told."""
    tensor = convert_to_tensor(value, name=name, preferred_dtype=dtypes.int64)
    tensor.shape.assert_has_rank(1)
    return tensor


def splits_of(lengths: Tensor) -> Tensor:
    return concat([array.zeros([1], lengths.dtype), reduction.cumsum(lengths)], 0)


def row_splits_to_segment_ids(splits: Any, name: str | None = None, out_type: Any = None) -> Tensor:
    """The row of each value.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/row_splits_to_segment_ids
    """
    with name_scope(name, "RaggedSplitsToSegmentIds", [splits]):
        splits = as_indices(splits, "splits")
        if splits.shape._dims == (0,):
            raise ValueError("Invalid row_splits: []")
        rows = reduction.range(array.shape(splits, out_type=splits.dtype)[0] - 1)
        ids = shaping.repeat(rows, splits[1:] - splits[:-1], axis=0)
        return ids if out_type is None else math.cast(ids, dtypes.as_dtype(out_type))


def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: str | None = None
) -> Tensor:
    """Where the rows end whose values have these rows, in order.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/segment_ids_to_row_splits
    """
    with name_scope(name, "SegmentIdsToRaggedSplits", [segment_ids]):
        ids = as_indices(segment_ids, "segment_ids")
        kind = ids.dtype if out_type is None else dtypes.as_dtype(out_type)
        if num_segments is None:
            last = reduction.reduce_max(concat([[-1], math.cast(ids, dtypes.int32)], 0))
            num_segments = last + 1
        count = math.cast(convert_to_tensor(num_segments), dtypes.int32)
        lengths = node("UnsortedSegmentSum", array.ones_like(ids, dtype=kind), ids, count)
        splits = splits_of(lengths)
        known = constant_value(count)
        if known is not None:
            splits.set_shape([int(known) + 1])
        return splits
