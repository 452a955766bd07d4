"""`tf.contrib.tensorboard`: what TensorBoard's plugins are told."""

from ...names import lazy

__getattr__, __dir__ = lazy(__name__, "tf.contrib.tensorboard", {"api.contrib.tensorboard.plugins": "plugins="})
