"""Special functions: what each op is. `kernels/special.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .math import values_too
from .node import node
from .raw import from_table
from .rules import shape_rule

# Public name -> type. The input's shape.
UNARY = {
    "bessel_i0": "BesselI0",
    "bessel_i0e": "BesselI0e",
    "bessel_i1": "BesselI1",
    "bessel_i1e": "BesselI1e",
    "digamma": "Digamma",
    "erf": "Erf",
    "erfc": "Erfc",
    "erfinv": "Erfinv",
    "lgamma": "Lgamma",
    "ndtri": "Ndtri",
}

# Public name -> type. The inputs broadcast to one shape.
BINARY = {
    "igamma": "Igamma",
    "igammac": "Igammac",
    "polygamma": "Polygamma",
    "zeta": "Zeta",
}

shape_rule(*UNARY.values())(rules.unchanged)
shape_rule(*BINARY.values())(rules.broadcast)


def __getattr__(name: str) -> Any:
    function = from_table({**UNARY, **BINARY}, __name__, name)
    return values_too(function) if name == "erf" else function  # of a SparseTensor too


def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Tensor:
    """The regularized incomplete beta integral of `x` in [0, 1] with parameters `a` and `b`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/betainc
    """
    return node("Betainc", a, b, x, name=name)


@shape_rule("Betainc")
def _(a: TensorShape, b: TensorShape, x: TensorShape) -> TensorShape:
    known = [s for s in (a, b, x) if s.rank != 0]
    return rules.merged(*known) if known else a
