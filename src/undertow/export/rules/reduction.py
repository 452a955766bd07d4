"""Sums, means, extremes and where they are; running sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from .. import functions
from ..table import Unknown, becomes
from ..value import Value, integer, static
from .math import call


def _axes(value: Value, axes: np.ndarray) -> list[int]:
    return sorted({axis % value.rank for axis in static(axes).reshape(-1).tolist()})


def _reduction(method: str, keeps_dtype: bool = False) -> Any:
    def apply(value: Value, axes: np.ndarray, *, keep_dims: bool) -> Any:
        dims = _axes(value, axes)
        if not dims:
            return value.clone()
        if method in ("amax", "amin") and 0 in value.known:
            raise Unknown
        whole: dict[str, Any] = (
            {"dim": dims, "keepdim": True} if keep_dims else {"dim": dims} if len(dims) < value.rank else {}
        )
        if keeps_dtype and not (value.kind.is_floating_point or value.kind.is_complex):
            whole["dtype"] = value.kind
        return getattr(value, method)(**whole)

    return apply


AXES = ("reduction_indices",)
becomes("Sum", host=AXES)(_reduction("sum", keeps_dtype=True))
becomes("Max", host=AXES)(_reduction("amax"))
becomes("Min", host=AXES)(_reduction("amin"))
becomes("All", host=AXES)(_reduction("all"))
becomes("Any", host=AXES)(_reduction("any"))


@becomes("Mean", host=AXES)
def mean(value: Value, axes: np.ndarray, *, keep_dims: bool) -> Any:
    if not value.kind.is_floating_point:
        raise Unknown
    return _reduction("mean")(value, axes, keep_dims=keep_dims)


@becomes("Prod", host=AXES)
def prod(value: Value, axes: np.ndarray, *, keep_dims: bool) -> Any:
    dims = _axes(value, axes)
    result: Any = value
    for dim in reversed(dims):
        result = result.prod(dim=dim, keepdim=keep_dims, dtype=value.kind)
    return result if dims else value.clone()


def _arg(method: str) -> Any:
    def apply(value: Value, axis: np.ndarray, *, output_type: torch.dtype) -> Any:
        if value.kind == torch.bool:
            raise Unknown
        found = getattr(value, method)(dim=integer(axis))
        return found if output_type == torch.int64 else found.to(output_type)

    return apply


becomes("ArgMax", host=("dimension",))(_arg("argmax"))
becomes("ArgMin", host=("dimension",))(_arg("argmin"))


def _scan(method: str) -> Any:
    def apply(x: Value, axis: np.ndarray, *, exclusive: bool, reverse: bool) -> Any:
        if exclusive and method != "cumsum":
            raise Unknown
        dim = integer(axis)
        whole = {} if x.kind.is_floating_point or x.kind.is_complex else {"dtype": x.kind}
        sums = getattr(x.flip(dim), method)(dim, **whole).flip(dim) if reverse else getattr(x, method)(dim, **whole)
        return sums - x if exclusive else sums

    return apply


becomes("Cumsum", host=("axis",))(_scan("cumsum"))
becomes("Cumprod", host=("axis",))(_scan("cumprod"))


@becomes("TopKV2", host=("k",))
def top_k(value: Value, k: np.ndarray) -> Any:
    return call(functions.top_k, value, k.item())
