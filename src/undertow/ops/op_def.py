"""Signatures of ops as TensorFlow's protobufs."""

from __future__ import annotations

from typing import Any

from . import registry


def op_def(op_type: str) -> Any:
    """An op's signature as an OpDef protobuf."""
    from tensorboard.compat.proto.op_def_pb2 import OpDef as OpDefProto

    from ..graph.proto import attr_value

    definition = registry.get(op_type)
    made = OpDefProto(name=op_type, is_stateful=definition.is_stateful)
    for arguments, target in ((definition.inputs, made.input_arg), (definition.outputs, made.output_arg)):
        for arg in arguments:
            target.add(
                name=arg.name,
                type=arg.dtype.as_datatype_enum if arg.dtype is not None else 0,
                type_attr=arg.type_attr,
                number_attr=arg.number_attr,
                type_list_attr=arg.type_list_attr,
                is_ref=arg.is_ref,
            )
    for attr in definition.attrs.values():
        told = made.attr.add(name=attr.name, type=attr.type)
        if attr.minimum is not None:
            told.has_minimum, told.minimum = True, attr.minimum
        if attr.allowed:
            told.allowed_values.CopyFrom(attr_value(list(attr.allowed)))
        if attr.default is not registry.REQUIRED and attr.default is not None:
            told.default_value.CopyFrom(attr_value(attr.default))
    return made
