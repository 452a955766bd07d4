"""Projective transforms of images: how it is done."""

from __future__ import annotations

import torch
from torch import Tensor

from ..graph.errors import UnimplementedError
from .registry import invalid, kernel


@kernel("ImageProjectiveTransformV2", host=("output_shape",))
def image_projective_transform(
    images: Tensor, transforms: Tensor, output_shape: Tensor, *, interpolation: str, fill_mode: str
) -> Tensor:
    if fill_mode != "CONSTANT":
        raise UnimplementedError(None, None, f"fill_mode {fill_mode} is not built: only CONSTANT is.")
    if interpolation not in ("NEAREST", "BILINEAR"):
        raise invalid(f"Invalid interpolation {interpolation}. Supported types: NEAREST, BILINEAR")
    batch, height, width, _ = images.shape
    if transforms.dim() != 2 or transforms.shape[1] != 8 or transforms.shape[0] not in (1, batch):
        raise invalid(f"Input transform should be num_images x 8 or 1 x 8, got {list(transforms.shape)}")
    rows, columns = output_shape.tolist()
    y = torch.arange(rows, dtype=torch.float32, device=images.device)[None, :, None]
    x = torch.arange(columns, dtype=torch.float32, device=images.device)[None, None, :]
    a0, a1, a2, b0, b1, b2, c0, c1 = transforms.expand(batch, 8).t()[:, :, None, None]
    depth = c0 * x + c1 * y + 1
    real = depth != 0  # elsewhere the point is infinitely far away
    divisor = torch.where(real, depth, torch.ones_like(depth))
    from_x, from_y = (a0 * x + a1 * y + a2) / divisor, (b0 * x + b1 * y + b2) / divisor
    which = torch.arange(batch, device=images.device)[:, None, None]

    def pixels(row: Tensor, column: Tensor) -> Tensor:
        inside = real & (row >= 0) & (row <= height - 1) & (column >= 0) & (column <= width - 1)
        found = images[which, row.clamp(0, height - 1).long(), column.clamp(0, width - 1).long()]
        return torch.where(inside[..., None], found, torch.zeros_like(found))

    if interpolation == "NEAREST":
        return pixels(_rounded(from_y), _rounded(from_x))
    top, left = torch.floor(from_y), torch.floor(from_x)
    down, across = (from_y - top)[..., None], (from_x - left)[..., None]
    above = (1 - across) * pixels(top, left) + across * pixels(top, left + 1)
    below = (1 - across) * pixels(top + 1, left) + across * pixels(top + 1, left + 1)
    return ((1 - down) * above + down * below).to(images.dtype)


def _rounded(places: Tensor) -> Tensor:
    """To the nearest integer, halves away from zero."""
    return torch.sign(places) * torch.floor(places.abs() + 0.5)
