"""Image files: how they are decoded and encoded. Pillow reads JPEG, GIF and PNG; BMP and deep PNG are read here.

JPEG decoders may differ by a few steps a pixel: this one always takes the accurate transform and smooth colors.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..formats import png
from ..graph.errors import UnimplementedError
from .registry import invalid, kernel

_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF", b"BM": "BMP"}
_GRAY = np.array([9797, 19234, 3737])  # libpng's shares of red, green and blue, of 32768
_XMP = b"http://ns.adobe.com/xap/1.0/\0"


def _contents(contents: np.ndarray) -> bytes:
    if contents.ndim:
        raise invalid(f"contents must be scalar, got shape {list(contents.shape)}")
    data: bytes = contents.item()
    if not data:
        raise invalid("Input is empty.")
    return data


def _format(data: bytes) -> str | None:
    return next((name for start, name in _STARTS.items() if data.startswith(start)), None)


def _opened(data: bytes, error: str, read: Callable[[Image.Image], Any]) -> Any:
    """What `read` makes of the file, `error` if it is broken."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return read(image)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError):
        raise invalid(error) from None


# JPEG


def _jpeg(data: bytes, channels: int, ratio: int = 1) -> np.ndarray:
    if channels not in (0, 1, 3):
        raise invalid(f"JPEG does not support {channels} channels")

    def read(image: Image.Image) -> np.ndarray:
        width, height = image.size
        if image.mode == "CMYK":
            if channels == 1:
                raise ValueError("CMYK has no gray")
            inks = np.asarray(image).astype(np.int32)
            return ((255 - inks[..., :3]) * (255 - inks[..., 3:]) // 255).astype(np.uint8)
        gray = channels == 1 or (channels == 0 and image.mode == "L")
        image.draft("L" if gray else None, (-(-width // ratio), -(-height // ratio)))
        return np.asarray(image.convert("L" if gray else "RGB"))

    pixels = _opened(data, "jpeg::Uncompress failed. Invalid JPEG data or crop window.", read)
    return pixels.reshape(*pixels.shape[:2], -1)


def _plain(try_recover_truncated: bool, acceptable_fraction: float, ratio: int, dct_method: str) -> None:
    if try_recover_truncated or acceptable_fraction != 1:
        name = "try_recover_truncated" if try_recover_truncated else "acceptable_fraction"
        raise UnimplementedError(None, None, f"{name} is not built: a truncated JPEG file is an error.")
    if ratio not in (1, 2, 4, 8):
        raise invalid(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    if dct_method not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise invalid("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")


@kernel("DecodeJpeg", on_host=True)
def decode_jpeg(
    contents: np.ndarray,
    *,
    channels: int,
    ratio: int,
    try_recover_truncated: bool,
    acceptable_fraction: float,
    dct_method: str,
) -> Tensor:
    _plain(try_recover_truncated, acceptable_fraction, ratio, dct_method)
    data = _contents(contents)
    if _format(data) == "JPEG":
        return _tensor(_jpeg(data, channels, ratio))
    return _tensor(_one(data, channels, np.uint8, "DecodeJpeg"))


@kernel("DecodeAndCropJpeg", host=("crop_window",), on_host=True)
def decode_and_crop_jpeg(
    contents: np.ndarray,
    crop_window: Tensor,
    *,
    channels: int,
    ratio: int,
    try_recover_truncated: bool,
    acceptable_fraction: float,
    dct_method: str,
) -> Tensor:
    _plain(try_recover_truncated, acceptable_fraction, ratio, dct_method)
    data = _contents(contents)
    if _format(data) != "JPEG":
        raise invalid(f"DecodeAndCropJpeg operation can run on JPEG only, but detected {_format(data) or 'unknown'}.")
    top, left, height, width = crop_window.tolist()
    pixels = _jpeg(data, channels, ratio)
    rows, columns = pixels.shape[:2]
    if min(top, left) < 0 or min(height, width) <= 0 or top + height > rows or left + width > columns:
        raise invalid("jpeg::Uncompress failed. Invalid JPEG data or crop window.")
    return _tensor(pixels[top : top + height, left : left + width])


@kernel("ExtractJpegShape", on_host=True)
def extract_jpeg_shape(contents: np.ndarray, *, output_type: torch.dtype) -> Tensor:
    data = _contents(contents)
    error = f"Invalid JPEG data, size {len(data)}"
    if _format(data) != "JPEG":
        raise invalid(error)
    width, height, channels = _opened(data, error, lambda image: (*image.size, len(image.getbands())))
    return torch.tensor([height, width, channels], dtype=output_type)


# PNG


def _png(data: bytes, channels: int, dtype: type[np.generic]) -> np.ndarray:
    error = f"Invalid PNG data, size {len(data)}"
    transparent, opaque = None, 255
    try:
        if png.is_deep(data):
            pixels, opaque = png.read_deep(data), 65535
        else:
            pixels, transparent = _opened(data, error, _png_pixels)
            opaque = 2 ** png.bits(data) - 1  # an alpha that TensorFlow adds is the largest of the file's own bits
    except ValueError:
        raise invalid(error) from None
    pixels = _with_channels(pixels, channels or pixels.shape[-1], transparent, opaque)
    if pixels.dtype == np.uint16 and dtype is np.uint8:
        return (pixels >> 8).astype(np.uint8)
    return pixels.astype(np.uint16) * 257 if pixels.dtype == np.uint8 and dtype is np.uint16 else pixels


def _png_pixels(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """The pixels, palettes looked up, and which of them a key color makes transparent."""
    key = image.info.get("transparency")
    if image.mode == "P":
        image = image.convert("RGB" if key is None else "RGBA")
        key = None
    elif image.mode == "1":
        image = image.convert("L")
    pixels = np.asarray(image)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    return pixels, None if key is None else (pixels == key).all(-1, keepdims=True)


def _with_channels(
    pixels: np.ndarray, channels: int, transparent: np.ndarray | None = None, opaque: int = 255
) -> np.ndarray:
    """Gray (1 channel), gray with alpha (2), RGB (3) or RGBA (4) pixels as another of these."""
    if channels not in (1, 2, 3, 4):
        raise invalid(f"channels must be 0, 1, 2, 3, or 4, got {channels}")
    found = pixels.shape[-1]
    if found == channels:
        return pixels
    colors, alpha = (pixels[..., :-1], pixels[..., -1:]) if found in (2, 4) else (pixels, None)
    if channels <= 2 and colors.shape[-1] == 3:
        half = 0 if pixels.dtype == np.uint8 else 1 << 14
        colors = (colors.astype(np.int64) @ _GRAY[:, None] + half >> 15).astype(pixels.dtype)
    elif channels >= 3 and colors.shape[-1] == 1:
        colors = np.repeat(colors, 3, axis=-1)
    if channels in (1, 3):
        return colors
    if alpha is None:
        alpha = np.full_like(colors[..., :1], opaque)
        if transparent is not None:
            alpha[transparent] = 0
    return np.concatenate([colors, alpha], axis=-1)


# GIF and BMP


def _gif(data: bytes, channels: int) -> np.ndarray:
    if channels not in (0, 3):
        raise invalid(f"channels must be 0 or 3 for GIF, got {channels}")

    def read(image: Image.Image) -> np.ndarray:
        frames = []
        for i in range(getattr(image, "n_frames", 1)):
            image.seek(i)
            frames.append(np.asarray(image.convert("RGB")))
        return np.stack(frames)

    return _opened(data, f"Invalid GIF data (size {len(data)})", read)


def _bmp(data: bytes, channels: int) -> np.ndarray:
    if channels not in (0, 3, 4):
        raise invalid(f"`channels` must be 0, 3 or 4 for BMP, but got {channels}")
    if len(data) < 32:
        needed = "requires at least 32 bytes to find the header size, width, height, and bpp"
        raise invalid(f"Incomplete bmp content, {needed}, got {len(data)} bytes")
    start, _, width, height, _, bits = struct.unpack_from("<IIiiHH", data, 10)
    found = bits // 8
    if found not in (1, 3, 4):
        raise invalid(f"Number of channels inherent in the image must be 1, 3 or 4, was {found}")
    row = (width * found + 3) // 4 * 4
    missing = len(data) - start - row * abs(height)
    if width <= 0 or height == 0 or missing < 0:
        raise invalid(f"Input size should match (header_size + row_size * abs_height) but they differ by {missing}")
    rows = np.frombuffer(data, np.uint8, row * abs(height), start).reshape(abs(height), row)[:, : width * found]
    pixels = rows.reshape(abs(height), width, found)
    if height > 0:
        pixels = pixels[::-1]  # the last row comes first
    if found >= 3:
        pixels = pixels[..., [2, 1, 0, 3][:found]]
    return _with_channels(pixels, channels or found)


@kernel("DecodeBmp", on_host=True)
def decode_bmp(contents: np.ndarray, *, channels: int) -> Tensor:
    data = _contents(contents)
    found = _format(data)
    if found not in ("BMP", None):
        raise invalid(
            f"Trying to decode {found} format using DecodeBmp op. Use `decode_{str(found).lower()}` or `decode_image` "
            "instead."
        )
    return _tensor(_bmp(data, channels))


@kernel("DecodeGif", on_host=True)
def decode_gif(contents: np.ndarray) -> Tensor:
    data = _contents(contents)
    if _format(data) == "GIF":
        return _tensor(_gif(data, 0))
    return _tensor(_one(data, 3, np.uint8, "DecodeGif")[None])


@kernel("DecodePng", on_host=True)
def decode_png(contents: np.ndarray, *, channels: int, dtype: torch.dtype) -> Tensor:
    return _tensor(_one(_contents(contents), channels, _NUMPY[dtype], "DecodePng"))


@kernel("DecodeImage", on_host=True)
def decode_image(contents: np.ndarray, *, channels: int, dtype: torch.dtype, expand_animations: bool) -> Tensor:
    data = _contents(contents)
    deep = np.uint16 if dtype is torch.uint16 else np.uint8
    if _format(data) == "GIF":
        frames = _gif(data, channels)
        pixels = _scaled(frames if expand_animations else frames[0], deep)
    elif _format(data) == "BMP":
        pixels = _scaled(_bmp(data, channels), deep)
    else:
        pixels = _one(data, channels, deep, "DecodeImage")
    if dtype is torch.float32:
        pixels = pixels * np.float32(1 / 255)
    return _tensor(pixels)


_NUMPY: dict[torch.dtype, type[np.generic]] = {torch.uint8: np.uint8, torch.uint16: np.uint16}


def _scaled(pixels: np.ndarray, dtype: type[np.generic]) -> np.ndarray:
    return pixels.astype(np.uint16) * 256 if dtype is np.uint16 else pixels


def _one(data: bytes, channels: int, dtype: type[np.generic], op_type: str) -> np.ndarray:
    """The one image of a PNG, JPEG or GIF file."""
    found = _format(data)
    if found == "PNG":
        return _png(data, channels, dtype)
    if found == "JPEG":
        return _scaled(_jpeg(data, channels), dtype)
    if found == "GIF":
        frames = _gif(data, channels)
        if len(frames) > 1:
            only = "tf.io.decode_gif or tf.io.decode_image"
            raise invalid(f"Got {len(frames)} frames, but animated gifs can only be decoded by {only}")
        return _scaled(frames[0], dtype)
    if found == "BMP":
        instead = f"Use `decode_bmp` or `decode_image` instead. Op used: {op_type}"
        raise invalid(f"Trying to decode BMP format using a wrong op. {instead}")
    raise invalid("Unknown image file format. One of JPEG, PNG, GIF, BMP required.")


def _tensor(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(pixels, copy=True, order="C"))


# Encoding


def _text(data: bytes) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = data
    return result


@kernel("EncodePng", on_host=True)
def encode_png(image: Tensor, *, compression: int) -> np.ndarray:
    if image.dim() < 3 or image.shape[-1] not in (1, 2, 3, 4):
        raise invalid(f"image must have 1, 2, 3, or 4 channels, got {image.shape[-1]}")
    if not image.numel():
        raise invalid(f"image of shape {list(image.shape)} has no pixels")
    batch = image.cpu().numpy()
    files = [png.write_png(one, compression) for one in batch.reshape(-1, *batch.shape[-3:])]
    result = np.empty(len(files), dtype=object)
    result[:] = files
    return result.reshape(batch.shape[:-3])


@kernel("EncodeJpeg", on_host=True)
def encode_jpeg(
    image: Tensor,
    *,
    format: str,
    quality: int,
    progressive: bool,
    optimize_size: bool,
    chroma_downsampling: bool,
    density_unit: str,
    x_density: int,
    y_density: int,
    xmp_metadata: str,
) -> np.ndarray:
    if not 0 <= quality <= 100:
        raise invalid(f"quality must be in [0,100], got {quality}")
    shown = f"[{','.join(map(str, image.shape))}]"
    wanted = {"grayscale": (1,), "rgb": (3,)}.get(format, (1, 3))
    if image.shape[-1] not in wanted:
        if format:
            raise invalid(f"format {format} expects {wanted[0]} channels, got {shown}")
        raise invalid(f"image must have 1 or 3 channels, got {shown}")
    if not image.numel():
        raise invalid(f"image of shape {shown} has no pixels")
    pixels = image.cpu().numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(
        buffer,
        "JPEG",
        quality=quality,
        progressive=progressive,
        optimize=optimize_size,
        subsampling="4:2:0" if chroma_downsampling else "4:4:4",
        dpi=(x_density, y_density),
    )
    return _text(_with_header(buffer.getvalue(), density_unit, xmp_metadata.encode()))


def _with_header(data: bytes, density_unit: str, xmp: bytes) -> bytes:
    """The file with its density in `density_unit` (Pillow writes inches), and XMP metadata after its first segment."""
    end = 4 + struct.unpack_from(">H", data, 4)[0]
    head = data[:13] + (b"\2" if density_unit == "cm" else b"\1") + data[14:end]
    extra = b"\xff\xe1" + struct.pack(">H", 2 + len(_XMP) + len(xmp)) + _XMP + xmp if xmp else b""
    return head + extra + data[end:]


@kernel("EncodeJpegVariableQuality", host=("quality",), on_host=True)
def encode_jpeg_variable_quality(images: Tensor, quality: Tensor) -> np.ndarray:
    return encode_jpeg(
        images,
        format="",
        quality=int(quality),
        progressive=False,
        optimize_size=False,
        chroma_downsampling=True,
        density_unit="in",
        x_density=300,
        y_density=300,
        xmp_metadata="",
    )
