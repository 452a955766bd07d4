"""Tensors as strings that hold a TensorProto each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from ..formats.varint import read_varint
from ..graph.dtypes import DType, as_dtype
from ..graph.from_proto import make_ndarray
from ..graph.proto import TensorProto, tensor_proto
from .registry import invalid, kernel
from .values import to_numpy, to_torch

_STRING = 7  # DT_STRING


def serialized(tensor: Any, dtype: DType | None = None) -> bytes:
    """A tensor, or an array of strings, as a serialized TensorProto."""
    return tensor_proto(to_numpy(tensor, copy=False), dtype).SerializeToString()


def parsed(data: bytes) -> Any:
    """The tensor of a serialized TensorProto. `ValueError` if it is none."""
    try:
        proto = TensorProto.FromString(data)
        if proto.dtype == _STRING and proto.tensor_content:
            return _strings(proto.tensor_content, [d.size for d in proto.tensor_shape.dim])
        return to_torch(make_ndarray(proto))
    except (DecodeError, TypeError) as error:
        raise ValueError(str(error)) from None


def _strings(content: bytes, shape: list[int]) -> np.ndarray:
    """Strings as bytes hold them: all their lengths, then all of them."""
    count = math.prod(shape)
    if not 0 <= count <= len(content):
        raise ValueError(f"{len(content)} bytes cannot hold {count} strings")
    lengths, place = [], 0
    for _ in range(count):
        length, place = read_varint(content, place, len(content))
        lengths.append(length)
    if sum(lengths) != len(content) - place:
        raise ValueError(f"{len(content) - place} bytes are not those of strings of {sum(lengths)}")
    result = np.empty(count, dtype=object)
    for i, length in enumerate(lengths):
        result[i] = content[place : place + length]
        place += length
    return result.reshape(shape)


@kernel("SerializeTensor", context=True, on_host=True)
def serialize_tensor(context: Any, tensor: Any) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = serialized(tensor, context.op.attrs["T"])
    return result


@kernel("ParseTensor", context=True, on_host=True)
def parse_tensor(context: Any, serialized: np.ndarray) -> Any:
    wanted, data = context.op.attrs["out_type"], bytes(serialized[()])
    try:
        found = as_dtype(TensorProto.FromString(data).dtype)
        tensor = parsed(data)
    except (DecodeError, TypeError, ValueError):
        raise invalid(f"Could not parse `serialized` as TensorProto: {data[:100]!r}") from None
    if found != wanted:
        raise invalid(f"Type mismatch between parsed tensor ({found.name}) and dtype ({wanted.name})")
    return tensor
