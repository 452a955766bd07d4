"""`undertow export`: what is written was checked first; what is wrong is one sentence and exit code 1."""

import os
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy

import undertow as tf
from undertow.cli.export import export
from undertow.formats.bundle import BundleReader


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder with a checkpoint of a network that trains, the network frozen, and as a SavedModel."""
    folder = tmp_path_factory.mktemp("models")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 6, 6, 1], name="x")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        keep = tf.placeholder(tf.float32, [], name="keep")
        h = tf.layers.flatten(tf.layers.conv2d(x, 3, 3, activation=tf.nn.relu, name="conv"))
        served = tf.nn.softmax(tf.layers.dense(h, 4, name="fc"), name="served")
        dropped = tf.layers.dense(tf.nn.dropout(h, keep), 4, name="fc", reuse=True)
        tf.argmax(dropped, 1, name="class")
        loss = tf.losses.sparse_softmax_cross_entropy(labels, dropped)
        tf.train.AdamOptimizer().minimize(loss)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(folder / "model.ckpt"))
        tf.saved_model.simple_save(session, str(folder / "saved"), {"image": x}, {"shares": served})
        frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["served"])
        tf.train.write_graph(frozen, str(folder), "frozen.pb", as_text=False)
    return folder


@pytest.fixture
def run(models, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def export_it(name, to, out, inputs=(), outputs=(), constants=()):
        export(str(models / name), to, out, list(inputs), list(outputs), list(constants))
        return capsys.readouterr().out.splitlines()

    return export_it


@pytest.fixture
def refused(run, capsys):
    def sentence(*args, **kwargs):
        before = sorted(os.listdir())
        with pytest.raises(SystemExit) as raised:
            run(*args, **kwargs)
        assert raised.value.code == 1
        assert sorted(os.listdir()) == before
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return sentence


def test_a_frozen_graph_needs_no_words(run):
    assert run("frozen.pb", "torch", "out") == [
        "input x:0: float32 [?, 6, 6, 1]",
        "output served:0: float32 [?, 4]",
        "4 buffers (226 numbers)",  # 3*3*1*3 + 3 + 4*4*3*4 + 4
        "17 ops: 5 Const, 4 Identity, 2 BiasAdd, 1 Placeholder, 1 Conv2D, 1 Relu, 1 Reshape, 1 MatMul and 1 more types",
        "checked on random input: the largest difference is 0.0e+00",
        "wrote out",
    ]
    assert sorted(os.listdir("out")) == ["model.py", "model.safetensors"]


def test_a_saved_model_tells_its_signature(run):
    lines = run("saved", "torch", "out")
    assert lines[:3] == ["input x:0: float32 [?, 6, 6, 1]", "output served:0: float32 [?, 4]",
                         "4 parameters (226 numbers)"]  # fmt: skip


def test_a_checkpoint_is_asked_for_its_outputs(run, refused):
    told = refused("model.ckpt", "torch", "out")
    assert told.startswith("undertow: say which --outputs to export: the graph ends in served:0, ")
    assert run("model.ckpt.meta", "torch", "out", outputs=["served"])[2] == "4 parameters (226 numbers)"


def test_what_a_graph_draws_is_checked_with_the_same_numbers(run):
    lines = run("model.ckpt", "torch", "out", outputs=["fc_1/BiasAdd"], constants=["keep=0.5"])
    assert lines[0] == "input x:0: float32 [?, 6, 6, 1]" and lines[1].startswith("output")
    assert lines[-2].startswith("checked on random input: the largest difference is ")


def test_a_checkpoints_variables_become_safetensors(run, models):
    run("model.ckpt", "safetensors", "w.safetensors")
    reader, found = BundleReader(models / "model.ckpt"), safetensors.numpy.load_file("w.safetensors")
    assert set(found) == set(reader)
    assert np.array_equal(found["conv/kernel"], reader.read("conv/kernel"))
    run("frozen.pb", "safetensors", "constants.safetensors")
    constants = safetensors.numpy.load_file("constants.safetensors")
    assert np.array_equal(constants["conv/kernel"], found["conv/kernel"])


def test_a_checkpoint_becomes_a_saved_model_of_what_was_asked(run, models):
    lines = run("model.ckpt", "savedmodel", "out", inputs=["x:0"], outputs=["served:0"])
    assert lines[-2] == "checked on random input: the largest difference is 0.0e+00"
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], "out")
        assert meta.signature_def["serving_default"].outputs["served"].name == "served:0"


def test_onnx_is_checked_in_onnxruntime(run):
    lines = run("frozen.pb", "onnx", "m.onnx")
    assert lines[-2].startswith("checked on random input: the largest difference is ")
    assert os.listdir() == ["m.onnx"]


def test_an_export_that_differs_is_not_written(refused, monkeypatch):
    monkeypatch.setattr("undertow.cli.export.difference", lambda *_: 0.25)
    assert refused("frozen.pb", "torch", "out") == "undertow: out: not written: it differs from the graph by 2.5e-01"


def test_what_is_wrong_is_one_sentence(refused, models, run):
    assert refused("frozen.pb", "pickle", "out") == (
        "undertow: --to is one of torch, onnx, safetensors, savedmodel, not 'pickle'"
    )
    assert refused("none", "onnx", "out").endswith("none: there is no checkpoint, graph or SavedModel of that name.")
    assert "'nope'" in refused("frozen.pb", "onnx", "out", outputs=["nope"])
    assert refused("model.ckpt", "torch", "out", outputs=["fc_1/BiasAdd"], inputs=["x"]) == (
        "undertow: The placeholder 'keep' is needed: make it an input, or give it a constant value."
    )
    assert "--set wants NAME=VALUE" in refused("model.ckpt", "torch", "out", outputs=["served"], constants=["keep"])
    (models / "text.pb").write_text("not a graph")
    assert "is not a binary GraphDef" in refused("text.pb", "torch", "out")
    os.mkdir("out")
    assert refused("frozen.pb", "torch", "out") == "undertow: out: there is something of that name already"


def test_the_command_line(models, tmp_path):
    command = [sys.executable, "-m", "undertow", "export", str(models / "frozen.pb"), "--to", "torch", "out"]
    command += ["--inputs", "x:0", "--outputs", "served:0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "wrote out"
