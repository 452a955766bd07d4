"""Ops that have no plain spelling in PyTorch: their kernels, called from a module as functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..kernels.registry import load
from ..ops import registry


def kernel(op_type: str, *inputs: Any, **attrs: Any) -> Any:
    """What the op `op_type` gives for `inputs`, told `attrs`: torch tensors in and out; shapes and axes are lists."""
    entry = load()[op_type]
    names = [arg.name for arg in registry.get(op_type).inputs]
    values = [_host(v) if n in entry.host and _is_numbers(v) else v for n, v in zip(names, inputs)]
    return entry.function(*values, **attrs)


def _is_numbers(value: Any) -> bool:
    """Whether it is what a host input is spelled as in a module, and no list of tensors."""
    return isinstance(value, int) or (isinstance(value, list) and not any(isinstance(v, torch.Tensor) for v in value))


def _host(numbers: Any) -> Any:
    return _Numbers.of(numbers) if torch.compiler.is_compiling() else torch.tensor(numbers, dtype=torch.int32)


class _Numbers(np.ndarray):
    """Numbers that a kernel reads on the host, where it expects a torch tensor; while torch.export traces it."""

    @classmethod
    def of(cls, numbers: Any) -> _Numbers:
        plain = np.array(numbers)
        return (np.array(numbers, dtype=object) if plain.dtype.kind not in "iub" else plain).view(cls)

    def dim(self) -> int:
        return self.ndim

    def numel(self) -> int:
        return self.size
