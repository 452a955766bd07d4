"""Diagonals, identities, bands: values, gradients, node names."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype(dtype)


@case
def identities(tf):
    two = tf.constant(2)
    return [
        tf.eye(3), tf.eye(2, 4), tf.eye(4, 2), tf.eye(2, batch_shape=[3]), tf.eye(two), tf.eye(two, 3),
        tf.eye(2, 3, batch_shape=[2, 1], dtype=tf.int32), tf.eye(0), tf.eye(2, batch_shape=tf.constant([2])),
    ]  # fmt: skip


@case
def diagonals(tf):
    v, m, t = tf.constant(_values(3)), tf.constant(_values(2, 3)), tf.constant(_values(2, 3, 2, 3))
    result = []
    for x, y in (
        (v, tf.diag(v)),
        (m, tf.diag(m)),
        (t, tf.diag_part(t)),
        (v, tf.matrix_diag(v)),
        (m, tf.matrix_diag(m)),
    ):
        result.append([y, tf.gradients(y * y, x)])
    return result


@case
def diagonals_of_matrices(tf):
    result = []
    for shape in ((3, 3), (2, 3, 4), (2, 4, 3)):
        x = tf.constant(_values(*shape))
        d = tf.matrix_diag_part(x)
        s = tf.matrix_set_diag(x, d * 10.0)
        result.append(
            [d, tf.gradients(d * d, x), s, tf.gradients(s * s, [x, d]), tf.trace(x), tf.gradients(tf.trace(x), x)]
        )
    return result


@case
def bands_of_diagonals(tf):
    x = tf.constant(_values(2, 3, 4))
    result = []
    for align in ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"):
        for k in (1, -1, (-1, 1), (0, 2), (-2, -1)):
            d = tf.linalg.diag_part(x, k=k, padding_value=9.0, align=align)
            result.append([d, tf.linalg.set_diag(x, d * 2.0, k=k, align=align), tf.linalg.diag(d, k=k, align=align)])
    result.append(tf.linalg.diag(tf.constant([1.0, 2.0]), k=1, num_rows=3, num_cols=3, padding_value=-1.0))
    return result


@case
def bands(tf):
    result = []
    for shape in ((4, 4), (2, 3, 5)):
        x = tf.constant(_values(*shape))
        for lower, upper in ((-1, 0), (0, -1), (1, 1), (0, 0), (-1, -1), (2, 0)):
            y = tf.matrix_band_part(x, lower, upper)
            result.append([y, tf.gradients(y * y, x)])
    return result


@case
def transposes(tf):
    x = tf.constant(_values(2, 3, 4))
    unknown = tf.placeholder_with_default(x, None)
    z = tf.constant([[1 + 2j, 3.0], [4j, 5.0]], tf.complex64)
    return [
        tf.matrix_transpose(x),
        tf.matrix_transpose(unknown),
        tf.linalg.adjoint(z),
        tf.matrix_transpose(z, conjugate=True),
    ]


@case(nodes=True)
def nodes_of_diagonals(tf):
    m, x = tf.constant(_values(3, 3), name="m"), tf.constant(_values(2, 3, 3), name="x")
    return [
        tf.eye(3), tf.eye(2, 3), tf.eye(3, batch_shape=[2], name="batch"), tf.diag([1.0, 2.0]), tf.diag_part(m),
        tf.matrix_diag(m), tf.matrix_diag_part(x), tf.matrix_set_diag(x, m[:2]), tf.matrix_band_part(m, -1, 0),
        tf.matrix_transpose(x), tf.trace(x),
    ]  # fmt: skip
