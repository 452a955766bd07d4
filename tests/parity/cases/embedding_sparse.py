"""Embeddings of sparse ids: every combiner, with and without weights, parts, empty rows; gradients."""

import numpy as np
from harness import case

PARAMS = (np.arange(24, dtype=np.float32).reshape(8, 3) - 10) / 4
PLACES = [[0, 0], [0, 1], [1, 0], [3, 0], [3, 1], [3, 2]]


def ids(tf, values=(1, 5, 1, 7, 7, 0)):
    return tf.SparseTensor(PLACES, tf.constant(np.array(values)), [4, 3])


def weights(tf, values=(1.0, 0.5, 2.0, 1.0, 3.0, 0.25)):
    return tf.SparseTensor(PLACES, tf.constant(np.array(values, np.float32)), [4, 3])


@case
def combiners(tf):
    p = tf.constant(PARAMS)
    parts = [tf.constant(PARAMS[i::2]) for i in (0, 1)]
    full = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], tf.constant([1, 5, 1]), [2, 2])
    by = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], tf.constant([1.0, 0.5, 2.0]), [2, 2])
    result = {}
    for combiner in ("sum", "mean", "sqrtn"):
        plain = tf.nn.embedding_lookup_sparse(p, ids(tf), None, combiner=combiner)
        weighted = tf.nn.embedding_lookup_sparse(p, full, by, combiner=combiner)
        result[combiner] = [
            plain, tf.convert_to_tensor(tf.gradients(plain * plain, p)[0]), weighted,
            tf.convert_to_tensor(tf.gradients(weighted * weighted, p)[0]),
            tf.nn.embedding_lookup_sparse(parts, ids(tf), None, combiner=combiner),
            tf.nn.embedding_lookup_sparse(p, ids(tf), None, combiner=combiner, max_norm=1.0),
        ]  # fmt: skip
    return result


@case
def safe(tf):
    p = tf.constant(PARAMS)
    some = ids(tf, (1, -1, -1, 7, 7, 0))
    zero = weights(tf, (1.0, 0.5, 2.0, 0.0, 3.0, -1.0))
    cube = tf.sparse.reshape(ids(tf), [2, 2, 3])
    safe = tf.nn.safe_embedding_lookup_sparse
    return [
        safe(p, some), safe(p, some, default_id=3), safe(p, some, zero), safe(p, some, zero, combiner="sum"),
        safe([p], ids(tf), combiner="sqrtn"), safe(p, cube),
    ]  # fmt: skip
