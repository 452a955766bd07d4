"""Gradients of convolutions as ops of their own: transposed ("de-") convolutions are such. What each op is.

`kernels/conv_transpose.py` says how it is done.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .conv import with_row
from .node import node
from .raw import from_table
from .rules import same_dim, shape_rule, with_rank
from .spelling import either
from .windows import channels_first, explicit, format_of, whole_list

_TRANSPOSES = {2: "Conv2DBackpropInput", 3: "Conv3DBackpropInputV2"}

_PLAIN = {
    "conv3d_backprop_filter": "Conv3DBackpropFilterV2",
    "conv3d_backprop_filter_v2": "Conv3DBackpropFilterV2",
    "conv3d_backprop_input_v2": "Conv3DBackpropInputV2",
    "depthwise_conv2d_backprop_filter": "DepthwiseConv2dNativeBackpropFilter",
    "depthwise_conv2d_backprop_input": "DepthwiseConv2dNativeBackpropInput",
    "depthwise_conv2d_native_backprop_filter": "DepthwiseConv2dNativeBackpropFilter",
    "depthwise_conv2d_native_backprop_input": "DepthwiseConv2dNativeBackpropInput",
}


def __getattr__(name: str) -> Any:
    return from_table(_PLAIN, __name__, name)


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The images of `output_shape` that a convolution with `filter` [kh, kw, C2, C] may have made `value` [N, H, W, C].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv2d_transpose
    """
    value, filter = either("input", input, "value", value), either("filters", filters, "filter", filter)
    name = name or "conv2d_transpose"
    return _transposed(2, value, filter, output_shape, strides, padding, data_format, dilations, name)


def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """`conv2d_transpose` for volumes.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv3d_transpose
    """
    value, filter = either("input", input, "value", value), either("filters", filters, "filter", filter)
    name = name or "conv3d_transpose"
    return _transposed(3, value, filter, output_shape, strides, padding, data_format, dilations, name)


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`conv2d_transpose` for sequences.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv1d_transpose
    """
    image_format = "NCHW" if channels_first(data_format) else "NHWC"
    row = 2 if image_format == "NCHW" else 1
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        value = node("ExpandDims", input, row)
        filters = node("ExpandDims", filters, 0)
        shape = node("ConcatV2", [output_shape[:row], [1], output_shape[row:]], 0, name="concat")
        strides = with_row(strides, image_format, "strides")
        dilations = with_row(1 if dilations is None else dilations, image_format, "dilations")
        result = _transposed(2, value, filters, shape, strides, padding, image_format, dilations, scope)
        return node("Squeeze", result, squeeze_dims=[row])


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`conv1d_transpose`, `conv2d_transpose` or `conv3d_transpose`, by the length of `output_shape`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv_transpose
    """
    length = output_shape.shape.num_elements() if isinstance(output_shape, Tensor) else len(output_shape)
    if length not in (3, 4, 5):
        raise ValueError(f"output_shape must be of length 3, 4 or 5, but its length is {length}.")
    name = name or "conv_transpose"
    if length == 3:
        return conv1d_transpose(input, filters, output_shape, strides, padding, data_format, dilations, name)
    return _transposed(length - 2, input, filters, output_shape, strides, padding, data_format, dilations, name)


def _transposed(
    count: int, value: Any, filter: Any, output_shape: Any, strides: Any, padding: str, data_format: str | None,
    dilations: Any, name: str,
) -> Tensor:  # fmt: skip
    data_format = format_of(count, data_format)
    return node(
        _TRANSPOSES[count], output_shape, filter, value,
        strides=whole_list(strides, count + 2, data_format, "strides"), padding=padding, data_format=data_format,
        dilations=whole_list(1 if dilations is None else dilations, count + 2, data_format, "dilations"),
        name=name,
    )  # fmt: skip


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """`conv2d_transpose` with a filter whose taps are `rate` pixels apart, at stride 1.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/atrous_conv2d_transpose
    """
    if rate < 1:
        raise ValueError(f"rate must be at least 1, but it is {rate}.")
    name = name or "atrous_conv2d_transpose"
    return _transposed(2, value, filters, output_shape, 1, padding, "NHWC", rate, name)


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The gradient of `conv2d` by its input, which had the shape `input_sizes`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv2d_backprop_input
    """
    padding, explicit_paddings = explicit(padding)
    return node(
        "Conv2DBackpropInput", input_sizes, either("filters", filters, "filter", filter), out_backprop,
        strides=strides, padding=padding, explicit_paddings=explicit_paddings, use_cudnn_on_gpu=use_cudnn_on_gpu,
        data_format=data_format, dilations=list(dilations), name=name,
    )  # fmt: skip


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `conv2d` by its filter, which had the shape `filter_sizes`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/conv2d_backprop_filter
    """
    padding, explicit_paddings = explicit(padding)
    return node(
        "Conv2DBackpropFilter", input, filter_sizes, out_backprop, strides=strides, padding=padding,
        explicit_paddings=explicit_paddings, use_cudnn_on_gpu=use_cudnn_on_gpu, data_format=data_format,
        dilations=list(dilations), name=name,
    )  # fmt: skip


@shape_rule(
    "Conv2DBackpropInput", "Conv3DBackpropInputV2", "DepthwiseConv2dNativeBackpropInput", shapes=["input_sizes"]
)
def _(sizes: TensorShape, filter: TensorShape, value: TensorShape, *, data_format: str) -> TensorShape:
    rank = len(data_format)
    batch = same_dim(with_rank(value, rank)[0], with_rank(sizes, rank)[0])
    return TensorShape.of((batch, *with_rank(sizes, rank)[1:]))


@shape_rule(
    "Conv2DBackpropFilter", "Conv3DBackpropFilterV2", "DepthwiseConv2dNativeBackpropFilter", shapes=["filter_sizes"]
)
def _(image: TensorShape, sizes: TensorShape, value: TensorShape, *, data_format: str) -> TensorShape:
    return TensorShape.of(with_rank(sizes, len(data_format)))
