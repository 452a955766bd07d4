"""Facts of batch normalization that graphs and numbers do not show."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def images(*shape, dtype="float32"):
    return tf.placeholder(dtype, list(shape) or [None, 4, 4, 3])


@pytest.mark.parametrize(
    ("shape", "options", "fused"),
    [
        ((None, 4, 4, 3), {}, True),
        ((None, 3, 4, 4), {"axis": 1}, True),
        ((None, 4, 4, 3), {"axis": 2}, False),
        ((None, 4, 4, 3), {"fused": False}, False),
        ((None, 4, 4, 3), {"renorm": True, "fused": True}, False),
        ((None, 4, 4, 3), {"virtual_batch_size": 2}, False),
        ((None, 4, 4, 4, 3), {}, False),
        ((None, 3), {"fused": True}, False),
    ],
)
def test_images_of_floats_are_fused_where_that_can_be(shape, options, fused):
    layer = tf.layers.BatchNormalization(**options)
    layer(images(*shape))
    assert layer.fused is fused


def test_float64_is_not_fused():
    layer = tf.layers.BatchNormalization()
    layer(images(None, 4, 4, 3, dtype="float64"))
    assert layer.fused is False
    assert {v.dtype.base_dtype for v in layer.weights} == {tf.float64}


def test_half_precision_keeps_its_weights_in_float32():
    layer = tf.layers.BatchNormalization()
    assert layer(images(None, 3, dtype="float16"), training=True).dtype == tf.float16
    assert {v.dtype.base_dtype for v in layer.weights} == {tf.float32}


def test_training_may_be_an_int():
    tf.layers.batch_normalization(images(), training=1)
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2
    tf.layers.batch_normalization(images(), training=0)
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2


def test_averages_are_not_partitioned_and_not_trained():
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
        layer = tf.layers.BatchNormalization(center=False)
        layer(images(None, 4))
    assert [v.name.rpartition("/")[2] for v in layer.trainable_weights] == ["part_0:0", "part_1:0"]
    assert [v.name for v in layer.non_trainable_weights] == [
        "s/batch_normalization/moving_mean:0",
        "s/batch_normalization/moving_variance:0",
    ]


def test_averages_move_only_when_update_ops_run_and_only_in_training():
    # Mean 3 and (biased) variance 4 of each column; a step of 1 - 0.5 from (0, 1): (1.5, 2.5).
    x = tf.constant([[1.0, 1.0], [5.0, 5.0]])
    training = tf.placeholder(tf.bool)
    layer = tf.layers.BatchNormalization(momentum=0.5)
    layer(x, training=training)
    update = tf.group(*tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for in_training, mean, variance in ((False, 0.0, 1.0), (True, 1.5, 2.5)):
            session.run(update, {training: in_training})
            values = session.run([layer.moving_mean, layer.moving_variance])
            np.testing.assert_allclose(values, [[mean] * 2, [variance] * 2])


def test_shared_layers_update_the_same_averages():
    for reuse in (None, True):
        tf.layers.batch_normalization(images(), training=True, name="bn", reuse=reuse)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    assert [op.name for op in updates] == [
        "bn/AssignMovingAvg", "bn/AssignMovingAvg_1", "bn_1/AssignMovingAvg", "bn_1/AssignMovingAvg_1",
    ]  # fmt: skip
    assert len(tf.global_variables()) == 4


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"axis": "a"}, TypeError, "axis must be int or list"),
        ({"axis": [1, 4]}, ValueError, "Invalid axis: 4"),
        ({"axis": [1, -3]}, ValueError, "Duplicate axis: \\[1, 1\\]"),
        ({"virtual_batch_size": -1}, ValueError, "virtual_batch_size must be a positive integer"),
        ({"virtual_batch_size": 2, "axis": 0}, ValueError, "axis cannot include 0"),
        ({"virtual_batch_size": 2, "adjustment": lambda s: s}, ValueError, "adjustment cannot be specified"),
        (
            {"renorm": True, "renorm_clipping": {"min": 1}},
            ValueError,
            "contains keys not in \\['rmax', 'rmin', 'dmax'\\]",
        ),
    ],
)
def test_bad_arguments_are_named(options, error, message):
    with pytest.raises(error, match=message):
        tf.layers.batch_normalization(images(), **options)


def test_the_shape_must_be_known_where_it_counts():
    with pytest.raises(ValueError, match="undefined rank"):
        tf.layers.batch_normalization(tf.placeholder(tf.float32))
    with pytest.raises(ValueError, match="undefined `axis` dimension"):
        tf.layers.batch_normalization(images(None, 4, 4, None))


@pytest.mark.parametrize("options", [{"renorm": True}, {"virtual_batch_size": 2}, {"fused": False}, {}])
def test_a_network_learns_through_it(options):
    x = tf.constant(np.random.RandomState(0).rand(8, 4, 4, 2).astype(np.float32))
    y = tf.layers.batch_normalization(x, training=True, **options)
    loss = tf.reduce_mean(tf.square(y - 1))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = tf.train.GradientDescentOptimizer(0.3).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss)
        for _ in range(10):
            session.run(train)
        assert session.run(loss) < before / 2
