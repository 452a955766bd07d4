"""Fourier and cosine transforms: what each op is. `kernels/spectral.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/spectral
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .array import shape as shape_of
from .array import size as size_of
from .constant import constant
from .joining import concat
from .math import cast, real
from .math import complex as complex_of
from .node import convert_to_tensor, node
from .raw import from_table
from .reduction import range as numbers
from .rules import shape_rule
from .shaping import pad
from .slicing import gather

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "fft": "FFT", "fft2d": "FFT2D", "fft3d": "FFT3D", "ifft": "IFFT", "ifft2d": "IFFT2D", "ifft3d": "IFFT3D",
}  # fmt: skip

# Public name -> (type, how many dimensions it transforms)
_REAL = {
    "rfft": ("RFFT", 1), "rfft2d": ("RFFT2D", 2), "rfft3d": ("RFFT3D", 3),
    "irfft": ("IRFFT", 1), "irfft2d": ("IRFFT2D", 2), "irfft3d": ("IRFFT3D", 3),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    return _real_function(name) if name in _REAL else from_table(PLAIN, __name__, name)


def _at_least(shape: TensorShape, rank: int) -> TensorShape:
    if shape.ndims is not None and shape.ndims < rank:
        raise ValueError(f"Shape must be at least rank {rank} but is rank {shape.ndims}")
    return shape


def _complex_rule(rank: int) -> Callable[[TensorShape], TensorShape]:
    return lambda input: _at_least(input, rank)


for _rank, _ending in enumerate(("", "2D", "3D"), start=1):
    shape_rule(f"FFT{_ending}", f"IFFT{_ending}", f"BatchFFT{_ending}", f"BatchIFFT{_ending}")(_complex_rule(_rank))


def _transformed(input: TensorShape, fft_length: Any, rank: int, halved: bool) -> TensorShape:
    if input.ndims is None:
        return input
    dims = _at_least(input, rank).as_list()
    if fft_length is not None and fft_length.shape != (rank,):
        raise ValueError(f"Shape must be [{rank}] but is {list(fft_length.shape)}")
    lengths = [None] * rank if fft_length is None else fft_length.tolist()
    if halved and lengths[-1] is not None:
        lengths[-1] = lengths[-1] // 2 + 1 if lengths[-1] else 0
    return TensorShape.of([*dims[:-rank], *lengths])


def _real_rule(rank: int, halved: bool) -> Callable[[TensorShape, Any], TensorShape]:
    return lambda input, fft_length: _transformed(input, fft_length, rank, halved)


for _op_type, _rank in _REAL.values():
    shape_rule(_op_type, values=["fft_length"])(_real_rule(_rank, halved=not _op_type.startswith("I")))


@cache
def _real_function(name: str) -> Callable[..., Tensor]:
    op_type, rank = _REAL[name]
    forward = not name.startswith("i")

    def call(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
        with name_scope(name, call.__name__, [input_tensor, fft_length]) as scope:
            dtype = dtypes.float32 if forward else dtypes.complex64
            x = convert_to_tensor(input_tensor, preferred_dtype=dtype)
            x.shape.with_rank_at_least(rank)
            length = _length(x, rank, forward) if fft_length is None else convert_to_tensor(fft_length, dtypes.int32)
            if forward:
                kind: dict[str, Any] = {"Tcomplex": _PARTNER[x.dtype.base_dtype.name]}
            else:
                kind = {"Treal": x.dtype.real_dtype}
            return node(op_type, x, length, name=scope, **kind)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"""The {"" if forward else "inverse "}transform of real numbers over the last {rank} dimension(s).

    {
        "Only the first half of the frequencies is given, the others being their conjugates."
        if forward
        else "The first half of the frequencies is taken, the others being their conjugates."
    }
    `fft_length` [{rank}] crops or pads with zeros.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/{name}
    """
    return call


_PARTNER = {"float32": dtypes.complex64, "float64": dtypes.complex128}


def _length(x: Tensor, rank: int, forward: bool) -> Tensor:
    inner = [] if x.shape.ndims is None else [d for d in x.shape.as_list()[-rank:] if d is not None]
    if len(inner) == rank:
        if not forward:
            inner[-1] = max(0, 2 * (inner[-1] - 1))
        return constant(inner, dtypes.int32, name="fft_length")
    sides = shape_of(x)[-rank:]
    if forward:
        return sides
    last = node("Maximum", constant(0), 2 * (sides[-1:] - 1))
    return last if rank == 1 else concat([sides[:-1], last], 0)


# Cosine transforms


def dct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Tensor:
    """The cosine transform of type 1, 2, 3 or 4 over the last dimension, of which `n` elements are taken.

    `norm` is None or "ortho" (not for type 1). `NotImplementedError` for another `axis`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/dct
    """
    _check_dct(input, type, axis, n, norm)
    with name_scope(name, "dct", [input]):
        x = convert_to_tensor(input)
        if n is not None:
            x = _sized(x, int(n))
        size = _last(x)
        if type == 1:
            mirrored = concat([x, node("ReverseV2", x[..., 1:-1], [-1])], -1)
            return real(_real_function("rfft")(mirrored))
        if type == 2:
            return _second(x, size, norm)
        if type == 3:
            return _third(x, size, norm)
        longer = concat([x, node("ZerosLike", x)], -1)
        fourth = _second(longer, 2 * size, None)[..., 1::2]
        return fourth * node("Rsqrt", cast(2 * size, x.dtype)) if norm == "ortho" else fourth


def idct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Tensor:
    """The inverse of `dct`, but for a factor where `norm` is None.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/idct
    """
    _check_dct(input, type, axis, n, norm)
    with name_scope(name, "idct", [input]):
        return dct(input, {1: 1, 2: 3, 3: 2, 4: 4}[type], n, axis, norm)


def _check_dct(input: Any, type: int, axis: int, n: Any, norm: str | None) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3, 4):
        raise ValueError("Types I, II, III and IV (I)DCT are supported.")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _sized(x: Tensor, n: int) -> Tensor:
    x = x[..., :n]
    missing = n - cast(_last(x), dtypes.int32)
    before = node("Fill", [size_of(shape_of(x)) - 1], 0)
    zeros = concat([before, node("ExpandDims", missing, 0)], 0)
    padded = pad(x, node("Pack", [node("ZerosLike", zeros), zeros], axis=1))
    if x.shape.ndims is not None:
        padded.set_shape([*x.shape.as_list()[:-1], n])
    return padded


def _last(x: Tensor) -> Any:
    static = None if x.shape.ndims is None else x.shape.as_list()[-1]
    return shape_of(x)[-1] if static is None else constant(static)


def _turns(size: Any, dtype: Any, sign: float) -> Tensor:
    """`exp(sign·iπk/2n)` for k below n."""
    angles = cast(numbers(size), dtype) * (sign * np.pi * 0.5) / cast(size, dtype)
    return complex_of(node("Cos", angles), node("Sin", angles))


def _second(x: Tensor, size: Any, norm: str | None) -> Tensor:
    spectrum = _real_function("rfft")(x, fft_length=[2 * size])[..., :size]
    result = real(2.0 * spectrum * _turns(size, x.dtype, -1))
    if norm == "ortho":
        result = result * (_uneven(size, x.dtype) * 0.5 * node("Rsqrt", cast(size, x.dtype)))
    return result


def _third(x: Tensor, size: Any, norm: str | None) -> Tensor:
    if norm == "ortho":
        x = x * node("Rsqrt", cast(size, x.dtype)) / _uneven(size, x.dtype)
    scaled = complex_of(x, node("ZerosLike", x)) * _turns(size, x.dtype, 1)
    return _real_function("irfft")(scaled, fft_length=[2 * size])[..., :size] * cast(2 * size, x.dtype)


def _uneven(size: Any, dtype: Any) -> Tensor:
    """1 for the first, √2 for the others."""
    first = cast(node("Equal", numbers(size), 0), dtype)
    return first + (1 - first) * constant(np.sqrt(2), dtype)


# Moving the zero frequency


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """`x` with the zero frequency in the middle of `axes` (an int, ints, or all).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal/fftshift
    """
    return _shifted(x, axes, name, "fftshift", lambda size: size // 2)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `fftshift`."""
    return _shifted(x, axes, name, "ifftshift", lambda size: -(size // 2))


def _shifted(x: Any, axes: Any, name: str | None, default: str, by: Callable[[Any], Any]) -> Tensor:
    with name_scope(name, default):
        x = convert_to_tensor(x)
        if axes is None:
            axes = numbers(size_of(shape_of(x)))
            return node("Roll", x, by(shape_of(x)), axes)
        return node("Roll", x, by(gather(shape_of(x), axes)), axes)
