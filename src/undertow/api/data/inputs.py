"""The inputs by which dataset ops are told how much and how."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import get_seed
from ...graph.shape import TensorShape
from ...ops.constant_value import constant_value
from ...ops.node import convert_to_tensor


def number(value: Any, name: str) -> Tensor:
    """An int64 input of a dataset op."""
    if isinstance(value, Tensor):
        return convert_to_tensor(value, dtype=dtypes.int64, name=name)
    return convert_to_tensor(np.int64(value), dtype=dtypes.int64, name=name)


def seeds(seed: Any) -> tuple[Tensor, Tensor]:
    """The two seed inputs of a dataset op; zeros if it is not to repeat."""
    if isinstance(seed, Tensor):
        graph_seed, _ = get_seed(0)
        return number(graph_seed, "seed"), number(seed, "seed2")
    graph_seed, op_seed = get_seed(seed)
    return number(graph_seed or 0, "seed"), number(op_seed or 0, "seed2")


def boolean(value: Any) -> Tensor:
    """A bool that says whether a smaller last batch is left out."""
    return convert_to_tensor(value, dtype=dtypes.bool, name="drop_remainder")


def batch_dimension(size: Tensor, drop: Tensor) -> TensorShape:
    """The first dimension of a batch, as far as it is known."""
    count, whole = constant_value(size), constant_value(drop)
    return TensorShape([int(count) if count is not None and whole is not None and whole else None])
