"""Decoding step by step, the helpers, the loss: `tf.contrib.seq2seq`."""

import numpy as np
from decoding import END, LENGTHS, START, TABLE, VOCABULARY, X, alike, decoded, scaled, scoped, with_gradients
from harness import case


def greedy(tf, layer, **options):
    cell = tf.nn.rnn_cell.BasicRNNCell(5)
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(tf.constant(TABLE, name="table"), [START, 3], END)
    decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), layer)
    return [*tf.contrib.seq2seq.dynamic_decode(decoder, **options)]


@case(nodes=True)
def greedy_nodes(tf):
    with alike(tf):
        return greedy(tf, scaled(tf, by=0), maximum_iterations=6, impute_finished=True)


@case
def greedy_decoding(tf):
    found = []
    for seed in range(4):
        with scoped(tf, f"net{seed}"):
            found.append(greedy(tf, scaled(tf, seed=seed), maximum_iterations=9, impute_finished=seed < 2))
    return found


@case(nodes=True)
def training_on_given_inputs(tf):
    x = tf.placeholder_with_default(X, [None, None, 3], name="x")
    lengths = tf.placeholder_with_default(LENGTHS, [None], name="lengths")
    cell = tf.nn.rnn_cell.BasicRNNCell(4)
    with alike(tf):
        helper = tf.contrib.seq2seq.TrainingHelper(x, lengths)
        decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, cell.zero_state(tf.shape(x)[0], tf.float32))
        return [*tf.contrib.seq2seq.dynamic_decode(decoder)]


@case
def training_options(tf):
    cell = tf.nn.rnn_cell
    found = []
    for i, options in enumerate(
        [
            {"impute_finished": True},
            {"output_time_major": True, "scope": "other"},
            {"maximum_iterations": 3, "impute_finished": True},
            {"maximum_iterations": tf.constant(0)},
            {"impute_finished": True, "layer": tf.layers.Dense(3), "swap_memory": True, "parallel_iterations": 4},
        ]
    ):
        with scoped(tf, f"net{i}"):
            multi = cell.MultiRNNCell([cell.BasicLSTMCell(4), cell.GRUCell(3)])
            found.append(decoded(tf, multi, **options))
    return with_gradients(tf, found, [f[0].rnn_output for f in found])


@case(nodes=True)
def time_major_inputs(tf):
    helper = tf.contrib.seq2seq.TrainingHelper(X.transpose(1, 0, 2), LENGTHS, time_major=True, name="Given")
    finished, first = helper.initialize()
    return [finished, first, helper.next_inputs(tf.constant(1), None, tf.zeros([2])), helper.batch_size]


# Helpers


def helped(tf, helper, i):
    with scoped(tf, f"net{i}"):
        cell = tf.nn.rnn_cell.GRUCell(3)
        return decoded(tf, cell, helper=helper, parallel_iterations=1)  # else draws of several steps race


@case
def scheduled_sampling_always_or_never(tf):
    seq2seq = tf.contrib.seq2seq
    x, table = tf.constant(X), tf.constant(TABLE[:3])
    found = []
    for i, chance in enumerate((0.0, 1.0)):
        options = {"auxiliary_inputs": tf.constant(X[..., :2] * 3)} if chance else {}
        doubled = {"next_inputs_fn": lambda outputs: outputs * 2}
        found += [
            helped(tf, seq2seq.ScheduledOutputTrainingHelper(x, LENGTHS, chance), 4 * i),
            helped(tf, seq2seq.ScheduledOutputTrainingHelper(x, LENGTHS, chance, **options), 4 * i + 1),
            helped(tf, seq2seq.ScheduledOutputTrainingHelper(x, LENGTHS, chance, **doubled), 4 * i + 2),
        ]
        if not chance:
            found.append(helped(tf, seq2seq.ScheduledEmbeddingTrainingHelper(x, LENGTHS, table, chance), 4 * i + 3))
    sharp = tf.layers.Dense(7, kernel_initializer=tf.constant_initializer(np.eye(3, 7) * 1e4))
    with scoped(tf, "sharp"):  # such logits leave one word to sample
        helper = seq2seq.ScheduledEmbeddingTrainingHelper(x, LENGTHS, tf.constant(TABLE), 1.0)
        found.append(decoded(tf, tf.nn.rnn_cell.GRUCell(3), helper=helper, layer=sharp))
    return with_gradients(tf, found, [f[0].rnn_output for f in found])


@case
def scheduled_sampling_by_seeds(tf):
    seq2seq = tf.contrib.seq2seq
    x = tf.constant(X)
    first = seq2seq.ScheduledEmbeddingTrainingHelper(x, LENGTHS, tf.constant(TABLE[:3]), 0.5, seed=3, scheduling_seed=4)
    second = seq2seq.ScheduledOutputTrainingHelper(x, LENGTHS, tf.constant(0.5), seed=9)
    sampling = seq2seq.SampleEmbeddingHelper(tf.constant(TABLE), [START, START], END, softmax_temperature=0.5, seed=4)
    layer = tf.layers.Dense(VOCABULARY, kernel_initializer=tf.random_uniform_initializer(-2, 2, seed=8))
    with scoped(tf):
        sampled = decoded(
            tf, tf.nn.rnn_cell.GRUCell(3), helper=sampling, layer=layer, maximum_iterations=5, impute_finished=True
        )
    return [helped(tf, first, 0), helped(tf, second, 1), sampled]


@case(nodes=True)
def inference_helper(tf):
    seq2seq = tf.contrib.seq2seq
    helper = seq2seq.InferenceHelper(
        sample_fn=lambda outputs: outputs * 0.5,
        sample_shape=[3],
        sample_dtype=tf.float32,
        start_inputs=tf.constant(X[:, 0], name="starts"),
        end_fn=lambda ids: tf.reduce_sum(ids, -1) > 0.4,
        next_inputs_fn=lambda ids: ids + 1.0,
    )
    with alike(tf):
        return [*decoded(tf, tf.nn.rnn_cell.BasicRNNCell(3), helper=helper, maximum_iterations=5)]


@case
def custom_helper(tf):
    seq2seq = tf.contrib.seq2seq
    table = tf.constant(TABLE)
    helper = seq2seq.CustomHelper(
        initialize_fn=lambda: (tf.constant([False, False]), table[:2]),
        sample_fn=lambda time, outputs, state: tf.argmax(outputs, -1, output_type=tf.int64),
        next_inputs_fn=lambda time, outputs, state, sample_ids: (
            tf.fill([2], time >= 3),
            tf.gather(table, sample_ids),
            state * 0.5,
        ),
        sample_ids_shape=[],
        sample_ids_dtype=tf.int64,
    )
    with scoped(tf):
        return [*decoded(tf, tf.nn.rnn_cell.GRUCell(3), helper=helper)]


# Loss

LOGITS = np.sin(np.arange(30.0)).reshape(2, 3, 5).astype(np.float32)
TARGETS = np.array([[0, 4, 2], [1, 3, 3]], np.int32)
WEIGHTS = np.array([[1.0, 0.5, 1.0], [2.0, 0.0, 0.0]], np.float32)


@case(nodes=True)
def the_default_loss(tf):
    return tf.contrib.seq2seq.sequence_loss(tf.constant(LOGITS), tf.constant(TARGETS), tf.constant(WEIGHTS))


@case
def losses(tf):
    logits, targets = tf.constant(LOGITS), tf.constant(TARGETS)
    found = []
    for options in [
        {"average_across_timesteps": True, "average_across_batch": False},
        {"average_across_timesteps": False, "average_across_batch": True},
        {"average_across_timesteps": False, "average_across_batch": False},
        {"average_across_timesteps": False, "average_across_batch": False, "sum_over_timesteps": True},
        {"average_across_timesteps": False, "average_across_batch": False, "sum_over_batch": True},
        {"average_across_timesteps": False, "average_across_batch": False, "sum_over_timesteps": True,
         "sum_over_batch": True},
        {"average_across_batch": False, "sum_over_batch": True},
        {"softmax_loss_function": lambda labels, logits: tf.reduce_sum(logits, 1) * tf.cast(labels, tf.float32)},
    ]:  # fmt: skip
        loss = tf.contrib.seq2seq.sequence_loss(logits, targets, tf.constant(WEIGHTS), **options)
        found.append([loss, tf.gradients(loss, logits)])
    empty = tf.contrib.seq2seq.sequence_loss(logits, targets, tf.zeros([2, 3]))
    return [found, empty]
