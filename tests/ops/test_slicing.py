"""What TensorFlow refuses, or knows, while slices and choices are added to a graph."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _x():
    return tf.placeholder(tf.float32, [2, 3], name="x")


@pytest.mark.parametrize("index", [1.0, "a", np.array([0, 1]), ([0, 1],)], ids=repr)
def test_only_integers_slices_ellipsis_newaxis_and_scalar_tensors_are_indices(index):
    with pytest.raises(TypeError, match=r"Only integers, slices \(`:`\), ellipsis"):
        _x()[index]


def test_a_tensor_that_is_no_scalar_or_no_integer_is_no_index():
    for index in (tf.constant([0, 1]), tf.constant(1.0)):
        with pytest.raises(TypeError, match="are valid indices, got"):
            _x()[index]


def test_an_index_out_of_range_is_told_if_the_dimension_is_known():
    with pytest.raises(ValueError, match="slice index 5 of dimension 0 out of bounds"):
        _x()[5]
    assert tf.placeholder(tf.float32, [None, 3])[5].shape.as_list() == [3]


def test_too_many_indices_are_refused():
    with pytest.raises(ValueError, match="Index out of range using input dim 2; input has only 2 dims"):
        _x()[0, 0, 0]


def test_a_step_of_zero_is_refused():
    with pytest.raises(ValueError, match=r"strides\[0\] must be non-zero"):
        _x()[::0]


def test_two_ellipses_are_refused():
    with pytest.raises(ValueError, match="Multiple ellipses"):
        _x()[..., ...]


def test_a_scalar_mask_is_refused():
    with pytest.raises(ValueError, match="mask cannot be scalar"):
        _x()[True]
    with pytest.raises(ValueError, match="Number of mask dimensions must be specified"):
        tf.boolean_mask(_x(), tf.placeholder(tf.bool))
    with pytest.raises(ValueError, match="incompatible"):
        tf.boolean_mask(_x(), [True])


def test_gather_takes_integer_indices_along_an_axis_there_is():
    with pytest.raises(TypeError, match="not in list of allowed values: int16, int32, int64"):
        tf.gather(_x(), [0.5])
    with pytest.raises(ValueError, match="at least rank 3 but is rank 2"):
        tf.gather(_x(), [0], axis=2)
    with pytest.raises(ValueError, match=r"indices.shape\[-1\] must be <= params.rank"):
        tf.gather_nd(_x(), [[0, 0, 0]])


def test_where_takes_both_values_of_one_shape_or_none():
    with pytest.raises(ValueError, match="x and y must both be non-None or both be None"):
        tf.where([True], [1.0])
    with pytest.raises(ValueError, match="equal rank, but are 2 and 0"):
        tf.where(tf.placeholder(tf.bool, [2, 3]), _x(), 1.0)


def test_updates_have_the_shape_that_their_indices_ask_for():
    with pytest.raises(ValueError, match=r"The outer 1 dimensions of indices\.shape=\(1, 2\) must match the outer 1"):
        tf.scatter_nd([[0, 0]], [1.0, 2.0], [4, 4])
    with pytest.raises(ValueError, match=r"The inner 1 dimensions of output\.shape=\(4, 4\) must match the inner 1"):
        tf.scatter_nd([[0]], [[1.0, 2.0]], [4, 4])
    with pytest.raises(ValueError, match="Indices and updates specified for empty output shape"):
        tf.scatter_nd([[0]], [1.0], [0])


def test_a_tensor_is_no_python_sequence():
    with pytest.raises(TypeError, match=r"iterating over `tf\.Tensor` is not allowed"):
        list(_x())
