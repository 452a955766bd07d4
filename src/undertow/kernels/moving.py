"""Kernels that only move elements work for strings too: the kernel moves their positions instead.

    @mover("Reshape", view=True)
    def reshape(tensor, shape): ...

Strings come as NumPy arrays of bytes. Where one is among the inputs, each becomes a torch tensor of positions in the
list of all their elements, the kernel runs on those, and what it gives is looked up in the list. Position 0 is the
empty string, so that zeros, which padding makes, become empty strings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import numpy as np
import torch

from .registry import KERNELS, kernel


def mover(*types: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`kernel(…)` for a function that moves elements and looks at none of those it moves."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        kernel(*types, **options)(function)
        lifted = _for_strings_too(function)
        for op_type in types:
            KERNELS[op_type] = replace(KERNELS[op_type], function=lifted)
        return function

    return register


def _for_strings_too(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def apply(*inputs: Any, **attrs: Any) -> Any:
        for value in inputs:
            first = value[0] if value.__class__ is list and value else value
            if first.__class__ is np.ndarray:
                break
        else:
            return function(*inputs, **attrs)
        elements: list[np.ndarray] = [np.array([b""], dtype=object)]
        positions = [_positions(value, elements) for value in inputs]
        result = function(*positions, **attrs)
        every = np.concatenate(elements)
        if isinstance(result, (list, tuple)):
            return [_looked_up(every, r) for r in result]
        return _looked_up(every, result)

    return apply


def _positions(value: Any, elements: list[np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_positions(v, elements) for v in value]
    if not isinstance(value, np.ndarray):
        return value
    start = sum(map(len, elements))
    elements.append(value.reshape(-1))
    return torch.arange(start, start + value.size).reshape(value.shape)


def _looked_up(every: np.ndarray, positions: torch.Tensor) -> np.ndarray:
    found = np.empty(tuple(positions.shape), dtype=object)
    found[...] = every[positions.numpy()]
    return found
