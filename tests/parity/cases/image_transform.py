"""Projective transforms of images."""

import numpy as np
from harness import case

WARP = np.array([[1, 0.2, -0.5, 0.1, 0.9, 0.3, 0.01, 0.02]], "float32")
TWO = np.array([[0.7, 0.7, -1.3, -0.7, 0.7, 3, 0, 0], [1, 0, 1, 0, 1, -1, 0, 0]], "float32")


@case(rtol=1e-5, atol=1e-6)
def projective_transforms(tf):
    pixels = np.random.RandomState(0).uniform(size=(2, 5, 6, 3)).astype(np.float32)
    return [
        tf.raw_ops.ImageProjectiveTransformV2(
            images=tf.constant(images), transforms=tf.constant(transforms), output_shape=size, interpolation=kind
        )
        for transforms in (WARP, TWO)
        for images in (pixels, (pixels * 200).astype(np.uint8))
        for kind in ("NEAREST", "BILINEAR")
        for size in ([5, 6], [3, 8])
    ]
