"""Rows of tensors taken and put by their indices: gather, scatter. `kernels/gather.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/gather and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import shape
from .joining import concat, unstack
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "scatter_nd": "ScatterNd",
    "tensor_scatter_add": "TensorScatterAdd",
    "tensor_scatter_nd_add": "TensorScatterAdd",
    "tensor_scatter_nd_sub": "TensorScatterSub",
    "tensor_scatter_nd_update": "TensorScatterUpdate",
    "tensor_scatter_sub": "TensorScatterSub",
    "tensor_scatter_update": "TensorScatterUpdate",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


def gather(
    params: Any,
    indices: Any,
    validate_indices: bool | None = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:
    """The slices of `params` along `axis` that `indices` name; the first `batch_dims` dimensions go hand in hand.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/gather
    """
    if axis in (None, 0) and not batch_dims and hasattr(params, "sparse_read"):
        return params.sparse_read(indices, name=name)
    return node("GatherV2", params, indices, batch_dims if axis is None else axis, batch_dims=batch_dims, name=name)


@shape_rule("GatherV2", values=["axis"])
def gather_shape(params: TensorShape, indices: TensorShape, axis: Any, *, batch_dims: int) -> TensorShape:
    if axis is None:
        unknown = params.ndims is None or indices.ndims is None
        return TensorShape(None) if unknown else TensorShape.of((None,) * (params.ndims + indices.ndims - 1))  # type: ignore[operator]
    at = int(axis)
    if params._dims is None:
        return TensorShape(None)
    ndims = len(params._dims)
    if not -ndims <= at < ndims:
        raise ValueError(f"Shape must be at least rank {at + 1 if at >= 0 else -at} but is rank {ndims}")
    if indices._dims is None:
        return TensorShape(None)
    batch = batch_dims + len(indices._dims) if batch_dims < 0 else batch_dims
    at %= ndims
    if not 0 <= batch <= min(at, len(indices._dims)):
        raise ValueError(f"batch_dims {batch_dims} must be at most the axis {at} and the rank of the indices")
    shared = map(rules.same_dim, params._dims[:batch], indices._dims[:batch])
    return TensorShape.of((*shared, *params._dims[batch:at], *indices._dims[batch:], *params._dims[at + 1 :]))


@shape_rule("Gather")
def _(params: TensorShape, indices: TensorShape) -> TensorShape:
    return gather_shape(params, indices, 0, batch_dims=0)


def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """The slices of `params` that the vectors in the last dimension of `indices` name.

    The first `batch_dims` dimensions of both go hand in hand.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/gather_nd
    """
    if batch_dims == 0:
        if hasattr(params, "sparse_read"):
            return params.gather_nd(indices, name=name)
        return node("GatherNd", params, indices, name=name)
    with name_scope(name, "BatchGatherND", [params, indices]) as scope:
        indices = convert_to_tensor(indices, name="indices")
        ndims = indices.shape.ndims
        if ndims is None:
            raise ValueError("gather_nd with batch_dims needs indices of a known rank.")
        if not 0 < batch_dims < ndims:
            raise ValueError(f"batch_dims = {batch_dims} must be less than rank(indices) = {ndims}")
        dims = unstack(shape(indices), ndims)
        columns = []
        for i in range(batch_dims):
            steps = node("Cast", node("Range", 0, dims[i], 1), DstT=indices.dtype)
            along = node("Reshape", steps, [-1 if j == i else 1 for j in range(ndims)])
            columns.append(node("BroadcastTo", along, [*dims[:-1], 1]))
        return node("GatherNd", params, concat([*columns, indices], -1), name=scope)


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """`gather` whose indices have the dimensions of `params` but for the last of theirs."""
    with name_scope(name, "BatchGather", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        if indices.shape.ndims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        batch = indices.shape.ndims - 1
        return gather(convert_to_tensor(params, name="params"), indices, axis=batch, batch_dims=batch)


@shape_rule("GatherNd")
def gather_nd_shape(params: TensorShape, indices: TensorShape) -> TensorShape:
    if params._dims is None or indices._dims is None:
        return TensorShape(None)
    if not indices._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    depth = indices._dims[-1]
    if depth is None:
        return TensorShape(None)
    if depth > len(params._dims):
        raise ValueError(
            "indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{rules.bracketed(indices)} and params shape: {rules.bracketed(params)}"
        )
    return TensorShape.of((*indices._dims[:-1], *params._dims[depth:]))


# Scatter


@shape_rule("ScatterNd", shapes=["shape"])
def _scattered(indices: TensorShape, updates: TensorShape, shape: TensorShape) -> TensorShape:
    if shape.num_elements() == 0 and 0 not in (indices.num_elements() or 0, updates.num_elements() or 0):
        raise ValueError("Indices and updates specified for empty output shape")
    if indices._dims and updates._dims is not None and shape._dims is not None:
        outer, depth = indices._dims[:-1], indices._dims[-1]
        if not updates[: len(outer)].is_compatible_with(outer):
            raise ValueError(
                f"The outer {len(outer)} dimensions of indices.shape={indices} must match the outer {len(outer)} "
                f"dimensions of updates.shape={updates}"
            )
        inner = None if depth is None else shape._dims[depth:]
        if inner is not None and not updates[len(outer) :].is_compatible_with(inner):
            raise ValueError(
                f"The inner {len(inner)} dimensions of output.shape={shape} must match the inner {len(inner)} "
                f"dimensions of updates.shape={updates}"
            )
    return shape


@shape_rule("TensorScatterUpdate", "TensorScatterAdd", "TensorScatterSub", "TensorScatterMin", "TensorScatterMax",
            "ScatterNdNonAliasingAdd")  # fmt: skip
def _(tensor: TensorShape, indices: TensorShape, updates: TensorShape) -> TensorShape:
    return _scattered(indices, updates, tensor)
