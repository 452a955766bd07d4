"""Recurrent networks: cells, and what runs them along a sequence."""

import numpy as np
from harness import case

X = np.sin(np.arange(24, dtype=np.float32)).reshape(2, 4, 3)
LENGTHS = [4, 2]


def scoped(tf):
    return tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.9, 0.9, seed=5))


def all_cells(tf):
    cell = tf.nn.rnn_cell
    return [
        cell.BasicRNNCell(4),
        cell.GRUCell(4),
        cell.BasicLSTMCell(4, forget_bias=0.5),
        cell.LSTMCell(4),
        cell.LSTMCell(4, use_peepholes=True, cell_clip=0.3, num_proj=3, proj_clip=0.2, activation=tf.nn.relu),
        cell.MultiRNNCell([cell.BasicLSTMCell(4), cell.GRUCell(3)]),
        cell.ResidualWrapper(cell.GRUCell(3)),
        cell.DeviceWrapper(cell.BasicRNNCell(4), "/cpu:0"),
    ]


def with_gradients(tf, outputs, state):
    flat = tf.nest.flatten if hasattr(tf, "nest") else tf.contrib.framework.nest.flatten
    loss = sum(tf.reduce_sum(tf.square(t)) for t in [*flat(outputs), *flat(state)])
    return [flat(outputs), flat(state), tf.gradients(loss, tf.trainable_variables())]


@case(nodes=True)
def one_step_of_each_cell(tf):
    x = tf.constant(X[:, 0], name="x")
    found = []
    for i, cell in enumerate(all_cells(tf)):
        with tf.variable_scope(f"cell{i}", initializer=tf.random_uniform_initializer(-0.9, 0.9, seed=5)):
            found.append(cell(x, cell.zero_state(2, tf.float32)))
    return found


@case(nodes=True)
def joined_states(tf):
    cell = tf.nn.rnn_cell
    x = tf.constant(X[:, 0], name="x")
    state = tf.constant(np.sin(np.arange(28, dtype=np.float32)).reshape(2, 14), name="state")
    multi = cell.MultiRNNCell(
        [cell.LSTMCell(4, state_is_tuple=False), cell.BasicLSTMCell(3, state_is_tuple=False)], state_is_tuple=False
    )
    with scoped(tf):
        return [multi(x, state), multi.zero_state(2, tf.float32)]


@case(nodes=True)
def dynamic(tf):
    x = tf.placeholder_with_default(X, [None, 4, 3], name="x")
    found = []
    for i, cell in enumerate(all_cells(tf)):
        with scoped(tf):
            found.append(tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope=f"rnn{i}"))
    return found


@case
def dynamic_gradients(tf):
    found = []
    for i, cell in enumerate(all_cells(tf)):
        with scoped(tf):
            found.append(tf.nn.dynamic_rnn(cell, tf.constant(X), dtype=tf.float32, scope=f"rnn{i}"))
    return with_gradients(tf, [o for o, _ in found], [s for _, s in found])


@case(nodes=True)
def unscoped(tf):
    x = tf.placeholder_with_default(X, [None, None, 3], name="x")
    cell = tf.nn.rnn_cell.LSTMCell(5, initializer=tf.random_uniform_initializer(-0.9, 0.9, seed=5))
    return [*tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)]


@case
def dynamic_with_lengths(tf):
    x, lengths = tf.placeholder(tf.float32, [None, None, 3]), tf.placeholder(tf.int64, [None])
    cell = tf.nn.rnn_cell
    with scoped(tf):
        outputs, state = tf.nn.dynamic_rnn(
            cell.MultiRNNCell([cell.BasicLSTMCell(4), cell.GRUCell(3)]), x, sequence_length=lengths, dtype=tf.float32
        )
    found = [*with_gradients(tf, outputs, state), tf.gradients(outputs, x)]
    yield found, {x: X, lengths: LENGTHS}
    yield found, {x: X, lengths: [0, 1]}
    yield found, {x: X[:1], lengths: [3]}


@case
def time_major_from_a_state(tf):
    x = tf.constant(X.transpose(1, 0, 2))
    start = tf.constant(np.ones([2, 4], np.float32))
    with scoped(tf):
        outputs, state = tf.nn.dynamic_rnn(
            tf.nn.rnn_cell.GRUCell(4),
            x,
            sequence_length=LENGTHS,
            initial_state=start,
            time_major=True,
            swap_memory=True,
        )
    return [*with_gradients(tf, outputs, state), tf.gradients(state, start)]


@case
def both_directions(tf):
    x = tf.constant(X)
    cell = tf.nn.rnn_cell.BasicLSTMCell
    with scoped(tf):
        plain = tf.nn.bidirectional_dynamic_rnn(cell(4), cell(4), x, dtype=tf.float32)
        ending = tf.nn.bidirectional_dynamic_rnn(
            cell(4), cell(4), x, sequence_length=LENGTHS, dtype=tf.float32, scope="ending"
        )
        listed = tf.nn.static_bidirectional_rnn(
            cell(4), cell(4), tf.unstack(x, axis=1), sequence_length=LENGTHS, dtype=tf.float32, scope="listed"
        )
        short = tf.nn.static_bidirectional_rnn(cell(4), cell(4), tf.unstack(x, axis=1), dtype=tf.float32, scope="short")
    return with_gradients(tf, [plain[0], ending[0], listed[0], short[0]], [plain[1], ending[1], listed[1:], short[1:]])


@case(nodes=True)
def static(tf):
    x = tf.placeholder_with_default(X, [None, 4, 3], name="x")
    with scoped(tf):
        outputs, state = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(4), tf.unstack(x, 4, 1), dtype=tf.float32)
    return [outputs, state]


@case
def static_with_lengths(tf):
    x, lengths = tf.placeholder(tf.float32, [None, 4, 3]), tf.placeholder(tf.int32, [None])
    with scoped(tf):
        outputs, state = tf.nn.static_rnn(
            tf.nn.rnn_cell.BasicLSTMCell(4), tf.unstack(x, 4, 1), sequence_length=lengths, dtype=tf.float32
        )
    found = with_gradients(tf, outputs, state)
    yield found, {x: X, lengths: LENGTHS}
    yield found, {x: X, lengths: [1, 0]}


@case
def raw(tf):
    x = tf.TensorArray(tf.float32, size=4).unstack(tf.constant(X.transpose(1, 0, 2)))
    cell = tf.nn.rnn_cell.GRUCell(4)
    lengths = tf.constant(LENGTHS)

    def loop_fn(time, output, state, loop_state):
        finished = time >= lengths
        now = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([2, 3]), lambda: x.read(time))
        state = cell.zero_state(2, tf.float32) if output is None else state
        return finished, now, state, output, None

    with scoped(tf):
        emitted, state, loop_state = tf.nn.raw_rnn(cell, loop_fn)
    assert loop_state is None
    return with_gradients(tf, emitted.stack(), state)


@case
def dropout_keeps_what_it_is_told(tf):
    cell = tf.nn.rnn_cell
    x = tf.constant(X)
    keep = tf.placeholder_with_default(0.5, [])
    with scoped(tf):
        wrapped = cell.DropoutWrapper(cell.BasicLSTMCell(4), 0.8, keep, state_keep_prob=0.7, seed=3)
        outputs, state = tf.nn.dynamic_rnn(wrapped, x, dtype=tf.float32, scope="d")
        whole = cell.DropoutWrapper(
            cell.GRUCell(4), 0.8, 0.6, 0.7, variational_recurrent=True, input_size=3, dtype=tf.float32, seed=3
        )
        same, last = tf.nn.dynamic_rnn(whole, x, dtype=tf.float32, scope="v")
    return [outputs, state, same, last]


@case
def a_cell_of_ones_own(tf):
    class Own(tf.nn.rnn_cell.RNNCell):
        @property
        def state_size(self):
            return 4

        @property
        def output_size(self):
            return 2

        def call(self, inputs, state):
            w = tf.get_variable("w", [3, 4])
            state = tf.tanh(tf.matmul(inputs, w) + state)
            return state[:, :2], state

    with scoped(tf):
        outputs, state = tf.nn.dynamic_rnn(Own(), tf.constant(X), dtype=tf.float32)
    return [*with_gradients(tf, outputs, state), tf.constant([v.name for v in tf.trainable_variables()])]
