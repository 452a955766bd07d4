"""Making tensors and asking about them: values, gradients, static shapes, node names."""

import numpy as np
from harness import case


def _shapes(tf, *tensors):
    """What is known of shapes, as something to fetch."""
    return tf.constant([str(t.shape) for t in tensors])


@case(nodes=True)
def zeros_and_ones_are_constants_below_1000_elements(tf):
    u = tf.placeholder_with_default(np.zeros((2, 3), np.float32), [None, 3], name="u")
    n = tf.constant(4, name="n")
    return [
        tf.zeros([2, 3]),
        tf.zeros([40, 40], name="w/Initializer/zeros"),
        tf.zeros([]),
        tf.zeros([999]),
        tf.zeros([1000], tf.int32),
        tf.zeros([2], tf.string),
        tf.zeros([2], tf.bool),
        tf.zeros(tf.shape(u)),
        tf.zeros((n, 3)),
        tf.zeros([u.shape[1], 2]),
        tf.zeros(3),
        tf.zeros(n),
        tf.zeros(tf.TensorShape([2, 2])),
        tf.ones([2, 3], tf.float64),
        tf.ones([40, 40]),
        tf.ones(tf.shape(u), tf.int32),
        tf.ones([2], tf.bool),
        tf.fill([2, 3], 7),
        tf.fill(tf.shape(u), 7.0),
        tf.zeros_like(u),
        tf.zeros_like(u, dtype=tf.int32),
        tf.zeros_like(tf.zeros([2, 2])),
        tf.zeros_like([1, 2]),
        tf.ones_like(u),
        tf.ones_like(u, dtype=tf.int32),
        tf.fill([2], "text"),
        tf.zeros([0, 3]),
    ]


@case(nodes=True)
def what_is_known_of_a_shape_is_a_constant(tf):
    x = tf.constant(np.ones((2, 3), np.float32), name="x")
    u = tf.placeholder_with_default(np.zeros((4, 3), np.float32), [None, 3], name="u")
    q = tf.placeholder_with_default(np.zeros((4, 3), np.float32), None, name="q")
    return [
        tf.shape(x),
        tf.shape(u),
        tf.shape(u, out_type=tf.int64, name="s"),
        tf.shape(q),
        tf.shape([1, 2]),
        tf.shape_n([x, u]),
        tf.size(x),
        tf.size(u),
        tf.size(q, out_type=tf.int64),
        tf.rank(x),
        tf.rank(u),
        tf.rank(q),
        tf.shape(tf.constant("a")),
        _shapes(tf, x, u, q, tf.shape(q), tf.shape(u), tf.shape_n([x, u])[0]),
    ]


@case
def fills_pass_gradients_to_their_value(tf):
    v = tf.constant(2.0, tf.float64)
    y = tf.fill([2, 3], v) * np.arange(6.0).reshape(2, 3)
    b = tf.constant([[1.0], [2.0]])
    z = tf.broadcast_to(b, [3, 2, 4]) * np.arange(24, dtype=np.float32).reshape(3, 2, 4)
    return [tf.gradients(y, v), z, tf.gradients(z, b)]


@case(nodes=True)
def placeholders(tf):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.placeholder("int32")
    z = tf.placeholder(tf.string, [])
    d = tf.placeholder_with_default([1.0, 2.0], [None])
    shapes = _shapes(tf, x, y, z, d)
    yield [x, y, z, d, shapes], {x: [[1, 2, 3]], y: [[4]], z: "text"}
    yield [d, x], {d: [3.0], x: np.zeros((0, 3))}


@case(nodes=True)
def identities(tf):
    x = tf.constant([1.0, 2.0], name="x")
    return [
        tf.identity(x),
        tf.stop_gradient(x),
        tf.identity([1, 2]),
        tf.identity(tf.constant("text")),
        tf.identity_n([x, tf.constant([1, 2])]),
        tf.guarantee_const(x),
        tf.ensure_shape(x, [None]),
    ]


@case
def no_gradient_passes_where_it_is_stopped(tf):
    x = tf.constant([1.0, 2.0])
    y = tf.stop_gradient(x) * x
    return [tf.gradients(y, x), tf.gradients(tf.stop_gradient(x), x), tf.gradients(tf.ones_like(x), x)]


@case
def bit_casts(tf):
    x = tf.constant([[1.0, -2.5], [0.0, 3.0]])
    u = tf.constant(np.arange(16, dtype=np.uint8).reshape(2, 8))
    results = [
        tf.bitcast(x, tf.int32),
        tf.bitcast(x, tf.uint8),
        tf.bitcast(tf.bitcast(x, tf.uint8), tf.float32),
        tf.bitcast(u, tf.int64),
        tf.bitcast(tf.constant([1.5], tf.float64), tf.int64),
    ]
    return [results, _shapes(tf, *results)]


@case
def broadcasting_shapes(tf):
    u = tf.placeholder_with_default(np.zeros((4, 1), np.float32), [None, 1])
    x = tf.constant(np.ones((4, 3), np.float32))
    return [
        tf.broadcast_dynamic_shape(tf.shape(x), tf.shape(u)),
        tf.broadcast_dynamic_shape([2, 1, 3], [5, 1]),
        tf.constant(str(tf.broadcast_static_shape(x.shape, u.shape))),
        tf.broadcast_to(u, tf.shape(x)),
        tf.broadcast_to("a", [2, 2]),
        _shapes(tf, tf.broadcast_to(u, tf.shape(x)), tf.broadcast_dynamic_shape([2, 1, 3], [5, 1])),
    ]


@case(nodes=True)
def one_hot_codes(tf):
    i = tf.constant([[0, 2], [-1, 5]], name="i")
    n = tf.placeholder_with_default(4, [], name="n")
    results = [
        tf.one_hot(i, 3),
        tf.one_hot(i, 3, dtype=tf.int32),
        tf.one_hot(i, 3, on_value=True, off_value=False),
        tf.one_hot(i, 3, on_value=5.0, axis=0),
        tf.one_hot(i, 3, on_value=5.0, off_value=-1.0, axis=1, dtype=tf.float32),
        tf.one_hot(i, n, on_value=2, dtype=tf.float64),
        tf.one_hot(tf.constant([1, 0], tf.uint8), 2),
        tf.one_hot(tf.constant(1, tf.int64), 3),
        tf.one_hot(i, 2, "y", "n"),
        tf.one_hot(i, 0),
    ]
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def sequence_masks(tf):
    n = tf.constant([1, 3, 0], name="n")
    longest = tf.placeholder_with_default(4, [], name="longest")
    results = [
        tf.sequence_mask(n),
        tf.sequence_mask(n, 5),
        tf.sequence_mask(n, 5, dtype=tf.float32),
        tf.sequence_mask([[1], [2]], longest),
        tf.sequence_mask(tf.constant([2, 1], tf.int64), tf.constant(2, tf.int64), name="named"),
    ]
    return [results, _shapes(tf, *results)]


@case
def ops_of_imported_gradients(tf):
    shapes = [([2, 3], [3]), ([2, 3], [2, 3]), ([1, 3], [2, 1]), ([], [2]), ([1, 1], [1]), ([2, 1, 3], [1, 3])]
    axes = [
        tf.raw_ops.BroadcastGradientArgs(s0=tf.constant(a, tf.int32), s1=tf.constant(b, tf.int32)) for a, b in shapes
    ]
    offsets = tf.raw_ops.ConcatOffset(concat_dim=1, shape=[[2, 2, 7], [2, 3, 7], [2, 9, 7]])
    ones = np.ones((2, 2), np.float32)
    part = tf.raw_ops.StridedSliceGrad(shape=[3, 4], begin=[2, 1], end=[0, 3], strides=[-1, 1], dy=ones)
    return [axes, offsets, part]
