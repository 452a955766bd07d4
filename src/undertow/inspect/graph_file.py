"""What a GraphDef, a MetaGraphDef or a SavedModel holds."""

from __future__ import annotations

import os
import re
from collections import Counter
from math import prod
from typing import Any

from google.protobuf import text_format
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

from ..formats.os_errors import os_errors
from ..formats.saved_model import (
    ASSETS_DIRECTORY,
    FILENAME_PB,
    FILENAME_PBTXT,
    SavedModel,
    read_saved_model,
    variables_prefix,
)
from ..graph import from_proto
from ..graph.dtypes import as_dtype
from ..graph.errors import DataLossError
from ..graph.graph import Graph
from ..ops import registry
from ..ops.importer import import_graph_def
from ..ops.inlining import inlined
from . import checkpoint_file
from .statistics import statistics

_PLACEHOLDERS = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")
_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")
# What stands at the end of a graph and is nobody's output: it is run for what it does, or was left over.
_NO_OUTPUT = re.compile(
    r"Assign|Save|Restore|Assert|Print|Const$|Shape|Stack|ReadVariable|Placeholder|Variable|VarHandle|"
    r".*Summary$|.*Apply[A-Z]"
)
_BACKWARD = re.compile(r"(.*/)?gradients(_\d+)?/")
# A Saver's nodes: they take the name of a file, and are no part of the model.
_SAVER = re.compile(r"save(_\d+)?/|saver_filename$")


def describe(path: str, stats: bool = False) -> dict[str, Any] | None:
    """What the graph in a file holds; None if there is none in it."""
    if os.path.basename(path) in (FILENAME_PB, FILENAME_PBTXT) and os.path.getsize(path):
        return describe_saved_model(os.path.dirname(path) or ".", stats)
    with os_errors(path), open(path, "rb") as file:
        data = file.read()
    message = _parsed(data)
    if message is None:
        return None
    if isinstance(message, SavedModel):
        return {
            "kind": "saved model",
            "path": path,
            "graphs": [_meta_graph(m, path, stats) for m in message.meta_graphs],
        }
    if isinstance(message, MetaGraphDef):
        return {"kind": "meta graph", "path": path, **_meta_graph(message, path, stats)}
    return {"kind": "graph", "path": path, **_graph(message, path, stats)}


def describe_saved_model(folder: str, stats: bool = False) -> dict[str, Any]:
    """What a SavedModel holds: its graphs with their signatures, its variables and assets."""
    message = read_saved_model(folder)
    found: dict[str, Any] = {"kind": "saved model", "path": folder}
    found["graphs"] = [_meta_graph(meta, folder, stats) for meta in message.meta_graphs]
    prefix = variables_prefix(folder)
    if os.path.exists(f"{prefix}.index"):
        found["variables"] = checkpoint_file.describe(prefix, stats)
    assets = os.path.join(folder, ASSETS_DIRECTORY)
    if os.path.isdir(assets) and os.listdir(assets):
        found["assets"] = {name: os.path.getsize(os.path.join(assets, name)) for name in sorted(os.listdir(assets))}
    return found


def _parsed(data: bytes) -> Any:
    """The message that is in the bytes, binary or text: a GraphDef reads as much else, and is tried last."""
    for kind in (SavedModel, MetaGraphDef, GraphDef):
        for parse in (kind.FromString, lambda data, kind=kind: text_format.Parse(data.decode(), kind())):
            try:
                message = parse(data)
            except (DecodeError, text_format.ParseError, UnicodeDecodeError, RecursionError):
                continue
            if _holds_nodes(message):
                return message
    return None


def _holds_nodes(message: Any) -> bool:
    if isinstance(message, GraphDef):
        return bool(message.node) and all(node.name and node.op for node in message.node)
    if isinstance(message, MetaGraphDef):
        return _holds_nodes(message.graph_def)
    return any(_holds_nodes(meta) for meta in message.meta_graphs)


def _meta_graph(meta: Any, path: str, stats: bool) -> dict[str, Any]:
    info = meta.meta_info_def
    found: dict[str, Any] = {"tags": list(info.tags), "tensorflow": info.tensorflow_version or None}
    found["signatures"] = {
        key: {
            "method": signature.method_name,
            "inputs": {name: _tensor_info(tensor) for name, tensor in sorted(signature.inputs.items())},
            "outputs": {name: _tensor_info(tensor) for name, tensor in sorted(signature.outputs.items())},
        }
        for key, signature in sorted(meta.signature_def.items())
    }
    found["collections"] = {key: _size(value) for key, value in sorted(meta.collection_def.items())}
    return found | _graph(meta.graph_def, path, stats)


def _tensor_info(info: Any) -> dict[str, Any]:
    name = info.name or info.coo_sparse.values_tensor_name
    return {"name": name, "dtype": _dtype_name(info.dtype), "shape": _dims(info.tensor_shape)}


def _size(collection: Any) -> int:
    kind = collection.WhichOneof("kind")
    return len(getattr(collection, kind).value) if kind else 0


def _graph(definition: Any, path: str, stats: bool) -> dict[str, Any]:
    """What the nodes are: how many of each type, the inputs and outputs, the constants and variables."""
    types = Counter(node.op for node in definition.node)
    forward = [node for node in definition.node if not (_BACKWARD.match(node.name) or node.op.endswith("Summary"))]
    read = {text.split(":")[0] for node in forward for text in node.input}
    constants = [_constant(node, path, stats) for node in definition.node if node.op == "Const"]
    model = [node for node in forward if not _SAVER.match(node.name)]
    variables = {node.name for node in definition.node if node.op in _VARIABLES}
    ends = [node for node in model if node.name not in read and _may_be_output(node, variables)]
    shapes = _shapes(definition, [node.name for node in ends])
    return {
        "nodes": len(definition.node),
        "functions": len(definition.library.function),
        "types": dict(sorted(types.items(), key=lambda item: (-item[1], item[0]))),
        "lacking": _lacking(definition),
        "inputs": [_input(node) for node in model if node.op in _PLACEHOLDERS],
        "outputs": [{"name": node.name, "type": node.op, **shapes.get(node.name, {})} for node in ends],
        "variables": [_input(node) for node in model if node.op in _VARIABLES],
        "constants": [constant for constant in constants if constant["elements"] > 1],
        "constant_bytes": sum(constant["bytes"] for constant in constants),
    }


def _may_be_output(node: Any, variables: set[str]) -> bool:
    if _NO_OUTPUT.match(node.op):
        return False
    if node.op == "Identity" and node.input and node.input[0].split(":")[0] in variables:
        return False
    try:
        return bool(registry.get(node.op).outputs)
    except registry.UnknownOpError:
        return True


def _input(node: Any) -> dict[str, Any]:
    """A placeholder or variable."""
    shape = node.attr["shape"].shape if "shape" in node.attr else None
    listed = node.attr["_output_shapes"].list.shape if "_output_shapes" in node.attr else []
    if (shape is None or shape.unknown_rank) and len(listed) == 1 and node.op != "VarHandleOp":
        shape = listed[0]
    return {
        "name": node.name,
        "dtype": _dtype_name(node.attr["dtype"].type) if "dtype" in node.attr else None,
        "shape": None if shape is None else _dims(shape),
    }


def _shapes(definition: Any, names: list[str]) -> dict[str, dict[str, Any]]:
    """The type and shape of the first output of each node, as far as the graph can be built here."""
    try:
        with Graph().as_default() as graph:
            import_graph_def(definition, name="")
            tensors = {name: graph.get_tensor_by_name(f"{name}:0") for name in names}
    except Exception:  # whatever does not fit, or is not built: the report says of that what it can
        return {}
    return {
        name: {"dtype": tensor.dtype.name, "shape": None if tensor.shape.ndims is None else tensor.shape.as_list()}
        for name, tensor in tensors.items()
    }


def _constant(node: Any, path: str, stats: bool) -> dict[str, Any]:
    tensor = node.attr["value"].tensor
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    found: dict[str, Any] = {
        "name": node.name,
        "dtype": _dtype_name(tensor.dtype),
        "shape": shape,
        "elements": prod(max(0, dim) for dim in shape),
        "bytes": tensor.ByteSize(),
    }
    if stats and found["elements"] > 1:
        try:
            measured = statistics(from_proto.array_of(tensor))
        except (TypeError, ValueError) as error:
            raise DataLossError(None, None, f"{path}: the constant {node.name!r}: {error}") from None
        if measured:
            found["stats"] = measured
    return found


def _lacking(definition: Any) -> dict[str, int]:
    """The types of node, those in its functions too, that cannot run here, and how many there are of each."""
    from ..runtime.supported import can_run  # here, for it imports torch

    try:
        nodes = inlined(definition).node
    except ValueError:  # what calls itself, or a function that is not there
        nodes = definition.node
    types = Counter(node.op for node in nodes if not can_run(node.op))
    return dict(sorted(types.items(), key=lambda item: (-item[1], item[0])))


def _dims(shape: Any) -> list[int | None] | None:
    return None if shape.unknown_rank else [None if dim.size < 0 else dim.size for dim in shape.dim]


def _dtype_name(number: int) -> str:
    if not number:
        return "none"  # an op's, which a signature names in place of a tensor
    try:
        return as_dtype(number).name
    except TypeError:
        return f"type {number}"
