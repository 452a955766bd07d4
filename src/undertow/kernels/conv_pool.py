"""A network's first convolution and the max-pool of it, in oneDNN's own layout.

For images of up to three channels oneDNN has kernels twice as fast as others, in a layout that only it can read; its
max-pools there take a third of torch's time, and remember where a maximum was in a byte, not in eight. What is pooled
is a quarter of the elements, or less: only that is converted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .conv import TO_TORCH, conv2d, padded
from .pool import _geometry, _torch_pads, max_pool
from .values import are_traced
from .windows import Geometry

DEPTH = 3  # channels of an image
LARGE = 2**18  # elements that are pooled, from which the conversions are repaid
BOUND = 1e75  # for a product of two sums of squares: below, no sum of products of the two overflows
_CONV_BACKWARD = torch.ops.aten.convolution_backward
_POOL = torch.ops.aten.mkldnn_max_pool2d
_POOL_BACKWARD = torch.ops.aten.mkldnn_max_pool2d_backward


def conv2d_max_pool(
    image: Tensor, filter: Tensor, bias: Tensor | None = None, *, conv: dict[str, Any], pool: dict[str, Any]
) -> Tensor:
    """The max-pool, of attrs `pool`, of the convolution of `image` [N, H, W, C], of attrs `conv`, and its bias."""
    plain = partial(_plain, conv=conv, pool=pool)
    recorded = torch.is_grad_enabled() and (filter.requires_grad or (bias is not None and bias.requires_grad))
    if not _suits(image, filter, recorded):
        return plain(image, filter, bias)
    window = Geometry(
        image.shape, filter.shape[:2], conv["strides"], conv["padding"], "NHWC", conv["dilations"],
        conv["explicit_paddings"],
    )  # fmt: skip
    shape = torch.Size([len(image), *window.sizes, filter.shape[3]])
    pooling = _geometry(shape, **pool)
    pads = _torch_pads(window.sizes, pooling)
    if shape.numel() < LARGE or pads is None or not _stays_finite(image, filter, bias):
        return plain(image, filter, bias)
    x, around = padded(image.permute(0, 3, 1, 2), window)
    conv_arguments = window.strides, around, window.dilations
    pool_arguments = pooling.window, pooling.strides, pads[0], [1, 1], pads[1]
    weight = filter.permute(TO_TORCH[4])
    if recorded:
        again = partial(_again, plain, image)
        return _Blocked.apply(x, weight, bias, conv_arguments, pool_arguments, again)
    return _dense(_POOL(F.conv2d(x.to_mkldnn(), weight, bias, *conv_arguments), *pool_arguments))


def _plain(image: Tensor, filter: Tensor, bias: Tensor | None, conv: dict[str, Any], pool: dict[str, Any]) -> Tensor:
    return max_pool(conv2d(image, filter, bias, **conv), **pool)


def _suits(image: Tensor, filter: Tensor, recorded: bool) -> bool:
    """Whether there are such kernels, and nobody asks for a gradient by the image, which has none."""
    return (
        image.dtype is torch.float32
        and image.device.type == "cpu"
        and image.shape[-1] == filter.shape[2]
        and filter.shape[2] <= (DEPTH if recorded else 1)  # without a gradient others are as fast for two and three
        and not (torch.is_grad_enabled() and image.requires_grad)
        and torch.backends.mkldnn.is_available()
        and not are_traced()
    )


def _stays_finite(image: Tensor, filter: Tensor, bias: Tensor | None) -> bool:
    """Whether a convolution is free of NaN and infinities, over which oneDNN's max-pool passes in silence."""
    a, b, c = (0.0 if t is None else _squares(t.detach().reshape(-1)) for t in (image, filter, bias))
    return a * b < BOUND and c < BOUND


def _squares(flat: Tensor) -> float:
    return float(flat.dot(flat))


def _dense(pooled: Tensor) -> Tensor:
    """[N, C, H, W] in oneDNN's layout as [N, H, W, C]."""
    return pooled.to_dense().permute(0, 2, 3, 1).contiguous()


class _Blocked(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, conv: Any, pool: Any, again: Callable[..., Tensor]
    ) -> Tensor:
        images = x.to_mkldnn()
        convolved = F.conv2d(images, weight, bias, *conv)
        with torch.enable_grad():  # for a gradient only does it remember where the maxima are
            pooled = _POOL(convolved.requires_grad_(), *pool).detach()
        ctx.save_for_backward(weight, bias)
        ctx.blocked = images, convolved.detach(), pooled
        ctx.arguments = conv, pool, again
        return _dense(pooled)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        weight, bias = ctx.saved_tensors
        images, convolved, pooled = ctx.blocked
        (strides, around, dilations), pool, again = ctx.arguments
        if torch.is_grad_enabled():  # a gradient of the gradient: these kernels have none
            by_weight, by_bias = again(weight, bias, grad)
        else:
            by_convolved = _POOL_BACKWARD(grad.permute(0, 3, 1, 2).to_mkldnn(), pooled, convolved, *pool)
            rest = [weight.shape[0]], strides, around, dilations, False, [0, 0], 1, [False, True, bias is not None]
            _, by_weight, by_bias = _CONV_BACKWARD(by_convolved, images, weight, *rest)
        return None, by_weight, by_bias, None, None, None


def _again(
    plain: Callable[..., Tensor], image: Tensor, weight: Tensor, bias: Tensor | None, grad: Tensor
) -> tuple[Tensor | None, Tensor | None]:
    """The gradients by `weight` and `bias`, where `grad` is the one by the result, to be differentiated again."""
    result = plain(image, weight.permute(2, 3, 1, 0), bias)
    wanted = [t for t in (weight, bias) if t is not None and t.requires_grad]
    found = iter(torch.autograd.grad(result, wanted, grad, create_graph=True))
    return tuple(next(found) if t is not None and t.requires_grad else None for t in (weight, bias))  # type: ignore[return-value]
