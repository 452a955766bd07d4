"""Turning and mirroring images, and the checks that all functions of images make.

An image is [H, W, C], a batch [N, H, W, C].
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from .array import rank as rank_of
from .array import shape as shape_of
from .check import Assert, assert_greater_equal, assert_positive
from .cond import cond
from .constant import constant
from .control_flow import with_dependencies
from .joining import stack
from .math import cast
from .node import convert_to_tensor, node
from .random import random_uniform
from .shaping import transpose as transposed

_NO_RANK = "'image' must be at least three-dimensional."
_NO_PIXEL = "all dims of 'image.shape' must be > 0"


def checks(image: Tensor, require_static: bool = True) -> list[Operation]:
    """The ops that check what is not known yet: that `image` has three dimensions at the end, none of them 0.

    `ValueError` for what is known to be wrong, or for what is not known if `require_static`.
    """
    shape = image.shape
    if shape.ndims is not None and shape.ndims < 3:
        raise ValueError(f"'image' (shape {shape}) must be at least three-dimensional.")
    inner = [None] * 3 if shape.ndims is None else shape.as_list()[-3:]
    if require_static and None in inner:
        raise ValueError(f"inner 3 dims of 'image.shape' must be fully defined: {shape}")
    if 0 in inner:
        raise ValueError(f"{_NO_PIXEL}: {shape}")
    if None not in inner:
        return []
    return [
        assert_positive(shape_of(image)[-3:], [f"{_NO_PIXEL}."]),
        assert_greater_equal(rank_of(image), 3, message=_NO_RANK),
    ]


def checked(image: Tensor, require_static: bool = False) -> Tensor:
    """`image` after its `checks`."""
    return with_dependencies(checks(image, require_static), image)


def demand(condition: Any, message: str, error: type[Exception] = ValueError) -> list[Operation]:
    """Raise `error` if a known condition is false; the op that checks it in the run if it is a tensor."""
    if isinstance(condition, Tensor):
        return [Assert(condition, [message])]
    if not condition:
        raise error(message)
    return []


def _ranked(image: Tensor, of_one: Callable[[], Tensor], of_batch: Callable[[], Tensor]) -> Tensor:
    """What to do with one image (also where the rank is not known) or with a batch. `ValueError` for other ranks."""
    ndims = image.shape.ndims
    if ndims not in (None, 3, 4):
        raise ValueError("'image' must have either 3 or 4 dimensions.")
    if ndims == 4:
        return of_batch()
    result = of_one()
    if ndims is None:
        result.set_shape([None, None, None])
    return result


def _reversed(image: Tensor, axis: int) -> Tensor:
    return node("ReverseV2", image, [axis])


def flip_left_right(image: Any) -> Tensor:
    """`image` or each of a batch mirrored, left for right."""
    return _flip(image, 1, "flip_left_right")


def flip_up_down(image: Any) -> Tensor:
    """`image` or each of a batch turned over, top for bottom."""
    return _flip(image, 0, "flip_up_down")


def _flip(image: Any, axis: int, scope_name: str) -> Tensor:
    with name_scope(None, scope_name, [image]):
        image = checked(convert_to_tensor(image, name="image"))
        return _ranked(image, lambda: _reversed(image, axis), lambda: _reversed(image, axis + 1))


def random_flip_left_right(image: Any, seed: int | None = None) -> Tensor:
    """`flip_left_right` with a chance of one half, for each image of a batch anew."""
    return _random_flip(image, 1, seed, "random_flip_left_right")


def random_flip_up_down(image: Any, seed: int | None = None) -> Tensor:
    """`flip_up_down` with a chance of one half, for each image of a batch anew."""
    return _random_flip(image, 0, seed, "random_flip_up_down")


def _random_flip(image: Any, axis: int, seed: int | None, scope_name: str) -> Tensor:
    with name_scope(None, scope_name, [image]) as scope:
        image = checked(convert_to_tensor(image, name="image"))

        def one() -> Tensor:
            flips = node("Less", random_uniform([], 0, 1.0, seed=seed), 0.5)
            result = cond(flips, lambda: _reversed(image, axis), lambda: image, name=scope)
            result.set_shape(image.shape)
            return result

        def batch() -> Tensor:
            count = shape_of(image)[0]
            drawn = node("Reshape", random_uniform([count], 0, 1.0, seed=seed), stack([count, 1, 1, 1]))
            flips = cast(node("Round", drawn), image.dtype)
            stays = constant(1, image.dtype, name="sub/x") - flips
            return flips * _reversed(image, axis + 1) + stays * image

        return _ranked(image, one, batch)


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """`image` or each of a batch turned left by a quarter, `k` times (an int or a scalar tensor).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/rot90
    """
    with name_scope(name, "rot90", [image, k]):
        image = checked(convert_to_tensor(image, name="image"))
        k = convert_to_tensor(k, dtype=dtypes.int32, name="k")
        k.shape.assert_has_rank(0)
        k = node("FloorMod", k, 4, name="mod")
        return _ranked(image, lambda: _turned(image, k, 0), lambda: _turned(image, k, 1))


def _turned(image: Tensor, k: Tensor, first: int) -> Tensor:
    height, width = first, first + 1
    swapped = [0, 2, 1, 3] if first else [1, 0, 2]
    ways: list[Callable[[], Tensor]] = [
        lambda: transposed(_reversed(image, width), swapped),
        lambda: node("ReverseV2", image, [height, width]),
        lambda: _reversed(transposed(image, swapped), width),
    ]
    is_way = [node("Equal", k, turns) for turns in (1, 2, 3)]

    def chosen(i: int) -> Tensor:
        return cond(is_way[i], ways[i], (lambda: image) if i == 2 else lambda: chosen(i + 1))

    result = chosen(0)
    if image.shape.ndims is not None:
        shape = image.shape.as_list()
        shape[height] = shape[width] = None
        result.set_shape(shape)
    return result


def transpose_image(image: Any, name: str | None = None) -> Tensor:
    """`image` or each of a batch with rows for columns.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/transpose
    """
    with name_scope(name, "transpose", [image]):
        image = checked(convert_to_tensor(image, name="image"))
        return _ranked(
            image,
            lambda: transposed(image, [1, 0, 2], name="transpose"),
            lambda: transposed(image, [0, 2, 1, 3], name="transpose"),
        )
