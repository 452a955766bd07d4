"""Trading space for depth or batch, patches: values, gradients, static shapes."""

import numpy as np
from harness import case


def _shapes(tf, *tensors):
    return tf.constant([str(t.shape) for t in tensors])


def _values(*shape, dtype=np.float32):
    return np.arange(1, 1 + np.prod(shape), dtype=dtype).reshape(shape)


def _weighted(tf, y, x):
    size = tf.reduce_prod(tf.shape(y))
    weights = tf.reshape(tf.cast(tf.range(1, size + 1), y.dtype), tf.shape(y))
    return tf.gradients(y * weights, x)


@case
def space_and_depth(tf):
    x = tf.constant(_values(2, 4, 6, 8))
    u = tf.placeholder_with_default(_values(2, 4, 6, 4), [None, None, 6, 4])
    results = [
        tf.space_to_depth(x, 2),
        tf.depth_to_space(x, 2),
        tf.space_to_depth(u, 2),
        tf.depth_to_space(u, 2),
    ]
    gradients = [_weighted(tf, tf.space_to_depth(x, 2), x), _weighted(tf, tf.depth_to_space(x, 2), x)]
    return [results, _shapes(tf, *results), gradients]


@case
def space_and_batch(tf):
    x = tf.constant(_values(1, 4, 6, 2))
    b = tf.constant(_values(12, 2, 2, 1))
    u = tf.placeholder_with_default(_values(4, 3, 5), [None, 3, 5])
    results = [
        tf.space_to_batch(x, [[0, 0], [1, 1]], 2),
        tf.space_to_batch_nd(x, [2, 3], [[0, 0], [0, 0]]),
        tf.batch_to_space(b, [[0, 1], [1, 0]], 2),
        tf.batch_to_space_nd(b, [3, 2], [[1, 0], [0, 0]]),
        tf.space_to_batch_nd(u, [2], [[0, 1]]),
        tf.batch_to_space_nd(u, [2], [[0, 1]]),
    ]
    gradients = [_weighted(tf, results[0], x), _weighted(tf, results[3], b)]
    return [results, _shapes(tf, *results), gradients]


@case
def paddings_that_blocks_need(tf):
    dims = tf.placeholder_with_default([5, 6], [2])
    return [
        tf.required_space_to_batch_paddings([5, 6], [2, 4]),
        tf.required_space_to_batch_paddings([5, 6], [2, 4], [[1, 0], [0, 1]]),
        tf.required_space_to_batch_paddings(dims, [2, 4]),
        tf.required_space_to_batch_paddings(dims, [3, 5], [[1, 0], [0, 1]]),
    ]


@case
def image_patches(tf):
    x = tf.constant(_values(2, 5, 6, 2))
    results = [
        tf.extract_image_patches(x, [1, 2, 3, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
        tf.extract_image_patches(x, [1, 2, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID"),
        tf.extract_image_patches(x, [1, 2, 2, 1], [1, 2, 3, 1], [1, 2, 3, 1], "SAME"),
        tf.extract_image_patches(x, [1, 2, 2, 1], [1, 1, 1, 1], [1, 3, 2, 1], "VALID"),
        tf.extract_volume_patches(_values(1, 3, 4, 5, 1), [1, 2, 2, 2, 1], [1, 1, 2, 2, 1], "SAME"),
    ]
    gradients = [_weighted(tf, results[0], x), _weighted(tf, results[2], x)]
    return [results, _shapes(tf, *results), gradients]
