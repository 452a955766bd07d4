"""Ops that have no plain spelling in PyTorch: their kernels, called from a module as functions."""

from __future__ import annotations

from typing import Any

from ..kernels.registry import load


def kernel(op_type: str, *inputs: Any, **attrs: Any) -> Any:
    """What the op `op_type` gives for `inputs`, told `attrs`: torch tensors in and out."""
    return load()[op_type].function(*inputs, **attrs)
