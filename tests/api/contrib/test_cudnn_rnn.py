"""tf.contrib.cudnn_rnn: its layers are its cells on top of each other, and are saved as those."""

import numpy as np
import pytest

import undertow as tf

cudnn = tf.contrib.cudnn_rnn
X = np.random.RandomState(0).randn(5, 2, 4).astype(np.float32)
LAYERS, UNITS = 2, 3
CELLS = {
    cudnn.CudnnLSTM: cudnn.CudnnCompatibleLSTMCell,
    cudnn.CudnnGRU: cudnn.CudnnCompatibleGRUCell,
    cudnn.CudnnRNNTanh: tf.nn.rnn_cell.BasicRNNCell,
    cudnn.CudnnRNNRelu: lambda n: tf.nn.rnn_cell.BasicRNNCell(n, tf.nn.relu),
}


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def started():
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def with_gradient(outputs, state, x):
    return [outputs, state, tf.gradients(tf.reduce_sum(outputs * outputs), x)[0]]


@pytest.mark.parametrize("lengths", [None, [3, 5]])
@pytest.mark.parametrize("layer_class", CELLS, ids=lambda c: c.__name__)
def test_a_layer_is_its_cells_from_the_checkpoint_it_wrote(layer_class, lengths, tmp_path):
    path = str(tmp_path / "model")
    x = tf.constant(X)
    layer = layer_class(LAYERS, UNITS, bias_initializer=tf.random_uniform_initializer(-1, 1))
    layer.build([None, None, 4])
    outputs, state = layer(x, sequence_lengths=lengths)
    with started() as session:
        wanted = session.run(with_gradient(outputs, state, x))
        tf.train.Saver().save(session, path)
    with tf.Graph().as_default():
        x = tf.constant(X)
        cells = tf.nn.rnn_cell.MultiRNNCell([CELLS[layer_class](UNITS) for _ in range(LAYERS)])
        outputs, state = tf.nn.dynamic_rnn(cells, x, sequence_length=lengths, dtype=tf.float32, time_major=True)
        with tf.Session() as session:
            tf.train.Saver().restore(session, path)
            found = session.run(with_gradient(outputs, state, x))
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-5)
    np.testing.assert_allclose(found[2], wanted[2], atol=1e-5)
    for layer, cell_state in enumerate(found[1]):  # an LSTM's layer gives (h, c), its cell (c, h)
        parts = reversed(cell_state) if isinstance(cell_state, tuple) else [cell_state]
        for part, last in zip(parts, wanted[1]):
            np.testing.assert_allclose(last[layer], part, atol=1e-5)


@pytest.mark.parametrize("layer_class", [cudnn.CudnnLSTM, cudnn.CudnnGRU], ids=lambda c: c.__name__)
def test_both_ways_it_is_stacked_bidirectional_cells(layer_class, tmp_path):
    path = str(tmp_path / "model")
    layer = layer_class(LAYERS, UNITS, direction="bidirectional")
    layer.build([None, None, 4])
    outputs, _ = layer(tf.constant(X))
    assert outputs.shape.as_list() == [5, 2, 6]
    with started() as session:
        wanted = session.run(outputs)
        tf.train.Saver([layer.saveable]).save(session, path)
    with tf.Graph().as_default():
        fw, bw = ([CELLS[layer_class](UNITS) for _ in range(LAYERS)] for _ in range(2))
        outputs, *_ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
            fw, bw, tf.constant(X), dtype=tf.float32, time_major=True
        )
        with tf.Session() as session:
            tf.train.Saver().restore(session, path)
            np.testing.assert_allclose(session.run(outputs), wanted, atol=1e-5)


def test_a_layer_starts_from_what_cells_have_saved(tmp_path):
    path = str(tmp_path / "model")
    cell = cudnn.CudnnCompatibleGRUCell(UNITS)
    outputs, _ = tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.MultiRNNCell([cell]), tf.constant(X), dtype=tf.float32, time_major=True
    )
    with started() as session:
        wanted = session.run(outputs)
        tf.train.Saver().save(session, path)
    with tf.Graph().as_default():
        layer = cudnn.CudnnGRU(1, UNITS)
        layer.build([None, None, 4])
        outputs, _ = layer(tf.constant(X))
        with started() as session:
            tf.train.Saver([layer.saveable]).restore(session, path)
            np.testing.assert_allclose(session.run(outputs), wanted, atol=1e-5)


def test_the_checkpoint_has_the_vector_and_the_cells_under_their_names(tmp_path):
    with tf.variable_scope("net"):
        cudnn.CudnnLSTM(1, UNITS)(tf.constant(X))
    with started() as session:
        saved = tf.train.Saver().save(session, str(tmp_path / "model"))
    prefix = "net/cudnn_lstm/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell"
    assert tf.train.list_variables(saved) == [
        ("net/cudnn_lstm/opaque_kernel", [4 * 3 * (4 + 3) + 8 * 3]),
        (f"{prefix}/bias", [12]),
        (f"{prefix}/kernel", [7, 12]),
    ]


def test_the_batch_first_is_the_same_network():
    layer = cudnn.CudnnLSTM(LAYERS, UNITS, direction="bidirectional")
    first, (h, c) = layer(tf.constant(X), sequence_lengths=[5, 2])
    other, (other_h, other_c) = layer(tf.constant(X.swapaxes(0, 1)), sequence_lengths=[5, 2], time_major=False)
    assert layer.state_shape(2) == ([4, 2, 3], [4, 2, 3])
    with started() as session:
        for a, b in session.run([(first, other), (h, other_h), (c, other_c)]):
            np.testing.assert_allclose(a.swapaxes(0, 1), b, atol=1e-6)


def test_dropout_between_layers_is_for_training_and_repeats_with_its_seed():
    layer = cudnn.CudnnLSTM(LAYERS, UNITS, dropout=0.5, seed=3)
    x = tf.constant(X)
    trained, tested = layer(x)[0], layer(x, training=False)[0]
    with started() as session:
        first, plain = session.run([trained, tested])
        again = session.run(trained)
    with started() as session:
        np.testing.assert_array_equal(session.run(trained), first)
    assert not np.allclose(first, plain)
    assert not np.allclose(first, again)


def test_reused_weights_are_saved_once():
    with tf.variable_scope("net"):
        cudnn.CudnnGRU(1, UNITS)(tf.constant(X))
    with tf.variable_scope("net", reuse=True):
        cudnn.CudnnGRU(1, UNITS, name="cudnn_gru")(tf.constant(X))
    assert len(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)) == 1
    assert [v.name for v in tf.trainable_variables()] == ["net/cudnn_gru/opaque_kernel:0"]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: cudnn.CudnnLSTM(1, 3, direction="up"), ValueError, "Invalid direction: up"),
        (lambda: cudnn.CudnnLSTM(1, 3, input_mode="x"), ValueError, "Invalid input_mode: x"),
        (lambda: cudnn.CudnnLSTM(1, 3, dtype=tf.int32), ValueError, "Only support float16"),
        (lambda: cudnn.CudnnLSTM(1, 3).build([5, 4]), ValueError, "3 dims, got 2"),
        (lambda: cudnn.CudnnLSTM(1, 3).build([5, 2, None]), ValueError, "should be defined"),
        (lambda: cudnn.CudnnLSTM(1, 3)(X, initial_state=tf.zeros([1, 2, 3])), TypeError, "expecting tuple"),
        (lambda: cudnn.CudnnLSTM(1, 3, input_mode="skip_input")(X), tf.errors.UnimplementedError, "skip_input"),
        (lambda: cudnn.CudnnLSTM(1, 3).input_size, ValueError, "unknown since layer has not been built"),
    ],
)
def test_says_what_is_wrong(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_lengths_out_of_range_are_told():
    outputs, _ = cudnn.CudnnGRU(1, 3)(tf.constant(X), sequence_lengths=[0, 6])
    with started() as session, pytest.raises(tf.errors.InvalidArgumentError, match="from 1 to 5, got \\[0, 6\\]"):
        session.run(outputs)
