"""The largest, and whether a class is among them."""

import numpy as np
from harness import case

X = np.array([[1.0, 3.0, 3.0, 2.0, 3.0], [5.0, 4.0, 9.0, -1.0, 4.0]], np.float32)


@case(nodes=True)
def top_k_nodes(tf):
    x = tf.constant(X, name="x")
    first, named = tf.nn.top_k(x, 2), tf.nn.top_k(x, k=4, name="best")
    return [first.values, first.indices, named.values, named.indices, *tf.nn.top_k(x)]


@case
def top_k_gradient(tf):
    x = tf.constant(X)
    return [tf.gradients(tf.square(tf.nn.top_k(x, k)[0]), x) for k in (1, 3)]


@case
def top_k_of_integers(tf):
    return list(tf.nn.top_k(tf.constant([[3, 9, 9, 1]]), 3))


@case(nodes=True)
def in_top_k_nodes(tf):
    x = tf.constant(X, name="x")
    return [tf.nn.in_top_k(x, tf.constant([2, 4], name="t"), 2), tf.nn.in_top_k(x, [3, 1], 3, name="named")]


@case
def in_top_k_of_what_is_no_number(tf):
    nan, inf = float("nan"), float("inf")
    x = tf.constant([[0.1, 0.3, 0.2], [nan, 0.1, 0.2], [0.1, inf, 0.2], [0.1, 0.3, inf], [0.3, 0.3, 0.3], [1.0, 2, 3]])
    return tf.nn.in_top_k(x, tf.constant([1, 2, 1, 1, 2, 7]), 1)


@case
def nth_element(tf):
    x = tf.constant(X)
    y = tf.raw_ops.NthElement(input=x, n=2)
    return [y, tf.raw_ops.NthElement(input=x, n=0, reverse=True), tf.gradients(tf.square(y), x)]
