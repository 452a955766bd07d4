"""`tf.graph_util`; the node lists are what TensorFlow 1.15.5 gives for the same graphs."""

import numpy as np
import pytest

import undertow as tf


def node_list(graph_def):
    return [(n.name, n.op, list(n.input)) for n in graph_def.node]


@pytest.fixture
def trained():
    """A graph and a session in which its two variables have values."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.device("/cpu:0"):
            w = tf.get_variable("w", initializer=[[1.0, 2.0], [3.0, 4.0]])
            b = tf.get_variable("b", initializer=[0.5, -0.5])
        y = tf.identity(tf.matmul(x, w) + b, name="mid")
        tf.identity(tf.check_numerics(y, "bad"), name="out")
        tf.get_variable("unused", [3])
        session.run(tf.global_variables_initializer())
        yield graph, session


FROZEN = [
    ("x", "Placeholder", []),
    ("w", "Const", []),
    ("w/read", "Identity", ["w"]),
    ("b", "Const", []),
    ("b/read", "Identity", ["b"]),
    ("MatMul", "MatMul", ["x", "w/read"]),
    ("add", "AddV2", ["MatMul", "b/read"]),
    ("mid", "Identity", ["add"]),
    ("CheckNumerics", "CheckNumerics", ["mid"]),
    ("out", "Identity", ["CheckNumerics"]),
]


def test_variables_become_constants_in_their_places(trained):
    graph, session = trained
    frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["out"])
    assert node_list(frozen) == FROZEN
    assert sorted(frozen.node[1].attr) == ["dtype", "value"] and not frozen.node[1].device
    with tf.Graph().as_default(), tf.Session() as other:
        (out,) = tf.import_graph_def(frozen, return_elements=["out:0"])
        assert other.run(out, {"import/x:0": [[1.0, 1.0]]}).tolist() == [[4.5, 5.5]]


@pytest.mark.parametrize("names", [{"variable_names_whitelist": ["w"]}, {"variable_names_blacklist": ["b"]}])
def test_a_whitelist_and_a_blacklist_say_which_variables_are_frozen(trained, names):
    graph, session = trained
    frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["out"], **names)
    types = {n.name: n.op for n in frozen.node}
    assert (types["w"], types["b"]) == ("Const", "VariableV2")


def test_a_variable_without_a_value_cannot_be_frozen():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.identity(tf.get_variable("w", [2]), name="out")
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized"):
            tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["out"])


def test_a_frozen_variable_goes_into_branches_and_loops_as_a_plain_tensor():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        w = tf.get_variable("w", initializer=[1.0, 2.0], trainable=False)
        x = tf.placeholder(tf.float32, [], name="x")
        switched = tf.raw_ops.RefSwitch(data=w._ref(), pred=x > 0)
        tf.add(tf.raw_ops.Merge(inputs=[-tf.identity(switched[0]), switched[1] * x])[0], 0.0, name="out")
        session.run(tf.global_variables_initializer())
        frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["out"])
    assert {n.op for n in frozen.node} & {"RefSwitch", "Switch"} == {"Switch"}
    with tf.Graph().as_default(), tf.Session() as other:
        (out,) = tf.import_graph_def(frozen, return_elements=["out:0"])
        assert other.run(out, {"import/x:0": 3.0}).tolist() == [3.0, 6.0]
        assert other.run(out, {"import/x:0": -3.0}).tolist() == [-1.0, -2.0]


def resource_graph():
    """What TensorFlow makes of `tf.matmul(x, w) + tf.gather(e, i)` with resource variables."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    graph = GraphDef()
    for name, op, inputs in [
        ("w", "VarHandleOp", []),
        ("w/Read/ReadVariableOp", "ReadVariableOp", ["w"]),
        ("e", "VarHandleOp", []),
        ("e/Read/ReadVariableOp", "ReadVariableOp", ["e"]),
        ("i", "Placeholder", []),
        ("MatMul/ReadVariableOp", "ReadVariableOp", ["w"]),
        ("look", "ResourceGather", ["e", "i"]),
        ("out", "Add", ["MatMul/ReadVariableOp", "look"]),
    ]:
        node = graph.node.add(name=name, op=op, input=inputs, device="/cpu:0")
        node.attr["dtype"].type = 1
        if op == "ResourceGather":
            node.attr["Tindices"].type = 3
    return graph


class FixedValues:
    """A session in which every variable is ones."""

    def run(self, names):
        assert all(name.endswith("/Read/ReadVariableOp:0") for name in names)
        return [np.ones([1, 1], np.float32) for _ in names]


def test_resource_variables_become_constants_and_their_reads_identities():
    frozen = tf.graph_util.convert_variables_to_constants(FixedValues(), resource_graph(), ["out"])
    assert node_list(frozen) == [
        ("w", "Const", []),
        ("e", "Const", []),
        ("i", "Placeholder", []),
        ("MatMul/ReadVariableOp", "Identity", ["w"]),
        ("look/axis", "Const", []),
        ("look", "GatherV2", ["e", "i", "look/axis"]),
        ("out", "Add", ["MatMul/ReadVariableOp", "look"]),
    ]
    assert frozen.node[5].attr["Tparams"].type == 1 and frozen.node[5].attr["Tindices"].type == 3


def test_a_resource_variable_that_is_not_frozen_is_still_read():
    frozen = tf.graph_util.convert_variables_to_constants(FixedValues(), resource_graph(), ["out"], ["e"])
    types = {n.name: n.op for n in frozen.node}
    assert (types["w"], types["MatMul/ReadVariableOp"], types["look"]) == ("VarHandleOp", "ReadVariableOp", "GatherV2")


def test_a_sub_graph_is_what_its_outputs_need_in_the_old_order(trained):
    graph, _ = trained
    part = tf.graph_util.extract_sub_graph(graph.as_graph_def(), ["mid"])
    assert [n.name for n in part.node] == ["x", "w", "w/read", "b", "b/read", "MatMul", "add", "mid"]
    assert part.versions == graph.as_graph_def().versions


def test_what_is_no_graph_or_not_in_it_is_refused(trained):
    graph, _ = trained
    extract = tf.graph_util.extract_sub_graph
    with pytest.raises(TypeError, match="dest_nodes must be a list"):
        extract(graph.as_graph_def(), "out")
    with pytest.raises(TypeError, match="graph_def must be a graph_pb2"):
        extract(3, ["out"])
    with pytest.raises(AssertionError, match="out:0 is not in graph"):
        extract(graph.as_graph_def(), ["out:0"])


def test_identities_and_checks_go_unless_a_control_edge_holds_them_or_they_are_protected(trained):
    graph, session = trained
    frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["out"])
    assert node_list(tf.graph_util.remove_training_nodes(frozen, ["out"])) == [
        ("x", "Placeholder", []),
        ("w", "Const", []),
        ("b", "Const", []),
        ("MatMul", "MatMul", ["x", "w"]),
        ("add", "AddV2", ["MatMul", "b"]),
        ("out", "Identity", ["add"]),
    ]
    with tf.Graph().as_default() as graph:
        a = tf.identity(tf.placeholder(tf.float32, name="x"), name="a")
        p, q = tf.split(tf.ones([2]), 2, name="split")
        q = tf.identity(q, name="q")
        with tf.control_dependencies([a]):
            tf.identity(tf.add(p, q, name="sum"), name="out")
        kept = {n.name: list(n.input) for n in tf.graph_util.remove_training_nodes(graph.as_graph_def()).node}
    assert kept["a"] == ["x"] and kept["sum"] == ["split", "split:1", "^a"]
    assert "q" not in kept and "out" not in kept


def test_int32_and_string_constants_and_what_works_on_int32_run_on_the_cpu():
    cpu = tf.graph_util.must_run_on_cpu
    with tf.Graph().as_default():
        assert [cpu(tf.constant(v).op) for v in (1, 1.0, "a", True)] == [True, False, True, False]
        assert cpu(tf.cast(tf.constant(1), tf.float32).op) and not cpu(tf.cast(tf.constant(1.0), tf.int32).op)
        assert cpu(tf.dynamic_stitch([[0]], [[1]]).op.node_def)
        w = tf.get_variable("w", [2])
        assert not cpu(w.op) and cpu(w.op, pin_variables_on_cpu=True)


def test_the_shape_of_a_nodes_input_is_found_by_its_text(trained):
    graph, _ = trained
    shape = tf.graph_util.tensor_shape_from_node_def_name
    assert shape(graph, "out").as_list() == shape(graph, "out:0").as_list() == [None, 2]
    with pytest.raises(KeyError):
        shape(graph, "^out")
