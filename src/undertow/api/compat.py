"""`tf.compat`: text and bytes, kinds of numbers, and `tf.compat.v1`, which is `tf` itself.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/compat
"""

from __future__ import annotations

import contextlib
import datetime
import numbers
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..graph.shape import Dimension, TensorShape
from ..graph.shape import dimension_value as dimension_value

integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)
bytes_or_text_types = (bytes, str)

_horizon = [datetime.date(2019, 10, 14)]  # the day of TensorFlow 1.15


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Text encoded; bytes as they are.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes decoded; text as it is.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def as_str_any(value: Any) -> str:
    """Bytes decoded; anything else as `str` gives it."""
    return as_str(value) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """A path object as text; anything else as it is."""
    return as_str_any(os.fspath(path)) if hasattr(path, "__fspath__") else path


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Whether TensorFlow 1.15 may write graphs that only a TensorFlow of that day or later can read."""
    return _horizon[-1] > datetime.date(year, month, day)


@contextlib.contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """Set the day that `forward_compatible` compares with."""
    _horizon.append(datetime.date(year, month, day))
    try:
        yield
    finally:
        _horizon.pop()


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """The dimension of a shape at a place, unknown if the rank is."""
    return Dimension(None) if shape.dims is None else shape.dims[index]


def __getattr__(name: str) -> Any:
    if name == "v1":
        import undertow

        return undertow
    raise AttributeError(f"tf.compat.{name} is not built in Undertow", name=name)
