"""What TensorFlow's own gradient functions add to a graph for array ops; here only imported graphs have them.

`kernels/array_gradients.py` says how it is done.
"""

from __future__ import annotations

from ..graph.shape import TensorShape, unknown_shape
from .rules import shape_rule


@shape_rule("BroadcastGradientArgs")
def _(s0: TensorShape, s1: TensorShape) -> list[TensorShape]:
    return [unknown_shape(1), unknown_shape(1)]


@shape_rule("ConcatOffset")
def _(concat_dim: TensorShape, shapes: list[TensorShape]) -> list[TensorShape]:
    return shapes


@shape_rule("StridedSliceGrad", shapes=["shape"])
def _(shape: TensorShape, begin: TensorShape, end: TensorShape, strides: TensorShape, dy: TensorShape) -> TensorShape:
    return shape
