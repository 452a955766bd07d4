"""Depthwise and separable convolutions, dilation and erosion: what each op is. `kernels/depthwise.py`: how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .conv import conv2d
from .node import convert_to_tensor, node
from .rules import same_dim, shape_rule, with_rank
from .spelling import either
from .windows import channels_first, explicit, whole_list, windowed_shape


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """Convolve each channel of `input` [N, H, W, C] with its own filters of `filter` [kh, kw, C, M]: C · M channels.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/depthwise_conv2d_native
    """
    padding, explicit_paddings = explicit(padding)
    return node(
        "DepthwiseConv2dNative", input, filter, strides=strides, padding=padding, explicit_paddings=explicit_paddings,
        data_format=data_format or "NHWC", dilations=list(dilations), name=name,
    )  # fmt: skip


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """`depthwise_conv2d_native` with filter taps `rate` [2] pixels apart.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/depthwise_conv2d
    """
    rate = either("dilations", dilations, "rate", rate)
    with name_scope(name, "depthwise", [input, filter]) as scope:
        return _depthwise(input, filter, strides, padding, rate, data_format, scope)


def _depthwise(
    input: Any, filter: Any, strides: Any, padding: Any, rate: Any, data_format: str | None, name: str
) -> Tensor:
    image_format = data_format or "NHWC"
    dilations = whole_list(1 if rate is None else rate, 4, image_format, "rate")
    input = convert_to_tensor(input, name="tensor_in")
    filter = convert_to_tensor(filter, name="filter_in")
    return depthwise_conv2d_native(input, filter, list(strides), padding, image_format, dilations, name)


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """A `depthwise_conv2d`, then a convolution with `pointwise_filter` [1, 1, C · M, C2] that mixes the channels.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/separable_conv2d
    """
    rate = either("dilations", dilations, "rate", rate)
    with name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        pointwise = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        if not pointwise.shape[:2].is_compatible_with((1, 1)):
            raise ValueError(f"pointwise_filter must be [1, 1, C, C2], but its shape is {pointwise.shape}.")
        middle = _depthwise(input, depthwise_filter, strides, padding, rate, data_format, "depthwise")
        return conv2d(middle, pointwise, [1, 1, 1, 1], "VALID", data_format=data_format, name=scope)


@shape_rule("DepthwiseConv2dNative")
def _(
    image: TensorShape, filter: TensorShape, *, strides: Any, padding: str, explicit_paddings: Any, data_format: str,
    dilations: Any,
) -> TensorShape:  # fmt: skip
    window = with_rank(filter, 4)
    if len(strides) != 4:
        raise ValueError(f"DepthwiseConv2D requires the stride attribute to contain 4 values, but got: {len(strides)}")
    depth = same_dim(with_rank(image, 4)[1 if channels_first(data_format) else 3], window[2])
    channels = None if depth is None or window[3] is None else depth * window[3]
    return windowed_shape(
        image, 4, lambda i: window[i], strides, padding, data_format, channels, dilations, explicit_paddings
    )


def dilation2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: str | None = None,
    name: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The maximum of `input` [N, H, W, C] plus `filter` [kh, kw, C] over each window: grayscale dilation.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/dilation2d
    """
    return node(
        "Dilation2D", input, either("filters", filters, "filter", filter), strides=strides,
        rates=either("dilations", dilations, "rates", rates), padding=padding, name=name,
    )  # fmt: skip


def erosion2d(value: Any, kernel: Any, strides: Any, rates: Any, padding: str, name: str | None = None) -> Tensor:
    """The minimum of `value` [N, H, W, C] minus `kernel` [kh, kw, C] over each window: grayscale erosion.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/erosion2d
    """
    with name_scope(name, "erosion2d", [value, kernel]) as scope:
        turned = node("Neg", value), node("ReverseV2", kernel, [0, 1])
        return node("Neg", node("Dilation2D", *turned, strides=strides, rates=rates, padding=padding, name=scope))


@shape_rule("Dilation2D")
def _(image: TensorShape, filter: TensorShape, *, strides: Any, rates: Any, padding: str) -> TensorShape:
    window = with_rank(filter, 3)
    depth = same_dim(with_rank(image, 4)[3], window[2])
    return windowed_shape(image, 4, lambda i: window[i], strides, padding, "NHWC", depth, rates)
