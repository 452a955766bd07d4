"""`tf.contrib`: what of it is built."""

from ..names import lazy

__getattr__, __dir__ = lazy(__name__, "tf.contrib", {"api.contrib.layers": "layers="})
