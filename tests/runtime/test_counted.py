"""A loop that counts runs as many rounds as one that asks its condition each time."""

import numpy as np
import pytest

import undertow as tf
from undertow.runtime import passes
from undertow.runtime.loops import Rounds
from undertow.runtime.passes.counted import counted_rounds


def doubled(i, x):
    return i + 1, x * 2


def up_to(limit, x):
    return tf.while_loop(lambda i, x: i < limit, doubled, [tf.zeros([], limit.dtype), x])


# What makes a loop of n and x -> whether its rounds are counted.
LOOPS = {
    "a number": (lambda n, x: tf.while_loop(lambda i, x: i < 5, doubled, [0, x]), True),
    "a tensor": (lambda n, x: tf.while_loop(lambda i, x: i < n, doubled, [0, x]), True),
    "not from 0": (lambda n, x: tf.while_loop(lambda i, x: i < 5, doubled, [n, x]), True),
    "the lesser of two": (lambda n, x: tf.while_loop(lambda i, x: tf.logical_and(i < n, i < 3), doubled, [0, x]), True),
    "most rounds": (lambda n, x: tf.while_loop(lambda i, x: i < n, doubled, [0, x], maximum_iterations=2), True),
    "int64": (lambda n, x: up_to(tf.cast(n, tf.int64), x), True),
    "1 on the left": (lambda n, x: tf.while_loop(lambda i, x: i < n, lambda i, x: (1 + i, x + 1), [0, x]), True),
    "in another loop": (
        lambda n, x: tf.while_loop(
            lambda i, x: i < 2, lambda i, x: (i + 1, tf.while_loop(lambda j, x: j < n, doubled, [i, x])[1]), [0, x]
        ),
        True,
    ),
    "steps of 2": (lambda n, x: tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 2, x * 2), [0, x]), False),
    "a limit that moves": (
        lambda n, x: tf.while_loop(lambda i, m, x: i < m, lambda i, m, x: (i + 1, m - 1, x * 2), [0, n, x]),
        False,
    ),
    "a condition on more": (
        lambda n, x: tf.while_loop(lambda i, x: tf.logical_and(i < n, x < 9), doubled, [0, x]),
        False,
    ),
    "floats": (lambda n, x: up_to(tf.cast(n, tf.float32) - 0.5, x), False),
    "counts by twice itself": (
        lambda n, x: tf.while_loop(lambda i, x: i < n, lambda i, x: (i + i, x + 1), [1, x]),
        False,
    ),
}


@pytest.mark.parametrize("n", [-2, 0, 1, 4, 7])
@pytest.mark.parametrize("name", LOOPS)
def test_values_and_gradients_are_those_of_asking_each_time(name, n, monkeypatch):
    make, counts = LOOPS[name]

    def run(enabled):
        monkeypatch.setattr(passes, "ENABLED", enabled)
        with tf.Graph().as_default(), tf.Session() as s:
            limit, x = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [])
            results = make(limit, x)
            found = s.run([*results, tf.gradients(results[-1], x)], {limit: n, x: 1.5})
            steps = [step for plan in s._plans.values() for step in plan.steps]
            return found, [bool(step.call.limits) for step in steps if isinstance(step.call, Rounds)]

    everything = list(passes.ENABLED)
    expected, none = run([])
    for enabled in ([counted_rounds], everything):
        found, loops = run(enabled)
        assert (loops, none) == ([counts], [False])
        for a, b in zip(found, expected):
            np.testing.assert_array_equal(a, b)
