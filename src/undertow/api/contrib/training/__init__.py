"""`tf.contrib.training`: what of it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/training
"""

from ...names import lazy

_NAMES = {
    "api.contrib.training.hparam": "HParams parse_values",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.training", _NAMES)
