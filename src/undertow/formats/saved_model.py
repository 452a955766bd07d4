"""A SavedModel's folder: where its files are, and its `SavedModel` message read and written.

The message, in `saved_model.pb` or as text in `saved_model.pbtxt`, is graphs with their signatures, told apart by tags;
their variables are one checkpoint in `variables/`, the files that they name lie in `assets/`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/saved_model and the schema saved_model.proto
"""

from __future__ import annotations

import os
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

from undertow.formats.os_errors import os_errors
from undertow.formats.whole import write_whole

ASSETS_DIRECTORY = "assets"
EXTRA_ASSETS_DIRECTORY = "assets.extra"
VARIABLES_DIRECTORY = "variables"
VARIABLES_FILENAME = "variables"
FILENAME_PB = "saved_model.pb"
FILENAME_PBTXT = "saved_model.pbtxt"
SCHEMA_VERSION = 1


def _declared() -> Any:
    """The class of the message, in the pool of tensorboard's, which has the class of its graphs."""
    field = descriptor_pb2.FieldDescriptorProto
    graphs = MetaGraphDef.DESCRIPTOR
    file = descriptor_pb2.FileDescriptorProto(name="undertow/saved_model.proto", package="undertow", syntax="proto3")
    file.dependency.append(graphs.file.name)
    message = file.message_type.add(name="SavedModel")
    message.field.add(name="saved_model_schema_version", number=1, label=field.LABEL_OPTIONAL, type=field.TYPE_INT64)
    message.field.add(
        name="meta_graphs",
        number=2,
        label=field.LABEL_REPEATED,
        type=field.TYPE_MESSAGE,
        type_name=f".{graphs.full_name}",
    )
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("undertow.SavedModel"))


SavedModel = _declared()


def has_saved_model(folder: str) -> bool:
    """Whether the folder has the file of a SavedModel; it is not read."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in (FILENAME_PB, FILENAME_PBTXT))


def saved_model_path(folder: str) -> str:
    """The path of the message's file, of the binary one if it is there."""
    binary = os.path.join(folder, FILENAME_PB)
    return binary if os.path.isfile(binary) else os.path.join(folder, FILENAME_PBTXT)


def variables_prefix(folder: str) -> str:
    """The prefix of the checkpoint that holds the variables."""
    return os.path.join(folder, VARIABLES_DIRECTORY, VARIABLES_FILENAME)


def asset_path(folder: str, filename: str) -> str:
    """Where an asset lies.

    Raises:
      OSError: its name leads out of the folder of assets.
    """
    if not filename or os.path.isabs(filename) or ".." in filename.replace("\\", "/").split("/") or "\0" in filename:
        raise OSError(f"{folder}: the asset {filename!r} does not lie in the SavedModel.")
    return os.path.join(folder, ASSETS_DIRECTORY, filename)


def read_saved_model(folder: str) -> Any:
    """The `SavedModel` message of a folder; the binary file is taken where both are there.

    Raises:
      OSError: there is none, or its file cannot be read or holds something else.
    """
    path = saved_model_path(folder)
    if not os.path.isfile(path):
        raise OSError(f"SavedModel file does not exist at: {folder}/{{{FILENAME_PBTXT}|{FILENAME_PB}}}")
    with open(path, "rb") as file:
        data = file.read()
    try:
        return (
            SavedModel.FromString(data)
            if path.endswith(FILENAME_PB)
            else text_format.Parse(data.decode(), SavedModel())
        )
    except (DecodeError, text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise OSError(f"Cannot parse file {path}: {str(error)[:200] or 'it holds no SavedModel'}.") from None


def write_saved_model(folder: str, message: Any, as_text: bool) -> str:
    """Write the message to its file in the folder, whole or not at all; the file's path.

    Raises:
      NotFoundError, PermissionDeniedError …: the operating system said no.
    """
    path = os.path.join(folder, FILENAME_PBTXT if as_text else FILENAME_PB)
    data = text_format.MessageToString(message).encode() if as_text else message.SerializeToString(deterministic=True)
    with os_errors(path):
        write_whole(path, data)
    return path
