"""Variables cut into parts along one axis, and the functions that say how.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/fixed_size_partitioner and its neighbours
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.operators import Operators
from ..graph.scopes import control_dependencies, name_scope
from ..graph.shape import TensorShape
from ..ops.node import node
from ..ops.overloads import OPERATORS
from .variables import Variable


class PartitionInfo:
    """Which part of a larger variable an initializer fills: the whole's shape, and where the part begins in it."""

    def __init__(self, full_shape: Sequence[int], var_offset: Sequence[int]) -> None:
        for what, value in (("full_shape", full_shape), ("var_offset", var_offset)):
            if not isinstance(value, (list, tuple)):
                raise TypeError(f"`{what}` must be a sequence (like tuple or list) instead of {type(value).__name__}")
        if len(full_shape) != len(var_offset):
            raise ValueError(
                f"Expected equal length, but full_shape is of length {len(full_shape)} while var_offset is of length "
                f"{len(var_offset)}."
            )
        for offset, size in zip(var_offset, full_shape):
            if not 0 <= offset < size:
                raise ValueError(
                    f"Expected 0 <= offset < shape but found offset={offset}, shape={size} for var_offset={var_offset},"
                    f" full_shape={full_shape}"
                )
        self._full_shape, self._var_offset = list(full_shape), list(var_offset)

    @property
    def full_shape(self) -> list[int]:
        return self._full_shape

    @property
    def var_offset(self) -> list[int]:
        return self._var_offset

    def single_offset(self, shape: Sequence[int]) -> int:
        """Where a part of `shape` begins along the one axis that is cut; 0 if none is."""
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self._var_offset[axis]

    def single_slice_dim(self, shape: Sequence[int]) -> int | None:
        """The one axis that is cut if a part has `shape`, None if none is; `ValueError` for several."""
        if not isinstance(shape, (list, tuple)):
            raise TypeError("`shape` must be a sequence (like tuple or list) instead of " + type(shape).__name__)
        if len(shape) != len(self._full_shape):
            raise ValueError(
                f"Expected equal length, but received shape={shape} of length {len(shape)} while "
                f"self.full_shape={self._full_shape} is of length {len(self._full_shape)}."
            )
        for i, (size, offset, full) in enumerate(zip(shape, self._var_offset, self._full_shape)):
            if offset + size > full:
                raise ValueError(
                    f"With self.var_offset={self._var_offset}, a partition of shape={shape} would exceed "
                    f"self.full_shape={self._full_shape} in dimension {i}."
                )
        cut = [i for i, (size, full) in enumerate(zip(shape, self._full_shape)) if size != full]
        if len(cut) > 1:
            raise ValueError(
                f"Cannot use single_slice_dim() with shape={shape} and self.full_shape={self._full_shape} since slice "
                f"dim could be either dimension {cut[0]} or {cut[1]}."
            )
        return cut[0] if cut else None


def partition_counts(partitioner: Callable[..., Any], shape: TensorShape, dtype: DType) -> list[int]:
    """How many parts along each axis `partitioner` wants; `ValueError` if that cannot be."""
    if not shape.is_fully_defined():
        raise ValueError(f"Shape of a new partitioned variable must be fully defined, but instead was {shape}.")
    if not shape.ndims:
        raise ValueError(f"A partitioned variable must have a rank of 1 or more, but its shape is {shape}")
    counts = partitioner(shape=shape, dtype=dtype)
    if not isinstance(counts, (list, tuple)):
        raise ValueError(f"Partitioner must return a sequence, but saw: {counts}")
    if len(counts) != shape.ndims:
        raise ValueError(
            f"Partitioner returned a partition list that does not match the Variable's rank: {counts} vs. {shape}"
        )
    if any(c < 1 for c in counts):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {counts}")
    if sum(c > 1 for c in counts) > 1:
        raise ValueError(f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {list(counts)}")
    return list(counts)


def slices(shape: list[int], counts: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """The (offset, size) of each part; sizes differ by one at most, the larger ones first."""
    axis = next((i for i, c in enumerate(counts) if c > 1), 0)
    small, larger = divmod(shape[axis], counts[axis])
    begin = 0
    for i in range(counts[axis]):
        length = small + 1 if i < larger else small
        offset, size = [0] * len(shape), list(shape)
        offset[axis], size[axis] = begin, length
        begin += length
        yield offset, size


class PartitionedVariable(Operators):
    """A variable kept in parts `NAME/part_0`, `NAME/part_1` …; as a tensor it is their concatenation."""

    __array_priority__ = 100

    def __init__(
        self, name: str, shape: Any, dtype: Any, variable_list: Sequence[Variable], partitions: Sequence[int]
    ) -> None:
        if not isinstance(variable_list, (list, tuple)):
            raise TypeError(f"variable_list is not a list or tuple: {variable_list}")
        if not isinstance(partitions, (list, tuple)):
            raise TypeError(f"partitions is not a list or tuple: {partitions}")
        if not all(isinstance(p, int) and p >= 1 for p in partitions):
            raise ValueError(f"partition values must be positive: {partitions}")
        if not variable_list:
            raise ValueError("variable_list may not be empty")
        if any(v._get_save_slice_info() is None for v in variable_list):
            raise ValueError(f"All variables must have a save_slice_info available: {[v.name for v in variable_list]}")
        if len(variable_list) != math.prod(partitions):
            raise ValueError(f"{len(variable_list)} variables cannot be the parts of the partitioning {partitions}.")
        self._name, self._shape, self._dtype = name, TensorShape(shape), dtypes.as_dtype(dtype)
        self._variable_list = sorted(variable_list, key=lambda v: v._get_save_slice_info().var_offset)
        self._partitions = list(partitions)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        return len(self._variable_list)

    def _partition_axes(self) -> list[int]:
        return [i for i, p in enumerate(self._partitions) if p > 1] or [0]

    def _get_variable_list(self) -> list[Variable]:
        return self._variable_list

    def _get_partitions(self) -> list[int]:
        return self._partitions

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        return self._shape

    def get_shape(self) -> TensorShape:
        return self._shape

    @property
    def graph(self) -> Any:
        return self._variable_list[0].graph

    def _concat(self) -> Tensor:
        if len(self._variable_list) == 1:
            with name_scope(None):
                return node("Identity", self._variable_list[0], name=self._name)
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(
                f"Cannot concatenate along more than one dimension: {axes}. Multi-axis partition concat is not "
                "supported"
            )
        with name_scope(f"{self._name}/ConcatPartitions/"):
            whole = node("ConcatV2", self._variable_list, axes[0], name="concat")
        with name_scope(None):
            return node("Identity", whole, name=self._name)

    def as_tensor(self) -> Tensor:
        """The parts put together, whatever control dependencies are in force."""
        with control_dependencies(None):
            return self._concat()

    def _dense_var_to_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        if as_ref:
            raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(self._dtype):
            raise ValueError(
                f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for variable of type "
                f"'{self._dtype.name}'"
            )
        return self.as_tensor()

    def _changed(self, method: str, value: Any, use_locking: bool, name: str | None, read_value: bool) -> list[Any]:
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(f"Cannot do assign action along more than one dimension: {axes}.")
        if isinstance(value, (list, PartitionedVariable)):
            values: Any = list(value)
        else:
            sizes = [v.get_shape().as_list()[axes[0]] for v in self._variable_list]
            values = node("SplitV", value, sizes, axes[0], num_split=len(sizes))
        named = [name and f"{name}_{i}" for i in range(len(values))]
        return [
            getattr(v, method)(part, use_locking=use_locking, name=n, read_value=read_value)
            for v, part, n in zip(self._variable_list, values, named)
        ]

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        """Store `value`, a tensor or a list of one for each part; the assignments of the parts."""
        return self._changed("assign", value, use_locking, name, read_value)

    def assign_add(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        return self._changed("assign_add", value, use_locking, name, read_value)

    def assign_sub(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> list[Any]:
        return self._changed("assign_sub", value, use_locking, name, read_value)


def _install_operators() -> None:
    for name, function in OPERATORS.items():
        setattr(PartitionedVariable, name, lambda self, *args, f=function: f(self.as_tensor(), *args))


_install_operators()


def _dims(shape: TensorShape) -> list[int]:
    return [int(d) for d in shape]


# Partitioners: functions of (shape, dtype) that return how many parts to make along each axis.


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Callable[..., list[int]]:
    """A partitioner that makes `num_shards` parts along `axis`."""

    def partitioner(shape: TensorShape, **_: Any) -> list[int]:
        counts = [1] * len(shape)
        counts[axis] = min(num_shards, _dims(shape)[axis])
        return counts

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16, max_shards: int | None = None
) -> Callable[..., list[int]]:
    """A partitioner that makes as few parts along `axis` as keep each within `max_shard_bytes` bytes."""
    for what, value in (
        ("max_shard_bytes", max_shard_bytes),
        ("bytes_per_string_element", bytes_per_string_element),
        ("max_shards", 1 if max_shards is None else max_shards),
    ):
        if value < 1:
            raise ValueError(f"{what} must be positive, but is {value}.")

    def partitioner(shape: TensorShape, dtype: DType) -> list[int]:
        if not isinstance(shape, TensorShape):
            raise ValueError(f"shape is not a TensorShape: {shape}")
        dims = _dims(shape)
        size = bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.size
        row = math.prod(dims) // max(dims[axis], 1) * size
        rows_a_part = max(1, max_shard_bytes // max(row, 1))
        parts = -(-dims[axis] // rows_a_part)
        counts = [1] * len(dims)
        counts[axis] = parts if max_shards is None else min(max_shards, parts)
        return counts

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1, axis: int = 0, min_slice_size: int = 256 << 10, bytes_per_string_element: int = 16
) -> Callable[..., list[int]]:
    """A partitioner that makes up to `max_partitions` parts along `axis`, each of `min_slice_size` bytes or more."""

    def partitioner(shape: TensorShape, dtype: DType) -> list[int]:
        if axis >= len(shape):
            raise ValueError(f"Cannot partition variable along axis {axis} when shape is only {shape}")
        dims = _dims(shape)
        size = bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.size
        whole = -(-math.prod(dims) * size // min_slice_size)
        counts = [1] * len(dims)
        counts[axis] = max(1, min(dims[axis], max_partitions, whole))
        return counts

    return partitioner
