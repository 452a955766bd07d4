"""Attention mechanisms and the cell that asks them: `tf.contrib.seq2seq`."""

import numpy as np
from decoding import LENGTHS, MEMORY, MEMORY_LENGTHS, X, alike, decoded, scaled, scoped, with_gradients
from harness import case


def mechanisms(tf, memory, lengths, **options):
    seq2seq = tf.contrib.seq2seq
    return [
        seq2seq.LuongAttention(4, memory, lengths, **options),
        seq2seq.LuongAttention(4, memory, lengths, scale=True, **options),
        seq2seq.BahdanauAttention(3, memory, lengths, **options),
        seq2seq.BahdanauAttention(3, memory, lengths, normalize=True, **options),
    ]


def monotonic(tf, memory, lengths, **options):
    seq2seq = tf.contrib.seq2seq
    return [
        seq2seq.LuongMonotonicAttention(4, memory, lengths, **options),
        seq2seq.LuongMonotonicAttention(4, memory, lengths, scale=True, mode="recursive", **options),
        seq2seq.BahdanauMonotonicAttention(3, memory, lengths, score_bias_init=-0.5, **options),
        seq2seq.BahdanauMonotonicAttention(3, memory, lengths, normalize=True, **options),
    ]


def asked(tf, made):
    query = tf.constant(X[:, 0, :1] + np.arange(4, dtype=np.float32), name="query")
    found = []
    for mechanism in made:
        state = mechanism.initial_state(2, tf.float32)
        alignments, state = mechanism(query, state)
        found.append([alignments, *mechanism(query, state), mechanism.keys, mechanism.values])
    return with_gradients(tf, found, [f[0] * f[2] for f in found])


@case
def one_mechanism(tf):
    memory = tf.placeholder_with_default(MEMORY, [None, None, 6], name="memory")
    with alike(tf):
        mechanism = tf.contrib.seq2seq.LuongAttention(4, memory)
    return [*mechanism(tf.ones([2, 4]), mechanism.initial_state(2, tf.float32))]


@case
def mechanisms_with_lengths(tf):
    with scoped(tf):
        return asked(tf, mechanisms(tf, tf.constant(MEMORY), MEMORY_LENGTHS))


@case
def mechanisms_without_lengths(tf):
    with scoped(tf):
        return asked(tf, mechanisms(tf, tf.constant(MEMORY), None, name="all"))


@case
def mechanisms_with_other_probabilities(tf):
    with scoped(tf):
        first = mechanisms(
            tf, tf.constant(MEMORY), MEMORY_LENGTHS, probability_fn=tf.contrib.seq2seq.hardmax, score_mask_value=-1e3
        )
        second = mechanisms(tf, tf.constant(MEMORY), MEMORY_LENGTHS, custom_key_value_fn=lambda k, v: (k * 2, v - 1))
        return asked(tf, first + second)


@case(rtol=1e-4)
def monotonic_mechanisms(tf):
    with scoped(tf):
        return asked(tf, monotonic(tf, tf.constant(MEMORY), MEMORY_LENGTHS))


@case(rtol=1e-4)
def monotonic_mechanisms_with_noise(tf):
    with scoped(tf):
        return asked(tf, monotonic(tf, tf.constant(MEMORY), None, sigmoid_noise=1.0, sigmoid_noise_seed=3))


@case
def hard_monotonic_mechanism(tf):
    with scoped(tf):
        mechanism = tf.contrib.seq2seq.LuongMonotonicAttention(4, tf.constant(MEMORY), mode="hard")
        state = mechanism.initial_alignments(2, tf.float32)
        found = [state]
        for i in range(3):
            state, _ = mechanism(tf.constant(X[:, i, :1] * 9 + np.arange(4, dtype=np.float32)), state)
            found.append(state)
        return found


@case
def float64_mechanism(tf):
    with scoped(tf):
        mechanism = tf.contrib.seq2seq.BahdanauAttention(
            3, tf.constant(MEMORY, tf.float64), MEMORY_LENGTHS, normalize=True, dtype=tf.float64
        )
        return [*mechanism(tf.ones([2, 4], tf.float64), mechanism.initial_state(2, tf.float64))]


P = np.array([[0.2, 0.9, 0.4, 0.6], [0.0, 1.0, 0.5, 0.3]], np.float32)
BEFORE = np.array([[1, 0, 0, 0], [0.1, 0.5, 0.2, 0.2]], np.float32)


@case(rtol=1e-4)
def monotonic_attention(tf):
    p, before = tf.constant(P), tf.constant(BEFORE)
    found = [tf.contrib.seq2seq.monotonic_attention(p, before, mode) for mode in ("recursive", "parallel")]
    hard = tf.contrib.seq2seq.monotonic_attention(tf.round(p), tf.constant([[1.0, 0, 0, 0], [0, 0, 1, 0]]), "hard")
    loose = tf.contrib.seq2seq.monotonic_attention(
        tf.placeholder_with_default(P, [None, None]), tf.placeholder_with_default(BEFORE, [None, None]), "recursive"
    )
    return [found, hard, loose, [tf.gradients(f * f, [p, before]) for f in found]]


@case(nodes=True)
def small_functions(tf):
    seq2seq = tf.contrib.seq2seq
    logits = tf.constant(P, name="logits")
    unknown = tf.placeholder_with_default(P, None, name="unknown")
    return [
        seq2seq.hardmax(logits),
        seq2seq.hardmax(unknown, name="hard"),
        seq2seq.safe_cumprod(logits, axis=1, exclusive=True),
        seq2seq.tile_batch((logits, [tf.constant([3, 4])]), 3),
        seq2seq.tile_batch(tf.placeholder_with_default(P, [None, 4], name="rows"), multiplier=2, name="twice"),
    ]


# The wrapper


@case
def a_wrapped_cell(tf):
    memory = tf.constant(MEMORY, name="memory")
    seq2seq = tf.contrib.seq2seq
    with alike(tf):
        mechanism = seq2seq.BahdanauAttention(4, memory)
        cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.BasicRNNCell(4), mechanism, attention_layer_size=3)
        return [*cell(tf.constant(X[:, 0], name="x"), cell.zero_state(2, tf.float32))]


@case
def unknown_sizes(tf):
    seq2seq = tf.contrib.seq2seq
    x = tf.placeholder_with_default(X, [None, None, 3], name="x")
    lengths = tf.placeholder_with_default(LENGTHS, [None], name="lengths")
    memory = tf.placeholder_with_default(MEMORY, [None, None, 6], name="memory")
    memory_lengths = tf.placeholder_with_default(MEMORY_LENGTHS, [None], name="memory_lengths")
    with scoped(tf):
        mechanism = seq2seq.LuongAttention(4, memory, memory_lengths, scale=True)
        cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), mechanism, 3, alignment_history=True)
        outputs, state, ends = decoded(
            tf, cell, cell.zero_state(tf.shape(x)[0], tf.float32), helper=seq2seq.TrainingHelper(x, lengths)
        )
    state = state._replace(alignment_history=state.alignment_history.stack())
    return with_gradients(tf, [outputs, state, ends], [outputs.rnn_output])


@case(rtol=1e-4, atol=1e-5)
def wrappers(tf):
    seq2seq, cells = tf.contrib.seq2seq, tf.nn.rnn_cell
    memory = tf.constant(MEMORY)

    def two():
        return [seq2seq.LuongAttention(4, memory, MEMORY_LENGTHS), seq2seq.BahdanauAttention(5, memory * 2)]

    def one():
        return seq2seq.BahdanauAttention(5, memory, MEMORY_LENGTHS)

    def narrow(mechanism, cell_output, attention_state, layer):
        alignments, state = mechanism(cell_output, attention_state)
        return tf.reduce_sum(tf.expand_dims(alignments, 2) * mechanism.values, 1)[:, :3], alignments, state

    found = []
    for i, (made, options) in enumerate(
        [
            (one, {"output_attention": False}),
            (one, {"attention_layer_size": 3, "name": "mine"}),
            (two, {}),
            (two, {"attention_layer_size": [3, 2], "output_attention": False}),
            (one, {"attention_layer": tf.layers.Dense(3, activation=tf.nn.tanh, name="own")}),
            (one, {"cell_input_fn": lambda inputs, attention: inputs + attention[:, :3]}),
            (one, {"initial_cell_state": tf.constant(X[:, 0, :1] + np.arange(4, dtype=np.float32))}),
            (one, {"attention_layer_size": 3, "attention_fn": narrow}),
        ]
    ):
        with scoped(tf, f"net{i}"):
            wrapped = seq2seq.AttentionWrapper(cells.GRUCell(4), made(), **options)
            found.append(decoded(tf, wrapped, impute_finished=i % 2 == 0))
    return with_gradients(tf, found, [f[0].rnn_output for f in found])


@case
def wrapped_in_other_cells(tf):
    seq2seq, cells = tf.contrib.seq2seq, tf.nn.rnn_cell
    with scoped(tf):
        mechanism = seq2seq.LuongMonotonicAttention(4, tf.constant(MEMORY), MEMORY_LENGTHS)
        wrapped = seq2seq.AttentionWrapper(cells.LSTMCell(4), mechanism, attention_layer_size=4)
        cell = cells.MultiRNNCell([wrapped, cells.ResidualWrapper(cells.GRUCell(4))])
        outputs, state, ends = decoded(tf, cell)
    return with_gradients(tf, [outputs, state, ends], [outputs.rnn_output])


@case
def a_step_of_training(tf):
    seq2seq, cells = tf.contrib.seq2seq, tf.nn.rnn_cell
    with scoped(tf):
        mechanism = seq2seq.BahdanauAttention(4, tf.constant(MEMORY), MEMORY_LENGTHS, normalize=True)
        cell = seq2seq.AttentionWrapper(cells.BasicLSTMCell(4), mechanism, attention_layer_size=3)
        outputs, _, _ = decoded(tf, cell, layer=scaled(tf))
    mask = tf.sequence_mask(LENGTHS, dtype=tf.float32)
    loss = seq2seq.sequence_loss(outputs.rnn_output, tf.constant([[1, 2, 3, 4], [5, 6, 0, 0]]), mask)
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    yield loss, None
    yield [loss, step], None
    yield [loss, [v.value() for v in tf.trainable_variables()]], None
