"""tf.contrib.rnn: its cells against the plain ones, and what they refuse."""

import numpy as np
import pytest

import undertow as tf

rnn = tf.contrib.rnn
X = np.sin(np.arange(24, dtype=np.float32)).reshape(4, 2, 3)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def scope(name):
    return tf.variable_scope(name, initializer=tf.random_uniform_initializer(-0.9, 0.9, seed=5))


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def names():
    return [v.name for v in tf.trainable_variables()]


@pytest.mark.parametrize("peephole", [False, True])
def test_block_cells_are_the_plain_cells(peephole):
    state = tf.nn.rnn_cell.LSTMStateTuple(tf.ones([2, 4]), tf.ones([2, 4]))
    with scope("plain"):
        plain = tf.nn.rnn_cell.LSTMCell(4, use_peepholes=peephole, forget_bias=0.5)(tf.constant(X[0]), state)
    with scope("block"):
        block = rnn.LSTMBlockCell(4, forget_bias=0.5, use_peephole=peephole)(tf.constant(X[0]), state)
    for a, b in zip(*(tf.contrib.framework.nest.flatten(run([plain, block])[i]) for i in (0, 1))):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    assert "block/lstm_cell/kernel:0" in names()


def test_the_fused_cell_is_the_block_cell_along_the_sequence():
    with scope("step"):
        stepped = tf.nn.dynamic_rnn(
            rnn.LSTMBlockCell(4), tf.constant(X), sequence_length=[4, 2], dtype=tf.float32, time_major=True
        )
    with scope("fused"):
        fused = rnn.LSTMBlockFusedCell(4)(tf.constant(X), dtype=tf.float32, sequence_length=[4, 2])
    a, b = run([stepped, fused])
    np.testing.assert_allclose(a[0], b[0], rtol=1e-6)
    np.testing.assert_allclose(a[1].c, b[1].c, rtol=1e-6)
    assert names()[2:] == ["fused/lstm_fused_cell/kernel:0", "fused/lstm_fused_cell/bias:0"]


def test_gru_blocks_differ_only_in_the_names_of_weights():
    with scope("a"):
        rnn.GRUBlockCell(4)(tf.constant(X[0]), tf.zeros([2, 4]))
    with scope("b"):
        rnn.GRUBlockCellV2(4)(tf.constant(X[0]), tf.zeros([2, 4]))
    assert [n.split("/", 2)[2] for n in names()] == [
        "w_ru:0", "b_ru:0", "w_c:0", "b_c:0",
        "gates/kernel:0", "gates/bias:0", "candidate/kernel:0", "candidate/bias:0",
    ]  # fmt: skip


def test_normalized_gates_have_gain_and_shift_in_place_of_a_bias():
    cell = rnn.LayerNormBasicLSTMCell(4)
    cell(tf.constant(X[0]), cell.zero_state(2, tf.float32))
    assert names()[:3] == [
        "layer_norm_basic_lstm_cell/kernel:0",
        "layer_norm_basic_lstm_cell/input/gamma:0",
        "layer_norm_basic_lstm_cell/input/beta:0",
    ]
    plain = rnn.LayerNormBasicLSTMCell(4, layer_norm=False)
    with tf.variable_scope("plain"):
        plain(tf.constant(X[0]), plain.zero_state(2, tf.float32))
    assert names()[-1] == "plain/layer_norm_basic_lstm_cell/bias:0"


def test_stacked_directions_join_their_outputs():
    cells = [[tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.GRUCell(5)] for _ in range(2)]
    x = tf.constant(X.transpose(1, 0, 2))
    outputs, fw, bw = rnn.stack_bidirectional_dynamic_rnn(*cells, x, dtype=tf.float32)
    assert outputs.shape.as_list() == [2, 4, 10]
    assert len(fw) == len(bw) == 2
    assert names()[0] == "stack_bidirectional_rnn/cell_0/bidirectional_rnn/fw/gru_cell/gates/kernel:0"
    with pytest.raises(ValueError, match="must have the same depth"):
        rnn.stack_bidirectional_dynamic_rnn(cells[0], cells[1][:1], x, dtype=tf.float32)


def test_wrappers_check_their_sizes():
    with pytest.raises(ValueError, match="must be > 0"):
        rnn.OutputProjectionWrapper(tf.nn.rnn_cell.GRUCell(4), 0)
    with pytest.raises(ValueError, match="must be > 0"):
        rnn.EmbeddingWrapper(tf.nn.rnn_cell.GRUCell(4), 0, 2)
    with pytest.raises(ValueError, match="attn_length should be greater than zero"):
        rnn.AttentionCellWrapper(tf.nn.rnn_cell.GRUCell(4), 0)


def test_attention_looks_back_along_a_sequence():
    cell = rnn.AttentionCellWrapper(tf.nn.rnn_cell.BasicLSTMCell(4), 3)
    outputs, state = tf.nn.dynamic_rnn(cell, tf.constant(X), dtype=tf.float32, time_major=True)
    assert outputs.shape.as_list() == [4, 2, 4]
    kept = run([outputs, state])
    np.testing.assert_allclose(kept[1][2].reshape(2, 3, 4)[:, -1], kept[0][-1], rtol=1e-6)


def test_convolutional_gates_keep_the_size_of_images():
    cell = rnn.Conv2DLSTMCell(input_shape=[5, 6, 3], output_channels=4, kernel_shape=[3, 3], skip_connection=True)
    outputs, state = tf.nn.dynamic_rnn(cell, tf.ones([2, 7, 5, 6, 3]), dtype=tf.float32)
    assert outputs.shape.as_list() == [2, 7, 5, 6, 7]
    assert run([outputs, state])[1].c.shape == (2, 5, 6, 4)
    with pytest.raises(ValueError, match="Invalid input_shape"):
        rnn.Conv1DLSTMCell(input_shape=[5, 6, 3], output_channels=4, kernel_shape=[3])


def test_a_closed_highway_gives_what_the_cell_gives():
    x, h = tf.constant(X[0]), tf.zeros([2, 3])
    with scope("plain"):
        plain = tf.nn.rnn_cell.GRUCell(3)(x, h)[0]
    with scope("way"):
        highway = rnn.HighwayWrapper(tf.nn.rnn_cell.GRUCell(3), carry_bias_init=-100.0)(x, h)[0]
    a, b = run([plain, highway])
    np.testing.assert_allclose(a, b, rtol=1e-6)
