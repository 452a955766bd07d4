"""Training programs with resource variables that TensorFlow saved go on here where they stopped."""

import gzip
import pathlib

import numpy as np
import pytest

import undertow as tf

GOLDEN = pathlib.Path(__file__).parent / "golden" / "by_handle"
FEEDS = {
    "x:0": np.random.RandomState(0).randn(6, 5).astype("float32"),
    "labels:0": [0, 2, 1, 1, 0, 2],
    "ids:0": [3, 0, 3, 7, 1, 1],
}


@pytest.fixture(params=["tf1", "tf2"])
def saved(request, tmp_path):
    """Where a .meta is, the prefix of its checkpoint, and what TensorFlow went on to find."""
    meta = tmp_path / "program.meta"
    meta.write_bytes(gzip.decompress((GOLDEN / f"{request.param}.meta.gz").read_bytes()))
    with np.load(GOLDEN / f"{request.param}.npz") as wanted:
        return str(meta), str(GOLDEN / request.param), dict(wanted)


def test_a_saved_program_restores_evaluates_and_trains_on(saved):
    meta, prefix, wanted = saved
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(meta).restore(session, prefix)
        np.testing.assert_allclose(session.run("loss:0", FEEDS), wanted["start"], rtol=1e-5)
        for name in ("adam", "momentum", "descent"):
            losses = []
            for _ in range(3):
                session.run(name, FEEDS)
                losses.append(session.run("loss:0", FEEDS))
            np.testing.assert_allclose(losses, wanted[name], rtol=1e-4, err_msg=name)
        session.run(tf.get_collection("average"))
        variables = tf.global_variables()
        assert all(v.op.type == "VarHandleOp" for v in variables)
        assert {v.op.name for v in variables} == {k[10:] for k in wanted if k.startswith("variables/")}
        for variable in variables:
            found = session.run(variable)
            np.testing.assert_allclose(found, wanted[f"variables/{variable.op.name}"], rtol=1e-3, atol=1e-5)


def test_an_imported_program_gets_new_optimizers(saved):
    meta, prefix, wanted = saved
    with tf.Graph().as_default() as graph, tf.Session() as session:
        saver = tf.train.import_meta_graph(meta)
        loss = graph.get_tensor_by_name("loss:0")
        train = tf.train.AdagradOptimizer(0.1).minimize(loss, var_list=tf.trainable_variables())
        session.run(tf.global_variables_initializer())
        saver.restore(session, prefix)
        for _ in range(20):
            session.run(train, FEEDS)
        assert session.run(loss, FEEDS) < wanted["start"] / 2


def test_two_imports_of_one_program_share_their_variables(saved):
    # By their handles' shared names, which an import scope leaves as they are: so does TensorFlow.
    meta, prefix, wanted = saved
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(meta, import_scope="a").restore(session, prefix)
        tf.train.import_meta_graph(meta, import_scope="b")
        feeds = {f"b/{key}": value for key, value in FEEDS.items()}
        np.testing.assert_allclose(session.run("b/loss:0", feeds), wanted["start"], rtol=1e-5)
