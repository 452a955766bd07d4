"""How far sequences are from each other. `kernels/edit_distance.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/edit_distance
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from .node import node
from .rules import shape_rule


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance") -> Tensor:
    """The Levenshtein distance of each sequence of a SparseTensor to that of `truth`, over its length if `normalize`.

    Sequences lie along the last dimension; the result has the others. `TypeError` for what is no SparseTensor.
    """
    parts = []
    for which, value in (("Hypothesis", hypothesis), ("Truth", truth)):
        if not all(hasattr(value, part) for part in ("indices", "values", "dense_shape")):
            raise TypeError(f"{which} must be a SparseTensor.")
        parts += [value.indices, value.values, value.dense_shape]
    return node("EditDistance", *parts, normalize=normalize, name=name)


@shape_rule("EditDistance", shapes=["hypothesis_shape", "truth_shape"])
def _(
    hypothesis_indices: TensorShape, hypothesis_values: TensorShape, hypothesis: TensorShape,
    truth_indices: TensorShape, truth_values: TensorShape, truth: TensorShape,
) -> TensorShape:  # fmt: skip
    """Each dimension but the last is the larger of the two."""
    if hypothesis._dims is None or truth._dims is None:
        return TensorShape(None)
    if len(hypothesis._dims) != len(truth._dims):
        raise ValueError(f"Shapes must be equal rank, but are {len(hypothesis._dims)} and {len(truth._dims)}")
    pairs = zip(hypothesis._dims[:-1], truth._dims[:-1])
    return TensorShape.of(None if a is None or b is None else max(a, b) for a, b in pairs)
