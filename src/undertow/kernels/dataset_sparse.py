"""Datasets: sparse tensors, which travel as one value: an object array of indices, values and shape, [..., 3]."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch

from .dataset import Data, Element, handle, told
from .dataset_batch import Chunks
from .registry import invalid, kernel
from .sparse_storage import packed, together


@kernel("DenseToSparseBatchDataset", on_host=True)
def dense_to_sparse_batch(data: np.ndarray, batch_size: Any, row_shape: Any) -> np.ndarray:
    source: Data = data.item()
    size, dims = told(batch_size), row_shape.tolist()

    def make(elements: list[Element]) -> Element:
        rows = []
        for (value,) in elements:
            found = list(value.shape)
            if len(found) != len(dims) or any(0 <= d < n for d, n in zip(dims, found)):
                raise invalid(
                    "DenseToSparseBatchDataset: an element of shape "
                    f"[{','.join(map(str, found))}] does not fit the row shape [{','.join(map(str, dims))}]."
                )
            everywhere = torch.tensor(list(itertools.product(*map(range, found))), dtype=torch.int64)
            sizes = torch.tensor([n if d < 0 else d for d, n in zip(dims, found)], dtype=torch.int64)
            rows.append((everywhere.reshape(-1, len(found)), value.reshape(-1), sizes))
        return [packed(together(rows, (len(rows),), "shape"))]

    return handle(Data(lambda: map(make, Chunks(iter(source), size, False))))
