"""`tf.manip`: another door to ops that rearrange tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/manip
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.blocks": "batch_to_space_nd space_to_batch_nd",
    "ops.gather": "gather_nd scatter_nd",
    "ops.shaping": "reshape reverse roll tile",
}

__getattr__, __dir__ = _lazy(__name__, "tf.manip", _NAMES)
