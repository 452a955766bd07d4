"""What tf.while_loop, tf.cond and tf.case refuse, and what is known of shapes in them."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_conditions_and_bodies_must_be_callable():
    with pytest.raises(TypeError, match="cond must be callable"):
        tf.while_loop(1, lambda i: i, [0])
    with pytest.raises(TypeError, match="body must be callable"):
        tf.while_loop(lambda i: True, 1, [0])
    with pytest.raises(ValueError, match="No loop variables provided"):
        tf.while_loop(lambda: True, lambda: [], [])


def test_a_body_keeps_shapes_unless_told():
    with pytest.raises(
        ValueError, match=r"enters the loop with shape \(1,\), but has shape \(2,\) after one iteration"
    ):
        tf.while_loop(lambda s: True, lambda s: tf.concat([s, s], 0), [tf.ones([1])])
    with pytest.raises(ValueError, match="is not compatible with the initial shape"):
        tf.while_loop(lambda s: True, lambda s: s, [tf.ones([1])], shape_invariants=[tf.TensorShape([2])])
    grown = tf.while_loop(
        lambda s: tf.size(s) < 5,
        lambda s: tf.concat([s, s], 0),
        [tf.ones([1])],
        shape_invariants=[tf.TensorShape([None])],
    )
    assert grown.shape.as_list() == [None]
    with tf.Session() as session:
        assert session.run(grown).shape == (8,)


def test_a_body_gives_as_many_variables_as_it_takes():
    with pytest.raises(ValueError, match="same number of elements"):
        tf.while_loop(lambda i, j: True, lambda i, j: i, [0, 1])


def test_maximum_iterations_bound_a_loop():
    bounded = tf.while_loop(lambda i: True, lambda i: i + 1, [0], maximum_iterations=tf.constant(7))
    with tf.Session() as session:
        assert session.run(bounded) == 7
    with pytest.raises(ValueError, match="maximum_iterations must be a scalar"):
        tf.while_loop(lambda i: True, lambda i: i + 1, [0], maximum_iterations=[1])


def test_indexed_slices_are_loop_variables():
    start = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 2]), tf.constant([4, 3]))
    _, found = tf.while_loop(
        lambda i, s: i < 3, lambda i, s: (i + 1, tf.IndexedSlices(s.values * 2.0, s.indices, s.dense_shape)), (0, start)
    )
    with tf.Session() as session:
        assert session.run(tf.convert_to_tensor(found)).sum() == 2 * 3 * 8


def test_a_placeholder_is_read_inside_a_loop():
    x = tf.placeholder(tf.float32, [])
    total = tf.while_loop(lambda s: s < 10.0, lambda s: s + x, [0.0])
    with tf.Session() as session:
        assert session.run(total, {x: 4.0}) == 12.0
        assert session.run(total, {x: 6.0}) == 12.0


def test_an_error_inside_a_loop_names_its_node():
    x = tf.placeholder_with_default(np.ones([2], np.float32), None)
    y = tf.while_loop(
        lambda s: True, lambda s: tf.reshape(s, [3], name="shaped"), [x], shape_invariants=[tf.TensorShape(None)]
    )
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="while/shaped"):
        session.run(y)


def test_an_array_is_the_result_of_a_branch():
    p = tf.placeholder(tf.bool, [])
    array = tf.TensorArray(tf.float32, 1)
    taken = tf.cond(p, lambda: array.write(0, 1.0), lambda: array.write(0, 2.0)).stack()
    with tf.Session() as session:
        assert session.run(taken, {p: True}).tolist() == [1.0]
        assert session.run(taken, {p: False}).tolist() == [2.0]


def test_cond_takes_a_tensor_and_functions():
    with pytest.raises(TypeError, match="pred must not be a Python bool"):
        tf.cond(True, lambda: 1, lambda: 2)
    with pytest.raises(TypeError, match="true_fn must be callable"):
        tf.cond(tf.constant(True), 1, lambda: 2)
    with pytest.raises(ValueError, match="must have the same type"):
        tf.cond(tf.constant(True), lambda: 1, lambda: 2.0)


def test_case_takes_pairs_of_predicates_and_functions():
    pred = tf.constant(True)
    for pairs, sentence in (
        (1, "must be a list, tuple, or dict"),
        ([pred], "must be a 2-tuple"),
        ([(1, lambda: 1)], "pred must be a Tensor, got: 1"),
        ([(tf.constant(1), lambda: 1)], "pred must be Tensor of type bool"),
        ([(pred, 1)], "must be callable"),
    ):
        with pytest.raises(TypeError, match=sentence):
            tf.case(pairs, default=lambda: 1)
    with pytest.raises(TypeError, match="default must be callable"):
        tf.case([(pred, lambda: 1)], default=1)


def test_case_fails_where_no_predicate_or_more_than_one_is_true():
    x = tf.placeholder(tf.int32, [])
    none = tf.case([(x > 1, lambda: tf.constant(1)), (x > 2, lambda: tf.constant(2))])
    one = tf.case([(x > 1, lambda: 1), (x > 2, lambda: 2)], default=lambda: 0, exclusive=True)
    with tf.Session() as session:
        assert session.run([none, one], {x: 2}) == [1, 1]
        with pytest.raises(tf.errors.InvalidArgumentError, match="None of conditions evaluated as True"):
            session.run(none, {x: 0})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"more than 1 conditions .* evaluated as True"):
            session.run(one, {x: 5})


def test_a_branch_must_give_something():
    with pytest.raises(ValueError, match="false_fn must have a return value"):
        tf.cond(tf.constant(True), lambda: tf.constant(1), lambda: None)
