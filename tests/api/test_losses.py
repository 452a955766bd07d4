"""What goldens of tf.losses cannot show: names, collections, errors."""

import pytest

import undertow as tf


@pytest.fixture
def pair():
    with tf.Graph().as_default():
        yield tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [2, 3])


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("absolute_difference", "absolute_difference"), ("hinge_loss", "hinge_loss"), ("log_loss", "log_loss"),
        ("mean_squared_error", "mean_squared_error"), ("sigmoid_cross_entropy", "sigmoid_cross_entropy_loss"),
        ("softmax_cross_entropy", "softmax_cross_entropy_loss"), ("huber_loss", "huber_loss"),
    ],
)  # fmt: skip
def test_a_loss_is_a_div_no_nan_called_value_in_its_scope_and_in_the_collection(pair, function, name):
    loss = getattr(tf.losses, function)(*pair)
    assert loss.name == f"{name}/value:0"
    assert loss.op.type == "DivNoNan"
    assert [t.name for t in loss.op.inputs] == [f"{name}/Sum_1:0", f"{name}/num_present:0"]
    assert tf.get_collection(tf.GraphKeys.LOSSES) == [loss] == tf.losses.get_losses()


def test_a_collection_of_none_collects_nothing(pair):
    tf.losses.mean_squared_error(*pair, loss_collection=None)
    assert tf.losses.get_losses() == []


def test_weights_of_another_rank_or_size_are_refused_while_the_graph_is_built(pair):
    for weights, told in ((tf.ones([3]), "values.rank=2. weights.rank=1."), (tf.ones([3, 1]), "Mismatch at dim 0.")):
        with pytest.raises(ValueError, match="weights can not be broadcast to values. " + told):
            tf.losses.mean_squared_error(*pair, weights=weights)


def test_weights_that_turn_out_not_to_fit_fail_in_the_run(pair):
    weights = tf.placeholder(tf.float32)
    loss = tf.losses.mean_squared_error([[1.0, 2.0]], [[1.0, 2.0]], weights=weights)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="can not be broadcast"):
        session.run(loss, {weights: [1.0, 2.0]})


def test_labels_and_predictions_must_be_there_and_of_one_shape(pair):
    with pytest.raises(ValueError, match="labels must not be None"):
        tf.losses.mean_squared_error(None, pair[0])
    with pytest.raises(ValueError, match="are incompatible"):
        tf.losses.mean_squared_error(pair[0], tf.ones([2, 4]))
    with pytest.raises(ValueError, match="Invalid Reduction Key sum"):
        tf.losses.mean_squared_error(*pair, reduction="sum")
