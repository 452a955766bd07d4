"""Rearranging, joining and splitting tensors: values, gradients, static shapes, node names, strings."""

import numpy as np
from harness import case


def _shapes(tf, *tensors):
    return tf.constant([str(t.shape) for t in tensors])


def _values(*shape, dtype=np.float32):
    return np.arange(1, 1 + np.prod(shape), dtype=dtype).reshape(shape)


def _weighted(tf, y, x):
    """The gradients to `x` of a sum of `y` in which every element has another weight."""
    size = tf.reduce_prod(tf.shape(y))
    weights = tf.reshape(tf.cast(tf.range(1, size + 1), y.dtype), tf.shape(y))
    return tf.gradients(y * weights, x)


@case(nodes=True)
def reshapes(tf):
    x = tf.constant(_values(2, 3), name="x")
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    q = tf.placeholder_with_default(_values(4, 3), None, name="q")
    n = tf.placeholder_with_default(2, [], name="n")
    results = [
        tf.reshape(x, [3, -1]),
        tf.reshape(x, [-1]),
        tf.reshape(u, [-1, tf.shape(u)[1]]),
        tf.reshape(u, [-1, u.shape[1]]),
        tf.reshape(q, [n, n, 3]),
        tf.reshape(x, [n, -1]),
        tf.reshape(x, [1, 1, n, 3]),
        tf.reshape(u, [2, -1]),
        tf.reshape(tf.constant([["a", "b"]]), [2]),
        tf.reshape(tf.constant(3), [1]),
        tf.reshape(tf.zeros([0, 3]), [-1, 3]),
        tf.reshape(x, tf.constant([6, 1], tf.int64)),
    ]
    return [results, _shapes(tf, *results)]


@case
def nested_and_empty_lists(tf):
    n = tf.placeholder_with_default(2, [])
    results = [tf.reshape(tf.constant([3.0]), []), tf.stack([[n, 1], [2, 3]]), tf.transpose(3.0, [])]
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def transposes(tf):
    x = tf.constant(_values(2, 3, 4), name="x")
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    q = tf.placeholder_with_default(_values(4, 3), None, name="q")
    c = tf.constant([[1 + 2j, 3 - 1j]])
    results = [
        tf.transpose(x),
        tf.transpose(x, [0, 2, 1]),
        tf.transpose(u, [1, 0]),
        tf.transpose(q),
        tf.transpose(c, conjugate=True),
        tf.transpose(x, conjugate=True),
        tf.transpose([["a", "b"]]),
        tf.transpose(tf.constant(2.0)),
    ]
    return [results, _shapes(tf, *results)]


@case
def gradients_of_rearranging(tf):
    x = tf.constant(_values(2, 3, 4), tf.float64)
    return {
        "reshape": _weighted(tf, tf.reshape(x, [4, 6]), x),
        "transpose": _weighted(tf, tf.transpose(x, [2, 0, 1]), x),
        "expand": _weighted(tf, tf.expand_dims(x, 1), x),
        "squeeze": _weighted(tf, tf.squeeze(tf.reshape(x, [2, 1, 12])), x),
        "tile": _weighted(tf, tf.tile(x, [2, 1, 3]), x),
        "pad": _weighted(tf, tf.pad(x, [[1, 0], [0, 2], [1, 1]]), x),
        "reflect": _weighted(tf, tf.pad(x, [[1, 0], [0, 2], [3, 1]], "REFLECT"), x),
        "symmetric": _weighted(tf, tf.pad(x, [[2, 0], [0, 3], [4, 1]], "SYMMETRIC"), x),
        "reverse": _weighted(tf, tf.reverse(x, [0, 2]), x),
        "roll": _weighted(tf, tf.roll(x, [1, -1], [0, 2]), x),
        "sequence": _weighted(tf, tf.reverse_sequence(x, [2, 3], 1, 0), x),
        "stack": _weighted(tf, tf.stack([x, 2 * x], axis=1), x),
        "unstack": _weighted(tf, tf.unstack(x, axis=2)[1], x),
        "concat": _weighted(tf, tf.concat([x, x * x], axis=-1), x),
        "split": _weighted(tf, tf.split(x, [1, 3], axis=2)[1], x),
        "both parts": _weighted(tf, tf.concat(tf.split(x, 2, axis=2), 0), x),
    }


@case(nodes=True)
def a_dimension_more_or_less(tf):
    x = tf.constant(_values(2, 3), name="x")
    one = tf.constant(_values(1, 2, 1, 3), name="one")
    u = tf.placeholder_with_default(_values(1, 1), [None, 1], name="u")
    results = [
        tf.expand_dims(x, -1),
        tf.expand_dims(x, dim=0),
        tf.expand_dims(x, 1, name="named"),
        tf.expand_dims("a", 0),
        tf.squeeze(one),
        tf.squeeze(one, [0]),
        tf.squeeze(one, 2),
        tf.squeeze(one, squeeze_dims=[0, -2]),
        tf.squeeze(u),
        tf.squeeze(u, [1]),
    ]
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def stacks(tf):
    x = tf.constant(_values(2, 3), name="x")
    u = tf.placeholder_with_default(_values(2, 3), [None, 3], name="u")
    n = tf.placeholder_with_default(2, [], name="n")
    results = [
        tf.stack([x, x]),
        tf.stack([x, u], axis=1, name="st"),
        tf.stack([x, u], axis=-1),
        tf.stack([1, 2, 3]),
        tf.stack([n, 2, 3]),
        tf.stack(["a", "b"]),
        tf.stack([tf.constant(["a"]), tf.constant(["b"])], axis=1),
        tf.parallel_stack([x, x]),
        *tf.unstack(x),
        *tf.unstack(u, axis=1),
        *tf.unstack(u, num=2),
        *tf.unstack(tf.constant(["a", "b"])),
    ]
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def concats_and_splits(tf):
    x = tf.constant(_values(2, 3), name="x")
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    sizes = tf.placeholder_with_default([1, 2], [2], name="sizes")
    axis = tf.placeholder_with_default(1, [], name="axis")
    results = [
        tf.concat([x, x], 0),
        tf.concat([x, u], 0),
        tf.concat([x, x], -1),
        tf.concat([x], 0),
        tf.concat([x, x], axis),
        tf.concat([["a"], ["b", "c"]], 0),
        tf.concat([x, tf.zeros([0, 3])], 0),
        *tf.split(x, 3, 1),
        *tf.split(x, [1, 2], 1),
        *tf.split(x, [1, -1], 1),
        *tf.split(x, sizes, 1),
        *tf.split(u, 2),
        *tf.split(u, [1, 3]),
        *tf.split(x, 3, axis),
        *tf.split(tf.constant(["a", "b"]), 2),
    ]
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def tiles_and_pads(tf):
    x = tf.constant(_values(2, 3), name="x")
    u = tf.placeholder_with_default(_values(2, 3), [None, 3], name="u")
    n = tf.placeholder_with_default(2, [], name="n")
    results = [
        tf.tile(x, [2, 1]),
        tf.tile(u, [2, n]),
        tf.tile(["a", "b"], [2]),
        tf.tile(x, [0, 1]),
        tf.pad(x, [[1, 1], [0, 2]]),
        tf.pad(x, [[1, 1], [0, 2]], constant_values=3),
        tf.pad(x, [[1, 1], [0, 2]], "REFLECT"),
        tf.pad(x, [[1, 2], [0, 2]], mode="symmetric"),
        tf.pad(u, [[1, 1], [0, 2]]),
        tf.pad(["a"], [[1, 1]]),
        tf.pad([True], [[0, 1]]),
        tf.pad([1, 2], [[2, 1]], name="named"),
    ]
    return [results, _shapes(tf, *results)]


@case
def what_is_known_of_a_padded_shape(tf):
    x = tf.constant(_values(2, 3))
    n = tf.placeholder_with_default(2, [])
    y = tf.pad(x, [[1, n], [0, 2]])
    return [y, _shapes(tf, y)]


@case
def other_orders(tf):
    x = tf.constant(_values(2, 3, 4), tf.int32)
    return [
        tf.reverse(x, [0]),
        tf.reverse(x, [-1, 1]),
        tf.reverse(["a", "b"], [0]),
        tf.reverse(x, []),
        tf.reverse_sequence(x, [1, 2], seq_axis=1, batch_axis=0),
        tf.reverse_sequence(x, [4, 0, 3], seq_axis=2, batch_axis=1),
        tf.reverse_sequence(x, [2, 1, 0, 2], 0, 2),
        tf.roll(x, 1, 0),
        tf.roll(x, [1, -2], [0, 2]),
        tf.roll(x, [1, 1], [2, 2]),
    ]


@case
def mesh_grids(tf):
    x, y, z = tf.constant([1.0, 2.0, 3.0]), tf.constant([4.0, 5.0]), tf.constant([6.0, 7.0])
    grids = [*tf.meshgrid(x, y), *tf.meshgrid(x, y, indexing="ij"), *tf.meshgrid(x, y, z), *tf.meshgrid([1, 2])]
    return [grids, _shapes(tf, *grids), tf.gradients(grids[0] * grids[1], [x, y])]
