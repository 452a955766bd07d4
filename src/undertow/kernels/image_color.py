"""Colors and brightness of images: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .registry import invalid, kernel


@kernel("AdjustContrastv2", host=("contrast_factor",))
def adjust_contrast(images: Tensor, contrast_factor: Tensor) -> Tensor:
    values = images.to(torch.float32)
    mean = values.mean((-3, -2), keepdim=True)
    return ((values - mean) * contrast_factor.item() + mean).to(images.dtype)


@kernel("AdjustContrast", host=("contrast_factor", "min_value", "max_value"))
def adjust_contrast_within(images: Tensor, contrast_factor: Tensor, min_value: Tensor, max_value: Tensor) -> Tensor:
    return adjust_contrast(images.to(torch.float32), contrast_factor).clamp(min_value.item(), max_value.item())


def _three(images: Tensor) -> None:
    if images.dim() < 1 or images.shape[-1] != 3:
        raise invalid(f"input must have 3 channels but instead has {images.shape[-1] if images.dim() else 0} channels.")


@kernel("RGBToHSV")
def rgb_to_hsv(images: Tensor) -> Tensor:
    _three(images)
    red, green, blue = images.unbind(-1)
    value = torch.maximum(torch.maximum(red, green), blue)
    spread = value - torch.minimum(torch.minimum(red, green), blue)
    one = torch.ones_like(value)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, one), 0 * one)
    sixth = 1 / (6 * torch.where(spread > 0, spread, one))
    hue = torch.where(
        red == value,
        sixth * (green - blue),
        torch.where(green == value, sixth * (blue - red) + 2 / 6, sixth * (red - green) + 4 / 6),
    )
    hue = torch.where(spread > 0, hue, 0 * one)
    return torch.stack([torch.where(hue < 0, hue + 1, hue), saturation, value], -1)


@kernel("HSVToRGB")
def hsv_to_rgb(images: Tensor) -> Tensor:
    _three(images)
    hue, saturation, value = images.unbind(-1)
    six = hue * 6
    red = ((six - 3).abs() - 1).clamp(0, 1)
    green = (2 - (six - 2).abs()).clamp(0, 1)
    blue = (2 - (six - 4).abs()).clamp(0, 1)
    rest = 1 - saturation
    return torch.stack([(rest + saturation * color) * value for color in (red, green, blue)], -1)


@kernel("AdjustHue", host=("delta",))
def adjust_hue(images: Tensor, delta: Tensor) -> Tensor:
    hue, saturation, value = rgb_to_hsv(images.to(torch.float32)).unbind(-1)
    return hsv_to_rgb(torch.stack([(hue + delta.item()) % 1, saturation, value], -1)).to(images.dtype)


@kernel("AdjustSaturation", host=("scale",))
def adjust_saturation(images: Tensor, scale: Tensor) -> Tensor:
    hue, saturation, value = rgb_to_hsv(images.to(torch.float32)).unbind(-1)
    return hsv_to_rgb(torch.stack([hue, (saturation * scale.item()).clamp(0, 1), value], -1)).to(images.dtype)
