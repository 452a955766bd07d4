"""Looking up rows of embeddings by sparse ids, several for each example, and combining them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/embedding_lookup_sparse
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from . import array, gather, joining, reduction, segment, shaping, slicing
from .embedding import embedding_lookup
from .math import cast
from .node import convert_to_tensor, node
from .sorting import unique
from .sparse import sparse_fill_empty_rows, sparse_reshape, sparse_retain
from .sparse_tensor import SparseTensor, as_sparse

# Combiner -> what is done with the rows of one example, and what weighted sums are divided by
_COMBINED = {
    "sum": segment.sparse_segment_sum,
    "mean": segment.sparse_segment_mean,
    "sqrtn": segment.sparse_segment_sqrt_n,
}


def _check_combiner(combiner: str) -> None:
    if combiner not in _COMBINED:
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")


def embedding_lookup_sparse(
    params: Any, sp_ids: Any, sp_weights: Any, partition_strategy: str = "mod", name: str | None = None,
    combiner: str | None = None, max_norm: float | None = None,
) -> Tensor:  # fmt: skip
    """For each row of `sp_ids` the sum, mean or (`sqrtn`) sum over the root of the weights' squares of its embeddings.

    `sp_weights` has the shape of `sp_ids`, or is None. `TypeError` if they are not sparse, `ValueError` for another
    `combiner` (the mean by default). `params` may be a list of parts as in `embedding_lookup`.
    """
    combiner = "mean" if combiner is None else combiner
    _check_combiner(combiner)
    sp_ids = as_sparse(sp_ids)
    weights = None if sp_weights is None else as_sparse(sp_weights)
    if weights is not None:
        sp_ids.values.shape.assert_is_compatible_with(weights.values.shape)
    parts = list(params) if isinstance(params, (list, tuple)) or hasattr(params, "_variable_list") else [params]
    with name_scope(name, "embedding_lookup_sparse", [*parts, sp_ids]) as scope:
        rows_of = cast(sp_ids.indices[:, 0], dtypes.int32)
        ids, places = unique(sp_ids.values)
        found = embedding_lookup(params, ids, partition_strategy=partition_strategy, max_norm=max_norm)
        if found.dtype.base_dtype in (dtypes.float16, dtypes.bfloat16):  # sums of them lose too much
            found = cast(found, dtypes.float32)
        if weights is None:
            return _COMBINED[combiner](found, places, rows_of, name=scope)
        return _weighted(gather.gather(found, places), weights.values, rows_of, combiner, scope)


def _weighted(found: Tensor, weights: Tensor, rows_of: Tensor, combiner: str, scope: str) -> Tensor:
    if weights.dtype != found.dtype:
        weights = cast(weights, found.dtype)
    ones = array.ones(shaping.expand_dims(array.rank(found) - 1, 0), dtype=dtypes.int32)
    weights = shaping.reshape(weights, joining.concat([array.shape(weights), ones], 0))
    products = found * weights
    if combiner == "sum":
        return node("SegmentSum", products, rows_of, name=scope)
    total = node("SegmentSum", products, rows_of)
    if combiner == "mean":
        return node("RealDiv", total, node("SegmentSum", weights, rows_of), name=scope)
    squares = node("SegmentSum", node("Pow", weights, 2), rows_of)
    return node("RealDiv", total, node("Sqrt", squares), name=scope)


def safe_embedding_lookup_sparse(
    embedding_weights: Any, sparse_ids: Any, sparse_weights: Any = None, combiner: str = "mean",
    default_id: int | None = None, name: str | None = None, partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Tensor:  # fmt: skip
    """`embedding_lookup_sparse` without ids below 0 and weights not above 0; rows left empty are zero.

    With a `default_id` empty rows are its embedding. The ids may have more than two axes: the last one is combined.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/safe_embedding_lookup_sparse
    """
    if embedding_weights is None or (isinstance(embedding_weights, (list, tuple)) and not embedding_weights):
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    _check_combiner(combiner)
    if isinstance(embedding_weights, (list, tuple)):
        wanted = None if sparse_weights is None else as_sparse(sparse_weights).dtype
        embedding_weights = [
            w if _by_handle(w) and wanted in (None, w.dtype) else convert_to_tensor(w, dtype=wanted)
            for w in embedding_weights
        ]
    ids = as_sparse(sparse_ids)
    weights = None if sparse_weights is None else as_sparse(sparse_weights)
    with name_scope(name, "embedding_lookup", [ids]) as scope:
        old = ids.dense_shape
        last = array.size(old) - 1
        rows = reduction.reduce_prod(slicing.slice(old, [0], joining.stack([last])))
        flat = [rows, gather.gather(old, last)]
        ids = sparse_reshape(ids, flat)
        if weights is not None:
            weights = SparseTensor(ids.indices, weights.values, ids.dense_shape)
        ids, weights = _kept(ids, weights, convert_to_tensor(ids.values) >= 0)
        if weights is not None and combiner != "sum":
            ids, weights = _kept(ids, weights, weights.values > 0)
        ids, is_empty = sparse_fill_empty_rows(ids, 0 if default_id is None else default_id)
        if weights is not None:
            weights, _ = sparse_fill_empty_rows(weights, 1.0)
        result = embedding_lookup_sparse(
            embedding_weights, ids, weights, partition_strategy, None if default_id is None else scope, combiner,
            max_norm,
        )  # fmt: skip
        if default_id is None:
            width = array.shape(result)[1]
            emptied = shaping.tile(shaping.reshape(is_empty, [-1, 1]), joining.stack([1, width]))
            result = node("Select", emptied, array.zeros_like(result), result, name=scope)
        before = slicing.slice(cast(old, dtypes.int32), [0], joining.stack([last]))
        after = slicing.slice(array.shape(result), [1], [-1])
        return shaping.reshape(result, joining.concat([before, after], 0))


def _by_handle(weights: Any) -> bool:
    return hasattr(weights, "sparse_read")


def embedding_lookup_sparse_v2(
    params: Any, sp_ids: Any, sp_weights: Any, combiner: str | None = None, max_norm: float | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`embedding_lookup_sparse` of parts that each have a run of rows."""
    return embedding_lookup_sparse(params, sp_ids, sp_weights, "div", name, combiner, max_norm)


def safe_embedding_lookup_sparse_v2(
    embedding_weights: Any, sparse_ids: Any, sparse_weights: Any = None, combiner: str = "mean",
    default_id: int | None = None, max_norm: float | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`safe_embedding_lookup_sparse` with TensorFlow 2's arguments."""
    return safe_embedding_lookup_sparse(
        embedding_weights, sparse_ids, sparse_weights, combiner, default_id, name, "div", max_norm
    )


def _kept(ids: SparseTensor, weights: SparseTensor | None, mask: Tensor) -> tuple[SparseTensor, SparseTensor | None]:
    return sparse_retain(ids, mask), None if weights is None else sparse_retain(weights, mask)
