"""Errors of what a file holds, found after it was read, with the file's name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from google.protobuf.message import DecodeError

from undertow.graph.errors import OpError


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Inside, a `ValueError`, `TypeError` or `KeyError` becomes a `ValueError` that names the file.

    So does what is raised of a protobuf that is none; an `OpError` stays of its class.
    """
    name = os.fspath(path)
    try:
        yield
    except OpError as error:
        if name in error.message:
            raise
        raise type(error)(error.node_def, error.op, f"{name}: {error.message}") from error
    except (ValueError, TypeError, KeyError, DecodeError) as error:
        said = str(error.args[0]) if error.args else type(error).__name__
        raise ValueError(said if name in said else f"{name}: {said}") from error
