"""Networks come from TensorFlow and go to it as GraphDefs: what they give is the same, and what they learn.

Golden files are kept (see `make_graphs_golden.py`). Where TENSORFLOW_PYTHON names a Python with TensorFlow, as
`make parity` does, it also imports ours.
"""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import networks

import undertow as tf

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "graphs"
PEER = os.environ.get("TENSORFLOW_PYTHON", "")


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def start(session, graph):
    """Give every variable its value; what to feed."""
    for op in graph.get_operations():
        if op.type == "VariableV2":
            assign = graph.get_operation_by_name(f"{op.name}/Assign")
            session.run(assign, {assign.inputs[1]: networks.weight(op.name, op.outputs[0].shape.as_list())})
    placeholders = [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]
    return {t.name: networks.feed(t.op.name, t.shape.as_list(), t.dtype.is_integer) for t in placeholders}


def compare(golden, when, found, rtol):
    for key, value in found.items():
        size = np.abs(golden[f"{when}/{key}"]).max()
        np.testing.assert_allclose(value, golden[f"{when}/{key}"], rtol=rtol, atol=rtol * size, err_msg=key)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.pb.gz")), ids=lambda p: p.name[: -len(".pb.gz")])
def test_a_graph_that_tensorflow_made_gives_the_same_and_trains_on(file):
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    golden = np.load(GOLDEN / file.name.replace(".pb.gz", ".npz"))
    fetches = json.loads(str(golden["fetches"]))
    tf.import_graph_def(GraphDef.FromString(gzip.decompress(file.read_bytes())), name="")
    graph = tf.get_default_graph()
    with tf.Session() as session:
        feeds = start(session, graph)
        compare(golden, "0", session.run(fetches, feeds), 1e-5)
        if "variables" in golden:
            for _ in range(3):
                session.run("train", feeds)
            compare(golden, "1", session.run(fetches, feeds), 1e-4)
            learned = [networks.digest(v) for v in session.run([f"{name}:0" for name in golden["names"]])]
            size = np.abs(golden["variables"]).max(axis=1, keepdims=True) + 1e-6
            np.testing.assert_allclose(learned / size, golden["variables"] / size, rtol=0, atol=1e-3)


def ours(name):
    """The network as Undertow builds it, what to fetch, and its graph as far as these need it."""
    slim = None
    if name in networks.SLIM:
        from undertow.compat.slim import load

        slim = load("tf_slim")
        load("tf_slim.nets")
    fetches, _ = networks.build(name, tf, slim)
    ops = [fetch.partition(":")[0] for fetch in fetches.values()]
    return fetches, tf.graph_util.extract_sub_graph(tf.get_default_graph().as_graph_def(), ops)


@pytest.mark.parametrize("name", sorted(set(networks.NETWORKS) - {"images"}))  # its dilated convolution is one node
def test_a_graph_of_ours_has_tensorflows_nodes(name):
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    file = GOLDEN / f"{name}.tf2.pb.gz"
    fetches, mine = ours(name)
    ops = [fetch.partition(":")[0] for fetch in fetches.values()]
    whole = GraphDef.FromString(gzip.decompress(file.read_bytes()))
    theirs = tf.graph_util.extract_sub_graph(whole, ops)
    kinds = [sorted((n.name, n.op, *n.input) for n in g.node) for g in (mine, theirs)]
    assert kinds[0] == kinds[1]


@pytest.mark.skipif(not PEER, reason="needs a TensorFlow, as make parity has")
@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_a_graph_of_ours_gives_the_same_in_tensorflow(name, tmp_path):
    fetches, definition = ours(name)
    with tf.Session() as session:
        feeds = start(session, tf.get_default_graph())
        found = session.run(fetches, feeds)
    (tmp_path / "graph.pb").write_bytes(definition.SerializeToString())
    np.savez(tmp_path / "found.npz", **found, **feeds)
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([PEER, HERE / "run_graph.py", tmp_path, json.dumps(fetches)], check=True, env=environment)
    theirs = np.load(tmp_path / "theirs.npz")
    for key, value in found.items():
        np.testing.assert_allclose(value, theirs[key], rtol=1e-5, atol=1e-5 * np.abs(value).max(), err_msg=key)
