"""Fourier transforms: how each op is done."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .registry import invalid, kernel

_ENDINGS = {"": (-1,), "2D": (-2, -1), "3D": (-3, -2, -1)}


def _complex(function: Callable[..., Tensor], dims: tuple[int, ...]) -> Callable[[Tensor], Tensor]:
    return lambda input: function(input, dim=dims) if input.numel() else input.clone()


def _lengths(fft_length: Tensor, dims: tuple[int, ...]) -> list[int]:
    lengths = fft_length.tolist()
    if len(lengths) != len(dims):
        raise invalid(f"fft_length must have shape [{len(dims)}]")
    if any(n < 0 for n in lengths):
        raise invalid(f"fft_length[{lengths.index(min(lengths))}] must be >= 0, got: {min(lengths)}")
    return lengths


def _from_real(dims: tuple[int, ...]) -> Callable[..., Tensor]:
    def apply(input: Tensor, fft_length: Tensor, *, Tcomplex: torch.dtype) -> Tensor:
        lengths = _lengths(fft_length, dims)
        if 0 in (*lengths, *input.shape):
            half = lengths[-1] // 2 + 1 if lengths[-1] else 0
            shape = (*input.shape[: dims[0]], *lengths[:-1], half)
            return torch.zeros(shape, dtype=Tcomplex, device=input.device)
        return torch.fft.rfftn(input, s=lengths, dim=dims).to(Tcomplex)

    return apply


def _to_real(dims: tuple[int, ...]) -> Callable[..., Tensor]:
    def apply(input: Tensor, fft_length: Tensor, *, Treal: torch.dtype) -> Tensor:
        lengths = _lengths(fft_length, dims)
        if 0 in (*lengths, *input.shape):
            return torch.zeros((*input.shape[: dims[0]], *lengths), dtype=Treal, device=input.device)
        return torch.fft.irfftn(input, s=lengths, dim=dims).to(Treal)

    return apply


for _ending, _dims in _ENDINGS.items():
    kernel(f"FFT{_ending}", f"BatchFFT{_ending}")(_complex(torch.fft.fftn, _dims))
    kernel(f"IFFT{_ending}", f"BatchIFFT{_ending}")(_complex(torch.fft.ifftn, _dims))
    kernel(f"RFFT{_ending}", host=("fft_length",))(_from_real(_dims))
    kernel(f"IRFFT{_ending}", host=("fft_length",))(_to_real(_dims))
