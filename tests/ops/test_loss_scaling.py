"""Losses of examples as one number."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def run(x, feed=None):
    with tf.Session() as s:
        return s.run(x, feed)


def test_a_loss_is_averaged_over_the_first_axis():
    assert run(tf.nn.compute_average_loss([[2.0, 0.5], [4.0, 1.0]])) == 3.75  # 7.5 / 2


def test_a_global_batch_size_takes_its_place_and_integers_become_floats():
    assert run(tf.nn.compute_average_loss([1, 2, 3, 4, 5], global_batch_size=10)) == 1.5


def test_weights_count():
    loss = tf.nn.compute_average_loss(tf.constant([2.0, 4.0], tf.float64), sample_weight=[0.5, 1.0])
    assert loss.dtype == tf.float64
    assert run(loss) == 2.5


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="weights can not be broadcast to values"):
        tf.nn.compute_average_loss([1.0, 2.0, 3.0], sample_weight=[0.2, 0.8])


def test_a_scalar_is_no_loss_of_examples():
    with pytest.raises(ValueError, match="Expected a tensor with at least rank 1, received"):
        tf.nn.compute_average_loss(2.0)
    x = tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expected a tensor with at least rank 1"):
        run(tf.nn.compute_average_loss(x), {x: 2.0})


def test_a_regularization_loss_is_summed():
    assert run(tf.nn.scale_regularization_loss([2.5, 6.0])) == 8.5
