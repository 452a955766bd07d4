"""Summaries: numbers, histograms, images and sounds as Summary protobufs."""

from __future__ import annotations

import functools
import io
import math
import struct
from typing import Any

import numpy as np
import torch
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from torch import Tensor

from ..graph.proto import tensor_proto
from .registry import invalid, kernel
from .values import to_numpy

_LARGEST = float(np.finfo(np.float64).max)
_NOTHING = 1e-6  # an image whose values are all nearer to zero is not scaled up


def _serialized(summary: Any) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = summary.SerializeToString()
    return result


def _tag(tag: np.ndarray, sentence: str) -> str:
    if tag.ndim:
        raise invalid(sentence)
    return tag.item().decode()


def _dims(shape: Any, separator: str = ",") -> str:
    return f"[{separator.join(map(str, shape))}]"


@kernel("ScalarSummary")
def scalar_summary(tags: np.ndarray, values: Tensor) -> np.ndarray:
    if tags.size != values.numel() or (not tags.ndim) != (not values.ndim):
        one = f" (tag '{tags.reshape(-1)[0].decode()}')" if tags.size == 1 else ""
        raise invalid(f"tags and values are not the same shape: {_dims(tags.shape)} != {_dims(values.shape)}{one}")
    pairs = zip(tags.reshape(-1), values.reshape(-1).tolist())
    return _serialized(Summary(value=[Summary.Value(tag=tag.decode(), simple_value=value) for tag, value in pairs]))


@functools.cache
def _limits(device: torch.device) -> Tensor:
    """The upper limits of a histogram's buckets: zero, each 1.1 times the one before, and the same below zero."""
    above = [1e-12]
    while above[-1] * 1.1 < 1e20:
        above.append(above[-1] * 1.1)
    above.append(_LARGEST)
    return torch.tensor([-v for v in reversed(above)] + [0.0] + above, dtype=torch.float64, device=device)


@kernel("HistogramSummary")
def histogram_summary(tag: np.ndarray, values: Tensor) -> np.ndarray:
    name = _tag(tag, "tags must be scalar")
    values = values.detach().reshape(-1).double()
    histogram = HistogramProto(min=_LARGEST, max=-_LARGEST)
    limits = _limits(values.device)
    if values.numel():
        smallest, largest = (bound.item() for bound in torch.aminmax(values))
        if math.isnan(smallest):
            raise invalid(f"Nan in summary histogram for: {name}")
        if math.isinf(smallest) or math.isinf(largest):
            raise invalid(f"Infinity in Histogram for: {name}")
        histogram = HistogramProto(
            min=smallest,
            max=largest,
            num=values.numel(),
            sum=values.sum().item(),
            sum_squares=values.dot(values).item(),
        )
    last = len(limits) - 1
    buckets = torch.bucketize(values, limits, right=True).clamp_(max=last)
    counts = torch.bincount(buckets, minlength=last + 1).tolist()
    # Of empty buckets in a row the last stands for all.
    kept = [i for i, count in enumerate(counts) if count or i == last or counts[i + 1]]
    histogram.bucket_limit.extend(limits[torch.tensor(kept, device=limits.device)].tolist())
    histogram.bucket.extend(counts[i] for i in kept)
    return _serialized(Summary(value=[Summary.Value(tag=name, histo=histogram)]))


@kernel("ImageSummary")
def image_summary(tag: np.ndarray, tensor: Tensor, *, max_images: int, bad_color: Any) -> np.ndarray:
    name = _tag(tag, "Tags must be a scalar")
    if tensor.ndim != 4 or tensor.shape[3] not in (1, 3, 4):
        raise invalid(f"Tensor must be 4-D with last dim 1, 3, or 4, not {_dims(tensor.shape)}")
    count, height, width, depth = tensor.shape
    if count and not height * width:
        raise invalid(f"input tensor must have non-zero dims. Found: {_dims(tensor.shape, ', ')}.")
    bad = np.asarray(bad_color, np.uint8).reshape(-1)
    if len(bad) < depth:
        raise invalid(f"expected depth of bad_color >= {depth}, got {len(bad)}")
    summary = Summary()
    for tag_of_one, picture in zip(_numbered(f"{name}/image", max_images, count), to_numpy(tensor, copy=False)):
        pixels = picture if picture.dtype == np.uint8 else _pixels(picture, bad[:depth])
        encoded = _png(pixels[..., 0] if depth == 1 else pixels)
        shown = Summary.Image(height=height, width=width, colorspace=depth, encoded_image_string=encoded)
        summary.value.add(tag=tag_of_one, image=shown)
    return _serialized(summary)


def _numbered(tag: str, most: int, count: int) -> list[str]:
    return [tag] if most == 1 and count else [f"{tag}/{i}" for i in range(min(most, count))]


def _pixels(picture: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """Floats [H, W, C] as bytes: see `tf.summary.image`."""
    if picture.dtype == np.float16:
        picture = picture.astype(np.float32)
    finite = np.isfinite(picture).all(axis=-1)
    good = picture[finite]
    smallest, largest = (good.min(), good.max()) if good.size else (0, 0)
    if smallest < 0:
        offset, farthest, room = 128, max(abs(smallest), abs(largest)), 127
    else:
        offset, farthest, room = 0, largest, 255
    scale = picture.dtype.type(0 if farthest < _NOTHING else room / farthest)
    pixels = np.empty(picture.shape, np.uint8)
    pixels[finite] = (good * scale + offset).astype(np.uint8)
    pixels[~finite] = bad
    return pixels


def _png(pixels: np.ndarray) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG")
    return stream.getvalue()


@kernel("AudioSummaryV2", host=("sample_rate",))
def audio_summary(tag: np.ndarray, tensor: Tensor, sample_rate: Tensor, *, max_outputs: int) -> np.ndarray:
    name = _tag(tag, "Tag must be a scalar")
    if tensor.ndim not in (2, 3):
        raise invalid(f"Tensor must be 3-D or 2-D, got: {_dims(tensor.shape)}")
    rate = float(sample_rate.reshape(-1)[0])
    if not rate > 0:
        raise invalid("sample_rate must be > 0")
    count, frames = tensor.shape[:2]
    channels = tensor.shape[2] if tensor.ndim == 3 else 1
    if not channels:
        raise invalid("audio is null")
    summary = Summary()
    for tag_of_one, sound in zip(_numbered(f"{name}/audio", max_outputs, count), to_numpy(tensor, copy=False)):
        summary.value.add(
            tag=tag_of_one,
            audio=Summary.Audio(
                sample_rate=rate,
                num_channels=channels,
                length_frames=frames,
                encoded_audio_string=_wav(sound, channels, rate),
                content_type="audio/wav",
            ),
        )
    return _serialized(summary)


def _wav(sound: np.ndarray, channels: int, rate: float) -> bytes:
    """A RIFF file of 16-bit samples."""
    scaled = np.nan_to_num(sound.reshape(-1) * 32768.0, nan=0.0)
    samples = np.clip(np.copysign(np.floor(np.abs(scaled) + 0.5), scaled), -32768, 32767).astype("<i2").tobytes()
    hertz = math.floor(rate + 0.5)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, hertz, hertz * channels * 2, channels * 2, 16)
    riff = struct.pack("<4sI4s", b"RIFF", 36 + len(samples), b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", len(samples)) + samples


@kernel("TensorSummaryV2")
def tensor_summary(tag: np.ndarray, tensor: Any, serialized_summary_metadata: np.ndarray) -> np.ndarray:
    value = Summary.Value(
        tag=_tag(tag, "tag must be scalar"), tensor=tensor_proto(np.asarray(to_numpy(tensor, copy=False)))
    )
    metadata = serialized_summary_metadata.reshape(-1)[0]
    try:
        value.metadata.ParseFromString(metadata)
    except DecodeError:
        raise invalid("Could not parse serialized_summary_metadata field.") from None
    value.metadata.SetInParent()
    return _serialized(Summary(value=[value]))


@kernel("MergeSummary")
def merge_summary(inputs: list[np.ndarray]) -> np.ndarray:
    merged, tags = Summary(), set()
    for serialized in (item for array in inputs for item in array.reshape(-1)):
        try:
            summary = Summary.FromString(serialized)
        except DecodeError:
            raise invalid("Could not parse one of the summary inputs") from None
        for value in summary.value:
            if value.tag and value.tag in tags:
                raise invalid(f"Duplicate tag {value.tag} found in summary inputs ")
            tags.add(value.tag)
        merged.MergeFrom(summary)
    return _serialized(merged)
