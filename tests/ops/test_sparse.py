"""Sparse tensors: shapes known while the graph is built, and what is refused."""

import numpy as np
import pytest

import undertow as tf


def matrix(**options):
    return tf.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 4], **options)


def test_shapes_are_known_where_the_dense_shape_is():
    with tf.Graph().as_default():
        x = matrix()
        assert x.shape.as_list() == x.get_shape().as_list() == [3, 4]
        assert tf.sparse.reshape(x, [2, -1]).shape.as_list() == [2, 6]
        assert tf.sparse.transpose(x).shape.as_list() == [4, 3]
        assert tf.sparse_placeholder(tf.float32, [None, 4]).indices.shape.as_list() == [None, 2]
        assert tf.sparse_placeholder(tf.float32).shape.ndims is None
        assert tf.sparse_tensor_dense_matmul(x, tf.zeros([4, 7])).shape.as_list() == [3, 7]


def test_what_does_not_fit_is_refused_while_the_graph_is_built():
    with tf.Graph().as_default():
        with pytest.raises(ValueError):
            tf.SparseTensor([[0, 1]], [1.0, 2.0], [3, 4])
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 4 and 5"):
            tf.sparse_tensor_dense_matmul(matrix(), tf.zeros([5, 7]))
        with pytest.raises(ValueError, match="Cannot reshape a tensor with 12 elements"):
            tf.sparse.reshape(matrix(), [5, 2])
        with pytest.raises(TypeError, match="Input must be a SparseTensor"):
            tf.sparse.to_dense(tf.zeros([2]))
        with pytest.raises(TypeError, match=r"do you mean to use tf.add\(\)"):
            tf.sparse_add(tf.zeros([2]), tf.zeros([2]))


@pytest.mark.parametrize(
    ("indices", "told"),
    [
        ([[0, 1], [0, 0]], r"indices\[1\] = \[0,0\] is out of order"),
        ([[0, 1], [0, 1]], r"indices\[1\] = \[0,1\] is repeated"),
        ([[0, 1], [3, 0]], r"indices\[1\] = \[3,0\] is out of bounds: need 0 <= index < \[3,4\]"),
    ],
)
def test_indices_out_of_order_repeated_or_out_of_bounds_are_refused(indices, told):
    with tf.Graph().as_default(), tf.Session() as session:
        dense = tf.sparse_to_dense(np.array(indices), [3, 4], [1.0, 2.0])
        with pytest.raises(tf.errors.InvalidArgumentError, match=told):
            session.run(dense)
