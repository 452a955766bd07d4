"""Sparse ids as places: they and their values become one sparse tensor, or bools that say which ids are there.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/merge
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from . import array, joining, shaping
from .math import cast
from .sparse import sparse_reorder, sparse_tensor_to_dense
from .sparse_tensor import SparseTensor, as_sparse, as_sparse_list


def sparse_to_indicator(sp_input: Any, vocab_size: int, name: str | None = None) -> Tensor:
    """The last axis of numbers below `vocab_size` as bools [..., vocab_size] that say which numbers are there.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/to_indicator
    """
    sp_input = as_sparse(sp_input)
    with name_scope(name, "SparseToIndicator", [sp_input]) as scope:
        there = array.fill(shaping.expand_dims(array.shape(sp_input.indices)[0], 0), True)
        merged = sparse_merge(sp_input, SparseTensor(sp_input.indices, there, sp_input.dense_shape), vocab_size)
        return sparse_tensor_to_dense(merged, default_value=False, validate_indices=False, name=scope)


def sparse_merge(
    sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None, already_sorted: bool = False
) -> SparseTensor:
    """Values at the places that their ids name: the ids' last axis becomes one of `vocab_size`.

    With lists of ids and sizes each list adds an axis. `TypeError` and `ValueError` if ids and sizes do not match.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/merge
    """
    several = isinstance(sp_ids, (list, tuple)) and not hasattr(sp_ids, "_fields")
    if several != isinstance(vocab_size, (list, tuple)):
        raise TypeError("sp_ids and vocab_size must both be lists, or neither of them.")
    ids, sizes = (list(sp_ids), list(vocab_size)) if several else ([sp_ids], [vocab_size])
    if len(ids) != len(sizes):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    ids, values = as_sparse_list(ids), as_sparse(sp_values)
    with name_scope(name, "SparseMerge", [*ids, values]):
        first = ids[0]
        columns = [shaping.expand_dims(cast(t.values, dtypes.int64), axis=1) for t in ids]
        indices = joining.concat([first.indices[:, :-1], *columns], axis=1)
        last = [cast(s, dtypes.int64) for s in sizes]
        result = SparseTensor(indices, values.values, joining.concat([first.dense_shape[:-1], last], axis=0))
        if already_sorted:
            return result
        merged = sparse_reorder(result)
        return SparseTensor(merged.indices, merged.values, result.dense_shape)
