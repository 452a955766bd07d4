"""What goldens of tf.metrics cannot show: the variables, the collections, errors."""

import pytest

import undertow as tf


@pytest.mark.parametrize(
    ("build", "names"),
    [
        (lambda x: tf.metrics.mean(x), ["mean/total", "mean/count"]),
        (lambda x: tf.metrics.accuracy(x, x), ["accuracy/total", "accuracy/count"]),
        (lambda x: tf.metrics.recall(x, x), ["recall/true_positives/count", "recall/false_negatives/count"]),
        (lambda x: tf.metrics.mean_iou(x, x, 2), ["mean_iou/total_confusion_matrix"]),
        (lambda x: tf.metrics.mean_tensor(x, name="mine"), ["mine/total_tensor", "mine/count_tensor"]),
        (
            lambda x: tf.metrics.auc(x, x),
            ["auc/true_positives", "auc/false_negatives", "auc/true_negatives", "auc/false_positives"],
        ),
    ],
)
def test_a_metric_keeps_its_state_in_local_variables_of_these_names(build, names):
    with tf.Graph().as_default():
        build(tf.placeholder(tf.float32, [4]))
        assert [v.op.name for v in tf.local_variables()] == names
        assert tf.get_collection(tf.GraphKeys.METRIC_VARIABLES) == tf.local_variables()
        assert tf.global_variables() == []


def test_value_and_update_go_into_the_collections_named():
    with tf.Graph().as_default():
        value, update = tf.metrics.mean([1.0], metrics_collections=["a", "b"], updates_collections="c")
        assert tf.get_collection("a") == tf.get_collection("b") == [value]
        assert tf.get_collection("c") == [update]


def test_what_is_out_of_range_is_refused():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [4])
        with pytest.raises(ValueError, match="curve must be either ROC or PR, X unknown"):
            tf.metrics.auc(x, x, curve="X")
        with pytest.raises(ValueError, match="Invalid summation_method: X"):
            tf.metrics.auc(x, x, summation_method="X")
        with pytest.raises(ValueError, match=r"`specificity` must be in the range \[0, 1\]"):
            tf.metrics.sensitivity_at_specificity(x, x, 2.0)
        _, update = tf.metrics.auc([0.0, 1.0], x[:2])
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"predictions must be in \[0, 1\]"):
                session.run(update, {x: [0.0, 2.0, 0.0, 0.0]})
