"""Making tensors and asking about them: placeholders, fills, shapes, identities. `kernels/array.py` mirrors it.

`shaping.py` rearranges tensors, `joining.py` joins and splits them, `slicing.py` picks from them, `blocks.py` trades
space for depth or batch, and `sorting.py` sorts, searches and partitions.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape, as_shape
from . import rules
from .constant import constant
from .constant_value import constant_value
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule

newaxis = None

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "bitcast": "Bitcast",
    "broadcast_to": "BroadcastTo",
    "guarantee_const": "GuaranteeConst",
    "identity": "Identity",
    "identity_n": "IdentityN",
    "prevent_gradient": "PreventGradient",
    "stop_gradient": "StopGradient",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


_FOLDED_BELOW = 1000  # a smaller fill of a known shape is one Const


# Placeholders


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor whose value every run feeds; of any shape if `shape` is None.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/placeholder
    """
    return node("Placeholder", dtype=dtype, shape=TensorShape(shape), name=name)


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """`input`, unless the run feeds another value of `shape`."""
    return node("PlaceholderWithDefault", input, shape=TensorShape(shape), name=name)


@shape_rule("Placeholder", "PlaceholderV2")
def _(*, shape: TensorShape) -> TensorShape:
    return shape


@shape_rule("PlaceholderWithDefault")
def _(given: TensorShape, *, shape: TensorShape) -> TensorShape:
    _merged(given, shape)
    return shape


@shape_rule("EnsureShape")
def _(given: TensorShape, *, shape: TensorShape) -> TensorShape:
    return _merged(given, shape)


def _merged(given: TensorShape, shape: TensorShape) -> TensorShape:
    if not given.is_compatible_with(shape):
        raise ValueError(f"Shapes must be equal, but are {shape} and {given}")
    return given.merge_with(shape)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """`x`, known to be of `shape`; a run in which it is not fails."""
    return node("EnsureShape", x, shape=TensorShape(shape), name=name)


# Fills


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of `shape` (ints or an int vector) of zeros, empty strings, or False."""
    return _full(0, shape, dtype, name, "zeros")


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of `shape` (ints or an int vector) of ones, or True."""
    return _full(1, shape, dtype, name, "ones")


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """A tensor of shape `dims` (an int vector) of a scalar `value`; `ValueError` for a dimension that is negative."""
    result = node("Fill", dims, value, name=name)
    known = constant_value(result.op.inputs[0])
    if known is not None and (known < 0).any():
        raise ValueError(f"Fill dimensions must be >= 0, got {known.tolist()}")
    return result


def _full(number: int, shape: Any, dtype: Any, name: str | None, default_name: str) -> Tensor:
    dtype = dtypes.as_dtype(dtype).base_dtype
    value: Any = "" if dtype == dtypes.string else bool(number) if dtype == dtypes.bool else number
    with name_scope(name, default_name, [shape]) as scope:
        dims = _known_dims(shape)
        if dims is not None and not isinstance(shape, (int, np.integer)) and _count(dims) < _FOLDED_BELOW:
            return constant(value, dtype, dims, scope)
        if dims is not None:
            wide = any(d > 2**31 - 1 for d in dims)
            shape = constant(dims, dtypes.int64 if wide else dtypes.int32, name="shape_as_tensor")
        else:
            inside = shape if isinstance(shape, (list, tuple)) else [shape]
            of_tensors = any(_is_tensor(item) for item in inside)
            shape = convert_to_tensor(shape, dtype=None if of_tensors else dtypes.int32)
            if shape.shape.ndims != 1:
                shape = node("Reshape", shape, [-1])
        return fill(shape, constant(value, dtype), name=scope)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "_dense_var_to_tensor")


def _known_dims(shape: Any) -> list[int] | None:
    """The dims that ints, Dimensions or a TensorShape spell; None if a tensor is among them or one is not known."""
    if _is_tensor(shape):
        return None
    try:
        dims = TensorShape(shape)
    except (TypeError, ValueError):
        return None
    return dims.as_list() if dims.is_fully_defined() else None  # type: ignore[return-value]


def _count(dims: list[int]) -> int:
    return int(np.prod(dims, dtype=np.int64))


@shape_rule("Fill", shapes=["dims"])
def _(dims: TensorShape, value: TensorShape) -> TensorShape:
    if value.ndims not in (None, 0):
        raise ValueError(f"Shape must be rank 0 but is rank {value.ndims}")
    return dims


def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Zeros of the shape of `tensor`, and of its dtype unless `dtype` is told."""
    with name_scope(name, "zeros_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        wanted = tensor.dtype.base_dtype if dtype is None else dtypes.as_dtype(dtype).base_dtype
        if optimize and tensor.shape.is_fully_defined() and wanted.name != "variant":
            return zeros(tensor.shape, wanted, scope)
        if wanted != tensor.dtype.base_dtype and wanted.name != "variant":
            return zeros(_shape(tensor, optimize), wanted, scope)
        return node("ZerosLike", tensor, name=scope)


def ones_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Ones of the shape of `tensor`, and of its dtype unless `dtype` is told."""
    with name_scope(name, "ones_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        wanted = tensor.dtype.base_dtype if dtype is None else dtypes.as_dtype(dtype).base_dtype
        result = ones(_shape(tensor, optimize), wanted, scope)
        result.set_shape(tensor.shape)
        return result


shape_rule("ZerosLike", "OnesLike", "Identity", "RefIdentity", "StopGradient", "PreventGradient", "GuaranteeConst",
           "Snapshot", "DeepCopy")(rules.unchanged)  # fmt: skip


@shape_rule("IdentityN")
def _(tensors: list[TensorShape]) -> list[TensorShape]:
    return tensors


# Shapes


def shape(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """The shape of `input` as a vector: a constant if it is known while the graph is built.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/shape
    """
    return _shape(input, optimize=True, name=name, out_type=out_type)


def _shape(input: Any, optimize: bool, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    with name_scope(name, "Shape", [input]) as scope:
        if _is_sparse(input):
            return node("Cast", input.dense_shape, DstT=out_type)
        input = convert_to_tensor(input)
        if optimize and input.shape.is_fully_defined():
            return constant(input.shape.as_list(), out_type, name=scope)
        return node("Shape", input, out_type=out_type, name=scope)


def _is_sparse(value: Any) -> bool:
    return hasattr(value, "dense_shape") and hasattr(value, "indices") and not hasattr(value, "_as_graph_element")


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """The shapes of several tensors of one dtype."""
    return node("ShapeN", input, out_type=out_type, name=name)


def size(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """How many elements `input` has: a constant if that is known while the graph is built."""
    with name_scope(name, "Size", [input]) as scope:
        if _is_sparse(input):
            return node("Prod", node("Cast", input.dense_shape, DstT=out_type), 0, name=scope)
        input = convert_to_tensor(input)
        if input.shape.is_fully_defined():
            return constant(input.shape.num_elements(), out_type, name=scope)
        return node("Size", input, out_type=out_type, name=scope)


def rank(input: Any, name: str | None = None) -> Tensor:
    """How many dimensions `input` has: a constant if that is known while the graph is built."""
    with name_scope(name, "Rank", [input]) as scope:
        if _is_sparse(input):
            return node("Size", input.dense_shape, name=scope)
        input = convert_to_tensor(input)
        if input.shape.ndims is not None:
            return constant(input.shape.ndims, dtypes.int32, name=scope)
        return node("Rank", input, name=scope)


@shape_rule("Shape")
def _(input: TensorShape) -> TensorShape:
    return TensorShape.of((input.ndims,))


@shape_rule("ShapeN")
def _(inputs: list[TensorShape]) -> list[TensorShape]:
    return [TensorShape.of((shape.ndims,)) for shape in inputs]


shape_rule("Size", "Rank")(rules.scalar)


# Broadcasting


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape to which two known shapes broadcast; `ValueError` if they do not."""
    x, y = as_shape(shape_x), as_shape(shape_y)
    try:
        return rules.broadcast(x, y)
    except ValueError:
        raise ValueError(f"Incompatible shapes for broadcasting: {x} and {y}") from None


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape, an int vector, to which tensors of two shapes broadcast."""
    return node("BroadcastArgs", shape_x, shape_y)


@shape_rule("BroadcastArgs")
def _(x: TensorShape, y: TensorShape) -> TensorShape:
    (a,), (b,) = rules.with_rank(x, 1), rules.with_rank(y, 1)
    return TensorShape.of((None if a is None or b is None else max(a, b),))


@shape_rule("BroadcastTo", shapes=["shape"])
def _(given: TensorShape, shape: TensorShape) -> TensorShape:
    if given.ndims is None or shape.ndims is None:
        return shape
    if given.ndims > shape.ndims:
        raise ValueError(f"Shape must be at most rank {shape.ndims} but is rank {given.ndims}")
    padded = (1,) * (shape.ndims - given.ndims) + tuple(given.as_list())
    for d, wanted in zip(padded, shape.as_list()):
        if d not in (1, None) and wanted is not None:
            rules.same_dim(d, wanted)
    return shape


# One-hot codes and masks


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """`indices` of any shape as vectors of length `depth` along a new `axis` (the last, if None).

    `on_value` (1) stands at the index, `off_value` (0) elsewhere and for an index out of range. `TypeError` if the
    values and `dtype` do not agree.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/one_hot
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as scope:
        dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
        on, off = (_of_kind(value, dtype) for value in (on_value, off_value))
        for label, value in (("on_value", on), ("off_value", off)):
            if dtype is not None and value is not None and value.dtype.base_dtype != dtype:
                raise TypeError(f"dtype {value.dtype.name} of {label} does not match dtype parameter {dtype.name}")
        if on is not None and off is not None and on.dtype.base_dtype != off.dtype.base_dtype:
            raise TypeError(f"dtype {on.dtype.name} of on_value does not match dtype {off.dtype.name} of off_value")
        told: DType | None = dtype or next((t.dtype.base_dtype for t in (on, off) if t is not None), None)
        wanted = told or dtypes.float32
        on = convert_to_tensor(1, wanted, name="on_value") if on is None else on
        off = convert_to_tensor(0, wanted, name="off_value") if off is None else off
        return node("OneHot", indices, depth, on, off, axis=-1 if axis is None else axis, name=scope)


def _of_kind(value: Any, dtype: DType | None) -> Tensor | None:
    """A Python number takes the dtype that is asked for; an array or a tensor has its own."""
    if value is None:
        return None
    return convert_to_tensor(value, preferred_dtype=None if hasattr(value, "dtype") else dtype)


@shape_rule("OneHot", values=["depth"])
def _(indices: TensorShape, depth: Any, on: TensorShape, off: TensorShape, *, axis: int) -> TensorShape:
    if axis < -1:
        raise ValueError(f"axis must be >= -1 but is {axis}")
    if depth is not None and np.ndim(depth) != 0:
        raise ValueError(f"Input must be scalar but has rank {np.ndim(depth)}")
    if depth is not None and depth < 0:
        raise ValueError(f"depth must be non-negative but is {int(depth)}")
    if indices.ndims is None:
        return indices
    dims = indices.as_list()
    if axis > len(dims):
        raise ValueError(f"axis must be at most the rank of the indices, {len(dims)}, but is {axis}")
    dims.insert(len(dims) if axis == -1 else axis, None if depth is None else int(depth))
    return TensorShape.of(dims)


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool, name: str | None = None) -> Tensor:
    """For each of `lengths` a row of `maxlen` elements (the longest, if None), of which the first `length` are True.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sequence_mask
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        if maxlen is None:
            dims = lengths.shape.ndims
            axes = node("Range", 0, rank(lengths), 1) if dims is None else constant(list(range(dims)), dtypes.int32)
            longest = node("Max", lengths, axes)
            maxlen = node("Maximum", constant(0, longest.dtype), longest)
        else:
            maxlen = convert_to_tensor(maxlen)
        if maxlen.shape.ndims not in (None, 0):
            raise ValueError("maxlen must be scalar for sequence_mask")
        steps = node("Range", constant(0, maxlen.dtype), maxlen, constant(1, maxlen.dtype))
        ends = node("Cast", node("ExpandDims", lengths, -1), DstT=maxlen.dtype)
        mask = node("Less", steps, ends)
        dtype = dtypes.bool if dtype is None else dtypes.as_dtype(dtype)
        return mask if dtype == dtypes.bool else node("Cast", mask, DstT=dtype)


@shape_rule("Bitcast")
def _(input: TensorShape, *, T: DType, type: DType) -> TensorShape:
    if input._dims is None or T.size == type.size:
        return input
    if T.size > type.size:
        return TensorShape.of((*input._dims, T.size // type.size))
    if not input._dims or input._dims[-1] not in (None, type.size // T.size):
        ratio = type.size // T.size
        raise ValueError(f"Cannot bitcast due to shape. The last dimension of {input} is not {ratio}")
    return TensorShape.of(input._dims[:-1])
