"""Sets in the last dimension: values and static shapes."""

import numpy as np
from harness import case


def _parts(sparse):
    return [sparse.indices, sparse.values, sparse.dense_shape]


def _sparse(tf, rows, width):
    indices = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
    values = [v for row in rows for v in row]
    return tf.SparseTensor(np.array(indices, np.int64).reshape(-1, 2), values, [len(rows), width])


@case
def set_operations(tf):
    dense = tf.constant([[5, 1, 5], [2, 9, 7], [4, 4, 4]])
    other = tf.constant([[1, 2, 3, 5], [9, 9, 9, 9], [1, 2, 3, 5]])
    sparse = _sparse(tf, [[3, 1], [], [4, 8]], 4)
    words = _sparse(tf, [["b", "a"], ["c"], ["a", "a"]], 2)
    more = tf.constant([["a", "z"], ["c", "c"], ["b", "b"]])
    results = []
    for a, b in ((dense, other), (dense, sparse), (sparse, dense), (sparse, sparse), (words, more), (more, words)):
        results += [
            _parts(tf.sets.set_intersection(a, b)),
            _parts(tf.sets.set_union(a, b)),
            _parts(tf.sets.set_difference(a, b)),
            _parts(tf.sets.set_difference(a, b, aminusb=False)),
        ]
    deep = tf.sets.set_intersection(tf.constant([[[1, 2]], [[3, 4]]]), tf.constant([[[2, 2]], [[4, 3]]]))
    return [results, _parts(deep), tf.sets.set_size(sparse), tf.sets.set_size(words)]
