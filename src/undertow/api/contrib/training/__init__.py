"""`tf.contrib.training`: what of it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/training
"""

from ...names import lazy

_NAMES = {
    "api.contrib.training.hparam": "HParams parse_values",
    "tf_slim.training.evaluation": (
        "StopAfterNEvalsHook SummaryAtEndHook checkpoints_iterator evaluate_once evaluate_repeatedly "
        "get_or_create_eval_step wait_for_new_checkpoint"
    ),
    "tf_slim.training.training": (
        "add_gradients_summaries clip_gradient_norms create_train_op multiply_gradients train"
    ),
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.training", _NAMES)
