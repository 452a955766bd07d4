"""Plans as CUDA graphs, on a GPU that is not there (`pretend_gpu.py`): what is captured, and that nothing changes."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import torch

import undertow as tf
from pretend_gpu import DEVICE, PretendCuda
from undertow.runtime import captured, engine

RUNS = 9  # some before the graph is made, some of it


def _graphs(session):
    """How many graphs each plan of a session has."""
    return [plan.captured.graphs for plan in session._plans.values()]


def _small_network(optimizer):
    x = tf.placeholder(tf.float32, [None, 8, 8, 1], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    net = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu, kernel_initializer=tf.glorot_uniform_initializer(1))
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.batch_normalization(net, training=True)
    logits = tf.layers.dense(tf.layers.flatten(net), 3, kernel_initializer=tf.glorot_uniform_initializer(2))
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = optimizer().minimize(loss, step)
    return x, y, loss, train


def _trained(optimizer, sizes=(5,) * RUNS):
    """The losses of some steps, the variables after them, and how many graphs the plan of the step had."""
    with tf.Graph().as_default(), tf.Session() as session:
        x, y, loss, train = _small_network(optimizer)
        session.run(tf.global_variables_initializer())
        random = np.random.RandomState(0)
        losses = []
        for size in sizes:
            feeds = {x: random.rand(size, 8, 8, 1), y: random.randint(0, 3, size)}
            losses.append(session.run([loss, train], feeds)[0])
            for value in feeds.values():
                value[...] = 0  # the program's own again
        found = session.run(tf.global_variables())
        graphs = [p.captured.graphs for key, p in session._plans.items() if p.captured is not None and key[2]]
        return losses, found, graphs


OPTIMIZERS = {
    "adam": lambda: tf.train.AdamOptimizer(0.01),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.01),
    "decayed": lambda: tf.train.GradientDescentOptimizer(
        tf.train.exponential_decay(0.1, tf.train.get_global_step(), 2, 0.9)
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_captured_step_trains_as_one_that_is_not(name, gpu, monkeypatch):
    losses, variables, graphs = _trained(OPTIMIZERS[name])
    assert graphs == [1]
    monkeypatch.setattr(captured, "_COLD", RUNS)
    plain_losses, plain_variables, none = _trained(OPTIMIZERS[name])
    assert none == [0]
    np.testing.assert_allclose(losses, plain_losses, rtol=1e-6)
    for found, expected in zip(variables, plain_variables):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_changes_many_variables_by_as_many_kernels_as_two(name, gpu):
    def launches(count):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.train.create_global_step()
            variables = [tf.get_variable(f"v{i}", [i + 1], initializer=tf.ones_initializer()) for i in range(count)]
            train = OPTIMIZERS[name]().apply_gradients([(tf.ones([i + 1]), v) for i, v in enumerate(variables)])
            session.run(tf.global_variables_initializer())
            session.run(train)
            before = gpu.launches
            session.run(train)
            found = gpu.launches - before
            values = session.run(variables)
        assert len({float(v) for value in values for v in np.round(value, 4)}) == 1
        return found

    assert launches(12) == launches(2)


def test_each_of_a_few_shapes_gets_a_graph_and_the_rest_run_without(gpu, monkeypatch):
    sizes = (1, 2, 3, 4, 5, 6) * 5
    losses, _, graphs = _trained(OPTIMIZERS["adam"], sizes)
    assert graphs == [4]
    monkeypatch.setattr(captured, "_COLD", len(sizes))
    np.testing.assert_allclose(losses, _trained(OPTIMIZERS["adam"], sizes)[0], rtol=1e-6)


def test_a_fetched_value_does_not_change_with_the_next_replay(gpu):
    x = tf.placeholder(tf.float32, [3])
    y = tf.sqrt(tf.exp(x) + 1.0)
    with tf.Session() as session:
        found = [session.run(y, {x: [i, i, i]}) for i in range(RUNS)]
        assert _graphs(session) == [1]
    np.testing.assert_allclose(found, [[np.sqrt(np.exp(i) + 1)] * 3 for i in range(RUNS)], rtol=1e-6)


def test_values_from_the_host_are_part_of_what_a_graph_is_of(gpu):
    x, size = tf.placeholder(tf.float32, [4]), tf.placeholder(tf.int32, [2])
    y = tf.exp(tf.reshape(tf.exp(tf.exp(x) * 0.5), size)) + 1.0
    with tf.Session() as session:
        for _ in range(RUNS):
            for shape in ([2, 2], [4, 1]):
                assert list(session.run(y, {x: np.zeros(4), size: shape}).shape) == shape
        assert _graphs(session) == [2]


def test_a_seed_for_the_graph_keeps_dropout_inside_with_its_numbers(gpu, monkeypatch):
    def found():
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(5)
            x = tf.placeholder(tf.float32, [None, 6])
            net = tf.nn.dropout(tf.layers.dense(x, 5), rate=0.5) + tf.random_normal([5])
            train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(net * net))
            session.run(tf.global_variables_initializer())
            values = [session.run([net, train], {x: np.ones([3, 6])})[0] for _ in range(RUNS)]
            return values, [p.captured.graphs for key, p in session._plans.items() if key[2] and p.captured]

    values, graphs = found()
    assert graphs == [1]
    monkeypatch.setattr(engine, "accelerator", lambda: None)
    np.testing.assert_allclose(values, found()[0], rtol=1e-5, atol=1e-6)


def test_dropout_stays_random_and_a_seeded_one_keeps_its_numbers(gpu, monkeypatch):
    x = tf.ones([100])
    free = tf.nn.dropout(tf.exp(x), rate=0.5)
    seeded = tf.nn.dropout(tf.exp(x), rate=0.5, seed=3)
    with tf.Session() as session:
        found = [session.run([free, seeded]) for _ in range(RUNS)]
        assert _graphs(session) == [1]
    assert len({tuple(a) for a, _ in found}) == RUNS
    monkeypatch.setattr(captured, "_COLD", RUNS)
    with tf.Session() as session:
        plain = [session.run(seeded) for _ in range(RUNS)]
    np.testing.assert_array_equal([b for _, b in found], plain)


def test_what_needs_the_host_runs_before_and_after(gpu):
    x = tf.placeholder(tf.float32, [3])
    (doubled,) = tf.py_func(lambda v: [v * 2], [x], [tf.float32])
    doubled.set_shape([3])
    middle = tf.sqrt(tf.exp(doubled) + 1.0) * 3.0
    written = tf.as_string(tf.py_func(lambda v: v.sum(), [middle], tf.float32))
    with tf.Session() as session:
        for i in range(RUNS):
            text, value = session.run([written, middle], {x: [i] * 3})
            np.testing.assert_allclose(float(text), value.sum(), rtol=1e-6)
            np.testing.assert_allclose(value, 3 * np.sqrt(np.exp(np.float32(2 * i)) + 1) * np.ones(3), rtol=1e-5)
        assert _graphs(session) == [1]


def test_a_variable_on_the_host_counts_on(gpu):
    count = tf.get_variable("count", [], tf.int32, initializer=tf.zeros_initializer())
    add = tf.assign_add(count, 1)
    y = tf.exp(tf.sqrt(tf.ones([2]) * tf.cast(add, tf.float32))) + 1.0
    with tf.Session() as session:
        session.run(count.initializer)
        found = [session.run([y, add]) for _ in range(RUNS)]
        plan = list(session._plans.values())[-1]
        assert plan.captured.graphs == 1
    assert [int(n) for _, n in found] == list(range(1, RUNS + 1))
    np.testing.assert_allclose([v[0] for v, _ in found], np.exp(np.sqrt(np.arange(1, RUNS + 1))) + 1, rtol=1e-5)


def test_a_check_that_fails_leaves_the_variables_as_they_were(gpu):
    x = tf.placeholder(tf.float32, [2])
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    total = tf.exp(x) * 2.0 + 1.0
    with tf.control_dependencies([tf.Assert(tf.reduce_all(total < 100.0), [total])]):
        add = tf.assign_add(v, total)
    with tf.Session() as session:
        session.run(v.initializer)
        for _ in range(RUNS):
            session.run(add, {x: [0, 0]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
            session.run(add, {x: [9, 9]})
        np.testing.assert_allclose(session.run(v), [3 * RUNS] * 2)


def test_a_variable_made_anew_gets_a_new_graph(gpu):
    v = tf.Variable(tf.zeros([2]), validate_shape=False)
    grow = tf.assign(v, tf.ones([3]), validate_shape=False)
    y = tf.exp(tf.sqrt(v + 1.0)) * 2.0
    with tf.Session() as session:
        session.run(v.initializer)
        for _ in range(RUNS):
            assert session.run(y).shape == (2,)
        session.run(grow)
        for _ in range(RUNS):
            assert session.run(y).shape == (3,)


def test_graphs_are_made_anew_after_a_recording_that_failed(gpu, monkeypatch):
    y = tf.exp(tf.sqrt(tf.random_uniform([4]) + 1.0)) * 2.0
    with tf.Session() as session:
        for _ in range(RUNS):
            session.run(y)
        monkeypatch.setattr(PretendCuda, "failures", 1)
        monkeypatch.setattr(PretendCuda, "record", lambda *_: (_ for _ in ()).throw(RuntimeError("no more of them")))
        for _ in range(RUNS):
            assert (session.run(y) > 2 * np.e - 1e-4).all()
        assert _graphs(session) == [0]


def test_a_branch_that_the_host_chooses_has_a_graph_for_each_choice(gpu):
    x, p = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: tf.exp(x), lambda: x - 1.0)
    z = tf.sqrt(tf.exp(tf.exp(x))) + 1.0
    with tf.Session() as session:
        for i in range(RUNS):
            found, _ = session.run([y, z], {x: [1, 1], p: bool(i % 2)})
            np.testing.assert_allclose(found, np.exp([1, 1]) if i % 2 else [0, 0], rtol=1e-6)
        assert _graphs(session) == [2]


def test_a_branch_that_the_device_chooses_stays_outside(gpu, caplog):
    x = tf.placeholder(tf.float32, [2])
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.exp(x), lambda: x - 1.0)
    z = tf.sqrt(tf.exp(tf.exp(x))) + 1.0
    with caplog.at_level(logging.INFO, "undertow"), tf.Session() as session:
        for i in range(RUNS):
            found, _ = session.run([y, z], {x: [i % 2, i % 2]})
            np.testing.assert_allclose(found, np.exp([1, 1]) if i % 2 else [-1, -1], rtol=1e-6)
        assert _graphs(session) == [1]
    assert "goes to the host" in caplog.text


@pytest.mark.parametrize("by_handle", [False, True])
def test_a_write_in_a_branch_that_was_not_taken_at_first_is_not_lost(by_handle, gpu):
    x, p = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.bool, [])
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer(), use_resource=by_handle)
    y = tf.cond(p, lambda: tf.identity(tf.assign_add(v, x)), lambda: x * 2.0)
    z = tf.sqrt(tf.exp(tf.exp(x))) + 1.0
    with tf.Session() as session:
        session.run(v.initializer)
        for i in range(2 * RUNS):
            session.run([y, z], {x: [1, 1], p: i >= RUNS})
        assert session.run(v).tolist() == [RUNS, RUNS]


def test_batch_norm_that_is_told_in_the_run_whether_it_trains_does_as_without_graphs(gpu, monkeypatch):
    def losses():
        with tf.Graph().as_default(), tf.Session() as session:
            x, trains = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.bool)
            net = tf.layers.dense(x, 3, kernel_initializer=tf.glorot_uniform_initializer(1))
            net = tf.layers.batch_normalization(net, training=trains, momentum=0.5)
            loss = tf.reduce_mean(tf.square(net - 1.0))
            with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
                train = tf.train.AdamOptimizer(0.01).minimize(loss)
            session.run(tf.global_variables_initializer())
            random = np.random.RandomState(0)
            found = [session.run([loss, train], {x: random.rand(5, 4), trains: i % 3 > 0})[0] for i in range(3 * RUNS)]
            return found, [p.captured.graphs for key, p in session._plans.items() if key[2]]

    found, graphs = losses()
    assert graphs == [2]
    monkeypatch.setattr(captured, "_COLD", 3 * RUNS)
    np.testing.assert_allclose(found, losses()[0], rtol=1e-5)


def test_a_summary_of_weights_sees_them_before_the_step(gpu):
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(w * w))
    before = tf.py_func(lambda v: v.copy(), [w.read_value()], tf.float32)
    with tf.Session() as session:
        session.run(w.initializer)
        w_is = np.ones(2, np.float32)
        for _ in range(RUNS):
            found, _ = session.run([before, train])
            np.testing.assert_allclose(found, w_is, atol=1e-7)
            w_is = session.run(w)


def test_it_tells_why_a_plan_is_not_captured(gpu, caplog):
    x = tf.placeholder(tf.float32, [None])
    y = tf.boolean_mask(x, x > 0)
    with caplog.at_level(logging.INFO, "undertow"), tf.Session() as session:
        for _ in range(RUNS):
            session.run(y, {x: [1, -1]})
        assert _graphs(session) == [0]
    assert "waits for the device" in caplog.text


def test_the_recording_does_nothing_and_the_replay_does(gpu):
    v = torch.ones(2, device=DEVICE)
    replay, result = PretendCuda(gpu).record(lambda: v.add_(1) * 2)
    assert v.cpu().tolist() == [1, 1] and np.isnan(result.cpu().numpy()).all()
    replay()
    assert v.cpu().tolist() == [2, 2] and result.cpu().tolist() == [4, 4]
    with pytest.raises(RuntimeError, match="capturing"):
        PretendCuda(gpu).record(lambda: float(v[0]))


def test_uploads_are_those_of_the_shapes_that_the_graph_is_of(gpu):
    x = tf.placeholder(tf.float32, [None])
    grown = tf.exp(tf.sqrt(x + 1.0))
    y = grown * tf.cast(tf.size(grown), tf.float32)  # a number that is known on the host once there are shapes
    with tf.Session() as session:
        for _ in range(RUNS):
            for size in (2, 3):
                found = session.run(y, {x: np.zeros(size)})
                np.testing.assert_allclose(found, size * np.e * np.ones(size), rtol=1e-6)
        assert _graphs(session) == [2]


def test_cells_with_lengths_are_in_the_graph_whatever_the_lengths(gpu):
    x, n = tf.placeholder(tf.float32, [None, 4, 3]), tf.placeholder(tf.int32, [None])
    cell = tf.nn.rnn_cell.LSTMCell(2, initializer=tf.random_uniform_initializer(-1, 1, seed=1))
    outputs, state = tf.nn.dynamic_rnn(cell, x, n, dtype=tf.float32)
    gradients = tf.gradients(tf.reduce_sum(outputs * outputs), tf.trainable_variables())
    random = np.random.RandomState(0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(RUNS):
            lengths = [4, i % 4 + 1]  # the longest tells how many rounds there are
            session.run([outputs, state, gradients], {x: random.rand(2, 4, 3), n: lengths})
        last = {x: random.rand(2, 4, 3), n: [4, 2]}
        found = session.run([outputs, state.h, gradients], last)
        assert _graphs(session)[-2:] == [1, 0]
        for whole, alone in zip(found[:2], session.run([outputs[1:, :2], state.h[1:]], {x: last[x], n: [4, 2]})):
            np.testing.assert_allclose(whole[1:, :2] if whole.ndim == 3 else whole[1:], alone, rtol=1e-6)
        assert not found[0][1, 2:].any()


def test_indices_out_of_range_are_left_out_without_waiting(gpu):
    i = tf.placeholder(tf.int64, [3])
    v = tf.get_variable("v", initializer=[[1.0, 2.0], [3.0, 4.0]])
    taken, pairs = tf.gather(v, i), tf.gather_nd(v, tf.stack([i, i], 1))
    with tf.control_dependencies([taken, pairs]):
        added = tf.scatter_add(v, i, tf.ones([3, 2]))
    with tf.control_dependencies([added]):
        put = tf.scatter_update(v, i, [[7.0, 7.0], [8.0, 8.0], [9.0, 9.0]])
    with tf.Session() as session:
        session.run(v.initializer)
        for _ in range(RUNS):
            session.run(v.initializer)
            found = session.run([taken, pairs, added, put], {i: [5, 1, -1]})
            assert found[0].tolist() == [[0, 0], [3, 4], [0, 0]]
            assert found[1].tolist() == [0, 4, 0]
            assert session.run(v).tolist() == [[1, 2], [8, 8]]
        assert max(_graphs(session)) == 1


def test_classes_are_drawn_anew_in_each_replay(gpu):
    logits = tf.placeholder(tf.float32, [None, 50])
    drawn = tf.multinomial(tf.nn.relu(logits) * 0.5, 8)
    with tf.Session() as session:
        found = [session.run(drawn, {logits: np.zeros([2, 50])}) for _ in range(RUNS)]
        assert _graphs(session) == [1]
    assert len({tuple(value.ravel()) for value in found}) == RUNS
    assert all(value.min() >= 0 and value.max() < 50 for value in found)
