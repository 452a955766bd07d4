"""Rows of different lengths as NumPy arrays: what a ragged tensor is fed and fetched as.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/RaggedTensorValue
"""

from __future__ import annotations

from typing import Any

import numpy as np


class RaggedTensorValue:
    """Row i is `values[row_splits[i]:row_splits[i + 1]]`; `values` is an array, or ragged itself."""

    def __init__(self, values: Any, row_splits: Any) -> None:
        if not (isinstance(row_splits, (np.ndarray, np.generic)) and row_splits.dtype in (np.int64, np.int32)):
            raise TypeError("row_splits must be a 1D int32 or int64 numpy array")
        if not isinstance(values, (np.ndarray, np.generic, RaggedTensorValue)):
            raise TypeError("values must be a numpy array or a RaggedTensorValue")
        if isinstance(values, RaggedTensorValue) and row_splits.dtype != values.row_splits.dtype:
            raise ValueError("row_splits and values.row_splits must have the same dtype")
        self._values: Any = values
        self._row_splits: Any = row_splits

    @property
    def values(self) -> Any:
        return self._values

    @property
    def row_splits(self) -> np.ndarray:
        return self._row_splits

    @property
    def flat_values(self) -> np.ndarray:
        return self._values.flat_values if isinstance(self._values, RaggedTensorValue) else self._values

    @property
    def nested_row_splits(self) -> tuple[np.ndarray, ...]:
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensorValue) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self) -> int:
        return len(self.nested_row_splits)

    @property
    def dtype(self) -> np.dtype:
        return self._values.dtype

    @property
    def shape(self) -> tuple[int | None, ...]:
        return (len(self._row_splits) - 1, None, *self._values.shape[1:])

    def to_list(self) -> list[Any]:
        """The rows as lists of Python values."""
        inner = self._values.to_list() if isinstance(self._values, RaggedTensorValue) else self._values.tolist()
        ends = self._row_splits.tolist()
        return [inner[a:b] for a, b in zip(ends, ends[1:])]  # noqa: RUF007 - read by slices, not by pairs

    def __iter__(self) -> Any:  # what is fed, in the order of a ragged tensor's components
        return iter((self.flat_values, *self.nested_row_splits))

    def __str__(self) -> str:
        return f"<tf.RaggedTensorValue {self.to_list()}>"

    def __repr__(self) -> str:
        return f"tf.RaggedTensorValue(values={self._values!r}, row_splits={self._row_splits!r})"


def constant_value(
    pylist: Any, dtype: Any = None, ragged_rank: int | None = None, inner_shape: Any = None,
    row_splits_dtype: Any = "int64",
) -> Any:  # fmt: skip
    """Nested lists as a RaggedTensorValue, or as an array where no row may differ from another.

    `ragged_rank` is how many levels of lists are ragged, all but the scalars' own by default; `inner_shape` is the
    shape of what is in them. `ValueError` for lists that are nested unevenly or do not fit.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/constant_value
    """
    row_splits_dtype = np.dtype(getattr(row_splits_dtype, "as_numpy_dtype", row_splits_dtype))
    dtype = getattr(dtype, "as_numpy_dtype", dtype)

    def array(values: Any, shape: tuple[int, ...]) -> np.ndarray:
        if dtype is object or not _uneven(values):
            return np.reshape(np.array(values, dtype=dtype), shape)
        raise ValueError("inner values have inconsistent shape")

    return _built(pylist, ragged_rank, inner_shape, array, lambda splits: np.array(splits, row_splits_dtype))


def nested(
    pylist: Any, ragged_rank: int | None, inner_shape: Any
) -> tuple[list[list[int]], Any, tuple[int, ...]]:  # fmt: skip
    """The splits of each ragged level of nested lists, the flat values and their shape."""
    if not isinstance(pylist, (list, tuple, np.ndarray)):
        if ragged_rank:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
        if inner_shape:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with dim(inner_shape)={len(inner_shape)}")
        return [], pylist, ()
    inner = None if inner_shape is None else tuple(inner_shape)
    scalars, deepest = _depths(pylist)
    if scalars is not None and deepest > scalars:
        raise ValueError(f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting")
    if inner is not None and ragged_rank is not None:
        expected = ragged_rank + len(inner) + 1
        if (scalars is not None and expected != scalars) or (scalars is None and expected < deepest):
            raise ValueError(
                f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank} and "
                f"dim(inner_shape)={len(inner)}"
            )
    if ragged_rank is None:
        ragged_rank = max(1, deepest - 1) if inner is None else max(0, deepest - 1 - len(inner))
        if inner is None and deepest == 1:
            ragged_rank = 0
    elif inner is None and scalars is not None and ragged_rank and scalars < ragged_rank + 1:
        raise ValueError(
            f"pylist has scalar values depth {scalars}, but ragged_rank={ragged_rank} requires scalar value depth "
            f"greater than {ragged_rank}"
        )
    splits: list[list[int]] = []
    values = list(pylist)
    for _ in range(ragged_rank):
        ends = [0]
        for row in values:
            ends.append(ends[-1] + len(row))
        splits.append(ends)
        values = [item for row in values for item in row]
    rest = _inner(values) if inner is None else inner
    return splits, values, (len(values), *rest)


def _built(pylist: Any, ragged_rank: int | None, inner_shape: Any, array: Any, row_splits: Any) -> Any:
    splits, values, shape = nested(pylist, ragged_rank, inner_shape)
    if not splits:
        return np.array(values) if shape == () else array(values, shape)
    result = array(values, shape)
    for ends in reversed(splits):
        result = RaggedTensorValue(result, row_splits(ends))
    return result


def _depths(pylist: Any) -> tuple[int | None, int]:
    """How deep scalars are, None if there are none, and how deep the deepest list is."""
    if not isinstance(pylist, (list, tuple, np.ndarray)):
        return 0, 0
    scalars, deepest = None, 1
    for item in pylist:
        here, deep = _depths(item)
        if here is not None:
            if scalars is not None and scalars != here + 1:
                raise ValueError("all scalar values must have the same nesting depth")
            scalars = here + 1
        deepest = max(deepest, deep + 1)
    return scalars, deepest


def _inner(values: list[Any]) -> tuple[int, ...]:
    """The shape of the items of a list, which all have the same."""
    if not values or not isinstance(values[0], (list, tuple, np.ndarray)):
        return ()
    if _uneven(values):
        raise ValueError("inner values have inconsistent shape")
    return (len(values[0]), *_inner([item for row in values for item in row]))


def _uneven(values: Any) -> bool:
    if not isinstance(values, (list, tuple)) or not any(isinstance(v, (list, tuple)) for v in values):
        return False
    return len({len(v) for v in values}) > 1 or any(map(_uneven, values))
