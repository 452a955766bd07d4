"""Reductions, sums of many tensors, running sums, sequences: how each op is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from ..graph.errors import ResourceExhaustedError
from . import tensor_list
from .registry import invalid, kernel
from .shaping import bracketed


def axes_of(value: Tensor, axes: Tensor) -> list[int]:
    """The axes that a reduction's second input names, each once and counted from the front."""
    rank = value.dim()
    found: dict[int, None] = {}
    for axis in axes.reshape(-1).tolist():
        if not -rank <= axis < rank:
            raise invalid(f"Invalid reduction dimension ({axis} for input with {rank} dimension(s)")
        found[axis % rank] = None
    return list(found)


def _axis_of(value: Tensor, axis: Tensor) -> int:
    if axis.dim():
        raise invalid(f"ScanOp: axis must be a scalar, not {list(axis.shape)}")
    number = int(axis)
    if not -value.dim() <= number < value.dim():
        raise invalid(f"ScanOp: Expected scan axis in the range [{-value.dim()}, {value.dim()}), but got {number}")
    return number % value.dim()


@kernel("Sum", host=("reduction_indices",))
def sum_(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes_of(value, axes)
    return value.sum(dims, keepdim=keep_dims, dtype=value.dtype) if dims else value.clone()


@kernel("Mean", host=("reduction_indices",))
def mean(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes_of(value, axes)
    if not dims:
        return value.clone()
    if value.is_complex() and not value.numel():
        return value.sum(dims, keepdim=keep_dims)  # 0, where the mean of no real numbers is NaN
    if value.is_floating_point() or value.is_complex():
        return value.mean(dims, keepdim=keep_dims)
    total = value.sum(dims, keepdim=keep_dims, dtype=torch.int64)
    return torch.div(total, max(_count(value, dims), 1), rounding_mode="trunc").to(value.dtype)


def _count(value: Tensor, dims: list[int]) -> int:
    count = 1
    for d in dims:
        count *= value.shape[d]
    return count


def _together(value: Tensor, dims: list[int]) -> Tensor:
    """The axes `dims` joined into one, which comes last."""
    kept = [d for d in range(value.dim()) if d not in dims]
    return value.permute(*kept, *dims).reshape([value.shape[d] for d in kept] + [_count(value, dims)])


def _reduced_shape(value: Tensor, dims: list[int], keep_dims: bool) -> list[int]:
    return [1 if d in dims else n for d, n in enumerate(value.shape) if keep_dims or d not in dims]


@kernel("Prod", host=("reduction_indices",))
def prod(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes_of(value, axes)
    if not dims:
        return value.clone()
    return _together(value, dims).prod(-1, dtype=value.dtype).reshape(_reduced_shape(value, dims, keep_dims))


def lowest(dtype: torch.dtype) -> float | int:
    """What is less than anything else of `dtype`: the largest element of nothing."""
    return -float("inf") if dtype.is_floating_point else torch.iinfo(dtype).min


def highest(dtype: torch.dtype) -> float | int:
    """What is more than anything else of `dtype`: the smallest element of nothing."""
    return float("inf") if dtype.is_floating_point else torch.iinfo(dtype).max


def _extreme(
    function: Callable[..., Tensor], of_nothing: Callable[[torch.dtype], float | int]
) -> Callable[..., Tensor]:
    def apply(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
        dims = axes_of(value, axes)
        if not dims:
            return value.clone()
        if value.numel() == 0:
            return value.new_full(_reduced_shape(value, dims, keep_dims), of_nothing(value.dtype))
        return function(value, dims, keepdim=keep_dims)  # its gradient is shared by equals, as TensorFlow's is

    return apply


kernel("Max", host=("reduction_indices",))(_extreme(torch.amax, lowest))
kernel("Min", host=("reduction_indices",))(_extreme(torch.amin, highest))


@kernel("EuclideanNorm", host=("reduction_indices",))
def euclidean_norm(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes_of(value, axes)
    if not dims:
        return value.abs().to(value.dtype)
    square = value * value.conj() if value.is_complex() else value * value
    return square.sum(dims, keepdim=keep_dims, dtype=value.dtype).sqrt().to(value.dtype)


@kernel("All", host=("reduction_indices",))
def all_(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes_of(value, axes)
    return torch.all(value, dim=dims, keepdim=keep_dims) if dims else value.clone()


@kernel("Any", host=("reduction_indices",))
def any_(value: Tensor, axes: Tensor, *, keep_dims: bool) -> Tensor:
    dims = axes_of(value, axes)
    return torch.any(value, dim=dims, keepdim=keep_dims) if dims else value.clone()


# Where the largest and smallest are


def _arg(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def apply(value: Tensor, axis: Tensor, *, output_type: torch.dtype) -> Tensor:
        number, rank = int(axis), value.dim()
        if not -rank <= number < rank:
            raise invalid(f"Expected dimension in the range [{-rank}, {rank}), but got {number}")
        if value.shape[number] == 0:
            raise invalid(f"Reduction axis {number} is empty in shape {bracketed(value.shape)}")
        if value.dtype == torch.bool:
            value = value.to(torch.uint8)
        return function(value, dim=number).to(output_type)

    return apply


kernel("ArgMax", host=("dimension",))(_arg(torch.argmax))
kernel("ArgMin", host=("dimension",))(_arg(torch.argmin))


# Sums of many


@kernel("AddN", "AccumulateNV2", view=True)
def add_n(inputs: list[Any]) -> Any:
    for i, value in enumerate(inputs):
        if value.shape != inputs[0].shape:
            raise invalid(
                "Inputs to operation AddN of type AddN must have the same size and shape.  "
                f"Input 0: {bracketed(inputs[0].shape)} != input {i}: {bracketed(value.shape)}"
            )
    return reduce(torch.add if isinstance(inputs[0], Tensor) else tensor_list.added, inputs)


# Running sums


def _scan(function: Callable[[Tensor, int], Tensor], of_nothing: float) -> Callable[..., Tensor]:
    def apply(x: Tensor, axis: Tensor, *, exclusive: bool, reverse: bool) -> Tensor:
        dim = _axis_of(x, axis)
        if reverse:
            x = x.flip(dim)
        if exclusive and x.shape[dim]:
            first = x.new_full([1 if d == dim else n for d, n in enumerate(x.shape)], of_nothing)
            x = torch.cat([first, x.narrow(dim, 0, x.shape[dim] - 1)], dim)
        result = function(x, dim)
        return result.flip(dim) if reverse else result

    return apply


kernel("Cumsum", host=("axis",))(_scan(lambda x, dim: x.cumsum(dim, dtype=x.dtype), 0))
kernel("Cumprod", host=("axis",))(_scan(lambda x, dim: x.cumprod(dim, dtype=x.dtype), 1))
kernel("CumulativeLogsumexp", host=("axis",))(_scan(torch.logcumsumexp, -float("inf")))


# Sequences


@kernel("Range", host=("start", "limit", "delta"), context=True)
def range_(context: Any, start: Tensor, limit: Tensor, delta: Tensor) -> Tensor:
    for what, value in (("start", start), ("limit", limit), ("delta", delta)):
        if value.dim():
            raise invalid(f"{what} must be a scalar, not shape {bracketed(value.shape)}")
    first, end, step = start.item(), limit.item(), delta.item()
    if step == 0:
        raise invalid("Requires delta != 0: 0")
    if step > 0 and first > end:
        raise invalid(f"Requires start <= limit when delta > 0: {first}/{end}")
    if step < 0 and first < end:
        raise invalid(f"Requires start >= limit when delta < 0: {first}/{end}")
    if (end - first) / step > 2**48:  # more than any machine holds; torch would tell of its own ints
        raise ResourceExhaustedError(None, None, f"OOM when allocating the range from {first} to {end} by {step}")
    return torch.arange(first, end, step, dtype=start.dtype, device=context.device)


@kernel("LinSpace", host=("start", "stop", "num"), context=True)
def lin_space(context: Any, start: Tensor, stop: Tensor, num: Tensor) -> Tensor:
    count = int(num)
    if count <= 0:
        raise invalid(f"Requires num > 0: {count}")
    return torch.linspace(start.item(), stop.item(), count, dtype=start.dtype, device=context.device)
