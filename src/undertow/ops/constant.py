"""`tf.constant`: Python and NumPy values as nodes, and the value of a tensor that is known before it runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.shape import Dimension, TensorShape
from .rules import shape_rule


def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str | None = "Const", verify_shape: bool = False
) -> Tensor:
    """A tensor of a fixed value.

    `value` is a number, string, (nested) list or array; with `shape` it is repeated to fill it (its last element
    fills the rest, unless `verify_shape`). `TypeError` if it cannot be of `dtype`, `ValueError` if it does not fit.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/constant
    """
    dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    array = as_array(value, dtype)
    if shape is not None:
        array = _filled(array, TensorShape(shape), verify_shape)
    return const_node(array, dtype or dtypes.as_dtype(array.dtype), name or "Const")


def exact_constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = "Const") -> Tensor:
    """`constant` that fills a shape only with one element: TensorFlow 2's, which `constant_op.constant` is.

    `TypeError` if there are other elements than `shape` has.
    """
    if shape is not None:
        array = as_array(value, None if dtype is None else dtypes.as_dtype(dtype).base_dtype)
        dims = TensorShape(shape).as_list()
        if array.size not in (1, TensorShape(shape).num_elements()):
            raise TypeError(f"Expected Tensor's shape: {tuple(dims)}, got {array.shape}.")
    return constant(value, dtype, shape, name)


def make_tensor_proto(
    values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False, allow_broadcast: bool = False
) -> Any:
    """A TensorProto of values, which are taken as `constant` takes them; one that is given comes back.

    `allow_broadcast` lets one value fill the shape, which it does anyway.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/make_tensor_proto
    """
    from ..graph.proto import TensorProto, tensor_proto  # here: protobuf is slow to load

    if allow_broadcast and verify_shape:
        raise ValueError("allow_broadcast and verify_shape are not both allowed.")
    if isinstance(values, TensorProto):
        return values
    dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    array = as_array(values, dtype)
    if shape is not None:
        array = _filled(array, TensorShape(shape), verify_shape)
    return tensor_proto(array, dtype, typed=True)


@shape_rule("Const")
def _(*, value: np.ndarray) -> TensorShape:  # of an imported one: those made here know their shape
    return TensorShape.of(value.shape)


def const_node(array: np.ndarray, dtype: DType, name: str) -> Tensor:
    """A Const node for an array that is already of the right type."""
    graph = stacks.get_default_graph()
    attrs = {"value": array, "dtype": dtype}
    return graph.add_op("Const", (), name, attrs, [(dtype, TensorShape.of(array.shape))]).outputs[0]


def _filled(array: np.ndarray, shape: TensorShape, verify_shape: bool) -> np.ndarray:
    dims = shape.as_list()
    if verify_shape and list(array.shape) != dims:
        raise TypeError(f"Expected Tensor's shape: {tuple(dims)}, got {array.shape}.")
    size = shape.num_elements() or 0
    if array.size > max(size, 1):
        raise ValueError(f"Too many elements provided. Needed at most {size}, but received {array.size}")
    if array.size == size:
        return array.reshape(dims)
    if array.size == 0:
        raise ValueError(f"An empty value cannot fill the shape {tuple(dims)}.")
    flat = np.full(size, array.reshape(-1)[-1], dtype=array.dtype)
    flat[: array.size] = array.reshape(-1)
    return flat.reshape(dims)


def as_array(value: Any, dtype: DType | None = None) -> np.ndarray:
    """`value` as an array, typed as TensorFlow types it: Python ints are int32, Python floats float32.

    `ValueError` for None, `TypeError` for what is not of `dtype` or of no dtype at all.
    """
    if value is None:
        raise ValueError("None values not supported.")
    if isinstance(value, (np.ndarray, np.generic)):
        return _from_numpy(np.asarray(value), dtype)
    if isinstance(value, TensorShape):
        if not value.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {value}")
        value = value.as_list()
        large = max(value, default=0)
        if dtype == dtypes.int32 and large > 2**31 - 1:
            raise ValueError(f"Cannot convert a TensorShape to dtype int32; a dimension is too large ({large})")
        dtype = dtype or (dtypes.int64 if large > 2**31 - 1 else dtypes.int32)
    if dtype is not None:
        _check_elements(value, dtype)
    try:
        array = np.array(value)
    except ValueError as error:
        if "inhomogeneous" in str(error):
            raise _not_dense(value) from None
        raise
    if array.dtype.kind in "SU":  # NumPy's own strings lose their trailing NULs
        array = np.array(value, dtype=object)
    if array.dtype == object:
        array = _from_objects(value, array)
    if dtype is None:
        dtype = _python_dtype(array)
    return _from_numpy(array, dtype)


def _from_objects(value: Any, array: np.ndarray) -> np.ndarray:
    """Strings stay; Dimensions and whatever else is a number become one."""
    flat = array.reshape(-1)
    for i, item in enumerate(flat):
        if isinstance(item, Dimension):
            if item.value is None:
                raise TypeError(
                    f"Failed to convert object of type {type(value)} to Tensor: a dimension of it is not known."
                )
            flat[i] = item.value
    if all(isinstance(item, (str, bytes)) for item in flat):
        return array
    if any(isinstance(item, (list, tuple)) for item in flat):
        raise _not_dense(value)
    try:
        found = np.array(flat.tolist()).reshape(array.shape)
    except ValueError:
        found = array
    if found.dtype == object and not any(isinstance(item, (str, bytes)) for item in flat):
        raise TypeError(
            f"Failed to convert object of type {type(value)} to Tensor. Contents: {value}. Consider casting elements "
            "to a supported type."
        )
    return found


def _not_dense(value: Any) -> ValueError:
    """The error for lists that differ in length."""
    wanted, inner = [], value
    while isinstance(inner, (list, tuple)) and len(inner):
        wanted.append(len(inner))
        inner = inner[0]
    return ValueError(f"Argument must be a dense tensor: {value} - got shape {wanted[:1]}, but wanted {wanted}.")


def _python_dtype(array: np.ndarray) -> DType:
    if array.dtype == np.float64:
        return dtypes.float32
    if array.dtype == np.int64 and (array.size == 0 or -(2**31) <= array.min() <= array.max() < 2**31):
        return dtypes.int32
    return dtypes.as_dtype(array.dtype)


def _from_numpy(array: np.ndarray, dtype: DType | None) -> np.ndarray:
    if dtype is None:
        dtype = dtypes.as_dtype(array.dtype)
    if dtype.name == "string":
        return _as_bytes(array)
    if array.dtype.kind in "SU" or (array.dtype == object and array.size and isinstance(array.flat[0], (str, bytes))):
        raise TypeError(f"Expected {dtype.name}, got {array.flat[0] if array.size else array!r} of type 'str' instead.")
    return array.astype(dtype.as_numpy_dtype)  # a copy: the program may change its array later


def _as_bytes(array: np.ndarray) -> np.ndarray:
    out = np.empty(array.shape, dtype=object)
    for i, item in enumerate(array.reshape(-1).tolist()):
        if not isinstance(item, (str, bytes)):
            raise TypeError(f"Expected string, got {item!r} of type {type(item).__name__!r} instead.")
        out.reshape(-1)[i] = item.encode() if isinstance(item, str) else item
    return out


_ACCEPTED = {  # what a Python element may be to become a tensor of that kind
    "float": (int, float, np.integer, np.floating),
    "integer": (int, np.integer),
    "complex": (int, float, complex, np.number),
    "bool": (bool, np.bool_),
    "string": (str, bytes),
}


def _check_elements(value: Any, dtype: DType) -> None:
    if isinstance(value, (list, tuple)):
        for item in value:
            _check_elements(item, dtype)
        return
    if isinstance(value, (np.ndarray, Dimension)) or hasattr(value, "__array__"):
        return
    kind = (
        "float" if dtype.is_floating
        else "integer" if dtype.is_integer or dtype.is_quantized
        else "complex" if dtype.is_complex
        else dtype.name
    )  # fmt: skip
    accepted = _ACCEPTED.get(kind, ())
    if not isinstance(value, accepted) or (kind != "bool" and isinstance(value, (bool, np.bool_))):
        raise TypeError(f"Expected {dtype.name}, got {value!r} of type {type(value).__name__!r} instead.")
