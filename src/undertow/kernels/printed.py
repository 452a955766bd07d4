"""Tensors as TensorFlow prints them: on one line and cut short (`Print`, `Assert`), or in rows (`tf.print`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch


def _array(value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value
    value = value.detach()
    return (value.float() if value.dtype == torch.bfloat16 else value).cpu().numpy()


def _float_text(short: int, exact: int, kind: Any) -> Callable[[Any], str]:
    """As few digits as usual, or as many as it takes to tell the number from its neighbours."""

    def text(number: Any) -> str:
        usual = f"{float(number):.{short}g}"
        return usual if np.isnan(number) or kind(usual) == number else f"{float(number):.{exact}g}"

    return text


_SINGLE, _DOUBLE = _float_text(6, 9, np.float32), _float_text(15, 17, np.float64)
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "'": "\\'", "\\": "\\\\"}


def _string_text(text: bytes) -> str:
    return "".join(_ESCAPES.get(c, c) for c in text.decode("utf-8", "backslashreplace"))


def _element_text(array: np.ndarray) -> Callable[[Any], str]:
    kind = array.dtype.kind
    if kind == "f":
        return _DOUBLE if array.dtype == np.float64 else _SINGLE
    if kind == "b":
        return lambda x: str(int(x))
    return _string_text if kind == "O" else "?".format if kind == "c" else str


def summarized(value: Any, limit: int) -> str:
    """The first `limit` elements (all if negative) on one line: `[1 2 3][4...]...`, without the outermost brackets."""
    array = _array(value)
    text = _element_text(array)
    left = array.size if limit < 0 else limit

    def row(part: np.ndarray) -> str:
        nonlocal left
        shown = [text(x) for x in part[:left]]
        left -= len(shown)
        return " ".join(shown) + ("..." if len(shown) < len(part) else "")

    def block(part: np.ndarray, top: bool) -> str:
        if part.ndim == 1:
            return row(part)
        pieces = []
        for inner in part:
            if not left:
                pieces.append("..." if top else "")
                break
            pieces.append(f"[{block(inner, top=False)}]")
        return "".join(pieces)

    if not array.size:
        return ""
    return text(array[()]) if array.ndim == 0 else block(array, top=True)


def in_rows(value: Any, ends: int) -> str:
    """All elements, or (if not negative) `ends` of them from each end of every dimension, a row a line."""
    array = _array(value)
    plain = _element_text(array)
    text = (lambda x: f'"{plain(x)}"') if array.dtype == object else plain

    def block(part: np.ndarray, depth: int) -> str:
        if part.ndim == 0:
            return text(part[()])
        inner = _ends(part, ends)
        pieces = [text(x) for x in inner] if part.ndim == 1 else [block(x, depth + 1) for x in inner]
        if ends >= 0 and 2 * ends < len(part):
            pieces.insert(ends, "...")
        between = " " if part.ndim == 1 else "\n" * (part.ndim - 1) + " " * (depth + 1)
        return f"[{between.join(pieces)}]"

    return block(array, 0)


def _ends(part: np.ndarray, ends: int) -> Any:
    if ends < 0 or 2 * ends >= len(part):
        return part
    return [*part[:ends], *part[len(part) - ends :]]
