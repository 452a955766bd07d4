"""What a checkpoint holds."""

from __future__ import annotations

from math import prod
from typing import Any

from ..formats.bundle import BundleReader
from .statistics import statistics


def describe(prefix: str, stats: bool = False) -> dict[str, Any]:
    """The tensors of a checkpoint, by name; their bytes are read for `stats` only, one tensor at a time."""
    with BundleReader(prefix) as reader:
        tensors = [_tensor(reader, key, stats) for key in reader.keys()]  # noqa: SIM118 - it is no mapping
        return {
            "kind": "checkpoint",
            "path": prefix,
            "format": "V2",
            "shards": reader.num_shards,
            "tensors": tensors,
            "elements": sum(tensor["elements"] for tensor in tensors),
            "bytes": sum(tensor["bytes"] for tensor in tensors),
        }


def _tensor(reader: BundleReader, key: str, stats: bool) -> dict[str, Any]:
    entry = reader.entry(key)
    elements = prod(entry.shape)
    found: dict[str, Any] = {
        "name": key,
        "dtype": entry.dtype.name,
        "shape": list(entry.shape),
        "elements": elements,
        "bytes": elements * entry.dtype.size if entry.slices else entry.size,
    }
    if entry.slices:
        found["parts"] = len(entry.slices)
    if stats and (measured := statistics(reader.read(key))):
        found["stats"] = measured
    return found
