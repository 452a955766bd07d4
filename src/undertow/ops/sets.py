"""Sets in the last dimension of tensors: union, intersection, difference, size. `kernels/sets.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sets
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from .node import node
from .rules import shape_rule
from .sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor


def set_size(a: Any, validate_indices: bool = True) -> Tensor:
    """How many different elements each set of a SparseTensor `a` [.., n] has: int32 [..]; `TypeError` if dense."""
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    return node("SetSize", a.indices, a.values, a.dense_shape, validate_indices=validate_indices)


def set_intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What is in both of each pair of sets, sorted. `a` and `b` are tensors or SparseTensors of one leading shape."""
    return _operation(a, b, "intersection", validate_indices)


def set_union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What is in either of each pair of sets, sorted."""
    return _operation(a, b, "union", validate_indices)


def set_difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """What is in each set of `a` but not in that of `b`, sorted; the other way round unless `aminusb`."""
    return _operation(a, b, "a-b" if aminusb else "b-a", validate_indices)


_SWAPPED = {"a-b": "b-a", "b-a": "a-b"}


def _operation(a: Any, b: Any, operation: str, validate: bool) -> SparseTensor:
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    b = convert_to_tensor_or_sparse_tensor(b, name="b")
    if a.dtype.base_dtype != b.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):  # there is no op for this order
        a, b, operation = b, a, _SWAPPED.get(operation, operation)
    kinds = ["Sparse" if isinstance(t, SparseTensor) else "Dense" for t in (a, b)]
    parts = [p for t in (a, b) for p in ((t.indices, t.values, t.dense_shape) if isinstance(t, SparseTensor) else (t,))]
    result = node(f"{kinds[0]}To{kinds[1]}SetOperation", *parts, set_operation=operation, validate_indices=validate)
    return SparseTensor(*result)


@shape_rule("SetSize", shapes=["set_shape"])
def _(indices: TensorShape, values: TensorShape, shape: TensorShape) -> TensorShape:
    return TensorShape(None) if shape._dims is None else TensorShape.of(shape._dims[:-1])


def _sparse(rank: int | None) -> list[TensorShape]:
    return [TensorShape.of((None, rank)), TensorShape.of((None,)), TensorShape.of((rank,))]


@shape_rule("DenseToDenseSetOperation")
def _(a: TensorShape, b: TensorShape) -> list[TensorShape]:
    if a.ndims is not None and b.ndims is not None:
        if a.ndims != b.ndims:
            raise ValueError(f"Ranks do not match: {a.ndims}, {b.ndims}")
        if a.ndims < 2:
            raise ValueError(f"Input ranks must be at least 2, got {a.ndims}")
        a[:-1].assert_is_compatible_with(b[:-1])
    return _sparse(b.ndims if a.ndims is None else a.ndims)


@shape_rule("DenseToSparseSetOperation")
def _(a: TensorShape, indices: TensorShape, values: TensorShape, shape: TensorShape) -> list[TensorShape]:
    if a.ndims is not None and a.ndims < 2:
        raise ValueError(f"Input ranks must be at least 2, got {a.ndims}")
    return _sparse(shape.num_elements() if a.ndims is None else a.ndims)


@shape_rule("SparseToSparseSetOperation")
def _(
    indices1: TensorShape, values1: TensorShape, shape1: TensorShape, indices2: TensorShape, values2: TensorShape,
    shape2: TensorShape,
) -> list[TensorShape]:  # fmt: skip
    ranks = [shape1.num_elements(), shape2.num_elements()]
    if None not in ranks and ranks[0] != ranks[1]:
        raise ValueError(f"Ranks do not match: {ranks[0]}, {ranks[1]}")
    return _sparse(ranks[1] if ranks[0] is None else ranks[0])
