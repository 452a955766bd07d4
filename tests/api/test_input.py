"""`tf.train.batch` and its like: what they refuse."""

import pytest

import undertow as tf


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: tf.train.batch([], 2), ValueError, r"Expected at least one tensor in batch\(\)"),
        (lambda: tf.train.batch([tf.placeholder(tf.float32)], 2), ValueError, "Cannot infer Tensor's rank: Tensor"),
        (
            lambda: tf.train.batch_join([[tf.constant(1)], [tf.constant(2.0)]], 3),
            TypeError,
            "Expected types to be consistent: int32 vs. float32",
        ),
        (
            lambda: tf.train.batch_join([[tf.constant(1), tf.constant(1)], [tf.constant(2)]], 3),
            ValueError,
            "Expected as many tensors in each of the lists",
        ),
        (
            lambda: tf.train.batch_join([{"a": tf.constant(1)}, {"b": tf.constant(2)}], 3),
            ValueError,
            "All dictionaries in tensors_list must have the same keys",
        ),
        (
            lambda: tf.train.shuffle_batch([tf.constant(1)], 2, capacity=5, min_after_dequeue=10),
            ValueError,
            "capacity 5 must be bigger than min_after_dequeue 10",
        ),
    ],
)
def test_what_cannot_be_batched_is_told(make, error, sentence):
    with tf.Graph().as_default(), pytest.raises(error, match=sentence):
        make()
