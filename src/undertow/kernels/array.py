"""Making tensors and asking about them: how each op is done."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.shape import TensorShape
from . import tensor_list
from .moving import mover
from .registry import invalid, kernel
from .shaping import bracketed, vector


@kernel("Identity", "RefIdentity", "GuaranteeConst", "PlaceholderWithDefault", "Snapshot", view=True)
def identity(x: Any) -> Any:
    return x


@kernel("IdentityN", view=True)
def identity_n(tensors: list[Any]) -> list[Any]:
    return tensors


@kernel("StopGradient", view=True)
def stop_gradient(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else x.detach()


class _PreventGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, message: str) -> Tensor:
        ctx.message = message
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        raise LookupError(f"Gradient explicitly disabled. Reason: {ctx.message}")


@kernel("PreventGradient", view=True)
def prevent_gradient(x: Tensor, *, message: str) -> Tensor:
    return _PreventGradient.apply(x, message)


@kernel("EnsureShape", view=True)
def ensure_shape(x: Any, *, shape: TensorShape) -> Any:
    if not shape.is_compatible_with(list(x.shape)):
        wanted = ",".join("?" if d is None else str(d) for d in shape.as_list())
        raise invalid(f"Shape of tensor {bracketed(x.shape)} is not compatible with expected shape [{wanted}].")
    return x


# Fills


@mover("Fill", host=("dims",))
def fill(dims: Tensor, value: Tensor) -> Tensor:
    shape = vector(dims, "dims")
    if value.dim():
        raise invalid(f"value must be a scalar, got shape {bracketed(value.shape)}")
    if min(shape, default=0) < 0:
        raise invalid(f"Dimension {min(shape)} must be >= 0")
    return value.expand(shape).clone()


@kernel("ZerosLike")
def zeros_like(x: Any) -> Any:
    return torch.zeros_like(x) if isinstance(x, Tensor) else tensor_list.zeros_like(x)


@kernel("OnesLike")
def ones_like(x: Tensor) -> Tensor:
    return torch.ones_like(x)


@mover("BroadcastTo", host=("shape",), view=True)
def broadcast_to(x: Tensor, shape: Tensor) -> Tensor:
    if x.dim() > shape.numel():
        raise invalid(f"Rank of input ({x.dim()}) must be no greater than rank of output shape ({shape.numel()}).")
    try:
        return x.expand(vector(shape, "shape"))
    except RuntimeError:
        raise invalid(f"Incompatible shapes: {bracketed(x.shape)} vs. {bracketed(shape.tolist())}") from None


@kernel("BroadcastArgs", host=("s0", "s1"))
def broadcast_args(x: Tensor, y: Tensor) -> Tensor:
    try:
        return torch.tensor(np.broadcast_shapes(tuple(x.tolist()), tuple(y.tolist())), dtype=x.dtype)
    except ValueError:
        raise invalid(f"Incompatible shapes: {bracketed(x.tolist())} vs. {bracketed(y.tolist())}") from None


# Shapes, always on the host


@kernel("Shape")
def shape(x: Any, *, out_type: torch.dtype) -> Tensor:
    return torch.tensor(x.shape, dtype=out_type)


@kernel("ShapeN")
def shape_n(tensors: list[Any], *, out_type: torch.dtype) -> list[Tensor]:
    return [torch.tensor(x.shape, dtype=out_type) for x in tensors]


@kernel("Size")
def size(x: Any, *, out_type: torch.dtype) -> Tensor:
    return torch.tensor(math.prod(x.shape), dtype=out_type)


@kernel("Rank")
def rank(x: Any) -> Tensor:
    return torch.tensor(len(x.shape), dtype=torch.int32)


# One-hot codes


@mover("OneHot", host=("depth",))
def one_hot(indices: Tensor, depth: Tensor, on: Tensor, off: Tensor, *, axis: int) -> Tensor:
    count = int(depth)
    if count < 0:
        raise invalid(f"depth must be non-negative, got: {count}")
    for what, value in (("on_value", on), ("off_value", off)):
        if value.dim():
            raise invalid(f"{what} must be a scalar, but got: {bracketed(value.shape)}")
    at = indices.dim() if axis == -1 else axis
    classes = torch.arange(count, device=indices.device).reshape(-1, *[1] * (indices.dim() - at))
    return torch.where(indices.unsqueeze(at) == classes, on, off)


@kernel("Bitcast", view=True)
def bitcast(x: Tensor, *, type: torch.dtype) -> Tensor:
    if x.element_size() == type.itemsize:
        return x.view(type)
    if x.element_size() > type.itemsize:
        return x.contiguous().unsqueeze(-1).view(type)
    return x.contiguous().view(type).squeeze(-1)
