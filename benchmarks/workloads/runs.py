"""What a run costs when there is next to nothing to compute, and what it costs to build a graph."""

from __future__ import annotations

NODES = 5000


def empty_tensorflow_1(tf):
    one = tf.constant(1.0)
    session = tf.Session()
    return lambda: session.run(one)


def three_feeds_tensorflow_1(tf):
    """`a * b + c` of small fed arrays."""
    import numpy as np

    a, b, c = (tf.placeholder(tf.float32, [4], name=name) for name in "abc")
    result = a * b + c
    session = tf.Session()
    array = np.ones(4, np.float32)
    return lambda: session.run(result, {a: array, b: array, c: array})


def build_tensorflow_1(tf):
    """A graph of 5,000 nodes: constants, matmuls, additions, activations."""

    def build() -> None:
        graph = tf.Graph()
        with graph.as_default():
            x = tf.placeholder(tf.float32, [None, 8])
            while len(graph.get_operations()) < NODES:
                x = tf.nn.relu(tf.matmul(x, tf.ones([8, 8])) + tf.constant(1.0))
                x = tf.reshape(tf.concat([x, x], axis=1)[:, :8], [-1, 8])

    return build
