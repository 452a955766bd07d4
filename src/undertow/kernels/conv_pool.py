"""A network's first convolution and the max-pool of it, in oneDNN's own layout.

For images of up to three channels oneDNN has kernels twice as fast as others, in a layout that only it can read; its
max-pools there take a third of torch's time, and remember where a maximum was in a byte, not in eight. What is pooled
is a quarter of the elements, or less: only that is converted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .conv import TO_TORCH, conv2d, conv2d_gradients
from .pool import _geometry, _torch_pads, max_pool, max_pool_and_index, max_pool_gradient
from .windows import Geometry

LARGE = 2**18  # elements that are pooled, from which the conversions are repaid
BOUND = 1e37
_CONV_BACKWARD = torch.ops.aten.convolution_backward
_POOL = torch.ops.aten.mkldnn_max_pool2d
_POOL_BACKWARD = torch.ops.aten.mkldnn_max_pool2d_backward


@dataclass(frozen=True)
class Layer:
    """The attrs of a Conv2D of NHWC and of the MaxPool of it, and whether a bias is added between them."""

    conv: dict[str, Any]
    pool: dict[str, Any]
    biased: bool


def convolved_and_pooled(image: Tensor, *weights: Tensor, layers: Sequence[Layer]) -> Tensor:
    """`image` [N, H, W, C] through the layers, with relu between each two; several, if no gradient is asked for.

    `weights`: each layer's filter and, if it has one, its bias.
    """
    values = iter(weights)
    given = [(layer, next(values), next(values) if layer.biased else None) for layer in layers]
    arguments = _arguments(image, given)
    if arguments is None:
        return _plain(image, given)
    x = image.permute(0, 3, 1, 2)
    if torch.is_grad_enabled() and any(t.requires_grad for t in weights):
        ((layer, filter, bias),) = given
        again = partial(_again, image, layer)
        return _Blocked.apply(x, filter.permute(TO_TORCH[4]), bias, *arguments[0], again)
    x = x.to_mkldnn()
    for i, ((_, filter, bias), (conv, pool)) in enumerate(zip(given, arguments)):
        x = _POOL(F.conv2d(x if i == 0 else x.relu_(), filter.permute(TO_TORCH[4]), bias, *conv), *pool)
    return _dense(x)


_Given = Sequence[tuple[Layer, Tensor, Tensor | None]]


def _plain(image: Tensor, given: _Given) -> Tensor:
    for i, (layer, filter, bias) in enumerate(given):
        image = max_pool(conv2d(image if i == 0 else torch.relu(image), filter, bias, **layer.conv), **layer.pool)
    return image


def _arguments(image: Tensor, given: _Given) -> list[tuple[Any, Any]] | None:
    """What torch's convolutions and max-pools take in each layer; None if it is not for oneDNN, or not worth it."""
    onednn = torch.backends.mkldnn
    if image.dtype is not torch.float32 or image.device.type != "cpu" or not (onednn.is_available() and onednn.enabled):
        return None
    if torch.is_grad_enabled() and image.requires_grad:  # these kernels have no gradient by the image
        return None
    shape = image.shape
    found: list[tuple[Any, Any]] = []
    for layer, filter, _ in given:
        conv = layer.conv
        window = Geometry(
            shape, filter.shape[:2], conv["strides"], conv["padding"], "NHWC", conv["dilations"],
            conv["explicit_paddings"],
        )  # fmt: skip
        convolved = torch.Size([shape[0], *window.sizes, filter.shape[3]])
        pooling = _geometry(convolved, **layer.pool)
        pads = _torch_pads(window.sizes, pooling)
        if shape[3] != filter.shape[2] or not window.even or pads is None or (not found and convolved.numel() < LARGE):
            return None
        pool = pooling.window, pooling.strides, pads[0], [1, 1], pads[1]
        found.append(((window.strides, window.before, window.dilations), pool))
        shape = torch.Size([shape[0], *pooling.sizes, filter.shape[3]])
    return found if _stay_finite(image, given) else None


def _stay_finite(image: Tensor, given: _Given) -> bool:
    """Whether no convolution can give NaN or infinities, over which oneDNN's max-pool passes in silence."""
    most = _norm(image)
    for _, filter, bias in given:
        most = most * sqrt(filter.numel()) * _norm(filter) + (0 if bias is None else _norm(bias))
        if not most < BOUND:
            return False
    return True


def _norm(t: Tensor) -> float:
    flat = t.detach().reshape(-1)
    return sqrt(flat.dot(flat))


def _dense(pooled: Tensor) -> Tensor:
    """[N, C, H, W] in oneDNN's layout as [N, H, W, C]."""
    return pooled.to_dense().permute(0, 2, 3, 1).contiguous()


def convolved_and_pooled_for_gradients(
    image: Tensor, filter: Tensor, bias: Tensor | None = None, *, layer: Layer, by_image: bool
) -> tuple[Tensor, Any, Tensor | None]:
    """What one layer gives, and two things that `layer_gradients` asks for; `by_image`: whether one by the image."""
    arguments = None if by_image else _arguments(image, [(layer, filter, bias)])
    if arguments is not None:
        return *_forward(image.permute(0, 3, 1, 2), filter.permute(TO_TORCH[4]), bias, *arguments[0]), None
    convolved = conv2d(image, filter, bias, **layer.conv)
    pooled, index = max_pool_and_index(convolved, **layer.pool)
    return pooled, convolved, index


def layer_gradients(
    image: Tensor, filter: Tensor, convolved: Any, index: Tensor | None, grad: Tensor, needed: Sequence[bool], *,
    layer: Layer,
) -> list[Tensor]:  # fmt: skip
    """The gradients by image, filter and bias, those `needed`; the layer is as `conv2d_gradients` asks."""
    if isinstance(convolved, Tensor):
        by_convolved = max_pool_gradient(convolved, index, grad, **layer.pool)
        paddings = {name: layer.conv[name] for name in ("padding", "explicit_paddings")}
        return conv2d_gradients(image, filter, by_convolved, needed, **paddings)
    by_weight, by_bias = _backward(grad, filter.permute(TO_TORCH[4]), layer.biased, *convolved)
    both = by_weight.permute(2, 3, 1, 0), by_bias
    return [gradient for gradient, need in zip(both, needed[1:]) if need and gradient is not None]


def _forward(x: Tensor, weight: Tensor, bias: Tensor | None, conv: Any, pool: Any) -> tuple[Tensor, tuple[Any, ...]]:
    """What is pooled, and what `_backward` wants to know."""
    images = x.to_mkldnn()
    convolved = F.conv2d(images, weight, bias, *conv)
    with torch.enable_grad():  # for a gradient only does it remember where the maxima are
        pooled = _POOL(convolved.requires_grad_(), *pool).detach()
    return _dense(pooled), (images, convolved.detach(), pooled, conv, pool)


def _backward(
    grad: Tensor, weight: Tensor, biased: bool, images: Tensor, convolved: Tensor, pooled: Tensor, conv: Any, pool: Any
) -> tuple[Tensor, Tensor | None]:
    strides, around, dilations = conv
    by_convolved = _POOL_BACKWARD(grad.permute(0, 3, 1, 2).to_mkldnn(), pooled, convolved, *pool)
    rest = [weight.shape[0]], strides, around, dilations, False, [0, 0], 1, [False, True, biased]
    _, by_weight, by_bias = _CONV_BACKWARD(by_convolved, images, weight, *rest)
    return by_weight, by_bias


class _Blocked(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, conv: Any, pool: Any, again: Callable[..., Any]
    ) -> Tensor:
        pooled, ctx.known = _forward(x, weight, bias, conv, pool)
        ctx.save_for_backward(weight, bias)
        ctx.again = again
        return pooled

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        weight, bias = ctx.saved_tensors
        if torch.is_grad_enabled():  # a gradient of the gradient: these kernels have none
            by_weight, by_bias = ctx.again(weight, bias, grad)
        else:
            by_weight, by_bias = _backward(grad, weight, bias is not None, *ctx.known)
        return None, by_weight, by_bias, None, None, None


def _again(
    image: Tensor, layer: Layer, weight: Tensor, bias: Tensor | None, grad: Tensor
) -> tuple[Tensor | None, Tensor | None]:
    """The gradients by `weight` and `bias`, where `grad` is the one by the result, to be differentiated again."""
    result = _plain(image, [(layer, weight.permute(2, 3, 1, 0), bias)])
    wanted = [t for t in (weight, bias) if t is not None and t.requires_grad]
    found = iter(torch.autograd.grad(result, wanted, grad, create_graph=True))
    by_weight = next(found) if weight.requires_grad else None
    return by_weight, next(found) if bias is not None and bias.requires_grad else None
