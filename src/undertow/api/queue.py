"""`tf.queue`: the kinds of queues.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/queue
"""

from .names import lazy as _lazy

_NAMES = {"ops.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue"}

__getattr__, __dir__ = _lazy(__name__, "tf.queue", _NAMES)
del _lazy
