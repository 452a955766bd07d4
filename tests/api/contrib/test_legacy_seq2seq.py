"""tf.contrib.legacy_seq2seq: the variables' names, what is refused, and a model that learns to turn words round."""

import numpy as np
import pytest

import undertow as tf

legacy = tf.contrib.legacy_seq2seq
cells = tf.nn.rnn_cell


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def vectors(n=2):
    return [tf.ones([2, 3]) for _ in range(n)]


def symbols(n=2):
    return [tf.constant([1, 2]) for _ in range(n)]


def attending(states, **options):
    return legacy.attention_decoder(vectors(), tf.ones([2, 4]), states, cells.GRUCell(4), **options)


def ones_of(rows, columns, biases):
    return tf.ones([rows, columns]), tf.ones([biases])


def test_variables_are_named_as_in_old_checkpoints():
    legacy.embedding_attention_seq2seq(symbols(), symbols(), cells.BasicRNNCell(4), 5, 6, 3, feed_previous=True)
    decoder = "embedding_attention_seq2seq/embedding_attention_decoder"
    attention = f"{decoder}/attention_decoder"
    assert [v.name[:-2] for v in tf.trainable_variables()] == [
        "embedding_attention_seq2seq/rnn/embedding_wrapper/embedding",
        "embedding_attention_seq2seq/rnn/embedding_wrapper/basic_rnn_cell/kernel",
        "embedding_attention_seq2seq/rnn/embedding_wrapper/basic_rnn_cell/bias",
        f"{decoder}/embedding",
        f"{attention}/AttnW_0",
        f"{attention}/AttnV_0",
        f"{attention}/kernel",
        f"{attention}/bias",
        f"{attention}/output_projection_wrapper/basic_rnn_cell/kernel",
        f"{attention}/output_projection_wrapper/basic_rnn_cell/bias",
        f"{attention}/output_projection_wrapper/kernel",
        f"{attention}/output_projection_wrapper/bias",
        f"{attention}/Attention_0/kernel",
        f"{attention}/Attention_0/bias",
        f"{attention}/AttnOutputProjection/kernel",
        f"{attention}/AttnOutputProjection/bias",
    ]


def test_the_length_of_the_states_need_not_be_known():
    outputs, _ = attending(tf.placeholder(tf.float32, [None, None, 6]))
    assert outputs[0].shape.as_list() == [2, 4]


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: legacy.attention_decoder([], tf.ones([2, 4]), tf.ones([2, 5, 6]), cells.GRUCell(4)),
            ValueError,
            "Must provide at least 1 input to attention decoder",
        ),
        (lambda: attending(tf.ones([2, 5, 6]), num_heads=0), ValueError, "With less than 1 heads"),
        (lambda: attending(tf.placeholder(tf.float32, [2, 5, None])), ValueError, "attention_states must be known"),
        (
            lambda: legacy.attention_decoder(
                [tf.placeholder(tf.float32, [2, None])], tf.ones([2, 4]), tf.ones([2, 5, 6]), cells.GRUCell(4)
            ),
            ValueError,
            "Could not infer input size from input",
        ),
        (
            lambda: legacy.embedding_rnn_decoder(symbols(), tf.ones([2, 4]), cells.GRUCell(4), 5, 3, ones_of(4, 6, 6)),
            ValueError,
            r"Shapes \(4, 6\) and \[None, 5\] are incompatible",
        ),
        (
            lambda: legacy.embedding_tied_rnn_seq2seq(
                symbols(), symbols(), cells.GRUCell(4), 5, 3, output_projection=ones_of(4, 5, 6)
            ),
            ValueError,
            r"Shapes \(6,\) and \[5\] are incompatible",
        ),
        (
            lambda: legacy.one2many_rnn_seq2seq(symbols(), {"a": symbols()}, cells.GRUCell(4), {}, 5, {}, 3),
            ValueError,
            "keys of dec_cells_dict",
        ),
        (
            lambda: legacy.one2many_rnn_seq2seq(symbols(), {"a": symbols()}, "x", {"a": cells.GRUCell(4)}, 5, {}, 3),
            TypeError,
            "enc_cell is not an RNNCell",
        ),
        (
            lambda: legacy.sequence_loss(vectors(2), symbols(3), vectors(2)),
            ValueError,
            "Lengths of logits, weights, and targets must be the same 2, 2, 3",
        ),
        (
            lambda: legacy.model_with_buckets(symbols(2), symbols(3), symbols(3), vectors(3), [(1, 1), (3, 3)], None),
            ValueError,
            r"Length of encoder_inputs \(2\) must be at least that of last bucket \(3\)",
        ),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_a_model_of_two_lengths_learns_to_turn_words_round():
    """As the translation tutorial did: lists of placeholders, buckets, and a second graph that feeds itself."""
    words, batch, buckets, start = 7, 32, [(2, 2), (3, 3)], 0
    tf.set_random_seed(4)
    source = [tf.placeholder(tf.int32, [None]) for _ in range(3)]
    target = [tf.placeholder(tf.int32, [None]) for _ in range(3)]
    given = [tf.fill(tf.shape(target[0]), start), *target[:2]]
    weights = [tf.ones(tf.shape(target[0])) for _ in range(3)]

    def model(feed_previous):
        def seq2seq(x, y):
            return legacy.embedding_attention_seq2seq(
                x, y, cells.GRUCell(32), words, words, 16, feed_previous=feed_previous
            )

        return legacy.model_with_buckets(source, given, target, weights, buckets, seq2seq)

    with tf.variable_scope("model"):
        _, losses = model(False)
    with tf.variable_scope("model", reuse=True):
        outputs, _ = model(True)
    steps = [tf.train.AdamOptimizer(0.02).minimize(loss) for loss in losses]
    said = [tf.stack([tf.argmax(o, 1) for o in found], 1) for found in outputs]
    random = np.random.RandomState(2)

    def fed(n, length):
        x = random.randint(1, words, [n, 3])
        y = x.copy()
        y[:, :length] = x[:, :length][:, ::-1]
        return y[:, :length], dict(zip([*source, *target], [*x.T, *y.T]))

    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(120):
            session.run(steps[i % 2], fed(batch, buckets[i % 2][0])[1])
        for found, (length, _) in zip(said, buckets):
            wanted, feeds = fed(50, length)
            assert (session.run(found, feeds) == wanted).all(1).mean() > 0.9
