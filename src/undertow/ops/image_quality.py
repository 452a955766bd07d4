"""Measures of images and how they differ, built of other ops.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.scopes import control_dependencies, name_scope
from .array import shape as shape_of
from .array import shape_n, zeros
from .array import size as size_of
from .check import Assert
from .constant import constant
from .depthwise import depthwise_conv2d
from .image_color import convert_image_dtype
from .joining import concat, stack, unstack
from .math import abs as magnitude
from .math import cast
from .node import convert_to_tensor, node
from .pool import avg_pool
from .reduction import range as numbers
from .reduction import reduce_all, reduce_mean, reduce_prod, reduce_sum
from .shaping import pad

_MS_SSIM_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def total_variation(images: Any, name: str | None = None) -> Tensor:
    """The sum of the absolute differences of neighboring pixels, of an image (a scalar) or of each of a batch.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/total_variation
    """
    with name_scope(name, "total_variation"):
        images = convert_to_tensor(images, name="images")
        ndims = images.shape.ndims
        if ndims == 3:
            vertical = images[1:, :, :] - images[:-1, :, :]
            horizontal = images[:, 1:, :] - images[:, :-1, :]
            axes = None
        elif ndims == 4:
            vertical = images[:, 1:, :, :] - images[:, :-1, :, :]
            horizontal = images[:, :, 1:, :] - images[:, :, :-1, :]
            axes = [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        return reduce_sum(magnitude(vertical), axis=axes) + reduce_sum(magnitude(horizontal), axis=axes)


def image_gradients(image: Any) -> tuple[Tensor, Tensor]:
    """The differences (down, right) of each pixel of `image` [N, H, W, C] to its neighbor, 0 at the end: two such.

    `ValueError` for another rank.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/image_gradients
    """
    image = convert_to_tensor(image)
    if image.shape.ndims != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {image.shape}.")
    shape = shape_of(image)
    batch, height, width, depth = unstack(shape)
    down = image[:, 1:, :, :] - image[:, :-1, :, :]
    right = image[:, :, 1:, :] - image[:, :, :-1, :]
    down = concat([down, zeros(stack([batch, 1, width, depth]), image.dtype)], 1)
    right = concat([right, zeros(stack([batch, height, 1, depth]), image.dtype)], 2)
    return node("Reshape", down, shape), node("Reshape", right, shape)


def sobel_edges(image: Any) -> Tensor:
    """Sobel's filters of `image` [N, H, W, C]: [N, H, W, C, 2], the last being (dy, dx).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/sobel_edges
    """
    image = convert_to_tensor(image)
    static, dynamic = image.shape, shape_of(image)
    across = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], np.float32)
    kernels = constant(np.stack([across, across.T], -1)[:, :, None, :])
    kernels = node("Tile", kernels, stack([1, 1, dynamic[-1], 1], name="sobel_filters/multiples"), name="sobel_filters")
    padded = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = depthwise_conv2d(padded, kernels, [1, 1, 1, 1], "VALID")
    edges = node("Reshape", edges, concat([dynamic, [2]], 0))
    edges.set_shape(static.concatenate([2]))
    return edges


# How two images differ


def verify_compatible_image_shapes(img1: Any, img2: Any) -> tuple[Any, Any, list[Operation]]:
    """The static shapes of two images (or batches), and the ops that check in the run that they are alike.

    `ValueError` for shapes that cannot be.
    """
    shape1, shape2 = img1.shape.with_rank_at_least(3), img2.shape.with_rank_at_least(3)
    shape1[-3:].assert_is_compatible_with(shape2[-3:])
    if shape1.ndims is not None and shape2.ndims is not None:
        for one, two in zip(reversed(shape1.as_list()[:-3]), reversed(shape2.as_list()[:-3])):
            if None not in (one, two) and 1 not in (one, two) and one != two:
                raise ValueError(f"Two images are not compatible: {shape1} and {shape2}")
    first, second = shape_n([img1, img2])
    checks = [Assert(node("GreaterEqual", size_of(first), 3), [first, second], summarize=10)]
    alike = reduce_all(node("Equal", first[-3:], second[-3:]))
    checks.append(Assert(alike, [first, second], summarize=10))
    return shape1, shape2, checks


_verify_compatible_image_shapes = verify_compatible_image_shapes  # TensorFlow's own tests know it so


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """The peak signal-to-noise ratio of images `a` and `b`, [..., H, W, C]: float32 [...].

    `max_val` is the distance from the smallest to the largest value there may be.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/psnr
    """
    with name_scope(name, "PSNR", [a, b]):
        a, b = convert_to_tensor(a), convert_to_tensor(b)
        limit = convert_image_dtype(cast(max_val, a.dtype), dtypes.float32)
        a, b = convert_image_dtype(a, dtypes.float32), convert_image_dtype(b, dtypes.float32)
        error = reduce_mean(node("SquaredDifference", a, b), [-3, -2, -1])
        peak = 20 * node("Log", limit) / node("Log", 10.0)
        result = node("Sub", peak, np.float32(10 / np.log(10)) * node("Log", error), name="psnr")
        _, _, checks = verify_compatible_image_shapes(a, b)
        with control_dependencies(checks):
            return node("Identity", result)


def _gaussian(size: int, sigma: float) -> Tensor:
    """[size, size, 1, 1]: a Gaussian of sum 1."""
    side, deviation = convert_to_tensor(size, dtypes.int32), convert_to_tensor(sigma)
    places = cast(numbers(side), deviation.dtype)
    places -= cast(side - 1, deviation.dtype) / 2.0
    exponent = node("Square", places) * (-0.5 / node("Square", deviation))
    both = node("Reshape", exponent, [1, -1]) + node("Reshape", exponent, [-1, 1])
    return node("Reshape", node("Softmax", node("Reshape", both, [1, -1])), stack([side, side, 1, 1]))


def _by_channel(
    img1: Tensor, img2: Tensor, max_val: Tensor, filter_size: int, filter_sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """SSIM and its contrast-structure part of images [..., H, W, C], for each channel: [..., C]."""
    first, second = shape_n([img1, img2])
    checks = [
        Assert(reduce_all(node("GreaterEqual", shape[-3:-1], filter_size)), [shape, filter_size], summarize=8)
        for shape in (first, second)
    ]
    with control_dependencies(checks):
        img1 = node("Identity", img1)
    kernel = node("Tile", _gaussian(filter_size, filter_sigma), stack([1, 1, first[-1], 1]))

    def blurred(x: Tensor) -> Tensor:
        shape = shape_of(x)
        flat = node("Reshape", x, concat([[-1], shape[-3:]], 0))
        result = depthwise_conv2d(flat, kernel, [1, 1, 1, 1], "VALID")
        return node("Reshape", result, concat([shape[:-3], shape_of(result)[1:]], 0))

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean1, mean2 = blurred(img1), blurred(img2)
    of_means, of_squares = mean1 * mean2 * 2.0, node("Square", mean1) + node("Square", mean2)
    luminance = (of_means + c1) / (of_squares + c1)
    products = blurred(img1 * img2) * 2.0
    squares = blurred(node("Square", img1) + node("Square", img2))
    contrast = (products - of_means + c2) / (squares - of_squares + c2)
    axes = constant([-3, -2])
    return reduce_mean(luminance * contrast, axes), reduce_mean(contrast, axes)


def _prepared(img1: Any, img2: Any, max_val: Any) -> tuple[Tensor, Tensor, Tensor]:
    img1, img2 = convert_to_tensor(img1, name="img1"), convert_to_tensor(img2, name="img2")
    _, _, checks = verify_compatible_image_shapes(img1, img2)
    with control_dependencies(checks):
        img1 = node("Identity", img1)
    limit = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
    return convert_image_dtype(img1, dtypes.float32), convert_image_dtype(img2, dtypes.float32), limit


def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity (at most 1) of images [..., H, W, C], of a side of `filter_size` at least: [...].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/ssim
    """
    with name_scope(None, "SSIM", [img1, img2]):
        img1, img2, limit = _prepared(img1, img2, max_val)
        whole, _ = _by_channel(img1, img2, limit, filter_size, filter_sigma, k1, k2)
        return reduce_mean(whole, [-1])


def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Sequence[float] = _MS_SSIM_WEIGHTS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The product of SSIM's parts at scales halved each time, to the powers `power_factors`: [...].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/ssim_multiscale
    """
    with name_scope(None, "MS-SSIM", [img1, img2]):
        one, two, limit = _prepared(img1, img2, max_val)
        images = [one, two]
        shapes = [image.shape.with_rank_at_least(3) for image in images]
        heads = [shape[:-3] for shape in shapes]
        tails = [shape[-3:] for shape in shapes]
        parts: list[Tensor] = []
        for scale in range(len(power_factors)):
            with name_scope(None, f"Scale{scale}", images):
                if scale:
                    images = [_halved(image, head, tail) for image, head, tail in zip(images, heads, tails)]
                whole, contrast = _by_channel(images[0], images[1], limit, filter_size, filter_sigma, k1, k2)
                parts.append(node("Relu", contrast))
        parts[-1] = node("Relu", whole)
        powers = node("Pow", stack(parts, axis=-1), np.array(power_factors, np.float32))
        return reduce_mean(reduce_prod(powers, [-1]), [-1])


def _halved(image: Tensor, head: Any, tail: Any) -> Tensor:
    """Images [..., H, W, C], the last row and column doubled where there is an odd number, at half their size."""
    shape = shape_of(image)
    flat = node("Reshape", image, concat([[-1], shape[-3:]], 0))
    remainder = node("FloorMod", shape[-3:], constant([2, 2, 1]))
    paddings = node("Pad", node("ExpandDims", remainder, 1), [[1, 0], [1, 0]])
    small = avg_pool(node("MirrorPad", flat, paddings, mode="SYMMETRIC"), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    result = node("Reshape", small, concat([shape[:-3], shape_of(small)[1:]], 0))
    result.set_shape(head.concatenate([None, None, tail.as_list()[-1] if tail.ndims else None]))
    return result
