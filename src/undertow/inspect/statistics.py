"""What the numbers of a tensor are like: least, mean, greatest, norm, and how many are none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_CHUNK = 1 << 20  # elements taken at a time, so that a tensor of any size costs little memory


def statistics(array: np.ndarray[Any, Any]) -> dict[str, float] | None:
    """`min`, `mean`, `max` and Euclidean `norm` of the finite elements, and how many are `nan` or `inf`.

    None for what holds no real numbers, and for nothing at all.
    """
    if array.dtype == object or array.dtype.kind in "SUc" or not array.size:
        return None
    flat = array.reshape(-1)
    least, greatest, total, squares = math.inf, -math.inf, 0.0, 0.0
    nan = inf = 0
    for start in range(0, flat.size, _CHUNK):
        part = flat[start : start + _CHUNK].astype(np.float64)
        finite = np.isfinite(part)
        if not finite.all():
            missing = int(np.isnan(part).sum())
            nan += missing
            inf += int((~finite).sum()) - missing
            part = part[finite]
        if part.size:
            least, greatest = min(least, float(part.min())), max(greatest, float(part.max()))
            total += float(part.sum())
            squares += float(np.dot(part, part))
    found: dict[str, float] = {"nan": nan, "inf": inf}
    count = flat.size - nan - inf
    if count:
        found |= {"min": least, "mean": total / count, "max": greatest, "norm": math.sqrt(squares)}
    return found
