"""What an op sees of a variable that a dependency says was written before it."""

import undertow as tf


def test_an_op_after_a_write_sees_what_was_written_though_the_read_node_is_older():
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.Variable([0.0, 0.0])
        x = tf.constant([1.0, 2.0])
        train = tf.train.GradientDescentOptimizer(1.0).apply_gradients([(x, w)])
        with tf.control_dependencies([train]):
            clipped = tf.assign(w, tf.maximum(w, -1.5))
        for _ in range(2):
            session.run(tf.global_variables_initializer())
            assert session.run(clipped).tolist() == [-1.0, -1.5]
            assert session.run(w).tolist() == [-1.0, -1.5]
