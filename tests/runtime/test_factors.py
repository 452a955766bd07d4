"""Products by one matrix that share a factor give what each product gives: values, gradients, trained variables."""

import numpy as np
import pytest

import passes_at_work
import undertow as tf
from passes_at_work import assert_close, normal
from undertow.kernels import factor
from undertow.runtime import passes
from undertow.runtime.loops import Rounds
from undertow.runtime.passes.factors import shared_factors

rnn = tf.nn.rnn_cell


@pytest.fixture(autouse=True, params=["gathered", "plain"])
def large(request, monkeypatch):
    """Whether every matrix is large enough for its gradient to be gathered, or none."""
    monkeypatch.setattr(factor, "LARGE_MATRIX", 0 if request.param == "gathered" else 2**18)


def fetched(*arguments):
    """What a program gives, and how many factors its plans make."""
    found, steps = passes_at_work.fetched(*arguments)
    rounds = [step.call for step in steps if isinstance(step.call, Rounds)]
    return found, sum(step.kind == "factor" for step in steps) + sum(len(call.made_once) for call in rounds)


def assert_same(build, feeds, monkeypatch, factors, runs=1, rtol=1e-5, atol=2e-6):
    everything = list(passes.ENABLED)
    expected, none = fetched(build, feeds, [], monkeypatch, runs)
    alone, count = fetched(build, feeds, [shared_factors], monkeypatch, runs)
    together, _ = fetched(build, feeds, everything, monkeypatch, runs)
    assert (none, count) == (0, factors)
    for found in (alone, together):
        assert_close(found, expected, rtol, atol)


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_the_steps_of_an_unrolled_network_share_the_weights_of_each_layer(dtype, monkeypatch):
    def build():
        x = tf.placeholder(dtype, [3, 5, 4])
        cell = rnn.MultiRNNCell([rnn.GRUCell(6), rnn.LSTMCell(7, use_peepholes=True)])
        outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=dtype)
        loss = tf.add_n([tf.reduce_sum(tf.sin(o)) for o in outputs])
        return [outputs, state, tf.gradients(loss, [x, *tf.trainable_variables()])], [x]

    assert_same(build, [normal(3, 5, 4)], monkeypatch, factors=3)


@pytest.mark.parametrize("sizes", [(3, 5, 4), (1, 1, 1), (2, 0, 3)])
def test_the_rounds_of_a_loop_share_factors_made_in_front_of_it(sizes, monkeypatch):
    def build():
        x = tf.placeholder(tf.float32, [sizes[0], None, sizes[2]])
        cell = tf.contrib.rnn.LayerNormBasicLSTMCell(6)
        outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        loss = tf.reduce_sum(tf.sin(outputs)) + tf.reduce_sum(state.c)
        return [outputs, state, tf.gradients(loss, [x, *tf.trainable_variables()])], [x]

    assert_same(build, [normal(*sizes)], monkeypatch, factors=1)


def test_three_steps_of_training_a_decoder_with_attention_give_the_same_variables(monkeypatch):
    seq2seq = tf.contrib.seq2seq

    def build():
        x, lengths = tf.placeholder(tf.float32, [3, 5, 4]), tf.placeholder(tf.int32, [3])
        memory, state = tf.nn.dynamic_rnn(rnn.LSTMCell(6), x, lengths, dtype=tf.float32)
        attention = seq2seq.LuongAttention(6, memory, memory_sequence_length=lengths)
        cell = seq2seq.AttentionWrapper(rnn.LSTMCell(6), attention, attention_layer_size=5)
        start = cell.zero_state(3, tf.float32).clone(cell_state=state)
        decoder = seq2seq.BasicDecoder(cell, seq2seq.TrainingHelper(x, lengths), start, tf.layers.Dense(4))
        outputs, _, _ = seq2seq.dynamic_decode(decoder)
        loss = tf.reduce_mean(tf.square(outputs.rnn_output - x[:, : tf.shape(outputs.rnn_output)[1]]))
        with tf.control_dependencies([tf.train.AdamOptimizer(0.02).minimize(loss)]):
            return [loss, [tf.identity(v) for v in tf.global_variables()]], [x, lengths]

    feeds = [normal(3, 5, 4), np.array([5, 2, 4])]
    assert_same(build, feeds, monkeypatch, factors=4, runs=3, rtol=1e-4, atol=1e-5)


def test_gradients_by_some_of_what_is_multiplied_do_not_disturb_those_by_the_rest(monkeypatch):
    def build():
        x, kernel = tf.placeholder(tf.float32, [2, 3]), tf.Variable(tf.random_uniform([3, 3]))
        rows = x
        for _ in range(5):
            rows = tf.tanh(tf.matmul(rows, kernel))
        first, second = tf.reduce_sum(tf.sin(rows)), tf.reduce_sum(tf.cos(rows))
        return [tf.gradients(first, x), tf.gradients(second, kernel), tf.gradients(first + second, [kernel, x])], [x]

    assert_same(build, [normal(2, 3)], monkeypatch, factors=1)


def test_a_gradient_that_is_differentiated_is_left_alone(monkeypatch):
    def build():
        x, kernel = tf.placeholder(tf.float32, [2, 3]), tf.Variable(tf.random_uniform([3, 3]))
        rows = x
        for _ in range(5):
            rows = tf.tanh(tf.matmul(rows, kernel))
        (slope,) = tf.gradients(tf.reduce_sum(rows), x)
        return [slope, tf.gradients(tf.reduce_sum(slope**2), kernel)], [x]

    assert_same(build, [normal(2, 3)], monkeypatch, factors=0)


def test_a_variable_written_between_products_is_another_matrix(monkeypatch):
    def build():
        kernel = tf.Variable(tf.ones([2, 2]), use_resource=True)
        rows = tf.ones([1, 2])
        for _ in range(4):
            rows = tf.matmul(rows, kernel.read_value())
            with tf.control_dependencies([rows]):
                assign = kernel.assign_add([[1.0, 0.0], [0.0, 1.0]])
            with tf.control_dependencies([assign]):
                rows = tf.identity(rows)
        return [rows, kernel.read_value()], []

    assert_same(build, [], monkeypatch, factors=0)


def test_matrices_that_do_not_fit_are_told_as_ever():
    with tf.Graph().as_default(), tf.Session() as s:
        x, kernel = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
        products = [tf.matmul(x + i, kernel, name=f"product_{i}") for i in range(4)]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"In\[0\]: \[2,3\], In\[1\]: \[4,2\]"):
            s.run(products, {x: np.ones([2, 3]), kernel: np.ones([4, 2])})
