"""`tf.metrics`: numbers gathered over many runs in local variables, each with the op that brings it up to date.

Every metric returns `(value, update_op)`: run `update_op` for each batch, read `value` at the end. `weights` are None,
a scalar, or of the values' rank with each size 1 or theirs. The value goes into `metrics_collections`, the update op
into `updates_collections`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/metrics
"""

from ..names import lazy as _lazy

_NAMES = {
    "api.metrics.at_k": (
        "average_precision_at_k precision_at_k precision_at_top_k recall_at_k recall_at_top_k "
        "sparse_average_precision_at_k sparse_precision_at_k"
    ),
    "api.metrics.classes": "mean_iou mean_per_class_accuracy",
    "api.metrics.counts": "false_negatives false_positives precision recall true_negatives true_positives",
    "api.metrics.means": (
        "accuracy mean mean_absolute_error mean_cosine_distance mean_relative_error mean_squared_error mean_tensor "
        "percentage_below root_mean_squared_error"
    ),
    "api.metrics.thresholds": (
        "auc false_negatives_at_thresholds false_positives_at_thresholds precision_at_thresholds "
        "recall_at_thresholds sensitivity_at_specificity specificity_at_sensitivity true_negatives_at_thresholds "
        "true_positives_at_thresholds"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.metrics", _NAMES)
del _lazy
