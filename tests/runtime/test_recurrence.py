"""A loop of recurrent cells, run cell by cell, gives what its rounds give: values, gradients, trained variables."""

import numpy as np
import pytest

import passes_at_work
import undertow as tf
from passes_at_work import assert_close
from undertow.runtime import passes
from undertow.runtime.loops import Rounds
from undertow.runtime.passes.recurrence import cells_over_time

rnn = tf.nn.rnn_cell
flatten = tf.contrib.framework.nest.flatten

CELLS = {
    "basic lstm": lambda: rnn.BasicLSTMCell(6, forget_bias=0.7),
    "lstm": lambda: rnn.LSTMCell(6),
    "gru": lambda: rnn.GRUCell(6),
    "gru of relus": lambda: rnn.GRUCell(6, activation=tf.nn.relu),
    "basic": lambda: rnn.BasicRNNCell(6),
    "basic of sigmoids": lambda: rnn.BasicRNNCell(6, activation=tf.sigmoid),
    "one unit": lambda: rnn.GRUCell(1),
    "layers": lambda: rnn.MultiRNNCell([rnn.BasicLSTMCell(6), rnn.GRUCell(4), rnn.BasicRNNCell(7)]),
    "dropout": lambda: rnn.DropoutWrapper(rnn.LSTMCell(6), output_keep_prob=0.6, seed=5),
    "layers with dropout": lambda: rnn.MultiRNNCell(
        [rnn.DropoutWrapper(rnn.BasicLSTMCell(5), input_keep_prob=0.8, output_keep_prob=0.6) for _ in range(2)]
    ),
    "residual": lambda: rnn.ResidualWrapper(rnn.GRUCell(5)),
    "projection of the outputs": lambda: tf.contrib.rnn.OutputProjectionWrapper(rnn.GRUCell(6), 3),
    "projection of the inputs": lambda: tf.contrib.rnn.InputProjectionWrapper(rnn.LSTMCell(6), 3),
}
LENGTHS = {"no lengths": None, "lengths": [7, 3, 0], "short lengths": [2, 3, 1]}


def fetched(*arguments):
    """What a program gives, and whether each of its loops was recognised."""
    found, steps = passes_at_work.fetched(*arguments)
    return found, [not isinstance(step.call, Rounds) for step in steps if step.kind == "While"]


def assert_same(build, feeds, monkeypatch, runs=1, recognised=True, rtol=1e-5, atol=2e-6):
    everything = list(passes.ENABLED)
    expected, loops = fetched(build, feeds, [], monkeypatch, runs)
    assert not any(loops)
    for enabled in ([cells_over_time], everything):
        found, loops = fetched(build, feeds, enabled, monkeypatch, runs)
        assert loops and set(loops) == {recognised}
        assert_close(found, expected, rtol, atol)


def gradients_of(results, by):
    loss = tf.add_n([tf.reduce_sum(tf.sin(r)) for r in flatten(results)])
    return tf.gradients(loss, by)


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("name", CELLS)
def test_values_states_and_gradients_are_those_of_the_rounds(name, lengths, monkeypatch):
    def build():
        x = tf.placeholder(tf.float32, [None, 7, 5])
        results = tf.nn.dynamic_rnn(CELLS[name](), x, sequence_length=LENGTHS[lengths], dtype=tf.float32)
        return [results, gradients_of(results, [*tf.trainable_variables(), x])], [x]

    assert_same(build, [np.random.RandomState(0).randn(3, 7, 5)], monkeypatch)


@pytest.mark.parametrize("shape", [(7, 1, 5), (1, 3, 1), (0, 2, 5), (3, 0, 5), (2, 1, 33)])
@pytest.mark.parametrize("name", ["basic lstm", "gru", "basic", "layers with dropout"])
def test_any_batch_time_and_width_will_do_and_float64_as_well(name, shape, monkeypatch):
    def build():
        x = tf.placeholder(tf.float64, [None, *shape[1:]])
        lengths = tf.placeholder(tf.int64, [None])
        outputs = tf.nn.dynamic_rnn(CELLS[name](), x, dtype=tf.float64, time_major=True, scope="a")
        held = tf.nn.dynamic_rnn(CELLS[name](), x, lengths, dtype=tf.float64, time_major=True, scope="b")
        return [outputs, held, gradients_of([outputs, held], [*tf.trainable_variables(), x])], [x, lengths]

    feeds = [np.random.RandomState(0).randn(*shape), np.full(shape[1], shape[0] // 2)]
    assert_same(build, feeds, monkeypatch, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["basic lstm", "layers", "layers with dropout", "residual"])
def test_three_steps_of_training_give_the_same_variables_states_fed_back_and_dropout_by_its_seed(name, monkeypatch):
    def build():
        words, lengths = tf.placeholder(tf.int32, [None, 6]), tf.placeholder(tf.int32, [None])
        x = tf.nn.embedding_lookup(tf.get_variable("words", [20, 5]), words)
        cell = CELLS[name]()
        kept = [tf.Variable(tf.zeros([4, n]), trainable=False) for n in flatten(cell.state_size)]
        state = tf.contrib.framework.nest.pack_sequence_as(cell.state_size, kept)
        outputs, last = tf.nn.dynamic_rnn(cell, x, lengths, initial_state=state)
        loss = tf.reduce_mean(tf.square(outputs)) + tf.add_n([tf.reduce_mean(t) for t in flatten(last)])
        train = tf.train.AdamOptimizer(0.05).minimize(loss)
        with tf.control_dependencies([train]):
            keep = [tf.assign(a, b) for a, b in zip(kept, flatten(last))]
        with tf.control_dependencies(keep):
            return [loss, [tf.identity(v) for v in tf.global_variables()]], [words, lengths]

    random = np.random.RandomState(0)
    feeds = [random.randint(0, 20, [4, 6]), np.array([6, 2, 0, 5])]
    assert_same(build, feeds, monkeypatch, runs=3, rtol=1e-4, atol=1e-5)


def test_both_directions_are_recognised_with_initial_states_that_have_gradients(monkeypatch):
    def build():
        x, start = tf.placeholder(tf.float32, [3, 4, 5]), tf.placeholder(tf.float32, [3, 6])
        cells = rnn.GRUCell(6), rnn.LSTMCell(6)
        states = tf.tanh(start), rnn.LSTMStateTuple(start * 2, start)
        results = tf.nn.bidirectional_dynamic_rnn(*cells, x, [4, 1, 2], *states)
        return [results, gradients_of(results, [*tf.trainable_variables(), x, start])], [x, start]

    random = np.random.RandomState(0)
    assert_same(build, [random.randn(3, 4, 5), random.randn(3, 6)], monkeypatch)


@pytest.mark.parametrize("name", ["lstm", "gru", "layers"])
def test_padding_that_is_no_number_is_not_seen(name, monkeypatch):
    def build():
        x = tf.placeholder(tf.float32, [3, 4, 5])
        return tf.nn.dynamic_rnn(CELLS[name](), x, [4, 2, 0], dtype=tf.float32), [x]

    padded = np.random.RandomState(0).randn(3, 4, 5)
    padded[1, 2:], padded[2] = np.nan, np.inf
    assert_same(build, [padded], monkeypatch)


class Told(rnn.GRUCell):
    """A cell whose steps say something."""

    def call(self, inputs, state):
        output, state = super().call(inputs, state)
        return tf.Print(output, [tf.shape(output)], first_n=0), state


OTHERS = {
    "peepholes": lambda: rnn.LSTMCell(6, use_peepholes=True),
    "a projection": lambda: rnn.LSTMCell(6, num_proj=4),
    "a clipped cell": lambda: rnn.LSTMCell(6, cell_clip=0.2),
    "states dropped out": lambda: rnn.DropoutWrapper(rnn.GRUCell(6), state_keep_prob=0.5, seed=1),
    "a layer norm": lambda: tf.contrib.rnn.LayerNormBasicLSTMCell(6),
    "attention": lambda: tf.contrib.rnn.AttentionCellWrapper(rnn.GRUCell(6), 3, state_is_tuple=True),
    "effects": lambda: Told(6),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_loop_that_does_more_stays_a_loop(name, monkeypatch):
    def build():
        x = tf.placeholder(tf.float32, [2, 3, 5])
        results = tf.nn.dynamic_rnn(OTHERS[name](), x, dtype=tf.float32)
        return [results, gradients_of(results, [*tf.trainable_variables(), x])], [x]

    assert_same(build, [np.random.RandomState(0).randn(2, 3, 5)], monkeypatch, recognised=False)


def test_a_loop_whose_gradient_is_differentiated_stays_a_loop(monkeypatch):
    def build():
        x = tf.placeholder(tf.float32, [2, 3, 5])
        outputs, _ = tf.nn.dynamic_rnn(rnn.GRUCell(4), x, dtype=tf.float32)
        (slope,) = gradients_of(outputs, [x])
        return [slope, tf.gradients(tf.reduce_sum(slope**2), tf.trainable_variables())], [x]

    assert_same(build, [np.random.RandomState(0).randn(2, 3, 5)], monkeypatch, recognised=False)


def test_a_fetched_sequence_does_not_change_with_the_next_run():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [2, 3, 5])
        results = tf.nn.dynamic_rnn(rnn.BasicRNNCell(4), x, dtype=tf.float32)
        s.run(tf.global_variables_initializer())
        first, state = s.run(results, {x: np.ones([2, 3, 5])})
        kept = first.copy(), state.copy()
        s.run(results, {x: np.zeros([2, 3, 5])})
        np.testing.assert_array_equal(first, kept[0])
        np.testing.assert_array_equal(state, kept[1])


def test_a_step_that_fails_is_named():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.placeholder(tf.float32, [None, 3, 5])
        scale = tf.placeholder(tf.float32, [None, 4])
        cell = rnn.ResidualWrapper(rnn.GRUCell(4), residual_fn=lambda i, o: tf.multiply(o, scale, name="scaled"))
        outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        s.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="scaled"):
            s.run(outputs, {x: np.ones([2, 3, 5]), scale: np.ones([3, 4])})
