"""ONNX files give in onnxruntime what the session gives, whatever the batch size."""

import numpy as np
import onnxruntime
import pytest

import undertow as tf
from undertow.export import to_onnx
from undertow.export.sample import difference, random_inputs


def check(fetches, feeds, path):
    """Export, run at two batch sizes, compare."""
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    to_onnx(fetches, feeds, session, path)
    runtime = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [i.name for i in runtime.get_inputs()] == [f.name for f in feeds]
    assert [o.name for o in runtime.get_outputs()] == [f.name for f in fetches]
    for batch in (1, 5):
        values = random_inputs(feeds, batch)
        found = runtime.run(None, {f.name: v for f, v in zip(feeds, values)})
        for tensor, wanted, mine in zip(fetches, session.run(fetches, dict(zip(feeds, values))), found):
            assert difference(wanted, mine) < 1e-5, tensor.name


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        tf.set_random_seed(1)
        yield made


def test_a_network_of_convolutions(tmp_path):
    x = tf.placeholder(tf.float32, [None, 784], name="x")
    h = tf.reshape(x, [-1, 28, 28, 1])
    h = tf.layers.conv2d(h, 4, 5, 2, padding="same", activation=tf.nn.relu, name="conv")
    h = tf.layers.max_pooling2d(tf.layers.batch_normalization(h), 3, 2, "same")
    logits = tf.layers.dense(tf.layers.flatten(h), 10)
    check([tf.nn.softmax(logits, name="shares"), tf.argmax(logits, 1, name="class")], [x], tmp_path / "m.onnx")
    runtime = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    assert [end.shape for end in (*runtime.get_inputs(), *runtime.get_outputs())] == [
        ["batch", 784], ["batch", 10], ["batch"],
    ]  # fmt: skip


def test_an_lstm_over_a_known_number_of_steps(tmp_path):
    x = tf.placeholder(tf.float32, [None, 4, 6], name="x")
    outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), x, dtype=tf.float32)
    check([outputs, state.h], [x], tmp_path / "m.onnx")


def test_a_loop_whose_length_is_input_is_refused_and_nothing_is_written(tmp_path):
    x = tf.placeholder(tf.float32, [None, None, 6], name="x")
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), x, dtype=tf.float32)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    with pytest.raises(tf.errors.UnimplementedError) as raised:
        to_onnx(outputs, [x], session, tmp_path / "m.onnx")
    assert raised.value.message == (
        "The while loop 'rnn.while_' turns as often as the input says, which the ONNX export cannot follow."
    )
    assert not list(tmp_path.iterdir())


def test_words_and_pieces(tmp_path):
    ids = tf.placeholder(tf.int32, [None, 6], name="ids")
    words = tf.nn.embedding_lookup(tf.get_variable("words", [9, 4]), ids)
    best, where = tf.nn.top_k(tf.reduce_sum(words, 2), 2)
    count = tf.shape(ids)[0]
    scaled = words / tf.cast(count, tf.float32) + tf.zeros([count, 6, 1])
    check([best, tf.layers.dense(scaled[:, ::2], 3), tf.concat([where, ids[:, 1:3]], 1)], [ids], tmp_path / "m.onnx")


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "onnxscript", None)
    x = tf.placeholder(tf.float32, [None], name="x")
    with pytest.raises(tf.errors.FailedPreconditionError, match=r"onnxscript is not installed, .*undertow\[export\]"):
        to_onnx(x + np.float32(1), [x], tf.Session(), tmp_path / "m.onnx")
