"""GraphDefs, MetaGraphDefs and SaverDefs in files, binary or as text."""

from __future__ import annotations

import os
from typing import Any

from ...formats.os_errors import os_errors
from ...formats.whole import write_whole


def read_graph(path: str, binary: bool) -> Any:
    """The GraphDef in a file; `OSError` if there is no file, `ValueError` if it holds none."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    return read_message(path, GraphDef, binary, "Input graph file")


def read_message(path: str, kind: Any, binary: bool, what: str) -> Any:
    """The message of the class `kind` in a file, which `what` names for errors."""
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    if not os.path.exists(path):
        raise OSError(f"{what} '{path}' does not exist!")
    with open(path, "rb") as file:
        data = file.read()
    try:
        return kind.FromString(data) if binary else text_format.Parse(data.decode(), kind())
    except (DecodeError, UnicodeDecodeError, text_format.ParseError) as error:
        form = "a binary" if binary else "a text"
        raise ValueError(f"{what} '{path}' is not {form} {kind.DESCRIPTOR.name}: {str(error)[:200]}") from None


def write_graph(path: str, graph_def: Any, binary: bool = True) -> None:
    """Write a GraphDef, whole or not at all."""
    from google.protobuf import text_format

    data = (
        graph_def.SerializeToString(deterministic=True) if binary else text_format.MessageToString(graph_def).encode()
    )
    with os_errors(path):
        write_whole(path, data)
