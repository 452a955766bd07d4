"""The gradient of a filter whose number does not fill vectors is got from the reverse convolution."""

import numpy as np
import pytest

import undertow as tf
from undertow.kernels import conv


@pytest.fixture(autouse=True)
def however_small(monkeypatch):
    """How often the reverse convolution was taken, by small images too."""
    used = []
    apply = conv._SameSize.apply
    monkeypatch.setattr(conv, "LARGE", 0)
    monkeypatch.setattr(conv._SameSize, "apply", lambda *arguments: used.append(1) or apply(*arguments))
    return used


def gradients(dtype, batch, filters, window, data_format, bias):
    """By image, filter and bias, of the result and of the square of the gradient by the filter."""
    random = np.random.RandomState(0)
    shape = [batch, 16, 6, 7] if data_format == "NCHW" else [batch, 6, 7, 16]
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.constant(random.randn(*shape), dtype)
        k = tf.constant(0.1 * random.randn(*window, 16, filters), dtype)
        b = tf.constant(random.randn(filters), dtype)
        y = tf.nn.conv2d(x, k, [1, 1, 1, 1], "SAME", data_format=data_format)
        if bias:
            y = tf.nn.bias_add(y, b, data_format=data_format)
        loss = tf.reduce_sum(tf.sin(y))
        first = tf.gradients(loss, [x, k, b] if bias else [x, k])
        second = tf.gradients(tf.reduce_sum(tf.square(first[1])), [x, k])
        return s.run([y, *first, *second])


@pytest.mark.parametrize(
    ("batch", "filters", "window", "data_format", "bias"),
    [
        (5, 36, (5, 5), "NHWC", True),
        (1, 3, (3, 1), "NHWC", False),
        (3, 20, (1, 1), "NHWC", True),
        (2, 1, (3, 5), "NCHW", True),
        (0, 4, (3, 3), "NHWC", True),
        (2, 32, (3, 3), "NHWC", True),
    ],
)
def test_it_is_what_float64_gives_and_so_is_the_gradient_of_it(
    batch, filters, window, data_format, bias, however_small
):
    found = gradients(tf.float32, batch, filters, window, data_format, bias)
    assert bool(however_small) == (filters != 32)
    expected = gradients(tf.float64, batch, filters, window, data_format, bias)
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=1e-5 * np.abs(b).max(initial=0))
