"""Checks fail at once on what is known, and where they run on what is not; the messages are TensorFlow's."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_a_known_inequality_fails_at_once_and_tells_both_sides():
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.assert_equal([1, 2], [1, 3], message="M")
    assert caught.value.message == (
        "M\nCondition x == y did not hold element-wise:\n"
        "x (assert_equal_1/x:0) = \n[1 2]\ny (assert_equal_1/y:0) = \n[1 3]"
    )


def test_an_unknown_one_fails_where_it_runs():
    i = tf.placeholder(tf.int32, [None], name="i")
    check = tf.assert_less(i, 3)
    with tf.Session() as session:
        session.run(check, {i: [1, 2]})
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(check, {i: [1, 2, 3, 4]})
    assert caught.value.message == (
        "assertion failed: [Condition x < y did not hold element-wise:] "
        "[x (i:0) = ] [1 2 3...] [y (assert_less/y:0) = ] [3]"
    )


def test_signs_are_told():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x > 0 did not hold element-wise:"):
        tf.assert_positive(-1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x >= 0 did not hold"):
        tf.assert_non_negative([0, -1])


def test_a_known_rank_is_checked_at_once():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    with pytest.raises(ValueError, match=r"^hey.  Tensor x:0 must have rank 1.  Received rank 2, shape \(2, 3\)$"):
        tf.assert_rank(x, 1, message="hey")
    with pytest.raises(ValueError, match="must have rank at least 3"):
        tf.assert_rank_at_least(x, 3)
    with pytest.raises(ValueError, match=r"must have rank in \(1, 3\)"):
        tf.assert_rank_in(x, [1, 3])
    with pytest.raises(ValueError, match="Rank must be a scalar"):
        tf.assert_rank(x, [1])
    with pytest.raises(TypeError, match=r"must be of type tf\.int32; got tf\.float32"):
        tf.assert_rank(x, 1.5)


def test_an_unknown_rank_is_checked_where_it_runs():
    q = tf.placeholder(tf.float32, name="q")
    check = tf.assert_rank(q, 2)
    with tf.Session() as session:
        session.run(check, {q: np.zeros((1, 1))})
        message = r"\[Tensor q:0 must have rank\] \[2\] \[Received shape: \] \[4\]"
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(check, {q: np.zeros(4)})


def test_types_are_checked_at_once():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    with pytest.raises(TypeError, match=r'Expected "x" to be integer type\.  Found: x:0'):
        tf.assert_integer(x)
    with pytest.raises(TypeError, match=r"x:0 must be of type tf\.int32; got tf\.float32"):
        tf.assert_type(x, tf.int32)
    with pytest.raises(ValueError, match=r"Expected scalar shape for x:0, saw shape: \(2, 3\)"):
        tf.assert_scalar(x)
    with pytest.raises(TypeError, match="iterable"):
        tf.assert_proper_iterable(3)
    with pytest.raises(ValueError, match="must be of the same type"):
        tf.assert_same_float_dtype([x, tf.constant(1.0, tf.float64)])
    assert tf.assert_same_float_dtype([x]) == tf.float32
    assert tf.is_numeric_tensor(x) and not tf.is_numeric_tensor(tf.constant("a")) and not tf.is_numeric_tensor(1)


def test_numbers_that_are_none_are_found():
    x = tf.placeholder(tf.float32, [None])
    checked = tf.verify_tensor_all_finite(x, "weights")
    with tf.Session() as session:
        assert session.run(checked, {x: [1.0]}).tolist() == [1.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="weights : Tensor had NaN values"):
            session.run(checked, {x: [1.0, np.nan]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="weights : Tensor had Inf values"):
            session.run(checked, {x: [np.inf]})


def test_all_floating_tensors_of_a_graph_can_be_checked():
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.log(x, name="y")
    check = tf.add_check_numerics_ops()
    with tf.Session() as session:
        session.run([y, check], {x: 1.0})
        with pytest.raises(tf.errors.InvalidArgumentError, match="y:0 : Tensor had Inf values"):
            session.run([y, check], {x: 0.0})


def test_a_group_takes_what_has_a_device():
    with pytest.raises(TypeError, match=r"tf.group\(\) expected Tensor arguments not 'None'"):
        tf.group(None)
    with pytest.raises(ValueError, match="at least one Tensor"):
        tf.tuple([None])


@pytest.mark.parametrize(
    ("check", "number"),
    [  # the numbers are 1.15.5's
        (lambda p: tf.Assert(p, ["m"]), 7),
        (lambda p: tf.Assert(p, ["m", tf.constant(2.5)]), 18),
        (lambda p: tf.Assert(p, [tf.constant(1), "m", tf.constant(2.5), 1.5]), 22),
        (lambda p: tf.assert_rank(tf.placeholder(tf.float32), 2), 17),
        (lambda p: tf.assert_rank_in(tf.placeholder(tf.float32), [2, 3]), 21),
    ],
)
def test_an_assert_counts_for_the_seeds_of_ops_after_it_as_1_15s(check, number):
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        check(tf.placeholder(tf.bool, []))
        tf.random_uniform([2])
        (op,) = [op for op in graph.get_operations() if op.type == "RandomUniform"]
    assert op.get_attr("seed2") == number


def test_a_rank_that_is_known_is_checked_by_nodes_that_do_nothing():
    with tf.Graph().as_default() as graph:
        tf.assert_rank(tf.placeholder(tf.float32, [1, 2], name="x"), 2)
        assert [op.name.removeprefix("assert_rank/") for op in graph.get_operations()[1:]] == [
            "rank",
            "Shape",
            "assert_type/statically_determined_correct_type",
            "static_checks_determined_all_ok",
        ]
