"""What TensorFlow refuses, or knows, while array ops are added to a graph."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _x():
    return tf.placeholder(tf.float32, [2, 3], name="x")


def test_a_placeholder_of_no_dtype_is_refused():
    with pytest.raises(TypeError, match="dtype"):
        tf.placeholder(None)


def test_a_default_must_fit_the_shape_of_its_placeholder():
    with pytest.raises(ValueError, match=r"\(3,\) and \(2,\) for 'PlaceholderWithDefault'"):
        tf.placeholder_with_default([1.0, 2.0], [3])


@pytest.mark.parametrize("shape", [(-1,), (2, -1)])
def test_a_negative_fill_is_refused(shape):
    with pytest.raises(ValueError, match="must be >= 0"):
        tf.fill(shape, 7)


def test_zeros_of_an_unknown_dimension_are_refused():
    with pytest.raises(TypeError, match="Expected int32, got None"):
        tf.zeros([None, 3])


def test_reshape_counts_the_elements():
    with pytest.raises(ValueError, match=r"Cannot reshape a tensor with 6 elements to shape \[4\] \(4 elements\)"):
        tf.reshape(_x(), [4])
    with pytest.raises(ValueError, match="must be evenly divisible by 4 but is 6"):
        tf.reshape(_x(), [-1, 4])


def test_transpose_needs_a_permutation_of_the_rank():
    with pytest.raises(ValueError, match="Dimension must be 2 but is 1"):
        tf.transpose(_x(), [0])
    with pytest.raises(ValueError, match="perm dim 2 is out of range of input rank 2"):
        tf.transpose(_x(), [0, 2])


def test_expand_dims_takes_one_axis_in_range():
    with pytest.raises(ValueError, match="Must specify an axis argument"):
        tf.expand_dims(_x())
    with pytest.raises(ValueError, match="Cannot specify both 'dim' and 'axis'"):
        tf.expand_dims(_x(), 0, dim=0)
    with pytest.raises(ValueError, match=r"dim 5 not in the interval \[-3, 2\]"):
        tf.expand_dims(_x(), 5)


def test_squeeze_takes_dimensions_of_one():
    with pytest.raises(ValueError, match=r"Can not squeeze dim\[1\], expected a dimension of 1, got 3"):
        tf.squeeze(_x(), [1])
    with pytest.raises(ValueError, match=r"squeeze_dims\[0\] not in \[-2,2\)"):
        tf.squeeze(_x(), [5])


def test_stack_and_unstack_know_their_axes():
    with pytest.raises(ValueError, match=r"axis = 4 not in \[-3, 3\)"):
        tf.stack([_x(), _x()], axis=4)
    with pytest.raises(ValueError, match=r"axis = 3 not in \[-2, 2\)"):
        tf.unstack(_x(), axis=3)
    with pytest.raises(ValueError, match="Cannot infer num from shape"):
        tf.unstack(tf.placeholder(tf.float32, [None, 3]))
    with pytest.raises(ValueError, match="Dimension must be 3 but is 2"):
        tf.unstack(_x(), num=3)


def test_what_is_joined_is_of_one_dtype_and_fits():
    with pytest.raises(TypeError, match="don't all match"):
        tf.stack([tf.constant(1), tf.constant(1.0)])
    with pytest.raises(TypeError, match="don't all match"):
        tf.concat([_x(), tf.zeros([2, 3], tf.int32)], 0)
    with pytest.raises(ValueError, match="rank 2 but is rank 4"):
        tf.concat([_x(), tf.zeros([1, 4, 4, 2])], 0)
    with pytest.raises(ValueError, match=r"Dimension 0 in both shapes must be equal, but are 3 and 4"):
        tf.concat([_x(), tf.zeros([3, 4])], 0)
    with pytest.raises(ValueError, match="at least rank 4 but is rank 2"):
        tf.concat([_x(), _x()], 3)


def test_a_split_adds_up():
    with pytest.raises(ValueError, match="evenly divisible by 2 but is 3"):
        tf.split(_x(), 2, axis=1)
    with pytest.raises(ValueError, match=r"can't split axis of size 3 into pieces of size \[1,1\]"):
        tf.split(_x(), [1, 1], 1)
    with pytest.raises(ValueError, match="Rank-0 tensors are not supported"):
        tf.split(_x(), tf.placeholder(tf.int32, []), 1)
    with pytest.raises(ValueError, match=r"must be in range \[-2, 2\)"):
        tf.split(_x(), 3, 5)


def test_paddings_are_pairs_that_are_not_negative():
    with pytest.raises(ValueError, match="rank 1 but is rank 2"):
        tf.pad(_x(), [[1, 1]])
    with pytest.raises(ValueError, match="Paddings must be non-negative"):
        tf.pad(_x(), [[-1, 1], [0, 0]])
    with pytest.raises(ValueError, match="Unknown padding mode: foo"):
        tf.pad(_x(), [[1, 1], [0, 2]], mode="foo")


def test_one_hot_values_agree_with_the_dtype():
    with pytest.raises(TypeError, match="int32 of on_value does not match dtype float32 of off_value"):
        tf.one_hot([1], 3, on_value=1, off_value=0.0)
    with pytest.raises(TypeError, match="float32 of on_value does not match dtype parameter int32"):
        tf.one_hot([1], 3, on_value=np.float32(1), dtype=tf.int32)
    with pytest.raises(ValueError, match="Input must be scalar but has rank 1"):
        tf.one_hot([1], [3])


def test_shapes_that_do_not_broadcast_are_told():
    with pytest.raises(ValueError, match=r"Incompatible shapes for broadcasting: \(2,\) and \(3,\)"):
        tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3]))
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 4"):
        tf.broadcast_to(_x(), [2, 4])


def test_a_zeros_of_a_known_shape_has_no_inputs(graph):
    assert tf.zeros([999]).op.type == "Const"
    assert tf.zeros([1000]).op.type == "Fill"
    assert tf.zeros_like(_x()).op.type == "Const"
    assert tf.shape(_x()).op.type == "Const"


def test_a_slice_of_a_partly_known_shape_is_known():
    u = tf.placeholder(tf.float32, [None, 3])
    assert tf.reshape(u, [-1, tf.shape(u)[1]]).shape.as_list() == [None, 3]
    assert tf.zeros([tf.shape(u)[0], tf.shape(u)[1]]).shape.as_list() == [None, 3]


def test_sort_directions_and_sides_are_words():
    with pytest.raises(ValueError, match="UP should be one of"):
        tf.sort([1, 2], direction="UP")
    with pytest.raises(ValueError, match="side must be either"):
        tf.searchsorted([1, 2], [1], side="up")


def test_blocks_divide_images():
    image = tf.zeros([1, 4, 4, 2])
    with pytest.raises(ValueError, match="evenly divisible by 3 but is 4"):
        tf.space_to_depth(image, 3)
    with pytest.raises(ValueError, match="evenly divisible by 4 but is 2"):
        tf.depth_to_space(image, 2)
    with pytest.raises(ValueError, match="passed 1 less than minimum 2"):
        tf.space_to_depth(image, 1)
