"""The passes change nothing but time: with each on and with none the same values come out."""

import numpy as np
import pytest

import undertow as tf
from undertow.runtime import passes


@pytest.fixture(params=["none", *(p.__name__ for p in passes.ENABLED)])
def enabled(request, monkeypatch):
    """Only the pass of this name is on."""
    monkeypatch.setattr(passes, "ENABLED", [p for p in passes.ENABLED if p.__name__ == request.param])
    return request.param


def kinds(session):
    return [step.kind for plan in session._plans.values() for step in plan.steps]


def train(optimizer):
    """Three steps of a small network that every pass has something to do in: loss, weights, and the steps' kinds."""
    random = np.random.RandomState(0)
    images = random.randn(6, 8, 8, 2).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[random.randint(0, 3, 6)]
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 8, 8, 2])
        y = tf.placeholder(tf.float32, [None, 3])
        kernel = tf.Variable(random.randn(3, 3, 2, 4).astype(np.float32))
        bias = tf.Variable(random.randn(4).astype(np.float32))
        dense = tf.Variable(random.randn(64, 3).astype(np.float32) * 0.1)
        net = tf.nn.bias_add(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"), bias)
        net = tf.nn.max_pool(tf.nn.relu(net), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
        logits = tf.matmul(tf.reshape(net, [-1, 64]), dense)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=logits))
        step = optimizer().minimize(loss)
        with tf.Session() as s:
            s.run(tf.global_variables_initializer())
            s._plans.clear()
            for _ in range(3):
                s.run(step, {x: images, y: labels})
            found = kinds(s)
            return s.run([loss, kernel, bias, dense], {x: images, y: labels}), found


OPTIMIZERS = {
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda: tf.train.AdamOptimizer(0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_gives_the_same_weights_with_and_without_each_pass(name, enabled, monkeypatch):
    with_one, _ = train(OPTIMIZERS[name])
    monkeypatch.setattr(passes, "ENABLED", [])
    with_none, _ = train(OPTIMIZERS[name])
    for a, b in zip(with_one, with_none):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def test_each_pass_finds_its_work_in_that_network():
    _, found = train(OPTIMIZERS["adam"])
    assert "Conv2D+BiasAdd+MaxPool" in found
    assert found.index("Conv2D+BiasAdd+MaxPool") < found.index("Relu")
    assert "ApplyAdam*3" in found
    assert found.count("Reshape") == 1  # the one that flattens; those of the loss change nothing
    assert "Shape" not in found and "Identity" not in found


@pytest.mark.parametrize(
    ("bias", "fused"), [(lambda c: c + tf.constant([1.0, 2.0]), True), (lambda c: c + tf.constant([1.0]), False)]
)
def test_a_vector_added_to_a_convolution_is_its_bias_only_if_it_has_a_number_for_each_channel(bias, fused):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [1, 2, 2, 1])
        y = bias(tf.nn.conv2d(x, tf.ones([1, 1, 1, 2]), [1, 1, 1, 1], "SAME"))
        found = s.run(y, {x: np.zeros((1, 2, 2, 1))})
        assert ("Conv2D+BiasAdd" in kinds(s)) == fused
    assert found[0, 0, 0].tolist() == ([1.0, 2.0] if fused else [1.0, 1.0])


def test_a_relu_that_is_fetched_is_not_pooled_first(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [1, 2, 2, 1])
        relu = tf.nn.relu(x)
        pooled = tf.nn.max_pool(relu, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        fed = np.array([[-1.0, 2.0], [0.5, -3.0]], np.float32).reshape(1, 2, 2, 1)
        a, b = s.run([relu, pooled], {x: fed})
    assert a.reshape(-1).tolist() == [0.0, 2.0, 0.5, 0.0]
    assert b.reshape(-1).tolist() == [2.0]


def test_pooling_first_gives_the_same_gradient_where_nothing_is_positive(enabled):
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [1, 2, 4, 1])
        pooled = tf.nn.max_pool(tf.nn.relu(x), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        grad = tf.gradients(pooled, x)[0]
        fed = np.array([[-1.0, -2.0, 3.0, 3.0], [-0.5, 0.0, 1.0, -1.0]], np.float32).reshape(1, 2, 4, 1)
        found = s.run(grad, {x: fed})
    assert found.reshape(-1).tolist() == [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_a_reshape_between_shapes_not_wholly_known_is_kept():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, None])
        y = tf.identity(tf.reshape(x, tf.reverse(tf.shape(x), [0])))
        assert s.run(y, {x: np.zeros((2, 3))}).shape == (3, 2)


def test_shape_arithmetic_follows_the_shapes_that_are_fed():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32)
        rows = tf.shape(x)[0] * 2
        doubled = tf.fill(tf.stack([rows, tf.size(x)]), 1.0)
        flat = tf.reshape(x, [tf.size(x)])
        for shape in ([1, 3], [2, 2], [1, 3], [4]):
            one, two, three = s.run([doubled, flat, rows], {x: np.zeros(shape)})
            assert one.shape == (2 * shape[0], np.prod(shape)) and two.shape == (np.prod(shape),)
            assert three == 2 * shape[0]
        found = [step.kind for plan in s._plans.values() for step in plan.steps]
        assert "shapes" in found and "StridedSlice" not in found


def test_a_fetched_shape_is_the_callers_to_change():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, 2])
        fetches = [tf.shape(x), tf.reshape(1 + tf.shape(x), [2, 1]), tf.reshape(tf.range(4), [2, 2])]
        for _ in range(2):
            for value, expected in zip(s.run(fetches, {x: np.zeros([3, 2])}), ([3, 2], [[4], [3]], [[0, 1], [2, 3]])):
                np.testing.assert_array_equal(value, expected)
                value[...] = 9
