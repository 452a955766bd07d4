"""Moving images as a whole: projective transforms. `kernels/image_transform.py` says how it is done.

A transform is eight numbers a0, a1, a2, b0, b1, b2, c0, c1: the output's pixel (x, y) is the input's
((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k), where k = c0·x + c1·y + 1.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/image
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import ones, zeros
from .array import shape as shape_of
from .joining import concat
from .math import cast
from .node import convert_to_tensor, node
from .rules import shape_rule

_IMAGE_DTYPES = (dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64)


@shape_rule("ImageProjectiveTransformV2", shapes=["output_shape"])
def _(images: TensorShape, transforms: TensorShape, output_shape: TensorShape) -> TensorShape:
    batch, _height, _width, channels = rules.with_rank(images, 4)
    return TensorShape.of((batch, *rules.with_rank(output_shape, 2), channels))


def transform(
    images: Any, transforms: Any, interpolation: str = "NEAREST", output_shape: Any = None, name: str | None = None
) -> Tensor:
    """`images` ([N, H, W, C], [H, W, C] or [H, W]) under `transforms` ([8] or [N, 8]); zeros from outside.

    `interpolation` is "NEAREST" or "BILINEAR". `TypeError` for another dtype or rank.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/image/transform
    """
    with name_scope(name, "transform"):
        images = convert_to_tensor(images, name="images")
        transforms = convert_to_tensor(transforms, name="transforms", dtype=dtypes.float32)
        if images.dtype.base_dtype not in _IMAGE_DTYPES:
            raise TypeError(f"Invalid dtype {images.dtype}.")
        batch, ndims = _batched(images)
        size = shape_of(batch)[1:3] if output_shape is None else convert_to_tensor(output_shape, dtypes.int32)
        if output_shape is None and None not in batch.shape.as_list()[1:3]:
            size = convert_to_tensor(batch.shape.as_list()[1:3])
        if len(transforms.shape) == 1:
            transforms = node("ExpandDims", transforms, 0)
        elif transforms.shape.ndims != 2:
            raise TypeError("Transforms should have rank 1 or 2.")
        moved = node("ImageProjectiveTransformV2", batch, transforms, size, interpolation=interpolation.upper())
        if ndims == 2:
            return moved[0, :, :, 0]
        return moved[0, :, :, :] if ndims == 3 else moved


def _batched(images: Tensor) -> tuple[Tensor, int]:
    ndims = images.shape.ndims
    if ndims is None:
        raise TypeError("image_or_images rank must be statically known")
    if ndims == 2:
        return images[None, :, :, None], ndims
    if ndims == 3:
        return images[None, :, :, :], ndims
    if ndims != 4:
        raise TypeError("Images should have rank between 2 and 4.")
    return images, ndims


def rotate(images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None) -> Tensor:
    """`images` turned counterclockwise around their center by `angles` in radians (a scalar, or one each).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/image/rotate
    """
    with name_scope(name, "rotate"):
        images = convert_to_tensor(images, name="images")
        batch, _ = _batched(images)
        height, width = (cast(side, dtypes.float32) for side in (shape_of(batch)[1], shape_of(batch)[2]))
        return transform(images, angles_to_projective_transforms(angles, height, width), interpolation)


def translate(images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None) -> Tensor:
    """`images` moved by `translations` (dx, dy), [2] or [N, 2].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/image/translate
    """
    with name_scope(name, "translate"):
        return transform(images, translations_to_projective_transforms(translations), interpolation)


def angles_to_projective_transforms(
    angles: Any, image_height: Any, image_width: Any, name: str | None = None
) -> Tensor:
    """The transforms [N, 8] that turn images of that size around their center by `angles` (a scalar or [N])."""
    with name_scope(name, "angles_to_projective_transforms"):
        angles = convert_to_tensor(angles, name="angles", dtype=dtypes.float32)
        if angles.shape.ndims == 0:
            angles = node("ExpandDims", angles, 0)
        elif angles.shape.ndims != 1:
            raise TypeError("Angles should have rank 0 or 1.")
        cos, sin = node("Cos", angles), node("Sin", angles)
        right, below = cast(image_width, dtypes.float32) - 1.0, cast(image_height, dtypes.float32) - 1.0
        x = (right - (cos * right - sin * below)) / 2.0
        y = (below - (sin * right + cos * below)) / 2.0
        columns = [node("ExpandDims", v, 1) for v in (cos, -sin, x, sin, cos, y)]
        return concat([*columns, zeros([shape_of(angles)[0], 2])], 1)


def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Tensor:
    """The transforms [N, 8] that move images by `translations` (dx, dy), [2] or [N, 2]."""
    with name_scope(name, "translations_to_projective_transforms"):
        moves = convert_to_tensor(translations, name="translations", dtype=dtypes.float32)
        if moves.shape.ndims is None:
            raise TypeError("translation_or_translations rank must be statically known")
        if moves.shape.ndims == 1:
            moves = node("ExpandDims", moves, 0)
        elif moves.shape.ndims != 2:
            raise TypeError("Translations should have rank 1 or 2.")
        count = shape_of(moves)[0]
        one, none = ones([count, 1]), zeros([count, 1])
        return concat([one, none, -moves[:, 0:1], none, one, -moves[:, 1:2], zeros([count, 2])], 1)


def flat_transforms_to_matrices(transforms: Any) -> Tensor:
    """Transforms [N, 8] as matrices [N, 3, 3]."""
    transforms = convert_to_tensor(transforms, name="transforms", dtype=dtypes.float32)
    transforms.shape.assert_has_rank(2)
    rows = node("Reshape", transforms, [-1, 8])
    return node("Reshape", concat([rows, ones([shape_of(rows)[0], 1])], 1), [-1, 3, 3])


def matrices_to_flat_transforms(transform_matrices: Any) -> Tensor:
    """Matrices [N, 3, 3] as transforms [N, 8]."""
    matrices = convert_to_tensor(transform_matrices, name="transform_matrices", dtype=dtypes.float32)
    matrices.shape.assert_has_rank(3)
    rows = node("Reshape", matrices, [-1, 9])
    return (rows / rows[:, 8:9])[:, :8]


def compose_transforms(*transforms: Any) -> Tensor:
    """One transform [N, 8] that does what these do one after the other."""
    if not transforms:
        raise ValueError("transforms cannot be empty")
    composed = flat_transforms_to_matrices(transforms[0])
    for one in transforms[1:]:
        composed = node("BatchMatMulV2", composed, flat_transforms_to_matrices(one))
    return matrices_to_flat_transforms(composed)
