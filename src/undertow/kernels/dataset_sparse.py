"""Datasets: sparse tensors, which travel as one value: an object array of indices, values and shape, [..., 3]."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch

from .dataset import Data, Element, handle, told
from .dataset_batch import Chunks
from .registry import invalid, kernel


def _packed(*parts: Any) -> np.ndarray:
    result = np.empty(3, dtype=object)
    for i, part in enumerate(parts):
        result[i] = part
    return result


@kernel("SerializeSparse", on_host=True)
def serialize(indices: Any, values: Any, shape: Any) -> np.ndarray:
    return _packed(indices, values, shape)


@kernel("SerializeManySparse", on_host=True)
def serialize_rows(indices: Any, values: Any, shape: Any) -> np.ndarray:
    """A sparse tensor for each index of the first dimension."""
    count = int(shape[0])
    result = np.empty((count, 3), dtype=object)
    for row in range(count):
        here = indices[:, 0] == row
        among = here if isinstance(values, torch.Tensor) else here.numpy()
        result[row] = _packed(indices[here][:, 1:], values[among], shape[1:])
    return result


@kernel("DeserializeSparse", on_host=True)
def deserialize(serialized: np.ndarray) -> list[Any]:
    if serialized.ndim == 1:
        return list(serialized)
    places = list(np.ndindex(serialized.shape[:-1]))
    parts = [serialized[place] for place in places]
    if not parts:
        raise invalid("A batch of no sparse tensors has no shape.")
    indices = [
        torch.cat([torch.tensor(place, dtype=torch.int64).expand(len(part[0]), -1), part[0]], dim=1)
        for place, part in zip(places, parts)
    ]
    sizes = torch.stack([part[2] for part in parts]).amax(dim=0)
    lead = torch.tensor(serialized.shape[:-1], dtype=torch.int64)
    return [torch.cat(indices), _joined([part[1] for part in parts]), torch.cat([lead, sizes])]


def _joined(values: list[Any]) -> Any:
    return torch.cat(values) if isinstance(values[0], torch.Tensor) else np.concatenate(values)


@kernel("DenseToSparseBatchDataset", on_host=True)
def dense_to_sparse_batch(data: np.ndarray, batch_size: Any, row_shape: Any) -> np.ndarray:
    source: Data = data.item()
    size, dims = told(batch_size), row_shape.tolist()

    def make(elements: list[Element]) -> Element:
        rows = np.empty((len(elements), 3), dtype=object)
        for i, (value,) in enumerate(elements):
            found = list(value.shape)
            if len(found) != len(dims) or any(0 <= d < n for d, n in zip(dims, found)):
                raise invalid(
                    "DenseToSparseBatchDataset: an element of shape "
                    f"[{','.join(map(str, found))}] does not fit the row shape [{','.join(map(str, dims))}]."
                )
            everywhere = torch.tensor(list(itertools.product(*map(range, found))), dtype=torch.int64)
            sizes = torch.tensor([n if d < 0 else d for d, n in zip(dims, found)], dtype=torch.int64)
            rows[i] = _packed(everywhere.reshape(-1, len(found)), value.reshape(-1), sizes)
        return [_packed(*deserialize(rows))]

    return handle(Data(lambda: map(make, Chunks(iter(source), size, False))))
