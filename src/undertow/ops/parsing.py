"""Records into tensors: examples, CSV lines, raw bytes. `kernels/parsing.py` does it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/parse_example
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape, as_shape
from . import rules, shaping
from .constant import constant
from .node import convert_to_tensor, node
from .raw import from_table
from .rules import shape_rule
from .sparse_merge import sparse_merge
from .sparse_tensor import SparseTensor

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "decode_compressed": "DecodeCompressed",
    "decode_json_example": "DecodeJSONExample",
    "parse_tensor": "ParseTensor",
    "serialize_tensor": "SerializeTensor",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


shape_rule("DecodeCompressed", "DecodeJSONExample")(rules.unchanged)


@shape_rule("SerializeTensor")
def _(tensor: TensorShape) -> TensorShape:
    return TensorShape.of(())


@shape_rule("ParseTensor")
def _(serialized: TensorShape) -> TensorShape:
    rules.with_rank(serialized, 0)
    return TensorShape(None)


class FixedLenFeature(NamedTuple):
    """A feature of one shape in every example; without a default it must be there."""

    shape: Any
    dtype: Any
    default_value: Any = None


class VarLenFeature(NamedTuple):
    """A feature of any length: parsed to a SparseTensor."""

    dtype: Any


class SparseFeature(NamedTuple):
    """A sparse tensor of two features of equal length: where its values are (one key, or one an axis), and they."""

    index_key: Any
    value_key: str
    dtype: Any
    size: Any
    already_sorted: bool = False


class FixedLenSequenceFeature(NamedTuple):
    """A feature that is a list of items of one shape: parsed to a tensor, padded to the longest of the batch."""

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


def parse_example(serialized: Any, features: Any, name: str | None = None, example_names: Any = None) -> dict[str, Any]:
    """Serialized `tf.train.Example`s, [n] strings, to a dict of tensors by the keys of `features`.

    `features` maps keys to `FixedLenFeature`, `VarLenFeature` or `FixedLenSequenceFeature`. `ValueError` for none and
    for values of another kind; `InvalidArgumentError` in the run for examples that are not as told, naming them.
    """
    if not features:
        raise ValueError(f"Missing: features was {features}.")
    with name_scope(name, "ParseExample", [serialized] if isinstance(serialized, Tensor) else []):
        examples = convert_to_tensor(serialized, dtype=dtypes.string, name="serialized")
        return _parsed(examples, features, example_names)


def parse_single_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """One serialized `tf.train.Example`, a scalar string; as `parse_example` without its first dimension."""
    if not features:
        raise ValueError("Missing features.")
    with name_scope(name, "ParseSingleExample", [serialized] if isinstance(serialized, Tensor) else []):
        example = convert_to_tensor(serialized, dtype=dtypes.string, name="serialized")
        if example.shape.ndims not in (None, 0):
            raise ValueError(f"Input serialized must be a scalar, got shape {example.shape}")
        return parse_example(example, features, example_names=example_names)


def _parsed(examples: Tensor, features: Any, example_names: Any) -> dict[str, Any]:
    joined = {key: feature for key, feature in features.items() if isinstance(feature, SparseFeature)}
    if joined:
        plain = {key: feature for key, feature in features.items() if key not in joined}
        found = _parsed(examples, {**plain, **_parts_of_sparse(joined, plain)}, example_names)
        whole = {key: found[key] for key in plain}
        for key, feature in joined.items():
            ids = [found[k] for k in _index_keys(feature)]
            whole[key] = sparse_merge(
                ids, found[feature.value_key], _sizes(feature), already_sorted=feature.already_sorted
            )
        return whole
    sparse = sorted(key for key, feature in features.items() if isinstance(feature, VarLenFeature))
    dense = sorted(set(features) - set(sparse))
    defaults, shapes = [], []
    for key in dense:
        default, shape = _dense(key, features[key])
        defaults.append(default)
        shapes.append(shape)
    outputs = node(
        "ParseExampleV2",
        examples,
        _names([] if example_names is None else example_names),
        _names(sparse),
        _names(dense),
        _names([]),
        defaults,
        num_sparse=len(sparse),
        sparse_types=[dtypes.as_dtype(features[key].dtype) for key in sparse],
        ragged_value_types=[],
        ragged_split_types=[],
        dense_shapes=shapes,
        name="ParseExampleV2",
    )
    result: dict[str, Any] = {
        key: SparseTensor(indices, values, shape)
        for key, indices, values, shape in zip(
            sparse, outputs.sparse_indices, outputs.sparse_values, outputs.sparse_shapes
        )
    }
    result.update(zip(dense, outputs.dense_values))
    return result


def _index_keys(feature: SparseFeature) -> list[str]:
    return [feature.index_key] if isinstance(feature.index_key, str) else list(feature.index_key)


def _sizes(feature: SparseFeature) -> list[Any]:
    return list(feature.size) if isinstance(feature.size, (list, tuple)) else [feature.size]


def _parts_of_sparse(joined: dict[str, SparseFeature], plain: dict[str, Any]) -> dict[str, VarLenFeature]:
    """The features of variable length that sparse ones are made of."""
    parts: dict[str, VarLenFeature] = {}
    for feature in joined.values():
        for what, value in (("index_key", feature.index_key), ("value_key", feature.value_key)):
            if not value:
                raise ValueError(f"Missing {what} for SparseFeature {feature}.")
        if not feature.dtype:
            raise ValueError(f"Missing type for SparseFeature {feature}.")
        wanted = {**dict.fromkeys(_index_keys(feature), dtypes.int64), feature.value_key: feature.dtype}
        for key, dtype in wanted.items():
            told = plain.get(key, parts.get(key))
            if told is not None and told != VarLenFeature(dtypes.as_dtype(dtype)):
                raise ValueError(f"Conflicting type {dtype} vs {told} for feature {key}.")
            parts[key] = VarLenFeature(dtypes.as_dtype(dtype))
    return parts


def _names(names: Any) -> Any:
    """Names, perhaps none at all, as an array of strings; what is a tensor stays one."""
    if isinstance(names, Tensor):
        return names
    return np.array([n.encode() if isinstance(n, str) else n for n in names], dtype=object)


def _dense(key: str, feature: Any) -> tuple[Tensor, TensorShape]:
    """The default of a dense feature as a tensor (empty if it has none), and its shape in one example."""
    if not isinstance(feature, (FixedLenFeature, FixedLenSequenceFeature)):
        raise ValueError(f"Invalid feature {key}:{feature}.")
    if feature.dtype is None:
        raise ValueError(f"Missing type for feature {key}.")
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}.")
    dtype, shape = dtypes.as_dtype(feature.dtype), as_shape(feature.shape)
    if isinstance(feature, FixedLenSequenceFeature):
        if not feature.allow_missing:
            raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
        shape = TensorShape([None]).concatenate(shape)
        default = feature.default_value
        if default is None:
            default = "" if dtype == dtypes.string else 0
        return constant(default, dtype=dtype), shape
    if shape._dims and shape._dims[0] is None:
        raise ValueError(f"First dimension of shape for feature {key} unknown. Consider using FixedLenSequenceFeature.")
    if not shape.is_fully_defined():
        raise ValueError(f"All shapes for feature {key} must be fully defined, got {shape}.")
    if feature.default_value is None:
        return constant([], dtype=dtype), shape
    name = "key_" + re.sub(r"[^A-Za-z0-9_.\-/]", "_", key)
    return shaping.reshape(convert_to_tensor(feature.default_value, dtype=dtype, name=name), shape), shape


@shape_rule("ParseExampleV2")
def _(
    serialized: TensorShape,
    names: TensorShape,
    sparse_keys: TensorShape,
    dense_keys: TensorShape,
    ragged_keys: TensorShape,
    dense_defaults: list[TensorShape],
    *,
    num_sparse: int,
    dense_shapes: list[TensorShape],
) -> list[TensorShape]:
    return _parsed_shapes(serialized, num_sparse, dense_shapes)


def _parsed_shapes(serialized: TensorShape, num_sparse: int, dense_shapes: list[TensorShape]) -> list[TensorShape]:
    rank = None if serialized.ndims is None else serialized.ndims + 1
    result = [TensorShape([None, rank])] * num_sparse
    result += [TensorShape([None])] * num_sparse
    result += [TensorShape([rank])] * num_sparse
    return result + [serialized.concatenate(shape) for shape in dense_shapes]


@shape_rule("ParseExample")
def _(
    serialized: TensorShape,
    names: TensorShape,
    sparse_keys: list[TensorShape],
    dense_keys: list[TensorShape],
    dense_defaults: list[TensorShape],
    *,
    Nsparse: int,
    dense_shapes: list[TensorShape],
) -> list[TensorShape]:
    return _parsed_shapes(serialized, Nsparse, dense_shapes)


@shape_rule("ParseSingleExample")
def _(
    serialized: TensorShape, dense_defaults: list[TensorShape], *, num_sparse: int, dense_shapes: list[TensorShape]
) -> list[TensorShape]:
    return _parsed_shapes(serialized, num_sparse, dense_shapes)


def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: bool = True,
    name: str | None = None,
    bytes: Any = None,
) -> Tensor:
    """The bytes of each string as numbers of `out_type`, in a last dimension of their own.

    `InvalidArgumentError` in the run if the strings differ in size or do not divide into numbers.
    """
    data = bytes if input_bytes is None else input_bytes
    return node("DecodeRaw", data, out_type=out_type, little_endian=little_endian, name=name)


@shape_rule("DecodeRaw")
def _(data: TensorShape) -> TensorShape:
    return data.concatenate(TensorShape([None]))


def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: str | None = None,
    na_value: str = "",
    select_cols: Any = None,
) -> list[Tensor]:
    """CSV lines (RFC 4180) to a list of tensors, one for each column, of the records' shape.

    `record_defaults`: for each column a value, in a list or not, for where it is empty or `na_value`; an empty list of
    a dtype says that it must be there. `ValueError` if `select_cols` is not sorted or not of as many columns.
    """
    if select_cols is not None:
        if sorted(set(select_cols)) != list(select_cols):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols and select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    return node(
        "DecodeCSV",
        records,
        record_defaults,
        field_delim=field_delim,
        use_quote_delim=use_quote_delim,
        na_value=na_value,
        select_cols=select_cols,
        name=name,
    )


@shape_rule("DecodeCSV")
def _(records: TensorShape, record_defaults: list[TensorShape]) -> list[TensorShape]:
    for shape in record_defaults:
        if shape.ndims is not None and shape.ndims > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {shape.ndims}")
    return [records] * len(record_defaults)
