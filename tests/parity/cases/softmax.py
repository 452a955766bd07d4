"""Softmax, and the cross entropies made with it."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-3, 3, shape).astype(dtype)


def _labels(*shape, dtype=np.float32):
    x = np.random.RandomState(sum(shape)).uniform(0.1, 1, shape)
    return (x / x.sum(-1, keepdims=True)).astype(dtype)


@case(nodes=True)
def softmax_nodes(tf):
    x = tf.constant(_values(2, 3, 4), name="x")
    return [
        tf.nn.softmax(x), tf.nn.softmax(x, dim=1), tf.nn.log_softmax(x, axis=0, name="named"),
        tf.nn.log_softmax(x, axis=2),
    ]  # fmt: skip


@case
def softmax_gradients(tf):
    x = tf.constant(_values(3, 4, dtype=np.float64))
    return {
        f"{f.__name__} {axis}": tf.gradients(tf.square(f(x, axis)), x)
        for f in (tf.nn.softmax, tf.nn.log_softmax)
        for axis in (-1, 0, 1, -2)
    }


@case(nodes=True)
def cross_entropy_nodes(tf):
    x, z = tf.constant(_values(5, 3), name="x"), tf.constant(_labels(5, 3), name="z")
    return tf.nn.softmax_cross_entropy_with_logits(labels=z, logits=x)


@case(nodes=True)
def cross_entropy_nodes_of_unknown_batch(tf):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    z = tf.placeholder(tf.float32, [None, 3], name="z")
    loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=z, logits=x, name="loss")
    return loss, {x: _values(5, 3), z: _labels(5, 3)}


@case(nodes=True)
def cross_entropy_nodes_along_another_axis(tf):
    x, z = tf.constant(_values(2, 3, 4), name="x"), tf.constant(_labels(2, 4, 3).transpose(0, 2, 1), name="z")
    return tf.nn.softmax_cross_entropy_with_logits(labels=z, logits=x, dim=1)


@case
def cross_entropy_of_every_rank(tf):
    return [
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=_labels(3), logits=_values(3)),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=_labels(2, 2, 3), logits=_values(2, 2, 3)),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=np.eye(3, dtype=np.int32), logits=_values(3, 3)),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=_labels(0, 3), logits=_values(0, 3)),
    ]


@case
def cross_entropy_gradients(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        x, z = tf.constant(_values(4, 3, dtype=dtype)), tf.constant(_labels(4, 3, dtype=dtype))
        stopped = tf.nn.softmax_cross_entropy_with_logits(labels=z, logits=x)
        both = tf.nn.softmax_cross_entropy_with_logits_v2(labels=z, logits=x)
        (dx,) = tf.gradients(tf.square(both), x)
        result[dtype.__name__] = [
            stopped, tf.gradients(stopped, [x, z]), tf.gradients(tf.square(both), [x, z]), tf.gradients(dx, x),
        ]  # fmt: skip
    return result


@case(rtol=2e-3)
def cross_entropy_of_half_floats(tf):
    x, z = tf.constant(_values(4, 3, dtype=np.float16)), tf.constant(_labels(4, 3, dtype=np.float16))
    return [
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=z, logits=x),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1, 2, 0], logits=x),
    ]


@case
def cross_entropy_op_broadcasts_and_gives_its_gradient(tf):
    x, z = tf.constant(_values(4, 3)), tf.constant(_labels(1, 3))
    loss, backprop = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=x, labels=z)
    sparse = tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=x, labels=[2, 0, 1, 1])
    full = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=x, labels=tf.constant(_labels(4, 3)))
    return [
        loss, backprop, list(sparse), tf.gradients(tf.square(full[1]), x), tf.gradients(tf.square(sparse[1]), x),
    ]  # fmt: skip


@case(nodes=True)
def sparse_cross_entropy_nodes(tf):
    x, z = tf.constant(_values(4, 3), name="x"), tf.constant([0, 2, 1, 1], tf.int64, name="z")
    return [
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=z, logits=x),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=z, logits=x, name="xentropy"),
    ]


@case(nodes=True)
def sparse_cross_entropy_nodes_of_rank_3(tf):
    x = tf.constant(_values(2, 3, 4), name="x")
    z = tf.constant([[0, 3, 1], [2, 2, 0]], name="z")
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=z, logits=x)


@case
def sparse_cross_entropy_gradients(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        x, z = tf.constant(_values(4, 3, dtype=dtype)), tf.constant([0, 2, 1, 1])
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=z, logits=x)
        (dx,) = tf.gradients(tf.square(loss), x)
        result[dtype.__name__] = [loss, dx, tf.gradients(dx, x)]
    scalar = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.constant(1), logits=tf.constant(_values(3)))
    result["scalar"] = scalar
    return result
