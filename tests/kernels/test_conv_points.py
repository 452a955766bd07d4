"""Convolutions by filters of one element with strides: oneDNN's own gradients of them write past their memory."""

import numpy as np
import pytest

import undertow as tf


@pytest.mark.parametrize(("depth", "filters", "size", "stride"), [(8, 16, 16, 2), (3, 16, 15, 2), (16, 8, 9, 3)])
def test_they_are_products_at_the_points_they_look_at_both_ways(depth, filters, size, stride):
    random = np.random.RandomState(0)
    image = random.randn(5, size, size, depth)
    first, second = random.randn(2, 1, 1, depth, filters)
    strides = [1, stride, stride, 1]
    with tf.Graph().as_default(), tf.Session() as s:
        x, k, back = (tf.constant(value, tf.float32) for value in (image, first, second))
        y = tf.nn.conv2d(x, k, strides, "SAME")
        z = tf.nn.conv2d_transpose(y, back, image.shape, strides, "SAME")
        found = s.run([y, z, *tf.gradients(tf.reduce_sum(tf.square(z)), [x, k, back])])
    points = image[:, ::stride, ::stride]
    y = points @ first[0, 0]
    z = np.zeros_like(image)
    z[:, ::stride, ::stride] = y @ second[0, 0].T
    by_z = 2 * z[:, ::stride, ::stride]
    by_y = by_z @ second[0, 0]
    by_x = np.zeros_like(image)
    by_x[:, ::stride, ::stride] = by_y @ first[0, 0].T
    by_first = np.einsum("nhwc,nhwo->co", points, by_y)[None, None]
    by_second = np.einsum("nhwc,nhwo->co", by_z, y)[None, None]
    for value, expected in zip(found, (y, z, by_x, by_first, by_second)):
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
