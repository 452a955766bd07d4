"""Matrices that are asked, not written out: `tf.linalg.LinearOperator…`."""

import numpy as np
from harness import case

MATRIX = np.sin(np.arange(18, dtype=np.float64)).reshape(2, 3, 3) + 2 * np.eye(3)
X = np.cos(np.arange(12, dtype=np.float64)).reshape(2, 3, 2)


def asked(tf, kind, given):
    given = tf.constant(given)
    operator = kind(given)
    found = [
        operator.to_dense(), operator.matmul(X), operator.matmul(X, adjoint=True), operator.matvec(X[:, :, 0]),
        operator.matmul(X.transpose(0, 2, 1), adjoint_arg=True), operator.solve(X), operator.solve(X, adjoint=True),
        operator.solvevec(X[:, :, 0]), operator.determinant(), operator.log_abs_determinant(), operator.diag_part(),
        operator.trace(), operator.add_to_tensor(MATRIX), operator.shape_tensor(),
    ]  # fmt: skip
    return found + tf.gradients([tf.reduce_sum(f) for f in found[:-1]], [given])


@case
def lower_triangular(tf):
    return asked(tf, tf.linalg.LinearOperatorLowerTriangular, MATRIX)


@case
def full(tf):
    return asked(tf, tf.linalg.LinearOperatorFullMatrix, MATRIX)


@case
def diagonal(tf):
    return asked(tf, tf.linalg.LinearOperatorDiag, MATRIX[:, 0] + 3)


@case(nodes=True)
def the_mask_of_a_decoder(tf):
    return [tf.linalg.LinearOperatorLowerTriangular(tf.ones([4, 4], name="all")).to_dense()]
