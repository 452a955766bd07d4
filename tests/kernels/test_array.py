"""What array ops refuse where they run: TensorFlow's sentences, and the op's name."""

import numpy as np
import pytest

import undertow as tf


def _fails(build, message, **feeds):
    """`build(**placeholders)` runs into an InvalidArgumentError of that message."""
    with tf.Graph().as_default():
        placeholders = {name: tf.placeholder(value.dtype) for name, value in feeds.items()}
        result = build(**placeholders)
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message) as caught:
            session.run(result, {placeholders[name]: value for name, value in feeds.items()})
    assert caught.value.op is not None


INT = np.int32
X = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    ("build", "message", "feeds"),
    [
        (lambda x, n: tf.reshape(x, n), "tensor with 6 values, but the requested shape has 4", {"x": X, "n": INT([4])}),
        (lambda x, n: tf.reshape(x, n), "requires a multiple of 4", {"x": X, "n": INT([-1, 4])}),
        (lambda x, n: tf.reshape(x, n), "Only one input size may be -1", {"x": X, "n": INT([-1, -1])}),
        (lambda x, n: tf.reshape(x, n), "sizes input must be 1-D", {"x": X, "n": INT(6)}),
        (lambda x, n: tf.transpose(x, n), "1 is missing from {0,0}", {"x": X, "n": INT([0, 0])}),
        (lambda x, n: tf.expand_dims(x, n), "Tried to expand dim index 4 for tensor with 2", {"x": X, "n": INT(4)}),
        (lambda x: tf.squeeze(x, [0]), "Can not squeeze dim.0., expected a dimension of 1, got 2", {"x": X}),
        (
            lambda x, y: tf.stack([x, y]),
            r"values\[0\].shape = \[2,3\] != values\[1\].shape = \[2\]",
            {"x": X, "y": X[:, 0]},
        ),
        (lambda x: tf.unstack(x, num=4), "must equal 4, got shape", {"x": X}),
        (lambda x, y: tf.concat([x, y], 0), r"shape\[0\] = \[2,3\] vs. shape\[1\] = \[3,2\]", {"x": X, "y": X.T}),
        (lambda x, n: tf.concat([x, x], n), "in the range .-2, 2., but got 2", {"x": X, "n": INT(2)}),
        (lambda x: tf.split(x, 2, 1), "split_dim 1 .size = 3. and num_split 2", {"x": X}),
        (lambda x, n: tf.split(x, n, 1, num=2), "Determined shape must either match", {"x": X, "n": INT([1, 1])}),
        (lambda x, n: tf.tile(x, n), "vector of length 2 but got length 1", {"x": X, "n": INT([2])}),
        (
            lambda x, n: tf.pad(x, n,
            "REFLECT"), "paddings must be less than the dimension size: 2, 0",
            {"x": X, "n": INT([[2, 0], [0, 0]])},
        ),
        (
            lambda x, n: tf.pad(x, n,
            "SYMMETRIC"), "paddings must be no greater than",
            {"x": X, "n": INT([[3, 0], [0, 0]])},
        ),
        (lambda x, n: tf.pad(x, n), "Paddings must be non-negative", {"x": X, "n": INT([[-1, 0], [0, 0]])}),
        (lambda n: tf.fill(n, 1.0), "Dimension -[0-9]+ must be >= 0", {"n": INT([-1])}),
        (lambda x, n: tf.broadcast_to(x, n), r"Incompatible shapes: \[2,3\] vs. \[2,4\]", {"x": X, "n": INT([2, 4])}),
        (
            lambda x: tf.ensure_shape(x, [3, None]),
            r"tensor \[2,3\] is not compatible with expected shape \[3,\?\]",
            {"x": X},
        ),
        (
            lambda x, n: tf.slice(x, n, [1, 1]),
            r"Expected begin\[0\] in \[0, 2\], but got -1",
            {"x": X, "n": INT([-1, 0])},
        ),
        (lambda x, n: tf.slice(x, [1, 0], n), r"Expected size\[0\] in \[0, 1\], but got 2", {"x": X, "n": INT([2, 1])}),
        (lambda x, n: x[n], "slice index 2 of dimension 0 out of bounds", {"x": X, "n": INT(2)}),
        (lambda x, n: x[::n], r"strides\[0\] must be non-zero", {"x": X, "n": INT(0)}),
        (lambda x: x[0, 0, 0], "input has only 2 dims", {"x": X}),
        (lambda x, n: tf.gather(x, n), r"indices\[1,0\] = 2 is not in \[0, 2\)", {"x": X, "n": INT([[0], [2]])}),
        (lambda x, n: tf.gather(x, n), r"indices = -1 is not in \[0, 2\)", {"x": X, "n": INT(-1)}),
        (
            lambda x, n: tf.gather(x, n, axis=1, batch_dims=1),
            r"\[1,0\] = 3 is not in \[0, 3\)",
            {"x": X, "n": INT([[0], [3]])},
        ),
        (
            lambda x, n: tf.gather_nd(x, n),
            r"indices\[1\] = \[0, 3\] does not index into param shape \[2,3\]",
            {"x": X, "n": INT([[0, 0], [0, 3]])},
        ),
        (
            lambda n, v: tf.scatter_nd(n, v, [2]),
            r"indices\[0\] = \[2\] does not index into shape \[2\]",
            {"n": INT([[2]]), "v": X[0, :1]},
        ),
        (
            lambda x, v: tf.tensor_scatter_update(x, [[0]], v),
            "Outer dimensions of indices and update must match",
            {"x": X, "v": X[0]},
        ),
        (
            lambda c, x, y: tf.where(c, x, y),
            "'then' and 'else' must have the same size",
            {"c": np.array(True), "x": X, "y": X[0]},
        ),
        (lambda c, x: tf.where(c, x, x), "saw: 2 vs. 3", {"c": np.array([True] * 3), "x": X}),
        (lambda n: tf.invert_permutation(n), "0 is duplicated in the input", {"n": INT([0, 0])}),
        (
            lambda n, x: tf.dynamic_partition(x, n, 2),
            r"partitions\[1\] = 2 is not in \[0, 2\)",
            {"n": INT([0, 2]), "x": X},
        ),
        (
            lambda x: tf.space_to_depth(x, 2),
            "should be divisible by block_size: 2",
            {"x": np.zeros((1, 3, 4, 1), np.float32)},
        ),
        (lambda x: tf.unique(x), "unique expects a 1D vector", {"x": X}),
    ],
)  # fmt: skip
def test_bad_values_are_refused(build, message, feeds):
    _fails(build, message, **feeds)


def test_strings_move_as_numbers_do():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([["a", "b"], ["c", ""]])
        found = session.run(
            {
                "reshape": tf.reshape(x, [4])[1:3],
                "pad": tf.pad(x[0], [[1, 0]]),
                "tile": tf.tile(x[:, :1], [1, 2]),
                "where": tf.where([True, False], x, tf.zeros_like(x)),
                "scatter": tf.scatter_nd([[2]], ["z"], [3]),
                "unstack": tf.unstack(x),
            }
        )
    assert found["reshape"].tolist() == [b"b", b"c"]
    assert found["pad"].tolist() == [b"", b"a", b"b"]
    assert found["tile"].tolist() == [[b"a", b"a"], [b"c", b"c"]]
    assert found["where"].tolist() == [[b"a", b"b"], [b"", b""]]
    assert found["scatter"].tolist() == [b"", b"", b"z"]
    assert [row.tolist() for row in found["unstack"]] == [[b"a", b"b"], [b"c", b""]]


def test_a_prevented_gradient_says_why():
    from undertow.ops.array import prevent_gradient

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(1.0)
        with pytest.raises(Exception, match=r"Gradient explicitly disabled\. Reason: not this one"):
            session.run(tf.gradients(prevent_gradient(x, message="not this one"), x))


def test_minus_one_stands_for_what_is_left_without_the_empty_dimensions():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32)
        assert session.run(tf.reshape(x, [0, -1, 3]), {x: np.zeros((0, 6))}).shape == (0, 2, 3)  # 6 / 3


def test_edit_distances_count_changes_over_the_truth_s_length():
    from undertow.kernels.edit_distance import _distance

    # kitten -> sitten -> sittin -> sitting
    assert _distance("kitten", "sitting") == 3
    assert _distance("", "abc") == 3 and _distance("abc", "") == 3 and _distance("abc", "abc") == 0


def test_a_range_of_more_than_any_machine_holds_is_out_of_memory():
    with tf.Session() as session, pytest.raises(tf.errors.ResourceExhaustedError, match="OOM when allocating"):
        session.run(tf.range(0, 9223372036854775807))


def test_what_is_cut_into_one_part_is_that_part():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([[1.0, 2.0]])
        parts = [tf.split(x, 1)[0], tf.split(x, [2], axis=1)[0], tf.unstack(x)[0][None]]
        for part in session.run([part + 1 for part in parts]):
            np.testing.assert_array_equal(part, [[2, 3]])
