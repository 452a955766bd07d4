"""What a tensor's value is known to be before anything runs, for shape rules and for `tf.get_static_value`.

Ops whose value follows from their inputs' values are rows of a table, each a small NumPy function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape

_SIZE_LIMIT = 1 << 16  # a larger value than this never spells a shape; working it out would only cost


def constant_value(tensor: Tensor, partial: bool = False) -> np.ndarray | None:
    """The value of `tensor` as an array if it is known while the graph is built, else None.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/get_static_value
    """
    op = tensor.op
    if op.type == "Const":
        return op.attrs["value"]
    shape_function = FROM_SHAPE.get(op.type)
    if shape_function is not None:
        value = shape_function(op.inputs[0].shape)
        return None if value is None else np.asarray(value, dtype=tensor.dtype.as_numpy_dtype)
    function = FROM_VALUES.get(op.type)
    if function is None or (tensor.shape.num_elements() or 0) > _SIZE_LIMIT:
        return None
    values = [constant_value(t) for t in op.inputs]
    if op.type == "StridedSlice" and values[0] is None:
        values[0] = _partly_known(op.inputs[0])
    if any(v is None for v in values):
        return None
    result = function(op, *values)
    if op.type == "StridedSlice" and np.asarray(result).dtype == object and None in np.reshape(result, -1):
        return None
    return None if result is None else np.asarray(result, dtype=tensor.dtype.as_numpy_dtype)


def _size(shape: TensorShape) -> int | None:
    return shape.num_elements()


def _shape(shape: TensorShape) -> Any:
    return shape.as_list() if shape.is_fully_defined() else None


FROM_SHAPE: dict[str, Callable[[TensorShape], Any]] = {"Shape": _shape, "Size": _size, "Rank": lambda s: s.ndims}


def strided_slice_index(op: Operation, begin: Any, end: Any, strides: Any) -> tuple[Any, ...]:
    """The Python index that a StridedSlice op's masks and vectors spell."""
    index: list[Any] = []
    for i in range(len(begin)):
        bit = 1 << i
        if op.attrs["ellipsis_mask"] & bit:
            index.append(Ellipsis)
        elif op.attrs["new_axis_mask"] & bit:
            index.append(None)
        elif op.attrs["shrink_axis_mask"] & bit:
            index.append(int(begin[i]))
        else:
            start = None if op.attrs["begin_mask"] & bit else int(begin[i])
            stop = None if op.attrs["end_mask"] & bit else int(end[i])
            index.append(slice(start, stop, int(strides[i])))
    return tuple(index)


def _partly_known(vector: Tensor) -> np.ndarray | None:
    """A vector of ints, None where one is not known: a slice of it may be known all the same."""
    if vector.op.type not in _SPELLS_SHAPE or vector.shape.ndims != 1:
        return None
    dims = constant_value_as_shape(vector)._dims
    return None if dims is None else np.array(dims, dtype=object)


_SPELLS_SHAPE = ("Shape", "Pack", "ConcatV2", "Cast", "Identity", "StridedSlice")


def _strided_slice(op: Operation, value: Any, begin: Any, end: Any, strides: Any) -> Any:
    try:
        return value[strided_slice_index(op, begin, end, strides)]
    except IndexError:
        return None


def _gather(op: Operation, params: Any, indices: Any, axis: Any = 0) -> Any:
    try:
        return np.take(params, indices, axis=int(axis))
    except IndexError:
        return None


def _elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(_: Operation, *values: Any) -> Any:
        with np.errstate(all="ignore"):
            try:
                return function(*values)
            except ValueError:
                return None  # the shape rule tells what is wrong

    return apply


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(op: Operation, x: Any, axes: Any) -> Any:
        axis = tuple(axes.reshape(-1).tolist())
        return function(x, axis=axis, keepdims=op.attrs["keep_dims"]) if x.size else None

    return apply


FROM_VALUES: dict[str, Callable[..., Any]] = {
    "Identity": lambda op, x: None if op.control_inputs else x,  # a check that it waits for may fail
    "StopGradient": lambda op, x: x,
    "Pack": lambda op, *xs: np.stack(xs, axis=op.attrs["axis"]),
    "ConcatV2": lambda op, *xs: np.concatenate(xs[:-1], axis=int(xs[-1])),
    "Cast": lambda op, x: x if x.dtype == object else x.astype(op.attrs["DstT"].as_numpy_dtype),
    "Fill": lambda op, dims, value: np.full(dims, value),
    "Range": lambda op, start, limit, delta: np.arange(start, limit, delta) if delta else None,
    "Reshape": lambda op, x, dims: x.reshape(dims),
    "ExpandDims": lambda op, x, axis: np.expand_dims(x, int(axis)),
    "Squeeze": lambda op, x: np.squeeze(x, tuple(op.attrs["squeeze_dims"]) or None),
    "Slice": lambda op, x, begin, size: x[tuple(slice(b, None if n < 0 else b + n) for b, n in zip(begin, size))],
    "StridedSlice": _strided_slice,
    "GatherV2": _gather,
    "Gather": _gather,
    "Prod": lambda op, x, axes: np.prod(x, axis=tuple(axes.reshape(-1).tolist()), keepdims=op.attrs["keep_dims"]),
    "Sum": lambda op, x, axes: np.sum(x, axis=tuple(axes.reshape(-1).tolist()), keepdims=op.attrs["keep_dims"]),
    "Max": _extreme(np.max),
    "Min": _extreme(np.min),
    **{
        name: _elementwise(function)
        for name, function in {
            "Add": np.add, "AddV2": np.add, "Sub": np.subtract, "Mul": np.multiply, "FloorDiv": np.floor_divide,
            "Maximum": np.maximum, "Minimum": np.minimum, "FloorMod": np.mod, "Neg": np.negative,
            "Equal": np.equal, "NotEqual": np.not_equal, "Less": np.less, "LessEqual": np.less_equal,
            "Greater": np.greater, "GreaterEqual": np.greater_equal, "LogicalNot": np.logical_not,
            "LogicalAnd": np.logical_and, "LogicalOr": np.logical_or,
        }.items()
    },
}  # fmt: skip


SHAPE_ARITHMETIC = frozenset(FROM_SHAPE) | frozenset(FROM_VALUES)  # ops that do nothing but give a value


def constant_value_as_shape(tensor: Tensor) -> TensorShape:
    """The shape that a vector of ints spells, as far as it is known before it runs; -1 is an unknown dimension."""
    if tensor.shape.ndims not in (None, 1):
        raise ValueError(f"Shape must be rank 1 but is rank {tensor.shape.ndims}")
    known = tensor.shape.with_rank(1)
    value = constant_value(tensor)
    if value is not None:
        return TensorShape.of(None if d < 0 else d for d in value.tolist())
    op = tensor.op
    if op.type == "Shape":
        return op.inputs[0].shape
    if op.type in ("Identity", "Cast", "StopGradient"):
        return constant_value_as_shape(op.inputs[0])
    if op.type == "Pack" and op.attrs["axis"] in (0, -1):
        return TensorShape.of(_dim(constant_value(t)) for t in op.inputs)
    if op.type == "ConcatV2":
        result = TensorShape.of(())
        for part in op.inputs[:-1]:
            result = result.concatenate(constant_value_as_shape(part))
        return result
    if op.type == "StridedSlice":
        vectors = [constant_value(t) for t in op.inputs[1:]]
        plain = not (op.attrs["new_axis_mask"] or op.attrs["shrink_axis_mask"] or op.attrs["ellipsis_mask"])
        if plain and len(vectors[0] if vectors[0] is not None else ()) == 1 and all(v is not None for v in vectors):
            whole = constant_value_as_shape(op.inputs[0])
            if whole._dims is not None:
                return TensorShape.of(whole._dims[strided_slice_index(op, *vectors)[0]])
    length = known._dims[0] if known._dims is not None else None
    return TensorShape(None) if length is None else TensorShape.of((None,) * length)


def _dim(value: Any) -> int | None:
    return None if value is None or value < 0 else int(value)
