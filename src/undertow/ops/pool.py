"""Pooling: what each op is. `kernels/pool.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..graph.errors import UnimplementedError
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array
from .constant import constant
from .node import convert_to_tensor, node
from .rules import shape_rule, with_rank
from .shaping import stack
from .spelling import either
from .windows import channels_first, explicit, format_of, output_size, whole_list, windowed_shape


class MaxPoolWithArgmax(NamedTuple):
    """The maxima, and where in the flattened image each was found."""

    output: Tensor
    argmax: Tensor


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The maximum of each window of images `value` [N, H, W, C].

    `ksize` and `strides` are given for all four axes, for the two spatial ones, or as one number; `padding` is "SAME",
    "VALID", or a (before, after) pair for each axis.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/max_pool
    """
    return _pool2d("MaxPool", either("input", input, "value", value), ksize, strides, padding, data_format, name)


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The mean of each window of images `value` [N, H, W, C]; padding does not count.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/avg_pool
    """
    return _pool2d("AvgPool", either("input", input, "value", value), ksize, strides, padding, data_format, name)


avg_pool2d = avg_pool


def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NHWC", name: str | None = None
) -> Tensor:
    """`max_pool`, named MaxPool2d.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/max_pool2d
    """
    return _pool2d("MaxPool", input, ksize, strides, padding, data_format, name or "MaxPool2d")


def _pool2d(
    op_type: str, value: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None, name: str | None
) -> Tensor:
    data_format = data_format or "NHWC"
    attrs: dict[str, Any] = {"padding": padding}
    if op_type == "MaxPool":
        attrs["padding"], attrs["explicit_paddings"] = explicit(padding)
    return node(
        op_type, value, ksize=whole_list(ksize, 4, data_format, "ksize"),
        strides=whole_list(strides, 4, data_format, "strides"), data_format=data_format, name=name, **attrs,
    )  # fmt: skip


def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NWC", name: str | None = None
) -> Tensor:
    """The maximum of each window of sequences `input` [N, W, C].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/max_pool1d
    """
    return _pool1d("MaxPool", input, ksize, strides, padding, data_format, name or "MaxPool1d")


def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NWC", name: str | None = None
) -> Tensor:
    """The mean of each window of sequences `input` [N, W, C].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/avg_pool1d
    """
    return _pool1d("AvgPool", input, ksize, strides, padding, data_format, name or "AvgPool1D")


def _pool1d(
    op_type: str, input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None, name: str
) -> Tensor:
    first = channels_first(format_of(1, data_format))
    row = 2 if first else 1

    def with_row(value: Any, what: str) -> list[int]:
        one = whole_list(value, 3, data_format, what)
        return [*one[:row], 1, *one[row:]]

    with name_scope(name, None, [input]) as scope:
        pooled = node(
            op_type, node("ExpandDims", input, row), ksize=with_row(ksize, "ksize"),
            strides=with_row(strides, "strides"), padding=padding, data_format="NCHW" if first else "NHWC", name=scope,
        )  # fmt: skip
        return node("Squeeze", pooled, squeeze_dims=[row])


def max_pool3d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NDHWC", name: str | None = None
) -> Tensor:
    """The maximum of each window of volumes `input` [N, D, H, W, C].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/max_pool3d
    """
    return _pool3d("MaxPool3D", input, ksize, strides, padding, data_format, name)


def avg_pool3d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = "NDHWC", name: str | None = None
) -> Tensor:
    """The mean of each window of volumes `input` [N, D, H, W, C].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/avg_pool3d
    """
    return _pool3d("AvgPool3D", input, ksize, strides, padding, data_format, name)


def _pool3d(
    op_type: str, input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None, name: str | None
) -> Tensor:
    data_format = data_format or "NDHWC"
    return node(
        op_type, input, ksize=whole_list(ksize, 5, data_format, "ksize"),
        strides=whole_list(strides, 5, data_format, "strides"), padding=padding, data_format=data_format, name=name,
    )  # fmt: skip


def max_pool_v2(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """`max_pool1d`, `max_pool2d` or `max_pool3d`, by the rank of `input`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/max_pool_v2
    """
    return _by_rank((max_pool1d, max_pool, max_pool3d), input, ksize, strides, padding, data_format, name)


def avg_pool_v2(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """`avg_pool1d`, `avg_pool2d` or `avg_pool3d`, by the rank of `input`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/avg_pool_v2
    """
    return _by_rank((avg_pool1d, avg_pool, avg_pool3d), input, ksize, strides, padding, data_format, name)


def _by_rank(
    functions: Any, input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None, name: str | None
) -> Tensor:
    input = convert_to_tensor(input, name="input")
    rank = len(data_format) if data_format else input.shape.ndims
    if rank not in (3, 4, 5):
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5, but its shape is {input.shape}.")
    return functions[rank - 3](input, ksize, strides, padding, data_format or format_of(rank - 2, None), name)


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> MaxPoolWithArgmax:
    """The maximum of each window of images `input`, and where it was: ((n · H) + y) · W + x) · C + c, n only if asked.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/max_pool_with_argmax
    """
    if data_format != "NHWC":
        raise ValueError(f'data_format values other than "NHWC" are not supported, got {data_format!r}.')
    return node(
        "MaxPoolWithArgmax", input, ksize=ksize, strides=strides, padding=padding,
        Targmax=either("output_dtype", output_dtype, "Targmax", Targmax),
        include_batch_in_index=include_batch_in_index, name=name,
    )  # fmt: skip


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    padding: Any,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """The "MAX" or "AVG" of each window of a batch with 1, 2 or 3 spatial dimensions.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/pool
    """
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"pooling_type must be 'MAX' or 'AVG', got {pooling_type!r}.")
    rate = either("dilations", dilations, "dilation_rate", dilation_rate)
    input = convert_to_tensor(input, name="input")
    count = len(window_shape)
    if count not in (1, 2, 3) or input.shape.ndims not in (None, count + 2):
        raise ValueError(f"window_shape {window_shape} does not fit the input's rank {input.shape.ndims}.")
    functions = {
        "MAX": (max_pool1d, max_pool, max_pool3d),
        "AVG": (avg_pool1d, avg_pool, avg_pool3d),
    }[pooling_type]
    steps = [1] * count if strides is None else list(strides)
    data_format = format_of(count, data_format)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        arguments = list(window_shape), steps, padding, data_format, scope
        if rate is None or all(int(r) == 1 for r in rate):
            return functions[count - 1](input, *arguments)
        if padding == "SAME":
            raise ValueError(f"pooling with 'SAME' padding is not implemented for `dilation_rate` > 1: {rate}")
        if any(s > 1 for s in steps):
            raise ValueError(f"`strides > 1` not supported in conjunction with `dilation_rate > 1`: {steps}, {rate}")
        if channels_first(data_format):
            raise UnimplementedError(None, None, f"tf.nn.pool with dilation_rate and {data_format} is not implemented.")
        return _dilated(functions[count - 1], input, [int(r) for r in rate], arguments)


def _dilated(function: Any, input: Tensor, rate: list[int], arguments: Any) -> Tensor:
    """Pool with windows whose elements are `rate` apart: those elements are neighbours once space went to the batch."""
    missing = (-array.shape(input)[1:-1]) % constant(rate, "int32")  # rows that make the image a multiple of `rate`
    ends = stack([array.zeros_like(missing), missing], axis=1)
    near = node("SpaceToBatchND", input, rate, ends)
    return node("BatchToSpaceND", function(near, *arguments), rate, ends)


@shape_rule("AvgPool", "AvgPool3D", "MaxPool3D")
def _(value: TensorShape, *, ksize: Any, strides: Any, padding: str, data_format: str) -> TensorShape:
    return _pooled(value, ksize, strides, padding, data_format)


@shape_rule("MaxPool")
def _(
    value: TensorShape, *, ksize: Any, strides: Any, padding: str, explicit_paddings: Any, data_format: str
) -> TensorShape:
    return _pooled(value, ksize, strides, padding, data_format, explicit_paddings)


@shape_rule("MaxPoolWithArgmax")
def _(value: TensorShape, *, ksize: Any, strides: Any, padding: str) -> TensorShape:
    return _pooled(value, ksize, strides, padding, "NHWC")


def _pooled(
    value: TensorShape, ksize: Any, strides: Any, padding: str, data_format: str, explicit_paddings: Any = ()
) -> TensorShape:
    rank = len(data_format)
    for what, attr in (("ksize", ksize), ("strides", strides)):
        if len(attr) != rank:
            raise ValueError(f"Pooling requires the {what} attribute to contain {rank} values, but got: {len(attr)}")
        if min(attr) < 1:
            raise ValueError(f"Pooling requires the {what} attribute to be positive, but got: {list(attr)}")
    channel = 1 if channels_first(data_format) else rank - 1
    first = 2 if channel == 1 else 1
    depth = output_size(with_rank(value, rank)[channel], ksize[channel], strides[channel], padding)
    return windowed_shape(
        value, rank, lambda i: ksize[first + i], strides, padding, data_format, depth,
        explicit_paddings=explicit_paddings,
    )  # fmt: skip
