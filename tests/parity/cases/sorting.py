"""Order and membership: values, gradients, static shapes, strings."""

import numpy as np
from harness import case


def _shapes(tf, *tensors):
    return tf.constant([str(t.shape) for t in tensors])


def _weighted(tf, y, x):
    size = tf.reduce_prod(tf.shape(y))
    weights = tf.reshape(tf.cast(tf.range(1, size + 1), y.dtype), tf.shape(y))
    return tf.gradients(y * weights, x)


UNSORTED = np.array([[3.0, 1.0, 2.0, 1.0], [0.0, -1.0, 5.0, 4.0]], np.float32)


@case
def sorts(tf):
    x = tf.constant(UNSORTED)
    i = tf.constant([3, -(2**31), 5, 2**31 - 1, 3])
    b = tf.constant([3, 0, 255], tf.uint8)
    q = tf.placeholder_with_default(UNSORTED, None)
    results = [
        tf.sort(x),
        tf.sort(x, axis=0),
        tf.sort(x, direction="DESCENDING"),
        tf.sort(i),
        tf.sort(i, direction="DESCENDING"),
        tf.sort(b),
        tf.sort(q, axis=0),
        tf.sort(q, axis=-2),
        tf.argsort(x),
        tf.argsort(x, axis=0),
        tf.argsort(x, direction="DESCENDING"),
        tf.argsort(i, stable=True),
        tf.argsort(q, axis=1),
    ]
    return [results, _shapes(tf, *results), _weighted(tf, tf.sort(x), x), _weighted(tf, tf.sort(x, axis=0), x)]


@case
def searches(tf):
    x = tf.constant([[1.0, 3.0, 3.0, 7.0], [0.0, 0.5, 1.0, 1.5]])
    v = tf.constant([[3.0, 0.0, 8.0], [0.5, 2.0, -1.0]])
    return [
        tf.searchsorted(x, v),
        tf.searchsorted(x, v, side="right"),
        tf.searchsorted(x, v, out_type=tf.int64),
        tf.searchsorted([1, 2, 4], [3, 4]),
    ]


@case
def sets(tf):
    x = tf.constant([4, 2, 4, 7, 2, 2])
    s = tf.constant(["b", "a", "b"])
    results = [
        *tf.unique(x),
        *tf.unique(x, tf.int64),
        *tf.unique_with_counts(x),
        *tf.unique(s),
        *tf.unique_with_counts(s),
        *tf.unique(tf.zeros([0])),
        *tf.setdiff1d(x, [2, 9]),
        *tf.setdiff1d(s, ["a"]),
        tf.invert_permutation([2, 0, 1]),
        tf.unravel_index([22, 41], [7, 6]),
        tf.unravel_index(22, [7, 6]),
    ]
    return [results, _shapes(tf, *results)]


@case
def partitions_and_stitches(tf):
    x = tf.constant(np.arange(12.0).reshape(4, 3), tf.float32)
    p = tf.constant([1, 0, 2, 1])
    parts = tf.dynamic_partition(x, p, 4)
    whole = tf.dynamic_stitch(tf.dynamic_partition(tf.range(4), p, 4), parts)
    doubled = tf.dynamic_stitch([[0, 1], [1, 3]], [x[:2], 2 * x[2:]])
    flat = tf.dynamic_partition(x, tf.constant([[0, 1, 0]] * 4), 2)
    named = tf.dynamic_partition(["a", "b", "c", "d"], p, 3)
    scalar = tf.dynamic_stitch([1, [0, 2]], [x[0], x[1:3]])
    results = [*parts, doubled, *flat, *named, scalar]
    gradients = [_weighted(tf, y, x) for y in (parts[1], whole, doubled, flat[0])]
    return [results, _shapes(tf, *results), whole, gradients]
