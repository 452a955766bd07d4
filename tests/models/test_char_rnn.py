"""A character RNN as programs write it: trained in one graph, saved, and sampled in another."""

import numpy as np
import pytest

import undertow as tf

TEXT = "hello undertow. " * 40
CHARACTERS = sorted(set(TEXT))
SIZE = 24


def build(batch, steps):
    """The placeholder of ids, the state fed and given back, the logits [batch, steps, characters]."""
    ids = tf.placeholder(tf.int32, [batch, steps], name="ids")
    embedding = tf.get_variable("embedding", [len(CHARACTERS), SIZE])
    layers = [tf.nn.rnn_cell.BasicLSTMCell(SIZE), tf.nn.rnn_cell.GRUCell(SIZE)]
    cell = tf.nn.rnn_cell.MultiRNNCell(layers)
    state = cell.zero_state(batch, tf.float32)
    outputs, last = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(embedding, ids), initial_state=state)
    return ids, state, last, tf.layers.dense(outputs, len(CHARACTERS), name="softmax")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The checkpoint's path, the first and last loss, and the logits of the text's first 8 characters."""
    path = str(tmp_path_factory.mktemp("rnn") / "model.ckpt")
    codes = np.array([CHARACTERS.index(c) for c in TEXT])
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        ids, _, _, logits = build(4, 8)
        targets = tf.placeholder(tf.int32, [4, 8])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits))
        variables = tf.trainable_variables()
        gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
        step = tf.train.get_or_create_global_step()
        rate = tf.train.exponential_decay(0.02, step, 100, 0.5)
        train = tf.train.AdamOptimizer(rate).apply_gradients(zip(gradients, variables, strict=True), global_step=step)
        session.run(tf.global_variables_initializer())
        random, losses = np.random.RandomState(0), []
        for _ in range(120):
            starts = random.randint(0, len(codes) - 9, 4)
            feed = {ids: [codes[s : s + 8] for s in starts], targets: [codes[s + 1 : s + 9] for s in starts]}
            losses.append(session.run([loss, train], feed)[0])
        saved = tf.train.Saver().save(session, path, global_step=step)
        first = session.run(logits, {ids: [codes[:8]] * 4})[0]
    return saved, losses[0], losses[-1], first


def test_the_loss_falls_from_that_of_guessing(trained):
    _, first, last, _ = trained
    assert first == pytest.approx(np.log(len(CHARACTERS)), abs=0.2)
    assert last < 0.8


def test_one_step_at_a_time_in_a_second_graph_gives_the_logits_of_the_first(trained):
    saved, *_, expected = trained
    with tf.Graph().as_default(), tf.Session() as session:
        ids, state, last, logits = build(1, 1)
        tf.train.Saver().restore(session, saved)
        assert saved.endswith("-120")
        memory, found = session.run(state), []
        for character in TEXT[:8]:
            now, memory = session.run([logits, last], {ids: [[CHARACTERS.index(character)]], state: memory})
            found.append(now[0, 0])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
