"""tf.metrics: values and updates over several runs, with and without weights."""

import numpy as np
from harness import case

CLASSES = ([0, 2, 1, 1], [2, 2, 0, 1]), ([1, 0, 2, 0], [1, 0, 0, 0])
BOOLS = ([0, 1, 1, 0], [0, 1, 0, 1]), ([1, 1, 0, 1], [1, 0, 0, 1])
SCORES = ([0, 1, 1, 0], [0.1, 0.8, 0.4, 0.35]), ([1, 1, 0, 1], [0.99, 0.0, 0.5, 0.6])
NUMBERS = ([1.0, -2.0, 0.5, 0.0], [0.5, 1.0, 0.5, 4.0]), ([3.0, 0.25, 1.0, -1.0], [2.0, 0.0, 1.0, 1.0])
WEIGHTS = ([1.0, 0.0, 2.0, 0.5], [0.0, 3.0, 1.0, 1.0])


def streamed(tf, batches, make, dtypes, half):
    """`make(labels, predictions, weights)` run on each batch: the update, then the value."""
    labels, predictions = (tf.placeholder(d, [4]) for d in dtypes)
    weights = tf.placeholder(tf.float32, [4])
    pairs = [make(labels, predictions, w) for w in (None, weights, half)]
    values, updates = [p[0] for p in pairs], [p[1] for p in pairs]
    for (given, predicted), w in zip(batches, WEIGHTS):
        feeds = {labels: given, predictions: predicted, weights: w}
        yield updates, feeds
        yield values, feeds


def add(name, batches, dtypes, *more, **options):
    def build(tf):
        kinds = [getattr(tf, d) for d in dtypes]
        function = getattr(tf.metrics, name)
        half = tf.fill([4], 0.5) if "class" in name or "iou" in name else 0.5  # these two take no scalar
        return streamed(tf, batches, lambda a, b, w: function(a, b, *more, weights=w, **options), kinds, half)

    build.__name__ = "_".join([name, *(str(v).lower() for v in options.values())])
    case(build)


INTS, FLOATS = ("int64", "int64"), ("float32", "float32")
add("accuracy", CLASSES, INTS)
add("mean_iou", CLASSES, INTS, 3)
add("mean_per_class_accuracy", CLASSES, INTS, 3)
for counted in ("true_positives", "true_negatives", "false_positives", "false_negatives"):
    add(counted, BOOLS, INTS)
    add(f"{counted}_at_thresholds", SCORES, ("int64", "float32"), [0.2, 0.5, 0.9])
for shared in ("precision", "recall"):
    add(shared, BOOLS, INTS)
    add(f"{shared}_at_thresholds", SCORES, ("int64", "float32"), [0.0, 0.5, 1.0])
for error in ("mean_absolute_error", "mean_squared_error", "root_mean_squared_error"):
    add(error, NUMBERS, FLOATS)
add("mean_relative_error", NUMBERS, FLOATS, np.array([1.0, 0.0, 2.0, 4.0], np.float32))
add("auc", SCORES, ("int64", "float32"))
for method in ("careful_interpolation", "minoring", "majoring"):
    add("auc", SCORES, ("int64", "float32"), num_thresholds=7, curve="PR", summation_method=method)
add("auc", SCORES, ("int64", "float32"), curve="ROC", summation_method="minoring")
add("sensitivity_at_specificity", SCORES, ("int64", "float32"), 0.6)
add("specificity_at_sensitivity", SCORES, ("int64", "float32"), 0.6)


@case
def means_of_values(tf):
    x = tf.placeholder(tf.float32, [2, 2])
    metrics = [
        tf.metrics.mean(x), tf.metrics.mean(x, weights=[[1.0], [3.0]]), tf.metrics.mean_tensor(x),
        tf.metrics.mean_tensor(x, weights=[[1.0, 0.0], [2.0, 0.5]]), tf.metrics.percentage_below(x, 0.5),
        tf.metrics.mean_cosine_distance(x, tf.ones([2, 2]), 1),
    ]  # fmt: skip
    for value in ([[1.0, 2.0], [0.0, -4.0]], [[0.5, 0.25], [8.0, 0.0]]):
        yield [m[1] for m in metrics], {x: value}
        yield [m[0] for m in metrics], {x: value}


@case(nodes=True)
def nodes_of_accuracy(tf):
    tf.metrics.accuracy(tf.placeholder(tf.int32, [4]), tf.placeholder(tf.int64, [4]), tf.placeholder(tf.float32, [4]))
    return {}


@case
def at_k(tf):
    scores = tf.placeholder(tf.float32, [3, 4])
    labels = tf.constant([[2, 0], [1, 3], [3, 3]], tf.int64)
    m, weights = tf.metrics, tf.constant([[1.0], [0.5], [2.0]])
    flat = tf.constant([2, 1, 3], tf.int64)
    sparse = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([2, 0, 3], tf.int64), [3, 2])
    metrics = [
        m.precision_at_k(labels, scores, 2),
        m.recall_at_k(labels, scores, 2),
        m.precision_at_k(flat, scores, 1),
        m.precision_at_k(labels, scores, 2, class_id=3),
        m.recall_at_k(sparse, scores, 3, class_id=0),
        m.precision_at_k(labels, scores, 2, weights=weights[:, 0]),
        m.recall_at_k(sparse, scores, 2),
        m.average_precision_at_k(labels, scores, 3),
        m.sparse_precision_at_k(labels, scores, 2),
        m.average_precision_at_k(labels, scores, 2, weights=[1.0, 2.0, 0.0]),
        m.recall_at_top_k(labels, tf.constant([[2, 1], [0, 3], [1, 3]], tf.int64), 2),
    ]
    first = np.array([[0.1, 0.2, 0.9, 0.3], [0.5, 0.1, 0.2, 0.4], [0.0, 1.0, 2.0, 3.0]], np.float32)
    for value in (first, first[::-1], -first):
        yield [v[1] for v in metrics], {scores: value}
        yield [v[0] for v in metrics], {scores: value}
