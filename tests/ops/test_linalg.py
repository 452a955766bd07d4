"""Matrices: static shapes and errors."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _x(*shape):
    return tf.placeholder(tf.float32, shape)


def _run(value):
    with tf.Session() as session:
        return session.run(value)


def test_decompositions_know_their_shapes():
    s, u, v = tf.svd(_x(None, 4, 3))
    assert [t.shape.as_list() for t in (s, u, v)] == [[None, 3], [None, 4, 3], [None, 3, 3]]
    s, u, v = tf.svd(_x(4, 3), full_matrices=True)
    assert [t.shape.as_list() for t in (s, u, v)] == [[3], [4, 4], [3, 3]]
    q, r = tf.qr(_x(3, 5))
    assert [q.shape.as_list(), r.shape.as_list()] == [[3, 3], [3, 5]]
    assert tf.self_adjoint_eigvals(_x(None, 3, 3)).shape.as_list() == [None, 3]


def test_a_matrix_that_must_be_square_is_checked():
    for function in (tf.matrix_inverse, tf.cholesky, tf.matrix_determinant, tf.self_adjoint_eigvals):
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 2 and 3"):
            function(_x(2, 3))


def test_a_singular_matrix_has_no_inverse():
    singular = tf.constant([[1.0, 2.0], [2.0, 4.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input is not invertible"):
        _run(tf.matrix_inverse(tf.zeros([2, 2])))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input matrix is not invertible"):
        _run(tf.matrix_solve(singular * 0.0, tf.ones([2, 1])))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input matrix is not invertible"):
        _run(tf.matrix_triangular_solve([[0.0, 0.0], [1.0, 1.0]], tf.ones([2, 1])))


def test_a_matrix_that_is_not_positive_definite_has_no_cholesky_factor():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Cholesky decomposition was not successful"):
        _run(tf.cholesky(tf.constant([[1.0, 2.0], [2.0, 1.0]])))


def test_cholesky_reads_the_lower_half_only():
    factor = _run(tf.cholesky(tf.constant([[4.0, 99.0], [2.0, 2.0]])))
    np.testing.assert_allclose(factor, [[2.0, 0.0], [1.0, 1.0]])  # [[2, 0], [1, 1]] times its transpose


def test_the_order_of_a_norm_is_checked():
    with pytest.raises(ValueError, match="'ord' must be a supported vector norm"):
        tf.norm(_x(3), ord="fro")
    with pytest.raises(ValueError, match="'ord' must be a supported matrix norm"):
        tf.norm(_x(3, 3), ord=3, axis=[0, 1])
    with pytest.raises(ValueError, match="'axis' must be None, an integer, or a tuple of 2 unique integers"):
        tf.norm(_x(3, 3), axis=[0, 0])


def test_identity_matrices_know_their_shape():
    assert tf.eye(3, batch_shape=[2]).shape.as_list() == [2, 3, 3]
    assert tf.eye(tf.placeholder(tf.int32, [])).shape.as_list() == [None, None]


def test_diagonals_know_their_shape():
    assert tf.matrix_diag(_x(None, 3)).shape.as_list() == [None, 3, 3]
    assert tf.matrix_diag(_x(2, 3), k=1).shape.as_list() == [2, 4, 4]
    assert tf.matrix_diag_part(_x(2, 3, 5), k=(-1, 1)).shape.as_list() == [2, 3, 3]
    assert tf.diag(_x(2, 3)).shape.as_list() == [2, 3, 2, 3]
    with pytest.raises(ValueError, match="even and non-zero rank"):
        tf.diag_part(_x(2, 2, 2))


def test_a_band_of_diagonals_stands_to_the_left_unless_told():
    found = _run(tf.matrix_diag_part(tf.constant([[1, 2], [3, 4]]), k=(-1, 1)))
    assert found.tolist() == [[2, 0], [1, 4], [3, 0]]


def test_band_part_checks_its_limits():
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_lower must be negative or less or equal"):
        _run(tf.matrix_band_part(tf.ones([2, 2]), 3, 0))


def test_transposing_wants_a_matrix():
    with pytest.raises(ValueError, match="should be a \\(batch\\) matrix"):
        tf.matrix_transpose(_x(3))
