"""Sparse tensors, added, multiplied and reduced: how each op is done."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .gather import first_outside
from .registry import invalid, kernel
from .sparse import check_size, linear, unraveled


def _union(a_indices: Tensor, b_indices: Tensor, dims: list[int]) -> tuple[Tensor, Tensor, Tensor]:
    """The places in a or b, in order, and where among them each of a's and of b's is."""
    both = torch.cat([linear(a_indices, dims), linear(b_indices, dims)])
    places, where = torch.unique(both, return_inverse=True)
    return places, where[: len(a_indices)], where[len(a_indices) :]


def _same_dims(a_shape: Tensor, b_shape: Tensor) -> list[int]:
    if len(a_shape) != len(b_shape):
        raise invalid(f"Operands do not have the same ranks; got: {a_shape.tolist()} and {b_shape.tolist()}")
    if not torch.equal(a_shape, b_shape):
        raise invalid(f"Operands' shapes do not match: got {a_shape.tolist()} and {b_shape.tolist()}")
    return a_shape.tolist()


@kernel("SparseAdd", on_host=True)
def sparse_add(
    a_indices: Tensor, a_values: Tensor, a_shape: Tensor, b_indices: Tensor, b_values: Tensor, b_shape: Tensor,
    thresh: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    dims = _same_dims(a_shape, b_shape)
    places, of_a, of_b = _union(a_indices, b_indices, dims)
    total = a_values.new_zeros(len(places)).index_add(0, of_a, a_values).index_add(0, of_b, b_values)
    if float(thresh) > 0:
        added = torch.zeros(len(places), dtype=torch.int64, device=places.device)
        added = added.index_add(0, torch.cat([of_a, of_b]), torch.ones_like(torch.cat([of_a, of_b])))
        kept = (added < 2) | (total.detach().abs() >= thresh.to(total.device))  # only sums are ever too small
        places, total = places[kept], total[kept]
    return unraveled(places, dims), total, a_shape.clone()


@kernel("SparseTensorDenseAdd", on_host=True)
def sparse_tensor_dense_add(indices: Tensor, values: Tensor, a_shape: Tensor, b: Tensor) -> Tensor:
    if a_shape.tolist() != list(b.shape):
        raise invalid(f"Dimensions do not match: the sparse operand's {a_shape.tolist()}, the dense's {list(b.shape)}")
    return b.index_put(indices.long().unbind(1), values, accumulate=True)


def _at_places(indices: Tensor, sp_shape: Tensor, dense: Tensor) -> Tensor:
    """The elements of `dense`, broadcast to the sparse tensor's shape, at its places."""
    dims = sp_shape.tolist()
    if dense.dim() > len(dims) or any(d not in (1, s) for d, s in zip(dense.shape[::-1], dims[::-1])):
        raise invalid(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"{dims} vs. {list(dense.shape)}"
        )
    return dense.expand(dims)[indices.unbind(1)]


@kernel("SparseDenseCwiseAdd", on_host=True)
def cwise_add(indices: Tensor, values: Tensor, sp_shape: Tensor, dense: Tensor) -> Tensor:
    return values + _at_places(indices, sp_shape, dense)


@kernel("SparseDenseCwiseMul", on_host=True)
def cwise_mul(indices: Tensor, values: Tensor, sp_shape: Tensor, dense: Tensor) -> Tensor:
    return values * _at_places(indices, sp_shape, dense)


@kernel("SparseDenseCwiseDiv", on_host=True)
def cwise_div(indices: Tensor, values: Tensor, sp_shape: Tensor, dense: Tensor) -> Tensor:
    integer = not (values.is_floating_point() or values.is_complex())
    return torch.div(values, _at_places(indices, sp_shape, dense), rounding_mode="trunc" if integer else None)


@kernel("SparseTensorDenseMatMul", host=("a_shape",))
def matmul(indices: Tensor, values: Tensor, a_shape: Tensor, b: Tensor, *, adjoint_a: bool, adjoint_b: bool) -> Tensor:
    rows, inner = a_shape.tolist()
    row, column = indices.long().unbind(1)
    if adjoint_a:
        rows, inner, row, column, values = inner, rows, column, row, values.conj()
    if adjoint_b:
        b = b.mH
    if len(b) != inner:
        raise invalid(f"Cannot multiply A and B because inner dimension does not match: {inner} vs. {len(b)}")
    for name, place, size in (("row", row, rows), ("column", column, inner)):
        i = first_outside(place, size)
        if i is not None:
            raise invalid(f"{name} {int(place[i])} of indices[{i}] is out of bounds (>= {size})")
    terms = values.unsqueeze(1) * b[column]
    return terms.new_zeros((rows, b.shape[1])).index_add(0, row, terms)


def _groups(indices: Tensor, dims: list[int], kept: list[int]) -> tuple[Tensor, Tensor]:
    """The places along the axes `kept` that have values, in order, and which of them each value is at."""
    check_size(dims)
    places = linear(indices[:, kept], [dims[i] for i in kept])
    return torch.unique(places, return_inverse=True)


@kernel("SparseSoftmax", on_host=True)
def softmax(indices: Tensor, values: Tensor, sp_shape: Tensor) -> Tensor:
    if len(sp_shape) < 2:
        raise invalid("Input should have rank >= 2, but received shape: " + str(sp_shape.tolist()))
    dims = sp_shape.tolist()
    found, group = _groups(indices, dims, list(range(len(dims) - 1)))
    largest = values.detach().new_full((len(found),), -torch.inf).scatter_reduce(0, group, values.detach(), "amax")
    powers = torch.exp(values - largest[group])
    return powers / powers.new_zeros(len(found)).index_add(0, group, powers)[group]


@kernel("SparseSparseMaximum", "SparseSparseMinimum", context=True, on_host=True)
def of_two(
    context: Any, a_indices: Tensor, a_values: Tensor, a_shape: Tensor, b_indices: Tensor, b_values: Tensor,
    b_shape: Tensor,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    dims = _same_dims(a_shape, b_shape)
    places, of_a, of_b = _union(a_indices, b_indices, dims)
    a = a_values.new_zeros(len(places)).index_put((of_a,), a_values)
    b = b_values.new_zeros(len(places)).index_put((of_b,), b_values)
    first = a >= b if context.op.type == "SparseSparseMaximum" else a <= b
    return unraveled(places, dims), torch.where(first, a, b)


def _reduced(op_type: str, indices: Tensor, values: Tensor, dims: list[int], axes: Tensor) -> tuple[Any, ...]:
    """The places and values of the groups that have any, and the axes that are kept."""
    rank = len(dims)
    bad = [a for a in axes.reshape(-1).tolist() if not -rank <= a < rank]
    if bad:
        raise invalid(f"Invalid reduction dimension {bad[0]}, for input with {rank} dimensions.")
    gone = {a % rank for a in axes.reshape(-1).tolist()}
    kept = [i for i in range(rank) if i not in gone]
    places, group = _groups(indices, dims, kept)
    if "Sum" in op_type:
        return places, values.new_zeros(len(places)).index_add(0, group, values), kept
    return places, values.new_zeros(len(places)).scatter_reduce(0, group, values, "amax", include_self=False), kept


@kernel("SparseReduceSum", "SparseReduceMax", context=True, on_host=True)
def reduce_dense(
    context: Any, indices: Tensor, values: Tensor, input_shape: Tensor, reduction_axes: Tensor, *, keep_dims: bool
) -> Tensor:
    dims = input_shape.tolist()
    places, found, kept = _reduced(context.op.type, indices, values, dims, reduction_axes)
    size = 1
    for i in kept:
        size *= dims[i]
    dense = found.new_zeros(size).index_put((places,), found)
    return dense.reshape([d if i in kept else 1 for i, d in enumerate(dims) if keep_dims or i in kept])


@kernel("SparseReduceSumSparse", "SparseReduceMaxSparse", context=True, on_host=True)
def reduce_sparse(
    context: Any, indices: Tensor, values: Tensor, input_shape: Tensor, reduction_axes: Tensor, *, keep_dims: bool
) -> tuple[Tensor, Tensor, Tensor]:
    dims = input_shape.tolist()
    places, found, kept = _reduced(context.op.type, indices, values, dims, reduction_axes)
    left = [d if i in kept else 1 for i, d in enumerate(dims) if keep_dims or i in kept]
    return unraveled(places, left), found, torch.tensor(left, dtype=torch.int64)
