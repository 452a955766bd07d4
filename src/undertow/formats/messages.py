"""The protocol buffers which the tensorboard package does not bring, from their field numbers.

They live in pools of their own: a TensorFlow in the same process registers the same names.

Source: https://protobuf.dev/programming-guides/encoding/, and the published schemas tensor_bundle.proto,
tensor_slice.proto, saved_tensor_slice.proto, tensor_shape.proto, versions.proto, checkpoint_state.proto,
queue_runner.proto, meta_graph.proto, feature.proto and example.proto.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "tensorflow"
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "int32": _Field.TYPE_INT32,
    "int64": _Field.TYPE_INT64,
    "fixed32": _Field.TYPE_FIXED32,
    "fixed64": _Field.TYPE_FIXED64,
    "uint32": _Field.TYPE_UINT32,
    "uint64": _Field.TYPE_UINT64,
    "bool": _Field.TYPE_BOOL,
    "float": _Field.TYPE_FLOAT,
    "double": _Field.TYPE_DOUBLE,
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
}

# Message -> its fields: (name, number, type). "*" is repeated, "?" may be present and zero, "map X" is from strings to
# X, and of the fields that end with the same "@group" only one is set.
_CHECKPOINT: dict[str, list[tuple[str, int, str]]] = {
    "VersionDef": [("producer", 1, "int32"), ("min_consumer", 2, "int32"), ("bad_consumers", 3, "int32*")],
    "BundleHeaderProto": [("num_shards", 1, "int32"), ("endianness", 2, "int32"), ("version", 3, "VersionDef")],
    "Dim": [("size", 1, "int64"), ("name", 2, "string")],
    "TensorShapeProto": [("dim", 2, "Dim*"), ("unknown_rank", 3, "bool")],
    "Extent": [("start", 1, "int64"), ("length", 2, "int64?")],
    "TensorSliceProto": [("extent", 1, "Extent*")],
    "BundleEntryProto": [
        ("dtype", 1, "int32"),
        ("shape", 2, "TensorShapeProto"),
        ("shard_id", 3, "int32"),
        ("offset", 4, "int64"),
        ("size", 5, "int64"),
        ("crc32c", 6, "fixed32"),
        ("slices", 7, "TensorSliceProto*"),
    ],
    # The V1 format. Floating numbers of a tensor are here as they lie in the file: packed, little-endian.
    "TensorValues": [
        ("float_val", 5, "bytes*"),
        ("double_val", 6, "bytes*"),
        ("int_val", 7, "int32*"),
        ("string_val", 8, "bytes*"),
        ("scomplex_val", 9, "bytes*"),
        ("int64_val", 10, "int64*"),
        ("bool_val", 11, "bool*"),
        ("dcomplex_val", 12, "bytes*"),
        ("half_val", 13, "int32*"),
        ("uint32_val", 16, "uint32*"),
        ("uint64_val", 17, "uint64*"),
    ],
    "SavedSliceMeta": [
        ("name", 1, "string"),
        ("shape", 2, "TensorShapeProto"),
        ("type", 3, "int32"),
        ("slice", 4, "TensorSliceProto*"),
    ],
    "SavedTensorSliceMeta": [("tensor", 1, "SavedSliceMeta*"), ("versions", 2, "VersionDef")],
    "SavedSlice": [("name", 1, "string"), ("slice", 2, "TensorSliceProto"), ("data", 3, "TensorValues")],
    "SavedTensorSlices": [("meta", 1, "SavedTensorSliceMeta"), ("data", 2, "SavedSlice")],
    "CheckpointState": [
        ("model_checkpoint_path", 1, "string"),
        ("all_model_checkpoint_paths", 2, "string*"),
        ("all_model_checkpoint_timestamps", 3, "double*"),
        ("last_preserved_timestamp", 4, "double"),
    ],
}

_QUEUE_RUNNER: dict[str, list[tuple[str, int, str]]] = {
    "QueueRunnerDef": [
        ("queue_name", 1, "string"),
        ("enqueue_op_name", 2, "string*"),
        ("close_op_name", 3, "string"),
        ("cancel_op_name", 4, "string"),
        ("queue_closed_exception_types", 5, "int32*"),
    ],
}

# What a SavedModel's collection of assets holds; of its TensorInfo only the name is set.
_ASSET: dict[str, list[tuple[str, int, str]]] = {
    "TensorInfo": [("name", 1, "string")],
    "AssetFileDef": [("tensor_info", 1, "TensorInfo"), ("filename", 2, "string")],
}

_EXAMPLE: dict[str, list[tuple[str, int, str]]] = {
    "BytesList": [("value", 1, "bytes*")],
    "FloatList": [("value", 1, "float*")],
    "Int64List": [("value", 1, "int64*")],
    "Feature": [
        ("bytes_list", 1, "BytesList@kind"),
        ("float_list", 2, "FloatList@kind"),
        ("int64_list", 3, "Int64List@kind"),
    ],
    "Features": [("feature", 1, "map Feature")],
    "FeatureList": [("feature", 1, "Feature*")],
    "FeatureLists": [("feature_list", 1, "map FeatureList")],
    "Example": [("features", 1, "Features")],
    "SequenceExample": [("context", 1, "Features"), ("feature_lists", 2, "FeatureLists")],
}


def _declare(file_name: str, messages: dict[str, list[tuple[str, int, str]]]) -> dict[str, Any]:
    """The classes of the messages of a table."""
    file = descriptor_pb2.FileDescriptorProto(name=file_name, package=_PACKAGE, syntax="proto3")
    for message_name, fields in messages.items():
        message = file.message_type.add(name=message_name)
        for name, number, kind in fields:
            _add_field(message, name, number, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {n: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{n}")) for n in messages}


def _add_field(message: Any, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
    if kind.startswith("map "):
        entry = "".join(word.capitalize() for word in name.split("_")) + "Entry"
        nested = message.nested_type.add(name=entry)
        nested.options.map_entry = True
        _add_field(nested, "key", 1, "string")
        _add_field(nested, "value", 2, kind.removeprefix("map "))
        kind = f"{message.name}.{entry}*"
    kind, _, group = kind.partition("@")
    if kind.endswith("?"):
        group = f"has_{name}"
    if kind.endswith("*"):
        field.label = _Field.LABEL_REPEATED
    if group:
        groups = [declared.name for declared in message.oneof_decl]
        if group not in groups:
            message.oneof_decl.add(name=group)
            groups.append(group)
        field.oneof_index = groups.index(group)
    kind = kind.rstrip("*?")
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"


_checkpoint = _declare("undertow/checkpoint.proto", _CHECKPOINT)
BundleHeaderProto = _checkpoint["BundleHeaderProto"]
BundleEntryProto = _checkpoint["BundleEntryProto"]
CheckpointState = _checkpoint["CheckpointState"]
SavedTensorSlices = _checkpoint["SavedTensorSlices"]

QueueRunnerDef = _declare("undertow/queue_runner.proto", _QUEUE_RUNNER)["QueueRunnerDef"]

AssetFileDef = _declare("undertow/asset.proto", _ASSET)["AssetFileDef"]

_example = _declare("undertow/example.proto", _EXAMPLE)
BytesList = _example["BytesList"]
FloatList = _example["FloatList"]
Int64List = _example["Int64List"]
Feature = _example["Feature"]
Features = _example["Features"]
FeatureList = _example["FeatureList"]
FeatureLists = _example["FeatureLists"]
Example = _example["Example"]
SequenceExample = _example["SequenceExample"]
