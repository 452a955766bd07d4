"""Pools."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype(dtype)


@case
def pools_of_every_remainder(tf):
    result = {}
    for size in (4, 5, 7):
        for window in (1, 2, 3):
            for stride in (1, 2, 3):
                for padding in ("SAME", "VALID"):
                    x = tf.constant(_values(1, size, size + 1, 2))
                    arguments = [1, window, window, 1], [1, stride, stride, 1], padding
                    result[f"{size} {window} {stride} {padding}"] = [
                        tf.nn.max_pool(x, *arguments), tf.nn.avg_pool(x, *arguments),
                    ]  # fmt: skip
    return result


@case
def pool_gradients(tf):
    result = {}
    for window, stride, padding in ((2, 2, "SAME"), (3, 2, "SAME"), (3, 2, "VALID"), (2, 1, "SAME")):
        for dtype in (np.float32, np.float64):
            x = tf.constant(_values(2, 7, 6, 2, dtype=dtype))
            for name in ("max_pool", "avg_pool"):
                y = getattr(tf.nn, name)(x, [1, window, window, 1], [1, stride, stride, 1], padding)
                result[f"{name} {window} {stride} {padding} {dtype.__name__}"] = tf.gradients(tf.square(y), x)
    return result


@case
def max_pool_gives_ties_to_the_first(tf):
    x = tf.ones([1, 5, 5, 2])
    return [
        tf.gradients(tf.nn.max_pool(x, 2, 2, "SAME"), x),
        tf.gradients(tf.nn.max_pool(x, [1, 3, 3, 1], [1, 2, 2, 1], "VALID"), x),
        tf.gradients(tf.nn.max_pool(x, 3, 1, "SAME"), x),
    ]


@case(nodes=True)
def pool_nodes(tf):
    x = tf.constant(_values(2, 6, 6, 2), name="x")
    sequence, volume = tf.constant(_values(2, 6, 2)), tf.constant(_values(1, 4, 4, 4, 2))
    return [
        tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), tf.nn.max_pool(x, 2, 2, "SAME", name="named"),
        tf.nn.max_pool(x, 3, [2, 1], [[0, 0], [1, 1], [1, 0], [0, 0]]),
        tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), tf.nn.max_pool2d(x, 2, 2, "VALID"),
        tf.nn.avg_pool2d(x, 2, 1, "SAME"), tf.nn.max_pool1d(sequence, 2, 2, "SAME"),
        tf.nn.avg_pool1d(sequence, 3, 1, "SAME"), tf.nn.max_pool3d(volume, 2, 2, "VALID"),
        tf.nn.avg_pool3d(volume, [1, 3, 3, 3, 1], 2, "SAME", name="volume"),
    ]  # fmt: skip


@case
def pool_by_name_of_the_type(tf):
    x, sequence = tf.constant(_values(2, 6, 6, 2)), tf.constant(_values(2, 6, 2))
    volume = tf.constant(_values(1, 4, 4, 4, 2))
    return [
        tf.nn.pool(x, [2, 2], "MAX", "SAME", strides=[2, 2]), tf.nn.pool(x, [3, 2], "AVG", "VALID"),
        tf.nn.pool(sequence, [2], "MAX", "VALID"), tf.nn.pool(volume, [2, 2, 2], "AVG", "SAME"),
        tf.nn.max_pool_v2(sequence, 2, 2, "SAME"), tf.nn.avg_pool_v2(volume, 2, 2, "SAME"),
    ]  # fmt: skip


@case
def dilated_pools(tf):
    x, sequence = tf.constant(_values(2, 7, 8, 2)), tf.constant(_values(2, 9, 2))
    y = tf.nn.pool(x, [2, 3], "MAX", "VALID", dilation_rate=[2, 3])
    return [y, tf.gradients(tf.square(y), x), tf.nn.pool(sequence, [3], "AVG", "VALID", dilation_rate=[2])]


@case
def max_pool_with_argmax(tf):
    x = tf.constant(_values(2, 5, 6, 3))
    result = {}
    for window, stride, padding in ((2, 2, "SAME"), (3, 2, "VALID"), (2, 1, "SAME"), (3, 1, "SAME")):
        arguments = [1, window, window, 1], [1, stride, stride, 1], padding
        y = tf.nn.max_pool_with_argmax(x, *arguments)
        result[f"{window} {stride} {padding}"] = [y.output, y.argmax, tf.gradients(tf.square(y.output), x)]
    batch = tf.nn.max_pool_with_argmax(
        x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID", Targmax=tf.int32, include_batch_in_index=True
    )
    result["batch"] = list(batch)
    return result


@case
def max_pool_over_depth(tf):
    x = tf.constant(_values(2, 3, 3, 6))
    return tf.nn.max_pool(x, [1, 1, 1, 3], [1, 1, 1, 3], "VALID")


@case
def max_pool_of_integers(tf):
    x = tf.constant(np.arange(50).reshape(1, 5, 5, 2) % 7, tf.int32)
    return [tf.nn.max_pool(x, 2, 2, "SAME"), tf.nn.max_pool(x, 3, 1, "VALID")]


@case
def gradients_of_pools_as_ops(tf):
    x, g = tf.constant(_values(2, 5, 5, 3)), tf.constant(_values(2, 3, 3, 3))
    sizes = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}
    y = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    return [
        tf.raw_ops.MaxPoolGrad(orig_input=x, orig_output=y, grad=g, **sizes),
        tf.raw_ops.AvgPoolGrad(orig_input_shape=[2, 5, 5, 3], grad=g, **sizes),
    ]
