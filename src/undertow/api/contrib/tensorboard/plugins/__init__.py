"""`tf.contrib.tensorboard.plugins`: what of it is built."""

from ....names import lazy

_NAMES = {"api.contrib.tensorboard.plugins.projector": "projector="}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.tensorboard.plugins", _NAMES)
