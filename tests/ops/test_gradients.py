"""`tf.gradients`: the node it adds, what is refused and how it says so. `parity/cases/gradients.py` has the values."""

import numpy as np
import pytest

import undertow as tf
from undertow.ops.gradients import between


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def _run(fetches, feeds=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def test_the_gradient_of_several_xs_is_one_node_with_an_output_each():
    x, z = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [3])
    dx, dz = tf.gradients(x * z, [x, z])
    assert dx.op is dz.op
    assert dx.op.type == "SymbolicGradient"
    assert dx.op.name == "gradients/SymbolicGradient"
    assert [str(dx.shape), str(dz.shape)] == ["(?, 3)", "(3,)"]


def test_a_second_call_gets_a_scope_of_its_own_and_a_name_can_be_given():
    x = tf.constant([1.0])
    names = [tf.gradients(x * x, x, **told)[0].op.name for told in ({}, {}, {"name": "dydx"})]
    assert names == [f"{scope}/SymbolicGradient" for scope in ("gradients", "gradients_1", "dydx")]


def test_between_holds_the_ops_of_the_paths_and_no_others():
    a = tf.constant(2.0)
    b = tf.multiply(a, 3.0, name="b")
    c = tf.add(b, a, name="c")
    tf.exp(c, name="beyond")
    d = tf.floor(a, name="cut") * a
    names = {op.name for op in between([c, d], [a])}
    assert names == {"b", "c", "mul"}
    assert {op.name for op in between([c], [a], [b])} == {"c"}
    assert between([c], [d]) == set()


def test_between_starts_at_the_reads_of_a_variables_reference():
    w = tf.Variable([1.0], name="w")
    y = tf.square(w, name="y")
    tf.assign_add(w, [1.0])
    assert {op.name for op in between([y], [w._ref()])} == {"w/read", "y"}


def test_a_long_chain_does_not_exhaust_the_stack():
    x = y = tf.constant(1.0)
    for _ in range(3000):
        y = tf.negative(y)
    assert len(between([y], [x])) == 3000
    assert tf.gradients(y, x)[0] is not None


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        ({"grad_ys": [1.0, 2.0]}, ValueError, "Passed 2 grad_ys for 1 ys"),
        ({"aggregation_method": 77}, ValueError, r"specified 77\. Accepted values are \[0, 1, 2\]"),
        ({"unconnected_gradients": "x"}, ValueError, "Unknown value for unconnected_gradients: 'x'"),
        ({"grad_ys": "a"}, TypeError, "Gradient type string generated for real or integer-valued tensor Tensor"),
        ({"grad_ys": lambda: tf.zeros([2, 3], tf.float64)}, TypeError, "Gradient type float64 generated"),
        ({"grad_ys": np.ones((2, 2), "float32")}, ValueError, "Shapes must be equal"),
    ],
)
def test_a_bad_argument_is_refused(told, error, message):
    x = tf.placeholder(tf.float32, [2, 3])
    told = {key: value() if callable(value) else value for key, value in told.items()}
    with pytest.raises(error, match=message):
        tf.gradients(x * x, x, **told)


def test_complex_ys_without_a_start_are_refused():
    x = tf.constant([1.0])
    with pytest.raises(TypeError, match=r"Gradients of complex tensors must set grad_ys \(y.dtype = tf.complex64\)"):
        tf.gradients(tf.complex(x, x), x)


def test_tensors_of_two_graphs_are_refused():
    x = tf.constant([1.0])
    with tf.Graph().as_default():
        other = tf.constant([1.0])
    with pytest.raises(ValueError, match="must be from the same graph"):
        tf.gradients(x, other)


def test_an_op_without_a_gradient_is_named():
    x = tf.constant([3.0, 1.0, 3.0])
    y = tf.raw_ops.Unique(x=x, name="only").y * 2
    with pytest.raises(LookupError, match=r"No gradient defined for operation 'only' \(op type: Unique\)"):
        tf.gradients(y, x)
    assert tf.gradients(tf.stop_gradient(y), x) == [None]


def test_indexed_slices_print_as_tensorflow_prints_them():
    values, indices = tf.constant([[1.0, 2.0]], name="v"), tf.constant([3], name="i")
    slices = tf.IndexedSlices(values, indices)
    assert str(slices) == (
        'IndexedSlices(indices=Tensor("i:0", shape=(1,), dtype=int32), '
        'values=Tensor("v:0", shape=(1, 2), dtype=float32))'
    )
    dense = tf.IndexedSlices(values, indices, tf.constant([5, 2], name="s"))
    assert str(-dense) == (
        'IndexedSlices(indices=Tensor("i:0", shape=(1,), dtype=int32), '
        'values=Tensor("Neg:0", shape=(1, 2), dtype=float32), '
        'dense_shape=Tensor("s:0", shape=(2,), dtype=int32))'
    )
    assert (dense.name, dense.dtype, dense.shape.as_list()) == ("v:0", tf.float32, [5, 2])


def test_indexed_slices_become_dense_where_a_tensor_is_wanted():
    rows = tf.IndexedSlices(tf.constant([[1.0], [2.0], [4.0]]), tf.constant([2, 0, 2]), tf.constant([4, 1]))
    dense = tf.add(rows, 1.0)
    assert dense.shape.as_list() == [4, 1]
    assert _run(dense).tolist() == [[3.0], [1.0], [6.0], [1.0]]


def test_indexed_slices_without_a_shape_cannot_become_dense():
    rows = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([2]))
    with pytest.raises(ValueError, match="without dense_shape"):
        tf.convert_to_tensor(rows)
    with pytest.raises(ValueError, match="float64 for IndexedSlices with dtype float32"):
        tf.convert_to_tensor(rows, tf.float64)


def test_indexed_slices_are_fetched_as_a_named_tuple():
    rows = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([2]))
    found = _run(rows)
    assert type(found) is tf.IndexedSlicesValue
    assert (found.values.tolist(), found.indices.tolist(), found.dense_shape) == ([[1.0]], [2], None)


def test_second_derivatives_go_through_rows_that_were_gathered():
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    rows = tf.gather(w, [0, 0])
    first = tf.gradients(rows**3, w)[0]
    second = tf.gradients(first.values, w)[0]
    # d/dw of 3 w^2, once for each time that row 0 was gathered, in each of its two copies
    assert _run(tf.convert_to_tensor(second)).tolist() == [[12.0, 24.0], [0.0, 0.0]]


def test_a_gradient_name_is_registered_once():
    @tf.RegisterGradient("TestGradientsOnce")
    def _(op, grad):
        return grad

    with pytest.raises(KeyError, match="Registering two gradient with name 'TestGradientsOnce'"):
        tf.RegisterGradient("TestGradientsOnce")(lambda op, grad: grad)
    with pytest.raises(KeyError, match="Registering two gradient with name 'Mul'"):
        tf.RegisterGradient("Mul")(lambda op, grad: grad)
    with pytest.raises(TypeError, match="op_type must be a string"):
        tf.RegisterGradient(3)


def test_a_name_that_is_not_differentiable_cuts_the_path():
    tf.NotDifferentiable("TestGradientsCut")
    x = tf.constant([1.0])
    with tf.get_default_graph().gradient_override_map({"Square": "TestGradientsCut"}):
        y = tf.square(x)
    assert tf.gradients(y, x) == [None]


def test_an_override_that_nobody_registered_is_named():
    x = tf.constant([1.0])
    with tf.get_default_graph().gradient_override_map({"Square": "NoSuchGradient"}):
        y = tf.square(x)
    with pytest.raises(LookupError, match="no gradient is registered as 'NoSuchGradient'"):
        tf.gradients(y, x)


def test_a_gradient_function_must_return_one_for_each_input():
    @tf.RegisterGradient("TestGradientsTooFew")
    def _(op, grad):
        return grad

    x = tf.constant([1.0])
    with tf.get_default_graph().gradient_override_map({"Mul": "TestGradientsTooFew"}):
        y = tf.multiply(x, x, name="y")
    with pytest.raises(ValueError, match=r"Num gradients 1 generated for op y .* do not match num inputs 2"):
        tf.gradients(y, x)


def test_a_custom_gradient_reaches_the_variables_that_its_function_uses():
    w = tf.Variable(3.0)

    @tf.custom_gradient
    def scaled(x):
        def grad(dy, variables):
            assert variables == [w]
            return dy * 10.0, [dy * 100.0]

        return x * w, grad

    x = tf.constant(2.0)
    y = scaled(x)
    assert _run([y, *tf.gradients(y * 2, [x, w])]) == [6.0, 20.0, 200.0]


def test_a_custom_gradient_that_ignores_its_variables_is_refused():
    w = tf.Variable(3.0)
    with pytest.raises(TypeError, match="grad_fn must accept a 'variables' keyword argument"):
        tf.custom_gradient(lambda x: (x * w, lambda dy: dy))(tf.constant(1.0))


def test_a_hessian_needs_no_size_before_it_runs():
    # f = (x0³ + x1³) x0: its second derivatives are 12 x0², 3 x1², 3 x1² and 6 x0 x1.
    x = tf.placeholder(tf.float32, [None])
    (hessian,) = tf.hessians(tf.reduce_sum(x**3) * x[0], x)
    with tf.Session() as s:
        assert s.run(hessian, {x: [1.0, 2.0]}).tolist() == [[12, 12], [12, 12]]


def test_the_last_state_of_a_loop_is_not_the_last_of_its_outputs():
    x = tf.placeholder(tf.float32, [2, 3, 4])
    cell = tf.nn.rnn_cell.GRUCell(5, kernel_initializer=tf.constant_initializer(0.1))
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    by_state, *_ = tf.gradients(tf.reduce_sum(outputs) + tf.reduce_sum(state * 3.0), [state, *tf.trainable_variables()])
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(s.run(by_state, {x: np.ones((2, 3, 4))}), np.full((2, 5), 3.0))


def test_functions_with_gradients_of_their_own_can_follow_each_other():
    @tf.custom_gradient
    def square(x):
        return tf.square(x), lambda grad: grad * 3.0 * x

    z = tf.Variable(2.0)
    gradient = tf.gradients(square(square(z) * 2.0), z)[0]
    with tf.Session() as s:
        s.run(tf.global_variables_initializer())
        assert s.run(gradient) == 3 * 8 * 2 * 3 * 2
