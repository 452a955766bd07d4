"""ServerDef, which the tensorboard package does not bring: a task of a cluster, and how it is served.

Source: the published schema tensorflow_server.proto.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from tensorboard.compat.proto import cluster_pb2, config_pb2


def _declare() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="undertow/tensorflow_server.proto",
        package="undertow",  # a TensorFlow in the same process registers its own
        syntax="proto3",
        dependency=[cluster_pb2.DESCRIPTOR.name, config_pb2.DESCRIPTOR.name],
    )
    message = file.message_type.add(name="ServerDef")
    kinds: list[tuple[str, Any]] = [
        ("cluster", cluster_pb2.ClusterDef),
        ("job_name", message.field.add().TYPE_STRING),
        ("task_index", message.field.add().TYPE_INT32),
        ("default_session_config", config_pb2.ConfigProto),
        ("protocol", message.field.add().TYPE_STRING),
    ]
    del message.field[:]
    for number, (name, kind) in enumerate(kinds, 1):
        field = message.field.add(name=name, number=number, label=1)
        if isinstance(kind, int):
            field.type = kind
        else:
            field.type, field.type_name = field.TYPE_MESSAGE, f".{kind.DESCRIPTOR.full_name}"
    pool = descriptor_pool.Default()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("undertow.ServerDef"))


ServerDef = _declare()
