"""Norms, decompositions, solvers: values where they are unique, products where they are not, gradients, node names."""

import numpy as np
from harness import case


def _values(*shape, dtype=np.float64):
    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype(dtype)


def _positive(*shape, dtype=np.float64):
    x = _values(*shape, dtype=dtype)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1], dtype=dtype)


@case
def norms(tf):
    x = tf.constant(_values(2, 3, 4))
    result = {}
    for order in ("euclidean", 1, 2, np.inf, 3, 1.5):
        for axis in (None, 0, -1):
            for keep in (False, True):
                y = tf.norm(x, ord=order, axis=axis, keepdims=keep)
                result[f"{order} {axis} {keep}"] = [y, tf.gradients(y, x)]
    for order in ("fro", "euclidean", 1, np.inf, 2):
        for axis in ([0, 1], (-2, -1), [2, 0]):
            result[f"matrix {order} {axis}"] = [
                tf.norm(x, ord=order, axis=axis),
                tf.norm(x, order, axis, keep_dims=True),
            ]
    return result


@case
def normalized_vectors(tf):
    x = tf.constant(_values(3, 4))
    return [tf.linalg.normalize(x), tf.linalg.normalize(x, 1, 1), tf.linalg.normalize(x, "fro", [0, 1])]


@case
def gradient_of_the_norm_of_nothing_is_not_a_number(tf):
    x = tf.constant([0.0, 0.0])
    return tf.gradients(tf.norm(x), x)


@case
def inverses_and_determinants(tf):
    result = {}
    for shape in ((3, 3), (2, 4, 4)):
        x = tf.constant(_positive(*shape))
        for name in ("matrix_inverse", "matrix_determinant", "cholesky"):
            y = getattr(tf, name)(x)
            result[f"{name} {shape}"] = [y, tf.gradients(y * y, x)]
        sign, logarithm = tf.linalg.slogdet(-x)
        result[f"logs {shape}"] = [sign, logarithm, tf.linalg.logdet(x), tf.gradients(logarithm, x), tf.linalg.expm(x)]
        result[f"adjoint {shape}"] = tf.matrix_inverse(x, adjoint=True)
    return result


@case
def solvers(tf):
    result = []
    for batch in ((), (2,)):
        a, b = tf.constant(_positive(*batch, 3, 3)), tf.constant(_values(*batch, 3, 2))
        tall, right = tf.constant(_values(*batch, 5, 3)), tf.constant(_values(*batch, 5, 2))
        for y in (
            tf.matrix_solve(a, b), tf.matrix_solve(a, b, adjoint=True),
            *(tf.matrix_triangular_solve(a, b, low, adjoint) for low in (True, False) for adjoint in (True, False)),
        ):  # fmt: skip
            result.append([y, tf.gradients(y * y, [a, b])])
        result.append([tf.cholesky_solve(tf.cholesky(a), b), tf.matrix_solve_ls(tall, right)])
        result.append(
            [tf.matrix_solve_ls(tall, right, l2_regularizer=0.5), tf.matrix_solve_ls(tall, right, fast=False)]
        )
        result.append(tf.matrix_solve_ls(tf.matrix_transpose(tall), b, l2_regularizer=0.1))
    return result


@case(rtol=1e-8)
def decompositions(tf):
    result = []
    for shape in ((4, 3), (3, 4), (2, 3, 3)):
        x = tf.constant(_values(*shape))
        for full in (False, True):
            s, u, v = tf.svd(x, full_matrices=full)
            result.append([s, tf.abs(u[..., :3, :1]), tf.abs(v[..., :3, :1])])
            q, r = tf.qr(x, full_matrices=full)
            result.append([tf.abs(r), tf.matmul(q, r)])
        s = tf.svd(x, compute_uv=False)
        result.append([s, tf.gradients(s * s, x)])
    a = tf.constant(_positive(2, 3, 3))
    e, v = tf.self_adjoint_eig(a)
    lu, p = tf.linalg.lu(a)
    result.append([e, tf.abs(v), tf.self_adjoint_eigvals(a), tf.gradients(e * e, a), lu, p])
    return result


@case
def cross_products(tf):
    a, b = tf.constant(_values(2, 3)), tf.constant(_values(3, 2).reshape(2, 3))
    return [tf.cross(a, b), tf.gradients(tf.cross(a, b), [a, b]), tf.cross([1, 2, 3], [4, 5, 6])]


@case(nodes=True)
def nodes_of_norms_and_solvers(tf):
    x, a, b = (
        tf.constant(_values(3, 4), name="x"),
        tf.constant(_positive(3, 3), name="a"),
        tf.constant(_values(3, 2), name="b"),
    )
    result = [
        tf.norm(x),
        tf.norm(x, axis=1),
        tf.norm(x, 1, axis=1, keepdims=True),
        tf.norm(x, np.inf),
        tf.norm(x, 3, axis=0),
    ]
    result += [tf.norm(x, "fro", [0, 1]), tf.norm(x, 1, [0, 1], name="one")]
    result += [
        tf.matrix_inverse(a),
        tf.matrix_determinant(a),
        tf.cholesky(a),
        tf.cholesky_solve(a, b),
        tf.linalg.logdet(a),
    ]
    result += [
        tf.matrix_solve(a, b),
        tf.matrix_triangular_solve(a, b),
        tf.svd(x, compute_uv=False),
        tf.self_adjoint_eigvals(a),
    ]
    return result


@case
def tridiagonal_matrices(tf):
    above, on, below = _values(2, 4), 3.0 + _values(2, 4), _values(2, 4)
    compact = tf.constant(np.stack([above, on, below], -2))
    dense = tf.constant(
        np.stack([np.diag(above[i, :-1], 1) + np.diag(on[i]) + np.diag(below[i, 1:], -1) for i in (0, 1)])
    )
    right, vector = tf.constant(_values(2, 4, 3)), tf.constant(_values(2, 4))
    product = tf.linalg.tridiagonal_matmul(compact, right)
    solution = tf.linalg.tridiagonal_solve(compact, right)
    three = [tf.constant(d) for d in (above, on, below)]
    return [
        product, tf.gradients(product, [compact, right]), solution, tf.linalg.tridiagonal_solve(compact, vector),
        tf.linalg.tridiagonal_matmul(dense, right, diagonals_format="matrix"),
        tf.linalg.tridiagonal_solve(dense, right, diagonals_format="matrix"),
        tf.linalg.tridiagonal_solve(three, right, diagonals_format="sequence"),
        tf.linalg.tridiagonal_solve(compact, tf.matrix_transpose(right), transpose_rhs=True),
    ]  # fmt: skip


@case
def functions_of_matrices(tf):
    a = tf.constant(_positive(2, 3, 3))
    root = tf.linalg.sqrtm(a)
    return [root, tf.linalg.logm(tf.cast(a, tf.complex128)), tf.linalg.expm(a)]
