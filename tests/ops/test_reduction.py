"""Reductions and sequences: static shapes, arguments that exclude each other, errors."""

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
    ("axis", "keep", "wanted"),
    [
        (None, False, []),
        (None, True, [1, 1, 1]),
        (1, False, [None, 4]),
        ([0, -1], False, [3]),
        (-1, True, [None, 3, 1]),
        ([], False, [None, 3, 4]),
    ],
)
def test_a_reduction_drops_or_keeps_its_axes(axis, keep, wanted):
    x = tf.placeholder(tf.float32, [None, 3, 4])
    assert tf.reduce_sum(x, axis, keepdims=keep).shape.as_list() == wanted


def test_all_axes_of_an_unknown_rank_give_a_scalar():
    x = tf.placeholder(tf.float32)
    assert tf.reduce_mean(x).shape.as_list() == []
    assert tf.reduce_mean(x, 0).shape.ndims is None


def test_an_axis_known_only_to_the_run_leaves_the_shape_open():
    x, axis = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.int32, [])
    assert tf.reduce_sum(x, axis).shape.ndims is None
    assert tf.reduce_sum(x, axis, keepdims=True).shape.as_list() == [None, None]


def test_an_axis_out_of_range_is_an_error_at_once():
    with pytest.raises(ValueError, match="Invalid reduction dimension 2 for input with 2 dimensions"):
        tf.reduce_sum(tf.ones([2, 3]), 2)


def test_an_axis_out_of_range_is_an_error_of_the_run_if_only_it_knows():
    axis = tf.placeholder_with_default(5, [])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Invalid reduction dimension \(5 for input with 2"):
        _run(tf.reduce_sum(tf.ones([2, 3]), axis))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"axis": 0, "reduction_indices": 0}, "'reduction_indices' and 'axis'"),
        ({"keepdims": True, "keep_dims": True}, "'keep_dims' and 'keepdims'"),
    ],
)
def test_an_old_and_a_new_name_exclude_each_other(arguments, names):
    with pytest.raises(ValueError, match=f"Cannot specify both {names}"):
        tf.reduce_sum(tf.ones([2, 3]), **arguments)


def test_argmax_wants_one_name_for_its_axis():
    with pytest.raises(ValueError, match="Cannot specify both 'dimension' and 'axis'"):
        tf.argmax(tf.ones([2]), axis=0, dimension=0)


def test_argmax_of_nothing_is_an_error():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Reduction axis 0 is empty"):
        _run(tf.argmax(tf.zeros([0, 2]), 0))


def test_the_mean_of_integers_is_rounded_towards_zero():
    assert _run(tf.reduce_mean([1, 2])) == 1
    assert _run(tf.reduce_mean([-1, -2])) == -1


def test_the_variance_of_integers_is_refused():
    with pytest.raises(TypeError, match="must be either real or complex"):
        tf.math.reduce_variance(tf.constant([1, 2]))


def test_a_range_is_of_the_widest_dtype_given():
    assert tf.range(3).dtype == tf.int32
    assert tf.range(tf.constant(3, tf.int64)).dtype == tf.int64
    assert tf.range(0, 3, 0.5).dtype == tf.float32
    assert tf.range(0, tf.constant(3.0, tf.float64)).dtype == tf.float64
    assert tf.range(3, dtype=tf.float32).dtype == tf.float32


def test_the_length_of_a_range_is_known_if_its_ends_are():
    assert tf.range(2, 9, 3).shape.as_list() == [3]  # 2, 5, 8
    assert tf.range(5, 0, -2).shape.as_list() == [3]  # 5, 3, 1
    assert tf.range(0.0, 1.0, 0.3).shape.as_list() == [4]  # 0, 0.3, 0.6, 0.9
    assert tf.range(tf.placeholder(tf.int32, [])).shape.as_list() == [None]


def test_a_range_that_never_ends_is_refused():
    with pytest.raises(ValueError, match="Requires delta != 0"):
        tf.range(0, 5, 0)
    with pytest.raises(ValueError, match="Requires start <= limit when delta > 0: 5/3"):
        tf.range(5, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Requires start <= limit"):
        _run(tf.range(tf.placeholder_with_default(5, []), 3))


def test_linspace_wants_at_least_one_value():
    assert tf.linspace(0.0, 1.0, 5).shape.as_list() == [5]
    with pytest.raises(ValueError, match="Requires num > 0"):
        tf.linspace(0.0, 1.0, 0)


def test_the_axis_of_a_running_sum_is_checked():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected scan axis in the range \[-1, 1\), but got 1"):
        _run(tf.cumsum([1.0, 2.0], 1))
