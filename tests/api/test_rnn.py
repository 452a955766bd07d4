"""What recurrent networks and their cells refuse, what is known of their shapes, and how their weights are named."""

import numpy as np
import pytest

import undertow as tf

cells = tf.nn.rnn_cell


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def names():
    return [v.name for v in tf.trainable_variables()]


def test_weights_are_named_after_the_scopes_of_cells():
    x = tf.placeholder(tf.float32, [None, 5, 3])
    stack = cells.MultiRNNCell([cells.BasicLSTMCell(4), cells.DropoutWrapper(cells.GRUCell(4), 0.5)])
    outputs, state = tf.nn.dynamic_rnn(stack, x, dtype=tf.float32)
    assert names() == [
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel:0",
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias:0",
        "rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel:0",
        "rnn/multi_rnn_cell/cell_1/gru_cell/gates/bias:0",
        "rnn/multi_rnn_cell/cell_1/gru_cell/candidate/kernel:0",
        "rnn/multi_rnn_cell/cell_1/gru_cell/candidate/bias:0",
    ]
    assert outputs.shape.as_list() == [None, 5, 4]
    assert isinstance(state, tuple) and isinstance(state[0], cells.LSTMStateTuple)
    assert [v.name for v in stack.trainable_variables] == names()


def test_both_directions_have_weights_of_their_own():
    x = tf.placeholder(tf.float32, [2, 5, 3])
    tf.nn.bidirectional_dynamic_rnn(cells.BasicRNNCell(4), cells.BasicRNNCell(4), x, dtype=tf.float32)
    assert [name.split("/")[1] for name in names()] == ["fw", "fw", "bw", "bw"]
    assert names()[0] == "bidirectional_rnn/fw/basic_rnn_cell/kernel:0"


def test_a_state_or_a_dtype_is_needed():
    x = tf.placeholder(tf.float32, [2, 5, 3])
    with pytest.raises(ValueError, match="you must give a dtype"):
        tf.nn.dynamic_rnn(cells.BasicRNNCell(4), x)
    with pytest.raises(ValueError, match="dtype must be specified"):
        tf.nn.static_rnn(cells.BasicRNNCell(4), tf.unstack(x, axis=1))


def test_the_depth_of_inputs_must_be_known():
    with pytest.raises(ValueError, match="must be accessible via shape inference"):
        tf.nn.dynamic_rnn(cells.BasicRNNCell(4), tf.placeholder(tf.float32, [2, 5, None]), dtype=tf.float32)
    with pytest.raises(ValueError, match=r"Expected inputs.shape\[-1\] to be known"):
        cells.BasicRNNCell(4)(tf.placeholder(tf.float32, [2, None]), tf.zeros([2, 4]))


def test_lengths_are_one_for_each_example():
    x = tf.placeholder(tf.float32, [2, 5, 3])
    with pytest.raises(ValueError, match="sequence_length must be a vector"):
        tf.nn.dynamic_rnn(cells.BasicRNNCell(4), x, sequence_length=[[1]], dtype=tf.float32)
    lengths = tf.placeholder(tf.int32, [None])
    outputs, _ = tf.nn.dynamic_rnn(cells.BasicRNNCell(4), x, sequence_length=lengths, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="Expected shape for Tensor rnn_1/sequence_length"):
            session.run(outputs, {x: np.zeros([2, 5, 3]), lengths: [1]})


def test_what_is_no_cell_is_refused():
    x = tf.placeholder(tf.float32, [2, 5, 3])
    with pytest.raises(TypeError, match="is not an RNNCell"):
        tf.nn.dynamic_rnn(tf.layers.Dense(3), x, dtype=tf.float32)
    with pytest.raises(TypeError, match="inputs must be a sequence"):
        tf.nn.static_rnn(cells.BasicRNNCell(4), x, dtype=tf.float32)
    with pytest.raises(ValueError, match="inputs must not be empty"):
        tf.nn.static_rnn(cells.BasicRNNCell(4), [], dtype=tf.float32)
    with pytest.raises(ValueError, match="at least one cell"):
        cells.MultiRNNCell([])
    with pytest.raises(TypeError, match="loop_fn must be a callable"):
        tf.nn.raw_rnn(cells.BasicRNNCell(4), 1)


def test_a_joined_state_needs_cells_with_joined_states():
    with pytest.raises(ValueError, match="state_is_tuple is not set"):
        cells.MultiRNNCell([cells.LSTMCell(4)], state_is_tuple=False)
    joined = cells.MultiRNNCell([cells.LSTMCell(4, state_is_tuple=False)], state_is_tuple=False)
    assert joined.state_size == 8


def test_weights_are_floats():
    with pytest.raises(ValueError, match="RNN cell only supports floating"):
        cells.GRUCell(2, dtype=tf.int32)(tf.ones([1, 2], tf.int32), tf.ones([1, 2], tf.int32))


def test_dropout_probabilities_are_checked():
    with pytest.raises(ValueError, match="must be between 0 and 1"):
        cells.DropoutWrapper(cells.GRUCell(2), input_keep_prob=1.5)
    with pytest.raises(ValueError, match="dtype must be provided"):
        cells.DropoutWrapper(cells.GRUCell(2), 0.5, variational_recurrent=True)
    with pytest.raises(ValueError, match="input_size must be provided"):
        cells.DropoutWrapper(cells.GRUCell(2), 0.5, variational_recurrent=True, dtype=tf.float32)


def test_dropout_of_the_state_leaves_what_an_lstm_holds():
    wrapped = cells.DropoutWrapper(cells.BasicLSTMCell(100), state_keep_prob=0.5)
    x = tf.ones([1, 3])
    plain = wrapped.wrapped_cell(x, wrapped.zero_state(1, tf.float32))[1]
    state = wrapped(x, wrapped.zero_state(1, tf.float32))[1]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before, after = session.run([plain, state])
    assert (before.c == after.c).all()
    assert 20 < (after.h == 0).sum() < 80


def test_a_residual_needs_outputs_shaped_like_inputs():
    with pytest.raises(ValueError, match="are incompatible"):
        cells.ResidualWrapper(cells.GRUCell(4))(tf.ones([2, 3]), tf.zeros([2, 4]))
    doubled = cells.ResidualWrapper(cells.GRUCell(4), residual_fn=lambda i, o: o * 2.0)
    assert doubled(tf.ones([2, 3]), tf.zeros([2, 4]))[0].shape.as_list() == [2, 4]


def test_activations_go_by_name_too():
    with pytest.raises(ValueError, match="Unknown activation function"):
        cells.BasicRNNCell(4, activation="no such")
    assert cells.BasicRNNCell(4, activation="relu")(tf.ones([2, 3]), tf.zeros([2, 4]))[0].op.type == "Relu"


def test_a_state_saver_gets_the_last_state():
    saved = {}

    class Saver:
        def state(self, name):
            return tf.zeros([2, 4])

        def save_state(self, name, value):
            saved[name] = value
            return tf.no_op()

    x = tf.ones([2, 3])
    outputs, state = tf.nn.static_state_saving_rnn(cells.GRUCell(4), [x, x], Saver(), "h")
    assert len(outputs) == 2 and saved["h"] is state
    with pytest.raises(ValueError, match="should be the same type"):
        tf.nn.static_state_saving_rnn(cells.LSTMCell(4), [x], Saver(), "h")


def test_training_lowers_the_loss_of_a_recurrent_network():
    x = np.random.default_rng(0).normal(size=(8, 6, 2)).astype(np.float32)
    wanted = x.sum(1)
    _, state = tf.nn.dynamic_rnn(cells.LSTMCell(8), tf.constant(x), dtype=tf.float32)
    loss = tf.reduce_mean(tf.square(tf.layers.dense(state.h, 2) - wanted))
    train = tf.train.AdamOptimizer(0.05).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first = session.run(loss)
        for _ in range(60):
            session.run(train)
        assert session.run(loss) < 0.3 * first


def test_a_cell_that_never_called_the_base_may_be_stacked():
    class Doubled(tf.nn.rnn_cell.RNNCell):
        def __init__(self, cell):
            self.inner = cell

        state_size = output_size = 4

        def __call__(self, inputs, state, scope=None):
            return self.inner(inputs * 2, state, scope)

    cell = tf.nn.rnn_cell.MultiRNNCell([Doubled(tf.nn.rnn_cell.BasicRNNCell(4))])
    output, _ = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    assert output.shape.as_list() == [2, 4]
    assert names() == ["multi_rnn_cell/cell_0/basic_rnn_cell/kernel:0", "multi_rnn_cell/cell_0/basic_rnn_cell/bias:0"]
