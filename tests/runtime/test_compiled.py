"""`global_jit_level`: a plan that is compiled gives what it gave before, errors included.

Most tests leave out inductor, which takes seconds: what it is given runs as it is.
"""

import logging
import shutil

import numpy as np
import pytest

import undertow as tf
from undertow.runtime import compiled, traced

RUNS = compiled.RUNS_BEFORE + 3
needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("g++", "clang++", "c++"))), reason="there is no C++ compiler"
)


@pytest.fixture
def traced_only(monkeypatch):
    """The number of functions that would have been compiled."""
    made = []
    monkeypatch.setattr(traced, "compiled", lambda graph, values: made.append(graph) or graph)
    monkeypatch.setattr(compiled, "FEWEST", 1)
    monkeypatch.setattr(compiled, "SLOWEST", 1e9)
    return made


def session(level=tf.OptimizerOptions.ON_1):
    options = tf.OptimizerOptions(global_jit_level=level)
    return tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options)))


def both(build, runs=RUNS):
    """What `build()`, a function of sessions, gives in each of some runs, uncompiled and compiled."""
    found = []
    for level in (0, tf.OptimizerOptions.ON_1):
        with tf.Graph().as_default():
            tf.set_random_seed(7)
            step = build()
            with session(level) as s:
                s.run(tf.global_variables_initializer())
                found.append([step(s) for _ in range(runs)])
    return found


def same(build, runs=RUNS, **tolerance):
    plain, jit = both(build, runs)
    for a, b in zip(plain, jit):
        for one, other in zip(a, b):
            np.testing.assert_allclose(other, one, **{"rtol": 2e-5, "atol": 1e-6, **tolerance})


def network():
    """A training step with images, dense layers, dropout, batch statistics and a sparse loss."""
    random = np.random.RandomState(0)
    images, labels = random.randn(6, 8, 8, 2).astype(np.float32), random.randint(0, 3, 6)
    x, y = tf.placeholder(tf.float32, [None, 8, 8, 2]), tf.placeholder(tf.int64, [None])
    net = tf.layers.conv2d(x, 4, 3, padding="same", activation=tf.nn.relu)
    net = tf.layers.max_pooling2d(tf.layers.batch_normalization(net, training=True), 2, 2)
    net = tf.nn.dropout(tf.layers.flatten(net), rate=0.3)
    logits = tf.layers.dense(tf.layers.dense(net, 8, activation=tf.tanh), 3)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = tf.train.AdamOptimizer(0.01).minimize(loss)
    variables = tf.global_variables()
    feeds = {x: images, y: labels}
    return lambda s: [s.run([loss, train], feeds)[0], *s.run(variables)]


@needs_compiler
def test_a_compiled_network_trains_as_an_uncompiled_one(monkeypatch, caplog):
    monkeypatch.setattr(compiled, "SLOWEST", 1e9)
    same(network, rtol=1e-3, atol=1e-5)
    assert "global_jit_level" not in caplog.text


def test_a_network_is_compiled_with_its_gradients_as_one_function(traced_only):
    same(network)
    assert any("convolution_backward" in str(graph.code) for graph in traced_only)
    assert all("random" not in str(graph.code) for graph in traced_only)


def embedding():
    table = tf.get_variable("table", [10, 4], initializer=tf.random_normal_initializer(seed=1))
    ids = tf.placeholder(tf.int64, [None])
    loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, ids)) + 1.0)
    return ids, tf.gradients(loss, table)[0], loss


def test_an_index_out_of_range_is_the_same_error_as_uncompiled(traced_only):
    with tf.Graph().as_default(), session() as s:
        ids, gradient, loss = embedding()
        s.run(tf.global_variables_initializer())
        for _ in range(RUNS):
            before = s.run([loss, gradient.values], {ids: [1, 2, 1]})
        assert traced_only
        for wrong in ([1, 2, 10], [-1, 2, 3]):
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not in \[0, 10\)"):
                s.run(loss, {ids: wrong})
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not in \[0, 10\)"):
                s.run([loss, gradient.values], {ids: wrong})
        for a, b in zip(before, s.run([loss, gradient.values], {ids: [1, 2, 1]})):
            np.testing.assert_allclose(a, b, rtol=1e-6)


def test_integers_are_divided_as_uncompiled(traced_only):
    with tf.Graph().as_default(), session() as s:
        x, y = tf.placeholder(tf.int32, [3]), tf.placeholder(tf.int32, [3])
        fetches = [x // y + 1, (x + 1) // 3, (x + 1) % 3, tf.gather(tf.square(x), [2, 0])]
        for _ in range(RUNS):
            for value, expected in zip(s.run(fetches, {x: [7, -7, 4], y: [2, 2, -3]}), _DIVIDED):
                np.testing.assert_array_equal(value, expected)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
            s.run(fetches, {x: [1, 2, 3], y: [1, 0, 1]})
    code = "".join(graph.code for graph in traced_only)
    assert "index_select" in code and "rem" in code


_DIVIDED = [[4, -3, -1], [2, -2, 1], [2, 0, 2], [16, 49]]  # 7 // 2 + 1 = 4, -7 // 2 + 1 = -3, 4 // -3 + 1 = -1 …


def test_a_check_of_numbers_still_fails_when_compiled(traced_only):
    with tf.Graph().as_default(), session() as s:
        x = tf.placeholder(tf.float32, [None])
        y = tf.check_numerics(tf.exp(x * 2.0) + 1.0, "too large") * 3.0
        for _ in range(RUNS):
            np.testing.assert_allclose(s.run(y, {x: [0.0, 1.0]}), 3 * (np.exp([0.0, 2.0]) + 1), rtol=1e-6)
        with pytest.raises(tf.errors.InvalidArgumentError, match="too large : Tensor had Inf"):
            s.run(y, {x: [0.0, 1000.0]})
        np.testing.assert_allclose(s.run(y, {x: [0.0, 1.0]}), 3 * (np.exp([0.0, 2.0]) + 1), rtol=1e-6)


def test_an_assertion_comes_before_what_waits_for_it(traced_only):
    with tf.Graph().as_default(), session() as s:
        a, b = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
        with tf.control_dependencies([tf.Assert(tf.equal(tf.size(a), tf.size(b)), ["sizes differ"])]):
            total = tf.identity(a) + b
        for _ in range(RUNS):
            np.testing.assert_array_equal(s.run(total, {a: [1, 2], b: [3, 4]}), [4, 6])
        with pytest.raises(tf.errors.InvalidArgumentError, match="sizes differ"):
            s.run(total, {a: [1, 2], b: [3, 4, 5]})


def test_shapes_beyond_a_number_run_uncompiled_and_one_line_says_so(traced_only, monkeypatch, caplog):
    monkeypatch.setattr(compiled, "SHAPES", 2)
    with tf.Graph().as_default(), session() as s:
        x = tf.placeholder(tf.float32)
        y = tf.reshape(tf.exp(x) + 1.0, [-1])
        with caplog.at_level(logging.WARNING, "tensorflow"):
            for size in (1, 2, 3, 4, 5, 2, 6) * 2:
                value = np.arange(2 * size).reshape(2, size)
                np.testing.assert_allclose(s.run(y, {x: value}), np.exp(np.arange(2.0 * size)) + 1, rtol=1e-6)
    assert len(traced_only) == 2
    assert [r.getMessage() for r in caplog.records if "global_jit_level" in r.getMessage()] == [
        "global_jit_level: 3 steps around Reshape are compiled for 2 sets of shapes; others run uncompiled."
    ]


def test_what_the_compiler_fails_on_runs_uncompiled_and_one_line_says_why(traced_only, monkeypatch, caplog):
    def fail(graph, values):
        raise RuntimeError("No working C++ compiler found\nand more")

    monkeypatch.setattr(traced, "compiled", fail)
    with caplog.at_level(logging.WARNING, "tensorflow"):
        with tf.Graph().as_default(), session() as s:
            x = tf.placeholder(tf.float32, [2])
            y = tf.exp(x) + 1.0
            for _ in range(RUNS + 3):
                np.testing.assert_allclose(s.run(y, {x: [0.0, 1.0]}), np.exp([0.0, 1.0]) + 1, rtol=1e-6)
    assert [r.getMessage() for r in caplog.records if "global_jit_level" in r.getMessage()] == [
        "global_jit_level: 2 steps around add run uncompiled: No working C++ compiler found"
    ]


def test_numbers_that_are_wrong_when_compiled_are_not_used(traced_only, monkeypatch, caplog):
    monkeypatch.setattr(traced, "compiled", lambda graph, values: lambda *given: [v + 1 for v in graph(*given)])
    with caplog.at_level(logging.WARNING, "tensorflow"):
        with tf.Graph().as_default(), session() as s:
            x = tf.placeholder(tf.float32, [2])
            y = tf.exp(x) + 1.0
            for _ in range(RUNS):
                np.testing.assert_allclose(s.run(y, {x: [0.0, 1.0]}), np.exp([0.0, 1.0]) + 1, rtol=1e-6)
    assert "they give something else: other numbers" in caplog.text


@needs_compiler
def test_what_is_fetched_is_never_a_variables_memory(monkeypatch):
    monkeypatch.setattr(compiled, "SLOWEST", 1e9)
    with tf.Graph().as_default(), session() as s:
        v = tf.Variable([1.0, 2.0, 3.0, 4.0])
        same_memory = tf.reshape(tf.identity(v), [2, 2])
        noop = tf.transpose(same_memory + 0.0)
        twice = [tf.exp(v) + 1.0, tf.exp(v) + 1.0]
        fixed = tf.shape(noop) + 1
        more = v.assign_add([1.0] * 4)
        s.run(v.initializer)
        for run in range(RUNS):
            found = s.run([same_memory, noop, fixed, *twice])
            for number, array in enumerate(found):
                kept = array.copy()
                s.run(more)
                np.testing.assert_array_equal(array, kept)
                array[...] = number
            for number, array in enumerate(found):  # none is in another's memory either
                np.testing.assert_array_equal(array, np.full_like(array, number))
            np.testing.assert_array_equal(s.run(fixed), [3, 3])
            np.testing.assert_array_equal(s.run(v), np.arange(1.0, 5.0) + 5 * (run + 1))


def test_a_value_read_before_a_write_is_the_old_one(traced_only):
    def build():
        v = tf.Variable([1.0, 2.0])
        before = tf.exp(v.read_value() * 0.1)
        with tf.control_dependencies([before]):
            write = v.assign_add([1.0, 1.0])
        with tf.control_dependencies([write]):
            after = tf.exp(v.read_value() * 0.1)
        return lambda s: s.run([before, after])

    same(build)
    assert traced_only


def test_two_updates_in_one_run_both_see_the_old_values(traced_only):
    def build():
        a, b = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 5.0])
        one, two = tf.reduce_sum(a * b * b), tf.reduce_sum(a * a * b)
        descent = tf.train.GradientDescentOptimizer(0.01)
        steps = [descent.minimize(one, var_list=[a]), descent.minimize(two, var_list=[b])]
        return lambda s: [s.run([steps, one, two])[1], *s.run([a, b])]

    same(build)
    assert traced_only


def test_a_pools_gradient_goes_to_the_first_of_the_largest(traced_only):
    def build():
        x = tf.constant(np.random.RandomState(0).randint(0, 3, [2, 6, 6, 2]).astype(np.float32))
        scale = tf.Variable(np.ones([6, 6, 2], np.float32))
        pooled = tf.nn.max_pool(x * scale, [1, 2, 3, 1], [1, 2, 3, 1], "VALID")
        weights = tf.reshape(tf.range(1.0, 25.0), [2, 3, 2, 2])
        gradient = tf.gradients(pooled * weights, scale)[0]
        return lambda s: s.run([pooled, gradient])

    same(build)
    assert traced_only


def test_sampled_losses_are_the_same(traced_only):
    def build():
        table = tf.get_variable("table", [50, 8], initializer=tf.random_normal_initializer(seed=1))
        biases = tf.get_variable("biases", [50], initializer=tf.random_normal_initializer(seed=2))
        labels = tf.constant([[1], [2], [0], [3]], tf.int64)
        x = tf.nn.embedding_lookup(table, [5, 1, 2, 3])
        loss = tf.reduce_mean(tf.nn.sampled_softmax_loss(table, biases, labels, x, 20, 50, seed=3))
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        return lambda s: [s.run([loss, train])[0], *s.run([table, biases])]

    same(build)
    assert traced_only


def test_branches_and_loops_give_the_same(traced_only):
    def build():
        x = tf.placeholder(tf.float32, [3])
        chosen = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.exp(x) + 1.0, lambda: tf.tanh(x) - 1.0)
        _, looped = tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, y * 0.5 + x), [0, chosen])
        gradient = tf.gradients(tf.reduce_sum(looped * looped), x)[0]
        values = iter([[1.0, 2.0, 3.0], [-1.0, 0.0, -2.0]] * RUNS)
        return lambda s: s.run([chosen, looped, gradient], {x: next(values)})

    same(build)


def test_second_gradients_and_stopped_ones_are_the_same(traced_only):
    def build():
        w = tf.Variable([[0.3, -0.2], [0.1, 0.5]])
        x = tf.constant([[1.0, 2.0]])
        y = tf.reduce_sum(tf.tanh(tf.matmul(x, w)) * tf.stop_gradient(tf.sigmoid(w)))
        first = tf.gradients(y, w)[0]
        second = tf.gradients(tf.reduce_sum(first * first), w)[0]
        return lambda s: s.run([first, second])

    same(build)
    assert traced_only


def test_a_run_in_parts_goes_on_as_far_as_what_is_fed_allows(traced_only):
    with tf.Graph().as_default(), session() as s:
        a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
        one = tf.exp(a) + 1.0
        two = tf.exp(b) + one
        for _ in range(RUNS):
            handle = s.partial_run_setup([one, two], [a, b])
            assert s.partial_run(handle, one, {a: 0.0}) == 2.0
            assert s.partial_run(handle, two, {b: 0.0}) == 3.0


def test_shapes_may_follow_from_what_is_compiled(traced_only):
    def build():
        x = tf.placeholder(tf.float32, [None, None])
        w = tf.Variable([[1.0], [2.0]])
        net = tf.matmul(x, w)
        flat = tf.reshape(net * 2.0, [tf.shape(net)[0] * tf.shape(net)[1]])
        loss = tf.reduce_sum(flat / tf.cast(tf.size(flat), tf.float32))
        gradient = tf.gradients(loss, w)[0]
        sizes = iter([1, 2, 3] * RUNS)
        return lambda s: s.run([loss, gradient, tf.shape(net)], {x: np.ones([next(sizes), 2])})

    same(build, runs=3 * RUNS)


def test_values_that_shapes_are_made_of_are_not_compiled_in(traced_only):
    def build():
        x, n = tf.placeholder(tf.float32, [6]), tf.placeholder(tf.int32, [])
        net = tf.exp(tf.reshape(tf.exp(x), tf.stack([n, -1])))
        numbers = iter([1, 2, 3, 6] * RUNS)
        return lambda s: [s.run(tf.reduce_sum(net, 0), {x: np.arange(6) * 0.1, n: next(numbers)}).sum()]

    same(build, runs=4 * RUNS)


def test_without_the_option_nothing_is_put_into_regions():
    with tf.Graph().as_default(), session(level=0) as s:
        x = tf.placeholder(tf.float32, [2])
        s.run(tf.exp(x) + 1.0, {x: [0.0, 1.0]})
        assert [step.kind for plan in s._plans.values() for step in plan.steps] == ["Exp", "AddV2"]
