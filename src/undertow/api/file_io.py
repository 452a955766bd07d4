"""Files and folders: `tf.gfile`, `tf.io.gfile` and `tensorflow.python.lib.io.file_io` are all this.

A path is text, bytes or a path object; `file://` before it changes nothing. What the operating system says no to is
a `tf.errors.OpError` of its kind: `NotFoundError`, `PermissionDeniedError` …

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/gfile
"""

from __future__ import annotations

import fnmatch
import os
import re
import secrets
import shutil
import stat as stat_flags
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..formats.os_errors import os_errors
from ..formats.whole import write_whole
from ..graph.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    OutOfRangeError,
    PermissionDeniedError,
    UnimplementedError,
)
from .compat import as_bytes, as_str, as_str_any, path_to_str

_MODES = ("r", "w", "a", "r+", "w+", "a+")
_SCHEME = re.compile(r"(\w[\w+.-]*)://")


def local_path(path: Any) -> str:
    """The path as the operating system wants it.

    Raises:
      UnimplementedError: it is on another kind of file system (`gs://`, `hdfs://` …).
    """
    text = as_str_any(path_to_str(path))
    scheme = _SCHEME.match(text)
    if scheme is None:
        return text
    if scheme[1] != "file":
        raise UnimplementedError(None, None, f"File system scheme '{scheme[1]}' not implemented (file: '{text}')")
    return text[scheme.end() :]


class FileIO:
    """A file, opened when it is first read or written.

    `mode` is r, w, a, r+, w+ or a+, and ends with b if what is read is bytes; without the b it is decoded as UTF-8.
    Places and sizes are in bytes either way. Writing in any mode but a starts a new file.
    """

    def __init__(self, name: Any, mode: str) -> None:
        self._name = name
        self._mode = mode
        self._binary = "b" in mode
        kind = mode.replace("b", "")
        if kind not in _MODES:
            raise InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._may_read = kind[0] == "r" or "+" in kind
        self._may_write = kind != "r"
        self._reads: BinaryIO | None = None
        self._writes: BinaryIO | None = None

    @property
    def name(self) -> Any:
        return self._name

    @property
    def mode(self) -> str:
        return self._mode

    def _reader(self) -> BinaryIO:
        if not self._may_read:
            raise PermissionDeniedError(None, None, "File isn't open for reading")
        self.flush()
        if self._reads is None:
            path = local_path(self._name)
            with os_errors(path):
                self._reads = open(path, "rb")  # noqa: SIM115 - closed by close()
        return self._reads

    def _writer(self) -> BinaryIO:
        if not self._may_write:
            raise PermissionDeniedError(None, None, "File isn't open for writing")
        if self._writes is None:
            path = local_path(self._name)
            with os_errors(path):
                self._writes = open(path, "ab" if "a" in self._mode else "wb")  # noqa: SIM115 - closed by close()
        return self._writes

    def _decoded(self, data: bytes) -> Any:
        return data if self._binary else as_str(data)

    def size(self) -> int:
        """The file's size in bytes."""
        return stat(self._name).length

    def write(self, file_content: Any) -> None:
        """Write text (as UTF-8) or bytes at the file's end."""
        data = as_bytes(file_content)
        with os_errors(self._name):
            self._writer().write(data)

    def read(self, n: int = -1) -> Any:
        """The next `n` bytes, decoded; all that is left if `n` is -1."""
        reader = self._reader()
        with os_errors(self._name):
            return self._decoded(reader.read(n))

    def readline(self) -> Any:
        r"""The next line with its newline, without any "\r"; empty at the end."""
        reader = self._reader()
        with os_errors(self._name):
            return self._decoded(reader.readline().replace(b"\r", b""))

    def readlines(self) -> list[Any]:
        """All lines that are left."""
        return list(self)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Read on at `offset` from the start, with `whence` 1 from here, 2 from the end. `position`: the older name.

        Raises:
          OutOfRangeError: that is beyond the end.
          InvalidArgumentError: it is before the start, or `whence` is something else.
        """
        offset = position if offset is None else offset
        if offset is None:
            raise TypeError("seek(): offset argument required")
        if whence not in (0, 1, 2):
            raise InvalidArgumentError(None, None, f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.")
        reader = self._reader()
        size = os.fstat(reader.fileno()).st_size
        place = offset + (0, reader.tell(), size)[whence]
        if place < 0:
            raise InvalidArgumentError(None, None, f"Seeking to a negative position: {place}")
        if place > size:
            reader.seek(size)
            raise OutOfRangeError(None, None, "reached end of file")
        reader.seek(place)

    def tell(self) -> int:
        """The place in the file, in bytes."""
        return self._reader().tell() if self._may_read else self._writer().tell()

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        """Hand what is written to the operating system."""
        if self._writes is not None:
            with os_errors(self._name):
                self._writes.flush()

    def close(self) -> None:
        """Close the file. Reading or writing again opens it again."""
        reads, writes = self._reads, self._writes
        self._reads = self._writes = None
        if reads is not None:
            reads.close()
        if writes is not None:
            with os_errors(self._name):
                writes.close()

    def __enter__(self) -> FileIO:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__


class GFile(FileIO):
    """`FileIO` that reads text unless told otherwise."""

    def __init__(self, name: Any, mode: str = "r") -> None:
        super().__init__(name, mode)


FastGFile = GFile


@dataclass(frozen=True)
class FileStatistics:
    """What `stat` tells: the length in bytes, the time of the last change in nanoseconds, whether it is a folder."""

    length: int
    mtime_nsec: int
    is_directory: bool


def file_exists(filename: Any) -> bool:
    """Whether there is a file or folder."""
    return os.path.exists(local_path(filename))


def is_directory(dirname: Any) -> bool:
    """Whether there is a folder of that name."""
    return os.path.isdir(local_path(dirname))


def stat(filename: Any) -> FileStatistics:
    """The length, time and kind of a file or folder."""
    path = local_path(filename)
    with os_errors(path):
        found = os.stat(path)
    return FileStatistics(found.st_size, found.st_mtime_ns, stat_flags.S_ISDIR(found.st_mode))


def list_directory(dirname: Any) -> list[str]:
    """The names in a folder, sorted; `NotFoundError` if there is no such folder."""
    if not is_directory(dirname):
        raise NotFoundError(None, None, f"Could not find directory {as_str_any(path_to_str(dirname))}")
    path = local_path(dirname)
    with os_errors(path):
        return sorted(os.listdir(path))


def walk(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, its folders, its files) of `top` and all below it, a folder before what is in it if `in_order`."""
    top = as_str_any(path_to_str(top))
    try:
        names = list_directory(top)
    except NotFoundError:
        return
    folders = [name for name in names if is_directory(os.path.join(top, name))]
    here = (top, folders, [name for name in names if name not in folders])
    if in_order:
        yield here
    for folder in folders:
        yield from walk(os.path.join(top, folder), in_order)
    if not in_order:
        yield here


def get_matching_files(filename: Any) -> list[str]:
    """The paths that match a pattern, or any of a list of patterns, sorted.

    In a pattern `*` is anything but a slash, `?` any one character, `[ab]`, `[a-z]`, `[^a]` one of a set, in every part
    of the path; a leading dot is nothing special.
    """
    if not isinstance(filename, (str, bytes, os.PathLike)):
        return [path for pattern in filename for path in get_matching_files(pattern)]
    pattern = local_path(filename)
    fixed, wild = _split_pattern(pattern)
    if not wild:
        return [pattern] if os.path.exists(pattern) else []
    found = [fixed or "."]
    for part in wild:
        matches = re.compile(fnmatch.translate(part.replace("[^", "[!"))).match
        found = [
            folder.rstrip("/") + "/" + name
            for folder in found
            if os.path.isdir(folder)
            for name in (os.listdir(folder) if part else [""])
            if not part or matches(name)
        ]
    return sorted(found)


def _split_pattern(pattern: str) -> tuple[str, list[str]]:
    """The folder before the first part with a wildcard (with its last slashes), and the parts from there."""
    parts = re.split("(?<=/)(?!/)", pattern)
    first = next((i for i, part in enumerate(parts) if re.search(r"[*?\[]", part)), len(parts))
    return "".join(parts[:first]), [part.rstrip("/") for part in parts[first:]]


def create_dir(dirname: Any) -> None:
    """Make a folder in one that is there; `AlreadyExistsError` if it is there itself."""
    path = local_path(dirname)
    with os_errors(path):
        os.mkdir(path)


def recursive_create_dir(dirname: Any) -> None:
    """Make a folder and those that it is to be in; one that is there is fine."""
    path = local_path(dirname)
    if not path:
        return
    try:
        with os_errors(path):
            os.makedirs(path, exist_ok=True)
    except AlreadyExistsError:
        raise FailedPreconditionError(None, None, f"{path} is not a directory") from None


def delete_file(filename: Any) -> None:
    """Delete a file."""
    path = local_path(filename)
    with os_errors(path):
        os.remove(path)


def delete_recursively(dirname: Any) -> None:
    """Delete a file, or a folder and all that is in it."""
    path = local_path(dirname)
    if not os.path.lexists(path):
        raise NotFoundError(None, None, f"{path} not found")
    with os_errors(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)


def copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copy a file, whole or not at all; `AlreadyExistsError` if `newpath` is there and not to be overwritten."""
    source, target = local_path(oldpath), local_path(newpath)
    _may_make(target, overwrite)
    if os.path.isdir(target):
        raise FailedPreconditionError(None, None, f"{target}; Is a directory")
    temporary = f"{target}.{secrets.token_hex(4)}"
    try:
        with os_errors(target):
            shutil.copyfile(source, temporary)
            os.replace(temporary, target)
    except OpError as error:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise type(error)(None, None, error.message.replace(temporary, target)) from error


def rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Move a file or folder; `AlreadyExistsError` if `newname` is there and not to be overwritten."""
    source, target = local_path(oldname), local_path(newname)
    _may_make(target, overwrite)
    with os_errors(source):
        os.replace(source, target)


def _may_make(target: str, overwrite: bool) -> None:
    if not overwrite and os.path.lexists(target):
        raise AlreadyExistsError(None, None, f"file already exists: {target}")


def read_file_to_string(filename: Any, binary_mode: bool = False) -> Any:
    """All that is in a file: text, or bytes in `binary_mode`."""
    with FileIO(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: Any, file_content: Any) -> None:
    """Make a file of `file_content`, whole or not at all."""
    path = local_path(filename)
    with os_errors(path):
        write_whole(path, as_bytes(file_content))


def atomic_write_string_to_file(filename: Any, contents: Any, overwrite: bool = True) -> None:
    """`write_string_to_file` that may refuse to overwrite."""
    _may_make(local_path(filename), overwrite)
    write_string_to_file(filename, contents)
