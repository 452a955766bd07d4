"""Comparisons packed eight to a byte, the first as the highest bit."""

from __future__ import annotations

import torch
from torch import Tensor

from .registry import invalid, kernel
from .shaping import bracketed


@kernel("CompareAndBitpack")
def compare_and_bitpack(values: Tensor, threshold: Tensor) -> Tensor:
    if threshold.dim():
        raise invalid(f"Compare must be a scalar, but saw shape: {bracketed(threshold.shape)}")
    if values.dim() == 0:
        raise invalid(f"Input should be at least a vector, but saw a scalar: {values.item()}")
    if values.shape[-1] % 8:
        raise invalid(f"Inner dimension of input should be divisible by 8, but saw shape: {bracketed(values.shape)}")
    # A bool is packed as it is, whatever the threshold.
    bits = values if values.dtype is torch.bool else values > threshold
    weights = torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], dtype=torch.int32, device=values.device)
    eights = bits.reshape(*values.shape[:-1], values.shape[-1] // 8, 8)
    return (eights * weights).sum(-1, dtype=torch.int32).to(torch.uint8)
