"""Strings: how each op is done, on NumPy arrays of bytes."""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import hashing
from .registry import invalid, kernel


def _each(function: Callable[[bytes], bytes], array: np.ndarray) -> np.ndarray:
    """`function` of each string."""
    result = np.empty(array.shape, dtype=object)
    for i, text in enumerate(array.reshape(-1).tolist()):
        result.reshape(-1)[i] = function(text)
    return result


def _as_bytes(text: Any) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


@kernel("StringJoin")
def string_join(inputs: list[np.ndarray], *, separator: str | bytes) -> np.ndarray:
    shapes = {array.shape for array in inputs if array.ndim}
    if len(shapes) > 1:
        raise invalid(f"Input shapes do not match: {', '.join(str(list(s)) for s in sorted(shapes))}")
    between = separator.encode() if isinstance(separator, str) else separator
    result = np.empty(shapes.pop() if shapes else (), dtype=object)
    rows = zip(*(np.broadcast_to(array, result.shape).reshape(-1).tolist() for array in inputs))
    for i, parts in enumerate(rows):
        result.reshape(-1)[i] = between.join(parts)
    return result


@kernel("StringLength")
def string_length(input: np.ndarray, *, unit: str) -> Tensor:
    lengths = [len(s) if unit == "BYTE" else _characters(s) for s in input.reshape(-1).tolist()]
    return torch.tensor(lengths, dtype=torch.int32).reshape(input.shape)


def _characters(text: bytes) -> int:
    return sum(byte & 0xC0 != 0x80 for byte in text)


def _in_case(ascii_case: Callable[[bytes], bytes], any_case: Callable[[str], str]) -> Callable[..., np.ndarray]:
    def convert(input: np.ndarray, *, encoding: str) -> np.ndarray:
        if encoding not in ("", "utf-8"):
            raise invalid(f"only utf-8 or '' (no encoding) is supported, received {encoding}")
        return _each((lambda s: any_case(s.decode("utf-8", "replace")).encode()) if encoding else ascii_case, input)

    return convert


kernel("StringLower")(_in_case(bytes.lower, str.lower))
kernel("StringUpper")(_in_case(bytes.upper, str.upper))


@kernel("StringStrip")
def string_strip(input: np.ndarray) -> np.ndarray:
    return _each(bytes.strip, input)


@kernel("EncodeBase64")
def encode_base64(input: np.ndarray, *, pad: bool) -> np.ndarray:
    return _each(lambda s: base64.urlsafe_b64encode(s) if pad else base64.urlsafe_b64encode(s).rstrip(b"="), input)


@kernel("DecodeBase64")
def decode_base64(input: np.ndarray) -> np.ndarray:
    def decode(text: bytes) -> bytes:
        bare = text.rstrip(b"=")
        try:
            if re.search(rb"[^\w-]", bare):
                raise binascii.Error
            return base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
        except binascii.Error:
            raise invalid("Invalid character found in base64.") from None

    return _each(decode, input)


# Hashes


def _in_buckets(hashes: np.ndarray, num_buckets: int, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy((hashes % np.uint64(num_buckets)).astype(np.int64)).reshape(shape)


@kernel("StringToHashBucket")
def string_to_hash_bucket(string_tensor: np.ndarray, *, num_buckets: int) -> Tensor:
    return _in_buckets(hashing.hash64(string_tensor.reshape(-1).tolist()), num_buckets, string_tensor.shape)


@kernel("StringToHashBucketFast")
def string_to_hash_bucket_fast(input: np.ndarray, *, num_buckets: int) -> Tensor:
    return _in_buckets(hashing.fingerprint64(input.reshape(-1).tolist()), num_buckets, input.shape)


@kernel("StringToHashBucketStrong")
def string_to_hash_bucket_strong(input: np.ndarray, *, num_buckets: int, key: list[int]) -> Tensor:
    if len(key) != 2:
        raise invalid("Key must have 2 elements")
    return _in_buckets(hashing.strong_hash(input.reshape(-1).tolist(), key), num_buckets, input.shape)


@kernel("Fingerprint", host=("method",))
def fingerprint(data: Any, method: np.ndarray) -> Tensor:
    rows = data.reshape(len(data), -1)
    if isinstance(data, np.ndarray):
        texts = rows.reshape(-1).tolist()
        if rows.shape[1] > 1:  # a fingerprint of the strings' fingerprints
            texts = [part.tobytes() for part in hashing.fingerprint64(texts).reshape(rows.shape)]
    else:
        texts = [row.tobytes() for row in rows.contiguous().cpu().view(torch.uint8).numpy()]
    return torch.from_numpy(hashing.fingerprint64(texts).view(np.uint8).reshape(len(texts), 8))


# Numbers

_HEX = re.compile(rb"\s*[+-]?0[xX]")
_INTEGERS = {torch.int32: 32, torch.int64: 64}


@kernel("StringToNumber")
def string_to_number(string_tensor: np.ndarray, *, out_type: torch.dtype) -> Tensor:
    bits = _INTEGERS.get(out_type)
    numbers = []
    for text in string_tensor.reshape(-1).tolist():
        try:
            if b"_" in text:
                raise ValueError
            if bits is not None:
                number: float = int(text)
            else:
                number = float.fromhex(text.decode()) if _HEX.match(text) else float(text)
            if bits is not None and not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
                raise ValueError
        except ValueError:
            shown = text.decode(errors="replace")
            raise invalid(f"StringToNumberOp could not correctly convert string: {shown}") from None
        numbers.append(number)
    return torch.tensor(numbers, dtype=out_type).reshape(string_tensor.shape)


@kernel("AsString")
def as_string(input: Any, *, precision: int, scientific: bool, shortest: bool, width: int, fill: str) -> np.ndarray:
    if isinstance(input, np.ndarray):
        return input.copy()
    is_real, is_complex = input.is_floating_point(), input.is_complex()
    _check_spelling(input.dtype, is_real or is_complex, precision, scientific, shortest, width, fill)
    conversion = "d" if not (is_real or is_complex) else "e" if scientific else "g" if shortest else "f"
    size = f"{width if width > -1 else ''}{f'.{precision}' if precision > -1 else ''}{conversion}"
    spec, not_finite = f"%{fill}{size}", f"%{fill.replace('0', '')}{size}"  # C fills up inf and nan with blanks
    result = np.empty(tuple(input.shape), dtype=object)
    for i, number in enumerate(input.reshape(-1).tolist()):
        if isinstance(number, bool):
            text = "true" if number else "false"
        elif is_complex:
            text = f"({spec % number.real},{spec % number.imag})"
        else:
            text = (spec if math.isfinite(number) else not_finite) % number
        result.reshape(-1)[i] = text.encode()
    return result


def _check_spelling(
    dtype: torch.dtype, real: bool, precision: int, scientific: bool, shortest: bool, width: int, fill: str
) -> None:
    if scientific and shortest:
        raise invalid("Cannot select both scientific and shortest notation")
    if not real and (scientific or shortest or precision > -1):
        what = "precision" if precision > -1 else "scientific and shortest format"
        raise invalid(f"{what} not supported for datatype {str(dtype).removeprefix('torch.')}")
    if dtype == torch.bool and (width > -1 or fill):
        raise invalid("width and fill not supported for datatype bool")
    if len(fill) > 1:
        raise invalid(f"Fill string must be one or fewer characters: {fill}")
    if fill not in ("", " ", "+", "-", "0", "#"):
        raise invalid(f"Fill argument not supported: {fill}")


# Parts


@kernel("Substr", host=("pos", "len"))
def substr(input: np.ndarray, pos: Tensor, len: Tensor, *, unit: str) -> np.ndarray:
    texts, starts, sizes = np.broadcast_arrays(input, pos.numpy(), len.numpy())
    result = np.empty(texts.shape, dtype=object)
    rows = zip(texts.reshape(-1).tolist(), starts.reshape(-1).tolist(), sizes.reshape(-1).tolist())
    for i, (text, start, size) in enumerate(rows):
        whole: Any = text if unit == "BYTE" else text.decode("utf-8", "replace")
        if not -_size(whole) <= start <= _size(whole):
            raise invalid(f"pos {start} out of range for string at index {i}")
        begin = start if start >= 0 else start + _size(whole)
        result.reshape(-1)[i] = _as_bytes(whole[begin : begin + max(size, 0)])
    return result


_size = len  # where a parameter is called `len`


@kernel("StringSplit")
def string_split(input: np.ndarray, delimiter: np.ndarray, *, skip_empty: bool) -> tuple[Tensor, np.ndarray, Tensor]:
    separators = _as_bytes(delimiter[()])
    pattern = re.compile(b"[" + re.escape(separators) + b"]") if separators else None

    def parts(text: bytes) -> list[bytes]:
        if not text:
            return []
        found = [text[i : i + 1] for i in range(len(text))] if pattern is None else pattern.split(text)
        return [part for part in found if part] if skip_empty else found

    return _sparse([parts(text) for text in input.tolist()])


@kernel("StringSplitV2")
def string_split_v2(input: np.ndarray, sep: np.ndarray, *, maxsplit: int) -> tuple[Tensor, np.ndarray, Tensor]:
    between = _as_bytes(sep[()]) or None
    return _sparse([text.split(between, maxsplit) for text in input.tolist()])


def _sparse(rows: list[list[bytes]]) -> tuple[Tensor, np.ndarray, Tensor]:
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    values = np.empty(len(places), dtype=object)
    values[:] = [part for row in rows for part in row]
    shape = torch.tensor([len(rows), max(map(len, rows), default=0)])
    return torch.tensor(places, dtype=torch.int64).reshape(-1, 2), values, shape


@kernel("ReduceJoin", host=("reduction_indices",))
def reduce_join(
    inputs: np.ndarray, reduction_indices: Tensor, *, keep_dims: bool, separator: str | bytes
) -> np.ndarray:
    rank = inputs.ndim
    axes = reduction_indices.reshape(-1).tolist()
    bad = [a for a in axes if not -rank <= a < rank]
    if bad:
        raise invalid(f"Invalid reduction dimension {bad[0]} for input with {rank} dimension(s)")
    gone = [a % rank for a in axes]
    if len(set(gone)) < len(gone):
        raise invalid(f"Duplicate reduction dimension {max(gone, key=gone.count)}")
    kept = [i for i in range(rank) if i not in gone]
    count = int(np.prod([inputs.shape[i] for i in gone], dtype=np.int64))
    shape = [d if i in kept else 1 for i, d in enumerate(inputs.shape) if keep_dims or i in kept]
    rows = inputs.transpose(*kept, *reversed(gone)).reshape(math.prod(shape), count)
    result = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows.tolist()):
        result[i] = _as_bytes(separator).join(row)
    return result.reshape(shape)


@kernel("UnsortedSegmentJoin", host=("segment_ids", "num_segments"))
def unsorted_segment_join(
    inputs: np.ndarray, segment_ids: Tensor, num_segments: Tensor, *, separator: str | bytes
) -> np.ndarray:
    count, ids = int(num_segments), segment_ids.reshape(-1).tolist()
    if any(not 0 <= i < count for i in ids):
        raise invalid("segment_ids are not allowed to exceed num_segments or to have negative values.")
    rest = inputs.shape[segment_ids.dim() :]
    joined: list[list[list[bytes]]] = [[[] for _ in range(math.prod(rest))] for _ in range(count)]
    for i, row in zip(ids, inputs.reshape(len(ids), -1).tolist()):
        for parts, text in zip(joined[i], row):
            parts.append(text)
    result = np.empty(count * math.prod(rest), dtype=object)
    result[:] = [_as_bytes(separator).join(parts) for row in joined for parts in row]
    return result.reshape(count, *rest)


@kernel("StringNGrams", host=("data_splits",))
def string_ngrams(
    data: np.ndarray, data_splits: Tensor, *, separator: str | bytes, ngram_widths: list[int], left_pad: str | bytes,
    right_pad: str | bytes, pad_width: int, preserve_short_sequences: bool,
) -> tuple[np.ndarray, Tensor]:  # fmt: skip
    between, left, right = map(_as_bytes, (separator, left_pad, right_pad))
    texts, ends, found, splits = data.tolist(), data_splits.tolist(), list[bytes](), [0]
    for start, end in itertools.pairwise(ends):
        row = texts[start:end]
        for width in ngram_widths:
            pad = width - 1 if pad_width < 0 else min(pad_width, width - 1)
            padded = [left] * pad + row + [right] * pad
            found += [between.join(padded[i : i + width]) for i in range(len(padded) - width + 1)]
        if preserve_short_sequences and len(found) == splits[-1] and row:
            pad = max(pad_width, 0)
            found.append(between.join([left] * pad + row + [right] * pad))
        splits.append(len(found))
    result = np.empty(len(found), dtype=object)
    result[:] = found
    return result, torch.tensor(splits, dtype=data_splits.dtype)


# Regular expressions


def _compiled(pattern: Any) -> re.Pattern[bytes]:
    try:
        return re.compile(_as_bytes(pattern))
    except re.error as error:
        shown = _as_bytes(pattern).decode(errors="replace")
        raise invalid(f"Invalid pattern: {shown}, error: {error}") from None


def _replaced(input: np.ndarray, pattern: Any, rewrite: Any, replace_global: bool) -> np.ndarray:
    compiled, template = _compiled(pattern), _as_bytes(rewrite)
    for group in re.findall(rb"\\(\d)", template):
        if int(group) > compiled.groups:
            raise invalid(f"Invalid rewrite pattern: it asks for group {int(group)} of {compiled.groups}")

    def replacement(match: re.Match[bytes]) -> bytes:
        return re.sub(rb"\\(\d|\\)", lambda m: b"\\" if m[1] == b"\\" else match[int(m[1])] or b"", template)

    return _each(lambda text: compiled.sub(replacement, text, count=0 if replace_global else 1), input)


@kernel("RegexReplace")
def regex_replace(input: np.ndarray, pattern: np.ndarray, rewrite: np.ndarray, *, replace_global: bool) -> np.ndarray:
    return _replaced(input, pattern[()], rewrite[()], replace_global)


@kernel("StaticRegexReplace")
def static_regex_replace(input: np.ndarray, *, pattern: Any, rewrite: Any, replace_global: bool) -> np.ndarray:
    return _replaced(input, pattern, rewrite, replace_global)


def _matched(input: np.ndarray, pattern: Any) -> Tensor:
    compiled = _compiled(pattern)
    return torch.tensor([bool(compiled.fullmatch(s)) for s in input.reshape(-1).tolist()]).reshape(input.shape).bool()


@kernel("RegexFullMatch")
def regex_full_match(input: np.ndarray, pattern: np.ndarray) -> Tensor:
    return _matched(input, pattern[()])


@kernel("StaticRegexFullMatch")
def static_regex_full_match(input: np.ndarray, *, pattern: Any) -> Tensor:
    return _matched(input, pattern)
