"""`TransformGraph`; the graphs that come of it are TensorFlow 1.15.5's, but for the names of folded constants."""

import numpy as np
import pytest

import undertow as tf
from undertow.api.tools.graph_transforms import TransformGraph


@pytest.fixture
def graph_def():
    with tf.Graph().as_default() as graph:
        a = tf.placeholder(tf.float32, [2], name="a")
        k = tf.add(tf.constant([1.0, 2.0], name="k1"), tf.constant([3.0, 4.0], name="k2"), name="k")
        with tf.device("/cpu:0"):
            y = tf.multiply(tf.identity(a, name="ida"), tf.sqrt(k, name="sq"), name="y")
        tf.identity(y, name="z")
        tf.exp(a, name="un")
        return graph.as_graph_def()


def nodes(graph_def):
    return {n.name: (n.op, list(n.input)) for n in graph_def.node}


def test_what_no_output_needs_goes_and_constants_are_folded(graph_def):
    found = TransformGraph(graph_def, ["a"], ["z"], ["strip_unused_nodes", "fold_constants(ignore_errors=true)"])
    assert nodes(found) == {
        "a": ("Placeholder", []),
        "ida": ("Identity", ["a"]),
        "sq": ("Const", []),
        "y": ("Mul", ["ida", "sq"]),
        "z": ("Identity", ["y"]),
    }
    value = next(tf.make_ndarray(n.attr["value"].tensor) for n in found.node if n.name == "sq")
    np.testing.assert_allclose(value, [2.0, 6.0**0.5], rtol=1e-6)


def test_an_input_in_the_middle_is_a_placeholder_of_the_type_told(graph_def):
    found = TransformGraph(graph_def, ["ida:0"], ["z:0"], ['strip_unused_nodes(type=float, shape="2")'])
    assert nodes(found)["ida"] == ("Placeholder", []) and "a" not in nodes(found)


def test_nodes_of_a_type_are_removed_but_for_the_ends(graph_def):
    found = nodes(TransformGraph(graph_def, ["a"], ["z"], ["remove_nodes(op=Identity, op=CheckNumerics)"]))
    assert found["y"] == ("Mul", ["a", "sq"]) and found["z"] == ("Identity", ["y"]) and "un" in found


def test_attrs_and_devices_are_removed(graph_def):
    found = TransformGraph(graph_def, ["a"], ["z"], ["remove_device", "remove_attribute(attribute_name=shape)"])
    assert {n.device for n in found.node} == {""} and "shape" not in found.node[0].attr
    assert {n.device for n in graph_def.node} != {""}  # the graph given is as it was


def test_nodes_are_sorted_after_what_they_read(graph_def):
    backwards = type(graph_def)(node=list(graph_def.node)[::-1])
    names = [n.name for n in TransformGraph(backwards, ["a"], ["z"], ["sort_by_execution_order"]).node]
    assert all(names.index(i) < names.index(n.name) for n in graph_def.node for i in n.input)


def test_transforms_that_are_not_there_are_named(graph_def):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Transform 'nothere' not recognized"):
        TransformGraph(graph_def, ["a"], ["z"], ["nothere"])
    with pytest.raises(tf.errors.UnimplementedError, match="quantize_weights"):
        TransformGraph(graph_def, ["a"], ["z"], ["quantize_weights"])


def test_the_old_path_leads_to_it():
    from undertow.compat.old_paths import old_module

    assert old_module("tools.graph_transforms").TransformGraph is TransformGraph
