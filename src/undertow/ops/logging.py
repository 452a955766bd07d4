"""Telling what runs: Print, print, and the strings they make. `kernels/logging.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/print and …/tf/Print
"""

from __future__ import annotations

import os
import sys
from typing import Any

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule


def Print(
    input_: Any,
    data: Any,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """`input_`; where it runs, `message` and the first `summarize` (3) elements of each of `data` go to stderr.

    Only the first `first_n` times, if that is told.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Print
    """
    return node("Print", input_, data, message=message, first_n=first_n, summarize=summarize, name=name)


@shape_rule("Print")
def _(input: TensorShape, data: list[TensorShape]) -> TensorShape:
    return input


shape_rule("StringFormat")(rules.scalar)


@shape_rule("PrintV2")
def _(input: TensorShape) -> list[TensorShape]:
    return []


def format(template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None) -> Tensor:
    """`template` with each `placeholder` replaced by a tensor, as a scalar string: `tf.strings.format`.

    `ValueError` if there are not as many placeholders as tensors.
    """
    tensors = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if template.count(placeholder) != len(tensors):
        count = template.count(placeholder)
        raise ValueError(
            f"{count} placeholder(s) in template does not match {len(tensors)} tensor(s) provided as input"
        )
    return node("StringFormat", tensors, template=template, placeholder=placeholder, summarize=summarize, name=name)


_LEVELS = ("info", "warning", "error")


def _stream_name(stream: Any) -> str:
    """What PrintV2 calls an output stream; `ValueError` for one that it does not know."""
    if isinstance(stream, str):
        if stream.startswith("file://"):
            return stream
    elif stream is sys.stdout or stream is sys.__stdout__:
        return "stdout"
    elif stream is sys.stderr or stream is sys.__stderr__:
        return "stderr"
    elif getattr(stream, "__name__", None) in (*_LEVELS, "warn"):
        return f"log({'warning' if stream.__name__ == 'warn' else stream.__name__})"
    raise ValueError(f"Unsupported output stream, logging level, or file.{stream}")


def print(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation that prints `inputs`, tensors and whatever else, as Python's print does.

    Keywords: `output_stream` (sys.stderr), `summarize` (3 elements at each end of every dimension; -1 for all),
    `sep` (" "), `end` (a new line), `name`. `ValueError` for another, or for a stream that is not known.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/print
    """
    stream = kwargs.pop("output_stream", sys.stderr)
    summarize = kwargs.pop("summarize", 3)
    sep, end = kwargs.pop("sep", " "), kwargs.pop("end", os.linesep)
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    where = _stream_name(stream)
    summarize = 3 if summarize is None else summarize
    if len(inputs) == 1 and isinstance(inputs[0], Tensor) and _is_text(inputs[0]):
        text = inputs[0]
    else:
        placeholder, number = "{}", 0
        while any(placeholder in str(value) for value in inputs):  # a text may hold braces of its own
            placeholder, number = f"{{{number}}}", number + 1
        tensors: list[Tensor] = []
        template = sep.join(_spelled(value, tensors, placeholder, top=True) for value in inputs)
        text = format(template, tensors, placeholder=placeholder, summarize=summarize)
    return node("PrintV2", convert_to_tensor(text), output_stream=where, end=end, name=name)


def _is_text(tensor: Tensor) -> bool:
    return tensor.dtype.base_dtype == dtypes.string and tensor.shape.ndims == 0


def _spelled(value: Any, tensors: list[Tensor], placeholder: str, top: bool = False) -> str:
    """`value` as Python prints it, each tensor in it as a placeholder, the tensors gathered in `tensors`."""

    def inside(values: Any) -> str:
        return ", ".join(_spelled(v, tensors, placeholder) for v in values)

    if isinstance(value, Tensor) or hasattr(value, "_dense_var_to_tensor"):
        tensors.append(convert_to_tensor(value))
        return placeholder
    if hasattr(value, "dense_shape") and hasattr(value, "indices"):
        tensors += [value.indices, value.values, value.dense_shape]
        return f"'SparseTensor(indices={placeholder}, values={placeholder}, shape={placeholder})'"
    if isinstance(value, dict):
        pairs = (f"{key!r}: {inside([value[key]])}" for key in sorted(value))
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{inside(value)}]"
    if isinstance(value, tuple):
        return f"({inside(value)},)" if len(value) == 1 else f"({inside(value)})"
    return str(value) if top else repr(value)
