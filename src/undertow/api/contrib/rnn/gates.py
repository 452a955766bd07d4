"""What the LSTMs of contrib share once their gates are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....graph.operation import Tensor
from ....ops.clip import clip_by_value
from ....ops.constant import constant
from ....ops.joining import split
from ....ops.math import sigmoid, tanh
from ...get_variable import get_variable


def cut(x: Tensor, count: int) -> list[Tensor]:
    """`x` [batch, count * n] as `count` gates."""
    constant(count)  # TensorFlow 1.15's split had a node for it, which the seeds of later random ops depend on
    return split(value=x, num_or_size_splits=count, axis=1)


def lstm_step(
    c: Tensor,
    gates: Sequence[Tensor],
    forget_bias: float,
    activation: Callable[[Tensor], Tensor] = tanh,
    peepholes: Sequence[Any] = (),
    settle: Callable[[Tensor], Tensor] = lambda c: c,
) -> tuple[Tensor, Tensor]:
    """What the cell holds next, and its output, by the gates i, j, f and o.

    `peepholes` are the weights of f, i and o. What the cell holds is `settle`d (clipped, normalized) before it is seen.
    """
    i, j, f, o = gates
    f = f + forget_bias
    if peepholes:
        of_f, of_i, of_o = peepholes
        f, i = f + of_f * c, i + of_i * c
    c = settle(sigmoid(f) * c + sigmoid(i) * activation(j))
    if peepholes:
        o = o + of_o * c
    return c, sigmoid(o) * activation(c)


def peephole_weights(names: Sequence[str], units: int, dtype: Any) -> list[Any]:
    """Variables [units] in the scope at hand."""
    return [get_variable(name, [units], dtype=dtype) for name in names]


def clipped(x: Tensor, limit: float | None) -> Tensor:
    """`x` within ±`limit`, if there is one."""
    return x if limit is None else clip_by_value(x, -limit, limit)
