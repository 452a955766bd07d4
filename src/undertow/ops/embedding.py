"""Looking up rows of embeddings: composites of other ops, so there are no kernels of their own.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/embedding_lookup
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import colocate_with, name_scope
from ..graph.shape import TensorShape
from . import array, reduction
from .clip import clip_by_norm
from .constant import constant
from .joining import concat, stack
from .math import cast
from .node import convert_to_tensor, node


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: float | None = None,
) -> Tensor:
    """The rows `ids` [..] of `params` [n, ..]: [.., ..]; longer ones than `max_norm` are scaled down to it.

    `params` may be a list of parts: by "mod" row i is in part `i % len(params)`, by "div" each part has a run of rows.
    `ValueError` for another `partition_strategy`.
    """
    return _embedding_lookup_and_transform(params, ids, partition_strategy, name, max_norm, None, validate_indices)


def embedding_lookup_v2(params: Any, ids: Any, max_norm: float | None = None, name: str | None = None) -> Tensor:
    """`embedding_lookup` of parts that each have a run of rows."""
    return embedding_lookup(params, ids, "div", name, max_norm=max_norm)


def _embedding_lookup_and_transform(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    max_norm: float | None = None,
    transform_fn: Callable[[Tensor], Tensor] | None = None,
    validate_indices: bool = True,
) -> Tensor:
    """`embedding_lookup` with `transform_fn` of the rows found, clipped ones, in each part."""
    parts = _parts(params)
    with name_scope(name, "embedding_lookup", [*parts, ids]) as scope:
        ids = convert_to_tensor(ids, name="ids")
        if len(parts) == 1 and (transform_fn is None or ids.shape.ndims == 1):
            with colocate_with(parts[0]):
                rows = _clip(gather(parts[0], ids, validate_indices, scope), ids, max_norm)
                rows = rows if transform_fn is None else transform_fn(rows)
            return node("Identity", rows)
        if transform_fn is None:
            return _clip(_from_parts(parts, ids, partition_strategy, scope), ids, max_norm)

        def changed(rows: Tensor, ids: Tensor) -> Tensor:
            return transform_fn(_clip(rows, ids, max_norm))

        return _from_parts(parts, ids, partition_strategy, scope, changed)


def _parts(params: Any) -> list[Any]:
    if params is None or (isinstance(params, (list, tuple)) and not params):
        raise ValueError("params must be specified: a tensor or a list of them.")
    # A partitioned variable is the list of its parts.
    several = isinstance(params, (list, tuple)) or hasattr(params, "_variable_list")
    return [p if hasattr(p, "op") else convert_to_tensor(p, name="params") for p in (params if several else [params])]


def gather(params: Any, ids: Any, validate_indices: bool = True, name: str | None = None) -> Tensor:
    """The rows `ids` of one tensor or variable; of a resource variable without reading the rest."""
    if hasattr(params, "sparse_read"):
        return params.sparse_read(ids, name=name)
    return node("GatherV2", params, ids, 0, name=name)


def _clip(rows: Tensor, ids: Tensor, max_norm: float | None) -> Tensor:
    if max_norm is None:
        return rows
    if rows.shape.ndims is not None and ids.shape.ndims is not None:
        axes: Any = list(range(ids.shape.ndims, rows.shape.ndims))
    else:
        axes = reduction.range(array.rank(ids), array.rank(rows))
    return clip_by_norm(rows, max_norm, axes)


def _from_parts(
    parts: list[Any], ids: Tensor, strategy: str, scope: str, change: Callable[[Tensor, Tensor], Tensor] | None = None
) -> Tensor:
    flat = node("Reshape", ids, [-1])
    places = reduction.range(array.size(flat))
    if strategy == "mod":
        part = node("FloorMod", flat, len(parts), name="mod")
        row = node("FloorDiv", flat, len(parts), name="floordiv")
    elif strategy == "div":
        part, row = _runs(parts, flat)
    else:
        raise ValueError(f"Unrecognized partition strategy: {strategy}. Must be 'mod' or 'div'.")
    part = cast(part, dtypes.int32)
    rows_of = node("DynamicPartition", row, part, num_partitions=len(parts))
    places_of = node("DynamicPartition", places, part, num_partitions=len(parts))
    found = []
    for values, rows in zip(parts, rows_of):
        with colocate_with(values):
            rows_found = gather(values, rows)
            found.append(rows_found if change is None else change(rows_found, rows))
    merged = node("ParallelDynamicStitch", places_of, found, name=scope)
    after: Any
    tail = TensorShape(None)
    for values in parts if change is None else found:
        tail = tail.merge_with(values.shape[1:])
    if change is not None and not tail.is_fully_defined():
        after = array.shape(merged)[1:]
    elif tail.is_fully_defined():
        after = tail.as_list()
    else:
        with colocate_with(parts[0]):
            after = array.shape(parts[0])[1:]
    result = node("Reshape", merged, concat([array.shape(ids), after], 0))
    result.set_shape(ids.shape.concatenate(tail))
    return result


def _runs(parts: list[Any], flat: Tensor) -> tuple[Tensor, Tensor]:
    """For each id its part and its row there, if each part has a run of rows and the first ones may have one more."""
    sizes = [p.shape._dims[0] if p.shape._dims else None for p in parts]
    if None not in sizes:
        total = constant(sum(sizes), flat.dtype.base_dtype)
    else:
        lengths = []
        for values, size in zip(parts, sizes):
            with colocate_with(values):
                lengths.append(array.shape(values)[0] if size is None else constant(size, dtypes.int32))
        total = reduction.reduce_sum(cast(stack(lengths), flat.dtype.base_dtype))
    each = node("FloorDiv", total, len(parts), name="floordiv")
    longer = node("FloorMod", total, len(parts), name="mod")
    in_longer = node("FloorDiv", flat, node("AddV2", each, 1, name="add"), name="floordiv")
    in_others = node("FloorDiv", node("Sub", flat, longer, name="sub"), each, name="floordiv")
    part = node("Maximum", in_longer, in_others)
    row = node(
        "Select",
        node("Less", part, longer),
        node("FloorMod", flat, node("AddV2", each, 1, name="add"), name="mod"),
        node("FloorMod", node("Sub", flat, longer, name="sub"), each, name="mod"),
    )
    return part, row
