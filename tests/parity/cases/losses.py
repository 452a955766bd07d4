"""Losses of tf.nn without a softmax."""

import numpy as np
from harness import case

LOGITS = [-100.0, -20.0, -1.5, -0.0, 0.0, 0.7, 3.0, 50.0]
LABELS = [0.0, 1.0, 0.5, 1.0, 0.0, 0.2, 1.0, 0.0]


@case(nodes=True)
def sigmoid_cross_entropy_nodes(tf):
    x, z = tf.constant(LOGITS, name="x"), tf.constant(LABELS, name="z")
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=x)


@case
def sigmoid_cross_entropy_gradients(tf):
    result = {}
    for dtype in (tf.float32, tf.float64):
        x, z = tf.constant(LOGITS, dtype), tf.constant(LABELS, dtype)
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=x)
        (dx,) = tf.gradients(loss, x)
        result[dtype.name] = [loss, tf.gradients(loss, [x, z]), tf.gradients(dx, x)]
    return result


@case(nodes=True)
def weighted_cross_entropy_nodes(tf):
    x, z = tf.constant(LOGITS, name="x"), tf.constant(LABELS, name="z")
    return tf.nn.weighted_cross_entropy_with_logits(z, x, 3.0)


@case
def weighted_cross_entropy_gradients(tf):
    x, z, w = tf.constant(LOGITS), tf.constant(LABELS), tf.constant(2.5)
    loss = tf.nn.weighted_cross_entropy_with_logits(labels=z, logits=x, pos_weight=w)
    return [loss, tf.gradients(loss, [x, z, w])]


@case(nodes=True)
def log_poisson_loss_nodes(tf):
    x, z = tf.constant([-1.0, 0.0, 0.5, 2.0, 1.0], name="x"), tf.constant([0.0, 1.0, 2.0, 7.0, 0.5], name="z")
    return tf.nn.log_poisson_loss(z, x)


@case
def log_poisson_loss_with_its_whole_constant(tf):
    x, z = tf.constant([-1.0, 0.0, 0.5, 2.0, 1.0]), tf.constant([0.0, 1.0, 2.0, 7.0, 0.5])
    loss = tf.nn.log_poisson_loss(z, x, compute_full_loss=True)
    return [loss, tf.gradients(loss, x)]


@case(nodes=True)
def l2_loss(tf):
    x = tf.constant([[1.0, -2.0], [3.0, 0.5]], name="x")
    return [tf.nn.l2_loss(x), tf.nn.l2_loss(x, name="decay")]


@case
def l2_loss_gradient(tf):
    x = tf.constant(np.array([[1.0, -2.0], [3.0, 0.5]]))
    return [tf.gradients(tf.nn.l2_loss(x), x), tf.nn.l2_loss(tf.zeros([0, 3]))]


@case
def zero_fraction(tf):
    return [
        tf.nn.zero_fraction(tf.constant([[0.0, 1.0], [0.0, 0.0]])), tf.nn.zero_fraction(tf.constant([1, 0, 5])),
        tf.nn.zero_fraction(tf.zeros([0])),
    ]  # fmt: skip
