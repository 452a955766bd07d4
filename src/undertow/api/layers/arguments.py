"""The arguments that layers share: windows, data formats, paddings, and functions given by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Programs take these from tensorflow.python.layers.utils, whose part this module plays.
from ...ops.cond import smart_cond as smart_cond
from ...ops.cond import smart_constant_value as constant_value  # noqa: F401
from .. import initializers


def normalize_tuple(value: Any, n: int, name: str) -> tuple[int, ...]:
    """`value`, an int or `n` ints, as a tuple of `n`; `ValueError` naming the argument for anything else."""
    if isinstance(value, int):
        return (value,) * n
    try:
        values = tuple(value)
    except TypeError:
        values = ()
    message = f"The `{name}` argument must be a tuple of {n} integers. Received: {value}"
    if len(values) != n:
        raise ValueError(message)
    for single in values:
        try:
            int(single)
        except (TypeError, ValueError):
            raise ValueError(f"{message} including element {single} of type {type(single)}") from None
    return tuple(int(v) for v in values)


def normalize_data_format(value: Any) -> str:
    """`channels_first` or `channels_last`, whatever the letters' case."""
    data_format = str(value).lower()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f'The `data_format` argument must be one of "channels_first", "channels_last". Received: {value}'
        )
    return data_format


def normalize_padding(value: Any, allowed: tuple[str, ...] = ("valid", "same")) -> str:
    """`valid` or `same` (or what else is `allowed`), whatever the letters' case."""
    padding = str(value).lower()
    if padding not in allowed:
        raise ValueError(f"The `padding` argument must be one of {', '.join(map(repr, allowed))}. Received: {value}")
    return padding


def convert_data_format(data_format: str, ndim: int) -> str:
    """The ops' spelling (`NHWC`, `NCDHW` …) of a layer's data format for inputs of rank `ndim`."""
    spatial = {3: "W", 4: "HW", 5: "DHW"}
    if ndim not in spatial:
        raise ValueError(f"Input rank not supported: {ndim}")
    return f"NC{spatial[ndim]}" if data_format == "channels_first" else f"N{spatial[ndim]}C"


def conv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> int | None:
    """How many windows fit in `input_length` (None if that is not known) with valid, same, causal or full padding."""
    if input_length is None:
        return None
    reach = (filter_size - 1) * dilation
    outside = {"valid": -reach, "full": reach}.get(padding, 0)
    return (input_length + outside + stride - 1) // stride


def conv_input_length(output_length: int | None, filter_size: int, padding: str, stride: int) -> int | None:
    """Of what length `output_length` windows are."""
    if output_length is None:
        return None
    padded = {"same": filter_size // 2, "full": filter_size - 1}.get(padding, 0)
    return (output_length - 1) * stride - 2 * padded + filter_size


def deconv_output_length(input_length: Any, filter_size: int, padding: str, stride: int) -> Any:
    """The length of which a convolution makes `input_length` (an int, a tensor, or None)."""
    if input_length is None:
        return None
    length = input_length * stride
    if padding == "full":
        return length - (stride + filter_size - 2)
    return length + max(filter_size - stride, 0) if padding == "valid" else length


def activation(value: Any) -> Callable[[Any], Any] | None:
    """An activation function, or the one in `tf.nn` of that name; `ValueError` for an unknown name."""
    if not isinstance(value, str):
        return value
    from .. import nn

    if value == "linear":
        return None
    if not hasattr(nn, value):
        raise ValueError(f"Unknown activation function: {value}")
    return getattr(nn, value)


def initializer(value: Any) -> Any:
    """An initializer, or the one in `tf.initializers` of that name; `ValueError` for an unknown name."""
    if not isinstance(value, str):
        return value
    if not hasattr(initializers, value):
        raise ValueError(f"Unknown initializer: {value}")
    return getattr(initializers, value)()
