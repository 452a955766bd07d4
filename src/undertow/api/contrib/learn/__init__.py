"""`tf.contrib.learn`: what of it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/learn
"""

from ...names import lazy

_NAMES = {
    "api.contrib.learn.datasets": "datasets=",
    "api.contrib.learn.mode_keys": "ModeKeys",
    "api.contrib.learn.preprocessing": "preprocessing=",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.learn", _NAMES)
