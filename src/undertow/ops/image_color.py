"""Colors and brightness of images: what each op is. `kernels/image_color.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .array import ones
from .array import rank as rank_of
from .array import shape as shape_of
from .check import assert_equal, assert_greater_equal
from .constant import constant
from .control_flow import with_dependencies
from .image import checked, demand
from .joining import concat
from .math import cast, saturate_cast
from .matmul import tensordot
from .node import convert_to_tensor, node
from .random import random_uniform
from .raw import from_table
from .reduction import reduce_std, reduced_by
from .rules import shape_rule
from .shaping import expand_dims

# Public name -> type, where the registry's signature is the public one.
PLAIN = {"hsv_to_rgb": "HSVToRGB", "rgb_to_hsv": "RGBToHSV"}

_COMPUTED_IN = (dtypes.float16, dtypes.float32)  # other dtypes are converted to float32 and back


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


@shape_rule("AdjustHue", "AdjustSaturation", "HSVToRGB", "RGBToHSV")
def _(images: TensorShape, *factor: TensorShape) -> TensorShape:
    return _with_channels(images, least_rank=3 if factor else 1, channels=3)


@shape_rule("AdjustContrast", "AdjustContrastv2")
def _(images: TensorShape, factor: TensorShape, *_: TensorShape) -> TensorShape:
    rules.with_rank(factor, 0)
    return _with_channels(images, least_rank=3, channels=None)


def _with_channels(images: TensorShape, least_rank: int, channels: int | None) -> TensorShape:
    if images._dims is None:
        return images
    if len(images._dims) < least_rank:
        raise ValueError(f"Shape must be at least rank {least_rank} but is rank {len(images._dims)}")
    if channels is None:
        return images
    found = images._dims[-1]
    if found is not None and found != channels:
        raise ValueError(f"Dimension must be {channels} but is {found}")
    return rules.with_dim(images, -1, channels)


# Dtypes


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Tensor:
    """`image` in `dtype`, its values scaled: floats are in [0, 1), integers go to their dtype's largest.

    With `saturate`, values beyond the range become the nearest in it.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/convert_image_dtype
    """
    image = convert_to_tensor(image, name="image")
    dtype, source = dtypes.as_dtype(dtype), image.dtype.base_dtype
    if dtype == source:
        return node("Identity", image, name=name)
    convert: Callable[..., Tensor] = saturate_cast if saturate else cast
    with name_scope(name, "convert_image", [image]) as scope:
        if source.is_floating and dtype.is_floating:
            return cast(image, dtype, name=scope)
        if source.is_integer and dtype.is_integer:
            if source.max > dtype.max:
                return convert(image // ((source.max + 1) // (dtype.max + 1)), dtype, name=scope)
            return node("Mul", convert(image, dtype), (dtype.max + 1) // (source.max + 1), name=scope)
        if source.is_integer:
            return node("Mul", cast(image, dtype), 1.0 / source.max, name=scope)
        return convert(node("Mul", image, dtype.max + 0.5), dtype, name=scope)


def _computed(image: Any) -> tuple[Tensor, Any]:
    """`image` in a dtype to compute with, and its own."""
    image = convert_to_tensor(image, name="image")
    dtype = image.dtype.base_dtype
    return (image if dtype in _COMPUTED_IN else convert_image_dtype(image, dtypes.float32)), dtype


# Adjusting


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """`image` with `delta` added to each pixel, which are taken to be in [0, 1) whatever the dtype.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/adjust_brightness
    """
    with name_scope(None, "adjust_brightness", [image, delta]) as scope:
        values, dtype = _computed(image)
        brighter = node("AddV2", values, cast(delta, values.dtype), name=scope)
        return convert_image_dtype(brighter, dtype, saturate=True)


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """Each pixel's distance from its channel's mean in its image, times `contrast_factor`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/adjust_contrast
    """
    with name_scope(None, "adjust_contrast", [images, contrast_factor]) as scope:
        values, dtype = _computed(images)
        adjusted = node("AdjustContrastv2", values, contrast_factor, name=scope)
        return convert_image_dtype(adjusted, dtype, saturate=True)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """`gain * image ** gamma`, of pixels in [0, 1). `ValueError` for a negative `gamma`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/adjust_gamma
    """
    with name_scope(None, "adjust_gamma", [image, gamma, gain]):
        values, dtype = _computed(image)
        asserts = demand(gamma >= 0, "Gamma should be a non-negative real number.")
        if asserts:
            gamma = with_dependencies(asserts, gamma)
        return convert_image_dtype(gain * values**gamma, dtype, saturate=True)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """RGB `image` with `delta` (in [-1, 1]) added to its hue.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/adjust_hue
    """
    with name_scope(name, "adjust_hue", [image]):
        values, dtype = _computed(image)
        return convert_image_dtype(node("AdjustHue", values, delta), dtype)


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """RGB `image` with its saturation times `saturation_factor`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/adjust_saturation
    """
    with name_scope(name, "adjust_saturation", [image]):
        values, dtype = _computed(image)
        return convert_image_dtype(node("AdjustSaturation", values, saturation_factor), dtype)


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_brightness` by a random amount in [-max_delta, max_delta). `ValueError` if that is negative."""
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_contrast` by a random factor in [lower, upper). `ValueError` unless 0 <= lower < upper."""
    return adjust_contrast(image, _factor(lower, upper, seed))


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_saturation` by a random factor in [lower, upper). `ValueError` unless 0 <= lower < upper."""
    return adjust_saturation(image, _factor(lower, upper, seed))


def _factor(lower: float, upper: float, seed: int | None) -> Tensor:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return random_uniform([], lower, upper, seed=seed)


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_hue` by a random amount in [-max_delta, max_delta). `ValueError` unless it is in [0, 0.5]."""
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


def per_image_standardization(image: Any) -> Tensor:
    """Each image with mean 0 and variance 1; divided by at least 1/√(number of its elements). The image's dtype.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/per_image_standardization
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        image = checked(convert_to_tensor(image, name="image"))
        dtype = image.dtype.base_dtype
        if dtype not in _COMPUTED_IN:
            image = convert_image_dtype(image, dtypes.float32)
        count = reduced_by("Prod", shape_of(image)[-3:], None, keep=False)
        mean = reduced_by("Mean", image, [-1, -2, -3], keep=True)
        deviation = reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        least = node("Rsqrt", cast(count, image.dtype))
        result = node("RealDiv", image - mean, node("Maximum", deviation, least), name=scope)
        return convert_image_dtype(result, dtype, saturate=True)


# Color spaces

_GRAY = [0.2989, 0.587, 0.114]
_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_FROM_YIQ = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_FROM_YUV = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """RGB `images` [..., 3] as [..., 1], in their dtype.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/rgb_to_grayscale
    """
    with name_scope(name, "rgb_to_grayscale", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        dtype = images.dtype.base_dtype
        values = convert_image_dtype(images, dtypes.float32)
        gray = expand_dims(tensordot(values, _GRAY, [-1, -1]), -1)
        return convert_image_dtype(gray, dtype, name=scope)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Gray `images` [..., 1] as [..., 3]. `ValueError` if the last dimension is another or there is only one.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/grayscale_to_rgb
    """
    with name_scope(name, "grayscale_to_rgb", [images]) as scope:
        images = _gray(convert_to_tensor(images, name="images"))
        others = node("ExpandDims", rank_of(images) - 1, 0)
        tripled = concat([ones(others, dtypes.int32), node("ExpandDims", 3, 0)], 0)
        rgb = node("Tile", images, tripled, name=scope)
        if images.shape.ndims is not None:
            rgb.set_shape([*images.shape.as_list()[:-1], 3])
        return rgb


def _gray(images: Tensor) -> Tensor:
    shape = images.shape
    sentences = (
        "Last dimension of a grayscale image should be size 1.",
        "A grayscale image must be at least two-dimensional.",
    )
    if shape.ndims is not None:
        if shape.ndims < 2:
            raise ValueError(sentences[1])
        if shape.as_list()[-1] not in (None, 1):
            raise ValueError(sentences[0])
        if shape.as_list()[-1] == 1:
            return with_dependencies([], images)
    asserts = [
        assert_equal(shape_of(images)[-1], 1, message=sentences[0]),
        assert_greater_equal(rank_of(images), 3, message=sentences[1]),
    ]
    return with_dependencies(asserts, images)


def _by_matrix(images: Any, matrix: list[Any]) -> Tensor:
    images = convert_to_tensor(images, name="images")
    kernel = constant(np.array(matrix), dtype=images.dtype.base_dtype, name="kernel")
    ndims = images.shape.ndims
    return tensordot(images, kernel, axes=[[-1 if ndims is None else ndims - 1], [0]])


def rgb_to_yiq(images: Any) -> Tensor:
    """RGB floats [..., 3] in YIQ."""
    return _by_matrix(images, _YIQ)


def yiq_to_rgb(images: Any) -> Tensor:
    """YIQ floats [..., 3] in RGB."""
    return _by_matrix(images, _FROM_YIQ)


def rgb_to_yuv(images: Any) -> Tensor:
    """RGB floats [..., 3] in YUV."""
    return _by_matrix(images, _YUV)


def yuv_to_rgb(images: Any) -> Tensor:
    """YUV floats [..., 3] in RGB."""
    return _by_matrix(images, _FROM_YUV)
