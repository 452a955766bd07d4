"""Text in encodings: how each op is done, with Python's codecs, on NumPy arrays of bytes."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .registry import invalid, kernel

_LAST, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)
_REPLACEMENT = 0xFFFD
_MARKED = {"utf-16": 2, "utf-32": 4}  # encodings of either byte order, which a mark tells: its size


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise invalid(f"Could not create converter for input encoding: {encoding}") from None


def _without_mark(text: bytes, codec: str) -> tuple[bytes, str, int]:
    """Text of an encoding of either byte order: what is behind the mark, its codec, and the mark's size."""
    size = _MARKED.get(codec, 0)
    if not size:
        return text, codec, 0
    for ending in ("be", "le"):
        if text[:size] == "\ufeff".encode(f"{codec}-{ending}"):
            return text[size:], f"{codec}-{ending}", size
    return text, f"{codec}-be", 0


def decoded(text: bytes, encoding: str, errors: str, replacement: int, controls: bool) -> Iterator[tuple[int, int]]:
    """The code points of `text` and the places of their first bytes.

    What is malformed becomes `replacement`, as the control characters below 32 do if `controls`, or is left out if
    `errors` is "ignore"; "strict" refuses it.
    """
    body, codec, start = _without_mark(text, _codec(encoding))
    found: Iterable[tuple[int, int]]
    try:
        whole = body.decode(codec)
    except UnicodeDecodeError:
        found = _slowly_decoded(body, codec)
    else:
        sizes = [len(c.encode(codec)) for c in whole]
        found = zip(map(ord, whole), np.cumsum([0, *sizes[:-1]]).tolist())
    for point, place in found:
        if point < 0 and errors == "strict":
            raise invalid("Invalid formatting on input string")
        if point < 0 or (controls and point < 32):
            if errors == "ignore":
                continue
            point = replacement
        yield point, start + place


def _slowly_decoded(body: bytes, codec: str) -> Iterator[tuple[int, int]]:
    """Code points and places; -1 for each part that is malformed, which is as short as Unicode recommends."""
    step = codecs.getincrementaldecoder(codec)("strict")
    begin = place = 0
    while begin < len(body):
        final = place >= len(body)
        try:
            found = step.decode(body[place : place + 1], final=final)
            place += 1
        except UnicodeDecodeError as error:
            place = begin + max(error.end - error.start, 1)
            step.reset()
            yield -1, begin
        else:
            if not found:
                continue
            for character in found:
                yield ord(character), begin
        begin = place


def _checked(replacement: int) -> int:
    if not 0 <= replacement <= _LAST:
        raise invalid("replacement_char out of unicode codepoint range")
    return replacement


def encoded(points: list[int], encoding: str) -> bytes:
    """Code points that there are, spelled in `encoding`; those that stand for none become U+FFFD."""
    return "".join(chr(_REPLACEMENT if p in _SURROGATES else p) for p in points).encode(encoding)


@kernel("UnicodeTranscode")
def unicode_transcode(
    input: np.ndarray, *, input_encoding: str, output_encoding: str, errors: str, replacement_char: int,
    replace_control_characters: bool,
) -> np.ndarray:  # fmt: skip
    _checked(replacement_char), _codec(input_encoding)
    result = np.empty(input.size, dtype=object)
    for i, text in enumerate(input.reshape(-1).tolist()):
        found = decoded(text, input_encoding, errors, replacement_char, replace_control_characters)
        result[i] = encoded([point for point, _ in found], output_encoding)
    return result.reshape(input.shape)


@kernel("UnicodeDecodeWithOffsets")
def unicode_decode_with_offsets(
    input: np.ndarray, *, input_encoding: str, errors: str, replacement_char: int, replace_control_characters: bool,
    Tsplits: torch.dtype,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    _checked(replacement_char), _codec(input_encoding)
    splits, points, places = [0], [], []
    for text in input.reshape(-1).tolist():
        for point, place in decoded(text, input_encoding, errors, replacement_char, replace_control_characters):
            points.append(point)
            places.append(place)
        splits.append(len(points))
    return (
        torch.tensor(splits, dtype=Tsplits), torch.tensor(points, dtype=torch.int32),
        torch.tensor(places, dtype=torch.int64),
    )  # fmt: skip


@kernel("UnicodeDecode")
def unicode_decode(
    input: np.ndarray, *, input_encoding: str, errors: str, replacement_char: int, replace_control_characters: bool,
    Tsplits: torch.dtype,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    return unicode_decode_with_offsets(
        input, input_encoding=input_encoding, errors=errors, replacement_char=replacement_char,
        replace_control_characters=replace_control_characters, Tsplits=Tsplits,
    )[:2]  # fmt: skip


@kernel("UnicodeEncode", host=("input_values", "input_splits"))
def unicode_encode(
    input_values: Tensor, input_splits: Tensor, *, errors: str, output_encoding: str, replacement_char: int
) -> np.ndarray:
    replacement = _checked(replacement_char)
    points, splits = input_values.tolist(), input_splits.tolist()
    _check_splits(splits, len(points))
    result = np.empty(max(len(splits) - 1, 0), dtype=object)
    for i, (start, end) in enumerate(itertools.pairwise(splits)):
        whole = []
        for point in points[start:end]:
            if 0 <= point <= _LAST and point not in _SURROGATES:
                whole.append(point)
            elif errors == "strict":
                raise invalid("Code point value out of valid Unicode range.")
            elif errors == "replace":
                whole.append(replacement)
        result[i] = encoded(whole, output_encoding)
    return result


def _check_splits(splits: list[int], count: int) -> None:
    if not splits or splits[0] != 0 or splits[-1] != count or any(a > b for a, b in itertools.pairwise(splits)):
        raise invalid(f"Values in input_splits must be a valid sequence from 0 to {count}, got {splits}")


# ICU's number of each script, by its name in ISO 15924. Scripts younger than those of TensorFlow 1.15 are not known.
_SCRIPTS = {
    name: int(first) + i
    for run in (
        "0 Zyyy Zinh Arab Armn Beng Bopo Cher Copt Cyrl Dsrt Deva Ethi Geor Goth Grek Gujr Guru Hani Hang Hebr Hira "
        "Knda Kana Khmr Laoo Latn Mlym Mong Mymr Ogam Ital Orya Runr Sinh Syrc Taml Telu Thaa Thai Tibt Cans Yiii "
        "Tglg Hano Buhd Tagb Brai Cprt Limb Linb Osma Shaw Tale Ugar",
        "55 Bugi Glag Khar Sylo Talu Tfng Xpeo Bali Batk", "65 Brah Cham", "71 Egyp", "75 Hmng Hung", "78 Java Kali",
        "82 Lepc Lina Mand", "86 Mero Nkoo Orkh Perm Phag Phnx Plrd", "99 Vaii", "101 Xsux", "104 Cari",
        "106 Lana Lyci Lydi Olck Rjng Saur Sgnw Sund", "115 Mtei Armi Avst Cakm", "120 Kthi Mani Phli Phlp",
        "125 Prti Samr Tavt", "130 Bamu Lisu", "133 Sarb Bass Dupl Elba Gran", "140 Mend Merc Narb Nbat Palm Sind Wara",
        "149 Mroo Nshu Shrd Sora Takr Tang", "156 Hluw Khoj Tirh Aghb Mahj Ahom Hatr Modi Mult Pauc Sidd Adlm Bhks "
        "Marc Newa Osge", "175 Gonm Soyo Zanb Dogr Gong Maka Medf Rohg Sogd Sogo",
    )
    for first, *names in [run.split()]
    for i, name in enumerate(names)
}  # fmt: skip
_NO_SCRIPT, _NO_CHARACTER = 103, -1


@kernel("UnicodeScript")
def unicode_script(input: Tensor) -> Tensor:
    from fontTools.unicodedata import script  # here: few programs need its tables

    def number(point: int) -> Any:
        return _SCRIPTS.get(script(chr(point)), _NO_SCRIPT) if 0 <= point <= _LAST else _NO_CHARACTER

    return torch.tensor([number(p) for p in input.reshape(-1).tolist()], dtype=torch.int32).reshape(input.shape)
