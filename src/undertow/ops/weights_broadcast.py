"""Whether the weights of a loss or metric fit its values: a scalar, or the same rank with each size 1 or the values'.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/losses/compute_weighted_loss
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Operation, Tensor
from ..graph.scopes import control_dependencies, name_scope
from . import array, reduction
from .check import Assert
from .cond import cond
from .control_flow import no_op
from .math import cast
from .node import convert_to_tensor, node

_MISFIT = "weights can not be broadcast to values."


def assert_broadcastable(weights: Any, values: Any) -> Operation:
    """An operation that fails where `weights` do not fit `values`; `ValueError` at once if the shapes tell it."""
    with name_scope(None, "assert_broadcastable", (weights, values)):
        weights, weights_shape, weights_rank = _measured(weights, "weights")
        values, values_shape, values_rank = _measured(values, "values")
        return _checked(weights, weights_shape, weights_rank, values, values_shape, values_rank)


def _measured(value: Any, name: str) -> tuple[Tensor, Tensor, Tensor]:
    with name_scope(None, name, (value,)) as scope:
        tensor = convert_to_tensor(value, name=scope)
        return tensor, array.shape(tensor, name="shape"), array.rank(tensor, name="rank")


def _checked(
    weights: Tensor, weights_shape: Tensor, weights_rank: Tensor, values: Tensor, values_shape: Tensor,
    values_rank: Tensor,
) -> Operation:  # fmt: skip
    if weights.shape.ndims == 0:
        return no_op(name="static_scalar_check_success")
    if _fits(weights, values):
        return no_op(name="static_dims_check_success")
    is_scalar = node("Equal", 0, weights_rank, name="is_scalar")

    def dims_fit() -> Tensor:
        same = node("Equal", weights_shape, values_shape)
        return reduction.reduce_all(node("LogicalOr", same, node("Equal", weights_shape, 1)))

    def not_scalar() -> Tensor:
        same_rank = node("Equal", values_rank, weights_rank, name="is_same_rank")
        return cond(same_rank, dims_fit, lambda: same_rank, name="has_valid_nonscalar_shape")

    fits = cond(is_scalar, lambda: is_scalar, not_scalar, name="is_valid_shape")
    told = [_MISFIT, "weights.shape=", weights.name, weights_shape, "values.shape=", values.name, values_shape]
    return Assert(fits, [*told, "is_scalar=", is_scalar], name="AssertGuard")


def _fits(weights: Tensor, values: Tensor) -> bool:
    """Whether the shapes tell that they fit; `ValueError` if they tell that they do not."""
    mine, theirs = weights.shape._dims, values.shape._dims
    if mine is None or theirs is None:
        return False
    if len(mine) != len(theirs):
        raise ValueError(
            f"{_MISFIT} values.rank={len(theirs)}. weights.rank={len(mine)}. values.shape={values.shape}. "
            f"weights.shape={weights.shape}. Received weights={weights}, values={values}"
        )
    for i, (a, b) in enumerate(zip(mine, theirs)):
        if a not in (None, 1) and b is not None and a != b:
            raise ValueError(
                f"{_MISFIT} Mismatch at dim {i}. values.shape={values.shape}, weights.shape={weights.shape}. "
                f"Received weights={weights}, values={values}"
            )
    return all(a == 1 or (a is not None and a == b) for a, b in zip(mine, theirs))


def broadcast_weights(weights: Any, values: Any) -> Tensor:
    """`weights` in the shape of `values`, which they must fit."""
    with name_scope(None, "broadcast_weights", (weights, values)) as scope:
        values = convert_to_tensor(values, name="values")
        weights = cast(convert_to_tensor(weights, name="weights"), values.dtype.base_dtype)
        dims = values.shape._dims
        if dims is not None and None not in dims and weights.shape._dims == dims:
            return weights
        with control_dependencies((assert_broadcastable(weights, values),)):
            return node("Mul", weights, array.ones_like(values), name=scope)
