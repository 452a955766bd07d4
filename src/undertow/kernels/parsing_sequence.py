"""Serialized SequenceExamples into tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from google.protobuf.message import DecodeError

from ..formats.messages import SequenceExample
from ..graph.dtypes import DType, spelled
from .parsing import _KINDS, _tensor
from .registry import invalid, kernel

# A feature of one example, a list of values; None if it is not there.
_Values = Any


def _example(data: bytes) -> Any:
    try:
        return SequenceExample.FromString(data)
    except DecodeError:
        raise invalid(f"Could not parse example input, value: '{data[:100].decode(errors='replace')}'") from None


def _values(feature: Any, dtype: DType) -> tuple[_Values, bool]:
    """The values of a feature, and whether they are of `dtype`."""
    kind = feature.WhichOneof("kind")
    if kind is None:
        return None, True
    return list(getattr(feature, kind).value), _KINDS[kind] == dtype.name


def _shown(shape: Any) -> str:
    return f"[{','.join(map(str, shape))}]"


class _Reader:
    """Reads features of one example, and tells what is wrong with them as the op does."""

    def __init__(self, data: bytes, name: str, single: bool) -> None:
        self.example, self.name, self.single = _example(data), name, single

    def context(self, key: str, dtype: DType) -> _Values:
        features = self.example.context.feature
        if key not in features:
            return None
        values, fits = _values(features[key], dtype)
        if not fits:
            raise invalid(
                f"Name: {self.name}, Context feature: {key}.  Data types don't match. "
                f"Expected type: {spelled(dtype.name)}  Feature is: {features[key]}"
            )
        return values

    def context_dense(self, key: str, dtype: DType, shape: list[int], default: Any) -> list[Any]:
        values = self.context(key, dtype)
        if values is None:
            if list(default.shape) != shape:
                if self.single:
                    raise invalid(f"Name: {self.name}, Context feature '{key}' is required but could not be found.")
                raise invalid(f"Inconsistent number of elements for feature {key}: 0 vs {math.prod(shape)}")
            return default.reshape(-1).tolist()
        if len(values) != math.prod(shape):
            if not self.single:
                raise invalid(f"Unexpected number of elements in example {self.name}")
            raise invalid(
                f"Name: {self.name}, Key: {key}, Index: 0.  Number of {spelled(dtype.name)} values != expected.  "
                f"values size: {len(values)} but output shape: {_shown(shape)}"
            )
        return values

    def steps(self, key: str, dtype: DType) -> list[_Values] | None:
        lists = self.example.feature_lists.feature_list
        if key not in lists:
            return None
        found = []
        for i, feature in enumerate(lists[key].feature):
            values, fits = _values(feature, dtype)
            if not fits:
                if not self.single:
                    raise invalid(f"Error in sequence feature {key} in example {self.name}")
                raise invalid(
                    f"Name: {self.name}, Feature list: {key}, Index: {i}.  Data types don't match. Expected type: "
                    f"{spelled(dtype.name)}  Feature is: {feature}"
                )
            found.append(values or [])
        return found

    def dense_steps(self, key: str, dtype: DType, shape: list[int], may_be_missing: bool) -> list[_Values]:
        steps = self.steps(key, dtype)
        if steps is None and not may_be_missing:
            if not self.single:
                raise invalid(f"Missing feature {key} in example {self.name}")
            raise invalid(
                f"Name: {self.name}, Feature list '{key}' is required but could not be found.  Did you mean to include "
                "it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?"
            )
        for i, values in enumerate(steps or ()):
            if len(values) != math.prod(shape):
                if not self.single:
                    raise invalid(f"Unexpected number of elements in feature {key}, example {self.name}")
                raise invalid(
                    f"Name: {self.name}, Key: {key}, Index: {i}.  Number of {spelled(dtype.name)} values != expected.  "
                    f"values size: {len(values)} but output shape: {_shown(shape)}"
                )
        return steps or []


def _sparse(nested: Any, depth: int, dtype: DType) -> tuple[Any, Any, Any]:
    """Nested lists of `depth` levels as the parts of a sparse tensor."""
    indices: list[tuple[int, ...]] = []
    flat: list[Any] = []
    sizes = [0] * depth

    def walk(items: Any, place: tuple[int, ...]) -> None:
        sizes[len(place)] = max(sizes[len(place)], len(items))
        for i, item in enumerate(items):
            if len(place) + 1 < depth:
                walk(item or [], (*place, i))
            else:
                indices.append((*place, i))
                flat.append(item)

    walk(nested or [], ())
    return torch.tensor(indices, dtype=torch.int64).reshape(-1, depth), _tensor(flat, dtype), torch.tensor(sizes)


def _by_part(parts: list[tuple[Any, Any, Any]]) -> list[Any]:
    return [part[i] for i in range(3) for part in parts]


def _keys(keys: Any) -> list[str]:
    every = keys if isinstance(keys, list) else [keys]
    return [key.decode() for array in every for key in array.reshape(-1).tolist()]


@kernel("ParseSingleSequenceExample", context=True, on_host=True)
def parse_single(
    context: Any, serialized: np.ndarray, missing: np.ndarray, context_sparse: Any, context_dense: Any,
    list_sparse: Any, list_dense: Any, defaults: list[Any], debug_name: np.ndarray,
) -> Any:  # fmt: skip
    attrs = context.op.attrs
    reader = _Reader(bytes(serialized[()]), debug_name.reshape(-1)[0].decode() if debug_name.size else "", single=True)
    may_be_missing = _keys(missing)
    result = _by_part([
        _sparse(reader.context(key, dtype), 1, dtype)
        for key, dtype in zip(_keys(context_sparse), attrs["context_sparse_types"])
    ])  # fmt: skip
    for key, dtype, shape, default in zip(
        _keys(context_dense), attrs["Tcontext_dense"], attrs["context_dense_shapes"], defaults
    ):
        values = reader.context_dense(key, dtype, shape.as_list(), default)
        result.append(_tensor(values, dtype).reshape(shape.as_list()))
    result += _by_part([
        _sparse(reader.steps(key, dtype), 2, dtype)
        for key, dtype in zip(_keys(list_sparse), attrs["feature_list_sparse_types"])
    ])  # fmt: skip
    for key, dtype, shape in zip(
        _keys(list_dense), attrs["feature_list_dense_types"], attrs["feature_list_dense_shapes"]
    ):
        steps = reader.dense_steps(key, dtype, shape.as_list(), key in may_be_missing)
        flat = [value for values in steps for value in values]
        result.append(_tensor(flat, dtype).reshape(len(steps), *shape.as_list()))
    return result[0] if len(result) == 1 else result


@kernel("ParseSequenceExampleV2", context=True, on_host=True)
def parse_many(
    context: Any, serialized: np.ndarray, debug_name: np.ndarray, context_sparse: Any, context_dense: Any,
    context_ragged: Any, list_sparse: Any, list_dense: Any, list_ragged: Any, may_be_missing: Any, defaults: list[Any],
) -> Any:  # fmt: skip
    attrs = context.op.attrs
    names = _keys(debug_name) or ["<unknown>"] * len(serialized)
    readers = [_Reader(data, name, single=False) for data, name in zip(serialized.tolist(), names)]
    result = _by_part([
        _sparse([reader.context(key, dtype) for reader in readers], 2, dtype)
        for key, dtype in zip(_keys(context_sparse), attrs["context_sparse_types"])
    ])  # fmt: skip
    for key, dtype, shape, default in zip(
        _keys(context_dense), attrs["Tcontext_dense"], attrs["context_dense_shapes"], defaults
    ):
        rows = [reader.context_dense(key, dtype, shape.as_list(), default) for reader in readers]
        result.append(_tensor([v for row in rows for v in row], dtype).reshape(len(rows), *shape.as_list()))
    result += _by_part([
        _sparse([reader.steps(key, dtype) for reader in readers], 3, dtype)
        for key, dtype in zip(_keys(list_sparse), attrs["feature_list_sparse_types"])
    ])  # fmt: skip
    lengths = []
    for key, dtype, shape, optional in zip(
        _keys(list_dense), attrs["feature_list_dense_types"], attrs["feature_list_dense_shapes"],
        may_be_missing.tolist(),
    ):  # fmt: skip
        dims = shape.as_list()
        found = [reader.dense_steps(key, dtype, dims, optional) for reader in readers]
        longest, size = max(map(len, found), default=0), math.prod(dims)
        nothing = [b"" if dtype.name == "string" else 0] * size
        flat = [v for steps in found for values in steps + [nothing] * (longest - len(steps)) for v in values]
        result.append(_tensor(flat, dtype).reshape(len(found), longest, *dims))
        lengths.append(torch.tensor([len(steps) for steps in found], dtype=torch.int64))
    result += lengths
    return result[0] if len(result) == 1 else result
