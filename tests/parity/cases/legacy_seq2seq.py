"""Sequence to sequence along lists of tensors: `tf.contrib.legacy_seq2seq`."""

import numpy as np
from decoding import X, scoped, with_gradients
from harness import case

ENCODED = [[1, 2], [3, 4], [0, 1]]
DECODED = [[5, 5], [1, 3], [2, 0], [3, 1]]
STATES = np.cos(np.arange(60.0)).reshape(2, 5, 6).astype(np.float32)


def named(tf):
    """The names and shapes of the variables: what a checkpoint has to fit."""
    return tf.constant([f"{v.name} {v.shape.as_list()}" for v in tf.trainable_variables()])


def vectors(tf):
    return [tf.constant(X[:, i]) for i in range(4)]


def ids(tf, rows):
    return [tf.constant(row) for row in rows]


def result(tf, outputs, state):
    found = with_gradients(tf, [outputs, state], outputs)
    return [*found, named(tf)]


@case
def of_vectors(tf):
    legacy, cells = tf.contrib.legacy_seq2seq, tf.nn.rnn_cell
    with scoped(tf):
        found = [
            legacy.basic_rnn_seq2seq(vectors(tf)[:2], vectors(tf), cells.BasicLSTMCell(4)),
            legacy.tied_rnn_seq2seq(vectors(tf)[1:], vectors(tf), cells.GRUCell(3)),
            legacy.tied_rnn_seq2seq(
                vectors(tf), vectors(tf), cells.GRUCell(3), loop_function=lambda prev, i: prev * i, scope="looped"
            ),
            legacy.rnn_decoder(vectors(tf), tf.ones([2, 3]), cells.GRUCell(3)),
            legacy.rnn_decoder(
                vectors(tf), tf.ones([2, 3]), cells.GRUCell(3), lambda prev, i: prev + i, scope="looped_decoder"
            ),
        ]
    return result(tf, [o for outputs, _ in found for o in outputs], [state for _, state in found])


@case
def of_vectors_in_float64(tf):
    legacy, cells = tf.contrib.legacy_seq2seq, tf.nn.rnn_cell
    inputs = [tf.cast(v, tf.float64) for v in vectors(tf)]
    with scoped(tf):
        return result(tf, *legacy.basic_rnn_seq2seq(inputs, inputs, cells.GRUCell(3), dtype=tf.float64, scope="mine"))


def projection(tf, rows, columns):
    w = tf.constant(np.sin(np.arange(rows * columns)).reshape(rows, columns).astype(np.float32))
    return w, tf.constant(np.cos(np.arange(columns)).astype(np.float32))


def each_way(tf, build):
    """The model by the truth, by what it said before, and by a tensor that tells which."""
    found = []
    for i, (previous, projected) in enumerate([(False, False), (True, False), (False, True), (True, True)]):
        with scoped(tf, f"net{i}"):
            found.append(build(feed_previous=previous, output_projection=projection(tf, 4, 6) if projected else None))
    for i, previous in enumerate([False, True]):
        with scoped(tf, f"told{i}"):
            found.append(build(feed_previous=tf.constant(previous)))
    return result(tf, [o for outputs, _ in found for o in outputs], [state for _, state in found])


@case
def embedding_rnn(tf):
    def build(**options):
        return tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq(
            ids(tf, ENCODED), ids(tf, DECODED), tf.nn.rnn_cell.BasicLSTMCell(4), 5, 6, embedding_size=3, **options
        )

    return each_way(tf, build)


@case
def embedding_tied_rnn(tf):
    def build(**options):
        return tf.contrib.legacy_seq2seq.embedding_tied_rnn_seq2seq(
            ids(tf, ENCODED), ids(tf, DECODED), tf.nn.rnn_cell.GRUCell(4), num_symbols=6, embedding_size=3, **options
        )

    return each_way(tf, build)


@case
def embedding_tied_rnn_of_fewer_symbols(tf):
    def build(feed_previous, output_projection=None):
        return tf.contrib.legacy_seq2seq.embedding_tied_rnn_seq2seq(
            ids(tf, ENCODED), ids(tf, DECODED), tf.nn.rnn_cell.GRUCell(4), 6, 3, num_decoder_symbols=4,
            feed_previous=feed_previous,
        )  # fmt: skip

    return each_way(tf, build)


@case(rtol=1e-4, atol=1e-5)
def embedding_attention(tf):
    def build(**options):
        return tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
            ids(tf, ENCODED), ids(tf, DECODED), tf.nn.rnn_cell.GRUCell(4), 5, 6, 3, **options
        )

    return each_way(tf, build)


@case(rtol=1e-4, atol=1e-5)
def embedding_attention_options(tf):
    found, cells = [], tf.nn.rnn_cell
    for i, options in enumerate(
        [
            {"num_heads": 2},
            {"initial_state_attention": True},
            {"num_heads": 3, "initial_state_attention": True, "feed_previous": True},
            {"scope": "mine", "dtype": tf.float32},
        ]
    ):
        with scoped(tf, f"net{i}"):
            cell = cells.MultiRNNCell([cells.BasicLSTMCell(4), cells.GRUCell(3)])
            found.append(
                tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
                    ids(tf, ENCODED), ids(tf, DECODED), cell, 5, 6, embedding_size=3, **options
                )
            )
    return result(tf, [o for outputs, _ in found for o in outputs], [state for _, state in found])


@case(rtol=1e-4, atol=1e-5)
def decoders(tf):
    legacy, cells = tf.contrib.legacy_seq2seq, tf.nn.rnn_cell
    states = tf.constant(STATES)
    start = tf.ones([2, 4])
    with scoped(tf):
        found = [
            legacy.attention_decoder(vectors(tf), start, states, cells.GRUCell(4)),
            legacy.attention_decoder(
                vectors(tf), start, states, cells.GRUCell(4), output_size=3, num_heads=2,
                loop_function=lambda prev, i: prev * i, scope="two", initial_state_attention=True,
            ),
            legacy.embedding_rnn_decoder(ids(tf, DECODED), start, cells.GRUCell(4), 6, 3),
            legacy.embedding_rnn_decoder(
                ids(tf, DECODED), start, cells.GRUCell(4), 6, 3, projection(tf, 4, 6), True, False, scope="fed"
            ),
            legacy.embedding_attention_decoder(
                ids(tf, DECODED), start, states, cells.GRUCell(4), 6, 3, output_projection=projection(tf, 4, 6),
                feed_previous=True, update_embedding_for_previous=False,
            ),
            legacy.embedding_attention_decoder(
                ids(tf, DECODED), start, states, cells.GRUCell(4), 6, 3, num_heads=2, output_size=6, scope="other",
                feed_previous=True,
            ),
        ]  # fmt: skip
    return result(tf, [o for outputs, _ in found for o in outputs], [state for _, state in found])


@case
def attention_of_a_placeholder(tf):
    legacy, cells = tf.contrib.legacy_seq2seq, tf.nn.rnn_cell
    states = tf.placeholder_with_default(STATES, [None, 5, 6])
    inputs = [tf.placeholder_with_default(X[:, i], [None, 3]) for i in range(3)]
    with scoped(tf):
        outputs, state = legacy.attention_decoder(
            inputs, tf.placeholder_with_default(np.ones([2, 4], np.float32), [None, 4]), states, cells.GRUCell(4)
        )
    return result(tf, outputs, state)


@case
def one_to_many(tf):
    cells = tf.nn.rnn_cell
    found = []
    for i, previous in enumerate([False, True, tf.constant(True)]):
        with scoped(tf, f"net{i}"):
            outputs, states = tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq(
                ids(tf, ENCODED),
                {"a": ids(tf, DECODED), "b": ids(tf, DECODED[::-1])},
                cells.GRUCell(4),
                {"a": cells.GRUCell(4), "b": cells.GRUCell(4)},
                5,
                {"a": 6, "b": 7},
                embedding_size=3,
                feed_previous=previous,
            )
            found.append([outputs["a"] + outputs["b"], states["a"], states["b"]])
    return result(tf, [o for outputs, _, _ in found for o in outputs], [f[1:] for f in found])


LOGITS = np.sin(np.arange(30.0)).reshape(3, 2, 5).astype(np.float32)
WEIGHTS = [[1.0, 0.5], [0.0, 2.0], [0.0, 1.0]]


@case(nodes=True)
def losses(tf):
    legacy = tf.contrib.legacy_seq2seq
    logits, targets, weights = [tf.constant(x) for x in LOGITS], ids(tf, ENCODED), [tf.constant(w) for w in WEIGHTS]

    def own(labels, logits):
        return tf.reduce_sum(logits, 1) * tf.cast(labels, tf.float32)

    found = [
        legacy.sequence_loss(logits, targets, weights),
        legacy.sequence_loss(logits, targets, weights, average_across_timesteps=False),
        legacy.sequence_loss(logits, targets, weights, average_across_batch=False, name="named"),
        legacy.sequence_loss(logits, targets, weights, softmax_loss_function=own),
        legacy.sequence_loss_by_example(logits, targets, weights),
        legacy.sequence_loss_by_example(logits, targets, weights, average_across_timesteps=False),
        legacy.sequence_loss_by_example(logits, targets, weights, softmax_loss_function=own),
    ]
    return found


@case
def gradients_of_losses(tf):
    logits = [tf.constant(x) for x in LOGITS]
    loss = tf.contrib.legacy_seq2seq.sequence_loss(logits, ids(tf, ENCODED), [tf.constant(w) for w in WEIGHTS])
    return tf.gradients(loss, logits)


def bucketed(tf, per_example_loss=False, softmax_loss_function=None):
    legacy, cells = tf.contrib.legacy_seq2seq, tf.nn.rnn_cell
    return legacy.model_with_buckets(
        ids(tf, ENCODED),
        ids(tf, DECODED),
        ids(tf, DECODED[1:] + DECODED[:1]),
        [tf.constant(w) for w in [*WEIGHTS, [1.0, 1.0]]],
        [(2, 2), (3, 4)],
        lambda x, y: legacy.embedding_attention_seq2seq(x, y, cells.GRUCell(4), 5, 6, 3),
        softmax_loss_function=softmax_loss_function,
        per_example_loss=per_example_loss,
    )


@case(rtol=1e-4)
def buckets(tf):
    with scoped(tf):
        outputs, losses = bucketed(tf)
    steps = [tf.train.GradientDescentOptimizer(0.3).minimize(loss) for loss in losses]
    yield [outputs, losses, named(tf)], None
    yield [steps[0]], None
    yield [steps[1]], None
    yield [losses, [v.value() for v in tf.trainable_variables()]], None


@case
def buckets_by_example(tf):
    with scoped(tf):
        outputs, losses = bucketed(tf, per_example_loss=True)
    with scoped(tf, "other"):
        own = bucketed(tf, softmax_loss_function=lambda labels, logits: tf.reduce_sum(logits, 1))
    return [outputs, losses, own]
