"""`tf.contrib.tpu`: what of it is built: `TPUEstimator` on the device that is here, and what it is given.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/tpu
"""

from ...names import lazy

_NAMES = {
    "api.contrib.tpu.config": "InputPipelineConfig RunConfig TPUConfig",
    "api.contrib.tpu.estimator": "TPUEstimator",
    "api.contrib.tpu.spec": "TPUEstimatorSpec",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.tpu", _NAMES)
