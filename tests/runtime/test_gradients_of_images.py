"""Gradients of convolutions and max-pools as steps of their own: the numbers that torch's engine gives."""

import numpy as np
import pytest

import undertow as tf
from undertow.kernels import conv, conv_pool
from undertow.runtime import passes


def gradients(shape, filters, make, dtype, by_image):
    """By all filters and biases, and by the image if wanted; the kinds of steps."""
    random = np.random.RandomState(0)
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(dtype, [None, *shape[1:]])
        weights = [tf.constant(0.3 * random.randn(*f), dtype) for f in filters]
        biases = [tf.constant(random.randn(f[-1]), dtype) for f in filters]
        y = make(x, *(t for pair in zip(weights, biases) for t in pair))
        by = {None: weights + biases, "alone": [x], "too": [x, *weights]}[by_image]
        wanted = [g for g in tf.gradients(y * y, by) if g is not None]
        return s.run([y, *wanted], {x: random.randn(*shape)}), [
            step.kind for plan in s._plans.values() for step in plan.steps
        ]


def layer(x, k, b=None, padding="SAME", size=2, stride=2, pad_pool=None):
    y = tf.nn.conv2d(x, k, [1, 1, 1, 1], padding)
    y = tf.nn.relu(y if b is None else tf.nn.bias_add(y, b))
    return tf.nn.max_pool(y, [1, size, size, 1], [1, stride, stride, 1], pad_pool or padding)


def flat(y, size):
    return tf.reshape(y, [-1, size])


def two_layers(x, k, b, k2, b2):
    return flat(layer(layer(x, k, b), k2, b2), 2 * 2 * 36)


CASES = {
    "two layers": ((3, 8, 8, 1), [(3, 3, 1, 16), (5, 5, 16, 36)], two_layers),
    "one image": ((1, 8, 8, 3), [(3, 3, 3, 16), (5, 5, 16, 36)], two_layers),
    "no image": ((0, 8, 8, 1), [(3, 3, 1, 16), (5, 5, 16, 36)], two_layers),
    "no bias": ((3, 8, 8, 1), [(3, 3, 1, 4)], lambda x, k, b: layer(x, k)),
    "many channels": ((3, 8, 8, 5), [(3, 3, 5, 4)], lambda x, k, b: layer(x, k, b)),
    "valid": ((3, 9, 8, 5), [(3, 2, 5, 4)], lambda x, k, b: layer(x, k, b, "VALID")),
    "a filter that pads one end more": ((3, 8, 9, 5), [(4, 2, 5, 4)], lambda x, k, b: layer(x, k, b)),
    "a filter as wide as the text": ((3, 9, 6, 2), [(3, 6, 2, 4)], lambda x, k, b: layer(x, k, b, "VALID", 1, 1)),
    "groups": ((3, 8, 8, 4), [(3, 3, 2, 6)], lambda x, k, b: layer(x, k, b)),
    "windows that overlap": ((3, 8, 9, 5), [(3, 3, 5, 4)], lambda x, k, b: layer(x, k, b, size=3)),
    "windows that torch cannot pad": ((3, 8, 8, 5), [(3, 3, 5, 4)], lambda x, k, b: layer(x, k, b, size=4, stride=1)),
    "no pool": ((3, 8, 8, 2), [(3, 3, 2, 4)], lambda x, k, b: tf.nn.relu(tf.nn.conv2d(x, k, [1] * 4, "SAME") + b)),
    "a pool over channels": (
        (3, 4, 4, 5), [(3, 3, 5, 4)],
        lambda x, k, b: tf.nn.max_pool(tf.nn.conv2d(x, k, [1] * 4, "SAME"), [1, 1, 1, 2], [1, 1, 1, 2], "SAME"),
    ),
}  # fmt: skip


@pytest.fixture(params=[0, 2**40], ids=["in blocks", "plainly"])
def large(request, monkeypatch):
    """From which size on the kernels for large images are taken."""
    for module in (conv, conv_pool):
        monkeypatch.setattr(module, "LARGE", request.param)


@pytest.mark.parametrize("by_image", [None, "alone", "too"])
@pytest.mark.parametrize("name", CASES)
def test_they_are_those_of_the_engine(name, by_image, large, monkeypatch):
    found, kinds = gradients(*CASES[name], tf.float32, by_image)
    assert "SymbolicGradient" not in kinds
    monkeypatch.setattr(passes, "ENABLED", [])
    expected, kinds = gradients(*CASES[name], tf.float64, by_image)
    assert "SymbolicGradient" in kinds
    for a, b in zip(found, expected):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5 * np.abs(b).max(initial=0))


def test_ties_go_to_the_first_of_a_window(large):
    with tf.Graph().as_default(), tf.Session() as s:
        k = tf.constant(np.ones([1, 1, 1, 1]), tf.float32)
        bias = tf.get_variable("b", [4, 4], initializer=tf.ones_initializer())
        x = tf.constant(np.zeros([1, 4, 4, 1]), tf.float32)
        y = tf.nn.conv2d(x, k, [1, 1, 1, 1], "SAME") + tf.reshape(bias, [1, 4, 4, 1])
        s.run(tf.global_variables_initializer())
        found = s.run(tf.gradients(tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), bias)[0])
    assert found.tolist() == [[1, 0, 1, 0], [0, 0, 0, 0]] * 2


def test_convolutions_that_pass_pixels_over_are_left_to_the_engine():
    make = lambda x, k, b: tf.nn.conv2d(x, k, [1, 2, 2, 1], "SAME")  # noqa: E731
    _, kinds = gradients((2, 8, 8, 3), [(3, 3, 3, 4)], make, tf.float32, None)
    assert "SymbolicGradient" in kinds
