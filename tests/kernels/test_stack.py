"""Stacks hold what is pushed in one run, last in first out."""

import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _stack(limit=-1):
    return tf.raw_ops.StackV2(max_size=limit, elem_type=tf.float32)


def test_the_last_pushed_is_popped_first():
    handle = _stack()
    first = tf.raw_ops.StackPushV2(handle=handle, elem=1.0)
    with tf.control_dependencies([first]):
        second = tf.raw_ops.StackPushV2(handle=handle, elem=2.0)
    with tf.control_dependencies([second]):
        popped = tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32)
    with tf.Session() as session:
        assert [session.run(popped), session.run(popped)] == [2.0, 2.0]  # each run has a stack of its own


def test_an_empty_stack_and_a_full_one_say_so():
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Stack is empty"):
            session.run(tf.raw_ops.StackPopV2(handle=_stack(), elem_type=tf.float32))
        with pytest.raises(tf.errors.InvalidArgumentError, match="overflowed its max_size"):
            session.run(tf.raw_ops.StackPushV2(handle=_stack(0), elem=1.0))
