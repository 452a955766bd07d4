"""Writes tests/parity/golden/graphs/: the networks of `networks.py` as GraphDefs, and what they give and learn.

`NAME.tf2.pb.gz` is TensorFlow 2.21's graph, with the nodes of the backward pass and of the optimizer if the network is
trained; `NAME.tf2.npz` has what its fetches give before (`0/…`) and after (`1/…`) three steps, and the variables after
these as `networks.digest` gives them. Run by TensorFlow 1.15.5 on Python 3.7 it writes `NAME.tf1.…`, without the
networks of slim: `python make_graphs_golden.py [NAME …]`.
"""

import gzip
import json
import os
import sys
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import networks
import numpy as np
import tensorflow

GOLDEN = Path(__file__).parent / "golden" / "graphs"
tf, slim = tensorflow.compat.v1, None
KIND = "tf" + tensorflow.__version__[0]
if KIND == "tf2":
    import tf_keras.src.legacy_tf_layers

    sys.modules["tf_keras.legacy_tf_layers"] = tf_keras.src.legacy_tf_layers  # where tf_slim looks for it
    import tf_slim as slim
    import tf_slim.nets

    tf.disable_v2_behavior()
else:
    tf = tensorflow
tf.logging.set_verbosity(tf.logging.ERROR)


def main(names):
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in names or networks.NETWORKS:
        if slim is None and name in networks.SLIM:
            continue
        with tf.Graph().as_default() as graph, tf.Session() as session:
            fetches, trains = networks.build(name, tf, slim)
            for variable in tf.global_variables():
                initializer = variable.initializer
                session.run(initializer, {initializer.inputs[1]: networks.weight(variable.op.name, sizes(variable))})
            feeds = {
                f"{op.name}:0": networks.feed(op.name, sizes(op.outputs[0]), op.outputs[0].dtype.is_integer)
                for op in graph.get_operations()
                if op.type == "Placeholder"
            }
            values = {f"0/{key}": value for key, value in session.run(fetches, feeds).items()}
            if trains:
                for _ in range(3):
                    session.run("train", feeds)
                values.update({f"1/{key}": value for key, value in session.run(fetches, feeds).items()})
                variables = sorted(tf.global_variables(), key=lambda v: v.op.name)
                values["variables"] = np.array([networks.digest(session.run(v)) for v in variables])
                values["names"] = np.array([v.op.name for v in variables])
            data = graph.as_graph_def().SerializeToString()
        packed = gzip.compress(data, 9)
        (GOLDEN / f"{name}.{KIND}.pb.gz").write_bytes(packed[:4] + bytes(4) + packed[8:])  # without the time
        values["fetches"] = np.array(json.dumps(fetches))
        np.savez_compressed(str(GOLDEN / f"{name}.{KIND}.npz"), **values)
        print(name, len(data), "bytes of graph,", len(values), "values")


def sizes(tensor):
    return tensor.shape.as_list()


main(sys.argv[1:])
