"""`tensorflow.python.tools.freeze_graph`: what it takes and refuses is as TensorFlow 1.15.5 does it."""

import numpy as np
import pytest

import undertow as tf
from undertow.api.tools.freeze_graph import freeze_graph

FROZEN = ["x", "w", "w/read", "y"]


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A folder with a graph as g.pbtxt and g.pb, its checkpoint m, its saver s.pb."""
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.matmul(x, tf.get_variable("w", initializer=[[2.0], [3.0]]), name="y")
        tf.get_variable("count", [])
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        saver.save(session, "./m")
        tf.train.write_graph(graph, ".", "g.pbtxt")
        tf.train.write_graph(graph, ".", "g.pb", as_text=False)
        (tmp_path / "s.pb").write_bytes(saver.as_saver_def().SerializeToString())
    return tmp_path


def freeze(**changed):
    arguments = {
        "input_graph": "g.pbtxt", "input_saver": "", "input_binary": False, "input_checkpoint": "./m",
        "output_node_names": "y", "restore_op_name": "save/restore_all", "filename_tensor_name": "save/Const:0",
        "output_graph": "out.pb", "clear_devices": True, "initializer_nodes": "",
    }  # fmt: skip
    return freeze_graph(**{**arguments, **changed})


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"input_graph": "g.pb", "input_binary": True},
        {"input_graph": "g.pb", "input_binary": True, "input_saver": "s.pb"},
        {"input_graph": "", "input_meta_graph": "m.meta", "input_binary": True},
        {"output_node_names": "y, x"},
    ],
)
def test_a_graph_and_a_checkpoint_become_one_file_without_variables(saved, source):
    result = freeze(**source)
    assert [n.name for n in result.node] == FROZEN
    written = type(result).FromString((saved / "out.pb").read_bytes())
    assert written == result
    with tf.Graph().as_default(), tf.Session() as session:
        (y,) = tf.import_graph_def(written, return_elements=["y:0"])
        np.testing.assert_array_equal(session.run(y, {"import/x:0": [[1.0, 10.0]]}), [[32.0]])


def test_a_variable_in_the_blacklist_stays_one(saved):
    assert {n.name: n.op for n in freeze(variable_names_blacklist="w").node}["w"] == "VariableV2"


def test_resource_variables_are_frozen_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        w = tf.get_variable("w", initializer=[[2.0], [3.0]], use_resource=True)
        e = tf.get_variable("e", initializer=[[1.0], [5.0]], use_resource=True)
        tf.add(tf.matmul([[1.0, 10.0]], w), tf.gather(e, [1]), name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, "./m")
        tf.train.write_graph(graph, ".", "g.pbtxt")
    types = {n.op for n in freeze().node}
    assert "Const" in types and not types & {"VarHandleOp", "ReadVariableOp", "ResourceGather"}
    with tf.Graph().as_default(), tf.Session() as session:
        (y,) = tf.import_graph_def(freeze(), return_elements=["y:0"])
        np.testing.assert_array_equal(session.run(y), [[37.0]])


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"input_graph": "no"}, OSError, "Input graph file 'no' does not exist!"),
        ({"input_graph": "g.pb"}, ValueError, "Input graph file 'g.pb' is not a text GraphDef"),
        ({"input_saver": "no"}, OSError, "Input saver file 'no' does not exist!"),
        ({"input_checkpoint": "no"}, ValueError, "Input checkpoint 'no' doesn't exist!"),
        ({"output_node_names": ""}, ValueError, "You need to supply the name of a node to --output_node_names."),
        ({"output_node_names": "zz"}, AssertionError, "zz is not in graph"),
        ({"output_graph": "none/out.pb"}, tf.errors.NotFoundError, "none/out.pb"),
    ],
)
def test_what_is_missing_or_broken_is_named(saved, changed, error, message):
    with pytest.raises(error, match=message):
        freeze(**changed)


def test_the_old_path_leads_to_it():
    from undertow.compat.old_paths import old_module

    assert old_module("python.tools").freeze_graph.freeze_graph is freeze_graph
    assert old_module("python.framework").graph_util.extract_sub_graph is tf.graph_util.extract_sub_graph
