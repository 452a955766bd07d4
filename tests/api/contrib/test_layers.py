"""`tf.contrib.layers`: what of it is built."""

import numpy as np
import pytest

import undertow as tf
from undertow.ops.array import placeholder

layers = tf.contrib.layers


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize(
    ("shape", "flat"),
    [
        ([None, 2, 3], [None, 6]),
        ([4, 2, 3], [4, 6]),
        ([4, None, 3], [4, None]),
        ([None, None, 3], [None, None]),
        ([3], [3, 1]),
    ],
)
def test_flatten_keeps_the_batch_and_what_is_known(shape, flat):
    images = placeholder(tf.float32, shape)
    assert layers.flatten(images).shape.as_list() == flat
    value = np.arange(np.prod([d or 5 for d in shape]), dtype=np.float32).reshape([d or 5 for d in shape])
    with tf.Session() as session:
        made = session.run(layers.flatten(images), {images: value})
    np.testing.assert_array_equal(made, value.reshape(len(value), -1))


def test_flatten_is_named_as_the_programs_of_its_time_print_it():
    images = placeholder(tf.float32, [None, 7, 7, 36], name="x")
    assert str(layers.flatten(images)) == 'Tensor("Flatten/Reshape:0", shape=(?, 1764), dtype=float32)'
    made = layers.flatten(images, outputs_collections="kept", scope="own")
    assert (made.op.name, tf.get_collection("kept"), made.aliases) == ("own/Reshape", [made], ["own"])


def test_flatten_wants_a_batch():
    with pytest.raises(ValueError, match="got a scalar"):
        layers.flatten(1.0)


@pytest.mark.parametrize(
    ("make", "deviation"),
    [  # a kernel [3, 3, 8, 16]: 72 inputs and 144 outputs of a unit
        (layers.xavier_initializer(seed=1), (2 / (72 + 144)) ** 0.5),
        (layers.xavier_initializer(uniform=False, seed=1), (1.3 / 108) ** 0.5 * 0.87963),
        (layers.variance_scaling_initializer(seed=1), (1.3 * 2 / 72) ** 0.5 * 0.87963),
        (layers.variance_scaling_initializer(1.0, "FAN_OUT", uniform=True, seed=1), (1 / 144) ** 0.5),
    ],
)
def test_initializers_scale_by_the_size_of_a_unit(make, deviation):
    with tf.Session() as session:
        drawn = session.run(make([3, 3, 8, 16]))
    assert abs(drawn.std() - deviation) < 0.05 * deviation  # 1,152 numbers


def test_initializers_refuse_what_they_do_not_know():
    with pytest.raises(TypeError, match="Unknown mode x"):
        layers.variance_scaling_initializer(mode="x")
    with pytest.raises(TypeError, match="non-floating point type"):
        layers.xavier_initializer(dtype=tf.int32)
    with pytest.raises(TypeError, match="non-floating point type"):
        layers.xavier_initializer()([2], dtype=tf.int32)


VALUES = np.array([1.0, -1.0, 4.0, 2.0])


@pytest.mark.parametrize(
    ("regularizer", "loss", "name"),
    [  # Σ|w| = 8, Σw² / 2 = 11
        (layers.l1_regularizer(0.5), 4.0, "l1_regularizer"),
        (layers.l2_regularizer(0.5), 5.5, "l2_regularizer"),
        (layers.l1_l2_regularizer(0.5, 0.5), 9.5, "l1_l2_regularizer"),
        (layers.l1_l2_regularizer(0.0, 1.0), 11.0, "l1_l2_regularizer"),
        (layers.sum_regularizer([None, layers.l1_regularizer(1.0), layers.l2_regularizer(0.0)], "own"), 8.0, "own"),
    ],
)
def test_regularizers_weigh_magnitudes_and_squares(regularizer, loss, name):
    made = regularizer(tf.constant(VALUES))
    assert made.op.name == name
    with tf.Session() as session:
        assert session.run(made) == pytest.approx(loss, rel=1e-12)


def test_a_scale_of_zero_gives_no_loss_and_an_integer_or_negative_one_is_refused():
    for make in (layers.l1_regularizer, layers.l2_regularizer):
        assert make(0.0)(None) is None
        for scale, message in ((0, "scale cannot be an integer: 0"), (-1.0, "scale less than 0 on a regularizer: -1")):
            with pytest.raises(ValueError, match=message):
                make(scale)
    assert layers.sum_regularizer([None]) is None


def test_regularization_is_applied_to_a_list_and_collected():
    weights = [tf.constant([1.0, 2.0]), tf.constant([3.0])]
    total = layers.apply_regularization(layers.l1_regularizer(2.0), weights)
    assert total.op.name == "get_regularization_penalty"
    assert tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES) == [total]
    with tf.Session() as session:
        assert session.run(total) == 12.0
    with pytest.raises(ValueError, match="No weights to regularize"):
        layers.apply_regularization(layers.l1_regularizer(1.0), [])
    with pytest.raises(ValueError, match="Tensor with rank 1"):
        layers.apply_regularization(lambda w: w, weights)
