"""`tf.contrib.layers`: what of it is built.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/layers
"""

from ...names import lazy

_NAMES = {
    "api.contrib.layers.initializers": "variance_scaling_initializer xavier_initializer xavier_initializer_conv2d",
    "api.contrib.layers.layers": "flatten",
    "api.contrib.layers.regularizers": (
        "apply_regularization l1_l2_regularizer l1_regularizer l2_regularizer sum_regularizer"
    ),
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.layers", _NAMES)
