"""Sparse tensors put into dense ones: serialized as strings or variants, or kept in a map under a number.

`kernels/sparse_storage.py` says how it is done.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/serialize_sparse and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape
from . import rules
from .node import node
from .rules import shape_rule
from .sparse_tensor import SparseTensor, as_sparse

_MAPS = ("AddSparseToTensorsMap", "AddManySparseToTensorsMap")


def serialize_sparse(sp_input: Any, name: str | None = None, out_type: Any = dtypes.string) -> Tensor:
    """A sparse tensor as a vector of three strings (or variants): its indices, values and shape.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/serialize_sparse
    """
    sp_input = as_sparse(sp_input)
    return node("SerializeSparse", *sp_input._fetch_components(), out_type=out_type, name=name)


def serialize_many_sparse(sp_input: Any, name: str | None = None, out_type: Any = dtypes.string) -> Tensor:
    """Each row of a sparse tensor of rank 2 or more as three strings (or variants): [rows, 3].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/serialize_many_sparse
    """
    sp_input = as_sparse(sp_input)
    return node("SerializeManySparse", *sp_input._fetch_components(), out_type=out_type, name=name)


def deserialize_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """The sparse tensor that [..., 3] strings or variants tell of; the dimensions before the last come before its own.

    `rank` is the serialized tensors' own, if it is known.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/deserialize_sparse
    """
    return _of_rank(node("DeserializeSparse", serialized_sparse, dtype=dtype, name=name), rank)


def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """The sparse tensor whose rows [rows, 3] strings tell of. `rank` is the result's, if it is known.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/deserialize_many_sparse
    """
    return _of_rank(node("DeserializeManySparse", serialized_sparse, dtype=dtype, name=name), rank)


def _of_rank(parts: Any, rank: int | None) -> SparseTensor:
    indices, values, shape = parts
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return SparseTensor(indices, values, shape)


def _add_sparse_to_tensors_map(
    sp_input: Any, container: str | None = None, shared_name: str | None = None, name: str | None = None
) -> Tensor:
    """The number under which a map, the op's own or one of a shared name, now keeps a sparse tensor: int64."""
    sp_input = as_sparse(sp_input)
    return node(
        _MAPS[0], *sp_input._fetch_components(), container=container, shared_name=shared_name, name=name
    )  # fmt: skip


def _add_many_sparse_to_tensors_map(
    sp_input: Any, container: str | None = None, shared_name: str | None = None, name: str | None = None
) -> Tensor:
    """The numbers under which a map now keeps the rows of a sparse tensor: int64 [rows]."""
    sp_input = as_sparse(sp_input)
    return node(
        _MAPS[1], *sp_input._fetch_components(), container=container, shared_name=shared_name, name=name
    )  # fmt: skip


def _take_many_sparse_from_tensors_map(
    sparse_map_op: Operation, sparse_handles: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """Takes sparse tensors out of the map that `sparse_map_op` puts them into: a sparse tensor of one rank more.

    `TypeError` if it is no op that does.
    """
    if not isinstance(sparse_map_op, Operation):
        raise TypeError("sparse_map_op be an Operation")
    if sparse_map_op.type not in _MAPS:
        raise TypeError(
            "sparse_map_op must be one of AddSparseToTensorsMap or AddSparseToTensorsMap. Instead, found "
            f"`{sparse_map_op.type}`."
        )
    shared = sparse_map_op.get_attr("shared_name") or sparse_map_op.name
    with sparse_map_op.graph.colocate_with(sparse_map_op):
        parts = node(
            "TakeManySparseFromTensorsMap", sparse_handles, dtype=sparse_map_op.get_attr("T"),
            container=sparse_map_op.get_attr("container"), shared_name=shared, name=name,
        )  # fmt: skip
    return _of_rank(parts, rank)


def _checked(indices: TensorShape, values: TensorShape, shape: TensorShape) -> None:
    rules.with_rank(indices, 2)
    rules.with_rank(values, 1)
    rules.with_rank(shape, 1)


@shape_rule("SerializeSparse")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> TensorShape:
    _checked(indices, values, shape)
    return TensorShape.of((3,))


@shape_rule("SerializeManySparse")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> TensorShape:
    _checked(indices, values, shape)
    return TensorShape.of((None, 3))


@shape_rule("AddSparseToTensorsMap")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> TensorShape:
    _checked(indices, values, shape)
    return TensorShape.of(())


@shape_rule("AddManySparseToTensorsMap")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> TensorShape:
    _checked(indices, values, shape)
    return TensorShape.of((None,))


_PARTS = [TensorShape.of((None, None)), TensorShape.of((None,)), TensorShape.of((None,))]


@shape_rule("DeserializeSparse")
def _(serialized: TensorShape) -> list[TensorShape]:
    if serialized.ndims == 0:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    _three(serialized._dims[-1] if serialized._dims else None)
    return _PARTS


@shape_rule("DeserializeManySparse")
def _(serialized: TensorShape) -> list[TensorShape]:
    _three(rules.with_rank(serialized, 2)[1])
    return _PARTS


def _three(size: int | None) -> None:
    if size not in (None, 3):
        raise ValueError(f"Dimension must be 3 but is {size}")


@shape_rule("TakeManySparseFromTensorsMap")
def _(handles: TensorShape) -> list[TensorShape]:
    rules.with_rank(handles, 1)
    return _PARTS
