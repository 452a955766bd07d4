"""Rows of a tensor replaced, added to or subtracted from: how each op is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .registry import invalid, kernel
from .shaping import vector


def _rows(x: Tensor, i: Tensor, v: Tensor) -> Tensor:
    if i.dim() != 1:
        raise invalid(f"i must be a vector, got shape {list(i.shape)}")
    if x.dim() != v.dim():
        raise invalid(f"x and v shape doesn't match (ranks differ): {list(x.shape)} vs. {list(v.shape)}")
    if len(i) != v.shape[0]:
        raise invalid(f"i and x shape doesn't match at index 0: {len(i)} vs. {v.shape[0]}")
    if x.shape[1:] != v.shape[1:]:
        raise invalid(f"x and v shape doesn't match: {list(x.shape)} vs. {list(v.shape)}")
    return i.long() % x.shape[0]


@kernel("InplaceUpdate")
def update(x: Tensor, i: Tensor, v: Tensor) -> Tensor:
    return x.index_copy(0, _rows(x, i, v), v)


@kernel("InplaceAdd")
def add(x: Tensor, i: Tensor, v: Tensor) -> Tensor:
    return x.index_add(0, _rows(x, i, v), v)


@kernel("InplaceSub")
def sub(x: Tensor, i: Tensor, v: Tensor) -> Tensor:
    return x.index_add(0, _rows(x, i, v), v, alpha=-1)


@kernel("DeepCopy")
def deep_copy(x: Tensor) -> Tensor:
    return x.clone()


@kernel("Empty", host=("shape",), context=True)
def empty(context: Any, shape: Tensor, *, dtype: torch.dtype | None) -> Any:
    dims = vector(shape, "shape")
    if dtype is None:
        return np.full(dims, b"", dtype=object)
    return torch.zeros(dims, dtype=dtype, device=context.device)
