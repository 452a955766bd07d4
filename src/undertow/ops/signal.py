"""Signals: frames, windows, short-time Fourier transforms and mel scales, built of other ops.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from .array import rank as rank_of
from .array import shape as shape_of
from .constant import constant
from .constant_value import constant_value
from .joining import concat, split
from .math import cast
from .node import convert_to_tensor, node
from .reduction import linspace, reduce_sum
from .reduction import range as numbers
from .shaping import pad
from .slicing import gather
from .spectral import _real_function, dct

_MEL_BREAK, _MEL_Q = 700.0, 1127.0


# Windows


def hann_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Hann's window: [window_length]."""
    return _raised_cosine(name, "hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Hamming's window: [window_length]."""
    return _raised_cosine(name, "hamming_window", window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine(
    name: str | None, default: str, window_length: Any, periodic: Any, dtype: Any, a: float, b: float
) -> Tensor:
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    with name_scope(name, default, [window_length, periodic]):
        length = convert_to_tensor(window_length, dtypes.int32, name="window_length")
        length.shape.assert_has_rank(0)
        if constant_value(length) == 1:
            return constant(np.ones(1), dtype)
        even = 1 - length % 2
        count = cast(length + cast(convert_to_tensor(periodic, dtypes.bool), dtypes.int32) * even - 1, dtype)
        angle = constant(2 * np.pi, dtype) * cast(numbers(length), dtype) / count
        return a - b * node("Cos", angle)


# Frames


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: str | None = None,
) -> Tensor:
    """`signal` cut along `axis` into frames that may overlap: that dimension becomes [frames, frame_length].

    With `pad_end` frames that begin within the signal are filled up with `pad_value`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/frame
    """
    with name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        signal = convert_to_tensor(signal, name="signal")
        length = convert_to_tensor(frame_length, dtypes.int32, name="frame_length")
        step = convert_to_tensor(frame_step, dtypes.int32, name="frame_step")
        for scalar in (length, step):
            scalar.shape.assert_has_rank(0)
        rank = signal.shape.with_rank_at_least(1).ndims
        if rank is None:
            raise ValueError("signal must have a known rank.")
        axis = axis % rank
        static = signal.shape.as_list()[axis]
        size = shape_of(signal)[axis] if static is None else constant(static)
        known = [constant_value(t) for t in (size, length, step)]
        if pad_end:
            count = -(-size // step)
            missing = node("Maximum", constant(0), length + step * (count - 1) - size)
            sides = [[0, 0]] * axis + [[0, missing]] + [[0, 0]] * (rank - axis - 1)
            signal = pad(signal, convert_to_tensor(sides), constant_values=pad_value)
        else:
            count = node("Maximum", constant(0), 1 + (size - length) // step)
        places = node("ExpandDims", numbers(count) * step, 1) + node("ExpandDims", numbers(length), 0)
        framed = gather(signal, places, axis=axis)
        if None not in known:
            whole, part, by = (int(v) for v in known)  # type: ignore[arg-type]
            frames = -(-whole // by) if pad_end else max(0, 1 + (whole - part) // by)
            dims = signal.shape.as_list()
            framed.set_shape([*dims[:axis], frames, part, *dims[axis + 1 :]])
        return framed


def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Tensor:
    """The signal of frames [..., frames, frame_length] that begin `frame_step` apart, summed where they overlap.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/overlap_and_add
    """
    with name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal = convert_to_tensor(signal, name="signal")
        signal.shape.with_rank_at_least(2)
        step = convert_to_tensor(frame_step, name="frame_step")
        step.shape.assert_has_rank(0)
        if not step.dtype.is_integer:
            raise ValueError(f"frame_step must be an integer. Got {step.dtype}")
        shape = shape_of(signal)
        outer, frames, length = shape[:-2], shape[-2], shape[-1]
        parts = -(-length // step)  # how many steps a frame is long
        flat = node("Reshape", signal, node("Pack", [constant(-1), frames, length]))
        flat = pad(flat, convert_to_tensor([[0, 0], [0, 0], [0, parts * step - length]]))
        cut = node("Reshape", flat, node("Pack", [constant(-1), frames, parts, step]))
        cut = pad(node("Transpose", cut, [0, 2, 1, 3]), convert_to_tensor([[0, 0], [0, 0], [0, parts], [0, 0]]))
        rows = node("Reshape", cut, node("Pack", [constant(-1), parts * (frames + parts), step]))
        rows = rows[:, : parts * (frames + parts - 1), :]  # each part now begins one row later than the one before
        summed = reduce_sum(node("Reshape", rows, node("Pack", [constant(-1), parts, frames + parts - 1, step])), 1)
        whole = node("Reshape", summed, node("Pack", [constant(-1), (frames + parts - 1) * step]))
        whole = whole[:, : (frames - 1) * step + length]
        result = node("Reshape", whole, concat([outer, [(frames - 1) * step + length]], 0))
        static, by = signal.shape, constant_value(step)
        if static.ndims is not None:
            *head, count, size = static.as_list()
            known = None not in (count, size) and by is not None
            result.set_shape([*head, (count - 1) * int(by) + size if known else None])  # type: ignore[arg-type]
        return result


# Short-time Fourier transforms


def _power_of_two(length: Tensor) -> Any:
    known = constant_value(length)
    if known is not None:
        return constant(1 << max(int(known) - 1, 0).bit_length(), dtypes.int32)
    log = node("Log", cast(length, dtypes.float32)) / np.float32(np.log(2))
    return cast(node("Pow", 2.0, node("Ceil", log)), dtypes.int32)


def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """The spectra of frames of real `signals` [..., samples]: complex [..., frames, fft_length // 2 + 1].

    `fft_length` is by default the power of two that holds a frame; `window_fn(length, dtype=…)` weighs each.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/stft
    """
    with name_scope(name, "stft", [signals, frame_length, frame_step]):
        signals = convert_to_tensor(signals, name="signals")
        signals.shape.with_rank_at_least(1)
        length = convert_to_tensor(frame_length, name="frame_length")
        step = convert_to_tensor(frame_step, name="frame_step")
        fft_size = _power_of_two(length) if fft_length is None else convert_to_tensor(fft_length, name="fft_length")
        framed = frame(signals, length, step, pad_end=pad_end)
        if window_fn is not None:
            framed = framed * window_fn(length, dtype=framed.dtype)
        return _real_function("rfft")(framed, _vector(fft_size))


def _vector(scalar: Tensor) -> Any:
    known = constant_value(scalar)
    return node("Pack", [scalar]) if known is None else constant([int(known)], dtypes.int32)


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Callable[..., Any] = hann_window, name: str | None = None
) -> Callable[..., Tensor]:
    """The `window_fn` with which `inverse_stft` gives back what `stft` with `forward_window_fn` was given.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/inverse_stft_window_fn
    """

    def window(frame_length: Any, dtype: Any) -> Tensor:
        with name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
            length = convert_to_tensor(frame_length, name="frame_length")
            step = convert_to_tensor(frame_step, name="frame_step")
            forward = forward_window_fn(length, dtype=dtype)
            overlaps = -(-length // step)
            squares = pad(node("Square", forward), convert_to_tensor([[0, overlaps * step - length]]))
            total = reduce_sum(node("Reshape", squares, node("Pack", [overlaps, step])), 0, keepdims=True)
            total = node("Tile", total, node("Pack", [overlaps, constant(1)]))
            return forward / node("Reshape", total, node("Pack", [overlaps * step]))[:length]

    return window


def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """The signals whose `stft` is `stfts` [..., frames, fft_length // 2 + 1], if the window fits: [..., samples].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/inverse_stft
    """
    with name_scope(name, "inverse_stft", [stfts]):
        stfts = convert_to_tensor(stfts, name="stfts")
        stfts.shape.with_rank_at_least(2)
        length = convert_to_tensor(frame_length, name="frame_length")
        step = convert_to_tensor(frame_step, name="frame_step")
        fft_size = _power_of_two(length) if fft_length is None else convert_to_tensor(fft_length, name="fft_length")
        frames = _real_function("irfft")(stfts, _vector(fft_size))
        missing = node("Maximum", constant(0), length - shape_of(frames)[-1])
        before = node("Fill", [rank_of(frames) - 1], 0)
        after = concat([before, node("ExpandDims", missing, 0)], 0)
        frames = pad(frames[..., :length], node("Pack", [node("ZerosLike", after), after], axis=1))
        if stfts.shape.ndims is not None:
            known = constant_value(length)
            frames.set_shape([*stfts.shape.as_list()[:-1], None if known is None else int(known)])
        if window_fn is not None:
            frames = frames * window_fn(length, dtype=stfts.dtype.real_dtype)
        return overlap_and_add(frames, step)


# Mel scales


def _mel(hertz: Any) -> Any:
    return _MEL_Q * node("Log", 1.0 + hertz / _MEL_BREAK)


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """The matrix [num_spectrogram_bins, num_mel_bins] that turns a spectrum into mel bands.

    `ValueError` for edges that do not rise within [0, sample_rate / 2] or numbers that are not positive.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/linear_to_mel_weight_matrix
    """
    with name_scope(name, "linear_to_mel_weight_matrix"):
        if num_mel_bins <= 0:
            raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
        if lower_edge_hertz < 0.0:
            raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower_edge_hertz}")
        if lower_edge_hertz >= upper_edge_hertz:
            raise ValueError(f"lower_edge_hertz {lower_edge_hertz:.1f} >= upper_edge_hertz {upper_edge_hertz:.1f}")
        if not isinstance(sample_rate, Tensor):
            if sample_rate <= 0.0:
                raise ValueError(f"sample_rate must be positive. Got: {sample_rate}")
            if upper_edge_hertz > sample_rate / 2:
                raise ValueError(
                    f"upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got: "
                    f"upper_edge_hertz={upper_edge_hertz}, sample_rate={sample_rate}"
                )
        dtype = dtypes.as_dtype(dtype)
        if not dtype.is_floating:
            raise ValueError(f"dtype must be a floating point type. Got: {dtype}")
        nyquist = cast(sample_rate, dtype) / constant(2, dtype)
        frequencies = linspace(constant(0, dtype), nyquist, num_spectrogram_bins)[1:]
        bins = node("ExpandDims", _mel(frequencies), 1)
        edges = [_mel(constant(hertz, dtype)) for hertz in (lower_edge_hertz, upper_edge_hertz)]
        bands = frame(linspace(edges[0], edges[1], num_mel_bins + 2), 3, 1)
        lower, center, upper = (node("Reshape", t, [1, num_mel_bins]) for t in split(bands, 3, axis=1))
        rising, falling = (bins - lower) / (center - lower), (upper - bins) / (upper - center)
        weights = node("Maximum", constant(0, dtype), node("Minimum", rising, falling))
        return pad(weights, [[1, 0], [0, 0]])


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Tensor:
    """The mel-frequency cepstral coefficients of log mel spectrograms [..., num_mel_bins]: as many.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/mfccs_from_log_mel_spectrograms
    """
    with name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        spectrograms = convert_to_tensor(log_mel_spectrograms)
        if spectrograms.shape.ndims and spectrograms.shape.as_list()[-1] == 0:
            raise ValueError(f"num_mel_bins must be positive. Got: {spectrograms}")
        count = cast(shape_of(spectrograms)[-1], spectrograms.dtype)
        return dct(spectrograms) * node("Rsqrt", count * 2.0)
