"""Rows of a tensor replaced, added to or subtracted from: TensorFlow's private `inplace_ops`.

Only the result is changed here, never the input, which is what a graph program may rely on.
`kernels/inplace.py` says how it is done.
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .array import shape
from .node import convert_to_tensor, node
from .rules import shape_rule


def _changed(op_type: str, x: Any, i: Any, v: Any) -> Tensor:
    x = convert_to_tensor(x)
    v = convert_to_tensor(v, x.dtype.base_dtype)
    if i is None:  # the whole of it, as one row
        whole = node(op_type, node("Reshape", x, [1, -1]), [0], node("Reshape", v, [1, -1]))
        return node("Reshape", whole, shape(x))
    i = convert_to_tensor(i, "int32")
    if i.shape.ndims == 0:
        return node(op_type, x, node("Reshape", i, [1]), node("ExpandDims", v, 0))
    return node(op_type, x, i, v)


def inplace_update(x: Any, i: Any, v: Any) -> Tensor:
    """`x` with rows `i` (an int, a vector, or None for all) replaced by `v`."""
    return _changed("InplaceUpdate", x, i, v)


def inplace_add(x: Any, i: Any, v: Any) -> Tensor:
    """`x` with `v` added to rows `i` (an int, a vector, or None for all)."""
    return _changed("InplaceAdd", x, i, v)


def inplace_sub(x: Any, i: Any, v: Any) -> Tensor:
    """`x` with `v` subtracted from rows `i` (an int, a vector, or None for all)."""
    return _changed("InplaceSub", x, i, v)


alias_inplace_update, alias_inplace_add, alias_inplace_sub = inplace_update, inplace_add, inplace_sub

shape_rule("InplaceUpdate", "InplaceAdd", "InplaceSub")(rules.unchanged)


def empty(shape: Any, dtype: Any, init: bool = False) -> Tensor:
    """A tensor of `shape` whose elements are anything, zeros if `init`."""
    return node("Empty", shape, dtype=dtype, init=init)


def empty_like(x: Any, init: bool | None = None) -> Tensor:
    """A tensor of the shape and dtype of `x` whose elements are anything, zeros if `init`."""
    x = convert_to_tensor(x)
    return empty(shape(x), x.dtype.base_dtype, bool(init))


@shape_rule("Empty", shapes=["shape"])
def _(shape: TensorShape) -> TensorShape:
    return shape
