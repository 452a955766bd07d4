"""Random inputs for a check, and how near two runs on them are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph.errors import unbuilt
from ..graph.operation import Tensor

_UNKNOWN = 16  # the size of a dimension that is not known, other than the batch


def random_inputs(feeds: Sequence[Tensor], batch: int, seed: int = 0) -> list[np.ndarray]:
    """A value for each feed: floats in [0, 1), ints 0 and 1; the first dimension is `batch` if it is not known."""
    generator = np.random.default_rng(seed)
    return [_value(tensor, batch, generator) for tensor in feeds]


def _value(tensor: Tensor, batch: int, generator: np.random.Generator) -> np.ndarray:
    dims = tensor.shape._dims
    if dims is None:
        raise unbuilt(f"An example for {tensor.name!r}, whose rank is not known,", "Give the placeholder a shape.")
    shape = [(_UNKNOWN if i else batch) if d is None else d for i, d in enumerate(dims)]
    dtype: Any = tensor.dtype.base_dtype.as_numpy_dtype
    if tensor.dtype.is_floating or tensor.dtype.is_complex:
        return generator.random(shape).astype(dtype)
    return generator.integers(0, 2, shape).astype(dtype)


def difference(wanted: Any, found: Any) -> float:
    """The largest difference of two values over 1 or the larger of them; infinite if they cannot be compared."""
    wanted, found = np.asarray(wanted), np.asarray(found)
    if wanted.shape != found.shape or wanted.dtype != found.dtype:
        return float("inf")
    if not wanted.size:
        return 0.0
    if wanted.dtype.kind not in "fc" and wanted.dtype.name != "bfloat16":
        return 0.0 if np.array_equal(wanted, found) else float("inf")
    wanted, found = wanted.astype(np.complex128), found.astype(np.complex128)
    same = (wanted == found) | (np.isnan(wanted) & np.isnan(found))
    gap = np.where(same, 0, np.abs(wanted - found) / np.maximum(1, np.abs(wanted)))
    return float("inf") if np.isnan(gap).any() else float(gap.max())
