"""Parts of ragged tensors: `ragged[i]`, `ragged[i:j]`, `ragged[:, :k]`."""

from __future__ import annotations

from typing import Any

from ..graph.errors import unbuilt
from ..graph.operation import Tensor
from . import array, math, reduction, slicing
from .joining import concat
from .node import convert_to_tensor, node
from .ragged_segments import row_splits_to_segment_ids, splits_of
from .ragged_tensor import RaggedTensor, _count


def item(ragged: Any, keys: list[Any]) -> Any:
    """`ragged[keys]`: the first key is of the rows, the others of each row."""
    if not keys:
        return ragged
    if not isinstance(ragged, RaggedTensor):
        return ragged[tuple(keys)]
    first, rest = keys[0], keys[1:]
    if first is Ellipsis or first is None:
        raise unbuilt("Indexing a RaggedTensor with `...` or tf.newaxis")
    splits = ragged.row_splits
    if not isinstance(first, slice):
        start, end = splits[:-1][first], splits[1:][first]
        return item(ragged.values[start:end], rest)
    if first.step not in (None, 1):
        raise unbuilt("Slicing the rows of a RaggedTensor with a step")
    if first != slice(None) or isinstance(first.start, Tensor) or isinstance(first.stop, Tensor):
        starts, ends = splits[:-1][first], splits[1:][first]
        low = node("Min", concat([starts, splits[-1:]], 0), 0)
        high = node("Max", concat([ends, [low]], 0), 0)
        ragged = RaggedTensor(ragged.values[low:high], concat([starts, [high]], 0) - low)
    if not rest:
        return ragged
    return _each_row(ragged, rest[0], rest[1:])


def _each_row(ragged: RaggedTensor, key: Any, rest: list[Any]) -> Any:
    if not isinstance(key, slice) or key.step not in (None, 1):
        raise ValueError("Cannot index into an inner ragged dimension.")
    lengths = ragged.row_lengths()
    starts = _clamped(0 if key.start is None else key.start, lengths)
    ends = math.maximum(lengths if key.stop is None else _clamped(key.stop, lengths), starts)
    rowids = row_splits_to_segment_ids(ragged.row_splits)
    count = math.cast(_count(ragged.values), rowids.dtype)
    place = reduction.range(count) - node("GatherV2", ragged.row_starts(), rowids, 0)
    kept = math.logical_and(
        math.greater_equal(place, node("GatherV2", starts, rowids, 0)),
        math.less(place, node("GatherV2", ends, rowids, 0)),
    )
    values = ragged.values
    if isinstance(values, RaggedTensor):
        chosen = node("Where", kept)[:, 0]
        inner = node("GatherV2", values.row_lengths(), chosen, 0)
        flat = slicing.boolean_mask(values.values, node("GatherV2", kept, values.value_rowids(), 0))
        values = RaggedTensor(flat, splits_of(inner))
    else:
        values = slicing.boolean_mask(values, kept)
    result = RaggedTensor(values, splits_of(ends - starts))
    return result.with_values(item(result.values, [slice(None), *rest])) if rest else result


def _clamped(place: Any, lengths: Tensor) -> Tensor:
    place = math.cast(convert_to_tensor(place), lengths.dtype)
    from_end = math.maximum(lengths + place, array.zeros_like(lengths))
    return slicing.where_v2(math.less(place, array.zeros_like(place)), from_end, math.minimum(place, lengths))
