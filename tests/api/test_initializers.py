"""`tf.initializers`: what they refuse, what they remember of themselves. Their values are `tests/parity`'s."""

import numpy as np
import pytest

import undertow as tf

FLOATING = [
    "random_normal",
    "truncated_normal",
    "uniform_unit_scaling",
    "variance_scaling",
    "glorot_uniform",
    "orthogonal",
    "identity",
]


@pytest.mark.parametrize("name", FLOATING)
@pytest.mark.parametrize("dtype", [tf.int32, tf.string])
def test_only_floats_are_drawn_from_a_distribution(name, dtype):
    with pytest.raises(ValueError, match="`dtype` is expected to be floating point"):
        getattr(tf.initializers, name)(dtype=dtype)


@pytest.mark.parametrize("value", [{1: 2}, object()])
def test_a_constant_is_a_scalar_a_list_or_an_array(value):
    with pytest.raises(TypeError, match="Invalid type for initial value"):
        tf.constant_initializer(value)


def test_a_constant_is_no_tensor():
    with tf.Graph().as_default(), pytest.raises(TypeError, match=r"Invalid type for initial value: .*Tensor"):
        tf.constant_initializer(tf.constant(1.0))


def test_the_last_value_of_a_constant_fills_what_is_left():
    with tf.Graph().as_default(), tf.Session() as s:
        made = tf.constant_initializer([1, 2])([2, 2])
        np.testing.assert_array_equal(s.run(made), [[1, 2], [2, 2]])


def test_a_constant_of_too_many_values_is_refused():
    with tf.Graph().as_default(), pytest.raises(ValueError, match="Too many elements"):
        tf.constant_initializer([1, 2, 3])([2])


def test_a_constant_is_held_to_its_shape_if_that_is_asked():
    with tf.Graph().as_default(), pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf.constant_initializer([1, 2], verify_shape=True)([3])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scale": -1.0}, "`scale` must be a positive float"),
        ({"mode": "x"}, "`mode` should be one of"),
        ({"distribution": "x"}, "`distribution` should be one of"),
    ],
)
def test_variance_scaling_refuses_what_it_does_not_know(wrong, message):
    with pytest.raises(ValueError, match=message):
        tf.variance_scaling_initializer(**wrong)


def test_orthogonal_and_identity_want_matrices():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="at least two-dimensional"):
            tf.initializers.orthogonal()([5])
        with pytest.raises(ValueError, match="must be two-dimensional"):
            tf.initializers.identity()([2, 2, 2])


@pytest.mark.parametrize(
    ("made", "config"),
    [
        (tf.initializers.zeros(), {"dtype": "float32"}),
        (tf.initializers.constant(2, tf.int32), {"value": 2, "dtype": "int32"}),
        (tf.initializers.random_uniform(1, 2, 3), {"minval": 1, "maxval": 2, "seed": 3, "dtype": "float32"}),
        (tf.initializers.glorot_normal(4), {"seed": 4, "dtype": "float32"}),
        (tf.initializers.variance_scaling(2.0, "fan_out", "uniform"),
         {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": None, "dtype": "float32"}),
        (tf.initializers.orthogonal(2.0), {"gain": 2.0, "seed": None, "dtype": "float32"}),
    ],
)  # fmt: skip
def test_a_configuration_makes_an_equal_initializer(made, config):
    assert made.get_config() == config
    assert type(made).from_config(config).get_config() == config


def test_a_shape_may_be_a_tensor_shape():
    with tf.Graph().as_default():
        for name in ("zeros", "ones", "random_uniform", "truncated_normal", "glorot_uniform", "orthogonal"):
            assert getattr(tf.initializers, name)()(tf.TensorShape([3, 4])).shape.as_list() == [3, 4], name
