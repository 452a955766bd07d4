"""A write to a variable waits for every read of the old value that no dependency puts after it.

What is fetched of the variable itself is its value at the end of the run: so said TensorFlow 1.15.5 in each of these.
"""

import numpy as np
import pytest

import undertow as tf
from undertow.ops.cond import cond


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def run(fetches, feed=None):
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        return s.run(fetches, feed)


def test_what_is_computed_beside_a_write_sees_the_value_from_before_and_what_is_fetched_the_one_after():
    v = tf.Variable([1.0, 2.0])
    write = v.assign([5.0, 5.0])
    late = tf.multiply(v, 2.0)
    found = run([write, v, v.value(), late])
    assert [f.tolist() for f in found] == [[5.0, 5.0], [5.0, 5.0], [5.0, 5.0], [2.0, 4.0]]


def test_a_read_that_depends_on_a_write_sees_the_value_after_it():
    v = tf.Variable(1.0)
    with tf.control_dependencies([v.assign(3.0)]):
        after = v.read_value()
    assert run([after, v]) == [3.0, 3.0]


def test_a_step_counter_that_is_fetched_with_its_training_op_has_counted():
    v, step = tf.Variable(1.0), tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.square(v), global_step=step)
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        assert [s.run([train, step, v])[1:] for _ in range(2)] == [[1, 0.0], [2, 0.0]]


def test_a_read_by_handle_keeps_its_value():
    v = tf.get_variable("v", [], initializer=tf.ones_initializer(), use_resource=True)
    read = tf.identity(v)
    with tf.control_dependencies([read]):
        write = v.assign_add(1.0)
    assert run([read, write]) == [1.0, 2.0]


def test_a_view_kept_past_a_write_shows_the_old_value():
    v = tf.Variable([[1.0, 2.0]])
    view = tf.reshape(v, [2])
    with tf.control_dependencies([v.assign([[7.0, 8.0]])]):
        later = tf.identity(view)
    assert run(later).tolist() == [1.0, 2.0]


def test_two_training_ops_in_one_run_both_see_the_values_from_before():
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    loss = tf.multiply(a, b)
    rate = 0.1
    steps = [tf.train.GradientDescentOptimizer(rate).minimize(loss, var_list=[v]) for v in (a, b)]
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        s.run(steps)
        np.testing.assert_allclose(s.run([a, b]), [2.0 - rate * 3.0, 3.0 - rate * 2.0], rtol=1e-6)


def test_a_gradient_that_comes_after_a_write_still_uses_what_the_forward_pass_read():
    v = tf.Variable(3.0)
    y = tf.square(v)
    with tf.control_dependencies([v.assign(100.0)]):
        grad = tf.gradients(y, v)[0]
        grad = tf.identity(grad)
    assert run(grad) == 6.0


def test_writes_without_dependencies_happen_in_the_programs_order():
    v = tf.Variable(1.0)
    first, second = v.assign_add(1.0), v.assign(10.0)
    with tf.Session() as s:
        s.run(v.initializer)
        assert s.run([first, second]) == [10.0, 10.0]
        assert s.run(v) == 10.0


def test_only_the_branch_taken_runs():
    v = tf.Variable(1.0)
    p = tf.placeholder(tf.bool, [])
    out = cond(p, lambda: v.assign(5.0), lambda: tf.constant(7.0))
    with tf.Session() as s:
        s.run(v.initializer)
        assert s.run(out, {p: False}) == 7.0
        assert s.run(v) == 1.0
        assert s.run(out, {p: True}) == 5.0
        assert s.run(v) == 5.0


def test_the_gradient_goes_through_the_branch_taken():
    x = tf.placeholder(tf.float32, [])
    p = tf.placeholder(tf.bool, [])
    y = cond(p, lambda: tf.square(x), lambda: tf.multiply(x, 10.0))
    grad = tf.gradients(y, x)
    with tf.Session() as s:
        assert s.run(grad, {x: 3.0, p: True}) == [6.0]
        assert s.run(grad, {x: 3.0, p: False}) == [10.0]


def test_a_branch_within_a_branch_that_is_not_taken_does_not_run():
    x = tf.placeholder(tf.float32, [])
    p = tf.placeholder(tf.bool, [])
    y = cond(p, lambda: cond(tf.less(x, 0.0), lambda: tf.negative(x), lambda: x), lambda: tf.constant(-1.0))
    with tf.Session() as s:
        assert [s.run(y, {x: v, p: q}) for v, q in ((-3.0, True), (3.0, True), (3.0, False))] == [3.0, 3.0, -1.0]


def test_a_loop_that_never_ends_is_over_when_its_time_is():
    forever = tf.while_loop(lambda i: i < 1, lambda i: i * 1, [tf.constant(0)])
    with tf.Session() as s, pytest.raises(tf.errors.DeadlineExceededError):
        s.run(forever, options=tf.RunOptions(timeout_in_ms=50))
