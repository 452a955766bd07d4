"""Records into tensors: examples, CSV lines, raw bytes."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from google.protobuf import json_format
from google.protobuf.message import DecodeError

from ..formats.messages import Example
from ..graph.dtypes import DType, spelled
from ..graph.errors import DataLossError
from ..graph.shape import TensorShape
from .registry import invalid, kernel
from .values import to_torch

_KINDS = {"float_list": "float32", "int64_list": "int64", "bytes_list": "string"}


@kernel("ParseExampleV2", context=True, on_host=True)
def parse_example(
    context: Any,
    serialized: np.ndarray,
    names: np.ndarray,
    sparse_keys: np.ndarray,
    dense_keys: np.ndarray,
    ragged_keys: np.ndarray,
    dense_defaults: list[Any],
) -> Any:
    attrs = context.op.attrs
    single = serialized.ndim == 0
    examples = [_example(data) for data in serialized.reshape(-1).tolist()]
    called = [n.decode() for n in names.reshape(-1).tolist()] or ["<unknown>"] * len(examples)
    sparse = [
        _sparse([_values(e, key.decode(), dtype, n) for e, n in zip(examples, called)], dtype, single)
        for key, dtype in zip(sparse_keys.tolist(), attrs["sparse_types"])
    ]
    dense = [
        _dense(examples, called, key.decode(), dtype, default, shape, single)
        for key, dtype, default, shape in zip(
            dense_keys.tolist(), attrs["Tdense"], dense_defaults, attrs["dense_shapes"]
        )
    ]
    result = [part[i] for i in range(3) for part in sparse] + dense
    return result[0] if len(result) == 1 else result


# As graphs of TensorFlow 1.15 and older have it


@kernel("ParseExample", context=True, on_host=True)
def parse_example_v1(
    context: Any,
    serialized: np.ndarray,
    names: np.ndarray,
    sparse_keys: list[np.ndarray],
    dense_keys: list[np.ndarray],
    dense_defaults: list[Any],
) -> Any:
    keys = [_texts(key.item() for key in group) for group in (sparse_keys, dense_keys)]
    return parse_example(context, serialized, names, *keys, _texts([]), dense_defaults)


@kernel("ParseSingleExample", context=True, on_host=True)
def parse_single_example(context: Any, serialized: np.ndarray, dense_defaults: list[Any]) -> Any:
    told = (context.op.get_attr(f"{kind}_keys") for kind in ("sparse", "dense"))
    return parse_example(context, serialized, _texts([]), *map(_texts, told), _texts([]), dense_defaults)


def _texts(items: Iterable[bytes]) -> np.ndarray:
    return np.array([*items, None], dtype=object)[:-1]


def _example(data: bytes) -> Any:
    try:
        return Example.FromString(data).features.feature
    except DecodeError:
        raise invalid(f"Could not parse example input, value: '{data[:100].decode(errors='replace')}'") from None


def _values(features: Any, key: str, dtype: DType, name: str) -> Any:
    """The list of one feature of one example; None if it has none."""
    if key not in features:
        return None
    feature = features[key]
    kind = feature.WhichOneof("kind")
    if kind is None:
        return None
    if _KINDS[kind] != dtype.name:
        found, wanted = (spelled(n) for n in (_KINDS[kind], dtype.name))
        raise invalid(
            f"Name: {name}, Key: {key}, Index: 0.  Data types don't match. Data type: {found} but expected type: "
            f"{wanted}"
        )
    return getattr(feature, kind).value


def _tensor(values: list[Any], dtype: DType) -> Any:
    return to_torch(np.array(values, dtype=dtype.as_numpy_dtype))


def _sparse(lists: list[Any], dtype: DType, single: bool) -> tuple[Any, Any, Any]:
    indices = [[j] if single else [i, j] for i, values in enumerate(lists) for j in range(len(values or ()))]
    longest = max((len(values or ()) for values in lists), default=0)
    shape = [longest] if single else [len(lists), longest]
    values = [value for values in lists for value in values or ()]
    found = np.array(indices, dtype=np.int64).reshape(len(indices), len(shape))
    return to_torch(found), _tensor(values, dtype), torch.tensor(shape)


def _dense(
    examples: list[Any], names: list[str], key: str, dtype: DType, default: Any, shape: TensorShape, single: bool
) -> Any:
    lists = [_values(e, key, dtype, n) for e, n in zip(examples, names)]
    dims: list[Any] = shape.as_list()
    if dims and dims[0] is None:
        rows = _padded(lists, names, key, dims[1:], dtype, default)
        dims = [len(rows[0]) // max(int(np.prod(dims[1:])), 1) if rows else 0, *dims[1:]]
    else:
        rows = [_exact(values, name, key, dims, dtype, default) for values, name in zip(lists, names)]
    flat = [value for row in rows for value in row]
    return _tensor(flat, dtype).reshape(dims if single else [len(lists), *dims])


def _exact(values: Any, name: str, key: str, dims: Any, dtype: DType, default: Any) -> Any:
    count = int(np.prod(dims))
    kind = spelled(dtype.name)
    if values is None:
        given = default.reshape(-1).tolist()
        if len(given) != count or list(default.shape) != dims:
            raise invalid(f"Name: {name}, Feature: {key} (data type: {kind}) is required but could not be found.")
        return given
    if len(values) != count:
        shown = f"[{','.join(map(str, dims))}]"
        raise invalid(
            f"Name: {name}, Key: {key}, Index: 0.  Number of {kind} values != expected.  "
            f"Values size: {len(values)} but output shape: {shown}"
        )
    return values


def _padded(
    lists: list[Any], names: list[str], key: str, dims: list[Any], dtype: DType, default: Any
) -> list[list[Any]]:
    item = max(int(np.prod(dims)), 1)
    for values, name in zip(lists, names):
        if len(values or ()) % item:
            raise invalid(
                f"Name: {name}, Key: {key}, Index: 0.  Number of {spelled(dtype.name)} values is not a "
                f"multiple of stride length. Saw {len(values)} values but output shape is: "
                f"[{','.join(map(str, ['?', *dims]))}]"
            )
    longest = max((len(values or ()) for values in lists), default=0)
    fill = default.reshape(-1).tolist()[0]
    return [[*(values or ()), *[fill] * (longest - len(values or ()))] for values in lists]


@kernel("DecodeRaw", context=True, on_host=True)
def decode_raw(context: Any, data: np.ndarray) -> torch.Tensor:
    attrs = context.op.attrs
    dtype = np.dtype(attrs["out_type"].as_numpy_dtype)
    strings = data.reshape(-1).tolist()
    size = len(strings[0]) if strings else 0
    for i, text in enumerate(strings):
        if len(text) != size:
            raise invalid(
                "DecodeRaw requires input strings to all be the same size, but element "
                f"{i} has size {size} != {len(text)}"
            )
    if size % dtype.itemsize:
        raise invalid(
            f"Input to DecodeRaw has length {size} that is not a multiple of {dtype.itemsize}, the size of "
            f"{spelled(dtype.name)}"
        )
    order = dtype if dtype.itemsize == 1 else dtype.newbyteorder("<" if attrs["little_endian"] else ">")
    if dtype.kind == "b":
        array = np.frombuffer(b"".join(strings), np.uint8) != 0
    else:
        array = np.frombuffer(b"".join(strings), order).astype(dtype)
    return to_torch(array.reshape(*data.shape, size // dtype.itemsize))


@kernel("DecodeCSV", context=True, on_host=True)
def decode_csv(context: Any, records: np.ndarray, record_defaults: list[Any]) -> Any:
    attrs = context.op.attrs
    chosen, types = attrs["select_cols"], attrs["OUT_TYPE"]
    columns: list[list[Any]] = [[] for _ in types]
    for number, record in enumerate(records.reshape(-1).tolist()):
        fields = _fields(record.decode(errors="surrogateescape"), attrs, number)
        if not chosen and len(fields) != len(types):
            raise invalid(f"Expect {len(types)} fields but have {len(fields)} in record {number}")
        for i, dtype in enumerate(types):
            position = chosen[i] if chosen else i
            if position >= len(fields):
                raise invalid(f"Expect {position + 1} fields or more but have {len(fields)} in record {number}")
            columns[i].append(_field(fields[position], dtype, record_defaults[i], attrs["na_value"], i, number))
    result = [_tensor(values, dtype).reshape(records.shape) for values, dtype in zip(columns, types)]
    return result[0] if len(result) == 1 else result


def _fields(record: str, attrs: dict[str, Any], number: int) -> list[str]:
    quoting: Any = csv.QUOTE_MINIMAL if attrs["use_quote_delim"] else csv.QUOTE_NONE
    try:
        rows = list(csv.reader([record], delimiter=attrs["field_delim"], quoting=quoting, strict=True))
    except csv.Error as error:
        raise invalid(f"Record {number} is no line of CSV: {error}") from None
    return rows[0] or [""] if rows else [""]


def _field(text: str, dtype: DType, default: Any, missing: str, column: int, number: int) -> Any:
    if text in ("", missing):
        given = default.reshape(-1).tolist()
        if not given:
            raise invalid(f"Field {column} is required but missing in record {number}!")
        return given[0]
    if dtype.name == "string":
        return text.encode(errors="surrogateescape")
    try:
        value = int(text) if dtype.is_integer else float(text)
        limits = np.iinfo(dtype.as_numpy_dtype) if dtype.is_integer else None
        if limits is not None and not limits.min <= value <= limits.max:
            raise ValueError
    except ValueError:
        name = spelled(dtype.name)
        raise invalid(f"Field {column} in record {number} is not a valid {name}: {text}") from None
    return value


@kernel("DecodeCompressed", on_host=True)
def decode_compressed(data: np.ndarray, *, compression_type: str | bytes) -> np.ndarray:
    kind = compression_type.decode() if isinstance(compression_type, bytes) else compression_type
    if kind not in _WINDOWS:
        raise invalid("Only ZLIB, GZIP or NONE are supported compressions")
    result = np.empty(data.size, dtype=object)
    for i, text in enumerate(data.reshape(-1).tolist()):
        try:
            result[i] = zlib.decompress(text, _WINDOWS[kind]) if kind else text
        except zlib.error as error:
            raise DataLossError(None, None, f"inflate() failed: {error}") from None
    return result.reshape(data.shape)


_WINDOWS = {"": 0, "ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS | 16}


@kernel("DecodeJSONExample", on_host=True)
def decode_json_example(json_examples: np.ndarray) -> np.ndarray:
    result = np.empty(json_examples.size, dtype=object)
    for i, text in enumerate(json_examples.reshape(-1).tolist()):
        try:
            result[i] = json_format.Parse(text, Example()).SerializeToString(deterministic=True)
        except json_format.ParseError as error:
            raise invalid(f"Error while parsing JSON: {error}") from None
    return result.reshape(json_examples.shape)
