"""`tf.RaggedTensor`: rows of different lengths, kept as their values one after the other and where each row ends.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/RaggedTensor
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes, stacks
from ..graph.dtypes import DType
from ..graph.errors import unbuilt
from ..graph.operation import Tensor
from ..graph.scopes import control_dependencies, name_scope
from ..graph.shape import TensorShape
from . import array, math, reduction, shaping, slicing
from .check import assert_equal, assert_non_negative
from .joining import concat
from .node import convert_to_tensor, node
from .ragged_operators import RaggedOperators
from .ragged_segments import as_indices, row_splits_to_segment_ids, segment_ids_to_row_splits, splits_of
from .ragged_value import RaggedTensorValue
from .sparse_tensor import SparseTensor


class RaggedTensor(RaggedOperators):
    """Row i is `values[row_splits[i]:row_splits[i + 1]]`; `values` is a tensor, or ragged itself.

    Made by `from_row_splits` and its like, by `tf.ragged.constant`, and by ops that give one.
    """

    def __init__(self, values: Any, row_splits: Tensor) -> None:
        row_splits.shape.assert_has_rank(1)
        self._values, self._row_splits = values, row_splits

    # What it is

    @property
    def values(self) -> Any:
        return self._values

    @property
    def row_splits(self) -> Tensor:
        return self._row_splits

    @property
    def flat_values(self) -> Tensor:
        return self._values.flat_values if isinstance(self._values, RaggedTensor) else self._values

    @property
    def nested_row_splits(self) -> tuple[Tensor, ...]:
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self) -> int:
        return len(self.nested_row_splits)

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape; ragged dimensions are not."""
        ends = self._row_splits.shape._dims
        rows = ends[0] - 1 if ends and ends[0] is not None else None
        inner = self._values.shape
        if inner._dims is None:
            return TensorShape(None)
        return TensorShape.of((rows, None, *inner._dims[1:]))

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def graph(self) -> Any:
        return self._row_splits.graph

    @property
    def op(self) -> Any:
        return self.flat_values.op

    def consumers(self) -> list[Any]:
        """The operations that read the values or the splits."""
        return list(dict.fromkeys(op for tensor in self._fetch_components() for op in tensor.consumers()))

    def _fetch_components(self) -> list[Tensor]:
        return [self.flat_values, *self.nested_row_splits]

    def _fetch_value(self, values: list[Any]) -> RaggedTensorValue:
        result, *splits = values
        for ends in reversed(splits):
            result = RaggedTensorValue(result, ends)
        return result

    def _loop_components(self) -> list[Tensor]:
        return self._fetch_components()

    def _loop_value(self, tensors: list[Tensor]) -> RaggedTensor:
        return _nested(tensors[0], tensors[1:])

    def _loop_shapes(self, told: TensorShape | None) -> list[TensorShape]:
        """Any number of values; as many rows as there are, unless a shape is told."""
        flat, outer, *inner = self._fetch_components()
        rows = None if told is None or not told._dims else told._dims[0]
        ends = outer.shape if told is None else TensorShape.of((None if rows is None else rows + 1,))
        values = flat.shape if flat.shape._dims is None else TensorShape.of((None, *flat.shape._dims[1:]))
        return [values, ends, *(TensorShape.of((None,)) for _ in inner)]

    def eval(self, feed_dict: Any = None, session: Any = None) -> RaggedTensorValue:
        """The value, in `session` or the default one."""
        return stacks.session_for(self.graph, session, "evaluate tensor", "eval").run(self, feed_dict)

    # Making one

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows that end at `row_splits` [rows + 1], the first of which is 0 and the last the number of values."""
        with name_scope(name, "RaggedFromRowSplits", [values, row_splits]):
            values, row_splits = _as_values(values), as_indices(row_splits, "row_splits")
            if row_splits.shape._dims == (0,):
                raise ValueError("row_splits may not be empty.")
            if validate:
                told = "Arguments to from_row_splits do not form a valid RaggedTensor"
                count = math.cast(_count(values), row_splits.dtype)
                checks = [
                    assert_equal(row_splits[0], array.zeros([], row_splits.dtype), message=told),
                    assert_non_negative(row_splits[1:] - row_splits[:-1], message=told),
                    assert_equal(row_splits[-1], count, message=told),
                ]
                with control_dependencies(checks):
                    row_splits = array.identity(row_splits)
            return cls(values, row_splits)

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, name: str | None = None, validate: bool = True
    ) -> Any:
        """Rows told by the row of each value, in order; `nrows` of them, or as many as the last value's tells."""
        with name_scope(name, "RaggedFromValueRowIds", [values, value_rowids, nrows]):
            values, rowids = _as_values(values), as_indices(value_rowids, "value_rowids")
            return cls.from_row_splits(values, segment_ids_to_row_splits(rowids, nrows), validate=validate)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows of these lengths."""
        with name_scope(name, "RaggedFromRowLengths", [values, row_lengths]):
            lengths = as_indices(row_lengths, "row_lengths")
            return cls.from_row_splits(values, splits_of(lengths), validate=validate)

    @classmethod
    def from_row_starts(cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows that start at these places."""
        with name_scope(name, "RaggedFromRowStarts", [values, row_starts]):
            values, starts = _as_values(values), as_indices(row_starts, "row_starts")
            end = math.cast(_count(values), starts.dtype)
            return cls.from_row_splits(values, concat([starts, [end]], 0), validate=validate)

    @classmethod
    def from_row_limits(cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows that end before these places."""
        with name_scope(name, "RaggedFromRowLimits", [values, row_limits]):
            limits = as_indices(row_limits, "row_limits")
            splits = concat([array.zeros([1], limits.dtype), limits], 0)
            return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """Rows of rows …, the outermost's splits first."""
        return cls._from_nested(cls.from_row_splits, flat_values, nested_row_splits, name, validate)

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """Rows of rows …, the outermost's lengths first."""
        return cls._from_nested(cls.from_row_lengths, flat_values, nested_row_lengths, name, validate)

    @classmethod
    def from_nested_value_rowids(
        cls, flat_values: Any, nested_value_rowids: Any, nested_nrows: Any = None, name: str | None = None,
        validate: bool = True,
    ) -> Any:  # fmt: skip
        """Rows of rows …, the outermost's row ids first."""
        counts = [None] * len(nested_value_rowids) if nested_nrows is None else list(nested_nrows)
        with name_scope(name, "RaggedFromNestedValueRowIds", [flat_values]):
            result = _as_values(flat_values)
            for rowids, count in zip(reversed(nested_value_rowids), reversed(counts)):
                result = cls.from_value_rowids(result, rowids, count, validate=validate)
            return result

    @classmethod
    def _from_nested(
        cls, make: Callable[..., Any], flat_values: Any, partitions: Any, name: str | None, validate: bool
    ) -> Any:
        if isinstance(partitions, Tensor):
            raise TypeError("The partitions must be a list of tensors.")
        with name_scope(name, "RaggedFromNested", [flat_values, *partitions]):
            result = _as_values(flat_values)
            for partition in reversed(partitions):
                result = make(result, partition, validate=validate)
            return result

    @classmethod
    def from_tensor(
        cls, tensor: Any, lengths: Any = None, padding: Any = None, ragged_rank: int = 1, name: str | None = None,
        row_splits_dtype: Any = dtypes.int64,
    ) -> Any:  # fmt: skip
        """The rows of a tensor, each cut to its length of `lengths`, or to what is before only `padding`."""
        if lengths is not None and padding is not None:
            raise ValueError("Specify lengths or padding, but not both")
        if not isinstance(ragged_rank, int) or ragged_rank <= 0:
            raise ValueError(f"ragged_rank must be greater than 0; got {ragged_rank}")
        kind = dtypes.as_dtype(row_splits_dtype)
        with name_scope(name, "RaggedFromTensor", [tensor, lengths, padding]):
            tensor = convert_to_tensor(tensor)
            if ragged_rank > 1:
                if lengths is not None or padding is not None:
                    raise unbuilt("RaggedTensor.from_tensor with lengths or padding and a ragged_rank above 1")
                shape = array.shape(tensor, out_type=kind)
                flat = shaping.reshape(tensor, concat([[shape[0] * shape[1]], shape[2:]], 0))
                inner = cls.from_tensor(flat, ragged_rank=ragged_rank - 1, row_splits_dtype=kind)
                splits = reduction.range(shape[0] + 1) * shape[1]
                return cls(inner, splits)
            shape = array.shape(tensor, out_type=kind)
            rows, columns = shape[0], shape[1]
            if padding is not None:
                differs = math.not_equal(tensor, convert_to_tensor(padding, tensor.dtype))
                if tensor.shape.ndims is not None and tensor.shape.ndims > 2:
                    differs = reduction.reduce_any(differs, list(range(2, tensor.shape.ndims)))
                numbered = math.cast(differs, kind) * reduction.range(math.cast(1, kind), columns + 1)
                lengths = reduction.reduce_max(numbered, 1)
            if lengths is None:
                count = math.cast(rows * columns, kind)
                flat = shaping.reshape(tensor, concat([[count], shape[2:]], 0))
                return cls(flat, reduction.range(rows + 1) * columns)
            lengths = math.minimum(math.cast(convert_to_tensor(lengths), kind), columns)
            mask = array.sequence_mask(lengths, columns)
            return cls(slicing.boolean_mask(tensor, mask), splits_of(lengths))

    @classmethod
    def from_sparse(cls, st_input: Any, name: str | None = None, row_splits_dtype: Any = dtypes.int64) -> Any:
        """The values of a sparse matrix row by row, without what is not there."""
        if not isinstance(st_input, SparseTensor):
            raise TypeError(f"Expected SparseTensor, got {type(st_input).__name__}")
        with name_scope(name, "RaggedFromSparse", [st_input.values]):
            kind = dtypes.as_dtype(row_splits_dtype)
            rowids = math.cast(st_input.indices[:, 0], kind)
            return cls.from_value_rowids(
                st_input.values, rowids, math.cast(st_input.dense_shape[0], kind), validate=False
            )

    # Its rows

    def nrows(self, out_type: Any = None, name: str | None = None) -> Tensor:
        """How many rows there are."""
        with name_scope(name, "RaggedNRows", [self._row_splits]):
            kind = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
            return array.shape(self._row_splits, out_type=kind)[0] - 1

    def row_starts(self, name: str | None = None) -> Tensor:
        """Where each row starts."""
        with name_scope(name, "RaggedRowStarts", [self._row_splits]):
            return self._row_splits[:-1]

    def row_limits(self, name: str | None = None) -> Tensor:
        """Where each row ends."""
        with name_scope(name, "RaggedRowLimits", [self._row_splits]):
            return self._row_splits[1:]

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """The length of each row; for an inner `axis` a ragged tensor of its rows' lengths."""
        with name_scope(name, "RaggedRowLengths", [self._row_splits]):
            if axis == 1:
                return self._row_splits[1:] - self._row_splits[:-1]
            if axis > 1 and isinstance(self._values, RaggedTensor):
                return self.with_values(self._values.row_lengths(axis - 1))
            raise ValueError(f"axis={axis} is not a ragged axis of a RaggedTensor of ragged_rank {self.ragged_rank}.")

    def value_rowids(self, name: str | None = None) -> Tensor:
        """The row of each value."""
        with name_scope(name, "RaggedValueRowIds", [self._row_splits]):
            return row_splits_to_segment_ids(self._row_splits)

    def nested_row_lengths(self, name: str | None = None) -> tuple[Tensor, ...]:
        """The lengths of the rows of each ragged level."""
        with name_scope(name, "RaggedNestedRowLengths"):
            return tuple(splits[1:] - splits[:-1] for splits in self.nested_row_splits)

    def nested_value_rowids(self, name: str | None = None) -> tuple[Tensor, ...]:
        """The row of each value, for each ragged level."""
        with name_scope(name, "RaggedNestedValueRowIds"):
            return tuple(map(row_splits_to_segment_ids, self.nested_row_splits))

    def bounding_shape(self, axis: Any = None, name: str | None = None, out_type: Any = None) -> Tensor:
        """The shape of the smallest tensor that all rows fit into."""
        with name_scope(name, "RaggedBoundingBox", [self._row_splits]):
            kind = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
            sizes = [self.nrows(kind)]
            for lengths in self.nested_row_lengths():
                longest = reduction.reduce_max(concat([array.zeros([1], lengths.dtype), lengths], 0))
                sizes.append(math.cast(longest, kind))
            whole = concat([sizes, array.shape(self.flat_values, out_type=kind)[1:]], 0)
            return whole if axis is None else node("GatherV2", whole, axis, 0)

    # Another of its shape, or dense

    def with_values(self, new_values: Any) -> RaggedTensor:
        """These rows of other values."""
        return RaggedTensor(_as_values(new_values), self._row_splits)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """These rows of other values, the innermost ones."""
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.with_flat_values(new_values))
        return self.with_values(new_values)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """The same with splits of int32 or int64."""
        kind = dtypes.as_dtype(dtype)
        if kind not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"dtype must be int32 or int64, got {kind}")
        values = self._values.with_row_splits_dtype(kind) if isinstance(self._values, RaggedTensor) else self._values
        return RaggedTensor(values, math.cast(self._row_splits, kind))

    def to_tensor(self, default_value: Any = None, name: str | None = None) -> Tensor:
        """A tensor in which shorter rows are filled with `default_value`: 0, False or ""."""
        with name_scope(name, "RaggedToTensor", [self.flat_values]):
            default = array.zeros([], self.dtype) if default_value is None else default_value
            default = convert_to_tensor(default, self.dtype, name="default_value")
            splits = list(self.nested_row_splits)
            result = node(
                "RaggedTensorToTensor", [-1] * (len(splits) + 1), self.flat_values, default, splits,
                row_partition_types=["ROW_SPLITS"] * len(splits),
            )  # fmt: skip
            rows = self.shape._dims
            inner = self.flat_values.shape._dims
            if rows is not None and inner is not None:
                result.set_shape((rows[0], *[None] * len(splits), *inner[1:]))
            return result

    def to_sparse(self, name: str | None = None) -> SparseTensor:
        """A sparse tensor of the values."""
        with name_scope(name, "RaggedToSparse", [self.flat_values]):
            return SparseTensor(*node("RaggedTensorToSparse", list(self.nested_row_splits), self.flat_values))

    # Parts

    def __getitem__(self, key: Any) -> Any:
        """Rows by a number or a slice; what is behind a comma is of each row."""
        keys = list(key) if isinstance(key, tuple) else [key]
        with name_scope(None, "RaggedGetItem", [self.flat_values]):
            from .ragged_item import item  # which makes ragged tensors

            return item(self, keys)

    def __str__(self) -> str:
        return f"tf.RaggedTensor(values={self._values}, row_splits={self._row_splits})"

    __repr__ = __str__

    def __iter__(self) -> Any:
        raise TypeError("RaggedTensor object is not iterable when eager execution is not enabled.")

    def __bool__(self) -> bool:
        raise TypeError("RaggedTensor may not be used as a boolean.")


def _nested(flat: Any, splits: Any) -> Any:
    for ends in reversed(splits):
        flat = RaggedTensor(flat, ends)
    return flat


def _as_values(values: Any) -> Any:
    if isinstance(values, RaggedTensorValue):
        return convert_to_tensor_or_ragged_tensor(values)
    return values if isinstance(values, RaggedTensor) else convert_to_tensor(values, name="values")


def _count(values: Any) -> Tensor:
    return values.nrows() if isinstance(values, RaggedTensor) else array.shape(values, out_type=dtypes.int64)[0]


def convert_to_tensor_or_ragged_tensor(
    value: Any, dtype: Any = None, preferred_dtype: Any = None, name: str | None = None
) -> Any:
    """`value` itself if it is ragged, its constant if it is the value of a ragged tensor, else a tensor of it."""
    if isinstance(value, RaggedTensor):
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for RaggedTensor with dtype "
                f"{value.dtype.name}: {value}"
            )
        return value
    if isinstance(value, RaggedTensorValue):
        with name_scope(name, "ConvertToTensorOrRaggedTensor"):
            flat = convert_to_tensor(value.flat_values, dtype, "flat_values", preferred_dtype)
            return _nested(flat, [convert_to_tensor(ends) for ends in value.nested_row_splits])
    return convert_to_tensor(value, dtype, name, preferred_dtype)
