"""Reductions, running sums, sequences: values, gradients, dtypes, empty tensors, node names."""

import numpy as np
from harness import case

NAMES = ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_logsumexp")


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-2, 2, shape).astype(dtype)


@case(rtol=2e-5)
def reductions_over_every_axis(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        x = tf.constant(_values(2, 3, 4, dtype=dtype))
        for name in NAMES:
            for axis in (None, 0, -1, [0, 2], (1, 2), [], [-1, 0]):
                for keep in (False, True):
                    y = getattr(tf, name)(x, axis, keepdims=keep)
                    result[f"{np.dtype(dtype).name} {name} {axis} {keep}"] = [y, tf.gradients(y, x)]
    return result


@case
def older_arguments(tf):
    x = tf.constant(_values(2, 3))
    return [
        tf.reduce_sum(x, reduction_indices=1), tf.reduce_mean(x, reduction_indices=[0], keep_dims=True),
        tf.reduce_max(x, axis=tf.constant(1)), tf.argmax(x, dimension=1), tf.arg_max(x, 0), tf.arg_min(x, 1),
    ]  # fmt: skip


@case
def equals_share_the_gradient(tf):
    x = tf.constant([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    weights = tf.constant([1.0, 10.0])
    return [tf.gradients(f(x, 1) * weights, x) for f in (tf.reduce_max, tf.reduce_min)] + [
        tf.gradients(tf.reduce_max(x), x)
    ]


@case
def products_with_zeros_have_gradients(tf):
    x = tf.constant([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0], [5.0, 6.0, 7.0]])
    return [
        tf.gradients(tf.reduce_prod(x, 1), x),
        tf.gradients(tf.reduce_prod(x), x),
        tf.gradients(tf.cumprod(x + 1.0, 1), x),
    ]


@case
def integers(tf):
    result = {}
    for dtype in (np.int32, np.int64, np.uint8, np.int16):
        x = tf.constant(np.array([[1, 2, 4], [100, 3, 200 if dtype == np.uint8 else -20]], dtype))
        result[np.dtype(dtype).name] = [getattr(tf, name)(x, axis) for name in NAMES[:5] for axis in (None, 0, 1)]
    return result


@case
def nothing_to_reduce(tf):
    x = tf.constant(np.zeros((2, 0, 3), np.float32))
    floats = [
        getattr(tf, name)(x, 1) for name in ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod")
    ]
    bools = tf.zeros([0, 2], tf.bool)
    i = tf.zeros([0], tf.int32)
    return [
        *floats,
        tf.reduce_all(bools, 0),
        tf.reduce_any(bools, 0),
        tf.reduce_sum(i),
        tf.reduce_max(i),
        tf.reduce_min(i),
    ]


@case
def truth(tf):
    b = tf.constant([[True, False, True], [True, True, True]])
    return [
        f(b, axis, keepdims=keep)
        for f in (tf.reduce_all, tf.reduce_any)
        for axis in (None, 0, 1)
        for keep in (False, True)
    ]


@case(rtol=2e-5)
def norms_and_variances(tf):
    x = tf.constant(_values(3, 4))
    result = []
    for name in ("reduce_euclidean_norm", "reduce_variance", "reduce_std"):
        for axis in (None, 1, [0, 1]):
            y = getattr(tf.math, name)(x, axis)
            result.append([y, tf.gradients(y, x)])
    z = tf.constant([1 + 2j, 3 - 1j], tf.complex64)
    return [result, tf.math.reduce_variance(z), tf.reduce_sum(z), tf.reduce_mean(z), tf.reduce_prod(z)]


@case
def log_sums_of_infinities(tf):
    x = tf.constant([[-np.inf, -np.inf], [np.inf, 1.0], [1000.0, 1000.0]], tf.float32)
    return [tf.reduce_logsumexp(x, 1), tf.reduce_logsumexp(x[2]), tf.math.cumulative_logsumexp(x[2])]


@case
def counts_of_what_is_not_zero(tf):
    x = tf.constant([[0.0, 1.0, 0.0], [2.0, 0.0, 3.0]])
    return [
        tf.count_nonzero(x), tf.count_nonzero(x, 1), tf.count_nonzero(x, 0, keepdims=True, dtype=tf.int32),
        tf.count_nonzero([True, False]), tf.count_nonzero(["", "a", "b"]),
    ]  # fmt: skip


@case
def where_the_largest_and_smallest_are(tf):
    x = tf.constant([[1.0, 3.0, 3.0], [2.0, 2.0, -2.0]])
    i = tf.constant([[5, 1, 5], [0, 0, 0]])
    b = tf.constant([False, True, True])
    return [
        tf.argmax(x), tf.argmin(x), tf.argmax(x, 1), tf.argmin(x, -1), tf.argmax(x, 1, output_type=tf.int32),
        tf.argmax(i, 1), tf.argmin(i, 0), tf.argmax(b), tf.argmax(tf.constant(np.array([3, 200, 200], np.uint8))),
    ]  # fmt: skip


@case
def running_sums(tf):
    x = tf.constant(_values(2, 3, dtype=np.float64))
    i = tf.constant([1, 2, 3, 4])
    result = []
    for function in (tf.cumsum, tf.cumprod, tf.math.cumulative_logsumexp):
        for axis in (0, 1, -1):
            for exclusive in (False, True):
                for reverse in (False, True):
                    y = function(x, axis, exclusive, reverse)
                    result.append([y, tf.gradients(y, x)] if function is not tf.math.cumulative_logsumexp else y)
    return [result, tf.cumsum(i), tf.cumprod(i, exclusive=True), tf.cumsum(tf.zeros([0]))]


@case
def sequences(tf):
    seven = tf.constant(7)
    return [
        tf.range(5), tf.range(2, 9, 3), tf.range(5, 0, -2), tf.range(3.0), tf.range(0, 1, 0.25), tf.range(0, seven),
        tf.range(seven - 4, seven, dtype=tf.float32), tf.range(tf.constant(3, tf.int64)), tf.range(0, tf.constant(2.5)),
        tf.range(3, 3), tf.range(0.0, 1.0, 0.1, dtype=tf.float64),
        tf.linspace(0.0, 1.0, 5), tf.lin_space(-1.0, 1.0, 1), tf.linspace(tf.constant(2.0, tf.float64), 8.0, 4),
    ]  # fmt: skip


@case
def order(tf):
    return [
        f(tf.constant(values))
        for f in (tf.is_non_decreasing, tf.is_strictly_increasing)
        for values in ([1, 2, 3], [1, 1, 2], [2, 1, 3], [1], np.zeros(0))
    ]


@case(nodes=True)
def nodes_of_reductions(tf):
    x = tf.placeholder_with_default(tf.constant(_values(2, 3), name="value"), [None, 3], name="x")
    u = tf.placeholder_with_default(tf.constant(_values(2, 3), name="value_1"), None, name="u")
    b = tf.constant([True, False], name="b")
    result = [getattr(tf, name)(x) for name in NAMES[:5]]
    result += [getattr(tf, name)(x, 1) for name in NAMES[:5]]
    result += [tf.reduce_sum(x, [0, 1], keepdims=True, name="all"), tf.reduce_sum(u), tf.reduce_mean(u, -1)]
    result += [
        tf.reduce_all(b),
        tf.reduce_any(b, 0),
        tf.argmax(x, 1),
        tf.argmin(x),
        tf.cumsum(x),
        tf.cumprod(x, 1, True),
    ]
    result += [tf.math.reduce_euclidean_norm(x), tf.math.reduce_variance(x, 1), tf.math.reduce_std(x)]
    result += [tf.count_nonzero(x), tf.count_nonzero(b), tf.range(5), tf.range(5.0), tf.range(1, 9, 2, name="odd")]
    result += [tf.range(0, tf.shape(u)[0]), tf.range(0, 5, dtype=tf.float32)]
    return result
