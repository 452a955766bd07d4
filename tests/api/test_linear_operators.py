import numpy as np
import pytest

import undertow as tf

linalg = tf.linalg


def test_hints_are_kept_and_shapes_known():
    with tf.Graph().as_default():
        lower = linalg.LinearOperatorLowerTriangular(tf.placeholder(tf.float32, [None, 3, 3]), is_non_singular=True)
        assert (lower.is_non_singular, lower.is_square, lower.is_self_adjoint) == (True, True, None)
        assert (lower.tensor_rank, lower.domain_dimension.value, lower.batch_shape.as_list()) == (3, 3, [None])
        diagonal = linalg.LinearOperatorDiag(np.ones([5, 2]))
        assert (diagonal.shape.as_list(), diagonal.is_self_adjoint, diagonal.dtype) == ([5, 2, 2], True, tf.float64)


def test_what_a_matrix_has_not_is_refused():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Argument tril must have at least 2 dimensions"):
            linalg.LinearOperatorLowerTriangular([1.0, 2.0])
        with pytest.raises(ValueError, match="Only square lower triangular operators"):
            linalg.LinearOperatorLowerTriangular([[1.0]], is_square=False)
        with pytest.raises(NotImplementedError, match="Determinant not implemented"):
            linalg.LinearOperatorFullMatrix([[1.0, 2.0]]).determinant()
        with pytest.raises(NotImplementedError, match="expected to be singular"):
            linalg.LinearOperatorFullMatrix([[1.0]], is_non_singular=False).solve([[1.0]])
