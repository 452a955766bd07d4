"""Pools whose windows are of two sizes, drawn by chance: how each op is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .registry import invalid, kernel


def _bounds(size: int, count: int, pseudo_random: bool, chance: np.random.Generator) -> Tensor:
    """Where `count` windows over `size` rows begin, and the end: each has size // count rows, or one more."""
    least, more = divmod(size, count)
    if pseudo_random:
        shift = chance.random()
        ends = np.ceil(size / count * (np.arange(count + 1) + shift)).astype(np.int64)
        ends -= ends[0]
        ends[-1] = size
    else:
        lengths = np.full(count, least)
        lengths[:more] += 1
        ends = np.concatenate([[0], np.cumsum(chance.permutation(lengths))])
    return torch.from_numpy(ends)


def _drawn(
    context: Any, value: Tensor, ratio: list[float], pseudo_random: bool, deterministic: bool, seed: int, seed2: int
) -> tuple[Tensor, Tensor]:
    if ratio[0] != 1 or ratio[3] != 1:
        raise invalid("Fractional pooling is not yet supported on the batch nor channel dimension.")
    sizes = [int(value.shape[axis] / ratio[axis]) for axis in (1, 2)]
    for axis, size in enumerate(sizes, 1):
        if size == 0:
            raise invalid(
                f"Pooling ratio is higher than input dimension size for dimension {axis}. Input dim size: "
                f"{value.shape[axis]} pooling ratio: {ratio[axis]}"
            )
    chance = context.state.get("chance")
    if chance is None or deterministic:
        chance = context.state["chance"] = np.random.default_rng([seed, seed2] if seed or seed2 else None)
    rows = _bounds(value.shape[1], sizes[0], pseudo_random, chance)
    return rows, _bounds(value.shape[2], sizes[1], pseudo_random, chance)


def _members(bounds: Tensor, overlapping: bool) -> tuple[Tensor, Tensor]:
    """The rows of each window [windows, longest], and which of them are its own: shorter windows are filled up."""
    bounds = bounds.long()
    starts, size = bounds[:-1, None], bounds[-1]
    ends = torch.minimum(bounds[1:, None] + overlapping, size)
    rows = starts + torch.arange(int((ends - starts).max()), device=bounds.device)
    return torch.minimum(rows, size - 1), rows < ends


def _windows(value: Tensor, rows: Tensor, columns: Tensor, overlapping: bool, fill: float) -> tuple[Tensor, ...]:
    """The elements of each window [N, H2, W2, C, k], `fill` where there is none; how many; where each comes from."""
    for bounds, what in ((rows, "Row"), (columns, "Column")):
        if bounds.numel() < 2 or bounds.min() < 0:
            raise invalid(f"{what} sequence tensor values must not be negative, nor only one: {bounds.tolist()}")
    y, in_y = _members(rows.to(value.device), overlapping)
    x, in_x = _members(columns.to(value.device), overlapping)
    found = value[:, y][:, :, :, x]  # [N, H2, ky, W2, kx, C]
    inside = in_y[:, :, None, None] & in_x
    place = y[:, :, None, None] * value.shape[2] + x
    filled = torch.where(inside[..., None], found, fill).permute(0, 1, 3, 5, 2, 4).flatten(-2)
    counts = inside.sum((1, 3)).unsqueeze(-1)
    return filled, counts, place.permute(0, 2, 1, 3).flatten(-2).unsqueeze(-2)


def _lowest(dtype: torch.dtype) -> float:
    return float("-inf") if dtype.is_floating_point else torch.iinfo(dtype).min


def _mean(value: Tensor, rows: Tensor, columns: Tensor, overlapping: bool) -> Tensor:
    found, counts, _ = _windows(value, rows, columns, overlapping, 0)
    total = found.sum(-1, dtype=value.dtype)
    return total / counts if value.is_floating_point() else total // counts


def _pool(op_type: str, apply: Callable[[Tensor, Tensor, Tensor, bool], Tensor]) -> None:
    @kernel(op_type, context=True)
    def run(
        context: Any, value: Tensor, *, pooling_ratio: list[float], pseudo_random: bool, overlapping: bool,
        deterministic: bool, seed: int, seed2: int,
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        rows, columns = _drawn(context, value, pooling_ratio, pseudo_random, deterministic, seed, seed2)
        return apply(value, rows, columns, overlapping), rows.to(value.device), columns.to(value.device)


def _max(value: Tensor, rows: Tensor, columns: Tensor, overlapping: bool) -> Tensor:
    return _windows(value, rows, columns, overlapping, _lowest(value.dtype))[0].max(-1).values


_pool("FractionalMaxPool", _max)
_pool("FractionalAvgPool", _mean)


@kernel("FractionalMaxPoolGrad")
def fractional_max_pool_grad(
    value: Tensor, pooled: Tensor, grad: Tensor, rows: Tensor, columns: Tensor, *, overlapping: bool
) -> Tensor:
    found, _, place = _windows(value, rows, columns, overlapping, _lowest(value.dtype))
    at = place.expand(found.shape).gather(-1, found.max(-1).indices.unsqueeze(-1)).squeeze(-1)  # [N, H2, W2, C]
    flat = grad.new_zeros((value.shape[0], value.shape[1] * value.shape[2], value.shape[3]))
    return flat.scatter_add(1, at.flatten(1, 2), grad.flatten(1, 2)).reshape(value.shape)


@kernel("FractionalAvgPoolGrad", host=("orig_input_tensor_shape",))
def fractional_avg_pool_grad(
    shape: Tensor, grad: Tensor, rows: Tensor, columns: Tensor, *, overlapping: bool
) -> Tensor:
    batch, height, width, depth = shape.tolist()
    _, counts, place = _windows(grad.new_zeros((1, height, width, 1)), rows, columns, overlapping, 0)
    in_y, in_x = (_members(bounds.to(grad.device), overlapping)[1] for bounds in (rows, columns))
    inside = (in_y[:, :, None, None] & in_x).permute(0, 2, 1, 3).flatten(-2)  # [H2, W2, k]
    each = (grad / counts).unsqueeze(-2) * inside.unsqueeze(-1)  # [N, H2, W2, k, C]
    flat = grad.new_zeros((batch, height * width, depth))
    return flat.index_add(1, place.reshape(-1), each.flatten(1, 3)).reshape(batch, height, width, depth)
