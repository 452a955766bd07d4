"""Graphs with functions are imported without them; the golden ones are TensorFlow 2.21's (make_functions_golden.py)."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from tensorboard.compat.proto.graph_pb2 import GraphDef

import undertow as tf
from undertow.ops.inlining import inlined

GOLDEN = Path(__file__).parents[1] / "parity" / "golden" / "functions"


def load(name):
    return GraphDef.FromString(gzip.decompress((GOLDEN / f"{name}.pb.gz").read_bytes()))


@pytest.mark.parametrize("name", sorted(path.name[: -len(".pb.gz")] for path in GOLDEN.glob("*.pb.gz")))
def test_calls_branches_and_loops_give_what_they_gave(name):
    golden = np.load(GOLDEN / f"{name}.npz")
    outputs = json.loads(str(golden["outputs"]))
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.import_graph_def(load(name), name="")
        assert {op.type for op in graph.get_operations()}.isdisjoint({"If", "While", "StatelessIf", "PartitionedCall"})
        for n in (0, 2, 3, 7):
            feeds = {"x:0": golden["x"]}
            if "n" in {op.name for op in graph.get_operations()}:
                feeds["n:0"] = n
            for i, value in enumerate(session.run(outputs, feeds)):
                np.testing.assert_allclose(value, golden[f"y{n}/{i}"], rtol=1e-5, atol=1e-6)


def test_gradients_go_through_what_was_a_function():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.import_graph_def(load("loops"), name="")
        x, y = graph.get_tensor_by_name("x:0"), graph.get_tensor_by_name(json.loads(_outputs("loops"))[0])
        given = np.array([[0.5, -1.0, 2.0]], np.float32)
        slope = (3 * 1.5 + 2) * 1.5**2  # after the rounds: x + 2x; (… - 1) 1.5; (… + 2x) 1.5^2
        feeds = {"x:0": given, "n:0": 3}
        np.testing.assert_allclose(session.run(tf.gradients(y, x)[0], feeds), np.full([1, 3], slope), rtol=1e-6)


def _outputs(name):
    return str(np.load(GOLDEN / f"{name}.npz")["outputs"])


def test_an_effect_in_a_function_happens_and_waits_for_what_its_call_waits_for():
    graph_def = GraphDef()
    function = graph_def.library.function.add()
    function.signature.name = "count"
    function.signature.output_arg.add(name="y", type=1)
    with tf.Graph().as_default():
        tf.constant(2.0, name="two")
        node = tf.get_default_graph().as_graph_def().node[0]
    function.node_def.add().CopyFrom(node)
    function.ret["y"] = "two:output:0"
    say = function.node_def.add(name="say", op="PrintV2", input=["text:output:0"])
    say.attr["output_stream"].s = b"stdout"
    text = function.node_def.add(name="text", op="Const")
    text.attr["dtype"].type = 7
    text.attr["value"].tensor.dtype = 7
    text.attr["value"].tensor.tensor_shape.SetInParent()
    text.attr["value"].tensor.string_val.append(b"said")
    graph_def.node.add(name="first", op="NoOp")
    graph_def.node.add(name="call", op="count", input=["^first"])
    nodes = {n.name: list(n.input) for n in inlined(graph_def).node}
    assert nodes["call/two"] == nodes["call/text"] == ["^first"]
    assert nodes["call"] == ["call/two:0", "^call/say"]


def broken(change):
    graph_def = load("calls")
    change(graph_def)
    return graph_def


def without_library(graph_def):
    del graph_def.library.function[:]


def calling_itself(graph_def):
    function = graph_def.library.function[0]
    node = function.node_def.add(name="again", op="PartitionedCall", input=["x"])
    node.attr["f"].func.name = function.signature.name
    node.attr["Tin"].list.type.append(1)
    graph_def.node.add(name="start", op=function.signature.name, input=["x"])


def lost_output(graph_def):
    for function in graph_def.library.function:
        function.ret[function.signature.output_arg[0].name] = "nothing:y:0"


def too_many(graph_def):
    for i in range(40):
        function = graph_def.library.function.add()
        function.signature.name = f"f{i}"
        for name in "ab":
            function.node_def.add(name=name, op=f"f{i + 1}" if i < 39 else "NoOp")
    graph_def.node.add(name="bomb", op="f0")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_library, "which is not in the library"),
        (calling_itself, "calls itself"),
        (lost_output, "does not fit together"),
        (too_many, "come to more than 1000 nodes"),
    ],
)
def test_functions_that_do_not_fit_are_refused(change, message, monkeypatch):
    monkeypatch.setattr("undertow.ops.inlining._MOST_NODES", 1000)
    with tf.Graph().as_default(), pytest.raises(ValueError, match=message):
        tf.import_graph_def(broken(change), name="")
