"""Tensors' operators: conversions, what Python tries next, what stays identity."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_equality_is_identity():
    x, y = tf.constant(1.0), tf.constant(1.0)
    assert (x == x) is True
    assert (x == y) is False
    assert (x != y) is True
    assert len({x, y, x}) == 2


def test_a_number_takes_the_tensors_dtype_on_either_side():
    for dtype in (tf.float16, tf.float64, tf.int64, tf.uint8):
        x = tf.constant([1, 2], dtype)
        assert {(x + 1).dtype, (1 + x).dtype, (x * 2).dtype, (7 - x).dtype} == {dtype}


def test_a_float_does_not_become_an_integer():
    x = tf.constant([1, 2])
    with pytest.raises(TypeError):
        x + 1.5
    with pytest.raises(TypeError, match=r"Expected int32, got 1\.5"):
        1.5 + x


def test_an_array_on_the_left_leaves_the_work_to_the_tensor():
    x = tf.constant([1.0, 2.0])
    for result in (np.ones(2) + x, np.float64(2) * x, np.ones(2, np.int32) / x, np.float32(1) < x):
        assert isinstance(result, tf.Tensor)


def test_what_knows_how_to_work_with_a_tensor_is_asked():
    class Adds:
        def __radd__(self, other):
            return "mine"

    assert tf.constant(1.0) + Adds() == "mine"


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="Expected float32"):
        tf.constant(1.0) + object()
    with pytest.raises(ValueError, match="None values not supported"):
        tf.constant(1.0) * None


def test_integers_divide_to_floats():
    x = tf.constant([1, 2])
    assert (x / 2).dtype == tf.float64
    assert (tf.cast(x, tf.int8) / 2).dtype == tf.float32
    assert (x // 2).dtype == tf.int32


def test_and_or_xor_of_integers_are_bitwise():
    x = tf.constant([6, 3])
    assert [(x & 3).op.type, (x | 3).op.type, (x ^ 3).op.type, (~x).op.type] == [
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "Invert",
    ]


def test_a_dimension_is_a_number():
    x = tf.placeholder(tf.float32, [4, 3])
    assert (x * x.shape[0]).op.inputs[1].op.type == "Const"


def test_the_names_that_can_be_overloaded_are_listed():
    assert {"__add__", "__rtruediv__", "__getitem__", "__matmul__"} <= tf.Tensor.OVERLOADABLE_OPERATORS
    assert "__eq__" not in tf.Tensor.OVERLOADABLE_OPERATORS
