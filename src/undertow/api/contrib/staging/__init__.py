"""`tf.contrib.staging`: where one run puts tensors for a later one.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/staging
"""

from ...names import lazy as _lazy

_NAMES = {"ops.staging": "StagingArea"}

__getattr__, __dir__ = _lazy(__name__, "tf.contrib.staging", _NAMES)
del _lazy
