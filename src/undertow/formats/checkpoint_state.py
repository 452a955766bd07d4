"""The `checkpoint` file of a folder, which says what checkpoints are in it and which is the newest.

It is a `CheckpointState` message as text. What its paths are relative to is for the reader to say.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/get_checkpoint_state
"""

from __future__ import annotations

import os
from typing import Any

from google.protobuf import text_format

from undertow.formats.messages import CheckpointState
from undertow.formats.os_errors import os_errors
from undertow.formats.whole import write_whole
from undertow.graph.errors import DataLossError

__all__ = ["CheckpointState", "read_checkpoint_state", "write_checkpoint_state"]


def read_checkpoint_state(path: str | os.PathLike[str]) -> Any:
    """The `CheckpointState` that the file at `path` holds.

    Raises:
      NotFoundError: there is no such file.
      DataLossError: it is not a `CheckpointState`; the message says at which line.
    """
    with os_errors(path), open(path, "rb") as file:
        data = file.read()
    try:
        return text_format.Parse(data.decode(), CheckpointState())
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise DataLossError(None, None, f"{os.fspath(path)}: not a checkpoint state: {str(error)[:200]}") from None


def write_checkpoint_state(path: str | os.PathLike[str], state: Any) -> None:
    """Write the `CheckpointState` message `state` to `path`, whole or not at all.

    Raises:
      NotFoundError, PermissionDeniedError …: the operating system said no; `path` is then as it was.
    """
    with os_errors(path):
        write_whole(path, text_format.MessageToString(state).encode())
