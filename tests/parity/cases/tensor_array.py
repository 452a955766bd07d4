"""TensorArrays, alone and in loops, and what is built on them: map_fn, scan, foldl, foldr."""

import numpy as np
from harness import case


@case(nodes=True)
def elements(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    array = tf.TensorArray(tf.float32, size=3, clear_after_read=False)
    array = array.write(0, [5.0, 6.0])
    array = array.scatter([1, 2], x)
    other = tf.TensorArray(tf.float64, size=0, dynamic_size=True, infer_shape=False, name="other")
    other = other.unstack(tf.ones([2, 2], tf.float64)).write(3, np.ones([1, 2])).write(2, np.zeros([2]))
    return [
        array.read(0), array.stack(), array.gather([2, 0]), array.concat(), array.size(), other.size(), other.read(3),
        array.identity().read(1), array.stack(name="all"),
    ]  # fmt: skip


@case
def elements_of_other_dtypes(tf):
    texts = tf.TensorArray(tf.string, size=3).unstack(["a", "b", "c"])
    parts = tf.TensorArray(tf.int32, size=2, infer_shape=False).split([1, 2, 3], [1, 2])
    unwritten = tf.TensorArray(tf.int64, size=2, element_shape=[2]).write(1, tf.constant([1, 2], tf.int64))
    empty = tf.TensorArray(tf.float32, size=0, element_shape=[2])
    return [texts.stack(), parts.concat(), parts.size(), unwritten.stack(), empty.stack(), empty.concat()]


@case
def gradients_go_through_the_elements(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    array = tf.TensorArray(tf.float32, size=2, clear_after_read=False).unstack(x)
    y = array.read(0) * array.read(1) + tf.stop_gradient(array.read(0)) + array.stack()[1]
    z = tf.TensorArray(tf.float32, size=2, infer_shape=False).split(x * x, [1, 1]).concat()
    return [y, z, tf.gradients(y, x), tf.gradients(z, x, grad_ys=x)]


@case(nodes=True)
def arrays_in_a_loop(tf):
    x = tf.constant([1.0, 2.0, 3.0], name="x")

    def body(i, total, array):
        total = total * x + 1.0
        return i + 1, total, array.write(i, total)

    array = tf.TensorArray(tf.float32, size=4)
    _, total, array = tf.while_loop(lambda i, *_: i < 4, body, [0, tf.ones([3]), array])
    return [total, array.stack()]


@case
def gradients_of_arrays_in_a_loop(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    given = tf.TensorArray(tf.float32, size=3, clear_after_read=False).unstack(x)

    def body(i, total, array):
        total = total * given.read(i) + x[0]
        return i + 1, total, array.write(i, total * total)

    array = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    _, total, array = tf.while_loop(lambda i, *_: i < 3, body, [0, 1.0, array])
    stacked = array.stack()
    return [total, stacked, tf.gradients(stacked, x), tf.gradients(total, x)]


@case(nodes=True)
def maps(tf):
    x = tf.placeholder_with_default([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [None, 2], name="x")
    k = tf.constant([1, 2, 3], name="k")
    one = tf.map_fn(lambda v: v * v, x)
    several = tf.map_fn(
        lambda v: {"a": v["x"] * 2.0, "b": v["k"] + 1}, {"x": x, "k": k}, {"a": tf.float32, "b": tf.int32}
    )
    return [one, several, tf.map_fn(lambda v: tf.cast(v, tf.float64), k, dtype=tf.float64, name="cast")]


@case(nodes=True)
def folds_and_scans(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="x")
    n = tf.placeholder_with_default([[1.0, 2.0], [3.0, 4.0]], [None, 2], name="n")
    return [
        tf.foldl(lambda a, v: a * v, x),
        tf.foldl(lambda a, v: a + v[0] * v[1], (n, n), initializer=tf.zeros([2])),
        tf.foldr(lambda a, v: a - v, x),
        tf.foldr(lambda a, v: a - v, n, initializer=tf.ones([2]), name="right"),
        tf.scan(lambda a, v: a * v, x),
        tf.scan(lambda a, v: (a[0] + v, a[1] * 2), n, initializer=(tf.zeros([2]), 1)),
        tf.scan(lambda a, v: a * v, x, reverse=True),
        tf.scan(lambda a, v: a * v, n, initializer=tf.ones([2]), reverse=True),
    ]


@case
def gradients_of_maps_and_scans(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], tf.float64)
    y = tf.map_fn(lambda v: tf.reduce_sum(v * v), x)
    z = tf.scan(lambda a, v: a * v, x)
    nested = tf.map_fn(lambda row: tf.scan(lambda a, v: a + v * v, row), x)
    return [[t, tf.gradients(t, x)] for t in (y, z, nested, tf.foldr(lambda a, v: a * v, x))]


@case
def nothing_to_map(tf):
    x = tf.placeholder(tf.float32, [None, 2])
    y = tf.map_fn(lambda v: v * 2.0, x)
    z = tf.scan(lambda a, v: a + v, x, initializer=tf.zeros([2]))
    yield [y, z], {x: np.zeros([0, 2])}
    yield [y, z, tf.gradients(y, x)], {x: np.ones([2, 2])}
