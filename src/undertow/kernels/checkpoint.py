"""Matrices of a checkpoint whose rows or columns belong to the entries of a vocabulary that has changed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..formats.checkpoint import open_checkpoint
from ..graph.errors import FailedPreconditionError, UnimplementedError
from .lookup import vocabulary_lines
from .registry import invalid, kernel


def _text(value: np.ndarray) -> str:
    return value.reshape(-1)[0].decode(errors="surrogateescape")


@kernel("GenerateVocabRemapping", host=("new_vocab_file", "old_vocab_file"), on_host=True)
def generate_vocab_remapping(
    new_vocab_file: np.ndarray,
    old_vocab_file: np.ndarray,
    *,
    new_vocab_offset: int,
    num_new_vocab: int,
    old_vocab_size: int,
) -> tuple[Tensor, Tensor]:
    new = vocabulary_lines(_text(new_vocab_file), -1)
    if num_new_vocab and new_vocab_offset + num_new_vocab > len(new):
        raise invalid("lookup table size must be larger than last new vocab entry's line")
    old: dict[bytes, int] = {}
    for number, entry in enumerate(vocabulary_lines(_text(old_vocab_file), old_vocab_size)):
        if old.setdefault(entry, number) != number:
            raise FailedPreconditionError(
                None, None, f"{_text(old_vocab_file)} has {entry.decode('utf-8', 'replace')!r} in two lines."
            )
    found = [old.get(entry, -1) for entry in new[new_vocab_offset : new_vocab_offset + num_new_vocab]]
    present = len(found) - found.count(-1)
    return torch.tensor(found, dtype=torch.int64), torch.tensor(present, dtype=torch.int32)


@kernel("LoadAndRemapMatrix", host=("ckpt_path", "old_tensor_name", "row_remapping", "col_remapping"))
def load_and_remap_matrix(
    ckpt_path: np.ndarray,
    old_tensor_name: np.ndarray,
    row_remapping: Tensor,
    col_remapping: Tensor,
    initializing_values: Tensor,
    *,
    num_rows: int,
    num_cols: int,
) -> Tensor:
    if ckpt_path.size != 1:
        raise invalid(f"The `ckpt_path` tensor must have exactly one element, got {ckpt_path.size}.")
    old = _matrix(_text(ckpt_path), _text(old_tensor_name))
    rows, columns = row_remapping.tolist(), col_remapping.tolist()
    if len(rows) != num_rows:
        raise invalid(f"Size of row_remapping is {len(rows)} instead of being equal to num_rows={num_rows}")
    if columns and len(columns) != num_cols:
        raise invalid(f"Size of col_remapping is {len(columns)} instead of being equal to num_cols={num_cols}")
    if not columns and old.shape[1] != num_cols:
        raise invalid(
            f"Tensor {_text(old_tensor_name)} has shape [{old.shape[0]},{old.shape[1]}], where the size of its 2nd "
            f"dimension is {old.shape[1]} instead of being equal to num_cols={num_cols}"
        )
    columns = columns or list(range(num_cols))
    _check_ids(rows, old.shape[0])
    _check_ids(columns, old.shape[1])
    given = initializing_values.reshape(-1)
    found = torch.empty(num_rows, num_cols)
    there = torch.tensor(rows).reshape(-1, 1).ge(0) & torch.tensor(columns).reshape(1, -1).ge(0)
    missing = there.numel() - int(there.sum())
    if missing > len(given):
        raise invalid(f"initializing_values contained {len(given)} elements, but more missing values remain.")
    if missing < len(given):
        raise invalid(
            f"initializing_values contained {len(given)} elements, but only {missing} elements were used to fill in "
            "missing values."
        )
    known_rows, known_columns = [r for r in rows if r >= 0], [c for c in columns if c >= 0]
    found[there] = torch.from_numpy(old[np.ix_(known_rows, known_columns)].copy()).reshape(-1)
    found[~there] = given.cpu()
    return found.to(initializing_values.device)


def _matrix(path: str, name: str) -> np.ndarray:
    with open_checkpoint(path) as reader:
        old = reader.read(name, copy=True)
    if old.dtype != np.float32:
        raise invalid(f"Tensor {name} has invalid type {old.dtype} instead of expected type float")
    if old.ndim != 2:
        shape = ",".join(map(str, old.shape))
        raise invalid(f"Tensor {name} has shape [{shape}] of invalid rank {old.ndim} instead of rank 2.")
    return old


def _check_ids(ids: list[int], size: int) -> None:
    seen: dict[int, int] = {}
    for new, old in enumerate(ids):
        if old < 0:
            continue
        if old >= size:
            raise invalid(f"Old ID {old} is not in the old matrix, whose size is {size} there.")
        if old in seen:
            raise UnimplementedError(
                None, None, f"Old ID {old} is mapped to both new ID {seen[old]} and {new}, which is not supported."
            )
        seen[old] = new
