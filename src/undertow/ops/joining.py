"""Many tensors into one and one into many: stack, unstack, concat, split. `kernels/joining.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf
"""

from __future__ import annotations

import numbers
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import Dimension, TensorShape, dimension_value
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Tensors of one shape as one, along a new dimension at `axis`. `ValueError` if `axis` is out of range."""
    if axis == 0:
        try:
            return convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass  # lists whose tensors differ in dtype: Pack tells of it
    else:
        ndims = convert_to_tensor(values[0], name=name).shape.ndims
        if ndims is not None and not -ndims - 1 <= axis <= ndims:
            raise ValueError(f"axis = {axis} not in [{-ndims - 1}, {ndims + 1})")
    return node("Pack", values, axis=axis, name=name)


@shape_rule("Pack")
def _(values: list[TensorShape], *, axis: int) -> TensorShape:
    shape = rules.merged(*values)
    if shape._dims is None:
        return shape
    ndims = len(shape._dims)
    if not -ndims - 1 <= axis <= ndims:
        raise ValueError(f"Invalid axis: {axis}; must be in [{-ndims - 1},{ndims + 1})")
    dims = list(shape._dims)
    dims.insert(axis % (ndims + 1), len(values))
    return TensorShape.of(dims)


def parallel_stack(values: Any, name: str = "parallel_stack") -> Tensor:
    """Tensors of one wholly known shape as one, along a new first dimension."""
    with name_scope(name, "parallel_stack", values):
        first = convert_to_tensor(values[0]).shape
        if not first.is_fully_defined():
            raise ValueError(f"parallel_stack needs inputs of a known shape, got {first}.")
        shape = TensorShape([len(values)]).concatenate(first)
        return node("ParallelConcat", [node("ExpandDims", v, 0) for v in values], shape=shape)


@shape_rule("ParallelConcat")
def _(values: list[TensorShape], *, shape: TensorShape) -> TensorShape:
    return shape


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Tensor]:
    """The slices of `value` along `axis`, which goes; `num` of them, inferred if None.

    `ValueError` if `axis` is out of range or `num` cannot be inferred.
    """
    if num is None:
        value = convert_to_tensor(value)
        shape = value.shape
        if shape.ndims is not None:
            if not -shape.ndims <= axis < shape.ndims:
                raise ValueError(f"axis = {axis} not in [{-shape.ndims}, {shape.ndims})")
            num = shape.as_list()[axis]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {shape}")
    return node("Unpack", value, num=num, axis=axis, name=name)


@shape_rule("Unpack")
def _(value: TensorShape, *, num: int, axis: int) -> list[TensorShape]:
    if value._dims is None:
        return [value] * num
    ndims = len(value._dims)
    if not -ndims <= axis < ndims:
        raise ValueError(f"Invalid axis: {axis}; must be in [{-ndims},{ndims})")
    dims = list(value._dims)
    size_there = dims.pop(axis)
    if size_there not in (None, num):
        raise ValueError(f"Dimension must be {num} but is {size_there}")
    return [TensorShape.of(dims)] * num


# Along one dimension: concat, split


def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """Tensors that differ in `axis` at most, one after the other along it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/concat
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:  # nothing to do; TensorFlow still checks the axis and makes a node
        with name_scope(name, "concat", values):
            convert_to_tensor(axis, dtype=dtypes.int32, name="concat_dim").shape.assert_is_compatible_with([])
            return node("Identity", values[0], name="concat")
    return node("ConcatV2", list(values), axis, name=name)


@shape_rule("ConcatV2", values=["axis"])
def _concat(values: list[TensorShape], axis: Any) -> TensorShape:
    ranks = [v.ndims for v in values if v.ndims is not None]
    if not ranks:
        return TensorShape(None)
    ndims = ranks[0]
    for other in ranks[1:]:
        if other != ndims:
            raise ValueError(f"Shape must be rank {ndims} but is rank {other}")
    if ndims == 0:
        raise ValueError("Can't concatenate scalars (use tf.stack instead)")
    if axis is None:
        return TensorShape.of((None,) * ndims)
    at = int(axis)
    if not -ndims <= at < ndims:
        least = at + 1 if at >= 0 else -at
        raise ValueError(f"Shape must be at least rank {least} but is rank {ndims}")
    at %= ndims
    total: int | None = 0
    others = TensorShape(None)
    for shape in values:
        dims = rules.with_rank(shape, ndims)
        here = dims[at]
        total = None if total is None or here is None else total + here
        others = rules.merged(others, TensorShape.of(d for i, d in enumerate(dims) if i != at))
    dims = rules.with_rank(others, ndims - 1)
    return TensorShape.of((*dims[:at], total, *dims[at:]))


@shape_rule("Concat", values=["concat_dim"])
def _(concat_dim: Any, values: list[TensorShape]) -> TensorShape:
    return _concat(values, concat_dim)


def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[Tensor]:
    """`value` cut along `axis` into that many equal parts, or into parts of the sizes in a list or vector.

    One size of a list may be -1: what is left. `num` tells how many sizes an int vector of unknown length holds.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/split
    """
    if isinstance(num_or_size_splits, (numbers.Integral, Dimension)):
        count = dimension_value(num_or_size_splits)
        return node("Split", axis, value, num_split=count, name=name)
    sizes = convert_to_tensor(num_or_size_splits)
    if sizes.shape.ndims == 0:
        raise ValueError("Rank-0 tensors are not supported as the num_or_size_splits argument to split.")
    if num is None:
        num = None if sizes.shape.ndims is None else sizes.shape.as_list()[0]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {num_or_size_splits}")
    return node("SplitV", value, sizes, axis, num_split=num, name=name)


def _split_axis(value: TensorShape, axis: Any) -> int | None:
    if axis is None or value._dims is None:
        return None
    at, ndims = int(axis), len(value._dims)
    if not -ndims <= at < ndims:
        raise ValueError(f"Dimension size, given by scalar input {at} must be in range [{-ndims}, {ndims})")
    return at % ndims


@shape_rule("Split", values=["split_dim"])
def _(split_dim: Any, value: TensorShape, *, num_split: int) -> list[TensorShape]:
    at = _split_axis(value, split_dim)
    if at is None:
        return [TensorShape(None) if value.ndims is None else TensorShape.of((None,) * value.ndims)] * num_split
    whole = value.as_list()[at]
    if whole is not None and whole % num_split:
        raise ValueError(f"Dimension size must be evenly divisible by {num_split} but is {whole}")
    return [rules.with_dim(value, at, None if whole is None else whole // num_split)] * num_split


@shape_rule("SplitV", values=["size_splits", "split_dim"])
def _(value: TensorShape, sizes: Any, split_dim: Any, *, num_split: int) -> list[TensorShape]:
    at = _split_axis(value, split_dim)
    if at is None:
        return [TensorShape(None) if value.ndims is None else TensorShape.of((None,) * value.ndims)] * num_split
    if sizes is None:
        return [rules.with_dim(value, at, None)] * num_split
    whole, parts = value.as_list()[at], [None if s < 0 else int(s) for s in sizes.tolist()]
    known = sum(p for p in parts if p is not None)
    if len(parts) != num_split:
        raise ValueError("Length of size_splits should be equal to num_outputs")
    if parts.count(None) > 1:
        raise ValueError("size_splits can only have one -1")
    if whole is not None:
        if known > whole or (None not in parts and known != whole):
            raise ValueError(f"can't split axis of size {whole} into pieces of size [{','.join(map(str, sizes))}]")
        parts = [whole - known if p is None else p for p in parts]
    return [rules.with_dim(value, at, part) for part in parts]
