"""Convolutions, transposed ones, depthwise ones, dilation."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype(dtype)


def _gradients(tf, y, inputs):
    return tf.gradients(tf.square(y), inputs)


@case(nodes=True)
def conv2d_nodes(tf):
    x, w = tf.constant(_values(2, 6, 7, 3), name="x"), tf.constant(_values(3, 2, 3, 4), name="w")
    return [
        tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME"),
        tf.nn.conv2d(x, w, strides=[1, 2, 2, 1], padding="VALID", name="valid"),
        tf.nn.conv2d(x, filters=w, strides=[1, 2, 3, 1], padding="SAME"),
        tf.nn.conv2d(x, w, 1, [[0, 0], [1, 2], [0, 1], [0, 0]], name="explicit"),
        tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME", dilations=[1, 2, 2, 1]),
        tf.nn.convolution(x, w, "SAME"),
        tf.nn.convolution(x, w, "VALID", strides=[2, 2], name="strided"),
    ]


@case
def same_padding_of_every_remainder(tf):
    result = {}
    for size in (4, 5, 6, 7):
        for window in (1, 2, 3, 5):
            for stride in (1, 2, 3):
                x, w = tf.constant(_values(1, size, size, 2)), tf.constant(_values(window, window, 2, 1))
                result[f"{size} {window} {stride}"] = tf.nn.conv2d(x, w, [1, stride, stride, 1], "SAME")
    return result


@case
def conv2d_gradients(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        for stride, padding in ((1, "SAME"), (2, "SAME"), (2, "VALID"), (3, "SAME")):
            x = tf.constant(_values(2, 7, 8, 3, dtype=dtype))
            w = tf.constant(_values(4, 3, 3, 2, dtype=dtype))
            y = tf.nn.conv2d(x, w, [1, stride, stride, 1], padding)
            result[f"{dtype.__name__} {stride} {padding}"] = [y, _gradients(tf, y, [x, w])]
    return result


@case
def grouped_conv2d(tf):
    x, w = tf.constant(_values(2, 5, 5, 4)), tf.constant(_values(3, 3, 2, 6))
    y = tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME")
    return y


@case(nodes=True)
def conv1d(tf):
    x, w = tf.constant(_values(2, 9, 3), name="x"), tf.constant(_values(3, 3, 4), name="w")
    return [
        tf.nn.conv1d(x, w, 1, "SAME"),
        tf.nn.conv1d(x, w, stride=2, padding="VALID", name="half"),
        tf.nn.convolution(x, w, "SAME"),
    ]


@case
def conv3d(tf):
    x, w = tf.constant(_values(1, 5, 4, 6, 2)), tf.constant(_values(2, 3, 3, 2, 3))
    y = tf.nn.conv3d(x, w, [1, 1, 2, 2, 1], "SAME")
    z = tf.nn.conv3d(x, w, [1, 1, 1, 1, 1], "VALID")
    return [y, z, _gradients(tf, y, [x, w])]


@case
def dilated_convolutions(tf):
    x, w = tf.constant(_values(2, 8, 9, 3)), tf.constant(_values(3, 3, 3, 2))
    sequence, taps = tf.constant(_values(2, 11, 3)), tf.constant(_values(3, 3, 2))
    y = tf.nn.atrous_conv2d(x, w, 2, "SAME")
    return {
        "same": y,
        "valid": tf.nn.atrous_conv2d(x, w, 3, "VALID"),
        "convolution": tf.nn.convolution(x, w, "SAME", dilation_rate=[2, 3]),
        "sequence": tf.nn.convolution(sequence, taps, "SAME", dilation_rate=[4]),
        "gradients": _gradients(tf, y, [x, w]),
    }


@case(nodes=True)
def conv2d_transpose_nodes(tf):
    x, w = tf.constant(_values(2, 4, 3, 3), name="x"), tf.constant(_values(5, 5, 2, 3), name="w")
    return [
        tf.nn.conv2d_transpose(x, w, [2, 8, 6, 2], [1, 2, 2, 1]),
        tf.nn.conv2d_transpose(x, w, [2, 7, 5, 2], [1, 2, 2, 1], "SAME", name="odd"),
        tf.nn.conv2d_transpose(x, w, tf.stack([tf.shape(x)[0], 8, 7, 2]), [1, 1, 1, 1], "VALID"),
    ]


@case(rtol=1e-4, atol=1e-5)
def transposed_convolutions(tf):
    result = {}
    for window in (2, 3, 4, 5):
        for stride in (1, 2, 3):
            x, w = tf.constant(_values(2, 3, 4, 3)), tf.constant(_values(window, window, 2, 3))
            shape = [2, 3 * stride, 4 * stride, 2]
            y = tf.nn.conv2d_transpose(x, w, shape, [1, stride, stride, 1], "SAME")
            result[f"same {window} {stride}"] = [y, _gradients(tf, y, [x, w])]
    x, w = tf.constant(_values(2, 3, 4, 3)), tf.constant(_values(2, 2, 2, 3))
    result["valid with rows that no window reaches"] = tf.nn.conv2d_transpose(
        x, w, [2, 10, 13, 2], [1, 3, 3, 1], "VALID"
    )
    result["atrous"] = tf.nn.atrous_conv2d_transpose(x, w, [2, 3, 4, 2], 2, "SAME")
    sequence, taps = tf.constant(_values(2, 4, 3)), tf.constant(_values(3, 2, 3))
    result["sequence"] = tf.nn.conv1d_transpose(sequence, taps, [2, 8, 2], 2)
    volume, cube = tf.constant(_values(1, 2, 3, 2, 3)), tf.constant(_values(3, 3, 3, 2, 3))
    result["volume"] = tf.nn.conv3d_transpose(volume, cube, [1, 4, 6, 4, 2], [1, 2, 2, 2, 1])
    return result


@case
def gradients_of_convolutions_as_ops(tf):
    x, w, g = tf.constant(_values(2, 7, 6, 3)), tf.constant(_values(3, 4, 3, 2)), tf.constant(_values(2, 4, 3, 2))
    by_input = tf.nn.conv2d_backprop_input([2, 7, 6, 3], w, g, [1, 2, 2, 1], "SAME")
    by_filter = tf.nn.conv2d_backprop_filter(x, [3, 4, 3, 2], g, [1, 2, 2, 1], "SAME")
    volume, cube = tf.constant(_values(1, 4, 3, 4, 2)), tf.constant(_values(1, 4, 3, 4, 3))
    deep, taps = tf.constant(_values(2, 7, 6, 6)), tf.constant(_values(3, 4, 3, 2))
    options = {"strides": [1, 1, 1, 1], "padding": "SAME"}
    return [
        by_input, by_filter, _gradients(tf, by_input, [w, g]), _gradients(tf, by_filter, [x, g]),
        tf.nn.conv3d_backprop_filter_v2(volume, [2, 2, 3, 2, 3], cube, [1, 1, 1, 1, 1], "SAME"),
        tf.nn.depthwise_conv2d_native_backprop_input([2, 7, 6, 3], taps, deep, **options),
        tf.nn.depthwise_conv2d_native_backprop_filter(x, [3, 4, 3, 2], deep, **options),
    ]  # fmt: skip


@case
def depthwise_and_separable(tf):
    x, w = tf.constant(_values(2, 6, 7, 3)), tf.constant(_values(3, 2, 3, 2))
    points = tf.constant(_values(1, 1, 6, 4))
    y = tf.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "SAME")
    z = tf.nn.separable_conv2d(x, w, points, [1, 1, 1, 1], "VALID")
    return {
        "depthwise": [y, _gradients(tf, y, [x, w])],
        "native": tf.nn.depthwise_conv2d_native(x, w, [1, 1, 1, 1], "SAME"),
        "rate": tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME", rate=[2, 2]),
        "separable": [z, _gradients(tf, z, [x, w, points])],
        "separable rate": tf.nn.separable_conv2d(x, w, points, [1, 1, 1, 1], "SAME", rate=[2, 1]),
    }


@case
def dilation_and_erosion(tf):
    x, w = tf.constant(_values(2, 6, 7, 3)), tf.constant(_values(3, 2, 3))
    y = tf.nn.dilation2d(x, w, [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
    z = tf.nn.dilation2d(x, w, [1, 2, 2, 1], [1, 2, 1, 1], "VALID")
    e = tf.nn.erosion2d(x, w, [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
    return [y, z, e, _gradients(tf, y, [x, w]), _gradients(tf, z, [x, w])]


@case
def dilation_gives_ties_to_the_first(tf):
    x, w = tf.ones([1, 3, 3, 1]), tf.zeros([2, 2, 1])
    return tf.gradients(tf.nn.dilation2d(x, w, [1, 1, 1, 1], [1, 1, 1, 1], "VALID"), [x, w])
