"""Rearranging tensors: how each op is done. All but the checks are views and copies, so strings are moved too."""

from __future__ import annotations

import itertools
import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .moving import mover
from .registry import invalid


def vector(values: Tensor, name: str) -> list[int]:
    """The ints of an input that has to be a vector."""
    if values.dim() != 1:
        raise invalid(f"{name} must be a vector, got shape {bracketed(values.shape)}")
    return values.tolist()


def bracketed(dims: Any) -> str:
    return f"[{','.join(map(str, dims))}]"


# Reshape, transpose


@mover("Reshape", host=("shape",), view=True)
def reshape(tensor: Tensor, shape: Tensor) -> Tensor:
    if shape.dim() != 1:
        raise invalid(f"sizes input must be 1-D, not {bracketed(shape.shape)}")
    dims: list[int] = shape.tolist()
    free = dims.count(-1)
    if free > 1:
        both = [i for i, d in enumerate(dims) if d == -1]
        raise invalid(f"Only one input size may be -1, not both {both[0]} and {both[1]}")
    if min(dims, default=0) < -1:
        at = next(i for i, d in enumerate(dims) if d < -1)
        raise invalid(f"Size {at} must be non-negative, not {dims[at]}")
    known, count = math.prod(d for d in dims if d != -1), tensor.numel()
    if free and known == 0 and count == 0:  # then -1 stands for what is left without the dimensions of 0
        left = math.prod(d for d in tensor.shape if d) // math.prod(d for d in dims if d > 0)
        return tensor.reshape([left if d == -1 else d for d in dims])
    if free and (known == 0 or count % known):
        raise invalid(
            f"Input to reshape is a tensor with {count} values, but the requested shape requires a multiple of {known}"
        )
    if not free and known != count:
        raise invalid(f"Input to reshape is a tensor with {count} values, but the requested shape has {known}")
    return tensor.reshape(dims)


@mover("Transpose", host=("perm",), view=True)
def transpose(x: Tensor, perm: Tensor) -> Tensor:
    order = vector(perm, "perm")
    if len(order) != x.dim():
        raise invalid(f"transpose expects a vector of size {x.dim()}. But input(1) is a vector of size {len(order)}")
    if sorted(d % x.dim() if x.dim() else d for d in order) != list(range(x.dim())):
        bad = [d for d in order if not -x.dim() <= d < x.dim()]
        if bad:
            raise invalid(f"{bad[0]} is out of range [0 .. {x.dim()})")
        missing = next(i for i in range(x.dim()) if i not in order)
        raise invalid(f"{missing} is missing from {{{','.join(map(str, order))}}}.")
    return x.permute(order)


@mover("ConjugateTranspose", host=("perm",))
def conjugate_transpose(x: Tensor, perm: Tensor) -> Tensor:
    return transpose(x, perm).conj().resolve_conj()


@mover("ExpandDims", host=("dim",), view=True)
def expand_dims(x: Tensor, dim: Tensor) -> Tensor:
    at = int(dim)
    if not -x.dim() - 1 <= at <= x.dim():
        raise invalid(f"Tried to expand dim index {at} for tensor with {x.dim()} dimensions.")
    return x.unsqueeze(at)


@mover("Squeeze", view=True)
def squeeze(x: Tensor, *, squeeze_dims: list[int]) -> Tensor:
    if not squeeze_dims:
        return x.squeeze()
    for at in squeeze_dims:
        if not -x.dim() <= at < x.dim():
            raise invalid(f"Tried to squeeze dim index {at} for tensor with {x.dim()} dimensions.")
        if x.shape[at] != 1:
            raise invalid(f"Can not squeeze dim[{at % x.dim()}], expected a dimension of 1, got {x.shape[at]}")
    return x.squeeze(tuple(squeeze_dims))


# Larger by repeating or padding


@mover("Tile", host=("multiples",))
def tile(x: Tensor, multiples: Tensor) -> Tensor:
    times = vector(multiples, "multiples")
    if len(times) != x.dim():
        raise invalid(f"Expected multiples argument to be a vector of length {x.dim()} but got length {len(times)}")
    if min(times, default=0) < 0:
        at = next(i for i, t in enumerate(times) if t < 0)
        raise invalid(f"Expected multiples[{at}] >= 0, but got {times[at]}")
    return x.repeat(times) if times else x.clone()


def _paddings(x: Tensor, paddings: Tensor) -> list[list[int]]:
    if paddings.dim() != 2 or paddings.shape[1] != 2:
        raise invalid(f"paddings must be a matrix with 2 columns: {bracketed(paddings.shape)}")
    pairs = paddings.tolist()
    if len(pairs) != x.dim():
        raise invalid(
            "The first dimension of paddings must be the rank of inputs"
            f"{bracketed(paddings.shape)} {bracketed(x.shape)}"
        )
    for before, after in pairs:
        if before < 0 or after < 0:
            raise invalid(f"Paddings must be non-negative: {before} {after}")
    return pairs


@mover("Pad", host=("paddings",))
def pad(x: Tensor, paddings: Tensor) -> Tensor:
    return F.pad(x, list(itertools.chain(*reversed(_paddings(x, paddings)))))


@mover("PadV2", host=("paddings", "constant_values"))
def pad_v2(x: Tensor, paddings: Tensor, constant_values: Tensor) -> Tensor:
    sides = list(itertools.chain(*reversed(_paddings(x, paddings))))
    if x.is_complex():
        value = constant_values.item()
        return torch.complex(F.pad(x.real, sides, value=value.real), F.pad(x.imag, sides, value=value.imag))
    return F.pad(x, sides, value=constant_values.item())


@mover("MirrorPad", host=("paddings",))
def mirror_pad(x: Tensor, paddings: Tensor, *, mode: str) -> Tensor:
    edge = 1 if mode == "REFLECT" else 0  # how many elements next to the edge the mirror leaves out
    for axis, (before, after) in enumerate(_paddings(x, paddings)):
        length = x.shape[axis]
        if max(before, after) > length - edge:
            bound = "less than the dimension size" if edge else "no greater than the dimension size"
            but = "not less" if edge else "greater"
            raise invalid(f"paddings must be {bound}: {before}, {after} {but} than {length}")
        if before or after:
            whole = range(length)
            order = [*whole[edge : edge + before][::-1], *whole, *whole[length - edge - after : length - edge][::-1]]
            x = x.index_select(axis, torch.tensor(order, device=x.device))
    return x.clone() if not paddings.any() else x


# Another order


@mover("ReverseV2", host=("axis",))
def reverse(x: Tensor, axis: Tensor) -> Tensor:
    turned: set[int] = set()
    for i, at in enumerate(vector(axis, "axis")):
        if not -x.dim() <= at < x.dim():
            raise invalid(f"'axis'[{i}] = {at} is out of valid range [0, {x.dim() - 1}")
        if at % x.dim() in turned:
            raise invalid(f"axis {at % x.dim()} specified more than once.")
        turned.add(at % x.dim())
    return x.flip(sorted(turned))


@mover("Reverse", host=("dims",))
def reverse_where(x: Tensor, dims: Tensor) -> Tensor:
    return x.flip([i for i, on in enumerate(dims.tolist()) if on])


@mover("ReverseSequence")
def reverse_sequence(x: Tensor, lengths: Tensor, *, seq_dim: int, batch_dim: int) -> Tensor:
    steps = x.shape[seq_dim]
    if seq_dim == batch_dim:
        raise invalid(f"batch_dim == seq_dim == {seq_dim}")
    if len(lengths) != x.shape[batch_dim]:
        raise invalid(f"len(seq_lens) != input.dims({batch_dim}), ({len(lengths)} vs. {x.shape[batch_dim]})")
    for i, length in enumerate(lengths.tolist() if lengths.device.type == "cpu" else ()):
        if length < 0:
            raise invalid(f"seq_lens({i}) < 0")
        if length > steps:
            raise invalid(f"seq_lens({i}) > input.dims({seq_dim})")
    forward = torch.arange(steps, device=x.device)
    ends = lengths.to(forward).reshape(-1, 1)
    order = torch.where(forward < ends, ends - 1 - forward, forward)  # [batch, steps]
    if batch_dim > seq_dim:
        order = order.t()
    dims = [x.shape[d] if d in (seq_dim, batch_dim) else 1 for d in range(x.dim())]
    return x.gather(seq_dim, order.reshape(dims).expand(x.shape))


@mover("Roll", host=("shift", "axis"))
def roll(x: Tensor, shift: Tensor, axis: Tensor) -> Tensor:
    return x.roll(shift.reshape(-1).tolist(), axis.reshape(-1).tolist())
