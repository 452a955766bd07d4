"""`tf.contrib.image`: turning, moving and warping images.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/image
"""

from ..names import lazy as _lazy

_NAMES = {
    "ops.image_transform": (
        "angles_to_projective_transforms compose_transforms flat_transforms_to_matrices matrices_to_flat_transforms "
        "rotate transform translate translations_to_projective_transforms"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.contrib.image", _NAMES)
del _lazy
