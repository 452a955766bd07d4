"""Rearranging tensors: reshape, transpose, squeeze, tile, pad, reverse. `kernels/shaping.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape, unknown_shape
from . import rules
from .array import ones, rank, shape, size
from .constant_value import constant_value
from .joining import stack
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule
from .slicing import getitem
from .spelling import either

# Public name -> type, where the registry's signature is the public one.
PLAIN = {"reshape": "Reshape", "reverse": "ReverseV2", "reverse_v2": "ReverseV2", "roll": "Roll", "tile": "Tile"}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


# Reshape, transpose


@shape_rule("Reshape", shapes=["shape"])
def _(given: TensorShape, wanted: TensorShape) -> TensorShape:
    if wanted._dims is None:
        return wanted
    count = given.num_elements()
    unknown = [i for i, d in enumerate(wanted._dims) if d is None]
    known = int(np.prod([d for d in wanted._dims if d is not None], dtype=np.int64))
    if count is None or len(unknown) > 1:
        return wanted
    if not unknown:
        if known != count:
            shown = f"[{','.join(map(str, wanted._dims))}]"
            raise ValueError(f"Cannot reshape a tensor with {count} elements to shape {shown} ({known} elements)")
        return wanted
    if known == 0:
        if count:
            raise ValueError(f"Cannot reshape a tensor with {count} elements to a shape with a dimension of 0")
        return wanted
    if count % known:
        raise ValueError(f"Dimension size must be evenly divisible by {known} but is {count}")
    return TensorShape.of(count // known if d is None else d for d in wanted._dims)


def transpose(a: Any, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Tensor:
    """`a` with its dimensions in the order `perm`, reversed if None; the complex conjugate of it if `conjugate`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/transpose
    """
    with name_scope(name, "transpose", [a]) as scope:
        a = convert_to_tensor(a, name="a")
        if perm is None:
            ndims = a.shape.ndims
            if ndims is None:
                perm = node("Range", node("Sub", rank(a), 1, name="sub"), -1, -1)
            else:
                perm = list(range(ndims))[::-1]
        op_type = "ConjugateTranspose" if conjugate and a.dtype.is_complex else "Transpose"
        return node(op_type, a, perm, name=scope)


@shape_rule("Transpose", "ConjugateTranspose", either=["perm"])
def _(x: TensorShape, perm: Any) -> TensorShape:
    if x._dims is None or isinstance(perm, TensorShape):
        count = len(perm) if not isinstance(perm, TensorShape) else perm.num_elements()
        ndims = count if x._dims is None else len(x._dims)
        return TensorShape(None) if ndims is None or (ndims < 2 and x._dims is None) else unknown_shape(ndims)
    if len(perm) != len(x._dims):
        raise ValueError(f"Dimension must be {len(x._dims)} but is {len(perm)}")
    for i in perm.tolist():
        if not -len(x._dims) <= i < len(x._dims):
            raise ValueError(f"perm dim {i} is out of range of input rank {len(x._dims)}")
    return TensorShape.of(x._dims[i] for i in perm.tolist())


# One dimension more or less


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """`input` with a dimension of 1 inserted at `axis` (`dim` is its old name)."""
    axis = either("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return node("ExpandDims", input, axis, name=name)


@shape_rule("ExpandDims", values=["dim"])
def _(input: TensorShape, dim: Any) -> TensorShape:
    if dim is None or input._dims is None:
        return TensorShape(None)
    if np.size(dim) != 1:
        raise ValueError("'dim' input must be a tensor with a single value")
    at, ndims = int(np.reshape(dim, -1)[0]), len(input._dims)
    if not -ndims - 1 <= at <= ndims:
        raise ValueError(f"dim {at} not in the interval [{-ndims - 1}, {ndims}].")
    dims = list(input._dims)
    dims.insert(at % (ndims + 1), 1)
    return TensorShape.of(dims)


def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Tensor:
    """`input` without its dimensions of 1: those in `axis` (`squeeze_dims` is its old name), or all."""
    axis = either("axis", axis, "squeeze_dims", squeeze_dims)
    return node("Squeeze", input, squeeze_dims=[axis] if np.isscalar(axis) else axis, name=name)


@shape_rule("Squeeze")
def _(input: TensorShape, *, squeeze_dims: list[int]) -> TensorShape:
    if input._dims is None:
        return input
    ndims = len(input._dims)
    if not squeeze_dims:
        return TensorShape(None) if None in input._dims else TensorShape.of(d for d in input._dims if d != 1)
    gone = set()
    for i, at in enumerate(squeeze_dims):
        if not -ndims <= at < ndims:
            raise ValueError(f"squeeze_dims[{i}] not in [{-ndims},{ndims}).")
        gone.add(at % ndims)
    for at in sorted(gone):
        if input._dims[at] not in (None, 1):
            raise ValueError(f"Can not squeeze dim[{at}], expected a dimension of 1, got {input._dims[at]}")
    return TensorShape.of(d for i, d in enumerate(input._dims) if i not in gone)


# Larger by repeating or padding


@shape_rule("Tile", shapes=["multiples"])
def _(input: TensorShape, multiples: TensorShape) -> TensorShape:
    if multiples._dims is None:
        return TensorShape(None) if input.ndims is None else TensorShape.of((None,) * input.ndims)
    if input._dims is None:
        return TensorShape.of((None,) * len(multiples._dims))
    if len(multiples._dims) != len(input._dims):
        raise ValueError(f"Shape must be rank {len(input._dims)} but is rank {len(multiples._dims)}")
    dims = input._dims
    return TensorShape.of(None if d is None or m is None else d * m for d, m in zip(dims, multiples._dims))


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Tensor:
    """`tensor` with `paddings` [n, 2] more elements before and after each of its n dimensions.

    `mode`: "CONSTANT" (filled with `constant_values`), "REFLECT" (mirrored at the edge's middle), "SYMMETRIC" (mirrored
    at the edge). `ValueError` for another.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/pad
    """
    kind = mode.upper()
    if kind == "CONSTANT":
        if not isinstance(constant_values, Tensor) and np.ndim(constant_values) == 0 and constant_values == 0:
            result = node("Pad", tensor, paddings, name=name)
        else:
            result = node("PadV2", tensor, paddings, constant_values, name=name)
    elif kind in ("REFLECT", "SYMMETRIC"):
        result = node("MirrorPad", tensor, paddings, mode=kind, name=name)
    else:
        raise ValueError(f"Unknown padding mode: {mode}")
    if isinstance(paddings, (list, tuple)) and not result.shape.is_fully_defined():
        result.set_shape(_partly_padded(result.op.inputs[0].shape, paddings))
    return result


def _partly_padded(shape: TensorShape, paddings: Any) -> TensorShape:
    """What is known of the shape where some of the paddings are tensors."""
    if shape._dims is None:
        return shape
    dims: list[int | None] = []
    for dim, row in zip(shape._dims, paddings):
        pair: Any = constant_value(row) if isinstance(row, Tensor) else row
        amounts: list[Any] = [constant_value(a) if isinstance(a, Tensor) else a for a in ([] if pair is None else pair)]
        known = dim is not None and pair is not None and all(a is not None for a in amounts)
        dims.append(dim + sum(map(int, amounts)) if known else None)  # type: ignore[operator]
    return TensorShape.of(dims)


@shape_rule("Pad", "PadV2", "MirrorPad", either=["paddings"])
def _(input: TensorShape, paddings: Any, constant_values: TensorShape | None = None) -> TensorShape:
    if isinstance(paddings, TensorShape):
        return unknown_shape(paddings._dims[0] if input.ndims is None and paddings._dims else input.ndims)
    rules.with_rank(TensorShape.of(paddings.shape), 2)
    if paddings.shape[1] != 2:
        raise ValueError(f"Dimension must be 2 but is {paddings.shape[1]}")
    if input.ndims is not None and input.ndims != len(paddings):
        raise ValueError(f"Shape must be rank {len(paddings)} but is rank {input.ndims}")
    dims = rules.with_rank(input, len(paddings))
    if (paddings < 0).any():
        raise ValueError("Paddings must be non-negative")
    sizes = [None if d is None else d + int(p.sum()) for d, p in zip(dims, paddings)]
    if math.prod(d for d in sizes if d is not None) >= 2**63:
        raise ValueError(f"Dimension size overflow: the padded tensor would be of shape {sizes}")
    return TensorShape.of(sizes)


@shape_rule("ReverseV2", values=["axis"])
def _(tensor: TensorShape, axis: Any) -> TensorShape:
    if axis is not None:
        rules.with_rank(TensorShape.of(np.shape(axis)), 1)
    seen = set()
    for i, at in enumerate(() if axis is None or tensor.ndims is None else np.reshape(axis, -1).tolist()):
        ndims = tensor.ndims or 0
        if not -ndims <= at < ndims:
            raise ValueError(f"'axis'[{i}] = {at} is out of valid range [0, {ndims - 1}")
        if at % ndims in seen:
            raise ValueError(f"axis {at % ndims} specified more than once.")
        seen.add(at % ndims)
    return tensor


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Each element along `axis` (of the flat `input`, if None) as often as `repeats`, a scalar or a vector, says.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/repeat
    """
    with name_scope(name, "Repeat", [input, repeats]):
        data = convert_to_tensor(input, name="data")
        if axis is None:
            data, axis = node("Reshape", data, [-1]), 0
        repeats = convert_to_tensor(repeats, name="repeats")
        if data.shape.ndims is None or repeats.shape.ndims is None:
            raise ValueError("tf.repeat needs data and repeats of known ranks")
        at = axis % data.shape.ndims
        count = getitem(shape(data), at)
        times = node("BroadcastTo", node("Cast", repeats, DstT="int32"), [count])
        # Element i of the result is element (how many runs have ended by i) of the data.
        ends = node("Cumsum", times, 0)
        places = node("Range", 0, node("Sum", times, [0]), 1)
        ended = node("LessEqual", expand_dims(ends, 1), expand_dims(places, 0))
        source = node("Sum", node("Cast", ended, DstT="int32"), [0])
        return node("GatherV2", data, source, at)


shape_rule("Reverse", "Roll")(rules.unchanged)


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> Tensor:
    """`input` with the first `seq_lengths[i]` elements along `seq_axis` reversed, for each i along `batch_axis`."""
    seq_axis = either("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = either("batch_axis", batch_axis, "batch_dim", batch_dim)
    return node("ReverseSequence", input, seq_lengths, seq_dim=seq_axis, batch_dim=batch_axis, name=name)


@shape_rule("ReverseSequence")
def _(input: TensorShape, lengths: TensorShape, *, seq_dim: int, batch_dim: int) -> TensorShape:
    (count,) = rules.with_rank(lengths, 1)
    if input._dims is None:
        return input
    if seq_dim >= len(input._dims) or batch_dim >= len(input._dims):
        which, at = ("seq_dim", seq_dim) if seq_dim >= len(input._dims) else ("batch_dim", batch_dim)
        raise ValueError(f"{which} must be < input rank: {at} vs. {len(input._dims)}")
    return rules.with_dim(input, batch_dim, rules.same_dim(input._dims[batch_dim], count))


def meshgrid(*args: Any, indexing: str = "xy", name: str = "meshgrid") -> list[Tensor]:
    """N vectors as N tensors of rank N that hold, at each point of their grid, its coordinates.

    `indexing` "xy" swaps the first two dimensions, "ij" does not. `ValueError` for another.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    with name_scope(name, "meshgrid", args):
        ndims = len(args)
        swap = indexing == "xy" and ndims > 1
        along: list[Any] = []
        for i, vector in enumerate(args):
            along.append(node("Reshape", stack(vector), [-1 if j == i else 1 for j in range(ndims)]))
        sizes = [size(vector) for vector in args]
        dtype = convert_to_tensor(args[0]).dtype.base_dtype
        if swap:
            along[0] = node("Reshape", along[0], [1, -1, *[1] * (ndims - 2)])
            along[1] = node("Reshape", along[1], [-1, 1, *[1] * (ndims - 2)])
            sizes[:2] = sizes[1::-1]
        grid = ones(sizes, dtype)
        return [node("Mul", x, grid, name="mul") for x in along]
