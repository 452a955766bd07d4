"""Functions as attrs of ops: what a traced function takes in of the graph around it."""

from __future__ import annotations

import pytest

import undertow as tf
from undertow.graph.function import FunctionGraph
from undertow.ops.dataset import trace


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_what_a_function_uses_of_the_graph_around_it_is_its_last_argument(graph):
    factor = tf.constant(3.0, name="factor")
    function, captured = trace(lambda given: [given[0] * factor + factor], [(tf.float32, tf.TensorShape([2]))], "f")
    assert captured == [factor]
    assert [t.shape.as_list() for t in function.inputs] == [[2], []]
    assert function.outputs[0].graph is not graph
    assert [op.name for op in graph.get_operations()] == ["factor"]


def test_a_tensor_from_outside_can_be_what_a_function_gives():
    outside = tf.constant(1)
    function, captured = trace(lambda _: [outside], [], "f")
    assert captured == [outside]
    assert function.outputs == function.inputs


def test_a_variable_comes_in_by_its_value():
    variable = tf.Variable([1.0, 2.0])
    function, _ = trace(lambda _: [variable + 1.0], [], "f")
    assert function.inputs[0].dtype is tf.float32
    assert function.outputs[0].shape.as_list() == [2]


def test_control_dependencies_on_the_graph_around_are_left_out():
    outside = tf.constant(1)

    def build(_):
        with tf.control_dependencies([outside]):
            return [tf.constant(2)]

    function, captured = trace(build, [], "f")
    assert captured == []
    assert function.outputs[0].op.control_inputs == []


def test_a_function_has_the_seed_of_the_graph_around_it(graph):
    tf.set_random_seed(5)
    assert FunctionGraph(graph).seed == 5
    drawing, _ = trace(lambda _: [tf.random_uniform([])], [], "f")
    plain, _ = trace(lambda _: [tf.constant(1)], [], "f")
    assert drawing.draws
    assert not plain.draws


def test_ops_that_are_run_for_their_effect_are_told():
    def build(_):
        tf.Assert(True, [1])
        return [tf.constant(1)]

    function, _ = trace(build, [], "f")
    assert [op.type for op in function.effects] == ["Assert"]
