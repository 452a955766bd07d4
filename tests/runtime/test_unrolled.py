"""A chain of cells in a graph, run as one, gives what the cells give: values, gradients, trained variables."""

import numpy as np
import pytest

import passes_at_work
import undertow as tf
from passes_at_work import assert_close, normal
from undertow.runtime import passes
from undertow.runtime.passes.unrolled import chains_over_time

rnn = tf.nn.rnn_cell
flatten = tf.contrib.framework.nest.flatten

CELLS = {
    "lstm": lambda: rnn.LSTMCell(6, forget_bias=0.5),
    "gru": lambda: rnn.GRUCell(6),
    "basic": lambda: rnn.BasicRNNCell(6),
    "layers with dropout": lambda: rnn.MultiRNNCell(
        [rnn.DropoutWrapper(rnn.BasicLSTMCell(n), output_keep_prob=0.7, seed=4) for n in (5, 6)]
    ),
    "residual layers": lambda: rnn.MultiRNNCell([rnn.ResidualWrapper(rnn.GRUCell(5)) for _ in range(3)]),
}
CHAINS = {"lstm": 1, "gru": 1, "basic": 1, "layers with dropout": 2, "residual layers": 3}


def fetched(*arguments):
    """What a program gives, and how many chains its plans have."""
    found, steps = passes_at_work.fetched(*arguments)
    return found, [step.kind for step in steps].count("cells")


def assert_same(build, feeds, monkeypatch, chains, runs=1, rtol=1e-5, atol=2e-6):
    everything = list(passes.ENABLED)
    expected, none = fetched(build, feeds, [], monkeypatch, runs)
    assert none == 0
    for enabled in ([chains_over_time], everything):
        found, count = fetched(build, feeds, enabled, monkeypatch, runs)
        assert count == chains
        assert_close(found, expected, rtol, atol)


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
@pytest.mark.parametrize("batch", [3, 1, 0])
@pytest.mark.parametrize("name", CELLS)
def test_values_states_and_gradients_are_those_of_the_cells(name, batch, dtype, monkeypatch):
    def build():
        x = tf.placeholder(dtype, [None, 4, 5])
        outputs, state = tf.nn.static_rnn(CELLS[name](), tf.unstack(x, axis=1), dtype=dtype)
        loss = tf.add_n([tf.reduce_sum(tf.sin(t)) for t in [*outputs, *flatten(state)]])
        return [outputs, state, tf.gradients(loss, [x, *tf.trainable_variables()])], [x]

    assert_same(build, [normal(batch, 4, 5)], monkeypatch, CHAINS[name])


def test_three_steps_of_training_a_language_model_give_the_same_variables(monkeypatch):
    def build():
        words = tf.placeholder(tf.int32, [4, 7])
        table = tf.get_variable("embedding", [20, 5])
        inputs = tf.nn.dropout(tf.nn.embedding_lookup(table, words), 0.9)
        cell = CELLS["layers with dropout"]()
        states = [tf.get_variable(f"state_{i}", [4, n], trainable=False) for i, n in enumerate([5, 5, 6, 6])]
        state = tf.contrib.framework.nest.pack_sequence_as(cell.state_size, [tf.identity(s) for s in states])
        outputs = []
        with tf.variable_scope("RNN"):
            for time in range(6):
                if time > 0:
                    tf.get_variable_scope().reuse_variables()
                output, state = cell(inputs[:, time], state)
                outputs.append(output)
        logits = tf.layers.dense(tf.reshape(tf.concat(outputs, 1), [-1, 6]), 20)
        targets = tf.reshape(words[:, 1:], [-1])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits))
        variables = tf.trainable_variables()
        clipped, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 0.5)
        train = tf.train.GradientDescentOptimizer(0.5).apply_gradients(zip(clipped, variables))
        with tf.control_dependencies([train]):
            kept = [tf.assign(a, b) for a, b in zip(states, flatten(state))]
        with tf.control_dependencies(kept):
            return [loss, [tf.identity(v) for v in tf.global_variables()]], [words]

    words = np.random.RandomState(1).randint(0, 20, [4, 7])
    assert_same(build, [words], monkeypatch, 2, runs=3, rtol=1e-4, atol=1e-5)


def test_a_chain_whose_inputs_wait_for_its_outputs_stays_cells(monkeypatch):
    def build():
        x, cell = tf.placeholder(tf.float32, [2, 5]), rnn.GRUCell(5)
        outputs, state = [x], tf.zeros([2, 5])
        for _ in range(4):
            output, state = cell(outputs[-1] * 2, state)
            outputs.append(output)
        return [outputs, tf.gradients(outputs[-1], x)], [x]

    assert_same(build, [normal(2, 5)], monkeypatch, chains=0)


def test_a_cell_state_that_is_looked_at_on_the_way_keeps_the_cells_apart(monkeypatch):
    def build():
        x, cell = tf.placeholder(tf.float32, [2, 4, 5]), rnn.LSTMCell(3)
        state, seen = cell.zero_state(2, tf.float32), []
        for time in range(4):
            _, state = cell(x[:, time], state)
            seen.append(state.c)
        return [seen, tf.gradients(seen[1], x)], [x]

    assert_same(build, [normal(2, 4, 5)], monkeypatch, chains=0)


def test_an_encoder_and_the_decoder_that_goes_on_from_it_are_two_chains(monkeypatch):
    def build():
        x = tf.placeholder(tf.float32, [2, 4, 5])
        steps = tf.unstack(x, axis=1)
        _, state = tf.nn.static_rnn(rnn.LSTMCell(3), steps, dtype=tf.float32, scope="encoder")
        outputs, _ = tf.nn.static_rnn(rnn.LSTMCell(3), steps[::-1], initial_state=state, scope="decoder")
        return [outputs, tf.gradients(outputs, x)], [x]

    assert_same(build, [normal(2, 4, 5)], monkeypatch, chains=2)


def test_a_run_in_parts_goes_step_by_step():
    with tf.Graph().as_default(), tf.Session() as s:
        inputs = [tf.placeholder(tf.float32, [1, 2]) for _ in range(3)]
        outputs, _ = tf.nn.static_rnn(rnn.LSTMCell(3), inputs, dtype=tf.float32)
        s.run(tf.global_variables_initializer())
        fed = dict(zip(inputs, normal(3, 1, 2)))
        expected = s.run(outputs, fed)
        handle = s.partial_run_setup(outputs, inputs)
        for x, output, value in zip(inputs, outputs, expected):
            np.testing.assert_allclose(s.partial_run(handle, output, {x: fed[x]}), value, rtol=1e-5, atol=1e-6)
