"""What is done with the values of ragged tensors, whatever their rows: `ragged + 1`, `map_flat_values`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..graph.scopes import control_dependencies
from . import math
from .check import assert_equal


class RaggedOperators:
    """The operators of a ragged tensor, which are put here below."""

    __slots__ = ()


def _flat(value: Any) -> Any:
    ragged: Any = value
    return ragged.flat_values if isinstance(value, RaggedOperators) else value


def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`op` of the innermost values of the ragged tensors among its arguments, which have the same rows.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ragged/map_flat_values
    """
    found: list[Any] = [a for a in (*args, *kwargs.values()) if isinstance(a, RaggedOperators)]
    if not found:
        return op(*args, **kwargs)
    first = found[0]
    checks = []
    for other in found[1:]:
        if other.ragged_rank != first.ragged_rank:
            raise ValueError("All ragged arguments of map_flat_values must have the same ragged_rank.")
        for mine, theirs in zip(first.nested_row_splits, other.nested_row_splits):
            if mine is not theirs:
                checks.append(
                    assert_equal(mine, theirs, message="Ragged tensors of one operation differ in their rows")
                )
    with control_dependencies(checks):
        flat = op(
            *map(_flat, args),
            **{key: _flat(a) for key, a in kwargs.items()},
        )
    return first.with_flat_values(flat)


_BINARY: dict[str, Callable[..., Any]] = {
    "__add__": math.add, "__sub__": math.subtract, "__mul__": math.multiply, "__truediv__": math.truediv,
    "__floordiv__": math.floordiv, "__mod__": math.floormod, "__pow__": math.pow, "__lt__": math.less,
    "__le__": math.less_equal, "__gt__": math.greater, "__ge__": math.greater_equal, "__and__": math.logical_and,
    "__or__": math.logical_or, "__xor__": math.logical_xor,
}  # fmt: skip


def _operator(op: Callable[..., Any], swapped: bool) -> Callable[..., Any]:
    def apply(self: RaggedOperators, other: Any) -> Any:
        return map_flat_values(op, other, self) if swapped else map_flat_values(op, self, other)

    return apply


for _name, _op in _BINARY.items():
    setattr(RaggedOperators, _name, _operator(_op, swapped=False))
    if _name not in ("__lt__", "__le__", "__gt__", "__ge__"):
        setattr(RaggedOperators, _name.replace("__", "__r", 1), _operator(_op, swapped=True))
for _name, _op in {"__neg__": math.negative, "__abs__": math.abs, "__invert__": math.logical_not}.items():
    setattr(RaggedOperators, _name, functools.partialmethod(lambda self, op: map_flat_values(op, self), _op))
