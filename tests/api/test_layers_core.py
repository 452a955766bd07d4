"""Facts of Dense, Dropout and Flatten that graphs and numbers do not show."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_dense_wants_floats():
    with pytest.raises(TypeError, match="Unable to build `Dense` layer with non-floating point dtype"):
        tf.layers.dense(tf.placeholder(tf.int32, [None, 3]), 2)


def test_dense_wants_to_know_its_last_dimension():
    with pytest.raises(ValueError, match=r"last dimension of the inputs to `Dense` should be defined. Found `None`"):
        tf.layers.dense(tf.placeholder(tf.float32, [None, None]), 2)


def test_weights_take_the_dtype_of_the_inputs():
    layer = tf.layers.Dense(2)
    layer(tf.placeholder(tf.float64, [None, 3]))
    assert [v.dtype.base_dtype for v in layer.weights] == [tf.float64, tf.float64]


def test_activations_and_initializers_may_be_given_by_name():
    y = tf.layers.dense(tf.ones([1, 3]), 2, activation="relu", kernel_initializer="ones", bias_initializer="ones")
    assert y.op.type == "Relu"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(y), [[4, 4]])  # 3 · 1 + 1
    with pytest.raises(ValueError, match="Unknown activation function: rely"):
        tf.layers.Dense(2, activation="rely")
    with pytest.raises(ValueError, match="Unknown initializer: one"):
        tf.layers.Dense(2, kernel_initializer="one")


def test_constraints_stand_on_the_variables():
    def clip(w):
        return tf.maximum(w, 0.0)

    layer = tf.layers.Dense(2, kernel_constraint=clip)
    layer(tf.ones([1, 3]))
    assert (layer.kernel.constraint, layer.bias.constraint) == (clip, None)


def test_dense_keeps_the_known_part_of_a_shape():
    assert tf.layers.dense(tf.placeholder(tf.float32, [None, 7, 3]), 2).shape.as_list() == [None, 7, 2]


def test_dropout_scales_what_it_keeps():
    x = tf.ones([100, 100])
    y = tf.layers.dropout(x, rate=0.25, training=True, seed=1)
    with tf.Session() as session:
        value = session.run(y)
    assert set(np.unique(value)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((value == 0).mean() - 0.25) < 0.02


def test_dropout_by_placeholder_is_a_branch():
    training = tf.placeholder_with_default(False, ())
    y = tf.layers.dropout(tf.ones([50, 50]), training=training)
    with tf.Session() as session:
        assert session.run(y).min() == 1
        assert session.run(y, {training: True}).min() == 0


def test_none_in_a_noise_shape_is_the_inputs_size():
    x = tf.placeholder(tf.float32, [None, 3, 4])
    y = tf.layers.dropout(x, noise_shape=[None, 1, None], training=True, seed=3)
    with tf.Session() as session:
        value = session.run(y, {x: np.ones((5, 3, 4))})
    np.testing.assert_array_equal(value[:, :1].repeat(3, axis=1), value)


def test_flatten_puts_channels_last_before():
    x = np.arange(2 * 3 * 2 * 2, dtype=np.float32).reshape(2, 3, 2, 2)
    with tf.Session() as session:
        y = session.run(tf.layers.flatten(tf.constant(x), data_format="channels_first"))
    np.testing.assert_array_equal(y, x.transpose(0, 2, 3, 1).reshape(2, 12))


def test_flatten_wants_a_known_rank():
    with pytest.raises(ValueError, match="its rank is undefined, but the layer requires a defined rank"):
        tf.layers.flatten(tf.placeholder(tf.float32))


def test_flatten_without_elements_keeps_its_rows():
    with tf.Session() as session:
        assert session.run(tf.layers.flatten(tf.zeros([0, 2, 3]))).shape == (0, 6)
