"""Lists of tensors: the values that handles of dtype variant stand for. `list_ops.py` has the ops on them.

A handle is an object array, of any shape, of `TensorList`s. A list is never changed, so an op that alters one copies
the references to its elements.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.dtypes import DType
from .registry import invalid
from .values import torch_dtype

Shape = tuple[int | None, ...] | None  # None in it for a dimension, or for it all, that is not known


@dataclass(frozen=True, eq=False)
class TensorList:
    """Elements, None where none was set yet; their dtype and shape; how many it may hold (-1: any number)."""

    elements: tuple[Any, ...]
    dtype: DType
    shape: Shape
    limit: int = -1


def handle_of(value: Any) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = value
    return result


def shown(shape: Shape) -> str:
    return "<unknown>" if shape is None else f"[{','.join('?' if d is None else str(d) for d in shape)}]"


def shape_of(spelled: Tensor) -> Shape:
    """What an `element_shape` input tells."""
    if spelled.dim() == 0:
        if int(spelled) != -1:
            raise invalid(f"The only valid scalar shape tensor is the fully unknown shape -1, got {int(spelled)}.")
        return None
    return tuple(None if d < 0 else d for d in spelled.tolist())


def merged(a: Shape, b: Shape) -> Shape:
    """One shape of what two tell; `InvalidArgumentError` if they cannot both be so."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        raise invalid(f"Incompatible ranks during merge: {len(a)} vs. {len(b)}")
    if any(m is not None and n is not None and m != n for m, n in zip(a, b)):
        raise invalid(f"Incompatible shapes during merge: {shown(a)} vs. {shown(b)}")
    return tuple(n if m is None else m for m, n in zip(a, b))


def fits(a: Shape, b: Shape) -> bool:
    return a is None or b is None or (len(a) == len(b) and all(None in (m, n) or m == n for m, n in zip(a, b)))


def is_whole(shape: Shape) -> bool:
    return shape is not None and None not in shape


def as_read(value: Any) -> Any:
    """An element on its way out, without its record where nothing is recorded."""
    if isinstance(value, Tensor) and value.requires_grad and not torch.is_grad_enabled():
        return value.detach()
    return value


def zeros(of: TensorList, shape: Any, device: torch.device) -> Any:
    """What stands for an element that was never set."""
    dtype = torch_dtype(of.dtype)
    if dtype is None and of.dtype.name != "string":
        raise invalid(f"Trying to read an uninitialized element of dtype {of.dtype.name}")
    if dtype is None:
        return np.full(shape, b"", dtype=object)
    kept = next((e for e in of.elements if isinstance(e, Tensor)), None)
    return torch.zeros(tuple(shape), dtype=dtype, device=device if kept is None else kept.device)


def each(function: Callable[..., TensorList], *handles: np.ndarray) -> np.ndarray:
    """`function(i, list, …)` of the lists at each place of handles of one shape."""
    result = np.empty(handles[0].shape, dtype=object)
    for i, lists in enumerate(zip(*(h.flat for h in handles))):
        result.flat[i] = function(i, *lists)
    return result


# What ops of any dtype do with handles


def zeros_like(handle: np.ndarray) -> np.ndarray:
    """Lists of zeros, for strings empty ones; what was not set stays so."""

    result = np.empty(handle.shape, dtype=object)
    for i, value in enumerate(handle.flat):
        if isinstance(value, TensorList):
            elements = tuple(e if e is None else _zeros_of(e) for e in value.elements)
            result.flat[i] = replace(value, elements=elements)
        else:
            result.flat[i] = b""
    return result


def _zeros_of(element: Any) -> Any:
    return torch.zeros_like(element) if isinstance(element, Tensor) else zeros_like(element)


def added(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Lists added element by element; one that was not set counts as zeros."""

    def both(i: int, x: TensorList, y: TensorList) -> TensorList:
        if x.dtype is not y.dtype:
            raise invalid(f"Trying to add two lists of tensors of different dtypes. One is {x.dtype.name} and the "
                          f"other is {y.dtype.name}")  # fmt: skip
        if not fits(x.shape, y.shape):
            raise invalid(
                "Trying to add two lists of tensors with incompatible element shapes. "
                f"One is {shown(x.shape)} and the other is {shown(y.shape)}"
            )
        if len(x.elements) != len(y.elements):
            raise invalid(
                "Trying to add two lists of tensors with different lengths. "
                f"One is {len(x.elements)} and the other is {len(y.elements)}"
            )
        pairs = zip(x.elements, y.elements)
        return replace(x, elements=tuple(map(_sum, pairs)), shape=merged(x.shape, y.shape))

    return each(both, a, b)


def _sum(pair: tuple[Any, Any]) -> Any:
    x, y = pair
    if x is None or y is None:
        return y if x is None else x
    return x + y if isinstance(x, Tensor) else added(x, y)
