"""Convolutions: what each op is. `kernels/conv.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .node import convert_to_tensor, node
from .rules import shape_rule, with_rank
from .spelling import either
from .windows import channels_first, explicit, format_of, whole_list, windowed_shape

_OPS = {2: "Conv2D", 3: "Conv3D"}


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str | None = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Convolve images `input` [N, H, W, C] with `filter` [kh, kw, C, C2] into [N, H2, W2, C2].

    `padding` is "SAME", "VALID", or a (before, after) pair for each axis; `strides` and `dilations` are given for all
    four axes, for the two spatial ones, or as one number.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv2d
    """
    data_format = data_format or "NHWC"
    padding, explicit_paddings = explicit(padding)
    return node(
        "Conv2D", input, either("filters", filters, "filter", filter),
        strides=whole_list(strides, 4, data_format, "strides"), padding=padding, explicit_paddings=explicit_paddings,
        use_cudnn_on_gpu=use_cudnn_on_gpu, data_format=data_format,
        dilations=whole_list(dilations, 4, data_format, "dilations"), name=name,
    )  # fmt: skip


def conv3d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: str | None = None,
    data_format: str | None = "NDHWC",
    dilations: Any = (1, 1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Convolve volumes `input` [N, D, H, W, C] with `filter` [kd, kh, kw, C, C2].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv3d
    """
    data_format = data_format or "NDHWC"
    return node(
        "Conv3D", input, either("filters", filters, "filter", filter), strides=strides, padding=padding,
        data_format=data_format, dilations=whole_list(dilations, 5, data_format, "dilations"), name=name,
    )  # fmt: skip


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolve sequences `value` [N, W, C] with `filters` [kw, C, C2]: a Conv2D over images one row high.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv1d
    """
    value = either("input", input, "value", value)
    with name_scope(name, "conv1d", [value, filters]) as scope:
        return _one_row_high(value, filters, stride, padding, dilations, data_format, scope, use_cudnn_on_gpu)


def _one_row_high(
    value: Any, filters: Any, stride: Any, padding: Any, dilations: Any, data_format: str | None, scope: str,
    use_cudnn_on_gpu: bool | None = None,
) -> Tensor:  # fmt: skip
    if data_format not in (None, "NWC", "NHWC", "NCW", "NCHW"):
        raise ValueError('data_format must be "NWC" or "NCW".')
    image_format = "NCHW" if channels_first(data_format) else "NHWC"
    row = -2 if image_format == "NCHW" else -3
    conv = conv2d(
        node("ExpandDims", value, row),
        node("ExpandDims", filters, 0),
        with_row(stride, image_format, "stride"),
        padding,
        True if use_cudnn_on_gpu is None else use_cudnn_on_gpu,
        image_format,
        with_row(1 if dilations is None else dilations, image_format, "dilations"),
        scope,
    )
    return node("Squeeze", conv, squeeze_dims=[row])


def with_row(value: Any, image_format: str, what: str) -> list[int]:
    """What is told of a sequence's axes, for an image one row high."""
    one = whole_list(value, 3, image_format, what)
    return [*one[:2], 1, one[2]] if image_format == "NCHW" else [one[0], 1, *one[1:]]


def convolution(
    input: Any,
    filter: Any,
    padding: Any,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolve a batch with 1, 2 or 3 spatial dimensions with `filter` [k…, C, C2].

    Dilated filters are one node with `dilations`, where TensorFlow moves space to the batch and back around it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/convolution
    """
    filter = either("filters", filters, "filter", filter)
    rate = either("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, "convolution", [input, filter]) as scope:
        input = convert_to_tensor(input, name="input")
        filter = convert_to_tensor(filter, dtype=input.dtype, name="filter")
        count = _spatial_count(input, filter)
        strides, rate = _spatial(strides, count, "strides"), _spatial(rate, count, "dilation_rate")
        if any(s > 1 for s in strides) and any(r > 1 for r in rate):
            raise ValueError(f"`strides > 1` not supported in conjunction with `dilation_rate > 1`: {strides}, {rate}")
        if count == 1:
            return _one_row_high(input, filter, strides, padding, rate, data_format, scope)
        return _nodes(count, input, filter, strides, padding, rate, data_format, scope)


def _nodes(
    count: int, input: Any, filter: Any, strides: Any, padding: Any, rate: Any, data_format: str | None, name: str
) -> Tensor:
    data_format = format_of(count, data_format)
    strides = whole_list(strides, count + 2, data_format, "strides")
    dilations = whole_list(rate, count + 2, data_format, "dilations")
    return node(
        _OPS[count], input, filter, strides=strides, padding=padding, data_format=data_format, dilations=dilations,
        name=name,
    )  # fmt: skip


def _spatial_count(input: Tensor, filter: Tensor) -> int:
    rank = filter.shape.ndims or input.shape.ndims
    if rank is None:
        raise ValueError("rank of input or filter must be known.")
    if rank not in (3, 4, 5):
        raise ValueError(f"input tensor must have rank 3, 4 or 5, a filter the same; its rank is {rank}.")
    return rank - 2


def _spatial(value: Any, count: int, what: str) -> list[int]:
    if value is None:
        return [1] * count
    given = [int(v) for v in (value if hasattr(value, "__len__") else [value])]
    if len(given) not in (1, count):
        raise ValueError(f"{what} should be of length 1 or {count}. Received: {what}={value}")
    if any(v < 1 for v in given):
        raise ValueError(f"all values of {what} must be positive, got {value}.")
    return given * count if len(given) == 1 else given


def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str, name: str | None = None) -> Tensor:
    """Convolve images with filters whose taps are `rate` pixels apart.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/atrous_conv2d
    """
    return convolution(value, filters, padding, dilation_rate=[rate, rate], name=name)


@shape_rule("Conv2D")
def _(
    image: TensorShape, filter: TensorShape, *, strides: Any, padding: str, explicit_paddings: Any, data_format: str,
    dilations: Any,
) -> TensorShape:  # fmt: skip
    return _convolved(image, filter, 4, strides, padding, data_format, dilations, explicit_paddings)


@shape_rule("Conv3D")
def _(
    image: TensorShape, filter: TensorShape, *, strides: Any, padding: str, data_format: str, dilations: Any
) -> TensorShape:
    return _convolved(image, filter, 5, strides, padding, data_format, dilations)


def _convolved(
    image: TensorShape, filter: TensorShape, rank: int, strides: Any, padding: str, data_format: str, dilations: Any,
    explicit_paddings: Sequence[int] = (),
) -> TensorShape:  # fmt: skip
    for what, value in (("strides", strides), ("dilations", dilations)):
        if len(value) != rank:
            raise ValueError(f"Conv requires the {what} attribute to contain {rank} values, but got: {len(value)}")
    window = with_rank(filter, rank)
    depth = with_rank(image, rank)[1 if channels_first(data_format) else -1]
    if depth is not None and window[-2] and depth % window[-2]:
        raise ValueError(f"Depth of input ({depth}) is not a multiple of input depth of filter ({window[-2]})")
    return windowed_shape(
        image, rank, lambda i: window[i], strides, padding, data_format, window[-1], dilations, explicit_paddings
    )
