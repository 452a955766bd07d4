"""Runs a GraphDef on TensorFlow: `run_graph.py FOLDER FETCHES`, for `test_graphs.py`.

The folder has `graph.pb` and `found.npz`, in which tensors to feed are under their names; `theirs.npz` is written.
"""

import json
import os
import sys
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import networks
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
folder, fetches = Path(sys.argv[1]), json.loads(sys.argv[2])
given = np.load(folder / "found.npz")
definition = tf.GraphDef.FromString((folder / "graph.pb").read_bytes())
tf.import_graph_def(definition, name="")
with tf.Session() as session:
    graph = session.graph
    for op in graph.get_operations():
        if op.type == "VariableV2":
            value = networks.weight(op.name, op.outputs[0].shape.as_list())
            session.run(tf.raw_ops.Assign(ref=op.outputs[0], value=value))
    np.savez(folder / "theirs.npz", **session.run(fetches, {key: given[key] for key in given.files if ":" in key}))
