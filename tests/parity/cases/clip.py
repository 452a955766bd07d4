"""Clipping values and norms: values, gradients, what is sparse, node names."""

import numpy as np
from harness import case


def _values(*shape):
    return np.random.RandomState(sum(shape)).uniform(-2, 2, shape).astype(np.float32)


def _rows(tf):
    return tf.IndexedSlices(tf.constant(_values(2, 3)), tf.constant([3, 1]), tf.constant([5, 3]))


@case
def clipped_values(tf):
    x = tf.constant([-2.0, -1.0, 0.0, 1.0, 2.0])
    i = tf.constant([-5, 0, 5])
    y = tf.clip_by_value(x, -1.0, 1.0)
    low = tf.constant([-3.0, 0.0, 0.0, 0.0, 0.0])
    z = tf.clip_by_value(x, low, 1.5)
    sparse = tf.clip_by_value(_rows(tf), -1.0, 1.0)
    return [
        y,
        tf.gradients(y, x),
        tf.clip_by_value(i, -1, 3),
        z,
        tf.gradients(z, [x, low]),
        sparse.values,
        sparse.indices,
    ]


@case
def clipped_norms(tf):
    x = tf.constant(_values(3, 4))
    result = []
    for norm in (1.0, 100.0, tf.constant(2.5)):
        for y in (tf.clip_by_norm(x, norm), tf.clip_by_norm(x, norm, axes=[1]), tf.clip_by_average_norm(x, norm)):
            result.append([y, tf.gradients(y * y, x)])
    zero = tf.zeros([3])
    sparse = tf.clip_by_norm(_rows(tf), 1.0)
    result.append(
        [tf.clip_by_norm(zero, 1.0), tf.gradients(tf.clip_by_norm(zero, 1.0), zero), sparse.values, sparse.indices]
    )
    wide = tf.constant(_values(3).astype(np.float64))
    return [result, tf.clip_by_norm(wide, 0.5)]


@case
def global_norms(tf):
    a, b, rows = tf.constant(_values(3)), tf.constant(_values(2, 2)), _rows(tf)
    result = []
    for norm in (0.5, 100.0, tf.constant(1.0)):
        (x, nothing, y, z), total = tf.clip_by_global_norm([a, None, b, rows], norm)
        result.append([x, nothing, y, z.values, z.indices, total])
    infinite, _ = tf.clip_by_global_norm([a, tf.constant([np.inf])], 1.0)
    told, norm = tf.clip_by_global_norm([a, b], 1.0, use_norm=tf.constant(4.0))
    wide = tf.constant(_values(3).astype(np.float64))
    return [result, infinite, told, norm, tf.global_norm([a, None, rows]), tf.clip_by_global_norm([wide], 0.5)]


@case
def sums_and_products_of_rows(tf):
    rows, x = _rows(tf), tf.constant(_values(5, 3))
    return [tf.add_n([rows, x, rows]), tf.scalar_mul(2.0, rows).values, tf.convert_to_tensor(rows)]


@case(nodes=True)
def nodes_of_value_and_global_norm(tf):
    x, y = tf.constant(_values(3), name="x"), tf.constant(_values(2, 2), name="y")
    clipped, norm = tf.clip_by_global_norm([x, None, y], 1.0)
    named, _ = tf.clip_by_global_norm([x], tf.constant(2.0), name="named")
    told, _ = tf.clip_by_global_norm([x, y], 5.0, use_norm=norm)
    return [
        tf.clip_by_value(x, 0, 1),
        tf.clip_by_value(x, -1.0, 1.0, name="c"),
        clipped,
        named,
        told,
        tf.global_norm([y]),
    ]
