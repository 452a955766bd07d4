"""Finding cluster centers: what each op is. `kernels/clustering.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/NearestNeighbors
"""

from __future__ import annotations

from typing import Any

from ..graph.shape import TensorShape
from . import rules
from .raw import from_table
from .rules import shape_rule

PLAIN = {
    "kmc2_chain_initialization": "KMC2ChainInitialization",
    "kmeans_plus_plus_initialization": "KmeansPlusPlusInitialization",
    "nearest_neighbors": "NearestNeighbors",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


@shape_rule("NearestNeighbors", values=["k"])
def _(points: TensorShape, centers: TensorShape, k: Any) -> list[TensorShape]:
    (rows, depth), (candidates, center_depth) = rules.with_rank(points, 2), rules.with_rank(centers, 2)
    rules.same_dim(depth, center_depth)
    count = None if k is None or candidates is None else min(int(k), candidates)
    return [TensorShape.of((rows, count))] * 2


@shape_rule("KmeansPlusPlusInitialization", values=["num_to_sample"])
def _(points: TensorShape, num_to_sample: Any, seed: TensorShape, num_retries_per_sample: TensorShape) -> TensorShape:
    count = None if num_to_sample is None else int(num_to_sample)
    return TensorShape.of((count, rules.with_rank(points, 2)[1]))


@shape_rule("KMC2ChainInitialization")
def _(distances: TensorShape, seed: TensorShape) -> TensorShape:
    rules.with_rank(distances, 1)
    return TensorShape.of(())
