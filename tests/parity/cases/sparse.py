"""Sparse tensors: values, gradients in the values, strings, what is fed and fetched."""

import numpy as np
from harness import case

PLACES = [[0, 1], [0, 3], [2, 0], [2, 2]]
NUMBERS = [1.0, -2.0, 3.0, 0.5]


def matrix(tf, values=NUMBERS, places=PLACES, dims=(3, 4)):
    return tf.SparseTensor(places, tf.constant(values), dims)


@case
def made_dense(tf):
    x = matrix(tf)
    words = matrix(tf, ["a", "bc", "", "d"])
    dense = tf.sparse.to_dense(x)
    return {
        "numbers": [dense, tf.gradients(dense * dense, x.values), tf.sparse.to_dense(x, default_value=7.0)],
        "words": [tf.sparse.to_dense(words), tf.sparse_tensor_to_dense(words, "?")],
        "vector": tf.sparse_to_dense([1, 3], [5], [2, 4], -1),
        "one value": tf.sparse_to_dense(PLACES, [3, 4], 1.0),
        "scalar": tf.sparse_to_dense(2, [4], 5),
        "back": tf.sparse.from_dense([[0, 2], [3, 0]]),
        "nothing": tf.sparse.to_dense(tf.SparseTensor(np.zeros([0, 2]), tf.zeros([0]), [2, 2])),
        "bools": tf.sparse.to_dense(matrix(tf, [True, True, False, True])),
    }


@case
def rearranged(tf):
    x = matrix(tf)
    mixed = matrix(tf, [1, 2, 3, 4], [[2, 2], [0, 3], [2, 0], [0, 1]])
    words = matrix(tf, ["a", "b", "c", "d"])
    turned = tf.sparse.transpose(x)
    return {
        "reorder": [tf.sparse.reorder(mixed), tf.sparse_reorder(words)],
        "reshape": [tf.sparse.reshape(x, [2, -1]), tf.sparse_reshape(x, [12]), tf.sparse.reshape(x, [2, 3, 2])],
        "transpose": [turned, tf.gradients(turned.values * [1.0, 2.0, 3.0, 4.0], x.values),
                      tf.sparse.transpose(tf.sparse.reshape(x, [3, 2, 2]), [2, 0, 1])],
        "slice": [tf.sparse.slice(x, [0, 1], [2, 9]), tf.sparse_slice(words, [1, 0], [5, 3])],
        "split": [tf.sparse.split(sp_input=x, num_split=3, axis=1),
                  tf.sparse_split(sp_input=words, num_split=2, axis=0)],
        "concat": [tf.sparse.concat(1, [x, x]), tf.sparse_concat(0, [words, words]), tf.sparse.concat(-1, [x, x, x])],
        "concat expanded": tf.sparse_concat(0, [x, tf.sparse.reset_shape(x, [3, 6])], expand_nonconcat_dim=True),
        "retain": tf.sparse.retain(x, [True, False, True, False]),
        "reset": [tf.sparse.reset_shape(x), tf.sparse_reset_shape(x, [5, 4])],
        "filled": tf.sparse.fill_empty_rows(x, 9.0),
        "filled words": tf.sparse_fill_empty_rows(words, "none"),
        "expanded": [tf.sparse.expand_dims(x, a) for a in (0, 1, -1)],
        "eye": [tf.sparse.eye(3), tf.sparse.eye(2, 4, dtype=tf.int32)],
        "merge": tf.sparse_merge(matrix(tf, np.array([3, 0, 1, 4])), x, 5),
        "indicator": tf.sparse.to_indicator(matrix(tf, np.array([3, 0, 1, 4])), 5),
        "mask": tf.sparse_mask(tf.IndexedSlices(tf.ones([3, 2]), tf.constant([4, 2, 7])), [2, 5]).indices,
    }  # fmt: skip


@case
def gradients_of_fills_and_slices(tf):
    x, default = matrix(tf), tf.constant(9.0)
    filled, _ = tf.sparse.fill_empty_rows(x, default)
    part = tf.sparse.slice(x, [0, 1], [3, 2])
    return [
        tf.gradients(filled.values * [1.0, 2.0, 3.0, 4.0, 5.0], [x.values, default]),
        tf.gradients(part.values * [10.0, 20.0], x.values),
    ]


@case
def arithmetic(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        x = matrix(tf, np.array(NUMBERS, dtype))
        y = matrix(tf, np.array([5.0, 2.0, 1.0], dtype), [[0, 0], [0, 3], [2, 2]])
        dense = tf.constant(np.arange(12, dtype=dtype).reshape(3, 4))
        b = tf.constant(np.arange(8, dtype=dtype).reshape(4, 2) - 3)
        total = tf.sparse.add(x, y)
        product = tf.sparse.sparse_dense_matmul(x, b)
        soft = tf.sparse.softmax(x)
        result[np.dtype(dtype).name] = [
            total, tf.gradients(total.values * total.values, [x.values, y.values]),
            tf.sparse.add(x, y, threshold=1.5), tf.sparse_add(x, dense),
            tf.gradients(tf.sparse_add(dense, x), x.values),
            product, tf.gradients(product * product, [x.values, b]),
            tf.sparse_tensor_dense_matmul(x, tf.transpose(b), adjoint_b=True),
            tf.sparse_tensor_dense_matmul(x, dense, adjoint_a=True),
            soft, tf.gradients(soft.values * [1, 2, 3, 4], x.values),
            tf.sparse.maximum(x, y), tf.sparse.minimum(x, y), x * dense, x / (dense + 1),
            x * np.array([[1], [2], [3]], dtype),
            tf.gradients((x * dense).values, [x.values, dense]), tf.abs(x), tf.cast(x, tf.int32), tf.square(x),
        ]  # fmt: skip
    i = matrix(tf, [4, -7, 2, 5])
    result["ints"] = [tf.sparse.add(i, i), tf.sparse.reduce_sum(i, 0), tf.sparse.maximum(i, i)]
    return result


@case
def reductions(tf):
    x = tf.sparse.reshape(matrix(tf), [3, 2, 2])
    result = {}
    for name in ("sum", "max"):
        dense, sparse = (getattr(tf.sparse, f"reduce_{name}{end}") for end in ("", "_sparse"))
        for axis in (None, 0, 1, [0, 2], -1, [1, 0]):
            result[f"{name} {axis}"] = [dense(x, axis), dense(x, axis, keepdims=True), sparse(x, axis)]
    y = tf.sparse_reduce_sum(x, reduction_axes=[1], keep_dims=True)
    result["gradient"] = tf.gradients(y * y, x.values)
    return result


@case
def fed_and_fetched(tf):
    x = tf.sparse_placeholder(tf.float32)
    y = tf.sparse_placeholder(tf.float32, [3, 4], name="y")
    value = tf.SparseTensorValue(np.array(PLACES), np.array(NUMBERS, np.float32), np.array([3, 4]))
    yield [x, tf.sparse.to_dense(x), tf.shape(y), tf.size(x), tf.rank(x)], {x: value, y: tuple(value)}
    yield [y, tf.sparse.to_dense(y)], {y: (PLACES[:1], [8.0], [3, 4])}
