"""tf.contrib.opt: each step against a hand calculation."""

import numpy as np
import pytest

import undertow as tf

opt = tf.contrib.opt


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def _after(step, var, times=1):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(times):
            session.run(step)
        return session.run(var)


def test_decoupled_decay_takes_its_share_before_the_step():
    w, kept = tf.Variable([2.0, 4.0]), tf.Variable(1.0)
    loss = tf.reduce_sum(w) + kept
    step = opt.MomentumWOptimizer(0.25, learning_rate=1.0, momentum=0.0).minimize(loss, decay_var_list=[w])
    made = _after(step, [w, kept])
    assert made[0].tolist() == [0.5, 2.0]  # w · 0.75 - 1
    assert made[1] == 0.0


def test_adamw_without_decay_is_adam():
    steps = []
    for optimizer in (opt.AdamWOptimizer(0.0, 0.1), tf.train.AdamOptimizer(0.1)):
        w = tf.Variable([2.0, -4.0])
        steps.append(_after(optimizer.minimize(tf.reduce_sum(w * w * w)), w, times=3))
    np.testing.assert_array_equal(*steps)


def test_any_optimizer_can_be_extended_by_decay():
    w = tf.Variable(2.0)
    extended = opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
    assert _after(extended(0.5, 0.25).minimize(w), w) == 0.75  # 2 · 0.5 - 0.25


def test_decay_of_a_sparse_gradient_is_of_its_rows():
    w = tf.Variable([[1.0], [2.0], [4.0]])
    step = opt.MomentumWOptimizer(0.5, 1.0, 0.0).minimize(tf.reduce_sum(tf.gather(w, [2])))
    assert _after(step, w).tolist() == [[1.0], [2.0], [1.0]]


def test_lazy_adam_leaves_rows_alone_that_have_no_gradient():
    rows = tf.placeholder_with_default([1], [None])
    w = tf.Variable(np.ones([3, 2], np.float32))
    step = opt.LazyAdamOptimizer(0.1).minimize(tf.reduce_sum(tf.gather(w, rows)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)  # the first step is by the learning rate
        np.testing.assert_allclose(session.run(w), [[1, 1], [0.9, 0.9], [1, 1]], rtol=1e-6)
        before = session.run(w)
        session.run(step, {rows: [0]})
        after = session.run(w)
    np.testing.assert_array_equal(after[1:], before[1:])
    # m = 0.1, v = 0.001, bias correction of step two: √(1 - 0.999²) / (1 - 0.9²)
    moved = 0.1 * np.sqrt(1 - 0.999**2) / (1 - 0.9**2) * 0.1 / np.sqrt(0.001)
    np.testing.assert_allclose(after[0], 1 - moved, rtol=1e-5)


def test_nadam_looks_one_step_ahead():
    w = tf.Variable(1.0)
    # m = 0.1, ahead 0.9 m + 0.1 = 0.19, step √0.001 / 0.1 · 0.19 / √0.001
    np.testing.assert_allclose(_after(opt.NadamOptimizer(0.1).minimize(w), w), 1 - 0.19, rtol=1e-5)


def test_nadam_takes_no_sparse_gradient():
    with pytest.raises(tf.errors.UnimplementedError, match="sparse gradient"):
        opt.NadamOptimizer().minimize(tf.reduce_sum(tf.gather(tf.Variable([[1.0]]), [0])))


def test_scipy_finds_a_minimum_within_bounds_and_constraints():
    pytest.importorskip("scipy")
    w = tf.Variable([7.0, 7.0])
    loss = tf.reduce_sum(tf.square(w))
    free = opt.ScipyOptimizerInterface(loss, options={"maxiter": 100})
    bound = opt.ScipyOptimizerInterface(loss, var_to_bounds={w: ([1, 2], np.inf)})
    held = opt.ScipyOptimizerInterface(loss, inequalities=[w[1] - 1.0], equalities=[w[0] - 2.0], method="SLSQP")
    seen = []
    with tf.Session() as session:
        for optimizer, minimum in ((free, [0, 0]), (bound, [1, 2]), (held, [2, 1])):
            session.run(tf.global_variables_initializer())
            optimizer.minimize(session, fetches=[loss], loss_callback=seen.append)
            np.testing.assert_allclose(session.run(w), minimum, atol=1e-4)
    assert seen[0] == 98.0
    with pytest.raises(ValueError, match="takes no constraints"):
        opt.ScipyOptimizerInterface(loss, equalities=[loss], method="L-BFGS-B")
