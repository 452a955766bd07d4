"""`tf.estimator`: what of it is built: `Estimator`, in one process, and what it is given. No canned ones.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/estimator
"""

from ..names import lazy

_NAMES = {
    "api.contrib.tpu": "tpu=",
    "api.estimator.estimator": "Estimator",
    "api.estimator.example_spec": "classifier_parse_example_spec regressor_parse_example_spec",
    "api.estimator.export": "export=",
    "api.estimator.exporter": "BestExporter Exporter FinalExporter LatestExporter",
    "api.estimator.inputs": "inputs=",
    "api.estimator.run_config": "RunConfig",
    "api.estimator.spec": "EstimatorSpec EvalSpec ModeKeys TrainSpec",
    "api.estimator.training": "train_and_evaluate",
    "api.train": (
        "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
        "NanLossDuringTrainingError NanTensorHook SessionRunArgs SessionRunContext SessionRunHook SessionRunValues "
        "StepCounterHook StopAtStepHook SummarySaverHook"
    ),
}

__getattr__, __dir__ = lazy(__name__, "tf.estimator", _NAMES)
