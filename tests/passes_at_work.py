"""What a program gives with some of the passes, and the steps that it is done in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import undertow as tf
from undertow.runtime import passes
from undertow.runtime.plan import Step


def fetched(
    build: Callable[[], Any], feeds: Sequence[Any], enabled: list[Any], monkeypatch: Any, runs: int = 1
) -> tuple[list[Any], list[Step]]:
    """What the last of `runs` gives of what `build` makes, flattened, and the steps of all plans.

    `build` gives what to fetch and the placeholders for `feeds`.
    """
    monkeypatch.setattr(passes, "ENABLED", enabled)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(3)
        fetches, placeholders = build()
        session.run(tf.global_variables_initializer())
        for _ in range(runs):
            found = session.run(fetches, dict(zip(placeholders, feeds)))
        steps = [step for plan in session._plans.values() for step in plan.steps]
    return tf.contrib.framework.nest.flatten(found), steps


def assert_close(found: list[Any], expected: list[Any], rtol: float, atol: float) -> None:
    """The same dtypes, shapes, and numbers to rounding."""
    for a, b in zip(found, expected):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


def normal(*shape: int) -> np.ndarray:
    return np.random.RandomState(0).randn(*shape)
