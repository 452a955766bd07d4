"""`tf.bitwise`: the bits of integers.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/bitwise
"""

from .names import lazy as _lazy

_NAMES = {"ops.math": "bitwise_and bitwise_or bitwise_xor invert left_shift right_shift"}

__getattr__, __dir__ = _lazy(__name__, "tf.bitwise", _NAMES)
del _lazy
