"""CTC: what is refused, while the graph is built and in the run."""

import numpy as np
import pytest

import undertow as tf


def test_labels_must_be_sparse():
    with tf.Graph().as_default(), pytest.raises(TypeError, match=r"Expected labels \(first argument\) to be a Sparse"):
        tf.nn.ctc_loss(tf.zeros([2, 3], tf.int32), tf.zeros([4, 2, 5]), [4, 4])


@pytest.mark.parametrize(
    ("values", "lengths", "told"),
    [
        ([1, 1], [2], r"Not enough time for target transition sequence \(required: 3, available: 2\)"),
        ([1, 4], [4], "Saw a non-null label"),
        ([1, 2], [9], r"sequence_length\(0\) <= 4"),
    ],
)
def test_labels_that_cannot_be_are_refused(values, lengths, told):
    with tf.Graph().as_default(), tf.Session() as session:
        labels = tf.SparseTensor([[0, 0], [0, 1]], np.array(values, np.int32), [1, 2])
        loss = tf.nn.ctc_loss(labels, tf.zeros([4, 1, 5]), lengths)
        with pytest.raises(tf.errors.InvalidArgumentError, match=told):
            session.run(loss)


def test_the_loss_of_even_logits_counts_the_paths():
    # One label in two steps: (1, 1), (1, blank), (blank, 1) of 2 · 2 paths with two classes, that is -log(3/4).
    with tf.Graph().as_default(), tf.Session() as session:
        labels = tf.SparseTensor([[0, 0]], [0], [1, 1])
        loss = tf.nn.ctc_loss(labels, tf.zeros([2, 1, 2]), [2])
        assert session.run(loss) == pytest.approx(-np.log(3 / 4))
