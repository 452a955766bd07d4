"""The nodes of backward passes in training graphs that TensorFlow made: how each op is done.

Most are what torch's autograd makes of the kernel of the op that they belong to. Such a node may itself be
differentiated, where the program takes a gradient of an imported gradient.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .depthwise import dilation2d
from .gradients import pulled_back
from .image_boxes import crop_and_resize
from .image_resize import resize_bicubic, resize_bilinear, resize_nearest_neighbor
from .norm import lrn
from .pool import _geometry, _with_indices, max_pool, max_pool3d
from .registry import invalid, kernel
from .shaping import mirror_pad
from .windows import from_first, to_first


@kernel("BiasAddGrad")
def bias_add_grad(grad: Tensor, *, data_format: str) -> Tensor:
    if grad.dim() < 2:
        raise invalid(f"Input tensor must be at least 2D: {list(grad.shape)}")
    channel = 1 if data_format == "NCHW" and grad.dim() > 2 else grad.dim() - 1
    return grad.sum([axis for axis in range(grad.dim()) if axis != channel], dtype=grad.dtype)


# Normalization


@kernel("FusedBatchNormGrad", "FusedBatchNormGradV2")
def fused_batch_norm_grad(
    grad: Tensor, x: Tensor, scale: Tensor, mean: Tensor, variance: Tensor, *, epsilon: float, data_format: str,
    is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    """`mean` and `variance` are the batch's if it was trained on, else the moving averages."""
    dtypes = [x.dtype, scale.dtype, scale.dtype]
    given = [to_first(t, data_format).to(scale.dtype) for t in (grad, x)]
    kept = (mean, variance, None, None) if not is_training else (None, None, mean, torch.rsqrt(variance + epsilon))
    found = torch.ops.aten.native_batch_norm_backward(*given, scale, *kept, is_training, epsilon, [True] * 3)
    by_x, by_scale, by_offset = (t.to(dtype) for t, dtype in zip(found, dtypes))
    empty = scale.new_empty(0)
    return from_first(by_x, data_format), by_scale, by_offset, empty, empty.clone()


@kernel("FusedBatchNormGradV3")
def fused_batch_norm_grad_v3(
    grad: Tensor, x: Tensor, scale: Tensor, mean: Tensor, variance: Tensor, nothing: Tensor, *, epsilon: float,
    data_format: str, is_training: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    return fused_batch_norm_grad(
        grad, x, scale, mean, variance, epsilon=epsilon, data_format=data_format, is_training=is_training
    )


@kernel("BatchNormWithGlobalNormalization")
def batch_norm(
    t: Tensor, m: Tensor, v: Tensor, beta: Tensor, gamma: Tensor, *, variance_epsilon: float,
    scale_after_normalization: bool,
) -> Tensor:  # fmt: skip
    """What networks of 2015 were frozen with."""
    factor = torch.rsqrt(v + variance_epsilon)
    if scale_after_normalization:
        factor = factor * gamma
    return t * factor + (beta - m * factor)


@kernel("BatchNormWithGlobalNormalizationGrad")
def batch_norm_grad(
    t: Tensor, m: Tensor, v: Tensor, gamma: Tensor, grad: Tensor, *, variance_epsilon: float,
    scale_after_normalization: bool,
) -> list[Tensor]:  # fmt: skip
    factor = torch.rsqrt(v + variance_epsilon)
    outer = factor * gamma if scale_after_normalization else factor
    by_beta = grad.sum((0, 1, 2))
    by_factor = (grad * (t - m)).sum((0, 1, 2))  # by rsqrt(v + epsilon) times what multiplies it
    by_gamma = by_factor * factor if scale_after_normalization else torch.zeros_like(gamma)
    by_variance = by_factor * (gamma if scale_after_normalization else 1) * -0.5 * factor / (v + variance_epsilon)
    return [grad * outer, -by_beta * outer, by_variance, by_beta, by_gamma]


@kernel("LRNGrad")
def lrn_grad(
    grad: Tensor, image: Tensor, result: Tensor, *, depth_radius: int, bias: float, alpha: float, beta: float
) -> Tensor:
    attrs: Any = {"depth_radius": depth_radius, "bias": bias, "alpha": alpha, "beta": beta}
    return pulled_back(lambda x: lrn(x, **attrs), image, grad)


# Pools whose window comes as a tensor, and gradients of pools' gradients


@kernel("MaxPoolV2", host=("ksize", "strides"))
def max_pool_v2(value: Tensor, ksize: Tensor, strides: Tensor, *, padding: str, data_format: str) -> Tensor:
    return max_pool(
        value, ksize=ksize.tolist(), strides=strides.tolist(), padding=padding, explicit_paddings=[],
        data_format=data_format,
    )  # fmt: skip


@kernel("MaxPoolGradV2", host=("ksize", "strides"))
def max_pool_grad_v2(
    value: Tensor, pooled: Tensor, grad: Tensor, ksize: Tensor, strides: Tensor, *, padding: str, data_format: str
) -> Tensor:
    return pulled_back(lambda x: max_pool_v2(x, ksize, strides, padding=padding, data_format=data_format), value, grad)


@kernel("MaxPool3DGrad")
def max_pool3d_grad(
    value: Tensor, pooled: Tensor, grad: Tensor, *, ksize: list[int], strides: list[int], padding: str, data_format: str
) -> Tensor:
    attrs: Any = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return pulled_back(lambda x: max_pool3d(x, **attrs), value, grad)


@kernel("MaxPoolGradGrad", "MaxPool3DGradGrad")
def max_pool_grad_grad(
    value: Tensor, pooled: Tensor, grad: Tensor, *, ksize: list[int], strides: list[int], padding: str, data_format: str
) -> Tensor:
    """Of each window, the element of `grad` where the window's largest is."""
    geometry = _geometry(value.shape, ksize, strides, padding, data_format, [])
    index = _with_indices(to_first(value, data_format), geometry)[1]
    found = to_first(grad, data_format).flatten(2).gather(2, index.flatten(2))
    return from_first(found.reshape(index.shape), data_format)


@kernel("MaxPoolGradGradV2", host=("ksize", "strides"))
def max_pool_grad_grad_v2(
    value: Tensor, pooled: Tensor, grad: Tensor, ksize: Tensor, strides: Tensor, *, padding: str, data_format: str
) -> Tensor:
    return max_pool_grad_grad(
        value, pooled, grad, ksize=ksize.tolist(), strides=strides.tolist(), padding=padding, data_format=data_format
    )


@kernel("MaxPoolGradWithArgmax")
def max_pool_grad_with_argmax(value: Tensor, grad: Tensor, argmax: Tensor, *, include_batch_in_index: bool) -> Tensor:
    index = argmax.long().reshape(len(argmax), -1)
    if not include_batch_in_index:
        index = index + torch.arange(len(index), device=index.device)[:, None] * value[0].numel()
    if index.numel() and not bool(((index >= 0) & (index < value.numel())).all()):
        raise invalid(f"argmax holds an index that is not in the input of {value.numel()} elements.")
    flat = grad.new_zeros(value.numel())
    return flat.scatter_add(0, index.flatten(), grad.flatten()).reshape(value.shape)


# Images


@kernel("ResizeBilinearGrad")
def resize_bilinear_grad(grad: Tensor, image: Tensor, *, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    return _resized(resize_bilinear, grad, image, align_corners, half_pixel_centers)


@kernel("ResizeBicubicGrad")
def resize_bicubic_grad(grad: Tensor, image: Tensor, *, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    return _resized(resize_bicubic, grad, image, align_corners, half_pixel_centers)


@kernel("ResizeNearestNeighborGrad", host=("size",))
def resize_nearest_neighbor_grad(
    grad: Tensor, size: Tensor, *, align_corners: bool, half_pixel_centers: bool
) -> Tensor:
    image = grad.new_zeros((grad.shape[0], *size.tolist(), grad.shape[3]))
    return _resized(resize_nearest_neighbor, grad, image, align_corners, half_pixel_centers)


def _resized(resize: Any, grad: Tensor, image: Tensor, align_corners: bool, half_pixel_centers: bool) -> Tensor:
    """A resize is linear: what the image holds does not count."""
    size = torch.tensor(grad.shape[1:3])
    start = grad.new_zeros(image.shape)
    found = pulled_back(
        lambda x: resize(x, size, align_corners=align_corners, half_pixel_centers=half_pixel_centers), start, grad
    )
    return found.to(image.dtype)


@kernel("CropAndResizeGradImage", host=("image_size",))
def crop_and_resize_grad_image(
    grad: Tensor, boxes: Tensor, box_ind: Tensor, image_size: Tensor, *, T: torch.dtype, method: str
) -> Tensor:
    size = torch.tensor(grad.shape[1:3])
    image = grad.new_zeros(image_size.tolist())
    return pulled_back(
        lambda x: crop_and_resize(x, boxes, box_ind, size, method=method, extrapolation_value=0.0), image, grad
    ).to(T)


@kernel("CropAndResizeGradBoxes")
def crop_and_resize_grad_boxes(grad: Tensor, image: Tensor, boxes: Tensor, box_ind: Tensor, *, method: str) -> Tensor:
    size = torch.tensor(grad.shape[1:3])
    return pulled_back(
        lambda b: crop_and_resize(image, b, box_ind, size, method=method, extrapolation_value=0.0), boxes, grad
    )


@kernel("Dilation2DBackpropInput")
def dilation2d_by_input(
    image: Tensor, filter: Tensor, grad: Tensor, *, strides: list[int], rates: list[int], padding: str
) -> Tensor:
    return pulled_back(lambda x: dilation2d(x, filter, strides=strides, rates=rates, padding=padding), image, grad)


@kernel("Dilation2DBackpropFilter")
def dilation2d_by_filter(
    image: Tensor, filter: Tensor, grad: Tensor, *, strides: list[int], rates: list[int], padding: str
) -> Tensor:
    return pulled_back(lambda f: dilation2d(image, f, strides=strides, rates=rates, padding=padding), filter, grad)


@kernel("MirrorPadGrad", host=("paddings",))
def mirror_pad_grad(grad: Tensor, paddings: Tensor, *, mode: str) -> Tensor:
    sides = paddings.tolist()
    start = grad.new_zeros([size - before - after for size, (before, after) in zip(grad.shape, sides)])
    return pulled_back(lambda x: mirror_pad(x, paddings, mode=mode), start, grad)


# Sparse tensors


@kernel("SparseAddGrad", on_host=True)
def sparse_add_grad(grad: Tensor, a: Tensor, b: Tensor, total: Tensor) -> tuple[Tensor, Tensor]:
    """For each element of `a` and of `b` what the sum's gradient has at its place, zero if the sum dropped it."""
    return _at(a, total, grad), _at(b, total, grad)


@kernel("SparseSliceGrad", on_host=True)
def sparse_slice_grad(grad: Tensor, indices: Tensor, start: Tensor, sliced: Tensor) -> Tensor:
    return _at(indices, sliced + start, grad)


def _at(wanted: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """The value at each of the `wanted` places [n, rank], zero for those that are not among `places`."""
    ids = torch.unique(torch.cat([places, wanted]), dim=0, return_inverse=True)[1]
    table = values.new_zeros(len(ids)).index_copy(0, ids[: len(places)], values)
    return table[ids[len(places) :]]
