"""Writes tests/parity/golden/saved_model/<version>/: a SavedModel as TensorFlow writes it, and what it answers.

Two graphs over the same variables: one that is served, with a table and a string read from an asset and a sparse input,
and one that trains. Runs on 2.21 (`make parity`); the folder `1.15` was made by running it on 1.15.5 with Python 3.7.
"""

import json
import os
import shutil
import sys
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import tensorflow as tf

VERSION = ".".join(tf.__version__.split(".")[:2])
tf = tf.compat.v1
tf.disable_v2_behavior()
GOLDEN = Path(__file__).resolve().parent / "golden" / "saved_model" / VERSION
INPUT = [[1.0, 2.0, 3.0], [-1.0, 0.5, 4.0]]


def model(words):
    """The network, the table and the main op of the served graph; the asset is the file `words`."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    kernel = tf.get_variable("kernel", initializer=[[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]])
    y = tf.nn.softmax(tf.matmul(x, kernel), name="y")
    return x, kernel, y, tf.constant(words, name="words")


def save(folder, words):
    builder = tf.saved_model.builder.SavedModelBuilder(str(folder))
    utils = tf.saved_model.signature_def_utils
    with tf.Graph().as_default(), tf.Session() as session:
        x, _, y, path = model(words)
        sparse = tf.sparse_placeholder(tf.float32, name="sparse")
        total = tf.identity(tf.sparse_reduce_sum(sparse), name="total")
        key = tf.placeholder(tf.string, [None], name="key")
        table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(path, tf.string, 0, tf.int64, 1, delimiter=" "), -1
        )
        value = tf.identity(table.lookup(key), name="value")
        text = tf.get_variable("text", initializer="", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        with tf.control_dependencies([text.initializer, tf.tables_initializer()]):
            main_op = tf.group(tf.assign(text, tf.read_file(path)), name="begin")
        session.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(
            session,
            [tf.saved_model.tag_constants.SERVING],
            {
                "serving_default": utils.predict_signature_def({"x": x}, {"y": y}),
                "total": utils.predict_signature_def({"sparse": sparse}, {"total": total}),
                "look_up": utils.predict_signature_def({"key": key}, {"value": value}),
            },
            assets_collection=[path],
            main_op=main_op,
            strip_default_attrs=True,
        )
    with tf.Graph().as_default():
        x, kernel, y, _ = model(words)
        loss = tf.reduce_sum(y[:, 0], name="loss")
        step = tf.assign_sub(kernel, 0.1 * tf.gradients(loss, kernel)[0], name="step")
        signature = utils.predict_signature_def({"x": x}, {"loss": loss, "kernel": step})
        builder.add_meta_graph(["train", "gpu"], {"train": signature})
    builder.save()


def answers(folder, gradients=True):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.loader.load(session, ["serve"], str(folder))
        found = {"y": session.run("y:0", {"x:0": INPUT}).tolist(), "text": session.run("text:0").decode()}
        found["value"] = session.run("value:0", {"key:0": ["two", "none"]}).tolist()
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.loader.load(session, ["gpu", "train"], str(folder))
        found["loss"] = session.run("loss:0", {"x:0": INPUT}).tolist()
        if gradients:
            found["kernel"] = session.run("step:0", {"x:0": INPUT}).tolist()
    return found


def write(folder):
    """Save the model and its answers in `folder`, which becomes the working directory.

    So the graph's path of the asset, which is gone afterwards, is none of this machine's.
    """
    folder.mkdir(parents=True)
    os.chdir(str(folder))
    Path("words.txt").write_text("one 1\ntwo 2\n")
    save(folder / "model", "words.txt")
    Path("words.txt").unlink()
    (folder / "answers.json").write_text(json.dumps(answers(folder / "model"), indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--answer"]:
        print(json.dumps(answers(sys.argv[2], gradients="--no-gradients" not in sys.argv)))
    elif sys.argv[1:]:
        write(Path(sys.argv[1]))
    else:
        shutil.rmtree(str(GOLDEN), ignore_errors=True)
        write(GOLDEN)
