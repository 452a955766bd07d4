"""`tf.IndexedSlices`: some rows of a large tensor, the form in which the gradient of a gather comes.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/IndexedSlices
"""

from __future__ import annotations

import collections
import collections.abc
from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape
from .constant_value import constant_value_as_shape
from .node import convert_to_tensor, node, register_tensor_conversion_function

IndexedSlicesValue = collections.namedtuple("IndexedSlicesValue", ["values", "indices", "dense_shape"])


class IndexedSlices:
    """Rows `indices` [n] of a tensor of shape `dense_shape` are `values` [n, …]; where a row comes twice they add up.

    All other rows are zero. `dense_shape` may be None: then it cannot be made a dense tensor.
    """

    def __init__(self, values: Tensor, indices: Tensor, dense_shape: Tensor | None = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Tensor:
        return self._values

    @property
    def indices(self) -> Tensor:
        return self._indices

    @property
    def dense_shape(self) -> Tensor | None:
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """What is known of the dense tensor's shape."""
        return TensorShape(None) if self._dense_shape is None else constant_value_as_shape(self._dense_shape)

    @property
    def name(self) -> str:
        return self._values.name

    @property
    def op(self) -> Operation:
        return self._values.op

    @property
    def device(self) -> str:
        return self._values.device

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def graph(self) -> Any:
        return self._values.graph

    def consumers(self) -> list[Operation]:
        """The operations that read the values, the indices or the shape."""
        return list(dict.fromkeys(op for tensor in self._fetch_components() for op in tensor.consumers()))

    def _fetch_components(self) -> list[Tensor]:
        return [t for t in (self._values, self._indices, self._dense_shape) if t is not None]

    def _fetch_value(self, values: list[Any]) -> IndexedSlicesValue:
        return IndexedSlicesValue(values[0], values[1], values[2] if self._dense_shape is not None else None)

    def _loop_components(self) -> list[Tensor]:
        return self._fetch_components()

    def _loop_value(self, tensors: list[Tensor]) -> IndexedSlices:
        return IndexedSlices(*tensors)

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(node("Neg", self._values), self._indices, self._dense_shape)

    def __str__(self) -> str:
        dense = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{dense})"


def _to_dense(value: IndexedSlices, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    if dtype is not None and not value.dtype.is_compatible_with(dtypes.as_dtype(dtype)):
        raise ValueError(
            f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for IndexedSlices with dtype "
            f"{value.dtype.name}: {value}"
        )
    if value.dense_shape is None:
        raise ValueError(f"Tensor conversion requested for IndexedSlices without dense_shape: {value}")
    dense = node("UnsortedSegmentSum", value.values, value.indices, value.dense_shape[0], name=name)
    dense.set_shape(value.shape)
    return dense


register_tensor_conversion_function(IndexedSlices, _to_dense)


def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` itself if it is IndexedSlices (of `dtype`, else `ValueError`), else a tensor of it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/convert_to_tensor_or_indexed_slices
    """
    return internal_convert_to_tensor_or_indexed_slices(value, dtype, name)


def internal_convert_to_tensor_or_indexed_slices(
    value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Any:
    """The same; with `as_ref` a variable gives its reference."""
    if isinstance(value, IndexedSlices):
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for Tensor with dtype "
                f"{value.dtype.name}: {value}"
            )
        return value
    if as_ref and hasattr(value, "_ref"):
        return value._ref()
    return convert_to_tensor(value, dtype, name)


def convert_n_to_tensor(
    values: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None
) -> list[Tensor]:
    """Each of `values` as a tensor; `TypeError` if it is no sequence."""
    if not isinstance(values, collections.abc.Sequence):
        raise TypeError("values must be a sequence.")
    return [convert_to_tensor(value, dtype, name and f"{name}_{i}", preferred_dtype) for i, value in enumerate(values)]


def convert_n_to_tensor_or_indexed_slices(values: Any, dtype: Any = None, name: str | None = None) -> list[Any]:
    """Each of `values` converted, None kept; `TypeError` if it is no sequence."""
    if not isinstance(values, collections.abc.Sequence):
        raise TypeError("values must be a sequence.")
    return [
        None if value is None else convert_to_tensor_or_indexed_slices(value, dtype, name and f"{name}_{i}")
        for i, value in enumerate(values)
    ]
