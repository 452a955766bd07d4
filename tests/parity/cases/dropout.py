"""Dropout: its nodes, and what of its values is not chance."""

from harness import case


@case(nodes=True)
def dropout_nodes(tf):
    x = tf.ones([3, 4], name="x")
    tf.nn.dropout(x, 0.5)
    tf.nn.dropout(x, rate=0.25, seed=3, name="named")
    tf.nn.dropout(x, 0.8, noise_shape=[3, 1])
    return tf.nn.dropout(x, 1.0)


@case(nodes=True)
def dropout_nodes_of_a_fed_probability(tf):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    keep = tf.placeholder(tf.float32, [], name="keep")
    kept = tf.nn.dropout(x, keep)
    return kept, {x: [[1.0, 2, 3, 4]], keep: 1.0}
