"""Activations, biases, losses, normalization, resizing."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from ...ops.windows import channels_first
from .. import functions
from ..table import Unknown, becomes, rows
from ..value import Value, ints
from .math import call

rows({"Relu": torch.relu, "Softsign": F.softsign, "Elu": F.elu})


@becomes("Relu6")
def relu6(x: Value) -> Any:
    return F.relu6(x) if x.kind.is_floating_point else torch.clamp(x, 0, 6)


@becomes("Selu")
def selu(x: Value) -> Any:
    return call(functions.selu, x)


@becomes("Softplus")
def softplus(x: Value) -> Any:
    return F.softplus(x, threshold=40) if x.kind == torch.float64 else F.softplus(x)


@becomes("LeakyRelu")
def leaky_relu(x: Value, *, alpha: float) -> Any:
    return F.leaky_relu(x, alpha)


@becomes("Softmax")
def softmax(x: Value) -> Any:
    return torch.softmax(x, -1)


@becomes("LogSoftmax")
def log_softmax(x: Value) -> Any:
    return torch.log_softmax(x, -1)


@becomes("BiasAdd")
def bias_add(value: Value, bias: Value, *, data_format: str) -> Any:
    if channels_first(data_format) and value.rank > 2:
        return value + bias.reshape([-1] + [1] * (value.rank - 2))
    return value + bias


# Cross entropies give the loss, and its gradient by the logits


@becomes("SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy(logits: Value, labels: Value) -> Any:
    loss = call(functions.softmax_cross_entropy, logits, labels)
    return loss, torch.softmax(logits, -1) - labels


@becomes("SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy(logits: Value, labels: Value) -> Any:
    at = labels if labels.kind == torch.int64 else labels.long()
    classes = logits.known[-1]
    if classes is None:
        raise Unknown
    loss = -torch.log_softmax(logits, -1).gather(-1, at.unsqueeze(-1)).squeeze(-1)
    return loss, torch.softmax(logits, -1) - F.one_hot(at, classes)


# Normalization


@becomes("LRN")
def lrn(image: Value, *, depth_radius: int, bias: float, alpha: float, beta: float) -> Any:
    return call(functions.lrn, image, depth_radius, bias, alpha, beta)


@becomes("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def fused_batch_norm(
    x: Value, scale: Value, offset: Value, mean: Value, variance: Value, *, epsilon: float,
    exponential_avg_factor: float, data_format: str, is_training: bool,
) -> Any:  # fmt: skip
    if is_training and exponential_avg_factor != 1.0:
        raise Unknown
    rank, first = x.rank, channels_first(data_format)
    images: Any = x if first else x.permute(0, rank - 1, *range(1, rank - 1))
    if is_training:
        y = F.batch_norm(images, None, None, scale, offset, True, 0.0, epsilon)
    else:
        y = F.batch_norm(images, mean.detach(), variance.detach(), scale, offset, False, 0.0, epsilon)
    y = y if first else y.permute(0, *range(2, rank), 1)
    if not is_training:
        return y, mean, variance, mean, variance, mean
    axes = [axis for axis in range(rank) if axis != (1 if first else rank - 1)]
    exact: Any = x if x.kind == scale.kind else x.to(scale.kind)
    mean_of_batch = exact.mean(axes)
    return y, mean_of_batch, exact.var(axes), mean_of_batch, exact.var(axes, correction=0), mean_of_batch


# Resizing


def _size(size: np.ndarray) -> list[int]:
    return ints(size)


@becomes("ResizeBilinear", host=("size",))
def resize_bilinear(images: Value, size: np.ndarray, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    if images.kind != torch.float32:
        raise Unknown
    height, width = _size(size)
    if not align_corners and not half_pixel_centers:
        return call(functions.resize_bilinear, images, height, width)
    first = images.permute(0, 3, 1, 2)
    resized = F.interpolate(first, size=[height, width], mode="bilinear", align_corners=align_corners)
    return resized.permute(0, 2, 3, 1)


@becomes("ResizeNearestNeighbor", host=("size",))
def resize_nearest_neighbor(images: Value, size: np.ndarray, *, align_corners: bool, half_pixel_centers: bool) -> Any:
    if align_corners or half_pixel_centers:
        raise Unknown
    return call(functions.resize_nearest, images, *_size(size))
