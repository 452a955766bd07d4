"""Moments and normalization."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-2, 3, shape).astype(dtype)


@case(nodes=True)
def l2_normalize_nodes(tf):
    x = tf.constant(_values(3, 4), name="x")
    return [tf.nn.l2_normalize(x, 1), tf.nn.l2_normalize(x, dim=[0, 1], name="all")]


@case
def l2_normalize_gradients(tf):
    x = tf.constant(np.array([[3.0, 4.0], [0.0, 0.0], [1e-8, 0.0]]))
    y = tf.nn.l2_normalize(x, axis=1)
    return [y, tf.gradients(tf.reduce_sum(y), x)]


@case
def lrn(tf):
    x = tf.constant(_values(2, 3, 2, 7))
    y = tf.nn.lrn(x, 2, bias=1.0, alpha=0.5, beta=0.75)
    return [y, tf.gradients(tf.square(y), x), tf.nn.local_response_normalization(x)]


@case(nodes=True)
def moments_nodes(tf):
    x = tf.constant(_values(2, 3, 4, 5), name="x")
    half = tf.constant(_values(2, 3, dtype=np.float16), name="half")
    return [
        *tf.nn.moments(x, [0, 1, 2]), *tf.nn.moments(x, axes=[0], keep_dims=True, name="kept"),
        *tf.nn.moments(half, [0]),
    ]  # fmt: skip


@case
def moments_gradients(tf):
    x = tf.constant(_values(4, 3, dtype=np.float64))
    mean, variance = tf.nn.moments(x, [0])
    return [mean, variance, tf.gradients([mean, tf.square(variance)], x)]


@case(nodes=True)
def weighted_moments_nodes(tf):
    x, w = tf.constant(_values(4, 3), name="x"), tf.constant([[1.0], [0.5], [0.0], [2.0]], name="w")
    return [*tf.nn.weighted_moments(x, [0], w), *tf.nn.weighted_moments(x, [0, 1], 0.5, keep_dims=True)]


@case(nodes=True)
def sufficient_statistics_nodes(tf):
    x = tf.constant(_values(4, 3), name="x")
    shift = tf.constant([1.0, 2.0, 3.0], name="s")
    plain = tf.nn.sufficient_statistics(x, [0])
    shifted = tf.nn.sufficient_statistics(x, [0], shift=shift, keep_dims=True)
    return [
        *plain[:3], *shifted, *tf.nn.normalize_moments(*plain), *tf.nn.normalize_moments(*shifted, name="again"),
    ]  # fmt: skip


@case
def sufficient_statistics_of_unknown_batch(tf):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    return list(tf.nn.sufficient_statistics(x, [0])[:3]), {x: _values(5, 3)}


@case(nodes=True)
def batch_normalization_nodes(tf):
    x = tf.constant(_values(2, 3, 3, 4), name="x")
    mean, variance, offset, scale = (tf.constant(_values(4) + i + 2, name=n) for i, n in enumerate("mvos"))
    return [
        tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-3),
        tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3),
        tf.nn.batch_normalization(x, mean, variance, offset, None, 1e-3, name="shifted"),
        tf.nn.batch_norm_with_global_normalization(x, mean, variance, offset, scale, 1e-3, True),
        tf.nn.batch_norm_with_global_normalization(x, mean, variance, offset, scale, 1e-3, False),
    ]


def _parameters(tf):
    # Placeholders: TensorFlow 2.21 cannot fold this op's constants.
    return [tf.placeholder_with_default(_values(4) + i + 2, [4], n) for i, n in enumerate("mvos")]


@case(nodes=True)
def fused_batch_norm_nodes(tf):
    x = tf.constant(_values(2, 3, 3, 4), name="x")
    mean, variance, offset, scale = _parameters(tf)
    return [
        *tf.nn.fused_batch_norm(x, scale, offset),
        *tf.nn.fused_batch_norm(x, scale, offset, mean, variance, epsilon=0.01, is_training=False, name="fixed"),
    ]


@case(rtol=1e-3, atol=1e-4)
def fused_batch_norm_gradients(tf):
    x = tf.constant(_values(2, 3, 3, 4))
    mean, variance, offset, scale = _parameters(tf)
    trained = tf.nn.fused_batch_norm(x, scale, offset)[0]
    fixed = tf.nn.fused_batch_norm(x, scale, offset, mean, variance, is_training=False)[0]
    return [tf.gradients(tf.square(y), [x, scale, offset]) for y in (trained, fixed)]


@case
def fused_batch_norm_moves_its_averages(tf):
    x, one = tf.constant(_values(2, 3, 3, 4)), tf.ones([4])
    outputs = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=one, offset=one, mean=one * 2, variance=one * 3, exponential_avg_factor=0.25
    )
    single = tf.nn.fused_batch_norm(tf.constant([[[[3.0]]]]), [2.0], [1.0])
    return [*outputs[:5], *single]


@case(rtol=2e-3, atol=2e-3)
def fused_batch_norm_of_half_floats(tf):
    x, one = tf.constant(_values(2, 3, 3, 4, dtype=np.float16)), tf.ones([4])
    return list(tf.nn.fused_batch_norm(x, one, one))
