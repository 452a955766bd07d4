"""tf.losses: values under every reduction and kind of weights, gradients, totals."""

import numpy as np
from harness import case

LABELS = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], np.float32)
SCORES = np.array([[0.9, -0.3, 2.0], [0.2, 0.1, -1.5]], np.float32)
PAIRS = ("absolute_difference", "mean_squared_error", "hinge_loss", "huber_loss", "sigmoid_cross_entropy",
         "mean_pairwise_squared_error", "softmax_cross_entropy")  # fmt: skip
WEIGHTS = {"one": 1.0, "none": 0.0, "half": 0.5, "rows": [[2.0], [0.0]], "all": [[1.0, 0.0, 3.0], [0.5, 0.5, 0.0]]}


def each(tf, name, **options):
    x = tf.constant(SCORES)
    loss = getattr(tf.losses, name)(tf.constant(LABELS), x, **options)
    return [loss, tf.gradients(loss, x)]


@case
def pairs_with_each_kind_of_weights(tf):
    result = {}
    for name in PAIRS:
        for kind, weights in WEIGHTS.items():
            if name != "softmax_cross_entropy" and not (name.startswith("mean_pair") and kind == "all"):
                result[f"{name} {kind}"] = each(tf, name, weights=weights)
    result["softmax rows"] = each(tf, "softmax_cross_entropy", weights=[0.3, 2.0])
    return result


@case
def every_reduction(tf):
    result = {}
    for how in ("NONE", "SUM", "SUM_OVER_BATCH_SIZE", "MEAN", "SUM_BY_NONZERO_WEIGHTS", "SUM_OVER_NONZERO_WEIGHTS"):
        for name in ("mean_squared_error", "hinge_loss"):
            kind = getattr(tf.losses.Reduction, how)
            result[f"{how} {name}"] = each(tf, name, weights=[[2.0], [0.0]], reduction=kind)
    return result


@case
def options_of_each(tf):
    positive = tf.constant([[0.9, 0.2, 0.5], [0.0, 1.0, 0.3]])
    classes = tf.constant([[2], [0]])
    x = tf.constant(SCORES)
    log = tf.losses.log_loss(LABELS, positive)
    sparse = tf.losses.sparse_softmax_cross_entropy(classes, x, weights=[[1.0], [3.0]])
    return {
        "log": [log, tf.losses.log_loss(LABELS, positive, epsilon=0.1), tf.gradients(log, positive)],
        "huber": each(tf, "huber_loss", delta=0.5),
        "sigmoid smoothed": each(tf, "sigmoid_cross_entropy", label_smoothing=0.2),
        "softmax smoothed": each(tf, "softmax_cross_entropy", label_smoothing=0.2),
        "cosine": [tf.losses.cosine_distance(LABELS, SCORES, axis=1), tf.losses.cosine_distance(LABELS, SCORES, dim=0)],
        "sparse": [sparse, tf.gradients(sparse, x), tf.losses.sparse_softmax_cross_entropy([2, 0], SCORES)],
        "float64": tf.losses.compute_weighted_loss(tf.constant([1.0, 2.5], tf.float64), [0.0, 2.0]),
    }


@case
def unknown_shapes(tf):
    x, w, c = tf.placeholder(tf.float32), tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    squares = tf.losses.mean_squared_error(LABELS, x, weights=w)
    sparse = tf.losses.sparse_softmax_cross_entropy(c, tf.placeholder_with_default(SCORES, [None, 3]))
    for weights in (2.0, [[1.0], [0.0]], [[1.0, 2.0, 0.0]]):
        for classes in ([1, 2], [[1], [2]]):
            yield [squares, sparse], {x: SCORES, w: weights, c: classes}


@case
def totals(tf):
    x = tf.constant(SCORES)
    with tf.name_scope("first"):
        tf.losses.mean_squared_error(LABELS, x)
    tf.losses.absolute_difference(LABELS, x)
    tf.losses.add_loss(tf.constant(5.0, name="mine"))
    tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, tf.constant(0.25, name="weights"))
    return [
        tf.losses.get_total_loss(), tf.losses.get_total_loss(False), tf.losses.get_regularization_loss(),
        tf.losses.get_losses("first"), tf.losses.get_total_loss(scope="first"),
    ]  # fmt: skip
