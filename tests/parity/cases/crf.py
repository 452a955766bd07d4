"""Linear chains of tags: `tf.contrib.crf`."""

import numpy as np
from harness import case

POTENTIALS = np.sin(np.arange(4 * 6 * 5, dtype=np.float32) * 1.3).reshape(4, 6, 5) * 2
TAGS = np.arange(24, dtype=np.int32).reshape(4, 6) * 7 % 5
TRANSITIONS = np.cos(np.arange(25, dtype=np.float32) * 0.9).reshape(5, 5)
LENGTHS = np.array([6, 3, 1, 0], np.int32)
ALLOWED = (TAGS[..., None] == np.arange(5)) | (TAGS[..., None] * 3 % 5 == np.arange(5))


@case
def scores(tf):
    crf, tags, inputs = tf.contrib.crf, tf.constant(TAGS), tf.constant(POTENTIALS)
    found = [crf.crf_unary_score(tags, LENGTHS, inputs), crf.crf_binary_score(tags, LENGTHS, tf.constant(TRANSITIONS))]
    return [*found, crf.crf_sequence_score(inputs, tags, LENGTHS, tf.constant(TRANSITIONS))]


@case
def likelihood(tf):
    inputs, transitions = tf.constant(POTENTIALS), tf.constant(TRANSITIONS)
    found, _ = tf.contrib.crf.crf_log_likelihood(inputs, tf.constant(TAGS), LENGTHS, transitions)
    return [
        found,
        tf.contrib.crf.crf_log_norm(inputs, LENGTHS, transitions),
        *tf.gradients(found, [inputs, transitions]),
    ]


@case
def several_tags_at_a_step(tf):
    inputs, transitions = tf.constant(POTENTIALS), tf.constant(TRANSITIONS)
    found = tf.contrib.crf.crf_multitag_sequence_score(inputs, tf.constant(ALLOWED), LENGTHS, transitions)
    return [found, *tf.gradients(found, [inputs, transitions])]


@case
def sequences_of_one_step(tf):
    crf = tf.contrib.crf
    inputs, lengths = tf.constant(POTENTIALS[:, :1]), np.minimum(LENGTHS, 1)
    found, _ = crf.crf_log_likelihood(inputs, tf.constant(TAGS[:, :1]), lengths, tf.constant(TRANSITIONS))
    several = crf.crf_multitag_sequence_score(inputs, tf.constant(ALLOWED[:, :1]), lengths, tf.constant(TRANSITIONS))
    decoded = crf.crf_decode(inputs, tf.constant(TRANSITIONS), lengths)
    return [found, several[:3], tf.gradients(found, inputs)[0], *decoded]


@case
def best_paths(tf):
    return [*tf.contrib.crf.crf_decode(tf.constant(POTENTIALS), tf.constant(TRANSITIONS), LENGTHS)]


@case
def shapes_known_in_the_run_only(tf):
    found = []
    for steps in (6, 1):
        inputs = tf.placeholder_with_default(POTENTIALS[:, :steps], [None, None, 5])
        lengths = tf.placeholder_with_default(np.minimum(LENGTHS, steps).astype(np.int64), [None])
        tags = tf.placeholder_with_default(TAGS[:, :steps], [None, None])
        found.append(tf.contrib.crf.crf_log_likelihood(inputs, tags, lengths, tf.constant(TRANSITIONS))[0])
        found.extend(tf.contrib.crf.crf_decode(inputs, tf.constant(TRANSITIONS), lengths))
    return found
