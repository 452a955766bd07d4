"""Writes tests/parity/golden/by_handle/: a training program with resource variables, stopped after three steps.

`tf2.meta.gz`, `tf2.index` and `tf2.data-00000-of-00001` are what TensorFlow 2.21's compat.v1 saves, gradients' nodes
and optimizers' included, `tf2.npz` the losses of the steps that follow and the variables after them. Run by TensorFlow
1.15.5 on Python 3.7 it writes `tf1.…`: `python make_by_handle_golden.py`.
"""

import gzip
import os
from pathlib import Path

import numpy as np
import tensorflow

GOLDEN = Path(__file__).parent / "golden" / "by_handle"
KIND = "tf" + tensorflow.__version__[0]
if KIND == "tf2":
    tf = tensorflow.compat.v1
    tf.disable_v2_behavior()
else:
    tf = tensorflow

FEEDS = {
    "x:0": np.random.RandomState(0).randn(6, 5).astype("float32"),
    "labels:0": np.array([0, 2, 1, 1, 0, 2]),
    "ids:0": np.array([3, 0, 3, 7, 1, 1], "int32"),
}


def build():
    """An embedding, a loop, branches, batch norm by hand and a partitioned matrix; three optimizers, and averages."""
    tf.enable_resource_variables()
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    ids = tf.placeholder(tf.int32, [None], name="ids")
    rows = tf.nn.embedding_lookup(tf.get_variable("table", [8, 3]), ids)
    matrix = tf.get_variable("matrix", [8, 6], partitioner=tf.fixed_size_partitioner(2))
    h = tf.tanh(tf.matmul(tf.concat([x, rows], 1), matrix))
    mean = tf.get_variable("mean", [6], trainable=False, initializer=tf.zeros_initializer())
    centred = h - mean
    with tf.control_dependencies([centred]):  # else TensorFlow may read the mean before or after
        moved = mean.assign_sub(0.1 * (mean - tf.reduce_mean(h, 0)))
    w = tf.get_variable("w", [6, 6])
    _, h = tf.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, tf.tanh(tf.matmul(v, w))), [0, centred])
    h = tf.cond(tf.reduce_sum(h) > 0.0, lambda: tf.matmul(h, w), lambda: tf.matmul(h, w) * 0.5)
    logits = tf.matmul(h, tf.get_variable("out", [6, 3])) + tf.get_variable("bias", [3])
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    loss = tf.identity(tf.reduce_mean(losses) + 0.01 * tf.nn.l2_loss(w), name="loss")
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([moved]):
        tf.train.AdamOptimizer(0.02).minimize(loss, step, name="adam")
        tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss, step, name="momentum")
        tf.train.GradientDescentOptimizer(0.05).minimize(loss, step, name="descent")
    average = tf.train.ExponentialMovingAverage(0.5).apply([w])
    tf.add_to_collection("average", average)


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    build()
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run("adam", FEEDS)
        prefix = saver.save(session, str(GOLDEN / KIND), write_state=False)
        wanted = {"start": session.run("loss:0", FEEDS)}
        for name in ("adam", "momentum", "descent"):
            losses = []
            for _ in range(3):
                session.run(name, FEEDS)
                losses.append(session.run("loss:0", FEEDS))
            wanted[name] = np.array(losses)
        session.run(tf.get_collection("average"))
        for variable in tf.global_variables():
            wanted["variables/" + variable.op.name] = session.run(variable)
    meta = Path(prefix + ".meta")
    with gzip.GzipFile(str(meta) + ".gz", "wb", mtime=0) as packed:
        packed.write(meta.read_bytes())
    meta.unlink()
    np.savez_compressed(str(GOLDEN / (KIND + ".npz")), **wanted)
    print(KIND, wanted["start"], sum(os.path.getsize(str(p)) for p in GOLDEN.glob(KIND + "*")), "bytes")


main()
