"""Products of matrices and tensors: values, gradients, flags, batches, node names."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float32):
    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype(dtype)


def _complex(*shape):
    return (_values(*shape) + 1j * _values(*shape[::-1]).reshape(shape)).astype(np.complex64)


@case
def products_with_every_flag(tf):
    result = {}
    for batch in ((), (2,), (2, 1)):
        for transpose_a in (False, True):
            for transpose_b in (False, True):
                a = tf.constant(_values(*batch, *((3, 2) if transpose_a else (2, 3))))
                b = tf.constant(_values(*batch, *((4, 3) if transpose_b else (3, 4))))
                c = tf.matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
                result[f"{batch} {transpose_a} {transpose_b}"] = [c, tf.gradients(c, [a, b])]
    return result


@case
def batches_broadcast(tf):
    a, b = tf.constant(_values(5, 1, 2, 3)), tf.constant(_values(4, 3, 2))
    m = tf.constant(_values(3, 6))
    return [tf.matmul(a, b), tf.gradients(tf.matmul(a, b), [a, b]), tf.matmul(a, m), tf.gradients(tf.matmul(a, m), m)]


@case
def complex_products(tf):
    a, b = tf.constant(_complex(3, 2)), tf.constant(_complex(3, 4))
    x, y = tf.constant(_complex(2, 3, 2)), tf.constant(_complex(2, 3, 4))
    return [
        tf.matmul(a, b, adjoint_a=True), tf.matmul(a, b, transpose_a=True), tf.matmul(x, y, adjoint_a=True),
        tf.matmul(x, y, transpose_a=True), tf.gradients(tf.abs(tf.matmul(a, b, adjoint_a=True)), [a, b]),
        tf.gradients(tf.abs(tf.matmul(x, y, transpose_a=True)), [x, y]),
    ]  # fmt: skip


@case
def other_dtypes(tf):
    i = tf.constant([[1, 2], [3, 4]])
    h = tf.constant([[1, 2], [3, 4]], tf.float16)
    w = tf.constant([[1, 2], [3, 4]], tf.float64)
    empty = tf.zeros([0, 2])
    return [
        tf.matmul(i, i), tf.matmul(h, h), tf.matmul(w, w), tf.matmul(empty, tf.ones([2, 3])),
        tf.matmul(tf.zeros([2, 0]), tf.zeros([0, 3])),
        tf.matmul(tf.ones([2, 3]), tf.ones([3, 1]), a_is_sparse=True),
        tf.linalg.matvec(w, tf.constant([1.0, -1.0], tf.float64)),
        tf.linalg.matvec(w, tf.constant([1.0, -1.0], tf.float64), transpose_a=True),
    ]  # fmt: skip


@case
def tensordots(tf):
    a, b = tf.constant(_values(2, 3, 4)), tf.constant(_values(4, 3, 5))
    result = []
    for x, y, axes in (
        (a, b, 1), (a, b, [[2], [0]]), (a, b, [[1, 2], [1, 0]]), (a, b, [2, 0]), (a, a, 3), (a, b, 0),
        (a, b, [[-1, 1], [0, -2]]),
    ):  # fmt: skip
        z = tf.tensordot(x, y, axes)
        result.append([z, tf.gradients(z, [x, y])])
    unknown = tf.placeholder_with_default(_values(2, 3, 4), None)
    partly = tf.placeholder_with_default(_values(2, 3, 4), [None, 3, 4])
    return [
        result,
        tf.tensordot(unknown, b, 1),
        tf.tensordot(partly, b, [[1, 2], [1, 0]]),
        tf.tensordot(partly, b[:, 0], 1),
    ]


@case
def einsums(tf):
    v, w = _values(3), _values(4)
    m, n, square = _values(3, 4), _values(4, 5), _values(3, 3)
    batch, other = _values(2, 3, 4), _values(2, 4, 5)
    result = {}
    for equation, *values in (
        ("ij,jk->ik", m, n), ("ij,jk", m, n), ("ij->ji", m), ("ji", m), ("ij->", m), ("ij->j", m), ("i,j->ij", v, w),
        ("ii->i", square), ("ii", square), ("bij,bjk->bik", batch, other), ("...ij,jk->...ik", batch, n),
        ("bij,bjk->kib", batch, other), ("i,j,ij->", v, w, m), ("i,ij,jk->ik", v, m, n),
        ("abc,cd,ad->bd", batch, n, _values(2, 5)),
        ("...ij,...jk->...ik", batch, other), (" ij , jk -> ki ", m, n),
    ):  # fmt: skip
        tensors = [tf.constant(x) for x in values]
        z = tf.einsum(equation, *tensors)
        result[equation] = [z, tf.gradients(z, tensors)]
    return result


@case(nodes=True)
def nodes_of_products(tf):
    a, b = tf.constant(_values(3, 4), name="a"), tf.constant(_values(4, 5), name="b")
    x, y = tf.constant(_values(2, 3, 4), name="x"), tf.constant(_values(2, 4, 5), name="y")
    z = tf.constant(_complex(3, 2), name="z")
    partly = tf.placeholder_with_default(x, [None, 3, 4], name="partly")
    unknown = tf.placeholder_with_default(x, None, name="unknown")
    return [
        tf.matmul(a, b), tf.matmul(x, y), tf.matmul(x, b, name="named"), tf.matmul(unknown, y),
        tf.matmul(z, z, adjoint_a=True),
        tf.matmul(a, b, a_is_sparse=True), tf.matmul([[1.0, 2.0, 3.0]], a), tf.matmul(a, np.eye(4)),
        tf.tensordot(a, b, 1), tf.tensordot(x, b, [[2], [0]]), tf.tensordot(x, a, [1, 0]),
        tf.tensordot(partly, b, 1), tf.einsum("ij,jk->ik", a, b), tf.linalg.matvec(a, [1.0, 2.0, 3.0, 4.0]),
    ]  # fmt: skip
