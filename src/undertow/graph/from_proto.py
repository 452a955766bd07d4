"""TensorFlow's protobufs as Python values: attrs of nodes, and the tensors in them.

Sizes are checked before they are believed: a protobuf may come from a stranger's file.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

from .dtypes import as_dtype
from .function import FunctionName
from .shape import TensorShape

VALUE_FIELDS = {  # where a TensorProto keeps elements of a dtype when it does not keep them as bytes
    "float32": "float_val", "float64": "double_val", "int32": "int_val", "uint8": "int_val", "int16": "int_val",
    "int8": "int_val", "uint16": "int_val", "string": "string_val", "int64": "int64_val", "bool": "bool_val",
    "uint32": "uint32_val", "uint64": "uint64_val", "float16": "half_val", "bfloat16": "half_val",
    "complex64": "scomplex_val", "complex128": "dcomplex_val", "qint8": "int_val", "quint8": "int_val",
    "qint32": "int_val", "qint16": "int_val", "quint16": "int_val",
}  # fmt: skip
_MOST_FILLED = 1 << 28  # elements that one repeated value may stand for


def make_ndarray(tensor: Any) -> np.ndarray:
    """The array that a TensorProto holds; its last value fills what is missing.

    `TypeError` for dtypes that NumPy does not hold, `ValueError` if there are more or fewer bytes than its shape says.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/make_ndarray
    """
    array = array_of(tensor)
    return array if array.flags.writeable else array.copy()


def array_of(tensor: Any) -> np.ndarray:
    """As `make_ndarray`; what is one value many times over is held once, and is not to be written to."""
    dtype = as_dtype(tensor.dtype)
    shape = [d.size for d in tensor.tensor_shape.dim]
    if tensor.tensor_shape.unknown_rank or any(d < 0 for d in shape):
        raise ValueError("A TensorProto's shape has to be wholly known.")
    size = 1
    for d in shape:
        size *= d
    if tensor.tensor_content:
        wanted = size * np.dtype(dtype.as_numpy_dtype).itemsize
        if dtype.name == "string" or len(tensor.tensor_content) != wanted:
            raise ValueError(
                f"A TensorProto of {dtype.name} {shape} holds {len(tensor.tensor_content)} bytes, not {wanted}."
            )
        return np.frombuffer(tensor.tensor_content, dtype=dtype.as_numpy_dtype).copy().reshape(shape)
    field = VALUE_FIELDS.get(dtype.name)
    if field is None:
        raise TypeError(f"Unsupported tensor type: {dtype.name}")
    values = _elements(dtype, list(getattr(tensor, field)))
    if len(values) > size or (size > len(values) and size > _MOST_FILLED):
        raise ValueError(f"A TensorProto of {dtype.name} {shape} holds {len(values)} values.")
    if len(values) < size:
        missing = values[-1:] if len(values) else np.zeros(1, values.dtype)
        if values.dtype == object and not len(values):
            missing = np.array([b""], dtype=object)
        if len(values) < 2:
            return np.broadcast_to(missing[0], shape) if size > 1 else missing[:size].copy().reshape(shape)
        values = np.concatenate([values, np.repeat(missing, size - len(values))])
    return values.reshape(shape)


def _elements(dtype: Any, items: list[Any]) -> np.ndarray:
    if dtype.name == "string":
        array = np.empty(len(items), dtype=object)
        array[:] = items
        return array
    if dtype.name in ("float16", "bfloat16"):
        return np.array(items, dtype=np.uint16).view(ml_dtypes.bfloat16 if dtype.name == "bfloat16" else np.float16)
    if dtype.is_complex:
        pairs = np.array(items, dtype=np.float64).reshape(-1, 2)
        return (pairs[:, 0] + 1j * pairs[:, 1]).astype(dtype.as_numpy_dtype)
    return np.array(items).astype(dtype.as_numpy_dtype)


def attr(value: Any) -> Any:
    """An AttrValue as the Python value that `Operation.attrs` keeps."""
    field = value.WhichOneof("value")
    if field is None:
        return None
    content = getattr(value, field)
    if field == "list":
        filled = content.ListFields()
        return [_single(filled[0][0].name, item) for item in filled[0][1]] if filled else []
    return _single(field, content)


def _single(field: str, content: Any) -> Any:
    if field == "type":
        return as_dtype(content)
    if field == "shape":
        return TensorShape(content)
    if field == "tensor":
        return array_of(content)
    if field == "func":
        return FunctionName(content.name)
    return content
