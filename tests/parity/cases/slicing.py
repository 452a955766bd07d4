"""Picking from tensors and putting into them: values, gradients, static shapes, node names, strings."""

import numpy as np
from harness import case


def _shapes(tf, *tensors):
    return tf.constant([str(t.shape) for t in tensors])


def _values(*shape, dtype=np.float32):
    return np.arange(1, 1 + np.prod(shape), dtype=dtype).reshape(shape)


def _weighted(tf, y, x):
    size = tf.reduce_prod(tf.shape(y))
    weights = tf.reshape(tf.cast(tf.range(1, size + 1), y.dtype), tf.shape(y))
    return tf.gradients(y * weights, x)


@case(nodes=True)
def constant_indices(tf):
    x = tf.constant(_values(2, 3), name="x")
    im = tf.constant(_values(1, 4, 4, 2), name="im")
    results = [
        x[0], x[-1], x[0, 1:2], x[:, ::2], x[::-1], x[..., 0], x[tf.newaxis], x[:, None, :], x[np.int64(1)],
        x[[0, 1]], im[0, ..., 1], im[..., tf.newaxis, :], im[0, :, 1:3], x[0 : np.int32(1)], x[1:0], x[2:2], x[5:],
        x[-5:], x[:, -2:], x[::-1, ::-2], x[2::-1], x[-1:0:-1], im[0, 3:0:-2, :, 0], x[...], x[None, ..., None],
        x[0, 0], tf.constant(["a", "b", "c"])[1], tf.constant(["a", "b", "c"])[::-1], x[:, 1:1], x[2**33 :],
    ]  # fmt: skip
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def constant_indices_into_partly_known_shapes(tf):
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    q = tf.placeholder_with_default(_values(4, 3), None, name="q")
    results = [
        u[2], u[:2], u[1:], u[-2:], u[::2], u[:-1], u[1:, None], u[0:2], u[..., None], u[:, 1], u[:, 0:2],
        q[0], q[..., 1], q[1:], q[:, None],
    ]  # fmt: skip
    return [results, _shapes(tf, *results)]


@case
def tensors_as_indices(tf):
    x = tf.constant(_values(4, 5, 6))
    i = tf.placeholder_with_default(1, [])
    long = tf.placeholder_with_default(np.int64(2), [])
    u = tf.placeholder_with_default(_values(3, 3), [None, 3])
    results = [
        x[i], x[i:], x[i:, 1], x[: i + 1], x[tf.constant(0) : 2, i], x[i, 1:3], x[1:3, :i], x[i:, :, 2], x[i : i + 2],
        x[long], x[long:i:-1], x[0 : tf.shape(u)[0]], x[..., i], x[i, ..., -1], x[:: i + 1], x[tf.constant(1)],
    ]  # fmt: skip
    return [results, _shapes(tf, *results)]


@case
def gradients_of_slices(tf):
    x = tf.constant(_values(3, 4), tf.float64)
    i = tf.placeholder_with_default(1, [])
    slices = [
        x[1], x[:, 1:3], x[::-2, ::-1], x[i], x[None, ..., 2], tf.slice(x, [1, 0], [-1, 2]), x[2:1],
        tf.strided_slice(x, [0, 0], [3, 4], [2, 3]),
    ]  # fmt: skip
    return [_weighted(tf, y, x) for y in slices]


@case(nodes=True)
def slices(tf):
    x = tf.constant(_values(2, 3), name="x")
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    n = tf.placeholder_with_default(1, [], name="n")
    results = [
        tf.slice(x, [0, 1], [2, -1]),
        tf.slice(u, [0, 1], [-1, 2]),
        tf.slice(u, [0, n], [-1, 2]),
        tf.slice(u, tf.constant([0, 0]), [n, 2]),
        tf.slice(x, [n, 0], [-1, 2]),
        tf.slice(["a", "b"], [1], [1]),
        tf.strided_slice(x, [0, 0], [2, 3], [1, 2]),
        tf.strided_slice(x, [0, 0], [2, 1], [1, 1], shrink_axis_mask=2, end_mask=1),
    ]
    return [results, _shapes(tf, *results)]


@case(nodes=True)
def gathers(tf):
    x = tf.constant(_values(2, 3, 2), name="x")
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    i = tf.constant([[1, 0], [1, 1]], name="i")
    axis = tf.placeholder_with_default(1, [], name="axis")
    results = [
        tf.gather(x, [0, 1]),
        tf.gather(x, 1),
        tf.gather(x, [[2, 0]], axis=1),
        tf.gather(u, [0, 2], axis=-1),
        tf.gather(x, i, axis=2),
        tf.gather(x, [0], axis=axis),
        tf.gather(x, i, batch_dims=1),
        tf.gather(x, i, axis=2, batch_dims=1),
        tf.gather(["a", "b"], [1, 1, 0]),
        tf.gather(x, tf.zeros([0], tf.int32)),
        tf.gather(u, tf.constant([3], tf.int64), name="named"),
        tf.gather_nd(x, [[0, 1], [1, 2]]),
        tf.gather_nd(x, [[[0]], [[1]]]),
        tf.gather_nd(x, [[0, 1, 1]]),
        tf.gather_nd(x, [1]),
        tf.gather_nd([["a", "b"]], [[0, 1]]),
    ]
    return [results, _shapes(tf, *results)]


@case
def gathers_hand_in_hand(tf):
    x = tf.constant(_values(2, 3, 2))
    return [
        tf.gather_nd(x, [[1], [2]], batch_dims=1),
        tf.gather_nd(x, [[[1, 0]], [[2, 1]]], batch_dims=1),
        tf.gather_nd(x, [[[1], [0], [1]], [[0], [1], [1]]], batch_dims=2),
        tf.batch_gather(x, [[0, 2], [1, 1]]),
        tf.batch_gather(tf.constant(["a", "b"]), [1, 0]),
    ]


@case
def gradients_of_gathers(tf):
    x = tf.constant(_values(3, 4), tf.float64)
    return [
        tf.convert_to_tensor(_weighted(tf, tf.gather(x, [1, 1, 0]), x)[0]),
        tf.convert_to_tensor(_weighted(tf, tf.gather(x, [[3, 0]], axis=1), x)[0]),
        tf.convert_to_tensor(_weighted(tf, tf.gather_nd(x, [[0, 1], [2, 2], [0, 1]]), x)[0]),
        tf.convert_to_tensor(_weighted(tf, tf.gather_nd(x, [[1]]), x)[0]),
        tf.convert_to_tensor(_weighted(tf, tf.boolean_mask(x, [True, False, True]), x)[0]),
    ]


@case
def scatters(tf):
    x = tf.constant(_values(3, 4))
    v = tf.constant([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    n = tf.placeholder_with_default([5], [1])
    results = [
        tf.scatter_nd([[0], [2]], [1.0, 2.0], [4]),
        tf.scatter_nd([[1], [1]], v, [3, 4]),
        tf.scatter_nd([[0, 1], [1, 0], [0, 1]], [1, 2, 3], [2, 2]),
        tf.scatter_nd([[4]], [9.0], n),
        tf.tensor_scatter_update(x, [[0, 1], [2, 3]], [-1.0, -2.0]),
        tf.tensor_scatter_update(x, [[1], [0]], v),
        tf.tensor_scatter_add(x, [[1], [1]], v),
        tf.tensor_scatter_sub(x, [[0, 0], [0, 0]], [1.0, 2.0]),
    ]
    y = tf.scatter_nd([[1], [1]], v, [3, 4])
    z = tf.tensor_scatter_update(x, [[1], [0]], v)
    a = tf.tensor_scatter_add(x, [[1], [1]], v)
    gradients = [_weighted(tf, y, v), _weighted(tf, z, [x, v]), _weighted(tf, a, [x, v])]
    return [results, _shapes(tf, *results), gradients]


@case(nodes=True)
def choices(tf):
    x = tf.constant(_values(2, 3), name="x")
    both = tf.constant([[True, False, True], [False, False, True]], name="both")
    rows = tf.constant([False, True], name="rows")
    u = tf.placeholder_with_default(_values(2, 3), [None, 3], name="u")
    results = [
        tf.where(both),
        tf.where(both, x, -x),
        tf.where(rows, x, -x),
        tf.where(tf.constant(True), x, u),
        tf.where(u > 3, u, tf.zeros_like(u)),
        tf.where([True, False], ["a", "b"], ["c", "d"]),
        tf.where([3, 0, 1]),
        tf.where_v2(both, x, 1.0),
        tf.where_v2([True, False, True], x, [[7.0], [8.0]]),
        tf.where_v2(both),
    ]
    return [results, _shapes(tf, *results)]


@case
def gradients_of_choices(tf):
    x, y = tf.constant(_values(2, 3)), tf.constant(-_values(2, 3))
    z = tf.where([True, False], x, y)
    w = tf.where_v2([True, False, True], x, 2.0 * y[:, :1])
    v = tf.constant([0.0, 4.0])
    nan = tf.where(v > 0, tf.log(v), v)  # the gradient at 0 is NaN, as everywhere
    return [_weighted(tf, z, [x, y]), _weighted(tf, w, [x, y]), tf.gradients(nan, v)]


@case(nodes=True)
def boolean_masks(tf):
    x = tf.constant(_values(2, 3), name="x")
    u = tf.placeholder_with_default(_values(4, 3), [None, 3], name="u")
    rows = tf.constant([False, True], name="rows")
    results = [
        tf.boolean_mask(x, rows),
        tf.boolean_mask(x, x > 2),
        tf.boolean_mask(u, u[:, 0] > 1),
        tf.boolean_mask(x, [True, False, True], axis=1),
        x[x > 4],
        tf.boolean_mask(["a", "b"], rows, name="named"),
    ]
    return [results, _shapes(tf, *results)]


@case
def parts_of_a_variable_assigned(tf):
    v = tf.Variable(_values(3, 4), name="v")
    step = tf.placeholder(tf.int32, [])
    first = v[1, :2].assign([-1.0, -2.0])
    second = v[::-1, 3].assign([7.0, 8.0, 9.0])
    third = v[step:].assign(tf.zeros([2, 4]) + 5.0)
    yield first, {step: 0}
    yield v.read_value(), {step: 0}
    yield second, {step: 0}
    yield third, {step: 1}
    yield v.read_value(), {step: 0}
