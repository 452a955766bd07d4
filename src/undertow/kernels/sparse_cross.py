"""Crosses of features: how each op is done."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .hashing import fingerprint64, fingerprint_cat64
from .registry import invalid, kernel

_OLD_SEED = 0xDECAFCAFFE
_MOST = np.uint64(2**63 - 1)  # hashes are below it where there are no buckets


@kernel("SparseCross", "SparseFeatureCross", "SparseFeatureCrossV2", context=True, on_host=True)
def sparse_cross(
    context: Any, indices: list[Tensor], values: list[Any], shapes: list[Tensor], dense: list[Any]
) -> tuple[Tensor, Any, Tensor]:
    rows = _check(indices, values, shapes, dense)
    columns = [_sparse_rows(where, rows) for where in indices]
    columns += [[range(i * d.shape[1], (i + 1) * d.shape[1]) for i in range(rows)] for d in dense]
    chosen = [list(itertools.product(*parts)) for parts in zip(*columns)]
    picked = np.array([combination for row in chosen for combination in row], np.int64).reshape(-1, len(columns))
    items = [v if isinstance(v, np.ndarray) else v.numpy() for v in (*values, *dense)]
    attrs = context.op.attrs
    if attrs["hashed_output"]:
        hashed = [_numbers(item.reshape(-1))[picked[:, i]] for i, item in enumerate(items)]
        result: Any = _in_buckets(_hashed(attrs, hashed, len(picked)), attrs["num_buckets"])
    else:
        texts = [_texts(item.reshape(-1)) for item in items]
        result = np.empty(len(picked), dtype=object)
        result[:] = [b"_X_".join(text[i] for text, i in zip(texts, row)) for row in picked.tolist()]
    places = [(i, j) for i, row in enumerate(chosen) for j in range(len(row))]
    shape = torch.tensor([rows, max(map(len, chosen), default=0)])
    return torch.tensor(places, dtype=torch.int64).reshape(-1, 2), result, shape


def _check(indices: list[Tensor], values: list[Any], shapes: list[Tensor], dense: list[Any]) -> int:
    """How many rows the inputs have."""
    for i, (where, what, shape) in enumerate(zip(indices, values, shapes)):
        if where.dim() != 2 or where.shape[1] != 2:
            raise invalid(f"Input indices should be a matrix but received shape {list(where.shape)} at position {i}")
        if what.ndim != 1 or len(what) != len(where):
            raise invalid(f"Input values should be a vector of {len(where)} but received {list(what.shape)}")
        if shape.shape != (2,):
            raise invalid(f"Expected D2 of index to be 2 got {len(shape)} at position {i}")
    for i, tensor in enumerate(dense):
        if tensor.ndim != 2:
            raise invalid(f"Dense inputs should be a matrix but received shape {list(tensor.shape)} at position {i}")
    sizes = [int(shape[0]) for shape in shapes] + [len(tensor) for tensor in dense]
    for i, size in enumerate(sizes):
        if size != sizes[0]:
            raise invalid(f"Expected batch size {sizes[0]} got {size} at position {i}")
    for where in indices:
        row = where[:, 0]
        if len(row) and (int(row.min()) < 0 or int(row.max()) >= sizes[0] or bool((row[1:] < row[:-1]).any())):
            raise invalid("The rows in indices are out of order or not in the dense shape.")
    return sizes[0] if sizes else 0


def _sparse_rows(indices: Tensor, rows: int) -> list[range]:
    """For each row of a sparse matrix, which of its values are there."""
    starts = torch.searchsorted(indices[:, 0].contiguous(), torch.arange(rows + 1)).tolist()
    return [range(a, b) for a, b in itertools.pairwise(starts)]


def _texts(values: np.ndarray) -> list[bytes]:
    return values.tolist() if values.dtype == object else [b"%d" % number for number in values.tolist()]


def _numbers(values: np.ndarray) -> np.ndarray:
    return fingerprint64(values.tolist()) if values.dtype == object else values.astype(np.int64).view(np.uint64)


def _hashed(attrs: dict[str, Any], columns: list[np.ndarray], count: int) -> np.ndarray:
    key = attrs.get("hash_key")
    state = np.full(count, _OLD_SEED if key is None else key & (2**64 - 1), np.uint64)
    for column in columns:
        if key is not None:
            state = fingerprint_cat64(state, column)
        else:  # the older hash shifts signed numbers
            shifted = (state.view(np.int64) >> np.int64(4)).view(np.uint64)
            state = state ^ (column + np.uint64(0x9E3779B97F4A7800) + (state << np.uint64(10)) + shifted)
    return state


def _in_buckets(hashes: np.ndarray, num_buckets: int) -> Tensor:
    return torch.from_numpy((hashes % (np.uint64(num_buckets) if num_buckets else _MOST)).astype(np.int64))
