"""Products: static shapes, types of nodes, errors."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _x(*shape):
    return tf.placeholder(tf.float32, shape)


def test_batches_broadcast_and_unknown_ranks_stay_unknown():
    assert tf.matmul(_x(5, 1, 2, 3), _x(4, 3, 6)).shape.as_list() == [5, 4, 2, 6]
    assert tf.matmul(_x(None, 2, 3), _x(3, 6)).shape.as_list() == [None, 2, 6]
    assert tf.matmul(tf.placeholder(tf.float32), _x(3, 6)).shape.ndims is None


def test_matrices_must_fit():
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 4 for 'MatMul'"):
        tf.matmul(_x(2, 3), _x(4, 5))
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 4"):
        tf.matmul(_x(1, 2, 3), _x(1, 4, 5))


def test_a_vector_is_no_matrix():
    with pytest.raises(ValueError, match="Shape must be rank 2 but is rank 1"):
        tf.matmul(_x(2, 3), _x(3))
    with pytest.raises(ValueError, match="Shape must be at least rank 2 but is rank 1"):
        tf.matmul(_x(2, 2, 3), _x(3))


def test_a_matrix_is_transposed_or_adjoined_not_both():
    with pytest.raises(ValueError, match="Only one of transpose_a and adjoint_a can be True"):
        tf.matmul(_x(2, 3), _x(3, 2), transpose_a=True, adjoint_a=True)


def test_tensordot_keeps_what_is_known():
    assert tf.tensordot(_x(None, 3, 4), _x(4, 5), 1).shape.as_list() == [None, 3, 5]
    assert tf.tensordot(_x(2, 3, 4), _x(4, 3), [[1, 2], [1, 0]]).shape.as_list() == [2]
    assert tf.tensordot(tf.placeholder(tf.float32), _x(4, 5), 1).shape.ndims is None


def test_tensordot_checks_its_axes():
    with pytest.raises(ValueError, match="must not be larger than the number of dimensions"):
        tf.tensordot(_x(2, 3), _x(3, 2), 3)
    with pytest.raises(ValueError, match="Different number of contraction axes"):
        tf.tensordot(_x(2, 3), _x(3, 2), [[0, 1], [0]])
    with pytest.raises(ValueError, match="must be an integer or have length 2"):
        tf.tensordot(_x(2, 3), _x(3, 2), [[0], [0], [0]])
    with pytest.raises(ValueError, match="out of range"):
        tf.tensordot(_x(2, 3), _x(3, 2), [[5], [0]])


def test_einsum_knows_the_shape_of_its_output():
    assert tf.einsum("bij,bjk->bik", _x(None, 3, 4), _x(None, 4, 5)).shape.as_list() == [None, 3, 5]
    assert tf.einsum("...ij->...ji", _x(2, None, 3, 4)).shape.as_list() == [2, None, 4, 3]
    assert tf.einsum("ij,jk", tf.placeholder(tf.float32), _x(4, 5)).shape.as_list() == [None, 5]


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("ij.jk->ik", "incorrect format"),
        ("ij,jk->im", "'m' of equation .* is in none of the inputs"),
        ("ij->i", "Incorrect number of arguments"),
        ("ij,jkl->il", "Expected input of rank 3"),
        ("ji,jk->ik", "Dimensions must be equal, but are 2 and 3"),
    ],
)
def test_einsum_refuses_equations_that_do_not_fit(equation, message):
    with pytest.raises(ValueError, match=message):
        tf.einsum(equation, _x(2, 3), _x(3, 4))


def test_einsum_takes_a_name_and_nothing_else():
    assert tf.einsum("ij->ji", _x(2, 3), name="turned").name == "turned/Einsum:0"
    with pytest.raises(TypeError, match="invalid keyword arguments"):
        tf.einsum("ij->ji", _x(2, 3), shape=1)
