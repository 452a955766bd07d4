"""The largest, and whether a class is among them: what each op is. `kernels/ranking.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/top_k and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .node import node
from .rules import same_dim, shape_rule


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> Any:
    """The `k` largest of each row of `input` [.., n], and where they are (int32): (values, indices), both [.., k].

    Of equal elements the first comes first.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/top_k
    """
    return node("TopKV2", input, k, sorted=sorted, name=name)


@shape_rule("TopK")
def _(input: TensorShape, *, k: int) -> list[TensorShape]:
    return [_top(input, k)] * 2


@shape_rule("TopKV2", values=["k"])
def _(input: TensorShape, k: Any) -> list[TensorShape]:
    return [_top(input, _count(k))] * 2


def _count(value: Any) -> int | None:
    """The number in an input that must be a scalar >= 0, None while it is not known."""
    if value is None:
        return None
    if value.ndim:
        raise ValueError(f"Input must be scalar but has rank {value.ndim}")
    if value < 0:
        raise ValueError(f"Dimension size, given by scalar input 1, must be non-negative but is {value}")
    return int(value)


def _top(input: TensorShape, k: int | None) -> TensorShape:
    if input._dims is None:
        return input
    if not input._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    *rows, size = input._dims
    if k is not None and size is not None and size < k:
        raise ValueError(f"input must have last dimension >= k = {k} but is {size}")
    return TensorShape.of((*rows, k))


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether the prediction for the class `targets[i]` is among the `k` largest of `predictions[i]` [C], for each i.

    What equals the last of them counts as in; what is not finite, or no class, as out.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/in_top_k
    """
    with name_scope(name, "in_top_k"):
        return node("InTopKV2", predictions, targets, k, name=name)


@shape_rule("InTopK")
def _(predictions: TensorShape, targets: TensorShape) -> TensorShape:
    rows = same_dim(rules.with_rank(predictions, 2)[0], rules.with_rank(targets, 1)[0])
    return TensorShape.of((rows,))


@shape_rule("InTopKV2")
def _(predictions: TensorShape, targets: TensorShape, k: TensorShape) -> TensorShape:
    rules.with_rank(k, 0)
    rows = same_dim(rules.with_rank(predictions, 2)[0], rules.with_rank(targets, 1)[0])
    return TensorShape.of((rows,))


def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Tensor:
    """The `n`-th smallest (largest if `reverse`), from 0, of each row of `input` [.., m].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/nn/nth_element
    """
    return node("NthElement", input, n, reverse=reverse, name=name)


@shape_rule("NthElement", values=["n"])
def _(input: TensorShape, n: Any) -> TensorShape:
    at = _count(n)
    if input._dims is None:
        return input
    if not input._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    *rows, size = input._dims
    if at is not None and size is not None and at >= size:
        raise ValueError(f"Input must have last dimension > n = {at} but is {size}")
    return TensorShape.of(rows)
