"""Python functions as ops: what they may return, and what becomes of what they raise."""

import gc

import numpy as np
import pytest

import undertow as tf
from undertow.ops.script import FUNCTIONS


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _run(function, dtype):
    with tf.Session() as session:
        return session.run(tf.py_func(function, [], dtype))


@pytest.mark.parametrize(
    ("function", "dtype", "message"),
    [
        (lambda: 1.5, tf.float32, "0-th value returned by pyfunc_[0-9]+ is double, but expects float"),
        (lambda: np.array([1, 2]), tf.int32, "0-th value returned by pyfunc_[0-9]+ is int64, but expects int32"),
        (lambda: [1, 2], tf.int64, "pyfunc_[0-9]+ returns 2 values, but expects to see 1 values"),
        (lambda: None, tf.float32, "pyfunc_[0-9]+ returns 0 values, but expects to see 1 values"),
    ],
)
def test_what_does_not_fit_the_dtypes_is_refused(function, dtype, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        _run(function, dtype)


def _raising(error):
    def function():
        raise error

    return function


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (ValueError("no"), tf.errors.InvalidArgumentError),
        (TypeError("no"), tf.errors.InvalidArgumentError),
        (StopIteration("no"), tf.errors.OutOfRangeError),
        (NotImplementedError("no"), tf.errors.UnimplementedError),
        (MemoryError("no"), tf.errors.ResourceExhaustedError),
        (KeyError("no"), tf.errors.UnknownError),
    ],
)
def test_what_a_function_raises_becomes_the_error_of_its_op(raised, kind):
    with pytest.raises(kind, match=f"{type(raised).__name__}: '?no"):
        _run(_raising(raised), tf.float32)


def test_a_function_of_no_outputs_is_an_operation():
    calls = []
    op = tf.py_func(lambda x: calls.append(x), [tf.constant([1, 2])], [])
    assert isinstance(op, tf.Operation)
    with tf.Session() as session:
        session.run(op)
    assert [c.tolist() for c in calls] == [[1, 2]]


def test_a_function_lives_as_long_as_its_graph():
    with tf.Graph().as_default():
        token = tf.py_func(lambda: 1.0, [], tf.float64).op.get_attr("token").decode()
    gc.collect()
    assert token not in FUNCTIONS


def test_what_the_function_does_to_its_arrays_changes_no_tensor():
    x = tf.constant([1.0, 2.0])

    def spoil(array):
        array[:] = 0
        return array

    with tf.Session() as session:
        spoiled, kept = session.run([tf.py_func(spoil, [x], tf.float32), x])
    assert (spoiled.tolist(), kept.tolist()) == ([0, 0], [1, 2])
