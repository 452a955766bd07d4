"""Checkpoints: how tensors are saved and restored. The formats are `formats/bundle`'s, and V1's `formats/slices`'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np
import torch
from torch import Tensor

from ..formats.bundle import Slice, merge_bundles, write_pieces
from ..formats.checkpoint import CheckpointFile, open_checkpoint
from ..formats.slices import write_slices
from ..graph.dtypes import DType, spelled
from .registry import invalid, kernel


def _texts(value: np.ndarray) -> list[str]:
    return [item.decode(errors="surrogateescape") for item in value.reshape(-1).tolist()]


def _to_array(value: Any) -> np.ndarray:
    if not isinstance(value, Tensor):
        return value
    value = value.detach().cpu().resolve_conj()
    if value.dtype is torch.bfloat16:
        return value.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return value.numpy()


def _to_tensor(array: np.ndarray) -> Tensor:
    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


@kernel("SaveV2", host=("prefix", "tensor_names", "shape_and_slices"))
def save_v2(prefix: np.ndarray, tensor_names: np.ndarray, shape_and_slices: np.ndarray, tensors: list[Any]) -> None:
    write_pieces(_texts(prefix)[0], _pieces(_texts(tensor_names), _texts(shape_and_slices), tensors))


def _pieces(names: list[str], specs: list[str], tensors: list[Any]) -> Iterator[tuple[str, str, np.ndarray]]:
    if not len(names) == len(specs) == len(tensors):
        raise invalid(f"{len(tensors)} tensors, {len(names)} names and {len(specs)} slices were given to save.")
    return ((name, spec, _to_array(tensor)) for name, spec, tensor in zip(names, specs, tensors))


@kernel("RestoreV2", host=("prefix", "tensor_names", "shape_and_slices"), context=True)
def restore_v2(context: Any, prefix: np.ndarray, tensor_names: np.ndarray, shape_and_slices: np.ndarray) -> Any:
    wanted: list[DType] = context.op.attrs["dtypes"]
    with open_checkpoint(_texts(prefix)[0]) as reader:
        found = [
            _restored(reader, name, Slice.parse(spec), dtype)
            for name, spec, dtype in zip(_texts(tensor_names), _texts(shape_and_slices), wanted)
        ]
    return found if len(found) > 1 else found[0]


def _restored(reader: CheckpointFile, name: str, part: Slice | None, dtype: DType) -> Any:
    found = reader.dtype(name)
    if found != dtype:
        raise invalid(
            f"tensor_name = {name}; expected dtype {spelled(dtype.name)} does not equal original dtype "
            f"{spelled(found.name)}"
        )
    array = reader.read(name, part, copy=True)
    return array if array.dtype == object else _to_tensor(array)


# The V1 format


@kernel("Save", host=("filename", "tensor_names"))
def save(filename: np.ndarray, tensor_names: np.ndarray, data: list[Any]) -> None:
    write_slices(_texts(filename)[0], _pieces(_texts(tensor_names), [""] * len(data), data))


@kernel("SaveSlices", host=("filename", "tensor_names", "shapes_and_slices"))
def save_slices(filename: np.ndarray, tensor_names: np.ndarray, shapes_and_slices: np.ndarray, data: list[Any]) -> None:
    write_slices(_texts(filename)[0], _pieces(_texts(tensor_names), _texts(shapes_and_slices), data))


@kernel("Restore", host=("file_pattern", "tensor_name"), context=True)
def restore(context: Any, file_pattern: np.ndarray, tensor_name: np.ndarray) -> Any:
    return _restored_slice(context, file_pattern, tensor_name, "")


@kernel("RestoreSlice", host=("file_pattern", "tensor_name", "shape_and_slice"), context=True)
def restore_slice(context: Any, file_pattern: np.ndarray, tensor_name: np.ndarray, shape_and_slice: np.ndarray) -> Any:
    return _restored_slice(context, file_pattern, tensor_name, _texts(shape_and_slice)[0])


def _restored_slice(context: Any, file_pattern: np.ndarray, tensor_name: np.ndarray, spec: str) -> Any:
    with open_checkpoint(_texts(file_pattern)[0]) as reader:
        return _restored(reader, _texts(tensor_name)[0], Slice.parse(spec), context.op.attrs["dt"])


# Files of several shards


@kernel("ShardedFilename", host=("basename", "shard", "num_shards"))
def sharded_filename(basename: np.ndarray, shard: Tensor, num_shards: Tensor) -> np.ndarray:
    return _scalar(f"{_texts(basename)[0]}-{int(shard):05d}-of-{int(num_shards):05d}")


@kernel("ShardedFilespec", host=("basename", "num_shards"))
def sharded_filespec(basename: np.ndarray, num_shards: Tensor) -> np.ndarray:
    return _scalar(f"{_texts(basename)[0]}-?????-of-{int(num_shards):05d}")


def _scalar(text: str) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = text.encode(errors="surrogateescape")
    return result


@kernel("MergeV2Checkpoints", host=("checkpoint_prefixes", "destination_prefix"))
def merge_v2_checkpoints(
    checkpoint_prefixes: np.ndarray, destination_prefix: np.ndarray, *, delete_old_dirs: bool
) -> None:
    merge_bundles(_texts(checkpoint_prefixes), _texts(destination_prefix)[0], delete_old_dirs=delete_old_dirs)
