"""Which types of op can run here."""

from __future__ import annotations

from functools import cache

from ..kernels.registry import load
from .lower import PLANNED


@cache
def _runnable() -> frozenset[str]:
    return frozenset({*load(), *PLANNED})


def can_run(op_type: str) -> bool:
    """Whether there is a kernel for the type, or it needs none."""
    return op_type in _runnable()
