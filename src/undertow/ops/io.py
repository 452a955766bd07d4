"""Checkpoints as ops: what `tf.train.Saver` puts into the graph. `kernels/io.py` reads and writes the files.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/SaveV2 and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph.shape import TensorShape
from . import rules
from .rules import shape_rule


@shape_rule("RestoreV2")
def _(
    prefix: TensorShape, tensor_names: TensorShape, shape_and_slices: TensorShape, *, dtypes: list[Any]
) -> list[TensorShape]:
    rules.with_rank(prefix, 0)
    rules.merged(tensor_names.with_rank(1), shape_and_slices.with_rank(1))
    return [TensorShape(None)] * len(dtypes)


shape_rule("SaveV2")(rules.nothing)
shape_rule("ShardedFilename", "ShardedFilespec")(rules.scalar)
