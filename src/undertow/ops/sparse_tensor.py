"""`tf.SparseTensor`: a tensor of which few elements are not zero, told by their places.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/SparseTensor
"""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .array import placeholder, placeholder_with_default
from .constant_value import constant_value_as_shape
from .math import cast
from .node import convert_to_tensor, node

SparseTensorValue = collections.namedtuple("SparseTensorValue", ["indices", "values", "dense_shape"])


class SparseTensor:
    """Element `indices[i]` of a tensor of shape `dense_shape` is `values[i]`; all others are zero.

    `indices`: [n, rank] of int64, `values`: [n], `dense_shape`: [rank] of int64. Most ops want the indices in order
    (`tf.sparse.reorder`). `ValueError` for shapes that do not fit together.
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, name="indices", dtype=dtypes.int64)
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, name="dense_shape", dtype=dtypes.int64)
        self._told_shape: TensorShape | None = None  # of a placeholder: what is fed keeps to it
        places = self._indices.shape.with_rank(2)
        count = self._values.shape.with_rank(1)
        sizes = self._dense_shape.shape.with_rank(1)
        places[:1].merge_with(count)
        places[1:].merge_with(sizes)

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A SparseTensor of a SparseTensorValue; `TypeError` for anything else."""
        if not isinstance(sparse_tensor_value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.")
        return cls(*(getattr(sparse_tensor_value, field) for field in SparseTensorValue._fields))

    @property
    def indices(self) -> Tensor:
        return self._indices

    @property
    def values(self) -> Tensor:
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """What is known of the whole tensor's shape."""
        told = constant_value_as_shape(self._dense_shape)
        return told if self._told_shape is None else told.merge_with(self._told_shape)

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def op(self) -> Operation:
        return self._values.op

    @property
    def name(self) -> str:
        return self._values.name

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def graph(self) -> Any:
        return self._indices.graph

    def consumers(self) -> list[Operation]:
        """The operations that read the indices, the values or the shape."""
        return list(dict.fromkeys(op for tensor in self._fetch_components() for op in tensor.consumers()))

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """The value, in `session` or the default one."""
        runner = stacks.get_default_session() if session is None else session
        if runner is None:
            raise ValueError("Cannot evaluate tensor using `eval()`: No default session is registered.")
        return runner.run(self, feed_dict)

    def _fetch_components(self) -> list[Tensor]:
        return [self._indices, self._values, self._dense_shape]

    def _fetch_value(self, values: list[Any]) -> SparseTensorValue:
        return SparseTensorValue(*values)

    def _with_dense(self, op_type: str, name: str, dense: Any) -> SparseTensor:
        with name_scope(None, name, [self.indices, self.values, self.dense_shape, dense]) as scope:
            dense = convert_to_tensor(dense, dtype=self.dtype.base_dtype, name="y")
            values = node(op_type, self.indices, self.values, self.dense_shape, dense, name=scope)
        return SparseTensor(self.indices, values, self.dense_shape)

    def __mul__(self, other: Any) -> SparseTensor:
        return self._with_dense("SparseDenseCwiseMul", "mul", other)

    def __rmul__(self, other: Any) -> SparseTensor:
        return self * other

    def __truediv__(self, other: Any) -> SparseTensor:
        if not self.dtype.is_integer:
            return self._with_dense("SparseDenseCwiseDiv", "truediv", other)
        wide = SparseTensor(self.indices, cast(self.values, dtypes.float64), self.dense_shape)
        dense = convert_to_tensor(other, dtype_hint=self.dtype.base_dtype)
        return wide._with_dense("SparseDenseCwiseDiv", "truediv", cast(dense, dtypes.float64))

    def __str__(self) -> str:
        return f"SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})"

    __repr__ = __str__


def is_sparse(x: Any) -> bool:
    """Whether `x` is a SparseTensor or the value of one."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def as_sparse(sp_input: Any) -> SparseTensor:
    """`sp_input`, made a SparseTensor if it is the value of one; `TypeError` for anything else."""
    if isinstance(sp_input, SparseTensorValue):
        return SparseTensor.from_value(sp_input)
    if not isinstance(sp_input, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return sp_input


def as_sparse_list(sp_inputs: Any) -> list[SparseTensor]:
    """Each of a list made a SparseTensor; `TypeError` if it is no list."""
    if not isinstance(sp_inputs, (list, tuple)) or isinstance(sp_inputs, SparseTensorValue):
        raise TypeError("Inputs must be a list")
    return [as_sparse(item) for item in sp_inputs]


def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` itself if it is sparse (of `dtype`, else `RuntimeError`), else a tensor of it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/convert_to_tensor_or_sparse_tensor
    """
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise RuntimeError(f"Sparse dtype: requested = {dtypes.as_dtype(dtype).name}, actual = {value.dtype.name}")
        return value
    return convert_to_tensor(value, dtype=dtype, name=name)


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A SparseTensor to be fed, with a SparseTensorValue or (indices, values, dense_shape); unknown sizes are None.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sparse/placeholder
    """

    def named(part: str) -> str | None:
        return None if name is None else f"{name}/{part}"

    rank = None
    if shape is None:
        sizes = placeholder(dtypes.int64, [None], name=named("shape"))
    elif isinstance(shape, Tensor):
        rank = shape.shape._dims[0] if shape.shape._dims else None
        sizes = shape
    else:
        dims = TensorShape(shape)._dims or ()
        rank = len(dims)
        if None in dims:
            default = convert_to_tensor(
                np.array([-1 if d is None else d for d in dims], np.int64), name=named("shape_default")
            )
            sizes = placeholder_with_default(default, default.shape, name=named("shape"))
        else:
            sizes = convert_to_tensor(np.array(dims, np.int64), name=named("shape"))
    values = placeholder(dtype, [None], name=named("values"))
    indices = placeholder(dtypes.int64, [None, rank], name=named("indices"))
    result = SparseTensor(indices, values, sizes)
    if rank is not None and not isinstance(shape, Tensor) and TensorShape(shape).is_fully_defined():
        result._told_shape = TensorShape(shape)
    return result
