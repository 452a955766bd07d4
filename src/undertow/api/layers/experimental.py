"""`tf.layers.experimental`: layers that name their weights as Keras does.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/experimental
"""

from .base import keras_style_scope as keras_style_scope
from .base import set_keras_style as set_keras_style
