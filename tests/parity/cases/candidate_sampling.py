"""Candidate samplers with seeds, number for number, and the losses that use them."""

import numpy as np
from harness import case

W = (np.arange(60, dtype=np.float32).reshape(20, 3) % 7 - 3) / 5
B = np.linspace(-1, 1, 20).astype(np.float32)
X = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, 0.5]], np.float32)
Y = np.array([[3], [0]])


@case
def samplers_with_seeds(tf):
    y = tf.constant(Y)
    samplers = [
        sampler(y, 1, count, unique, largest, seed=seed)
        for sampler in (tf.random.log_uniform_candidate_sampler, tf.random.uniform_candidate_sampler)
        for count, unique, largest in ((6, False, 1000), (6, True, 10), (10, True, 10), (4, False, 1024))
        for seed in (1, 7)
    ]
    yield samplers, {}
    yield samplers, {}


@case
def hits_and_all(tf):
    y = tf.constant([[3, 1], [7, 3]], tf.int64)
    return [
        tf.nn.compute_accidental_hits(y, tf.constant([7, 3, 3, 5], tf.int64), 2),
        tf.nn.all_candidate_sampler(y, 2, 8, True),
    ]


@case
def losses(tf):
    w, b, x = tf.constant(W), tf.constant(B), tf.constant(X)
    result = {}
    for name in ("nce_loss", "sampled_softmax_loss"):
        for removed in (False, True):
            drawn = tf.random.log_uniform_candidate_sampler(Y, 1, 5, True, 20, seed=3)
            loss = getattr(tf.nn, name)(w, b, Y, x, 5, 20, sampled_values=drawn, remove_accidental_hits=removed)
            dense = [tf.convert_to_tensor(g) for g in tf.gradients(loss, [w, b, x])]
            result[f"{name} {removed}"] = [loss, dense]
    two = tf.constant([[3, 4], [0, 1]], tf.int64)
    drawn = tf.random.uniform_candidate_sampler(two, 2, 4, False, 20, seed=3)
    result["two true classes"] = tf.nn.nce_loss(w, b, two, x, 4, 20, num_true=2, sampled_values=drawn)
    result["own sampler"] = tf.nn.sampled_softmax_loss(w, b, Y, x, 5, 20, seed=11)
    parts = [tf.constant(W[i::2]) for i in (0, 1)]
    result["parts"] = tf.nn.sampled_softmax_loss(parts, b, Y, x, 5, 20, seed=11)
    return result


@case
def learned_unigrams_expect_what_came(tf):
    y = tf.placeholder(tf.int64, [2, 1])
    _, expected, _ = tf.nn.learned_unigram_candidate_sampler(y, 1, 3, False, 4)
    for _ in range(3):
        yield expected, {y: [[1], [1]]}
