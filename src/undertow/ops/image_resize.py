"""Resizing images: what each op is. `kernels/image_resize.py` says how it is done.

The ops of TensorFlow 1 put the first pixel of the output on the first of the input (no half-pixel centers).
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import shape as shape_of
from .constant import constant
from .constant_value import constant_value, constant_value_as_shape
from .image import checked
from .image_crop import pad_to_bounding_box
from .joining import stack, unstack
from .math import cast
from .node import convert_to_tensor, node
from .rules import shape_rule
from .shaping import expand_dims, squeeze


class ResizeMethodV1:
    """How `resize_images` finds the pixels between pixels."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


class ResizeMethod:
    """How TensorFlow 2's `resize` finds them."""

    BILINEAR = "bilinear"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    BICUBIC = "bicubic"
    GAUSSIAN = "gaussian"
    NEAREST_NEIGHBOR = "nearest"
    AREA = "area"
    MITCHELLCUBIC = "mitchellcubic"


_TYPES = {
    ResizeMethodV1.BILINEAR: "ResizeBilinear",
    ResizeMethodV1.NEAREST_NEIGHBOR: "ResizeNearestNeighbor",
    ResizeMethodV1.BICUBIC: "ResizeBicubic",
    ResizeMethodV1.AREA: "ResizeArea",
}
_V2_TYPES = {"bilinear": "ResizeBilinear", "nearest": "ResizeNearestNeighbor", "bicubic": "ResizeBicubic"}
_V2_FILTERS = {
    "bilinear": "triangle",
    "bicubic": "keyscubic",
    **{name: name for name in ("lanczos3", "lanczos5", "gaussian", "mitchellcubic")},
}


@shape_rule(
    "ResizeArea", "ResizeBicubic", "ResizeBilinear", "ResizeNearestNeighbor", "ScaleAndTranslate", shapes=["size"]
)
def _(images: TensorShape, size: TensorShape, *_: TensorShape) -> TensorShape:
    batch, _height, _width, channels = rules.with_rank(images, 4)
    return TensorShape.of((batch, *rules.with_rank(size, 2), channels))


def resize_area(images: Any, size: Any, align_corners: bool = False, name: str | None = None) -> Tensor:
    """`images` [N, H, W, C] to `size` [2], each pixel the mean of the area that it covers: float32."""
    return node("ResizeArea", images, size, align_corners=align_corners, name=name)


def resize_bicubic(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None, half_pixel_centers: bool = False
) -> Tensor:
    """`images` [N, H, W, C] to `size` [2] by cubic interpolation: float32."""
    return _resized("ResizeBicubic", images, size, align_corners, name, half_pixel_centers)


def resize_bilinear(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None, half_pixel_centers: bool = False
) -> Tensor:
    """`images` [N, H, W, C] to `size` [2] by linear interpolation: float32."""
    return _resized("ResizeBilinear", images, size, align_corners, name, half_pixel_centers)


def resize_nearest_neighbor(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None, half_pixel_centers: bool = False
) -> Tensor:
    """`images` [N, H, W, C] to `size` [2], each pixel one of the input: the input's dtype."""
    return _resized("ResizeNearestNeighbor", images, size, align_corners, name, half_pixel_centers)


def _resized(op_type: str, images: Any, size: Any, align_corners: bool, name: str | None, half: bool) -> Tensor:
    return node(op_type, images, size, align_corners=align_corners, half_pixel_centers=half, name=name)


def resize_images(
    images: Any,
    size: Any,
    method: int = ResizeMethodV1.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Tensor:
    """`images` [N, H, W, C] or [H, W, C] to `size` (height, width).

    float32, but of the input's dtype for NEAREST_NEIGHBOR and where the size is the input's already. With
    `preserve_aspect_ratio` the largest size within `size` that keeps the ratio. `ValueError` for another rank, a size
    that is not two ints, or another method.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/resize_images
    """

    def resizer(images: Tensor, size: Tensor) -> Tensor:
        if method not in _TYPES:
            raise ValueError("Resize method is not implemented.")
        return node(_TYPES[method], images, size, align_corners=align_corners)

    return _resize(resizer, images, size, preserve_aspect_ratio, name)


def resize_images_v2(
    images: Any,
    size: Any,
    method: str = ResizeMethod.BILINEAR,
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Tensor:
    """TensorFlow 2's `tf.image.resize`: half-pixel centers, and `antialias` for making images smaller.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/compat/v2/image/resize
    """

    def resizer(images: Tensor, size: Tensor) -> Tensor:
        if method == ResizeMethod.AREA:
            return node("ResizeArea", images, size)
        if method in _V2_TYPES and (not antialias or method == "nearest"):
            return node(_V2_TYPES[method], images, size, half_pixel_centers=True)
        if method in _V2_FILTERS:
            before = cast(node("StridedSlice", shape_of(images), [1], [3], [1]), dtypes.float32)
            scale = node("RealDiv", cast(size, dtypes.float32), before, name="truediv")
            filter = _V2_FILTERS[method]
            origin = np.zeros(2, np.float32)
            return node("ScaleAndTranslate", images, size, scale, origin, kernel_type=filter, antialias=antialias)
        raise ValueError(f"Resize method is not implemented: {method}")

    kept = None if method == ResizeMethod.NEAREST_NEIGHBOR else dtypes.float32
    return _resize(resizer, images, size, preserve_aspect_ratio, name, kept)


def _resize(
    resizer: Any, images: Any, size: Any, preserve_aspect_ratio: bool, name: str | None, kept: Any = None
) -> Tensor:
    """`resizer(images, size)`; images that have the size already stay, cast to `kept` if there is one."""
    with name_scope(name, "resize", [images, size]):
        images = convert_to_tensor(images, name="images")
        if images.shape.ndims is None:
            raise ValueError("'images' contains no shape.")
        if images.shape.ndims not in (3, 4):
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        is_batch = images.shape.ndims == 4
        if not is_batch:
            images = expand_dims(images, 0)
        _, height, width, _ = images.shape.as_list()
        try:
            size = convert_to_tensor(size, dtypes.int32, name="size")
        except (TypeError, ValueError):
            raise ValueError("'size' must be a 1-D int32 Tensor") from None
        if not size.shape.is_compatible_with([2]):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        if preserve_aspect_ratio:
            size = _within(images, size)
        known = constant_value_as_shape(size).as_list()
        if None not in known and known == [height, width]:
            images = images if kept is None else cast(images, kept)
        else:
            images = resizer(images, size)
            images.set_shape([None, *known, None])
        return images if is_batch else squeeze(images, axis=[0])


def _within(images: Tensor, size: Tensor) -> Tensor:
    """The largest size within `size` of the images' ratio."""
    sides, wanted = images.shape.as_list()[1:3], constant_value(size)
    if None not in sides and wanted is not None:
        own = np.array(sides, np.float32)
        ratio = np.min(wanted.astype(np.float32) / own)
        return constant(np.round(ratio * own).astype(np.int32), name="size")
    before = [cast(side, dtypes.float32) for side in unstack(shape_of(images))[1:3]]
    scales = [cast(size[i], dtypes.float32) / before[i] for i in (0, 1)]
    scale = node("Minimum", *scales)
    return stack([cast(node("Round", scale * side), dtypes.int32) for side in before], name="size")


def resize_image_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: int = ResizeMethodV1.BILINEAR,
    align_corners: bool = False,
) -> Tensor:
    """`image` [N, H, W, C] or [H, W, C] resized to fit into the target, its ratio kept, the rest zeros on both sides.

    `ValueError` for another rank or a target that is not positive.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/resize_image_with_pad
    """
    return _with_pad(
        lambda image, size: resize_images(image, size, method, align_corners), image, target_height, target_width
    )


def resize_image_with_pad_v2(
    image: Any, target_height: Any, target_width: Any, method: str = ResizeMethod.BILINEAR, antialias: bool = False
) -> Tensor:
    """`resize_image_with_pad` with TensorFlow 2's way of resizing."""
    return _with_pad(
        lambda image, size: resize_images_v2(image, size, method, antialias=antialias),
        image,
        target_height,
        target_width,
    )


def _with_pad(resizer: Any, image: Any, target_height: Any, target_width: Any) -> Tensor:
    targets = (target_height, target_width)
    with name_scope(None, "resize_image_with_pad", [image]):
        image = convert_to_tensor(image, name="image")
        ndims = image.shape.ndims
        if ndims not in (None, 3, 4):
            raise ValueError("'image' must have either 3 or 4 dimensions.")
        is_batch = ndims == 4
        if not is_batch:
            image = expand_dims(image, 0)
            if ndims is None:
                image.set_shape([None] * 4)
        for side, target in zip(("height", "width"), targets):
            if not isinstance(target, Tensor) and target <= 0:
                raise ValueError(f"target_{side} must be > 0.")
        image = checked(image, require_static=False)
        before = [cast(side, dtypes.float32) for side in unstack(shape_of(image))[1:3]]
        wanted = [cast(target, dtypes.float32) for target in targets]
        ratio = node("Maximum", before[1] / wanted[1], before[0] / wanted[0])
        after = [side / ratio for side in before]
        size = [cast(node("Floor", side), dtypes.int32) for side in after]
        left = [cast(node("Floor", (whole - side) / 2.0), dtypes.int32) for whole, side in zip(wanted, after)]
        padding = [node("Maximum", constant(0), side) for side in left]
        resized = resizer(image, size)
        padded = pad_to_bounding_box(resized, padding[0], padding[1], *targets)
        if padded.shape.ndims is None:
            raise ValueError("padded contains no shape.")
        return padded if is_batch else squeeze(padded, axis=[0])
