"""What torch knows about the GPU, for those above who know no torch."""

from __future__ import annotations

import torch

from .devices import accelerator


def built_with_cuda() -> bool:
    """Whether this torch can use CUDA at all."""
    return torch.backends.cuda.is_built()


def available() -> bool:
    """Whether sessions run on a GPU."""
    return accelerator() is not None


def cuda_capability() -> tuple[int, int] | None:
    """The compute capability of the CUDA device, None if there is none."""
    return torch.cuda.get_device_capability(0) if torch.cuda.is_available() else None
