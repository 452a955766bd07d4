"""What ops on arrays refuse in the run, in TensorFlow 1.15.5's words."""

import numpy as np
import pytest

import undertow as tf


def fed(value):
    """A tensor of which nothing is known while the graph is built."""
    return tf.placeholder_with_default(np.array(value), None)


def matrix():
    return tf.Variable([[1.0, 2.0], [3.0, 4.0]])


CASES = [
    (lambda: tf.scatter_update(matrix(), [[0], [3]], [[[1.0, 2.0]]] * 2), "indices[1,0] = 3 is not in [0, 2)"),
    (lambda: tf.scatter_nd_add(matrix(), [[0, 3]], [1.0]), "indices[0] = [0, 3] does not index into shape [2,2]"),
    (lambda: tf.scatter_nd(fed([[0]]), fed([1, 2]), [4]), "Outer dimensions of indices and update must match."),
    (lambda: tf.scatter_nd(fed([[0]]), fed([1]), fed([0])), "Indices and updates specified for empty output."),
    (lambda: tf.gather(fed(3), [0]), "params must be at least 1 dimensional"),
    (lambda: tf.gather_nd(fed([3]), fed(0)), "indices must be at least a vector"),
    (lambda: tf.slice(fed([1, 2, 3]), fed([0, 1]), fed([2, 1])), "to be 1-D tensors of size 1, but got shapes [2]"),
    (lambda: fed([1, 2, 3])[-4], "slice index -1 of dimension 0 out of bounds."),
    (lambda: tf.concat([fed([[1, 2]]), fed([3])], 0), "Ranks of all input tensors should match: shape[0] = [1,2]"),
    (lambda: tf.concat([fed([1]), fed([2])], fed([0])), "axis tensor should be a scalar integer, but got shape [1]"),
    (lambda: tf.stack([fed(1), fed(2)], axis=2), "axis = 2 not in [-1, 1)"),
    (lambda: tf.unstack(fed(1), num=1), "axis = 0 not in [0, 0)"),
    (lambda: tf.split(fed([1, 2, 3]), [1, 1]), "match input shape along split_dim exactly if fully specified"),
    (lambda: tf.split(fed([1, 2, 3]), [1, 2], axis=1), "-input rank(-1) <= split_dim < input rank (1), but got 1"),
    (lambda: tf.split(fed([1, 2, 3]), fed([1, 2]), num=3), "have the same elements as outputs got 1 -D and 2 elements"),
    (lambda: tf.transpose(fed([[1, 2]]), fed([0, 2])), "2 is out of range [0 .. 2)"),
    (lambda: tf.reshape(fed([1, 2, 3]), fed([-1, -1])), "Only one input size may be -1, not both 0 and 1"),
    (lambda: tf.reshape(fed([1, 2, 3]), fed([-2])), "Size 0 must be non-negative, not -2"),
    (lambda: tf.tile(fed([1, 2]), fed([-1])), "Expected multiples[0] >= 0, but got -1"),
    (lambda: tf.reverse(fed([1, 2]), fed([0, 0])), "axis 0 specified more than once."),
    (lambda: tf.reverse_sequence(fed([[1, 2]]), fed([-1]), 1), "seq_lens(0) < 0"),
    (lambda: tf.reverse_sequence([[1, 2]], [3], 1), "seq_lens(0) > input.dims(1)"),
    (lambda: tf.pad(fed([1, 2]), fed([[1, -1]])), "Paddings must be non-negative: 1 -1"),
    (lambda: tf.pad(fed([1, 2]), fed([1, 1])), "paddings must be a matrix with 2 columns: [2]"),
    (lambda: tf.fill(fed([-1]), 1), "Dimension -1 must be >= 0"),
    (lambda: tf.fill(fed([2]), fed([1])), "value must be a scalar, got shape [1]"),
    (lambda: tf.one_hot([1], fed(np.int32(-1))), "depth must be non-negative, got: -1"),
    (
        lambda: tf.broadcast_to(fed([[1, 2]]), fed([2])),
        "Rank of input (2) must be no greater than rank of output shape",
    ),
    (lambda: tf.matrix_band_part(fed([1]), 0, 0), "input must be at least 2-dim, received shape: [1]"),
    (lambda: tf.diag(fed(1)), "Input must be at least rank 1, got 0"),
    (lambda: tf.add_n([fed([1]), fed([1, 2])]), "must have the same size and shape.  Input 0: [1] != input 1: [2]"),
    (lambda: tf.cumsum(fed([1, 2]), 1), "ScanOp: Expected scan axis in the range [-1, 1), but got 1"),
    (lambda: tf.range(fed([1]), 5), "start must be a scalar, not shape [1]"),
    (lambda: tf.invert_permutation([0, 0]), "0 is duplicated in the input."),
    (lambda: tf.invert_permutation([0, 3]), "3 is not between 0 and 2"),
    (
        lambda: tf.dynamic_stitch([fed(np.array([0, 5], np.int32))], [fed([1])]),
        "data[0].shape = [1] does not start with indices[0].shape",
    ),
    (lambda: tf.matmul(fed(np.ones((2, 2))), fed(np.ones((1, 3)))), "In[0] mismatch In[1] shape: 2 vs. 1: [2,2] [1,3]"),
    (lambda: tf.diag_part(fed([[1, 2]])), "Invalid shape [1,2]: dimensions 0 and 1 do not match."),
]


@pytest.mark.parametrize(("build", "told"), CASES)
def test_what_is_refused_is_told_as_tensorflow_tells_it(build, told):
    with tf.Graph().as_default(), tf.Session() as session:
        result = build()
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(result)
        assert told in str(caught.value)


def test_lists_of_one_tensor_are_lists():
    with tf.Graph().as_default(), tf.Session() as session:
        found = [tf.unstack([5]), tf.split([1, 2], 1), tf.dynamic_partition([1, 2], [0, 0], 1)]
        assert [len(part) for part in found] == [1, 1, 1]
        assert session.run([part[0] + 1 for part in found])[2].tolist() == [2, 3]


def test_values_of_different_dtypes_in_a_list_are_told():
    with tf.Graph().as_default(), pytest.raises(TypeError, match=r"have types \[int32, float32\] that don't all match"):
        tf.concat([[1], [2.0]], 0)
