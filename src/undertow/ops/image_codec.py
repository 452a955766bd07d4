"""Image files: what each op is. `kernels/image_codec.py` decodes and encodes them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/decode_image and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .image_color import convert_image_dtype
from .node import convert_to_tensor, node
from .random import random_uniform
from .raw import from_table
from .rules import shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "decode_and_crop_jpeg": "DecodeAndCropJpeg",
    "decode_bmp": "DecodeBmp",
    "decode_gif": "DecodeGif",
    "decode_jpeg": "DecodeJpeg",
    "decode_png": "DecodePng",
    "encode_jpeg": "EncodeJpeg",
    "extract_jpeg_shape": "ExtractJpegShape",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


def _channels(channels: int) -> int | None:
    if channels < 0:
        raise ValueError(f"channels must be non-negative, got {channels}")
    return channels or None


@shape_rule("DecodeBmp", "DecodeJpeg", "DecodePng")
def _(contents: TensorShape, *, channels: int) -> TensorShape:
    rules.with_rank(contents, 0)
    return TensorShape.of((None, None, _channels(channels)))


@shape_rule("DecodeAndCropJpeg", values=["crop_window"])
def _(contents: TensorShape, crop_window: Any, *, channels: int) -> TensorShape:
    rules.with_rank(contents, 0)
    height, width = (None, None) if crop_window is None else crop_window.tolist()[2:]
    return TensorShape.of((height, width, _channels(channels)))


@shape_rule("DecodeGif")
def _(contents: TensorShape) -> TensorShape:
    rules.with_rank(contents, 0)
    return TensorShape.of((None, None, None, 3))


@shape_rule("DecodeImage")
def _(contents: TensorShape, *, channels: int, expand_animations: bool) -> TensorShape:
    rules.with_rank(contents, 0)
    if expand_animations:
        return TensorShape(None)
    return TensorShape.of((None, None, _channels(channels)))


@shape_rule("EncodeJpeg")
def _(image: TensorShape) -> TensorShape:
    rules.with_rank(image, 3)
    return TensorShape.of(())


@shape_rule("EncodeJpegVariableQuality")
def _(image: TensorShape, quality: TensorShape) -> TensorShape:
    rules.with_rank(image, 3)
    rules.with_rank(quality, 0)
    return TensorShape.of(())


@shape_rule("EncodePng")
def _(image: TensorShape) -> TensorShape:
    if image._dims is None:
        return image
    if len(image._dims) < 3:
        raise ValueError(f"Shape must be at least rank 3 but is rank {len(image._dims)}")
    return TensorShape.of(image._dims[:-3])


@shape_rule("ExtractJpegShape")
def _(contents: TensorShape) -> TensorShape:
    rules.with_rank(contents, 0)
    return TensorShape.of((3,))


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """The image in a BMP, GIF, JPEG or PNG file: [height, width, channels], a GIF's frames [frames, height, width, 3].

    `dtype` is scaled to as `convert_image_dtype` does; with `expand_animations` false, a GIF's first frame alone.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/decode_image
    """
    with name_scope(name, "decode_image"):
        channels = channels or 0
        if channels not in (0, 1, 3, 4):
            raise ValueError("channels must be in (None, 0, 1, 3, 4)")
        dtype = dtypes.as_dtype(dtype)
        read = dtype if dtype in (dtypes.float32, dtypes.uint8, dtypes.uint16) else dtypes.uint16
        image = node("DecodeImage", contents, channels=channels, dtype=read, expand_animations=expand_animations)
        return image if read == dtype else convert_image_dtype(image, dtype)


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Tensor:
    """The PNG file of `image` [..., height, width, 1 to 4 channels], uint8 or uint16: a string for each."""
    return node("EncodePng", convert_to_tensor(image), compression=compression, name=name)


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether each of the strings `contents` begins as a JPEG file does."""
    with name_scope(name, "is_jpeg"):
        return node("Equal", node("Substr", contents, 0, 3), b"\xff\xd8\xff")


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> Tensor:
    """`image` [height, width, 1 or 3] as it is after being a JPEG file of quality `jpeg_quality` (in [0, 100]).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/image/adjust_jpeg_quality
    """
    with name_scope(name, "adjust_jpeg_quality", [image]):
        image = convert_to_tensor(image)
        dtype, channels = image.dtype.base_dtype, image.shape.as_list()[-1]
        quality = convert_to_tensor(jpeg_quality, dtypes.int32)
        contents = node("EncodeJpegVariableQuality", convert_image_dtype(image, dtypes.uint8, saturate=True), quality)
        return convert_image_dtype(node("DecodeJpeg", contents, channels=channels), dtype, saturate=True)


def random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None) -> Tensor:
    """`adjust_jpeg_quality` with a random quality in [min_jpeg_quality, max_jpeg_quality).

    `ValueError` unless they are in [0, 100] and the first is the smaller.
    """
    if not 0 <= min_jpeg_quality <= 100 or not 0 <= max_jpeg_quality <= 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    quality = random_uniform([], min_jpeg_quality, max_jpeg_quality, seed=seed, dtype=dtypes.int32)
    return adjust_jpeg_quality(image, quality)
