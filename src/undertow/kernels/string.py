"""Strings: how each op is done, on NumPy arrays of bytes."""

from __future__ import annotations

import numpy as np

from .registry import invalid, kernel


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
