"""Moments and normalization: how each op is done."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .registry import invalid, kernel
from .windows import from_first, to_first


@kernel("LRN")
def lrn(image: Tensor, *, depth_radius: int, bias: float, alpha: float, beta: float) -> Tensor:
    if image.dim() != 4:
        raise invalid(f"in must be 4-dimensional, got shape {list(image.shape)}")
    if not image.numel():
        return image.clone()
    window = 2 * depth_radius + 1
    squares = image.square().reshape(-1, 1, image.shape[3])
    total = F.avg_pool1d(squares, window, 1, depth_radius).reshape(image.shape) * window
    return image * (bias + alpha * total).pow(-beta)


@kernel("FusedBatchNorm", "FusedBatchNormV2")
def fused_batch_norm(
    x: Tensor, scale: Tensor, offset: Tensor, mean: Tensor, variance: Tensor, *, epsilon: float,
    exponential_avg_factor: float, data_format: str, is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    return _batch_norm(x, scale, offset, mean, variance, epsilon, exponential_avg_factor, data_format, is_training)


@kernel("FusedBatchNormV3")
def fused_batch_norm_v3(
    x: Tensor, scale: Tensor, offset: Tensor, mean: Tensor, variance: Tensor, *, epsilon: float,
    exponential_avg_factor: float, data_format: str, is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    outputs = _batch_norm(x, scale, offset, mean, variance, epsilon, exponential_avg_factor, data_format, is_training)
    return *outputs, scale.new_empty(0)


def _batch_norm(
    x: Tensor, scale: Tensor, offset: Tensor, mean: Tensor, variance: Tensor, epsilon: float, factor: float,
    data_format: str, is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    images = to_first(x, data_format)
    channels = images.shape[1]
    for vector, name in ((scale, "scale"), (offset, "offset")):
        if vector.shape != (channels,):
            raise invalid(f"{name} must have the same number of elements as the channels of x, got "
                          f"{list(vector.shape)} and {channels}")  # fmt: skip
    if not is_training:
        if mean.shape != (channels,) or variance.shape != (channels,):
            raise invalid(f"mean and variance must have {channels} elements, got {list(mean.shape)} and "
                          f"{list(variance.shape)}")  # fmt: skip
        mean, variance = mean.detach(), variance.detach()
        y = torch.batch_norm(images, scale, offset, mean, variance, False, 0.0, epsilon, False)
        return from_first(y, data_format), mean.clone(), variance.clone(), mean.clone(), variance.clone()
    count = images.numel() // max(channels, 1)
    if not count:
        nothing = scale.new_full((channels,), float("nan"))
        return x.clone(), nothing, nothing.clone(), nothing.clone(), nothing.clone()
    # Into these torch writes the moments, the variance with Bessel's correction as TensorFlow gives it.
    batch_mean, batch_variance = torch.zeros_like(scale), torch.zeros_like(scale)
    y = torch.batch_norm(images, scale, offset, batch_mean, batch_variance, True, 1.0, epsilon, False)
    if count == 1:
        batch_variance.zero_()
    biased = batch_variance * ((count - 1) / count)
    outputs = [batch_mean, batch_variance]
    if factor != 1.0:
        outputs = [old.detach() * (1 - factor) + new * factor for old, new in zip((mean, variance), outputs)]
    return from_first(y, data_format), *outputs, batch_mean.clone(), biased
