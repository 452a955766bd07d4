"""What a file holds, told by its content: a checkpoint, a graph, a SavedModel, records, events.

`describe` gives it as a dict of plain values, which JSON holds too; `cli.show` prints it.
"""

from __future__ import annotations

import glob
import os
import re
import struct
import zlib
from typing import Any

from ..formats.checkpoint_state import read_checkpoint_state
from ..formats.crc32c import masked_crc32c
from ..formats.os_errors import os_errors
from ..formats.saved_model import has_saved_model
from ..graph.errors import InvalidArgumentError, OpError
from . import checkpoint_file, graph_file, record_file

_TABLE_MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)
_SHARD = re.compile(r"(.+)\.data-\d{5}-of-\d{5}")
_HEAD = 1 << 16


def describe(path: str | os.PathLike[str], stats: bool = False) -> dict[str, Any]:
    """What the file, folder or checkpoint prefix `path` holds; `stats` adds what its tensors' numbers are like.

    Raises:
      NotFoundError, PermissionDeniedError …: it cannot be read.
      DataLossError, OSError: it is of a kind that is known, and broken.
      InvalidArgumentError: it is of none.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        return _folder(name, stats)
    if not os.path.exists(name) and glob.glob(f"{glob.escape(name)}[.-]*"):  # it is a prefix, it may be
        return checkpoint_file.describe(name, stats)
    with os_errors(name), open(name, "rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, os.fstat(file.fileno()).st_size - 8))
        tail = file.read(8)
    if tail == _TABLE_MAGIC:
        return checkpoint_file.describe(name.removesuffix(".index"), stats)
    compression = _compression(head)
    inside = _inflated(head) if compression else head
    if _is_record(inside):
        return record_file.describe(name, compression)
    found = graph_file.describe(name, stats) or _from_text(name, head, stats)
    if found is not None:
        return found
    shard = _SHARD.fullmatch(name)
    if shard and os.path.exists(f"{shard[1]}.index"):
        return checkpoint_file.describe(shard[1], stats)
    raise InvalidArgumentError(
        None,
        None,
        f"{name}: this is no checkpoint, graph, SavedModel, TFRecord or event file (or its start is broken).",
    )


def _folder(name: str, stats: bool) -> dict[str, Any]:
    if has_saved_model(name):
        return graph_file.describe_saved_model(name, stats)
    state = os.path.join(name, "checkpoint")
    if os.path.isfile(state):
        return _newest(state, stats)
    raise InvalidArgumentError(
        None, None, f"{name}: the folder holds neither a SavedModel nor a `checkpoint` file; name a file in it."
    )


def _newest(state: str, stats: bool) -> dict[str, Any]:
    """The checkpoint that a `checkpoint` file names as the newest."""
    newest = read_checkpoint_state(state).model_checkpoint_path
    if not newest:
        raise InvalidArgumentError(None, None, f"{state}: it names no checkpoint.")
    return checkpoint_file.describe(os.path.join(os.path.dirname(state), newest), stats)


def _from_text(name: str, head: bytes, stats: bool) -> dict[str, Any] | None:
    """What a `checkpoint` file, whatever its name, points at."""
    if b"model_checkpoint_path" not in head:
        return None
    try:
        return _newest(name, stats)
    except OpError as error:
        if "not a checkpoint state" in error.message:
            return None
        raise


def _is_record(head: bytes) -> bool:
    """Whether a TFRecord begins so: a length, and its checksum."""
    return len(head) >= 12 and masked_crc32c(head[:8]) == struct.unpack_from("<I", head, 8)[0]


def _compression(head: bytes) -> str:
    if head[:2] == b"\x1f\x8b":
        return "GZIP"
    if len(head) >= 2 and head[0] & 0x0F == 8 and struct.unpack(">H", head[:2])[0] % 31 == 0:
        return "ZLIB" if len(_inflated(head)) >= 12 else ""
    return ""


def _inflated(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(head, 12)
    except zlib.error:
        return b""
