"""`tensorflow.python.distribute.combinations` and `strategy_combinations`: tests under distribution strategies."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any


def generate(combinations: Any) -> Callable[[Any], Any]:
    """A decorator that skips the test: it runs once for each of several distribution strategies."""
    return unittest.skip("needs a distribution strategy")


def combine(**kwargs: Any) -> dict[str, Any]:
    """The arguments of such a test."""
    return kwargs


def set_virtual_cpus_to_at_least(num_virtual_cpus: int) -> None:
    """Nothing: there is one CPU device."""


mirrored_strategy_with_cpu_1_and_2 = "MirroredStrategy on two CPUs"
