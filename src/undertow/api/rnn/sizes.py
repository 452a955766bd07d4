"""The sizes of states and outputs: numbers, shapes, or nested structures of them, without the batch dimension."""

from __future__ import annotations

from typing import Any

from ...graph import nest
from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...ops.array import shape as shape_of
from ...ops.array import zeros
from ...ops.constant import constant
from ...ops.constant_value import constant_value
from ...ops.joining import concat, stack
from ...ops.node import node


def joined(prefix: Any, suffix: Any) -> Any:
    """The shape `prefix + suffix` as a tensor: each is a number, a shape or an int tensor.

    `ValueError` if a shape is not wholly known.
    """
    return concat([_part(prefix, "prefix"), _part(suffix, "suffix")], 0)


def _part(size: Any, what: str) -> Tensor:
    if isinstance(size, Tensor):
        return node("ExpandDims", size, 0) if size.shape.ndims == 0 else size
    shape = as_shape(size)
    if not shape.is_fully_defined():
        raise ValueError(f"The {what} of a shape must be wholly known or a tensor, got {shape}.")
    return constant(shape.as_list(), dtype="int32")


def static_joined(prefix: Any, suffix: Any) -> TensorShape:
    """What is known of that shape. It makes the constants that TensorFlow makes, so that names stay the same."""
    shapes = []
    for size in (prefix, suffix):
        if isinstance(size, Tensor):
            if size.shape.ndims == 0:
                node("ExpandDims", size, 0)
            value = constant_value(size)
            known = [None] * (size.shape.num_elements() or 0) if value is None else value.reshape(-1).tolist()
            shapes.append(TensorShape(known) if size.shape.ndims is not None else TensorShape(None))
            continue
        shape = as_shape(size)
        if shape.is_fully_defined():
            constant(shape.as_list(), dtype="int32")
        shapes.append(shape)
    return shapes[0].concatenate(shapes[1])


def as_shape(size: Any) -> TensorShape:
    """The shape of one element of a batch: a number is the size of a vector."""
    if isinstance(size, Tensor):
        return TensorShape(None)
    return TensorShape([size] if size is None or isinstance(size, int) or not hasattr(size, "__iter__") else size)


def zero_states(state_size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros for every part of a state: shape [batch_size, …]."""

    def one(size: Any) -> Tensor:
        result = zeros(joined(batch_size, size), dtype=dtype)
        result.set_shape(static_joined(batch_size, size))
        return result

    return nest.map_structure(one, state_size)


def zero_output(size: Any, batch_size: Any, dtype: Any) -> Tensor:
    """Zeros for one part of an output."""
    return zeros(stack(joined(batch_size, size)), dtype=dtype)


def batch_size_of(flat_input: list[Tensor]) -> Any:
    """The batch size of time-major inputs: a number if one of them tells, else a tensor.

    `ValueError` if an input is known to have less than two dimensions.
    """
    for tensor in flat_input:
        if tensor.shape.ndims is None:
            continue
        if tensor.shape.ndims < 2:
            raise ValueError(f"Expected input tensor {tensor.name} to have rank at least 2")
        size = tensor.shape.as_list()[1]
        if size is not None:
            return size
    return shape_of(flat_input[0])[1]


def dtype_of_state(dtype: Any, state: Any) -> Any:
    """`dtype`, else that of all the tensors of `state`. `ValueError` if there are none or they differ."""
    if dtype is not None:
        return dtype
    found = [part.dtype.base_dtype for part in nest.flatten(state)]
    if not found:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(other is not found[0] for other in found):
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single representative dtype."
        )
    return found[0]
