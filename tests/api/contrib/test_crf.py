import numpy as np

import undertow as tf


def test_the_best_path_of_one_sequence_is_found_in_numpy():
    # From tag 0 (3) to tag 1 (1) by the step that scores 2: 6; staying in tag 0 gives 3 + 2 - 1 = 4.
    path, score = tf.contrib.crf.viterbi_decode(np.array([[3.0, 0.0], [2.0, 1.0]]), np.array([[-1.0, 2.0], [0.0, 0.0]]))
    assert path == [0, 1]
    assert score == 6.0


def test_the_transitions_are_a_variable_of_the_scope_where_none_are_given():
    with tf.Graph().as_default(), tf.variable_scope("tagger"):
        _, transitions = tf.contrib.crf.crf_log_likelihood(
            np.zeros([2, 3, 4], np.float32), np.zeros([2, 3], int), [3, 2]
        )
        assert transitions.name == "tagger/transitions:0"
        assert transitions.shape.as_list() == [4, 4]
        assert tf.trainable_variables() == [transitions]


def test_a_tagger_learns_that_one_tag_follows_another():
    tags = np.array([[0, 1, 0, 1, 0, 1]] * 2, np.int32)
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = tf.zeros([2, 6, 2])
        likelihood, transitions = tf.contrib.crf.crf_log_likelihood(inputs, tags, [6, 6])
        train = tf.train.GradientDescentOptimizer(0.5).minimize(-tf.reduce_mean(likelihood))
        best, _ = tf.contrib.crf.crf_decode(inputs + np.float32([[[1, 0], *[[0, 0]] * 5]]), transitions, [6, 4])
        session.run(tf.global_variables_initializer())
        for _ in range(30):
            session.run(train)
        np.testing.assert_array_equal(session.run(best), [[0, 1, 0, 1, 0, 1], [0, 1, 0, 1, 0, 0]])
