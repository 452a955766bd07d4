"""Segments, counts, histograms: values, gradients, ties, gaps, node names."""

import numpy as np
from harness import case

DATA = np.array([[1.0, -2.0], [3.0, 4.0], [3.0, 0.0], [-1.0, 5.0], [2.0, 5.0]])


@case
def sorted_segments(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        x = tf.constant(DATA.astype(dtype))
        for name in ("sum", "mean", "prod", "max", "min"):
            for ids in ([0, 0, 0, 1, 1], [0, 2, 2, 3, 3]):
                y = getattr(tf, f"segment_{name}")(x, ids)
                result[f"{np.dtype(dtype).name} {name} {ids}"] = [y, tf.gradients(y * y, x)]
    i = tf.constant([5, 6, 8, 1])
    result["ints"] = [getattr(tf, f"segment_{n}")(i, [0, 0, 2, 2]) for n in ("sum", "mean", "prod", "max", "min")]
    result["none"] = tf.segment_sum(tf.zeros([0, 2]), tf.zeros([0], tf.int32))
    return result


@case
def unsorted_segments(tf):
    result = {}
    for dtype in (np.float32, np.float64):
        x = tf.constant(DATA.astype(dtype))
        for name in ("sum", "mean", "prod", "max", "min", "sqrt_n"):
            for ids in ([2, 0, 2, 0, 2], [0, -1, 3, 3, 0]):
                y = getattr(tf, f"unsorted_segment_{name}")(x, ids, 5)
                grad = tf.gradients(tf.gather(y, [i for i in ids if i >= 0]), x)
                result[f"{np.dtype(dtype).name} {name} {ids}"] = [y, grad]
    result["matrix of ids"] = tf.unsorted_segment_sum(tf.constant(DATA[:4].reshape(2, 2, 2)), [[0, 1], [1, 0]], 2)
    result["ints"] = [
        getattr(tf, f"unsorted_segment_{n}")([5, 6, 8], [1, 1, 3], 4) for n in ("sum", "prod", "max", "min")
    ]
    result["scalar"] = tf.unsorted_segment_sum(tf.constant([1.0, 2.0]), tf.constant([0, 0]), tf.constant(1))
    return result


@case
def segments_of_picked_rows(tf):
    x = tf.constant(DATA)
    result = []
    for name in ("sum", "mean", "sqrt_n"):
        function = getattr(tf, f"sparse_segment_{name}")
        for y in (
            function(x, [4, 0, 0], [0, 0, 1]),
            function(x, [1, 2], [0, 2]),
            function(x, [1, 2], [0, 2], num_segments=4),
        ):
            result.append([y, tf.gradients(y * y, x)])
    return result


@case
def counts(tf):
    x = tf.constant([1, 1, 2, 5, 0, 5, 5])
    w = tf.constant([0.5, 1.0, 2.0, 1.0, 1.0, 1.0, 10.0])
    return [
        tf.bincount(x), tf.bincount(x, minlength=8), tf.bincount(x, maxlength=3), tf.bincount(x, weights=w),
        tf.bincount(x, dtype=tf.float32), tf.bincount(tf.zeros([0], tf.int32)), tf.bincount([[1, 2], [2, 0]]),
    ]  # fmt: skip


@case
def confusions(tf):
    labels, predictions = tf.constant([1, 2, 4, 2]), tf.constant([2, 2, 4, 1])
    return [
        tf.confusion_matrix(labels, predictions), tf.confusion_matrix(labels, predictions, num_classes=6),
        tf.confusion_matrix(labels, predictions, 5, dtype=tf.float32, weights=[1.0, 0.5, 2.0, 1.0]),
        tf.confusion_matrix(labels[:, None], predictions), tf.confusion_matrix([0, 1], [1, 1], dtype=tf.int64),
    ]  # fmt: skip


@case
def histograms(tf):
    x = tf.constant([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0])
    return [
        tf.histogram_fixed_width(x, [0.0, 5.0], nbins=5), tf.histogram_fixed_width(x, [0.0, 5.0], dtype=tf.int64),
        tf.histogram_fixed_width_bins(x, [0.0, 5.0], nbins=5),
        tf.histogram_fixed_width_bins(tf.reshape(x, [2, 3]), [0.0, 5.0], 5),
    ]  # fmt: skip


@case(nodes=True)
def nodes_of_segments(tf):
    x = tf.constant(DATA, name="x")
    ids = [0, 0, 1, 1, 1]
    names = ("segment_sum", "segment_mean", "segment_max", "segment_min", "segment_prod")
    result = [getattr(tf, name)(x, ids) for name in names]
    result += [getattr(tf, f"unsorted_{name}")(x, ids, 2) for name in names if name != "segment_mean"]
    result += [tf.sparse_segment_sum(x, [0, 1], [0, 0]), tf.sparse_segment_mean(x, [0, 1], [0, 0], num_segments=2)]
    return [*result, tf.histogram_fixed_width(x, tf.constant([0.0, 5.0], tf.float64), nbins=5)]
