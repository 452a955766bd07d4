"""Facts about elementwise ops that golden values do not show: static shapes, errors, what comes back unchanged."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _run(value):
    with tf.Session() as session:
        return session.run(value)


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [
        ([2, 3], [3], [2, 3]),
        ([None, 3], [1, 3], [None, 3]),
        ([None], [5], [5]),
        ([2, 1, 4], [3, 1], [2, 3, 4]),
        ([None], [1], [None]),
        ([], [7, None], [7, None]),
    ],
)
def test_two_shapes_broadcast_as_far_as_they_are_known(x, y, wanted):
    z = tf.placeholder(tf.float32, x) + tf.placeholder(tf.float32, y)
    assert z.shape.as_list() == wanted


def test_an_unknown_rank_gives_an_unknown_shape():
    assert tf.multiply(tf.placeholder(tf.float32), tf.ones([2])).shape.ndims is None


def test_shapes_that_do_not_broadcast_are_named_with_the_op():
    with pytest.raises(ValueError, match=r"Dimensions must be equal, but are 2 and 3 for 'sum'.*\[2\], \[3\]"):
        tf.add(tf.ones([2]), tf.ones([3]), name="sum")


def test_other_dtypes_do_not_mix():
    with pytest.raises(TypeError, match="float64 that does not match type float32 of argument 'x'"):
        tf.ones([2]) * tf.ones([2], tf.float64)
    with pytest.raises(TypeError, match="must have the same dtype"):
        tf.ones([2]) / tf.ones([2], tf.int32)


def test_a_dtype_that_the_op_does_not_take_is_refused():
    with pytest.raises(TypeError, match="bool not in list of allowed values"):
        tf.negative(tf.constant(True))


def test_a_cast_to_the_same_dtype_adds_no_node(graph):
    x = tf.ones([2])
    count = len(graph.get_operations())
    assert tf.cast(x, tf.float32) is x
    assert tf.to_float(x) is x
    assert tf.round(tf.constant(3)).op.type == "Const"
    assert len(graph.get_operations()) == count + 1


def test_a_cast_between_strings_and_numbers_fails_when_it_runs():
    x = tf.cast(tf.constant([1, 2]), tf.string)
    with pytest.raises(tf.errors.UnimplementedError, match=r"Cast.*int32 to string is not supported"):
        _run(x)


def test_indexed_slices_are_cast_by_their_values():
    rows = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 1]), tf.constant([4, 3]))
    found = tf.cast(rows, tf.int32)
    assert isinstance(found, tf.IndexedSlices)
    assert (found.dtype, found.indices) == (tf.int32, rows.indices)


@pytest.mark.parametrize("divide", [tf.floordiv, tf.floormod, tf.truncatediv, tf.truncatemod, tf.div])
def test_an_integer_divided_by_zero_is_an_error(divide):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        _run(divide(tf.constant([1, 2]), tf.constant([1, 0])))


def test_a_float_divided_by_zero_is_infinite():
    np.testing.assert_array_equal(_run(tf.constant([1.0, -1.0]) / 0.0), [np.inf, -np.inf])


def test_an_integer_to_a_negative_power_is_an_error():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integers to negative integer powers are not allowed"):
        _run(tf.pow(tf.constant([2, 3]), tf.constant([1, -1])))


def test_halves_round_to_the_even_integer():
    np.testing.assert_array_equal(_run(tf.round([0.5, 1.5, 2.5, -0.5, -1.5])), [0.0, 2.0, 2.0, -0.0, -2.0])


def test_add_n_refuses_what_does_not_match():
    with pytest.raises(ValueError, match="same dtype and shape"):
        tf.add_n([])
    with pytest.raises(ValueError, match="same dtype and shape"):
        tf.add_n([tf.ones([2]), tf.ones([2], tf.float64)])
    with pytest.raises(ValueError, match="must be equal, but are 2 and 3"):
        tf.add_n([tf.ones([2]), tf.ones([3])])


def test_the_sum_of_partly_known_shapes_is_known_where_one_is():
    shape = tf.add_n([tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [2, None])]).shape
    assert shape.as_list() == [2, 3]


def test_scalar_mul_wants_a_scalar():
    with pytest.raises(ValueError, match="Only scalar multiply works"):
        tf.scalar_mul(tf.ones([2]), tf.ones([2]))


def test_complex_is_made_of_two_floats_of_one_size():
    assert tf.complex(tf.ones([2], tf.float64), tf.ones([2], tf.float64)).dtype == tf.complex128
    with pytest.raises(TypeError, match="incorrect types: int32 int32"):
        tf.complex(tf.constant(1), tf.constant(2))


def test_wide_unsigned_integers_shift_and_invert():
    x = tf.constant([0xFFFF, 1], tf.uint16)
    assert _run(tf.bitwise.invert(x)).tolist() == [0, 0xFFFE]
    assert _run(tf.bitwise.left_shift(x, tf.constant(4, tf.uint16))).tolist() == [0xFFF0, 16]


def test_names_of_tensorflow_0_are_not_there():
    for name, instead in (("mul", "tf.multiply"), ("sub", "tf.subtract"), ("neg", "tf.negative")):
        with pytest.raises(AttributeError, match=instead):
            getattr(tf, name)


def test_shapes_that_only_the_run_knows_are_told_as_tensorflow_tells_them():
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    feeds = {x: np.ones([2, 3]), y: np.ones([4, 3])}
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Incompatible shapes: \[2,3\] vs. \[4,3\]"):
            session.run(x + y, feeds)
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"mismatch In\[1\] shape: 3 vs. 4: \[2,3\] \[4,3\] 0 0"
        ):
            session.run(tf.matmul(x, y), feeds)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must have the same size and shape"):
            session.run(tf.add_n([x, y]), feeds)
