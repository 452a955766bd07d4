"""`undertow freeze`: a checkpoint or a SavedModel as one graph file."""

import pytest
from tensorboard.compat.proto.graph_pb2 import GraphDef

import undertow as tf
from undertow.cli.freeze import freeze


@pytest.fixture(params=[tf.train.SaverDef.V2, tf.train.SaverDef.V1], ids=["V2", "V1"])
def checkpoint(request, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        y = tf.matmul(x, tf.get_variable("w", initializer=[[2.0], [3.0]]), name="y")
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))
        session.run(tf.global_variables_initializer())
        return tf.train.Saver(write_version=request.param).save(session, str(tmp_path / "model"))


def test_a_checkpoint_becomes_one_file(checkpoint, tmp_path, capsys):
    freeze(checkpoint, str(tmp_path / "out.pb"), ["y:0"])
    frozen = GraphDef.FromString((tmp_path / "out.pb").read_bytes())
    assert [(n.name, n.op) for n in frozen.node] == [
        ("x", "Placeholder"),
        ("w", "Const"),
        ("w/read", "Identity"),
        ("y", "MatMul"),
    ]
    with tf.Graph().as_default(), tf.Session() as session:
        (y,) = tf.import_graph_def(frozen, return_elements=["y:0"])
        assert session.run(y, {"import/x:0": [[1.0, 10.0]]}).tolist() == [[32.0]]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "inputs x:0; outputs y:0"
    assert said[1].startswith("4 of ") and said[1].endswith(" nodes, 1 of them variables that are constants now")


@pytest.mark.parametrize(
    ("model", "outputs", "message"),
    [("nope", [], "nope: there is no checkpoint"), ("model", ["zz:0"], "zz")],
)
def test_what_cannot_be_frozen_is_named_and_leaves_nothing(checkpoint, tmp_path, capsys, model, outputs, message):
    with pytest.raises(SystemExit) as left:
        freeze(str(tmp_path / model), str(tmp_path / "out.pb"), outputs)
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("undertow: ") and message in said and said.count("\n") == 1
    assert not (tmp_path / "out.pb").exists()
