"""What runs before what, and checks: node names, values."""

import numpy as np
from harness import case


@case(nodes=True)
def groups(tf):
    x = tf.constant(1.0, name="x")
    y = tf.constant([1.0, 2.0], name="y")
    with tf.device("/cpu:0"):
        z = tf.constant(2.0, name="z")
    tf.group(x, y)
    tf.group(x.op, name="g")
    tf.group()
    tf.group([x, [y, z]], name="devices")
    tf.no_op()
    tf.no_op(name="nothing")
    return [tf.tuple([x, None, y]), tf.tuple([x], control_inputs=[z], name="named")]


@case(nodes=True)
def checks_that_are_settled_at_once(tf):
    x = tf.constant(np.ones((2, 3), np.float32), name="x")
    tf.assert_type(x, tf.float32)
    tf.assert_scalar(tf.constant(1, name="one"))
    tf.assert_integer(tf.constant(2, name="two"))
    return x


@case
def checks_that_hold(tf):
    x = tf.placeholder_with_default([[1.0, 2.0]], [None, 2])
    q = tf.placeholder_with_default([[1.0, 2.0]], None)
    i = tf.placeholder_with_default([1, 2], [2])
    checks = [
        tf.assert_equal(x, q), tf.assert_none_equal(i, 3), tf.assert_less(i, 3), tf.assert_less_equal(i, [1, 2]),
        tf.assert_greater(x, 0.5), tf.assert_greater_equal(x, 1.0), tf.assert_positive(i), tf.assert_negative(-i),
        tf.assert_non_negative(x), tf.assert_non_positive(-x), tf.assert_near(x, q + 1e-7), tf.assert_rank(q, 2),
        tf.assert_rank_at_least(q, 1), tf.assert_rank_in(q, [1, 2]), tf.Assert(True, [x]), tf.assert_rank(x, 2),
        tf.assert_equal([1, 2], [1, 2]),
    ]  # fmt: skip
    with tf.control_dependencies(checks):
        return [tf.identity(x), tf.verify_tensor_all_finite(x, "x"), tf.check_numerics(x, "x")]


@case
def python_functions(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])

    def both(a, b):
        return np.float32(a.sum()), (b * 2).astype(np.int64)

    one = tf.py_func(lambda a: a + 1, [x], tf.float32)
    two = tf.py_func(both, [x, 3], [tf.float32, tf.int64], stateful=False)
    texts = tf.py_func(lambda a: np.array([t + b"!" for t in a.tolist()], object), [["a", "b"]], tf.string)
    given = tf.numpy_function(lambda s, n: f"{type(s).__name__} {type(n).__name__}", ["text", 1.5], tf.string)
    shapes = tf.constant([str(one.shape), str(two[0].shape)])
    return [one, two, texts, given, shapes, tf.gradients(one, x)]
