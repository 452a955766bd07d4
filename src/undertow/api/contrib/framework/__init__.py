"""`tf.contrib.framework`: what of it is built."""

from ...names import lazy

_NAMES = {
    "graph.nest": "nest=",
}

__getattr__, __dir__ = lazy(__name__, "tf.contrib.framework", _NAMES)
