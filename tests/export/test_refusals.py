"""What cannot be part of a module is said in one sentence, with the op's type and name."""

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.export import to_torch


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def refused(fetch, *feeds):
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    with pytest.raises(tf.errors.UnimplementedError) as raised:
        to_torch(fetch, list(feeds), session)
    return raised.value.message


def test_a_placeholder_that_is_no_feed():
    x = tf.placeholder(tf.float32, [None], name="x")
    assert refused(x + 1) == "The placeholder 'x' is needed: make it an input, or give it a constant value."


def test_gradients():
    x = tf.placeholder(tf.float32, [None], name="x")
    message = refused(tf.gradients(x * x, x)[0], x)
    assert message.startswith("The op SymbolicGradient (node 'gradients/SymbolicGradient') takes a gradient, ")


def test_strings_and_queues():
    x = tf.placeholder(tf.string, [None], name="x")
    assert refused(tf.string_to_number(x), x) == (
        "The op StringToNumber (node 'StringToNumber') works on strings, which PyTorch has not: feed what the program "
        "makes of them."
    )
    assert "(node 'stack') works on strings" in refused(tf.stack(["a", "b"]))
    assert "(node 'Reshape') works on strings" in refused(tf.reshape(x, [-1, 1]), x)
    queue = tf.FIFOQueue(3, tf.float32, name="q")
    assert "(node 'q_Dequeue') works on a queue, table, iterator or the like" in refused(queue.dequeue())


def test_assignments():
    v = tf.get_variable("v", initializer=1.0, use_resource=False)
    assert refused(tf.assign_add(v, 1.0)).startswith("The op AssignAdd (node 'AssignAdd') changes a variable")


def test_a_variable_read_after_it_was_changed():
    v = tf.get_variable("v", initializer=1.0)
    with tf.control_dependencies([tf.assign_add(v, 1.0)]):
        after = v.read_value() * 2.0
    assert refused(after) == (
        "The variable of 'v' is changed by 'AssignAdd' and then read, and a module's variables do not change in a run."
    )


def test_a_refused_op_that_only_orders_is_left_out():
    x = tf.placeholder(tf.float32, [None], name="x")
    v = tf.get_variable("v", initializer=0.0, trainable=False)
    with tf.control_dependencies([tf.assign_add(v, 1.0), tf.Assert(tf.reduce_all(x > 0), [x])]):
        y = x * 2.0
    session = tf.Session()
    assert to_torch(y, [x], session)(torch.ones(2)).tolist() == [2.0, 2.0]


def test_operations_unknown_names_and_feeds_given_twice():
    x = tf.placeholder(tf.float32, [None], name="x")
    session = tf.Session()
    with pytest.raises(ValueError, match="'nothing' is an operation: a module gives tensors"):
        to_torch(tf.no_op(name="nothing"), [], session)
    with pytest.raises(ValueError, match="does not exist in the graph"):
        to_torch("y:0", [x], session)
    with pytest.raises(ValueError, match="twice among the feeds and constants"):
        to_torch(x + 1, [x], session, constants={"x:0": [1.0]})


def test_a_variable_without_a_value():
    v = tf.get_variable("v", initializer=1.0)
    with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v"):
        to_torch(v + 1.0, [], tf.Session())


def test_constants_settle_which_branch_is_taken():
    x = tf.placeholder(tf.float32, [None], name="x")
    training = tf.placeholder(tf.bool, [], name="training")
    y = tf.cond(training, lambda: tf.py_func(np.sin, [x], tf.float32), lambda: x * 3.0)
    session = tf.Session()
    module = to_torch(y, [x], session, constants={training: False})
    assert module(torch.ones(2)).tolist() == [3.0, 3.0]
    assert "choose" not in module.code
    with pytest.raises(tf.errors.UnimplementedError, match="PyFunc"):
        to_torch(y, [x, training], session)


def test_names_that_python_or_torch_keep_for_themselves_get_a_stroke():
    names = ["type", "class/1x1", "a", "a/b", "train/x"]
    parts = [tf.get_variable(name, initializer=float(i)) for i, name in enumerate(names)]
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    module = to_torch(tf.add_n(parts), [], session)
    assert module().item() == 10.0
    assert module.tensorflow_names == {
        "type_": "type", "class_.1x1": "class/1x1", "a": "a", "a_.b": "a/b", "train_.x": "train/x",
    }  # fmt: skip
