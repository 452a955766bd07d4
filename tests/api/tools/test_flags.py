"""TensorFlow's tools run as the commands that they were."""

import os
import subprocess
import sys

import numpy as np
import pytest
from tensorboard.compat.proto.graph_pb2 import GraphDef

import undertow as tf


@pytest.fixture
def tool(tmp_path):
    def run(name, *flags):
        command = [sys.executable, "-m", "undertow", "run", "-m", f"tensorflow.python.tools.{name}", *flags]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=dict(os.environ))

    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.matmul(x, tf.get_variable("w", initializer=[[2.0], [3.0]]), name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "m"))
        tf.train.write_graph(graph, str(tmp_path), "g.pb", as_text=False)
    return run


def test_a_graph_is_frozen(tool, tmp_path):
    flags = ["--input_graph=g.pb", "--input_binary", "--input_checkpoint=./m", "--output_graph=out.pb"]
    ran = tool("freeze_graph", *flags, "--output_node_names=y")
    assert ran.returncode == 0, ran.stderr
    frozen = GraphDef.FromString((tmp_path / "out.pb").read_bytes())
    assert [n.name for n in frozen.node] == ["x", "w", "w/read", "y"]
    ran = tool("freeze_graph", *flags[:1], "--input_binary=False", *flags[2:], "--output_node_names=y")
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("freeze_graph.py: Input graph file 'g.pb' is not a text GraphDef")


def test_a_checkpoint_is_printed(tool):
    ran = tool("inspect_checkpoint", "--file_name=m", "--all_tensors")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"tensor_name:  w\n{np.float32([[2], [3]])}\n# Total number of params: 2\n"
