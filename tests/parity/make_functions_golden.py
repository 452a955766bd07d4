"""Writes tests/parity/golden/functions/: graphs with functions, as TensorFlow 2.21 makes and freezes them.

`NAME.pb.gz` is a GraphDef with a library, whose placeholders are fed what `NAME.npz` has under their names; its `y…`
are what the outputs, named by `outputs`, then give. (A plain v2 program: nothing is disabled.)
"""

import gzip
import json
import os
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import function
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

GOLDEN = Path(__file__).parent / "golden" / "functions"
ROWS = tf.TensorSpec([None, 3], tf.float32, name="x")
NUMBER = tf.TensorSpec([], tf.int32, name="n")


@tf.function
def twice(x):
    return x * 2.0, tf.reduce_sum(x)


@tf.function
def calls(x):
    a, total = twice(x)
    b, _ = twice(a + total)
    return b, a


@tf.function
def branches(x, n):
    def inner():
        return tf.cond(n > 5, lambda: (tf.zeros([2, 3]), x[0]), lambda: (x * tf.cast(n, tf.float32), tf.ones([3])))

    y, z = tf.cond(n > 0, inner, lambda: (tf.constant([[7.0, 8.0, 9.0]]) + twice(x)[0], tf.constant([1.0, 2.0, 3.0])))
    return y, z


@tf.function
def loops(x, n):
    def body(i, y):
        y = tf.cond(i % 2 == 0, lambda: y + twice(x)[0], lambda: y - 1.0)
        _, inner = tf.while_loop(lambda j, _: j < i, lambda j, z: (j + 1, z * 1.5), [0, tf.ones([])])
        return i + 1, y * inner

    _, y = tf.while_loop(lambda i, _: i < n, body, [0, x])
    return (y,)


@tf.function
def mapped(x):
    return tf.map_fn(lambda row: row * tf.reduce_max(row), x), tf.scan(lambda a, row: a * 0.5 + row, x)


@tf.function
def cases(x, n):
    return (tf.switch_case(n, [lambda: x + 1.0, lambda: tf.zeros([2, 3]), lambda: twice(x)[0], lambda: tf.sin(x)]),)


@function.Defun(tf.float32, tf.float32, func_name="add_scaled")
def add_scaled(a, b):
    return a + 3.0 * b, a - b


def defined():
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
        a, b = add_scaled(x, x + 1.0)
        y = tf.identity(a * b, name="y")
        return graph.as_graph_def(), [y.name]


@function.Defun(tf.float32, tf.float32, func_name="curved")
def curved(a, b):
    return tf.sin(a) * b, tf.exp(a * 0.5)


def differentiated():
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 3], name="x")
        w = x * 2.0
        y, z = curved(x, w)
        grads = tf.compat.v1.gradients(tf.reduce_sum(y * y) + tf.reduce_sum(z), [x, w])
        return graph.as_graph_def(), [grad.name for grad in grads]


def frozen():
    tf.keras.utils.set_random_seed(3)
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Reshape([-1, 1], input_shape=[3]),
            tf.keras.layers.LSTM(4),
            tf.keras.layers.BatchNormalization(),
            tf.keras.layers.Dense(2, activation="softmax"),
        ]
    )
    whole = tf.function(lambda x: (model(x),)).get_concrete_function(ROWS)
    found = convert_variables_to_constants_v2(whole, lower_control_flow=False)
    return found.graph.as_graph_def(), [t.name for t in found.outputs]


def of(program, *specs):
    graph = program.get_concrete_function(*specs).graph
    return graph.as_graph_def(), [t.name for t in graph.outputs]


PROGRAMS = {
    "branches": lambda: of(branches, ROWS, NUMBER),
    "calls": lambda: of(calls, ROWS),
    "cases": lambda: of(cases, ROWS, NUMBER),
    "defined": defined,
    "differentiated": differentiated,
    "frozen": frozen,
    "loops": lambda: of(loops, ROWS, NUMBER),
    "mapped": lambda: of(mapped, ROWS),
}

GOLDEN.mkdir(parents=True, exist_ok=True)
for name, make in PROGRAMS.items():
    definition, outputs = make()
    x = np.array([[0.5, -1.0, 2.0], [1.0, 0.25, -0.5]], np.float32)
    kept = {"outputs": np.array(json.dumps(outputs))}
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.import_graph_def(definition, name="")
        for n in (0, 2, 3, 7):
            feeds = {"x:0": x, "n:0": n}
            feeds = {k: v for k, v in feeds.items() if any(f"{node.name}:0" == k for node in definition.node)}
            for i, value in enumerate(session.run(outputs, feeds)):
                kept[f"y{n}/{i}"] = value
    data = gzip.compress(definition.SerializeToString(), 9, mtime=0)
    (GOLDEN / f"{name}.pb.gz").write_bytes(data)
    np.savez_compressed(GOLDEN / f"{name}.npz", x=x, **kept)
    print(name, len(data), "bytes,", len(definition.library.function), "functions")
