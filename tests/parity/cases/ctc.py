"""CTC: losses and their gradients, decoders."""

import numpy as np
from harness import case

rng = np.random.RandomState(0)
LOGITS = rng.randn(6, 3, 5).astype(np.float32)
LENGTHS = [6, 5, 4]


def labels(tf):
    return tf.SparseTensor([[0, 0], [0, 1], [0, 2], [1, 0], [2, 0], [2, 1]], tf.constant([0, 0, 3, 2, 1, 1]), [3, 3])


@case(rtol=1e-4, atol=1e-5)
def losses(tf):
    x = tf.constant(LOGITS)
    loss = tf.nn.ctc_loss(labels(tf), x, LENGTHS)
    merged = tf.nn.ctc_loss(labels(tf), x, LENGTHS, preprocess_collapse_repeated=True)
    batch_major = tf.nn.ctc_loss(labels(tf), tf.transpose(x, [1, 0, 2]), LENGTHS, time_major=False)
    short = tf.nn.ctc_loss(labels(tf), x, [2, 5, 4], ignore_longer_outputs_than_inputs=True)
    return [[y, tf.gradients(y * [1.0, 2.0, 3.0], x)] for y in (loss, merged, batch_major, short)]


@case
def greedy(tf):
    x = tf.constant(LOGITS * 2)
    return [tf.nn.ctc_greedy_decoder(x, LENGTHS), tf.nn.ctc_greedy_decoder(x, LENGTHS, merge_repeated=False)]


@case(rtol=1e-4)
def beam_search(tf):
    x = tf.constant(LOGITS)
    return [
        tf.nn.ctc_beam_search_decoder(x, LENGTHS, beam_width=20, top_paths=2, merge_repeated=False),
        tf.nn.ctc_beam_search_decoder(x, LENGTHS), tf.nn.ctc_beam_search_decoder(x, LENGTHS, beam_width=3),
    ]  # fmt: skip
