"""Strings: what each op is. `kernels/string.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/strings
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .node import node
from .rules import shape_rule


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """The strings of several tensors of one shape (or scalars), joined element by element with `separator` between."""
    return node("StringJoin", inputs, separator=separator, name=name)


@shape_rule("StringJoin")
def _(inputs: list[TensorShape]) -> TensorShape:
    if any(shape.ndims is None for shape in inputs):
        return TensorShape(None)
    whole = [shape for shape in inputs if shape.ndims != 0]
    return rules.merged(*whole) if whole else TensorShape.of(())
