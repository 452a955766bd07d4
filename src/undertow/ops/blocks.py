"""Trading space for depth or for batch, and cutting images into patches. `kernels/blocks.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/space_to_depth and its neighbours
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules, windows
from .array import zeros
from .constant import constant
from .constant_value import constant_value
from .joining import stack
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule
from .slicing import getitem
from .spelling import either

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "batch_to_space_nd": "BatchToSpaceND",
    "extract_volume_patches": "ExtractVolumePatches",
    "space_to_batch_nd": "SpaceToBatchND",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


# Depth


def space_to_depth(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Images [N, H, W, C] with each block of `block_size`² pixels as one pixel: [N, H/b, W/b, C·b²]."""
    return node("SpaceToDepth", input, block_size=block_size, data_format=data_format, name=name)


def depth_to_space(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """The inverse of `space_to_depth`: [N, H, W, C] becomes [N, H·b, W·b, C/b²]."""
    return node("DepthToSpace", input, block_size=block_size, data_format=data_format, name=name)


def _divided(dim: int | None, by: int) -> int | None:
    if dim is not None and dim % by:
        raise ValueError(f"Dimension size must be evenly divisible by {by} but is {dim}")
    return None if dim is None else dim // by


def _times(dim: int | None, by: int) -> int | None:
    return None if dim is None else dim * by


@shape_rule("SpaceToDepth")
def _(input: TensorShape, *, block_size: int, data_format: str) -> TensorShape:
    b = block_size
    if data_format == "NCHW":
        n, c, h, w = rules.with_rank(input, 4)
        return TensorShape.of((n, _times(c, b * b), _divided(h, b), _divided(w, b)))
    n, h, w, c = rules.with_rank(input, 4)
    return TensorShape.of((n, _divided(h, b), _divided(w, b), _times(c, b * b)))


@shape_rule("DepthToSpace")
def _(input: TensorShape, *, block_size: int, data_format: str) -> TensorShape:
    b = block_size
    if data_format == "NCHW":
        n, c, h, w = rules.with_rank(input, 4)
        return TensorShape.of((n, _divided(c, b * b), _times(h, b), _times(w, b)))
    n, h, w, c = rules.with_rank(input, 4)
    return TensorShape.of((n, _times(h, b), _times(w, b), _divided(c, b * b)))


# Batch


def space_to_batch(
    input: Any, paddings: Any, block_size: int | None = None, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """Images [N, H, W, C], padded, with the pixels of a block spread over the batch: [N·b², H/b, W/b, C]."""
    return node("SpaceToBatchND", input, _square(block_size, block_shape), paddings, name=name)


def batch_to_space(
    input: Any, crops: Any, block_size: int | None = None, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """The inverse of `space_to_batch`, cropped."""
    return node("BatchToSpaceND", input, _square(block_size, block_shape), crops, name=name)


def _square(block_size: Any, block_shape: Any) -> Any:
    size = either("block_shape", block_shape, "block_size", block_size)
    return np.array([size, size], np.int64) if np.ndim(size) == 0 and not isinstance(size, Tensor) else size


@shape_rule("SpaceToBatchND", values=["block_shape", "paddings"])
def _(input: TensorShape, block_shape: Any, paddings: Any) -> TensorShape:
    if block_shape is None or input._dims is None:
        return TensorShape(None) if input.ndims is None else TensorShape.of((None,) * input.ndims)
    dims, blocks = _block_dims(input, block_shape)
    dims[0] = _times(dims[0], int(np.prod(blocks)))
    for i, block in enumerate(blocks, start=1):
        dim = dims[i]
        dims[i] = None if paddings is None or dim is None else _divided(dim + int(paddings[i - 1].sum()), block)
    return TensorShape.of(dims)


@shape_rule("BatchToSpaceND", values=["block_shape", "crops"])
def _(input: TensorShape, block_shape: Any, crops: Any) -> TensorShape:
    if block_shape is None or input._dims is None:
        return TensorShape(None) if input.ndims is None else TensorShape.of((None,) * input.ndims)
    dims, blocks = _block_dims(input, block_shape)
    dims[0] = _divided(dims[0], int(np.prod(blocks)))
    for i, block in enumerate(blocks, start=1):
        whole = _times(dims[i], block)
        dims[i] = None if crops is None or whole is None else whole - int(crops[i - 1].sum())
        if dims[i] is not None and dims[i] < 0:  # type: ignore[operator]
            raise ValueError(f"Negative dimension size caused by cropping {whole} by {crops[i - 1].tolist()}")
    return TensorShape.of(dims)


@shape_rule("SpaceToBatch", values=["paddings"])
def _(input: TensorShape, paddings: Any, *, block_size: int) -> TensorShape:
    dims = list(rules.with_rank(input, 4))
    dims[0] = _times(dims[0], block_size**2)
    for i in (1, 2):
        dim = dims[i]
        dims[i] = None if paddings is None or dim is None else _divided(dim + int(paddings[i - 1].sum()), block_size)
    return TensorShape.of(dims)


@shape_rule("BatchToSpace", values=["crops"])
def _(input: TensorShape, crops: Any, *, block_size: int) -> TensorShape:
    dims = list(rules.with_rank(input, 4))
    dims[0] = _divided(dims[0], block_size**2)
    for i in (1, 2):
        whole = _times(dims[i], block_size)
        dims[i] = None if crops is None or whole is None else whole - int(crops[i - 1].sum())
    return TensorShape.of(dims)


def _block_dims(input: TensorShape, block_shape: Any) -> tuple[list[int | None], list[int]]:
    if block_shape.ndim != 1:
        raise ValueError("block_shape must have rank 1.")
    dims, blocks = input.as_list(), block_shape.tolist()
    if len(dims) < len(blocks) + 1:
        raise ValueError(f"Shape must be at least rank {len(blocks) + 1} but is rank {len(dims)}")
    return dims, blocks


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The paddings for `space_to_batch_nd`, at least `base_paddings`, and the crops that undo what they add.

    Both are [n, 2]; they are constants if the inputs are.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/required_space_to_batch_paddings
    """
    with name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        sizes = convert_to_tensor(input_shape, dtype="int32", name="input_shape")
        blocks = convert_to_tensor(block_shape, dtype="int32", name="block_shape")
        blocks.shape.assert_is_fully_defined()
        blocks.shape.assert_has_rank(1)
        count = blocks.shape.as_list()[0]
        if not count:
            return zeros([0, 2], "int32"), zeros([0, 2], "int32")
        sizes.shape.assert_is_compatible_with([count])
        if base_paddings is None:
            base = zeros([count, 2], "int32")
        else:
            base = convert_to_tensor(base_paddings, dtype="int32", name="base_paddings")
            base.shape.assert_is_compatible_with([count, 2])
        known = [constant_value(t) for t in (sizes, blocks, base)]
        if all(v is not None for v in known):
            size_, block, base_ = (np.asarray(v) for v in known)
            extra = (block - (size_ + base_.sum(1)) % block) % block
            before, after = base_[:, 0], base_[:, 1] + extra
            crops = np.stack([np.zeros_like(extra), extra], 1)
            paddings = np.stack([before, after], 1)
            return constant(paddings, "int32", name="paddings"), constant(crops, "int32", name="crops")
        start, end = getitem(base, (slice(None), 0)), getitem(base, (slice(None), 1))
        full = node("AddV2", node("AddV2", sizes, start, name="add"), end, name="add")
        short = node("Sub", blocks, node("FloorMod", full, blocks, name="mod"), name="sub")
        more = node("FloorMod", short, blocks, name="mod")
        ends = node("AddV2", end, more, name="add")
        pairs = [[getitem(start, i), getitem(ends, i)] for i in range(count)]
        return stack(pairs, name="paddings"), stack([[0, getitem(more, i)] for i in range(count)], name="crops")


# Patches


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: str | None = None,
    name: str | None = None,
    sizes: Any = None,
) -> Tensor:
    """The windows of `images` [N, H, W, C], each laid out along the last dimension: [N, H2, W2, kh·kw·C]."""
    sizes = either("sizes", sizes, "ksizes", ksizes)
    return node("ExtractImagePatches", images, ksizes=sizes, strides=strides, rates=rates, padding=padding, name=name)


def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None) -> Tensor:
    """`extract_image_patches` as `tf.image` spells it."""
    return extract_image_patches(images, sizes, strides, rates, padding, name)


@shape_rule("ExtractImagePatches")
def _patches(
    images: TensorShape, *, ksizes: list[int], strides: list[int], rates: list[int], padding: str
) -> TensorShape:
    dims = list(rules.with_rank(images, len(ksizes)))
    for axis in range(1, len(ksizes) - 1):
        dims[axis] = windows.output_size(dims[axis], ksizes[axis], strides[axis], padding, rates[axis])
    dims[-1] = _times(dims[-1], int(np.prod(ksizes[1:-1])))
    return TensorShape.of(dims)


@shape_rule("ExtractVolumePatches")
def _(input: TensorShape, *, ksizes: list[int], strides: list[int], padding: str) -> TensorShape:
    return _patches(input, ksizes=ksizes, strides=strides, rates=[1] * len(ksizes), padding=padding)
