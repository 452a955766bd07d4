"""What a checkpoint holds."""

from __future__ import annotations

from math import prod
from typing import Any

from ..formats.bundle import BundleReader
from ..formats.checkpoint import CheckpointFile, open_checkpoint
from .statistics import statistics


def describe(prefix: str, stats: bool = False) -> dict[str, Any]:
    """The tensors of a checkpoint, by name; their bytes are read for `stats` only, one tensor at a time."""
    with open_checkpoint(prefix) as reader:
        tensors = [_tensor(reader, key, stats) for key in reader.keys()]  # noqa: SIM118 - it is no mapping
        return {
            "kind": "checkpoint",
            "path": prefix,
            "format": "V2" if isinstance(reader, BundleReader) else "V1",
            "tensors": tensors,
            "elements": sum(tensor["elements"] for tensor in tensors),
            "bytes": sum(tensor["bytes"] for tensor in tensors),
        }


def _tensor(reader: CheckpointFile, key: str, stats: bool) -> dict[str, Any]:
    shape, dtype, parts = reader.shape(key), reader.dtype(key), reader.slices(key)
    elements = prod(shape)
    size = elements * dtype.size
    if isinstance(reader, BundleReader) and not parts:
        size = reader.entry(key).size  # of strings, what they take in the file
    found: dict[str, Any] = {
        "name": key,
        "dtype": dtype.name,
        "shape": list(shape),
        "elements": elements,
        "bytes": size,
    }
    if parts:
        found["parts"] = len(parts)
    if stats and (measured := statistics(reader.read(key))):
        found["stats"] = measured
    return found
