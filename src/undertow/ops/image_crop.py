"""Cropping and padding images [H, W, C] and batches [N, H, W, C], built of other ops.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from .array import shape as shape_of
from .constant_value import constant_value
from .control_flow import with_dependencies
from .image import checked, checks, demand
from .joining import stack, unstack
from .math import cast
from .node import convert_to_tensor, node
from .shaping import expand_dims, pad, squeeze
from .slicing import slice as sliced


def _batched(image: Any) -> tuple[Tensor, bool]:
    """`image` as a batch, and whether it was one. `ValueError` for another rank."""
    image = convert_to_tensor(image, name="image")
    ndims = image.shape.ndims
    if ndims not in (None, 3, 4):
        raise ValueError("'image' must have either 3 or 4 dimensions.")
    if ndims == 4:
        return image, True
    batch = expand_dims(image, 0)
    if ndims is None:
        batch.set_shape([None] * 4)
    return batch, False


def _sides(image: Tensor) -> list[Any]:
    """Height and width of a batch: ints where they are known, else tensors."""
    static = image.shape.as_list()[1:3]
    if None not in static:
        return static
    dynamic = unstack(shape_of(image))[1:3]
    return [d if s is None else s for s, d in zip(static, dynamic)]


def _known(*values: Any) -> list[int | None]:
    return [None if isinstance(v, Tensor) and constant_value(v) is None else _int(v) for v in values]


def _int(value: Any) -> int:
    return int(constant_value(value)) if isinstance(value, Tensor) else int(value)  # type: ignore[arg-type]


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """The target's rows and columns of `image`, from the offsets on.

    `ValueError` (an error in the run for what is a tensor) if they are not all within the image.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/crop_to_bounding_box
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        image, is_batch = _batched(image)
        asserts = checks(image, require_static=False)
        height, width = _sides(image)
        asserts += demand(offset_width >= 0, "offset_width must be >= 0.")
        asserts += demand(offset_height >= 0, "offset_height must be >= 0.")
        asserts += demand(target_width > 0, "target_width must be > 0.")
        asserts += demand(target_height > 0, "target_height must be > 0.")
        asserts += demand(_at_least(width, target_width + offset_width), "width must be >= target + offset.")
        asserts += demand(_at_least(height, target_height + offset_height), "height must be >= target + offset.")
        image = with_dependencies(asserts, image)
        size = [shape_of(image)[0], target_height, target_width, shape_of(image)[3]]
        cropped = sliced(image, stack([0, offset_height, offset_width, 0]), stack(size))
        batch, _, _, channels = image.shape.as_list()
        cropped.set_shape([batch, *_known(target_height, target_width), channels])
        return cropped if is_batch else squeeze(cropped, axis=[0])


def _at_least(a: Any, b: Any) -> Any:
    return a >= b if isinstance(a, Tensor) or not isinstance(b, Tensor) else b <= a


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """An image of the target's size with `image` in it at the offsets, and zeros around.

    `ValueError` (an error in the run for what is a tensor) if it does not fit.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/pad_to_bounding_box
    """
    given = (offset_height, offset_width, target_height, target_width)
    with name_scope(None, "pad_to_bounding_box", [image]):
        image, is_batch = _batched(image)
        asserts = checks(image, require_static=False)
        offset_height, offset_width, target_height, target_width = (
            cast(v, dtypes.int32) if isinstance(v, Tensor) else v for v in given
        )
        height, width = _sides(image)
        right = target_width - offset_width - width
        below = target_height - offset_height - height
        asserts += demand(offset_height >= 0, "offset_height must be >= 0")
        asserts += demand(offset_width >= 0, "offset_width must be >= 0")
        asserts += demand(right >= 0, "width must be <= target - offset")
        asserts += demand(below >= 0, "height must be <= target - offset")
        image = with_dependencies(asserts, image)
        paddings = node("Reshape", stack([0, 0, offset_height, below, offset_width, right, 0, 0]), [4, 2])
        padded = pad(image, paddings)
        batch, _, _, channels = image.shape.as_list()
        padded.set_shape([batch, *_known(target_height, target_width), channels])
        return padded if is_batch else squeeze(padded, axis=[0])


def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """`image` cropped to the target around its center where it is larger, padded with zeros where it is smaller.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/resize_image_with_crop_or_pad
    """
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        image, is_batch = _batched(image)
        asserts = checks(image, require_static=False)
        asserts += demand(target_width > 0, "target_width must be > 0.")
        asserts += demand(target_height > 0, "target_height must be > 0.")
        image = with_dependencies(asserts, image)
        if isinstance(target_height, Tensor):
            target_height = with_dependencies(asserts, target_height)
        if isinstance(target_width, Tensor):
            target_width = with_dependencies(asserts, target_width)
        height, width = _sides(image)
        more_width, more_height = target_width - width, target_height - height
        crop_width, pad_width = _maximum(-more_width // 2, 0), _maximum(more_width // 2, 0)
        crop_height, pad_height = _maximum(-more_height // 2, 0), _maximum(more_height // 2, 0)
        kept_height, kept_width = _minimum(target_height, height), _minimum(target_width, width)
        cropped = crop_to_bounding_box(image, crop_height, crop_width, kept_height, kept_width)
        resized = pad_to_bounding_box(cropped, pad_height, pad_width, target_height, target_width)
        if resized.shape.ndims is None:
            raise ValueError("resized contains no shape.")
        height, width = _sides(resized)
        after: list[Operation] = demand(_equal(height, target_height), "resized height is not correct.")
        after += demand(_equal(width, target_width), "resized width is not correct.")
        resized = with_dependencies(after, resized)
        return resized if is_batch else squeeze(resized, axis=[0])


def _either(op_type: str, of_ints: Callable[[int, int], Any]) -> Callable[[Any, Any], Any]:
    def apply(a: Any, b: Any) -> Any:
        return node(op_type, a, b) if isinstance(a, Tensor) or isinstance(b, Tensor) else of_ints(a, b)

    return apply


_maximum = _either("Maximum", max)
_minimum = _either("Minimum", min)
_equal = _either("Equal", lambda a, b: a == b)


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """The central part of `image`, `central_fraction` (in (0, 1]) of its height and of its width.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/central_crop
    """
    with name_scope(None, "central_crop", [image]):
        image = convert_to_tensor(image, name="image")
        if central_fraction <= 0.0 or central_fraction > 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if central_fraction == 1.0:
            return image
        ndims = image.shape.ndims
        if ndims not in (3, 4):
            raise ValueError(f"`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = {ndims}.")
        asserted = checked(image)
        first = ndims - 3
        starts, sizes = [], []
        for axis in (first, first + 1):
            side = image.shape.as_list()[axis]
            if side is None:
                dynamic = shape_of(asserted)[axis]
                exact = cast(dynamic, dtypes.float64)
                start = cast((exact - exact * central_fraction) / 2, dtypes.int32)
                starts.append(start)
                sizes.append(dynamic - start * 2)
            else:
                start = int((side - side * central_fraction) / 2)
                starts.append(start)
                sizes.append(side - start * 2)
        outer = [0] if first else []
        whole = [-1] if first else []
        cropped = sliced(image, stack([*outer, *starts, 0]), stack([*whole, *sizes, -1]))
        known = [None if isinstance(s, Tensor) else s for s in sizes]
        batch = image.shape.as_list()[:first]
        cropped.set_shape([*batch, *known, image.shape.as_list()[-1]])
        return cropped
