"""Embeddings: TensorFlow 2's spellings of the lookups, and their dtypes."""

import numpy as np

import undertow as tf
from undertow.ops import embedding, embedding_sparse


def test_what_is_found_can_be_changed_before_the_parts_are_joined():
    table = np.array([[3.0, 4.0], [6.0, 8.0], [0.0, 2.0]])
    with tf.Graph().as_default(), tf.Session() as session:
        whole = embedding._embedding_lookup_and_transform(
            table, [[2, 0], [1, 1]], transform_fn=lambda x: tf.norm(x, axis=1)
        )
        parts = embedding._embedding_lookup_and_transform(
            [table[::2], table[1::2]], 1, max_norm=1.0, transform_fn=lambda x: tf.norm(x, axis=1)
        )
        assert session.run(whole).tolist() == [[2.0, 5.0], [10.0, 10.0]]
        assert np.isclose(session.run(parts), 1.0)


def test_sums_of_half_precision_are_single_precision():
    with tf.Graph().as_default():
        ids = tf.SparseTensor([[0, 0]], [0], [1, 1])
        half = tf.constant([[1.0]], tf.float16)
        assert tf.nn.embedding_lookup_sparse(half, ids, None).dtype == tf.float32


def test_parts_of_version_two_are_runs_of_rows():
    with tf.Graph().as_default(), tf.Session() as session:
        parts = [tf.constant([[0.0], [1.0]]), tf.constant([[2.0], [3.0]])]
        ids = tf.SparseTensor([[0, 0]], tf.constant([1], tf.int64), [1, 1])
        found = embedding_sparse.safe_embedding_lookup_sparse_v2(parts, ids)
        assert session.run([found, embedding.embedding_lookup_v2(parts, [1])])[0].tolist() == [[1.0]]
