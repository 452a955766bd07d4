"""Gradients that the program wrote, of ops inside `tf.cond` and `tf.while_loop`.

The numbers are TensorFlow 1.15.5's, and by hand where a line shows it.
"""

import numpy as np
import pytest

import undertow as tf
from undertow.api.function import Defun


@pytest.fixture(autouse=True)
def _fresh_graph():
    with tf.Graph().as_default():
        yield


@tf.custom_gradient
def _square(x):
    return tf.square(x), lambda grad: grad * 3.0 * x


@tf.RegisterGradient("TestOwnGradientsOfSquare")
def _(op, grad):
    return grad * op.outputs[0] * op.inputs[0]


def _run(fetches, feed=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feed)


def _both_ways(build, *xs):
    """The gradients where a condition holds, and where it does not."""
    taken = tf.placeholder(tf.bool, [])
    grads = tf.gradients(build(taken), xs)
    return [_run(grads, {taken: way}) for way in (True, False)]


def test_a_branch_has_the_gradient_that_its_function_gives():
    x = tf.constant(2.0)
    # 5 · 3 x, and 7
    assert _both_ways(lambda p: tf.cond(p, lambda: _square(x) * 5.0, lambda: x * 7.0), x) == [[30.0], [7.0]]


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_function_in_a_branch_has_gradients_by_the_variables_that_it_uses(use_resource):
    with tf.variable_scope("", use_resource=use_resource):
        w = tf.get_variable("w", initializer=3.0)
    x = tf.constant(2.0)

    @tf.custom_gradient
    def scaled(x):
        def grad(dy, variables):
            return dy * 10.0 * variables[0], [dy * 100.0 * x]

        return x * w, grad

    found = _both_ways(lambda p: tf.cond(p, lambda: scaled(x), lambda: x * w * 2.0), x, w)
    assert found == [[30.0, 200.0], [6.0, 4.0]]


def test_branches_inside_branches_have_gradients_of_their_own():
    x, p, q = tf.constant(2.0), tf.placeholder(tf.bool, []), tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: tf.cond(q, lambda: _square(_square(x)), lambda: _square(x)), lambda: x)
    grad = tf.gradients(y * y, x)[0]
    found = [_run(grad, {p: outer, q: inner}) for outer in (True, False) for inner in (True, False)]
    assert found == [2304.0, 48.0, 4.0, 4.0]


def test_an_override_holds_inside_a_branch():
    x = tf.constant(2.0)

    def branch():
        with tf.get_default_graph().gradient_override_map({"Square": "TestOwnGradientsOfSquare"}):
            return tf.square(x)

    assert _both_ways(lambda p: tf.cond(p, branch, lambda: x), x) == [[8.0], [1.0]]


def test_identity_as_an_override_lets_gradients_through_inside_a_branch():
    x = tf.constant([0.3, 1.7])

    def branch():
        with tf.get_default_graph().gradient_override_map({"Round": "Identity"}):
            return tf.round(x) * 2.0

    (straight,), (other,) = _both_ways(lambda p: tf.cond(p, branch, lambda: x), x)
    assert straight.tolist() == [2.0, 2.0]
    assert other.tolist() == [1.0, 1.0]


def test_a_function_with_a_gradient_of_its_own_works_in_a_branch():
    x = tf.constant(2.0)
    f = Defun(tf.float32, python_grad_func=lambda op, grad: grad * 11.0 * op.inputs[0])(lambda x: x * x)
    assert _both_ways(lambda p: tf.cond(p, lambda: f(x), lambda: x), x) == [[22.0], [1.0]]


def test_a_gradient_function_in_a_branch_may_take_gradients_itself():
    w, x = tf.Variable(3.0), tf.constant(2.0)

    @tf.custom_gradient
    def recomputed(a):
        def grad(dy, variables):
            z = tf.identity(a)
            by_z, by_w = tf.gradients(z * z * variables[0], [z, *variables], dy)
            return by_z * 10.0, [by_w * 10.0]

        return a * a * w, grad

    assert _both_ways(lambda p: tf.cond(p, lambda: recomputed(x), lambda: x * w), x, w) == [[120.0, 40.0], [3.0, 2.0]]


def test_what_a_gradient_function_gives_is_no_variables_memory():
    w, x, p = tf.Variable(3.0), tf.constant(2.0), tf.placeholder(tf.bool, [])
    f = tf.custom_gradient(lambda a: (a * 2.0, lambda dy: tf.identity(w)))
    grad = tf.gradients(tf.cond(p, lambda: f(x), lambda: x), x)[0]
    with tf.Session() as session:
        session.run(w.initializer)
        before = session.run(grad, {p: True})
        session.run(w.assign(9.0))
        assert (before, session.run(grad, {p: True})) == (3.0, 9.0)


def test_gradients_of_gradients_in_branches_are_those_of_the_gradient_function():
    x, p = tf.constant(2.0), tf.placeholder(tf.bool, [])
    grad = tf.gradients(tf.cond(p, lambda: _square(x * x), lambda: x * x * x), x)[0]
    second = tf.gradients(grad, x)[0]
    # 3 x² · 2 x, of which the derivative is 18 x²; 3 x² and 6 x
    assert [_run([grad, second], {p: way}) for way in (True, False)] == [[48.0, 72.0], [12.0, 12.0]]


def test_a_gradient_function_in_a_branch_may_have_a_gradient_of_its_own():
    x, p = tf.constant(2.0), tf.placeholder(tf.bool, [])

    @tf.custom_gradient
    def tripled(x):
        return x * 3.0, tf.custom_gradient(lambda dy: (dy * 5.0, lambda ddx: ddx * 7.0))

    y = tf.cond(p, lambda: tripled(x * x), lambda: x * x * x)
    grad = tf.gradients(y * y, x)[0]
    second = tf.gradients(grad, x)[0]
    assert [_run([grad, second], {p: way}) for way in (True, False)] == [[480.0, 1360.0], [192.0, 480.0]]


def test_training_goes_through_the_branch_taken():
    w, p = tf.Variable([1.0, 2.0]), tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: tf.reduce_sum(_square(w)), lambda: tf.reduce_sum(w))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(y)
    with tf.Session() as session:
        session.run(w.initializer)
        for way in (True, False, True):
            session.run(train, {p: way})
        # w - 0.3 w, - 0.1, - 0.3 w
        np.testing.assert_allclose(session.run(w), [0.42, 0.91], rtol=1e-6)


def test_every_round_of_a_loop_has_the_gradient_that_its_function_gives():
    x = tf.constant(1.1)
    y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, _square(a)), [0, x])[1]
    # 27 x · x² · x⁴
    np.testing.assert_allclose(_run(tf.gradients(y, x)[0]), 27 * 1.1**7, rtol=1e-6)


def test_a_gradient_function_in_a_loop_may_use_what_is_outside():
    x, c, w = tf.constant(1.1), tf.constant(4.0) * 2.0, tf.Variable(3.0)
    f = tf.custom_gradient(lambda a: (a * 2.0, lambda grad: grad * c * tf.identity(a)))
    y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, f(a) * w), [0, x])[1]
    np.testing.assert_allclose(_run([y, *tf.gradients(y, [x, w])]), [237.6, 3974345.2, 343819.9], rtol=1e-6)


def test_loops_in_loops_and_branches_in_loops_have_gradients_of_their_own():
    x, c = tf.constant(1.1), tf.Variable(0.5)
    f = tf.custom_gradient(lambda a: (a * 1.5, lambda grad: grad * c * a))

    def inner(a):
        return tf.while_loop(lambda j, b: j < 2, lambda j, b: (j + 1, f(b)), [0, a])[1]

    y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, inner(a) * c), [0, x])[1]
    np.testing.assert_allclose(_run(tf.gradients(y, [x, c])), [0.023674196, 4.402556], rtol=1e-6)

    def branching(i, a):
        return i + 1, tf.cond(tf.equal(i, 1), lambda: f(a), lambda: a * 3.0)

    z = tf.while_loop(lambda i, a: i < 3, branching, [0, x])[1]
    np.testing.assert_allclose(_run(tf.gradients(z, x)[0]), 3 * (0.5 * 3.3) * 3, rtol=1e-6)


def test_a_loop_in_a_branch_has_gradients_of_its_own():
    x, c = tf.constant(1.1), tf.constant(0.5) + 1.0
    f = tf.custom_gradient(lambda a: (a * 1.5, lambda grad: grad * c * a))

    def loop():
        return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, f(a)), [0, x])[1]

    (inside,), (outside,) = _both_ways(lambda p: tf.cond(p, loop, lambda: x), x)
    np.testing.assert_allclose([inside, outside], [15.160924, 1.0], rtol=1e-6)


def test_gradients_taken_inside_a_branch_or_a_loop_are_the_programs_own():
    x, p = tf.constant(2.0), tf.placeholder(tf.bool, [])
    grad = tf.cond(p, lambda: tf.gradients(_square(x) * 2.0, x)[0], lambda: x)
    assert [_run(grad, {p: way}) for way in (True, False)] == [12.0, 2.0]
    step = tf.while_loop(lambda a: a > 1.9, lambda a: a - 0.01 * tf.gradients(_square(a), a)[0], [x])
    np.testing.assert_allclose(_run(step), 2.0 * 0.97**2, rtol=1e-6)


def test_wrong_gradient_functions_are_told_of_when_the_gradient_is_built():
    x, p = tf.constant(2.0), tf.placeholder(tf.bool, [])
    f = tf.custom_gradient(lambda a: (a * 1.5, lambda grad: [grad, grad]))
    y = tf.cond(p, lambda: f(x), lambda: x)
    with pytest.raises(ValueError, match="expected to return 1 gradients, but returned 2"):
        tf.gradients(y, x)


def test_an_imported_op_in_a_branch_is_refused():
    x, p = tf.placeholder(tf.float32, [], "x"), tf.placeholder(tf.bool, [], "p")
    tf.identity(tf.gradients(tf.cond(p, lambda: _square(x), lambda: x), x)[0], name="grad")
    definition = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(definition, name="")
        with pytest.raises(tf.errors.UnimplementedError, match=r"an imported op in tf\.while_loop or tf\.cond"):
            session.run("grad:0", {"x:0": 2.0, "p:0": True})
