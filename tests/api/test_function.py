"""`Defun`: Python functions as functions of tensors."""

import pytest

import undertow as tf
from undertow.api.function import Defun


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def run(x):
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        return s.run(x)


def test_a_function_is_called_with_values_or_tensors():
    @Defun(tf.float32, tf.float32)
    def both(x, y):
        return x * y, x + y

    assert run(both(2.0, tf.constant(3.0))) == (6, 5)


def test_a_function_without_types_takes_any():
    @Defun()
    def add(a, b):
        return a + b

    assert run(add(1, 2)) == 3


def test_the_arguments_are_counted_and_typed():
    @Defun(tf.float32)
    def same(x):
        return x

    with pytest.raises(ValueError, match="Expected number of arguments: 1, received: 2"):
        same(1.0, 2.0)
    with pytest.raises(ValueError, match="dtype float32"):
        same(tf.constant(1))


def test_a_gradient_of_its_own_takes_the_op_or_the_inputs():
    @Defun(tf.float32, python_grad_func=lambda op, dy: op.inputs[0] * dy * 100.0)
    def by_op(x):
        return x * x

    @Defun(tf.float32, tf.float32)
    def seven(x, dy):
        return dy * 7.0

    @Defun(tf.float32, grad_func=seven)
    def by_inputs(x):
        return x * x

    x = tf.constant(3.0)
    assert run(tf.gradients([by_op(x)], x)) == [300]
    assert run(tf.gradients([by_inputs(x)], x)) == [7]
    with pytest.raises(ValueError, match="at most one"):
        Defun(tf.float32, grad_func=seven, python_grad_func=seven)


def test_calls_share_the_variables_of_a_function():
    @Defun(tf.float32)
    def scaled(x):
        return x * tf.get_variable("w", initializer=2.0)

    assert run(scaled(1.0) + scaled(3.0)) == 8
    assert [v.op.name for v in tf.global_variables()] == ["w"]


def test_a_shape_function_tells_the_shapes():
    @Defun(tf.float32, shape_func=lambda op: [op.inputs[0].shape])
    def hidden(x):
        return tf.py_func(lambda v: v, [x], tf.float32)

    assert hidden(tf.zeros([2, 3])).shape == (2, 3)
