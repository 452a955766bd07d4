"""`tf.TensorShape` and `tf.Dimension`: how much of a tensor's shape is known when the graph is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/TensorShape
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any


class Dimension:
    """One dimension: an int, or None while it is not known."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        if isinstance(value, Dimension):
            value = value._value
        if value is not None:
            try:
                number = value.__index__() if hasattr(value, "__index__") else int(value)
            except (TypeError, ValueError):
                raise TypeError(f"Dimension value must be integer or None, got {value!r}.") from None
            if not isinstance(value, (str, bytes)) and number != value:
                raise ValueError(f"Ambiguous dimension: {value}")
            if number < 0:
                raise ValueError(f"Dimension {number} must be >= 0")
            value = number
        self._value: int | None = value

    @property
    def value(self) -> int | None:
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """What is known of a dimension that is both; `ValueError` if they contradict."""
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def _calculate(self, operation: Any, other: Any, swapped: bool = False) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(operation(other._value, self._value) if swapped else operation(self._value, other._value))

    def __add__(self, other: Any) -> Any:
        return self._calculate(operator.add, other)

    def __radd__(self, other: Any) -> Any:
        return self._calculate(operator.add, other, swapped=True)

    def __sub__(self, other: Any) -> Any:
        return self._calculate(operator.sub, other)

    def __rsub__(self, other: Any) -> Any:
        return self._calculate(operator.sub, other, swapped=True)

    def __mul__(self, other: Any) -> Any:
        return self._calculate(operator.mul, other)

    def __rmul__(self, other: Any) -> Any:
        return self._calculate(operator.mul, other, swapped=True)

    def __floordiv__(self, other: Any) -> Any:
        return self._calculate(operator.floordiv, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._calculate(operator.floordiv, other, swapped=True)

    __div__, __rdiv__ = __floordiv__, __rfloordiv__

    def __truediv__(self, other: Any) -> Any:
        raise TypeError(
            f"unsupported operand type(s) for /: 'Dimension' and {type(other).__name__!r}, please use // instead"
        )

    def __rtruediv__(self, other: Any) -> Any:
        raise TypeError(
            f"unsupported operand type(s) for /: {type(other).__name__!r} and 'Dimension', please use // instead"
        )

    def __mod__(self, other: Any) -> Any:
        return self._calculate(operator.mod, other)

    def __rmod__(self, other: Any) -> Any:
        return self._calculate(operator.mod, other, swapped=True)

    def _compare(self, operation: Any, other: Any) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None  # not known yet
        return operation(self._value, other._value)

    def __eq__(self, other: object) -> Any:
        return self._compare(operator.eq, other)

    def __ne__(self, other: object) -> Any:
        return self._compare(operator.ne, other)

    def __lt__(self, other: Any) -> Any:
        return self._compare(operator.lt, other)

    def __le__(self, other: Any) -> Any:
        return self._compare(operator.le, other)

    def __gt__(self, other: Any) -> Any:
        return self._compare(operator.gt, other)

    def __ge__(self, other: Any) -> Any:
        return self._compare(operator.ge, other)

    def __hash__(self) -> int:
        return hash(self._value)

    def __int__(self) -> Any:
        return self._value

    __long__ = __int__

    def __index__(self) -> Any:
        return self._value

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __reduce__(self) -> Any:
        return Dimension, (self._value,)


def as_dimension(value: Any) -> Dimension:
    """`value` itself if it is a Dimension, else one made of it."""
    return value if isinstance(value, Dimension) else Dimension(value)


def dimension_value(dimension: Any) -> int | None:
    """The int or None in a Dimension, an int or None."""
    return dimension.value if isinstance(dimension, Dimension) else dimension


class TensorShape:
    """A tensor's shape: wholly known, partly known, or of unknown rank (`TensorShape(None)`)."""

    __slots__ = ("_dims",)

    def __init__(self, dims: Any) -> None:
        self._dims: tuple[int | None, ...] | None
        if dims is None:
            self._dims = None
        elif isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif hasattr(dims, "unknown_rank"):  # a TensorShapeProto
            self._dims = None if dims.unknown_rank else tuple(None if d.size < 0 else d.size for d in dims.dim)
        elif isinstance(dims, (str, bytes)):
            raise TypeError(f"A TensorShape is made of integers, got {dims!r}.")
        else:
            try:
                items = iter(dims)
            except TypeError:
                items = iter((dims,))  # an int is a vector's length
            self._dims = tuple(d if type(d) is int and d >= 0 else Dimension(d)._value for d in items)

    @classmethod
    def of(cls, dims: Iterable[int | None] | None) -> TensorShape:
        """A shape of dims known to be ints >= 0 or None, unchecked."""
        shape = cls.__new__(cls)
        shape._dims = None if dims is None else tuple(dims)
        return shape

    _v2_behavior = False  # an element of a shape is a Dimension

    @property
    def rank(self) -> int | None:
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self) -> int | None:
        return self.rank

    @property
    def dims(self) -> list[Dimension] | None:
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    def as_list(self) -> list[int | None]:
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def as_proto(self) -> Any:
        from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

        if self._dims is None:
            return TensorShapeProto(unknown_rank=True)
        return TensorShapeProto(dim=[TensorShapeProto.Dim(size=-1 if d is None else d) for d in self._dims])

    def num_elements(self) -> int | None:
        if self._dims is None or None in self._dims:
            return None
        count = 1
        for d in self._dims:
            count *= d  # type: ignore[operator]
        return count

    def is_fully_defined(self) -> bool:
        return self._dims is not None and None not in self._dims

    def assert_is_fully_defined(self) -> None:
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def assert_has_rank(self, rank: int) -> None:
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def is_compatible_with(self, other: Any) -> bool:
        """Whether some wholly known shape is both."""
        mine, theirs = self._dims, as_shape(other)._dims
        if mine is None or theirs is None:
            return True
        return len(mine) == len(theirs) and all(a == b or a is None or b is None for a, b in zip(mine, theirs))

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_same_rank(self, other: Any) -> None:
        other = as_shape(other)
        if self.rank is not None and other.rank is not None and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def is_subtype_of(self, other: Any) -> bool:
        mine, theirs = self._dims, as_shape(other)._dims
        if theirs is None:
            return True
        return mine is not None and len(mine) == len(theirs) and all(b in (None, a) for a, b in zip(mine, theirs))

    def merge_with(self, other: Any) -> TensorShape:
        """What is known of a shape that is both; `ValueError` if they contradict."""
        other = as_shape(other)
        if self._dims is None:
            return other
        if other._dims is None:
            return self
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        return TensorShape.of(b if a is None else a for a, b in zip(self._dims, other._dims))

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        mine, theirs = self._dims, as_shape(other)._dims
        if mine is None or theirs is None or len(mine) != len(theirs):
            return TensorShape(None)
        return TensorShape.of(a if a == b else None for a, b in zip(mine, theirs))

    def concatenate(self, other: Any) -> TensorShape:
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape.of(self._dims + other._dims)

    def with_rank(self, rank: int) -> TensorShape:
        """This shape with its rank known to be `rank`; `ValueError` if it is another."""
        try:
            return self.merge_with(unknown_shape(rank))
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank: int) -> TensorShape:
        if self.rank is not None and self.rank < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        if self.rank is not None and self.rank > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self) -> bool:
        return self._dims is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return (Dimension(d) for d in self._dims)

    def __getitem__(self, key: Any) -> Any:
        if self._dims is not None:
            if isinstance(key, slice):
                return TensorShape.of(self._dims[key])
            return Dimension(self._dims[key])
        if not isinstance(key, slice):
            return Dimension(None)
        start, stop, step = key.start or 0, key.stop, key.step or 1
        if stop is None or step != 1 or start < 0 or stop < 0:
            return TensorShape(None)
        return unknown_shape(max(stop - start, 0))

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return as_shape(other).concatenate(self)

    def __eq__(self, other: object) -> bool:
        try:
            return self._dims == as_shape(other)._dims
        except (TypeError, ValueError):
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._dims)

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        dims = ["?" if d is None else str(d) for d in self._dims]
        return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"

    def __repr__(self) -> str:
        return f"TensorShape({None if self._dims is None else self.dims})"

    def __reduce__(self) -> Any:
        return TensorShape, (self._dims,)


def as_shape(shape: Any) -> TensorShape:
    """`shape` itself if it is a TensorShape, else one made of it."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(rank: int | None = None) -> TensorShape:
    """A shape of which at most the rank is known."""
    return TensorShape(None) if rank is None else TensorShape.of((None,) * rank)


def scalar() -> TensorShape:
    return TensorShape.of(())


def vector(length: Any) -> TensorShape:
    return TensorShape([length])


def matrix(rows: Any, columns: Any) -> TensorShape:
    return TensorShape([rows, columns])


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """Dimension `index` of a shape, an unknown one if the rank is not known.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/dimension_at_index
    """
    return Dimension(None) if shape._dims is None else Dimension(shape._dims[index])
