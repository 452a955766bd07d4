"""What `padded_batch` is told: shapes to pad to, and what to pad with."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...ops.constant_value import constant_value_as_shape
from ...ops.node import convert_to_tensor
from .structure import flatten, map_structure


def padded_shapes_of(padded_shapes: Any, element_spec: Any) -> list[Tensor]:
    """The shapes as int64 vectors, -1 where the largest size is to be taken.

    Raises:
      TypeError: one is no shape.
      ValueError: one is of another rank than its component, or smaller.
    """

    def one(spec: Any, padded: Any) -> Tensor:
        if isinstance(padded, Tensor):
            vector = convert_to_tensor(padded, dtype=dtypes.int64)
        else:
            if not isinstance(padded, TensorShape):
                try:
                    padded = TensorShape([None if d is None or d == -1 else d for d in padded])
                except TypeError:
                    raise TypeError(f"Padded shape {padded} must be a shape: a list of ints and None.") from None
            vector = convert_to_tensor(np.array([-1 if d is None else d for d in padded.as_list()], np.int64))
        known = constant_value_as_shape(vector)
        if known.ndims is not None and spec.shape.ndims is not None:
            smaller = known.ndims != spec.shape.ndims or any(
                p is not None and s is not None and p < s for p, s in zip(known.as_list(), spec.shape.as_list())
            )
            if smaller:
                raise ValueError(f"The padded shape {known} is not compatible with the component shape {spec.shape}.")
        return vector

    return flatten(map_structure(one, element_spec, padded_shapes))


def padding_values_of(padding_values: Any, element_spec: Any) -> list[Tensor]:
    """The values as scalars; zeros and empty strings by default. `TypeError` for a value of another dtype."""

    def one(spec: Any, value: Any) -> Tensor:
        if value is None:
            value = "" if spec.dtype is dtypes.string else np.zeros((), spec.dtype.as_numpy_dtype)
        tensor = convert_to_tensor(value, name="padding_value")
        if not tensor.dtype.is_compatible_with(spec.dtype):
            tensor = convert_to_tensor(value, dtype=spec.dtype, name="padding_value")
        if tensor.shape.ndims not in (None, 0):
            raise ValueError(f"Padding value should be a scalar, but is not: {value}.")
        return tensor

    if padding_values is None:
        return [one(spec, None) for spec in flatten(element_spec)]
    return flatten(map_structure(one, element_spec, padding_values))


def shape_of_padding(vector: Tensor) -> TensorShape:
    """The shape that a padded component has as far as it is known."""
    return constant_value_as_shape(vector)
