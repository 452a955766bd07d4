"""Graphs that TensorFlow 1.15 and 2.21 made become modules that give what TensorFlow gave."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import undertow as tf
from undertow.export import to_torch

sys.path.insert(0, str(Path(__file__).parent.parent / "parity"))
import networks

GOLDEN = Path(networks.__file__).parent / "golden" / "graphs"


def imported(file):
    """The graph of a file with its variables' values: a session, what to fetch, what to feed."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    tf.import_graph_def(GraphDef.FromString(gzip.decompress(file.read_bytes())), name="")
    graph, session = tf.get_default_graph(), tf.Session()
    ops = graph.get_operations()
    for op in ops:
        if op.type == "VariableV2":
            assign = graph.get_operation_by_name(f"{op.name}/Assign")
            session.run(assign, {assign.inputs[1]: networks.weight(op.name, op.outputs[0].shape.as_list())})
    places = [op.outputs[0] for op in ops if op.type == "Placeholder"]
    return session, {t: networks.feed(t.op.name, t.shape.as_list(), t.dtype.is_integer) for t in places}


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.pb.gz")), ids=lambda p: p.name[: -len(".pb.gz")])
def test_the_module_gives_what_tensorflow_gave(file):
    golden = np.load(GOLDEN / file.name.replace(".pb.gz", ".npz"))
    fetches = json.loads(str(golden["fetches"]))
    with tf.Graph().as_default():
        session, feeds = imported(file)
        module = to_torch(fetches, list(feeds), session)
        with torch.no_grad():
            found = module(*map(torch.as_tensor, feeds.values()))
    for key, value in found.items():
        wanted = golden[f"0/{key}"]
        np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5 * np.abs(wanted).max(), err_msg=key)
