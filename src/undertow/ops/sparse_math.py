"""Sparse tensors: adding, multiplying, reducing. `kernels/sparse_math.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array, reduction, rules, shaping
from .constant import constant
from .node import convert_to_tensor, node
from .rules import shape_rule
from .sparse_tensor import SparseTensor, as_sparse, is_sparse
from .spelling import either


def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """a + b: sparse if both are, then without sums of two values smaller in size than `threshold`; dense if one is.

    `TypeError` if neither is sparse.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/add
    """
    threshold = either("threshold", threshold, "thresh", thresh)
    if not is_sparse(a) and not is_sparse(b):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if is_sparse(a) and is_sparse(b):
        a, b = as_sparse(a), as_sparse(b)
        kind = a.values.dtype.real_dtype.base_dtype
        limit = convert_to_tensor(0 if threshold is None else threshold, dtype=kind, name="threshold")
        found = node("SparseAdd", a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, limit)
        a.shape.assert_is_compatible_with(b.shape)
        known = a.shape.merge_with(b.shape)
        sizes = constant(known.as_list(), dtypes.int64) if known.is_fully_defined() else found.sum_shape
        return SparseTensor(found.sum_indices, found.sum_values, sizes)
    sparse, dense = (as_sparse(a), b) if is_sparse(a) else (as_sparse(b), a)
    return node("SparseTensorDenseAdd", sparse.indices, sparse.values, sparse.dense_shape, dense)


@shape_rule("SparseAdd")
def _(
    a_indices: TensorShape, a_values: TensorShape, a_shape: TensorShape, b_indices: TensorShape,
    b_values: TensorShape, b_shape: TensorShape, limit: TensorShape,
) -> list[TensorShape]:  # fmt: skip
    sizes = rules.merged(a_shape, b_shape)
    return [TensorShape.of((None, rules.with_rank(sizes, 1)[0])), TensorShape.of((None,)), sizes]


@shape_rule("SparseTensorDenseAdd")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape, dense: TensorShape) -> TensorShape:
    return dense


def sparse_dense_cwise_add(sp_t: Any, dense_t: Any) -> SparseTensor:
    """A SparseTensor with what `dense_t`, broadcast to its shape, has at its places added."""
    sp_t = as_sparse(sp_t)
    values = node("SparseDenseCwiseAdd", sp_t.indices, sp_t.values, sp_t.dense_shape, dense_t)
    return SparseTensor(sp_t.indices, values, sp_t.dense_shape)


@shape_rule("SparseDenseCwiseAdd", "SparseDenseCwiseMul", "SparseDenseCwiseDiv")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape, dense: TensorShape) -> TensorShape:
    return TensorShape.of((rules.with_rank(indices, 2)[0],))


def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """The product of a sparse matrix and a dense one, or of a dense and a sparse one; each may be its adjoint.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/sparse_dense_matmul
    """
    if is_sparse(b):  # a·b is the adjoint of b'·a'
        product = sparse_tensor_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a, name)
        swapped = shaping.transpose(product)
        return node("Conj", swapped) if swapped.dtype.is_complex else swapped
    sp_a = as_sparse(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [sp_a.indices, sp_a.values, b]):
        b = convert_to_tensor(b, name="b")
        return node(
            "SparseTensorDenseMatMul", sp_a.indices, sp_a.values, sp_a.dense_shape, b,
            adjoint_a=adjoint_a, adjoint_b=adjoint_b,
        )  # fmt: skip


sparse_dense_matmul = sparse_tensor_dense_matmul


@shape_rule("SparseTensorDenseMatMul", shapes=["a_shape"])
def _(
    indices: TensorShape, values: TensorShape, a_shape: TensorShape, b: TensorShape, *, adjoint_a: bool,
    adjoint_b: bool,
) -> TensorShape:  # fmt: skip
    rows, inner = rules.with_rank(a_shape, 2)
    other, columns = rules.with_rank(b, 2)
    if adjoint_a:
        rows, inner = inner, rows
    if adjoint_b:
        other, columns = columns, other
    rules.same_dim(inner, other)
    return TensorShape.of((rows, columns))


def sparse_softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The softmax of each last axis over the values that are there.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/softmax
    """
    sp_input = as_sparse(sp_input)
    with name_scope(name, "SparseSoftmax", [sp_input.indices, sp_input.values]):
        values = node("SparseSoftmax", sp_input.indices, sp_input.values, sp_input.dense_shape)
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)


@shape_rule("SparseSoftmax")
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> TensorShape:
    return values


def _of_two(op_type: str, public: str, what: str) -> Callable[..., SparseTensor]:
    def combine(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
        sp_a, sp_b = as_sparse(sp_a), as_sparse(sp_b)
        with name_scope(name, op_type, [sp_a.indices, sp_a.values, sp_b.indices, sp_b.values]):
            indices, values = node(
                op_type, sp_a.indices, sp_a.values, sp_a.dense_shape, sp_b.indices, sp_b.values, sp_b.dense_shape,
                name=public,
            )  # fmt: skip
        return SparseTensor(indices, values, sp_a.dense_shape)

    combine.__name__ = combine.__qualname__ = public
    combine.__doc__ = f"The {what} of two, element by element; what is not there counts as 0."
    return combine


sparse_maximum = _of_two("SparseSparseMaximum", "sparse_maximum", "larger")
sparse_minimum = _of_two("SparseSparseMinimum", "sparse_minimum", "smaller")


@shape_rule("SparseSparseMaximum", "SparseSparseMinimum")
def _(
    a_indices: TensorShape, a_values: TensorShape, a_shape: TensorShape, b_indices: TensorShape,
    b_values: TensorShape, b_shape: TensorShape,
) -> list[TensorShape]:  # fmt: skip
    return [TensorShape.of((None, rules.with_rank(a_shape, 1)[0])), TensorShape.of((None,))]


# Reductions


def _reduction(op_type: str, public: str, what: str, sparse: bool) -> Callable[..., Any]:
    def reduce(
        sp_input: Any, axis: Any = None, keepdims: bool | None = None, reduction_axes: Any = None,
        keep_dims: bool | None = None,
    ) -> Any:  # fmt: skip
        keep = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
        axis = either("axis", axis, "reduction_axes", reduction_axes)
        sp_input = as_sparse(sp_input)
        if axis is None:
            rank = sp_input.dense_shape.shape.as_list()[0]
            axis = constant(np.arange(rank), dtypes.int32) if rank else reduction.range(array.rank(sp_input))
        found = node(op_type, sp_input.indices, sp_input.values, sp_input.dense_shape, axis, keep_dims=keep)
        if sparse:
            return SparseTensor(*found)
        return found

    kind = "a SparseTensor" if sparse else "a dense tensor"
    reduce.__name__ = reduce.__qualname__ = public
    reduce.__doc__ = f"""{what} over `axis` (an int, several, or all if None), which goes unless `keepdims`: {kind}.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/{public.removeprefix("sparse_")}
    """
    return reduce


sparse_reduce_sum = _reduction("SparseReduceSum", "sparse_reduce_sum", "The sum", False)
sparse_reduce_sum_sparse = _reduction("SparseReduceSumSparse", "sparse_reduce_sum_sparse", "The sum", True)
sparse_reduce_max = _reduction("SparseReduceMax", "sparse_reduce_max", "The largest value that is there", False)
sparse_reduce_max_sparse = _reduction(
    "SparseReduceMaxSparse", "sparse_reduce_max_sparse", "The largest value that is there", True
)


@shape_rule("SparseReduceSumSparse", "SparseReduceMaxSparse")
def _(*_: TensorShape) -> list[TensorShape]:
    return [TensorShape.of((None, None)), TensorShape.of((None,)), TensorShape.of((None,))]
