"""Comparisons packed eight to a byte: `tf.raw_ops.CompareAndBitpack`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops
"""

from __future__ import annotations

from ..graph.shape import TensorShape
from .rules import shape_rule, with_dim, with_rank


@shape_rule("CompareAndBitpack")
def _(values: TensorShape, threshold: TensorShape) -> TensorShape:
    with_rank(threshold, 0)
    if values._dims is None:
        return values
    if not values._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    last = values._dims[-1]
    if last is not None and last % 8:
        raise ValueError(f"Dimension size must be evenly divisible by 8 but is {last}")
    return with_dim(values, -1, None if last is None else last // 8)
