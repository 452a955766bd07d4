"""Sums, means … over segments, counts and histograms: what each op is. `kernels/segment.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/segment_sum
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .constant import constant
from .math import cast
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "segment_max": "SegmentMax",
    "segment_mean": "SegmentMean",
    "segment_min": "SegmentMin",
    "segment_prod": "SegmentProd",
    "segment_sum": "SegmentSum",
    "unsorted_segment_max": "UnsortedSegmentMax",
    "unsorted_segment_min": "UnsortedSegmentMin",
    "unsorted_segment_prod": "UnsortedSegmentProd",
    "unsorted_segment_sum": "UnsortedSegmentSum",
}

SORTED = tuple(op_type for op_type in PLAIN.values() if not op_type.startswith("Unsorted"))
UNSORTED = tuple(op_type for op_type in PLAIN.values() if op_type.startswith("Unsorted"))
SPARSE = ("SparseSegmentMean", "SparseSegmentSqrtN", "SparseSegmentSum")


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


@shape_rule(*SORTED)
def _(data: TensorShape, segment_ids: TensorShape) -> TensorShape:
    rules.with_rank(segment_ids, 1)
    return _rows(data, None)


def _rows(data: TensorShape, count: int | None) -> TensorShape:
    if data._dims is None:
        return data
    if not data._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    return TensorShape.of((count, *data._dims[1:]))


@shape_rule(*UNSORTED, "UnsortedSegmentJoin", values=["num_segments"])
def _(data: TensorShape, segment_ids: TensorShape, num_segments: Any) -> TensorShape:
    if data._dims is None or segment_ids._dims is None:
        return TensorShape(None)
    rank = len(segment_ids._dims)
    rules.merged(TensorShape.of(data._dims[:rank]), segment_ids)
    return TensorShape.of((_count(num_segments), *data._dims[rank:]))


@shape_rule(*SPARSE)
def _(data: TensorShape, indices: TensorShape, segment_ids: TensorShape) -> TensorShape:
    rules.merged(TensorShape.of(rules.with_rank(indices, 1)), segment_ids)
    return _rows(data, None)


@shape_rule(*(f"{op_type}WithNumSegments" for op_type in SPARSE), values=["num_segments"])
def _(data: TensorShape, indices: TensorShape, segment_ids: TensorShape, num_segments: Any) -> TensorShape:
    rules.merged(TensorShape.of(rules.with_rank(indices, 1)), segment_ids)
    if num_segments is not None and num_segments < 0:
        raise ValueError(f"Cannot specify a negative value for num_segments: {num_segments}")
    return _rows(data, _count(num_segments))


@shape_rule(*(f"{op_type}Grad" for op_type in SPARSE), values=["output_dim0"])
def _(grad: TensorShape, indices: TensorShape, segment_ids: TensorShape, output_dim0: Any) -> TensorShape:
    return _rows(grad, _count(output_dim0))


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The mean of the elements of each segment, 0 of none; elements of negative ids are left out.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/unsorted_segment_mean
    """
    with name_scope(name, "UnsortedSegmentMean"):
        total, count = _total_and_count(data, segment_ids, num_segments)
        return node("RealDiv", total, count, name="truediv")


def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The sum of the elements of each segment over the root of their number, 0 of none.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/unsorted_segment_sqrt_n
    """
    with name_scope(name, "UnsortedSegmentSqrtN"):
        total, count = _total_and_count(data, segment_ids, num_segments)
        return node("RealDiv", total, node("Sqrt", count), name="truediv")


def _total_and_count(data: Any, segment_ids: Any, num_segments: Any) -> tuple[Tensor, Tensor]:
    """The sum of each segment, and how many elements it has (at least 1) in a shape that broadcasts with the sum."""
    data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
    ones = node("Fill", node("Shape", ids), constant(1, data.dtype.base_dtype))
    count = node("Maximum", node("UnsortedSegmentSum", ones, ids, num_segments), 1)
    more_axes = node("Sub", node("Rank", data), node("Rank", ids), name="sub")
    shape = node("ConcatV2", [node("Shape", count), node("Fill", node("Pack", [more_axes]), 1)], 0, name="concat")
    return node("UnsortedSegmentSum", data, ids, num_segments), node("Reshape", count, shape)


def _sparse_segment(op_type: str, public: str, what: str) -> Any:
    def reduce(data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None) -> Tensor:
        if num_segments is None:
            return node(op_type, data, indices, segment_ids, name=name)
        return node(f"{op_type}WithNumSegments", data, indices, segment_ids, num_segments, name=name)

    reduce.__name__ = reduce.__qualname__ = public
    reduce.__doc__ = f"""{what} of the rows `indices` of `data` in each segment; `segment_ids` are sorted.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/{public.removeprefix("sparse_")}
    """
    return reduce


sparse_segment_sum = _sparse_segment("SparseSegmentSum", "sparse_segment_sum", "The sum")
sparse_segment_mean = _sparse_segment("SparseSegmentMean", "sparse_segment_mean", "The mean")
sparse_segment_sqrt_n = _sparse_segment(
    "SparseSegmentSqrtN", "sparse_segment_sqrt_n", "The sum, over the root of their number,"
)


# Counts


def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = dtypes.int32
) -> Tensor:
    """How often each of 0, 1, … comes in `arr`, or the sum of `weights` where it does, as `dtype` (else the weights').

    As long as the largest value needs, at least `minlength` and at most `maxlength`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/bincount
    """
    with name_scope(None, "bincount"):
        arr = convert_to_tensor(arr, dtypes.int32, name="arr")
        count = node("Size", arr)
        largest = node("Max", node("Reshape", arr, [-1]), [0])
        size = node(
            "Mul", cast(node("Greater", count, 0), dtypes.int32), node("AddV2", largest, 1, name="add"), name="mul"
        )
        if minlength is not None:
            size = node("Maximum", convert_to_tensor(minlength, dtypes.int32, name="minlength"), size)
        if maxlength is not None:
            size = node("Minimum", convert_to_tensor(maxlength, dtypes.int32, name="maxlength"), size)
        weights = constant([], dtype) if weights is None else convert_to_tensor(weights, name="weights")
        return node("Bincount", arr, size, weights)


@shape_rule("Bincount", values=["size"])
def _(arr: TensorShape, size: Any, weights: TensorShape) -> TensorShape:
    return TensorShape.of((_count(size),))


@shape_rule("DenseBincount", values=["size"])
def _(input: TensorShape, size: Any, weights: TensorShape) -> TensorShape:
    batch = () if input._dims is None else input._dims[:-1]
    return TensorShape.of((*batch, _count(size)))


def _count(value: Any) -> int | None:
    """A number of elements that the value of a scalar tells, if it is known."""
    if value is None:
        return None
    if value.ndim:
        raise ValueError(f"Shape must be rank 0 but is rank {value.ndim}")
    if value < 0:
        raise ValueError(f"Dimension size must be non-negative but is {value}")
    return int(value)


def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = dtypes.int32, name: str | None = None
) -> Tensor:
    """How many of `values` fall in each of `nbins` equal parts of `value_range`, what lies beyond in the outer ones.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/histogram_fixed_width
    """
    return node("HistogramFixedWidth", values, value_range, nbins, dtype=dtype, name=name or "histogram_fixed_width")


@shape_rule("HistogramFixedWidth", values=["nbins"])
def _(values: TensorShape, value_range: TensorShape, nbins: Any) -> TensorShape:
    return TensorShape.of((_count(nbins),))


def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = dtypes.int32, name: str | None = None
) -> Tensor:
    """In which of `nbins` equal parts of `value_range` each of `values` falls, what lies beyond in the outer ones.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/histogram_fixed_width_bins
    """
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = convert_to_tensor(values, name="values")
        value_range = convert_to_tensor(value_range, dtype_hint=values.dtype.base_dtype, name="value_range")
        low, high = (node("GatherV2", value_range, i, 0) for i in (0, 1))
        scaled = node("RealDiv", node("Sub", values, low), node("Sub", high, low), name="scaled_values")
        count = cast(convert_to_tensor(nbins, dtypes.int32, name="nbins"), scaled.dtype)
        indices = node("Floor", node("Mul", count, scaled), name="indices")
        last = node("Sub", count, 1)
        return cast(node("Maximum", node("Minimum", indices, last), 0), dtype)
