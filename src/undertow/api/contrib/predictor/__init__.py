"""`tf.contrib.predictor`: a saved or trained model as a function.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/predictor
"""

from ...names import lazy

_NAMES = {"api.contrib.predictor.predictor": "from_estimator from_saved_model"}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.predictor", _NAMES)
