"""Parts of tensors: slices, `x[…]`, where, masks. `kernels/slicing.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import Dimension, TensorShape
from . import rules
from .array import ones_like, shape
from .constant import constant
from .constant_value import constant_value, constant_value_as_shape
from .gather import gather
from .joining import concat, stack
from .node import convert_to_tensor, node
from .rules import shape_rule
from .state import as_ref, by_handle

# Slices


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """The part of `input_` from `begin` on, `size` elements of each dimension (-1: all that is left).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/slice
    """
    result = node("Slice", input_, begin, size, name=name)
    if not result.shape.is_fully_defined():  # a size that is known in part
        result.set_shape(constant_value_as_shape(result.op.inputs[2]))
    return result


@shape_rule("Slice", values=["begin", "size"])
def _(input: TensorShape, begin: Any, size: Any) -> TensorShape:
    if size is None:
        return TensorShape(None) if input.ndims is None else TensorShape.of((None,) * input.ndims)
    dims = rules.with_rank(input, len(size))
    starts = [None] * len(size) if begin is None else begin.tolist()
    return TensorShape.of(
        count if count >= 0 else None if dim is None or start is None else dim - start
        for dim, start, count in zip(dims, starts, size.tolist())
    )


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """What `input_[begin:end:strides, …]` spells, the masks telling which entries are `…`, `None` and single indices.

    If it is a slice of the variable `var`, the result has a method `assign(value)` that changes that part of it.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strided_slice
    """
    if strides is None:
        strides = ones_like(begin)
    masks = {
        "begin_mask": begin_mask, "end_mask": end_mask, "ellipsis_mask": ellipsis_mask,
        "new_axis_mask": new_axis_mask, "shrink_axis_mask": shrink_axis_mask,
    }  # fmt: skip
    result = node("StridedSlice", input_, begin, end, strides, name=name, **masks)
    if var is not None:
        _, *vectors = result.op.inputs
        scope = result.op.name

        def assign(value: Any, name: str | None = None) -> Any:
            name = f"{scope}/_assign" if name is None else name
            if not by_handle(var):
                return node("StridedSliceAssign", as_ref(var), *vectors, value, name=name, **masks)
            value = convert_to_tensor(value, dtype=var.dtype)
            return var._lazy_read(node("ResourceStridedSliceAssign", var.handle, *vectors, value, name=name, **masks))

        result.assign = assign
    return result


def layout(rank: int, count: int, ellipsis_mask: int, new_axis_mask: int) -> Iterator[tuple[int | None, int | None]]:
    """Which entry of a strided slice is about which axis of its input: pairs of (entry, axis).

    No entry: an axis that is taken whole. No axis: an entry that makes a new one. `ValueError` for too many entries.
    """
    about_axes = sum(not (ellipsis_mask | new_axis_mask) >> i & 1 for i in range(count))
    if about_axes > rank:
        raise ValueError(f"Index out of range using input dim {rank}; input has only {rank} dims")
    if bin(ellipsis_mask & ((1 << count) - 1)).count("1") > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed")
    axis = 0
    for i in range(count):
        if ellipsis_mask >> i & 1:
            for _ in range(rank - about_axes):
                yield None, axis
                axis += 1
        elif new_axis_mask >> i & 1:
            yield i, None
        else:
            yield i, axis
            axis += 1
    for rest in range(axis, rank):
        yield None, rest


@shape_rule("StridedSliceAssign")
def _(ref: TensorShape, begin: TensorShape, end: TensorShape, strides: TensorShape, value: TensorShape) -> TensorShape:
    return ref


_UNKNOWN: Any = object()


@shape_rule("StridedSlice", values=["begin", "end", "strides"])
def _(
    input: TensorShape, begin: Any, end: Any, strides: Any, *, begin_mask: int, end_mask: int, ellipsis_mask: int,
    new_axis_mask: int, shrink_axis_mask: int,
) -> TensorShape:  # fmt: skip
    if input._dims is None or strides is None:
        return TensorShape(None)
    dims: list[int | None] = []
    for entry, axis in layout(len(input._dims), len(strides), ellipsis_mask, new_axis_mask):
        if entry is None or axis is None:
            dims.append(1 if axis is None else input._dims[axis])
            continue
        bit, dim, step = 1 << entry, input._dims[axis], int(strides[entry])
        if step == 0:
            raise ValueError(f"strides[{entry}] must be non-zero")
        if shrink_axis_mask & bit:
            if step < 0:
                raise ValueError("only stride 1 allowed on non-range indexing.")
            if dim is not None and begin is not None and not -dim <= begin[entry] < dim:
                raise ValueError(f"slice index {begin[entry]} of dimension {axis} out of bounds.")
            continue
        start = None if begin_mask & bit else _UNKNOWN if begin is None else int(begin[entry])
        stop = None if end_mask & bit else _UNKNOWN if end is None else int(end[entry])
        known = dim is not None and start is not _UNKNOWN and stop is not _UNKNOWN
        dims.append(len(range(dim)[builtins.slice(start, stop, step)]) if known else None)  # type: ignore[arg-type]
    return TensorShape.of(dims)


_INDEX_ERROR = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid "
    "indices, got {!r}"
)


def _check_index(index: Any) -> None:
    if isinstance(index, (int, np.integer, Dimension)):
        return
    dtype, dims = getattr(index, "dtype", None), TensorShape(getattr(index, "shape", None))
    if dtype is None or dtypes.as_dtype(dtype).base_dtype.name not in ("int32", "int64") or dims.ndims not in (None, 0):
        raise TypeError(_INDEX_ERROR.format(index))


def _is_mask(index: Any) -> bool:
    if isinstance(index, (bool, np.bool_)):
        return True
    dtype = getattr(index, "dtype", None)
    return isinstance(index, (Tensor, np.ndarray)) and dtypes.as_dtype(dtype).base_dtype == dtypes.bool


def getitem(tensor: Any, index: Any, var: Any = None) -> Tensor:
    """`tensor[index]`: integers, slices, `...`, `None` (a new axis) and scalar integer tensors; or a mask of bools.

    `TypeError` for any other index, `ValueError` for one that is out of range or too long.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Tensor#__getitem__
    """
    if _is_mask(index):
        return boolean_mask(tensor, index)
    rows: list[tuple[Any, Any, Any]] = []  # begin, end and stride of each entry
    masks = dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    for i, entry in enumerate(index if isinstance(index, (list, tuple)) else [index]):
        bit = 1 << i
        if isinstance(entry, builtins.slice):
            for part in (entry.start, entry.stop, entry.step):
                if part is not None:
                    _check_index(part)
            masks["begin_mask"] |= bit * (entry.start is None)
            masks["end_mask"] |= bit * (entry.stop is None)
            rows.append(tuple(d if p is None else p for p, d in zip((entry.start, entry.stop, entry.step), (0, 0, 1))))  # type: ignore[arg-type]
        elif entry is Ellipsis or entry is None:
            masks["ellipsis_mask" if entry is Ellipsis else "new_axis_mask"] |= bit
            rows.append((0, 0, 1))
        else:
            _check_index(entry)
            masks["shrink_axis_mask"] |= bit
            rows.append((entry, _plus_one(entry), 1))
    vectors = [list(column) for column in zip(*rows)] or [[], [], []]
    with name_scope(None, "strided_slice", [tensor, *(v for column in vectors for v in column)]) as scope:
        if rows:
            begin, end, strides = _one_dtype([stack(column) for column in vectors])
        else:
            begin = end = strides = constant([], dtypes.int32)
        return strided_slice(tensor, begin, end, strides, var=var, name=scope, **masks)


def _plus_one(index: Any) -> Any:
    return index + 1 if isinstance(index, (int, np.integer, Dimension)) else node("AddV2", index, 1, name="add")


def _one_dtype(vectors: list[Tensor]) -> list[Tensor]:
    """int64 for all if one is."""
    if all(v.dtype != dtypes.int64 for v in vectors):
        return vectors
    return [v if v.dtype == dtypes.int64 else node("Cast", v, DstT=dtypes.int64) for v in vectors]


Tensor.__getitem__ = getitem  # type: ignore[method-assign]


# Choosing by a mask


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """The indices at which `condition` is true [n, rank]; or `x` where it is and `y` where it is not.

    `x` and `y` have one shape, `condition` has it too, or is a vector that chooses rows, or a scalar.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/where
    """
    if x is None and y is None:
        with name_scope(name, "Where", [condition]) as scope:
            condition = convert_to_tensor(condition, preferred_dtype=dtypes.bool, name="condition")
            return node("Where", condition, name=scope)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return node("Select", condition, x, y, name=name)


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """As `where`, but all three broadcast to one shape."""
    if x is None or y is None:
        return where(condition, x, y, name)
    return node("SelectV2", condition, x, y, name=name)


@shape_rule("Where")
def _(condition: TensorShape) -> TensorShape:
    return TensorShape.of((None, condition.ndims))


@shape_rule("Select")
def _(condition: TensorShape, t: TensorShape, e: TensorShape) -> TensorShape:
    if t.ndims is not None and e.ndims is not None and t.ndims != e.ndims:
        raise ValueError(f"Shapes must be equal rank, but are {t.ndims} and {e.ndims}")
    result = rules.merged(t, e)
    if condition._dims is None or result._dims is None or not condition._dims:
        return result
    if len(condition._dims) == 1 and len(result._dims) > 1:
        rules.same_dim(condition._dims[0], result._dims[0])
        return result
    return rules.merged(condition, result)


@shape_rule("SelectV2")
def _(condition: TensorShape, t: TensorShape, e: TensorShape) -> TensorShape:
    return rules.broadcast(condition, t, e)


def boolean_mask(tensor: Any, mask: Any, name: str = "boolean_mask", axis: Any = None) -> Tensor:
    """The elements of `tensor`, from `axis` (0) on over the dimensions of `mask`, at which the mask is true.

    `ValueError` if the mask is a scalar, of unknown rank, or does not fit.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/boolean_mask
    """
    with name_scope(name, "boolean_mask", [tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        if mask.shape.ndims == 0:
            raise ValueError("mask cannot be scalar.")
        if mask.shape.ndims is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  E.g. shape=[None] is "
                "ok, but shape=None is not."
            )
        known_axis: Any = constant_value(axis) if isinstance(axis, Tensor) else axis
        at = 0 if axis is None else int(known_axis)
        after = at + mask.shape.ndims
        known = tensor.shape
        known[at:after].assert_is_compatible_with(mask.shape)
        leading = node("Prod", getitem(shape(tensor), builtins.slice(at, after)), [0])
        before, behind = (getitem(shape(tensor), builtins.slice(*ends)) for ends in ((at,), (after, None)))
        rows = concat([before, [leading], behind], 0)
        tensor = node("Reshape", tensor, rows)
        if known.ndims is not None:
            tensor.set_shape(known[:at].concatenate([known[at:after].num_elements()]).concatenate(known[after:]))
        chosen = node("Squeeze", where(node("Reshape", mask, [-1])), squeeze_dims=[1])
        return gather(tensor, chosen, axis=at)
