"""Pools whose windows are of two sizes, drawn by chance: what each op is. `kernels/fractional_pool.py`: how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/fractional_max_pool
"""

from __future__ import annotations

from typing import Any

from ..graph.scopes import get_seed
from ..graph.shape import TensorShape
from . import rules
from .node import node
from .raw import from_table
from .rules import shape_rule


def __getattr__(name: str) -> Any:
    table = {"fractional_max_pool": "FractionalMaxPool", "fractional_avg_pool": "FractionalAvgPool"}
    return from_table(table, __name__, name)


def fractional_max_pool_v2(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> Any:
    """The maximum of each window of `value` [N, H, W, C], and where the rows and the columns of windows begin and end.

    `pooling_ratio`, one number or a list, is by how much the image shrinks: [1, 1.4, 1.4, 1]. A `seed` makes every run
    draw the same windows; `overlapping` windows share their last row and column with the next.
    """
    return _pool("FractionalMaxPool", value, pooling_ratio, pseudo_random, overlapping, seed, name)


def fractional_avg_pool_v2(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> Any:
    """`fractional_max_pool_v2` with the mean of each window."""
    return _pool("FractionalAvgPool", value, pooling_ratio, pseudo_random, overlapping, seed, name)


def _pool(
    op_type: str, value: Any, ratio: Any, pseudo_random: bool, overlapping: bool, seed: int, name: str | None
) -> Any:
    if not isinstance(ratio, (list, tuple)):
        ratio = [1.0, ratio, ratio, 1.0]
    elif len(ratio) != 4:
        ratio = [1.0, ratio[0], ratio[-1], 1.0]
    seeds = {}
    if seed:
        graph_seed, op_seed = get_seed(seed)
        seeds = {"deterministic": True, "seed": graph_seed, "seed2": op_seed}
    return node(
        op_type, value, pooling_ratio=ratio, pseudo_random=pseudo_random, overlapping=overlapping, name=name, **seeds
    )


@shape_rule("FractionalMaxPool", "FractionalAvgPool")
def _(value: TensorShape, *, pooling_ratio: Any) -> list[TensorShape]:
    if len(pooling_ratio) != 4:
        raise ValueError("pooling_ratio field must specify 4 dimensions")
    if any(ratio < 1 for ratio in pooling_ratio):
        raise ValueError(f"pooling_ratio cannot be smaller than 1, got: {pooling_ratio}")
    pooled = [None if d is None else int(d / r) for d, r in zip(rules.with_rank(value, 4), pooling_ratio)]
    bounds = [TensorShape.of((None if d is None else d + 1,)) for d in pooled[1:3]]
    return [TensorShape.of(pooled), *bounds]


shape_rule("FractionalMaxPoolGrad")(rules.unchanged)


@shape_rule("FractionalAvgPoolGrad", shapes=["orig_input_tensor_shape"])
def _(shape: TensorShape, grad: TensorShape, rows: TensorShape, columns: TensorShape) -> TensorShape:
    return shape
