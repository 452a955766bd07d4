"""Sparse tensors: making them, making them dense, and rearranging them. `kernels/sparse.py` says how it is done.

`sparse_math.py` adds, multiplies and reduces them.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.errors import unbuilt
from ..graph.operation import Tensor
from ..graph.scopes import control_dependencies, name_scope
from ..graph.shape import TensorShape
from . import array, gather, joining, reduction, rules, shaping, slicing
from .check import assert_equal, assert_less_equal
from .constant import constant
from .constant_value import constant_value, constant_value_as_shape
from .indexed_slices import IndexedSlices
from .math import cast
from .node import convert_to_tensor, node
from .rules import shape_rule
from .sorting import setdiff1d
from .sparse_tensor import SparseTensor, as_sparse, as_sparse_list
from .spelling import either

# Between sparse and dense


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """A tensor of `output_shape` with `sparse_values` at `sparse_indices` and `default_value` elsewhere.

    Indices ([n, rank]; [n] or a scalar for vectors) must be in order, each once, unless `validate_indices` is False.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse_to_dense
    """
    return node(
        "SparseToDense", sparse_indices, output_shape, sparse_values, default_value,
        validate_indices=validate_indices, name=name,
    )  # fmt: skip


@shape_rule("SparseToDense", shapes=["output_shape"])
def _(indices: TensorShape, output_shape: TensorShape, values: TensorShape, default: TensorShape) -> TensorShape:
    return output_shape


@shape_rule("SparseFillEmptyRowsGrad")
def _(reverse_index_map: TensorShape, grad_values: TensorShape) -> list[TensorShape]:
    rules.with_rank(reverse_index_map, 1)
    rules.with_rank(grad_values, 1)
    return [reverse_index_map, TensorShape.of(())]


def sparse_tensor_to_dense(
    sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None
) -> Tensor:
    """The dense tensor, with `default_value` (0, False or "") where there is no value.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/to_dense
    """
    sp_input = as_sparse(sp_input)
    if default_value is None:
        default_value = array.zeros([], dtype=sp_input.dtype)
    return sparse_to_dense(
        sp_input.indices, sp_input.dense_shape, sp_input.values, default_value, validate_indices, name
    )


to_dense = sparse_tensor_to_dense


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The elements of `tensor` that are not zero (False, "").

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/from_dense
    """
    with name_scope(name, "dense_to_sparse"):
        tensor = convert_to_tensor(tensor)
        indices = slicing.where(node("NotEqual", tensor, array.zeros_like(tensor)))
        return SparseTensor(indices, gather.gather_nd(tensor, indices), array.shape(tensor, out_type=dtypes.int64))


def sparse_eye(
    num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """Ones on the diagonal of a matrix.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/eye
    """
    with name_scope(name, "eye", [num_rows, num_columns]):
        rows = cast(convert_to_tensor(num_rows, name="num_rows"), dtypes.int64)
        columns = rows
        if num_columns is not None:
            columns = cast(convert_to_tensor(num_columns, name="num_columns"), dtypes.int64)
        size = node("Minimum", rows, columns)
        along = reduction.range(size, dtype=dtypes.int64)
        ones = array.ones(shaping.reshape(size, [-1]), dtype=dtype)
        return SparseTensor(joining.stack([along, along], axis=1), ones, [rows, columns])


def sparse_mask(a: IndexedSlices, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """IndexedSlices `a` without the rows `mask_indices`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/mask
    """
    with name_scope(name, "sparse_mask", [a, mask_indices]) as scope:
        kept, places = setdiff1d(a.indices, mask_indices)
        return IndexedSlices(gather.gather(a.values, places, name=scope), kept, a.dense_shape)


# Rearranging


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The same with its indices in order, row by row.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/reorder
    """
    sp_input = as_sparse(sp_input)
    indices, values = node("SparseReorder", sp_input.indices, sp_input.values, sp_input.dense_shape, name=name)
    return SparseTensor(indices, values, _same_shape(sp_input))


def _same_shape(sp_input: SparseTensor) -> Tensor:
    """The shape as a constant if all of it is known, so that it stays known."""
    known = sp_input.shape
    return constant(known.as_list(), dtypes.int64) if known.is_fully_defined() else sp_input.dense_shape


@shape_rule("SparseReorder")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> list[TensorShape]:
    rules.with_rank(indices, 2)
    rules.with_rank(values, 1)
    rules.with_rank(shape, 1)
    return [indices, values]


def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """The same elements in the same order in another shape, of which one size may be -1.

    `ValueError` (in the run `InvalidArgumentError`) for a shape of another number of elements.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/reshape
    """
    sp_input = as_sparse(sp_input)
    shape = cast(convert_to_tensor(shape), dtypes.int64)
    with name_scope(name, "SparseReshape", [sp_input.values]) as scope:
        indices, sizes = node("SparseReshape", sp_input.indices, sp_input.dense_shape, shape, name=scope)
        told = constant_value(shape) is not None
        known = _settled(sp_input.shape, constant_value_as_shape(shape), told)
        sizes = constant(known, dtypes.int64) if known is not None else sizes
        return SparseTensor(indices, array.identity(sp_input.values), sizes)


def _settled(old: TensorShape, wanted: TensorShape, told: bool) -> list[int] | None:
    """The new shape with the one size that is not known worked out, None if that cannot be.

    `ValueError` if it does not fit the old one, or if all of it was `told` and two sizes are -1.
    """
    total, dims = old.num_elements(), wanted._dims
    if total is None or dims is None:
        return None
    if dims.count(None) > 1:
        if told:
            raise ValueError(f"At most one dimension can be inferred (-1). Found: {wanted}")
        return None
    rest = math.prod(d for d in dims if d is not None)
    if rest != total if None not in dims else not rest or total % rest:
        raise ValueError(f"Cannot reshape a tensor with {total} elements to shape {wanted} ({rest} elements).")
    return [total // rest if d is None else d for d in dims]


@shape_rule("SparseReshape")
def _(indices: TensorShape, shape: TensorShape, new_shape: TensorShape) -> list[TensorShape]:
    count = rules.with_rank(indices, 2)[0]
    rules.with_rank(shape, 1)
    rank = rules.with_rank(new_shape, 1)[0]
    return [TensorShape.of((count, rank)), TensorShape.of((rank,))]


def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """The axes in the order `perm`, or all reversed.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/transpose
    """
    with name_scope(name, "SparseTranspose", [sp_input]):
        sp_input = as_sparse(sp_input)
        if perm is None:
            if sp_input.shape.ndims is not None:
                perm = np.arange(sp_input.shape.ndims)[::-1]
            else:
                rank = array.rank(sp_input)
                perm = (rank - 1) - reduction.range(0, rank, 1)
        indices = gather.gather(sp_input.indices, convert_to_tensor(perm), axis=1)
        sizes = gather.gather(sp_input.dense_shape, convert_to_tensor(perm))
        order = constant_value(convert_to_tensor(perm))
        if order is not None and sp_input.shape.is_fully_defined():
            sizes = constant(np.array(sp_input.shape.as_list())[order], dtypes.int64)
        return sparse_reorder(SparseTensor(indices, sp_input.values, sizes))


def sparse_expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """An axis of size 1 more, at `axis` (the end by default).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/expand_dims
    """
    sp_input = as_sparse(sp_input)
    rank = sp_input.dense_shape.shape.as_list()[0]
    known = -1 if axis is None else constant_value(convert_to_tensor(axis, name="axis"))
    if rank is None or known is None:
        raise unbuilt("sparse.expand_dims where the rank or the axis is known only in the run")
    if not -rank - 1 <= known <= rank:
        raise ValueError(f"axis {known} is not in [{-rank - 1}, {rank}].")
    at = int(known if known >= 0 else known + rank + 1)
    with name_scope(name, "expand_dims", [sp_input]):
        column = array.zeros([array.shape(sp_input.indices)[0], 1], dtype=dtypes.int64)
        indices = joining.concat([sp_input.indices[:, :at], column, sp_input.indices[:, at:]], axis=1)
        one = constant([1], dtypes.int64)
        sizes = joining.concat([sp_input.dense_shape[:at], one, sp_input.dense_shape[at:]], axis=0)
        return SparseTensor(indices, sp_input.values, sizes)


def sparse_concat(
    axis: int, sp_inputs: Any, name: str | None = None, expand_nonconcat_dim: bool = False, concat_dim: Any = None,
    expand_nonconcat_dims: bool | None = None,
) -> SparseTensor:  # fmt: skip
    """SparseTensors joined along `axis`; with `expand_nonconcat_dims` the other sizes are the largest among them.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/concat
    """
    axis = axis if concat_dim is None else concat_dim
    expand = bool(expand_nonconcat_dims or expand_nonconcat_dim)
    inputs = as_sparse_list(sp_inputs)
    if len(inputs) == 1:
        return inputs[0]
    sizes = [t.dense_shape for t in inputs]
    if expand:
        largest = reduction.reduce_max(joining.stack([t.dense_shape for t in inputs]), axis=0)
        rank = inputs[0].dense_shape.shape.num_elements()
        if axis < 0 and rank is None:
            raise ValueError(f"axis {axis} needs a rank that is known.")
        at = axis if axis >= 0 else axis + (rank or 0)
        sizes = [joining.concat([largest[:at], s[at : at + 1], largest[at + 1 :]], axis=0) for s in sizes]
    found = node(
        "SparseConcat", [t.indices for t in inputs], [t.values for t in inputs], sizes, concat_dim=axis, name=name
    )
    return SparseTensor(found.output_indices, found.output_values, found.output_shape)


@shape_rule("SparseConcat")
def _(indices: list[TensorShape], values: list[TensorShape], shapes: list[TensorShape]) -> list[TensorShape]:
    counts = [rules.with_rank(t, 2)[0] for t in indices]
    count = None if None in counts else sum(c for c in counts if c is not None)
    sizes = rules.merged(*shapes)
    return [TensorShape.of((count, rules.with_rank(sizes, 1)[0])), TensorShape.of((count,)), sizes]


def sparse_split(
    keyword_required: Any = None, sp_input: Any = None, num_split: int | None = None, axis: Any = None,
    name: str | None = None, split_dim: Any = None,
) -> list[SparseTensor]:  # fmt: skip
    """`num_split` parts along `axis`, the first ones larger by one where it does not divide evenly. Keywords only.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/split
    """
    if keyword_required is not None:
        raise ValueError("Keyword arguments are required for this function.")
    if sp_input is None:
        raise ValueError("sp_input is required")
    if num_split is None:
        raise ValueError("num_split is required")
    axis = either("axis", axis, "split_dim", split_dim)
    if axis is None:
        raise ValueError("axis is required")
    sp_input = as_sparse(sp_input)
    found = node(
        "SparseSplit", axis, sp_input.indices, sp_input.values, sp_input.dense_shape, num_split=num_split, name=name
    )
    return [SparseTensor(*parts) for parts in zip(found.output_indices, found.output_values, found.output_shape)]


@shape_rule("SparseSplit")
def _(
    axis: TensorShape, indices: TensorShape, values: TensorShape, shape: TensorShape, *, num_split: int
) -> list[TensorShape]:
    rank = rules.with_rank(shape, 1)[0]
    each = [TensorShape.of((None, rank)), TensorShape.of((None,)), TensorShape.of((rank,))]
    return [s for s in each for _ in range(num_split)]


def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """The part from `start`, of `size` or as much of it as there is.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/slice
    """
    sp_input = as_sparse(sp_input)
    start, size = convert_to_tensor(start, dtypes.int64), convert_to_tensor(size, dtypes.int64)
    with name_scope(name, "SparseSlice", [sp_input]) as scope:
        found = node("SparseSlice", sp_input.indices, sp_input.values, sp_input.dense_shape, start, size, name=scope)
        return SparseTensor(found.output_indices, found.output_values, found.output_shape)


@shape_rule("SparseSlice")
def _(
    indices: TensorShape, values: TensorShape, shape: TensorShape, start: TensorShape, size: TensorShape
) -> list[TensorShape]:
    rank = rules.with_rank(shape, 1)[0]
    return [TensorShape.of((None, rank)), TensorShape.of((None,)), shape]


def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """Those values for which the bool vector `to_retain` is true.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/retain
    """
    sp_input = as_sparse(sp_input)
    to_retain = convert_to_tensor(to_retain)
    to_retain.shape[:1].merge_with(sp_input.values.shape[:1])
    places = shaping.reshape(slicing.where(to_retain), [-1])
    return SparseTensor(
        gather.gather(sp_input.indices, places), gather.gather(sp_input.values, places),
        array.identity(sp_input.dense_shape),
    )  # fmt: skip


def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """The same in a larger shape `new_shape`, or in the smallest that holds its values.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/reset_shape
    """
    sp_input = as_sparse(sp_input)
    indices, values = array.identity(sp_input.indices), array.identity(sp_input.values)
    old = array.identity(sp_input.dense_shape)
    if new_shape is None:
        largest = reduction.reduce_max(indices, axis=0)
        sizes = node("Maximum", constant(0, dtypes.int64), node("AddV2", largest, array.ones_like(old)))
        return SparseTensor(indices, values, sizes)
    sizes = cast(convert_to_tensor(new_shape), dtypes.int64)
    sizes.shape.with_rank(1)
    if sp_input.dense_shape.shape.as_list()[0] is not None:
        sizes.shape.assert_is_compatible_with(sp_input.dense_shape.shape)
    known = constant_value(sizes)
    if known is not None and sp_input.shape.is_fully_defined():
        if any(new < was for new, was in zip(known.tolist(), sp_input.shape.as_list())):
            raise ValueError(
                f"New shape should have dimension sizes >= the old ones: {known.tolist()} and {sp_input.shape}."
            )
        return SparseTensor(indices, values, constant(known, dtypes.int64))
    with control_dependencies([assert_equal(array.shape(old), array.shape(sizes))]):
        sizes = array.identity(sizes)
    with control_dependencies([assert_less_equal(old, sizes)]):
        sizes = array.identity(sizes)
    return SparseTensor(indices, values, sizes)


def sparse_fill_empty_rows(sp_input: Any, default_value: Any, name: str | None = None) -> tuple[SparseTensor, Tensor]:
    """`default_value` put at the start of each row of a matrix that has no value; also which rows had none.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/fill_empty_rows
    """
    sp_input = as_sparse(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sp_input]):
        default_value = convert_to_tensor(default_value, dtype=sp_input.values.dtype.base_dtype)
        found = node("SparseFillEmptyRows", sp_input.indices, sp_input.values, sp_input.dense_shape, default_value)
        return SparseTensor(found.output_indices, found.output_values, sp_input.dense_shape), found.empty_row_indicator


@shape_rule("SparseFillEmptyRows", shapes=["dense_shape"])
def _(indices: TensorShape, values: TensorShape, dense_shape: TensorShape, default: TensorShape) -> list[TensorShape]:
    rows = dense_shape._dims[0] if dense_shape._dims else None
    rank = rules.with_rank(indices, 2)[1]
    return [TensorShape.of((None, rank)), TensorShape.of((None,)), TensorShape.of((rows,)), indices[:1]]
