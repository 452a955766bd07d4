"""`tf.io.gfile`: `tf.gfile` under its newer names.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/gfile
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import file_io
from ..file_io import FileStatistics
from ..file_io import GFile as GFile


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file; `AlreadyExistsError` if `dst` is there and not to be overwritten."""
    file_io.copy(src, dst, overwrite)


def exists(path: Any) -> bool:
    """Whether there is a file or folder."""
    return file_io.file_exists(path)


def glob(pattern: Any) -> list[str]:
    """The paths that match a pattern, or any of a list of patterns."""
    return file_io.get_matching_files(pattern)


def isdir(path: Any) -> bool:
    """Whether there is a folder of that name."""
    return file_io.is_directory(path)


def listdir(path: Any) -> list[str]:
    """The names in a folder; `NotFoundError` if there is no such folder."""
    return file_io.list_directory(path)


def makedirs(path: Any) -> None:
    """Make a folder and those that it is to be in; one that is there is fine."""
    file_io.recursive_create_dir(path)


def mkdir(path: Any) -> None:
    """Make a folder in one that is there; `AlreadyExistsError` if it is there itself."""
    file_io.create_dir(path)


def remove(path: Any) -> None:
    """Delete a file."""
    file_io.delete_file(path)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Move a file or folder; `AlreadyExistsError` if `dst` is there and not to be overwritten."""
    file_io.rename(src, dst, overwrite)


def rmtree(path: Any) -> None:
    """Delete a file, or a folder and all that is in it."""
    file_io.delete_recursively(path)


def stat(path: Any) -> FileStatistics:
    """The length, time and kind of a file or folder."""
    return file_io.stat(path)


def walk(top: Any, topdown: bool = True, onerror: Any = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, its folders, its files) of `top` and all below it; `onerror` is called with the error of a bad `top`."""
    if onerror is not None and not isdir(top):
        try:
            listdir(top)
        except file_io.NotFoundError as error:
            onerror(error)
    return file_io.walk(top, in_order=topdown)
