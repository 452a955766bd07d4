"""Optimizers: slots, names, what is refused. `parity/cases/optimizers.py` has the values."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def w():
    return tf.get_variable("w", [3, 2])


def _loss(var):
    return tf.reduce_sum(var * 2)


def test_minimize_is_an_operation_named_after_the_optimizer_and_collected(w):
    op = tf.train.AdamOptimizer(0.1).minimize(_loss(w))
    assert isinstance(op, tf.Operation)
    assert op.name == "Adam"
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [op]


def test_a_dictionarys_values_are_variables_to_train(w):
    other = tf.get_variable("other", [2])
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(_loss(w) + _loss(other), var_list={"a": w, "b": other}.values())
    assert [variable for _, variable in pairs] == [w, other]


def test_with_a_global_step_the_operation_counts_it(w):
    step = tf.train.create_global_step()
    op = tf.train.GradientDescentOptimizer(0.1).minimize(_loss(w), global_step=step)
    assert (op.name, op.type) == ("GradientDescent", "AssignAdd")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(op)
        assert tf.train.global_step(session, step) == 3


def test_slots_are_variables_named_after_theirs(w):
    optimizer = tf.train.AdamOptimizer(0.1)
    assert optimizer.get_slot(w, "m") is None
    optimizer.minimize(_loss(w))
    assert optimizer.get_slot_names() == ["m", "v"]
    assert optimizer.get_slot(w, "v").name == "w/Adam_1:0"
    assert [v.name for v in optimizer.variables()] == ["beta1_power:0", "beta2_power:0", "w/Adam:0", "w/Adam_1:0"]
    assert tf.trainable_variables() == [w]


def test_no_gradient_at_all_is_refused_with_the_variables_and_the_loss(w):
    other = tf.get_variable("other", [2])
    message = r"No gradients provided for any variable, check your graph .* between variables .*'w:0'.* and loss Tensor"
    with pytest.raises(ValueError, match=message):
        tf.train.AdamOptimizer().minimize(_loss(other), var_list=[w])


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda o, w: o.apply_gradients([]), ValueError, "No variables provided"),
        (lambda o, w: o.apply_gradients([(None, w)]), ValueError, "No gradients provided for any variable"),
        (lambda o, w: o.compute_gradients(w, var_list=[]), ValueError, "No variables to optimize"),
        (lambda o, w: o.compute_gradients(w, gate_gradients=7), ValueError, "gate_gradients must be one of"),
        (lambda o, w: o.minimize(tf.cast(w, tf.int32)), ValueError, "Invalid type tf.int32 for Cast:0, expected"),
        (lambda o, w: o.apply_gradients([(tf.zeros([4]), w)]), ValueError, "ApplyGradientDescent"),
        (lambda o, w: o.apply_gradients([(tf.cast(w, tf.float64), w)]), TypeError, "type float64 that does not match"),
        (lambda o, w: o.apply_gradients([(w * 1, w * 1)]), NotImplementedError, "Trying to update a Tensor"),
        (lambda o, w: tf.train.Optimizer(False, ""), ValueError, "Must specify the optimizer name"),
        (lambda o, w: tf.train.Optimizer(False, "x").minimize(w), NotImplementedError, "^$"),
        (lambda o, w: tf.train.AdagradOptimizer(0.1, -1), ValueError, "must be positive: -1"),
        (lambda o, w: tf.train.FtrlOptimizer(0.1, 1), ValueError, "learning_rate_power 1.000000 needs to be negative"),
        (lambda o, w: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=-1), ValueError, "l1_regularization_str"),
    ],
)
def test_a_bad_argument_is_refused(w, build, error, message):
    with pytest.raises(error, match=message):
        build(tf.train.GradientDescentOptimizer(0.1), w)


def test_a_subclass_says_only_how_a_gradient_is_applied(w):
    class Sign(tf.train.Optimizer):
        def __init__(self):
            super().__init__(use_locking=False, name="Sign")

        def _apply_dense(self, grad, var):
            return tf.assign_sub(var, tf.sign(grad) * 0.5)

    start = tf.assign(w, tf.zeros([3, 2]))
    op = Sign().minimize(tf.reduce_sum(w * [1.0, -3.0]))
    with tf.Session() as session:
        session.run(start)
        session.run(op)
        assert session.run(w).tolist() == [[-0.5, 0.5]] * 3


def test_hyperparameters_may_be_functions_and_tensors(w):
    rate = tf.placeholder(tf.float32, [])
    op = tf.train.MomentumOptimizer(rate, lambda: 0.0).apply_gradients([(tf.ones([3, 2]), w)])
    start = tf.assign(w, tf.zeros([3, 2]))
    with tf.Session() as session:
        session.run([tf.global_variables_initializer()])
        session.run(start)
        session.run(op, {rate: 0.25})
        assert session.run(w).tolist() == [[-0.25, -0.25]] * 3


def test_a_loss_may_be_a_function_that_builds_it(w):
    ((grad, var),) = tf.train.GradientDescentOptimizer(0.1).compute_gradients(lambda: _loss(w))
    assert var is w
    assert grad.shape.as_list() == [3, 2]


def test_the_global_step_is_an_integer_scalar_and_there_is_one(w):
    assert tf.train.get_global_step() is None
    step = tf.train.get_or_create_global_step()
    assert str(step) == "<tf.Variable 'global_step:0' shape=() dtype=int64_ref>"
    assert tf.train.get_or_create_global_step() is step
    with pytest.raises(ValueError, match='"global_step" already exists'):
        tf.train.create_global_step()
    with pytest.raises(TypeError, match="does not have integer type"):
        tf.train.assert_global_step(w)


def test_an_average_that_waits_for_a_step_sees_what_the_step_wrote():
    w = tf.Variable(0.0, name="w")
    average = tf.train.ExponentialMovingAverage(0.5)
    with tf.control_dependencies([tf.assign(w, 8.0)]):
        update = average.apply([w])
    assert average.average_name(w) == "w/ExponentialMovingAverage"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(update)
        assert session.run(average.average(w)) == 4.0  # 0 - (1 - 0.5) * (0 - 8)


def test_averages_are_for_floating_variables(w):
    average = tf.train.ExponentialMovingAverage(0.5)
    assert average.average(w) is None
    with pytest.raises(TypeError, match="The variables must be half, float, or double: n:0"):
        average.apply([tf.Variable(1, name="n")])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda t, s: t.exponential_decay(0.1, None, 10, 0.5), "global_step is required"),
        (lambda t, s: t.piecewise_constant(s, [1], [1.0, 2.0, 3.0]), "1 less than the length of values"),
        (lambda t, s: t.piecewise_constant(s, [1.0], [1.0, 2.0]), "must have the same dtype as x"),
        (lambda t, s: t.piecewise_constant(s, [1], [1.0, 2]), "elements all with the same dtype"),
    ],
)
def test_a_bad_decay_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build(tf.train, tf.placeholder(tf.int64, []))
