"""Writing a checkpoint, so that a reader finds the old one or the new one whatever happens in between."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from undertow.formats.bundle.layout import (
    HEADER_KEY,
    SLICE_MARK,
    VERSION,
    Entry,
    Slice,
    index_path,
    pack_strings,
    shard_path,
)
from undertow.formats.bundle.reader import BundleReader
from undertow.formats.crc32c import masked_crc32c
from undertow.formats.messages import BundleHeaderProto
from undertow.formats.os_errors import os_errors
from undertow.formats.table import build_table
from undertow.formats.whole import write_whole
from undertow.graph.dtypes import as_dtype
from undertow.graph.errors import InvalidArgumentError, unbuilt


def write_bundle(prefix: str | os.PathLike[str], tensors: Mapping[str, Any], *, num_shards: int = 1) -> None:
    """Write `tensors` (name to array, or what NumPy makes one of) as the V2 checkpoint `prefix`.

    The tensors are asked for one after the other, so a mapping may make each when it is asked for. With more
    than one shard, each goes to the file that is then the smallest. See `write_pieces` for what is raised.
    """
    write_pieces(prefix, ((name, "", value) for name, value in tensors.items()), num_shards=num_shards)


def write_pieces(
    prefix: str | os.PathLike[str], pieces: Iterable[tuple[str, str, Any]], *, num_shards: int = 1
) -> None:
    """Write `pieces` (name, shape and slice, array), the form of `SaveV2`'s inputs, as the V2 checkpoint `prefix`.

    A shape and slice is "" for a whole tensor; "5 3 0,2:-" says that the array is rows 0 and 1 of a 5x3 one.
    The data is on the disk before the index is, and a checkpoint that was there stays whole until then.

    Raises:
      InvalidArgumentError: a name is empty or given twice, or an array does not fit its slice.
      UnimplementedError: an array is of a type that a checkpoint cannot hold.
      NotFoundError, PermissionDeniedError, ResourceExhaustedError …: the operating system said no.
    """
    if num_shards < 1:
        raise InvalidArgumentError(None, None, f"A checkpoint cannot have {num_shards} shards.")
    prefix = os.fspath(prefix)
    entries: dict[bytes, Entry] = {}
    with os_errors(prefix), _temporaries(prefix, num_shards) as (temporaries, files):
        for name, spec, value in pieces:
            shard = min(range(num_shards), key=lambda i: files[i].tell())
            _add(entries, name, Slice.parse(spec), value, shard, files[shard])
        for file in files:
            file.flush()
            os.fsync(file.fileno())
        _publish(prefix, temporaries, entries)


def merge_bundles(
    prefixes: Iterable[str | os.PathLike[str]], prefix: str | os.PathLike[str], *, delete_old_dirs: bool = True
) -> None:
    """Make one checkpoint of several, whose files of data become its shards (`MergeV2Checkpoints`).

    The old checkpoints are gone afterwards, and with `delete_old_dirs` their folders too, where they are empty.

    Raises:
      InvalidArgumentError: two of them hold a tensor of one name, and it is not two parts of one variable.
      NotFoundError, DataLossError: one of them is not there, or its index is damaged.
    Source: https://www.tensorflow.org/api_docs/python/tf/raw_ops/MergeV2Checkpoints
    """
    prefix = os.fspath(prefix)
    olds = [os.fspath(old) for old in prefixes]
    if prefix in olds:
        raise InvalidArgumentError(None, None, f"{prefix} cannot be merged into itself.")
    entries: dict[bytes, Entry] = {}
    shards: list[str] = []
    for old in olds:
        with BundleReader(old) as reader:
            for key, entry in reader.raw_entries():
                known = entries.get(key)
                if entry.slices and known is not None and known.slices:
                    if (known.shape, known.dtype) != (entry.shape, entry.dtype):
                        raise InvalidArgumentError(
                            None,
                            None,
                            f"{old}: the parts of {key.decode(errors='replace')} are of different shapes or types.",
                        )
                    entries[key] = replace(known, slices=known.slices + entry.slices)
                elif known is not None:
                    raise InvalidArgumentError(
                        None,
                        None,
                        f"Duplicate tensor keyed by {key.decode(errors='replace')} encountered, "
                        f"when merging prefix: {old}",
                    )
                else:
                    entries[key] = replace(entry, shard=0 if entry.slices else entry.shard + len(shards))
            shards += _shard_paths(old, reader.num_shards)
    with os_errors(prefix):
        _make_folder(prefix)
        _publish(prefix, shards, entries)
        for old in olds:
            os.unlink(index_path(old))
        if delete_old_dirs:
            for folder in {os.path.dirname(old) for old in olds} - {os.path.dirname(prefix), ""}:
                with suppress(OSError):  # not empty
                    os.rmdir(folder)


def _add(entries: dict[bytes, Entry], name: str, part: Slice | None, value: Any, shard: int, file: BinaryIO) -> None:
    """Write the array `value` at the end of `file`, and its line (two for a part of a tensor) to `entries`."""
    key = name.encode(errors="surrogateescape")
    if not key or key.startswith(SLICE_MARK):
        raise InvalidArgumentError(None, None, f"A checkpoint cannot hold a tensor named {name!r}.")
    array = np.asarray(value)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    try:
        dtype = as_dtype(array.dtype)
    except TypeError:
        raise unbuilt(f"Saving {name!r} of NumPy's type {array.dtype}") from None
    if part is not None and part.shape != array.shape:
        raise InvalidArgumentError(
            None, None, f"{name}: a slice of shape {list(part.shape)} cannot hold an array of {list(array.shape)}."
        )
    if part is not None and part.shape != part.full_shape:
        whole = entries.setdefault(key, Entry(dtype, part.full_shape, 0, 0, 0, 0, ()))
        if (not whole.slices and whole.size) or (whole.dtype, whole.shape) != (dtype, part.full_shape):
            raise InvalidArgumentError(None, None, f"{name}: its parts are of different shapes or types.")
        entries[key] = replace(whole, slices=(*whole.slices, part))
        key = part.key(key)
    if key in entries:
        raise InvalidArgumentError(None, None, f"Adding duplicate key: {name}")
    offset = file.tell()
    if dtype.name == "string":
        data, crc = pack_strings(array.ravel().tolist())
        file.write(data)
    else:
        elements = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        crc = masked_crc32c(elements)
        file.write(elements.data)
    entries[key] = Entry(dtype, array.shape, shard, offset, file.tell() - offset, crc, ())


@contextmanager
def _temporaries(prefix: str, count: int) -> Iterator[tuple[list[str], list[BinaryIO]]]:
    """New files beside the checkpoint, open to be written; what is left of them at the end is removed."""
    _make_folder(prefix)
    folder, base = os.path.split(prefix)
    token = secrets.token_hex(4)
    paths = [os.path.join(folder, f".{base}.data-{i:05d}.{token}") for i in range(count)]
    try:
        with ExitStack() as stack:
            yield paths, [stack.enter_context(open(path, "xb")) for path in paths]
    finally:
        for path in paths:
            _unlink(path)


def _publish(prefix: str, files: list[str], entries: dict[bytes, Entry]) -> None:
    """Make `files` the shards of the checkpoint `prefix`, and `entries` its index.

    One rename, the index's, changes the old checkpoint into the new one. Where the new shards' names are those of
    the old ones, they are first linked under names of another number of shards, and an index with that number is
    put in place: the old data can then give way to the new.
    """
    before = _data_files(prefix)
    current = _shard_paths(prefix, len(files))
    if before.isdisjoint(current):
        _move(files, current)
        _write_index(prefix, len(files), entries)
    else:
        count = len(files) + 1
        while not before.isdisjoint(_shard_paths(prefix, count)):
            count += 1
        spare = _shard_paths(prefix, count)[: len(files)]
        linked = _link_or_move(files, spare)
        _write_index(prefix, count, entries)
        if linked:
            _move(files, current)
            _write_index(prefix, len(files), entries)
            before.update(spare)
        else:
            current = spare
    for path in before.difference(current):
        _unlink(path)


def _write_index(prefix: str, num_shards: int, entries: dict[bytes, Entry]) -> None:
    _sync_folder(prefix)  # the shards' names reach the disk before the index that counts on them
    header = BundleHeaderProto(num_shards=num_shards, version={"producer": VERSION})
    lines = [(key, entry.serialize()) for key, entry in entries.items()]
    lines.append((HEADER_KEY, header.SerializeToString(deterministic=True)))
    write_whole(index_path(prefix), build_table(sorted(lines)))
    _sync_folder(prefix)


def _shard_paths(prefix: str, count: int) -> list[str]:
    return [shard_path(prefix, shard, count) for shard in range(count)]


def _data_files(prefix: str) -> set[str]:
    """The files of data there are of any checkpoint `prefix`."""
    folder, base = os.path.split(prefix)
    shard = re.compile(re.escape(base) + r"\.data-\d{5}-of-\d{5}")
    return {os.path.join(folder, name) for name in os.listdir(folder or ".") if shard.fullmatch(name)}


def _move(files: list[str], names: list[str]) -> None:
    for file, name in zip(files, names):
        os.replace(file, name)


def _link_or_move(files: list[str], names: list[str]) -> bool:
    """Give `files` second names, or where the file system has no such thing, those names instead of their own."""
    done: list[str] = []
    try:
        for file, name in zip(files, names):
            os.link(file, name)
            done.append(name)
        return True
    except OSError:
        for name in done:
            _unlink(name)
        _move(files, names)
        return False


def _make_folder(prefix: str) -> None:
    """Make the checkpoint's folder. As in TensorFlow, the folders above it must be there."""
    if folder := os.path.dirname(prefix):
        with suppress(FileExistsError):
            os.mkdir(folder)


def _sync_folder(prefix: str) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(os.path.dirname(prefix) or ".", os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)
