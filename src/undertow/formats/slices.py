"""TensorFlow's V1 checkpoints: one table file, or several of which each holds some tensors (`sharded`).

A file is a table (`formats.table`) of `SavedTensorSlices` messages. That of the empty key says which tensors there are,
their types, shapes and slices; under each slice's key (as in `formats.bundle`) are its elements.

Source: the published schema saved_tensor_slice.proto, and what TensorFlow 1.15.5 and 2.21 write.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from ..graph.dtypes import DType, as_dtype
from ..graph.errors import DataLossError, InvalidArgumentError, NotFoundError, unbuilt
from .bundle.layout import HEADER_KEY, WHOLE, Slice, object_array
from .bundle.layout import _slice_fields as slice_fields
from .bundle.layout import _slice_of as slice_of
from .bundle.reader import _all_of as all_of
from .bundle.reader import _index as index_of
from .messages import SavedTensorSlices
from .os_errors import os_errors
from .table import build_table, read_table
from .whole import write_whole

# A type -> where a message has its elements, and how they lie there (None: one by one).
_PACKED = {"float32": "float_val", "float64": "double_val", "complex64": "scomplex_val", "complex128": "dcomplex_val"}
_COUNTED = {
    "bool": "bool_val", "int8": "int_val", "int16": "int_val", "int32": "int_val", "int64": "int64_val",
    "uint8": "int_val", "uint16": "int_val", "uint32": "uint32_val", "uint64": "uint64_val", "qint8": "int_val",
    "quint8": "int_val", "qint32": "int_val", "float16": "half_val",
}  # fmt: skip


@dataclass
class _Stored:
    """A tensor, and where its slices are: in which table, under which key."""

    dtype: DType
    shape: tuple[int, ...]
    parts: list[tuple[Slice, dict[bytes, bytes], bytes, str]] = field(default_factory=list)


class SlicesReader:
    """The tensors of the V1 checkpoint `prefix` (a file, or a pattern of files), by name; also a context manager.

    It is read as `bundle.BundleReader` is.

    Raises:
      NotFoundError: there is no such checkpoint.
      DataLossError: a file is damaged.
    """

    def __init__(self, prefix: str | os.PathLike[str]) -> None:
        self._prefix = os.fspath(prefix)
        self._tensors: dict[str, _Stored] = {}
        files = _files(self._prefix)
        if not files:
            raise NotFoundError(
                None,
                None,
                f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {self._prefix}",
            )
        for path in files:
            self._add(path)

    def __enter__(self) -> SlicesReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, key: str) -> bool:
        return key in self._tensors

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def close(self) -> None:
        """Nothing is open: the files were read."""

    def keys(self) -> list[str]:
        """The tensors' names, sorted; a partitioned variable is one name."""
        return sorted(self._tensors)

    def shape(self, key: str) -> tuple[int, ...]:
        return self._stored(key).shape

    def dtype(self, key: str) -> DType:
        return self._stored(key).dtype

    def slices(self, key: str) -> tuple[Slice, ...]:
        """The parts in which a partitioned variable is stored; none for another tensor."""
        parts = [part for part, *_ in self._stored(key).parts]
        return () if len(parts) == 1 and parts[0].shape == parts[0].full_shape else tuple(parts)

    def read(self, key: str, part: Slice | None = None, *, copy: bool = False) -> np.ndarray[Any, Any]:
        """The tensor `key`, or the `part` of it; an array of the caller's own, with or without `copy`.

        Raises:
          NotFoundError: there is no such tensor.
          DataLossError: the data is damaged, or the stored slices do not cover what is asked for.
          InvalidArgumentError: `part` is of a tensor of another shape.
        """
        stored = self._stored(key)
        if part is not None and (part.full_shape != stored.shape or not part.is_sound()):
            raise InvalidArgumentError(
                None,
                None,
                f"{self._prefix}: {key}: a slice of shape {list(part.full_shape)} was asked for, the tensor's shape in "
                f"the checkpoint is {list(stored.shape)}.",
            )
        wanted = part or all_of(stored.shape)
        pieces = []
        for place, table, name, path in stored.parts:
            starts, ends = tuple(map(max, place.starts, wanted.starts)), tuple(map(min, place.ends, wanted.ends))
            if not stored.shape or all(a < b for a, b in zip(starts, ends)) or not prod(wanted.shape):
                piece = _elements(table, name, place, stored.dtype, f"{path}: {key}")
                if place.starts == wanted.starts and place.shape == wanted.shape:
                    return piece
                pieces.append((piece, place, starts, ends))
        if prod(wanted.shape) > sum(piece.size for piece, *_ in pieces):  # before it is believed
            raise self._loss(key, f"its slices do not add up to the shape {list(wanted.shape)}")
        array = np.empty(wanted.shape, stored.dtype.as_numpy_dtype)
        missing = np.ones(wanted.shape, bool)
        for piece, place, starts, ends in pieces:
            to = index_of(starts, ends, wanted.starts)
            array[to] = piece[index_of(starts, ends, place.starts)]
            missing[to] = False
        if missing.any():
            raise self._loss(key, f"its slices do not cover the shape {list(wanted.shape)}")
        return array

    def _stored(self, key: str) -> _Stored:
        if key not in self._tensors:
            raise NotFoundError(None, None, f'Tensor name "{key}" not found in checkpoint files {self._prefix}')
        return self._tensors[key]

    def _loss(self, key: str, what: str) -> DataLossError:
        return DataLossError(None, None, f"{self._prefix}: {key}: {what}.")

    def _add(self, path: str) -> None:
        """Note what is in a file."""
        with os_errors(path), open(path, "rb") as file:
            table = read_table(file.read(), path)
        meta = _parse(table.pop(HEADER_KEY, b""), path, "the list of tensors")
        if not meta.HasField("meta"):
            raise DataLossError(None, None, f"{path}: the list of tensors is missing.")
        for told in meta.meta.tensor:
            shape = tuple(dim.size for dim in told.shape.dim)
            place = f"{path}: {told.name}"
            if told.shape.unknown_rank or any(size < 0 for size in shape) or prod(shape) >= 1 << 60:
                raise DataLossError(None, None, f"{place}: a stored tensor cannot have the shape {shape}.")
            try:
                dtype = as_dtype(told.type).base_dtype
            except TypeError:
                raise unbuilt(f"{place}: the type number {told.type}") from None
            stored = self._tensors.setdefault(told.name, _Stored(dtype, shape))
            if (stored.dtype, stored.shape) != (dtype, shape):
                raise DataLossError(None, None, f"{place}: its parts are of different shapes or types.")
            for proto in told.slice:
                part = slice_of(proto, shape)
                if not part.is_sound():
                    raise DataLossError(None, None, f"{place}: a slice lies outside the shape {shape}.")
                stored.parts.append((part, table, part.key(told.name.encode()), path))


def _files(prefix: str) -> list[str]:
    if os.path.isfile(prefix):
        return [prefix]
    return sorted(path for path in glob.glob(prefix) if os.path.isfile(path))


def _parse(data: bytes, path: str, what: str) -> Any:
    try:
        return SavedTensorSlices.FromString(data)
    except Exception as error:  # protobuf's DecodeError is another class in each of its implementations
        raise DataLossError(None, None, f"{path}: {what} cannot be read: {error}") from None


def _elements(table: dict[bytes, bytes], key: bytes, part: Slice, dtype: DType, place: str) -> np.ndarray[Any, Any]:
    """The elements of one slice."""
    if key not in table:
        raise DataLossError(None, None, f"{place}: its slice {key!r} is missing.")
    values = _parse(table[key], place, "a slice").data.data
    array: np.ndarray[Any, Any]
    if dtype.name == "string":
        array = object_array(list(values.string_val), (len(values.string_val),))
    elif dtype.name in _PACKED:
        data = b"".join(getattr(values, _PACKED[dtype.name]))
        size = np.dtype(dtype.as_numpy_dtype).itemsize
        if len(data) % size:
            raise DataLossError(None, None, f"{place}: {len(data)} bytes cannot be elements of {dtype.name}.")
        array = np.frombuffer(data, dtype.as_numpy_dtype).copy()
    elif dtype.name in _COUNTED:
        numbers = np.array(getattr(values, _COUNTED[dtype.name]))
        narrow = np.dtype(np.uint16 if dtype.name == "float16" else dtype.as_numpy_dtype)
        array = numbers.astype(narrow)
        if array.size and narrow.kind in "iu" and not np.array_equal(array, numbers):
            raise DataLossError(None, None, f"{place}: an element is no {dtype.name}.")
        array = array.view(np.float16) if dtype.name == "float16" else array
    else:
        raise unbuilt(f"{place}: reading the type {dtype.name} from a checkpoint of the V1 format")
    if array.size != prod(part.shape):
        raise DataLossError(None, None, f"{place}: a slice of shape {list(part.shape)} has {array.size} elements.")
    return array.reshape(part.shape)


def write_slices(path: str | os.PathLike[str], pieces: Iterable[tuple[str, str, Any]]) -> None:
    """Write `pieces` (name, shape and slice, array), the form of `SaveSlices`' inputs, as a V1 checkpoint's file.

    Whole or not at all, and byte for byte as TensorFlow writes it.

    Raises:
      InvalidArgumentError: a name is empty or its parts do not go together, or an array does not fit its slice.
      UnimplementedError: an array is of a type that the format cannot hold.
      NotFoundError, PermissionDeniedError …: the operating system said no.
    """
    listed = SavedTensorSlices()
    listed.meta.versions.producer = 1
    listed.meta.versions.min_consumer = 0
    metas: dict[str, Any] = {}
    lines: dict[bytes, bytes] = {}
    for name, spec, value in sorted(pieces, key=lambda piece: piece[0]):
        array = np.asarray(value)
        part = Slice.parse(spec) or Slice(array.shape, (0,) * array.ndim, (WHOLE,) * array.ndim)
        if not name or part.shape != array.shape:
            raise InvalidArgumentError(
                None,
                None,
                f"{name!r}: a slice of shape {list(part.shape)} cannot hold an array of {list(array.shape)}.",
            )
        dtype = as_dtype(array.dtype)
        if name not in metas:
            metas[name] = listed.meta.tensor.add(
                name=name, type=dtype.as_datatype_enum, shape={"dim": [{"size": size} for size in part.full_shape]}
            )
        key = part.key(name.encode())
        told = metas[name]
        if (
            key in lines
            or told.type != dtype.as_datatype_enum
            or [d.size for d in told.shape.dim] != [*part.full_shape]
        ):
            raise InvalidArgumentError(None, None, f"{name!r} is given twice, or in parts that do not go together.")
        told.slice.add(**slice_fields(part))
        lines[key] = _message(name, part, array, dtype)
    data = [(HEADER_KEY, listed.SerializeToString(deterministic=True)), *sorted(lines.items())]
    with os_errors(path):
        write_whole(path, build_table(data))


def _message(name: str, part: Slice, array: np.ndarray[Any, Any], dtype: DType) -> bytes:
    message = SavedTensorSlices(data={"name": name, "slice": slice_fields(part)})
    values = message.data.data
    values.SetInParent()
    if dtype.name == "string":
        values.string_val.extend(s if isinstance(s, bytes) else str(s).encode() for s in array.flat)
    elif dtype.name in _PACKED:
        if array.size:
            getattr(values, _PACKED[dtype.name]).append(np.ascontiguousarray(array).tobytes())
    elif dtype.name in _COUNTED:
        numbers = array.view(np.uint16) if dtype.name == "float16" else array
        getattr(values, _COUNTED[dtype.name]).extend(numbers.astype(object).ravel().tolist())
    else:
        raise unbuilt(f"Saving {name!r} of type {dtype.name} in a checkpoint of the V1 format")
    return bytes(message.SerializeToString(deterministic=True))
