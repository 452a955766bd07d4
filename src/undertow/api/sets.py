"""`tf.sets`: sets in the last dimension of tensors.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/sets
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.sets": (
        "difference=set_difference intersection=set_intersection set_difference set_intersection set_size set_union "
        "size=set_size union=set_union"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.sets", _NAMES)
