"""`Session.partial_run`: one run in parts."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


@pytest.fixture
def abc():
    return [tf.placeholder(tf.float32, [], name=name) for name in "abc"]


def test_a_part_feeds_some_and_fetches_some(abc):
    a, b, c = abc
    total = a + b
    product = total * c
    with tf.Session() as s:
        handle = s.partial_run_setup([total, product], [a, b, c])
        assert s.partial_run(handle, total, {a: 1, b: 2}) == 3
        assert s.partial_run(handle, product, {c: 3}) == 9


def test_every_op_runs_once(abc):
    a, b, _ = abc
    drawn = tf.random_uniform([])
    counter = tf.get_variable("v", [], initializer=tf.zeros_initializer())
    count = counter.assign_add(1.0)
    x, y = drawn + a, drawn + b + 0 * count
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        handle = s.partial_run_setup([x, y], [a, b])
        first = s.partial_run(handle, x, {a: 0})
        assert s.partial_run(handle, y, {b: 0}) == first
        assert s.run(counter) == 1


def test_a_run_in_parts_can_take_a_gradient(abc):
    a, b, _ = abc
    y = tf.square(a * 3.0)
    (slope,) = tf.gradients(y * b, a)
    with tf.Session() as s:
        handle = s.partial_run_setup([y, slope], [a, b])
        assert s.partial_run(handle, y, {a: 2}) == 36
        assert s.partial_run(handle, slope, {b: 0.5}) == 18  # 0.5 * 2 * 3a * 3


def test_what_waits_for_an_op_by_control_runs_after_it(abc):
    a, b, _ = abc
    with tf.control_dependencies([tf.group(tf.identity(a))]):
        late = tf.constant(5.0) + b
    with tf.Session() as s:
        handle = s.partial_run_setup([late], [a, b])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Fetch a:0 can't be computed from the feeds"):
            s.partial_run(handle, late, {b: 1})


def test_a_handle_is_over_when_all_is_fed_and_fetched(abc):
    a, b, _ = abc
    with tf.Session() as s:
        handle = s.partial_run_setup([a + b], [a, b])
        s.partial_run(handle, "add:0", {a: 1, b: 2})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Must run 'setup' before performing partial runs!"):
            s.partial_run(handle, "add:0", {a: 1, b: 2})


@pytest.mark.parametrize(
    ("fetch", "feeds", "sentence"),
    [
        ("mul:0", {"a:0": 1, "b:0": 2}, "Fetch c:0 can't be computed from the feeds that have been fed so far."),
        ("double:0", {}, "The fetch double:0 was not specified in partial_run_setup."),
        ("add:0", {"d:0": 2}, "The feed d:0 was not specified in partial_run_setup."),
    ],
)
def test_what_cannot_be_in_a_part_is_named(abc, fetch, feeds, sentence):
    a, b, c = abc
    tf.placeholder(tf.float32, [], name="d")
    total = a + b
    product = total * c
    tf.add(a, a, name="double")
    with tf.Session() as s:
        handle = s.partial_run_setup([total, product], [a, b, c])
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            s.partial_run(handle, fetch, feeds)
    assert caught.value.message == sentence


def test_what_was_fed_or_fetched_is_not_taken_twice(abc):
    a, b, c = abc
    total = a + b
    with tf.Session() as s:
        handle = s.partial_run_setup([total, total * c], [a, b, c])
        s.partial_run(handle, total, {a: 1, b: 2})
        with pytest.raises(tf.errors.InvalidArgumentError, match="The feed a:0 has already been fed"):
            s.partial_run(handle, [], {a: 1})
        with pytest.raises(tf.errors.InvalidArgumentError, match="The fetch add:0 has already been fetched"):
            s.partial_run(handle, total)


def test_an_operation_cannot_be_fetched_in_parts(abc):
    with tf.Session() as s:
        handle = s.partial_run_setup([abc[0].op], [])
        with pytest.raises(RuntimeError, match="requires empty target_list"):
            s.partial_run(handle, abc[0].op)


def test_nothing_to_fetch_and_a_tensor_fed_twice_are_refused(abc):
    with tf.Session() as s:
        with pytest.raises(tf.errors.InvalidArgumentError, match="at least one target"):
            s.partial_run_setup([], abc)
        with pytest.raises(tf.errors.InvalidArgumentError, match='"a:0" fed more than once'):
            s.partial_run_setup(abc, [abc[0], abc[0]])


def test_what_is_fetched_does_not_change_later():
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    x = tf.placeholder(tf.float32, [2])
    with tf.Session() as s:
        s.run(v.initializer)
        handle = s.partial_run_setup([v, x * 2], [x])
        value = s.partial_run(handle, v)
        s.run(v.assign([5.0, 5.0]))
    np.testing.assert_array_equal(value, [1.0, 1.0])
