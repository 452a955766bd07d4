"""The MetaGraphDef that goes with a checkpoint: the graph, how to save and restore it, its collections.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/export_meta_graph
"""

from __future__ import annotations

import os
from typing import Any

from google.protobuf import text_format
from google.protobuf.any_pb2 import Any as AnyMessage

from ...formats.naming import naming
from ...formats.os_errors import os_errors
from ...formats.whole import write_whole
from ...graph import stacks
from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from ...graph.operation import Operation, Tensor
from ...ops.default_attrs import strip_default_attrs as strip_defaults
from ...ops.importer import import_graph_def
from ..variables import Variable

_TENSORFLOW_VERSION = "1.15.5"


def meta_graph_def(
    graph: Graph, saver_def: Any = None, collection_list: Any = None, export_scope: str | None = None
) -> Any:
    """The graph as a MetaGraphDef, with the collections named (all, if none are) whose items have a form for it.

    With `export_scope` only what is under that scope, named as if that were the top.
    """
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    result = MetaGraphDef()
    result.meta_info_def.tensorflow_version = _TENSORFLOW_VERSION
    result.graph_def.CopyFrom(graph.as_graph_def(add_shapes=True))
    if saver_def is not None:
        result.saver_def.CopyFrom(saver_def)
    for key in graph.get_all_collection_keys() if collection_list is None else collection_list:
        _add_collection(result.collection_def, key, graph.get_collection(key), export_scope)
    return result


def _add_collection(target: Any, key: str, items: list[Any], scope: str | None) -> None:
    """A collection whose items have no common form is left out, as TensorFlow does with a warning."""
    if not items:
        return
    if all(hasattr(item, "to_proto") for item in items):
        protos = [item.to_proto(scope) if scope else item.to_proto() for item in items]
        if any(p is not None for p in protos):
            target[key].bytes_list.value.extend(p.SerializeToString() for p in protos if p is not None)
    elif all(isinstance(item, (Tensor, Operation)) for item in items):
        names = [item.name for item in items]
        if scope:
            names = [name[len(scope) + 1 :] for name in names if name.startswith(f"{scope}/")]
        if names:
            target[key].node_list.value.extend(names)
    elif all(isinstance(item, (str, bytes)) for item in items):
        target[key].bytes_list.value.extend(item.encode() if isinstance(item, str) else item for item in items)
    elif all(isinstance(item, int) for item in items):
        target[key].int64_list.value.extend(items)
    elif all(isinstance(item, float) for item in items):
        target[key].float_list.value.extend(items)
    elif all(isinstance(item, AnyMessage) for item in items):
        target[key].any_list.value.extend(items)


def export_meta_graph(
    filename: str | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Any = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
) -> Any:
    """The graph as a MetaGraphDef, written to `filename` if there is one, whole or not at all.

    With `export_scope` only what is under that scope, named as if that were the top; what its nodes read from outside
    is called `$unbound_inputs_…`, and is listed in the collection `unbound_inputs`. `clear_extraneous_savers` leaves
    out the nodes of all savers but that of `saver_def`, `strip_default_attrs` the attrs that are as the ops' defaults.
    """
    result = meta_graph_def(graph or stacks.get_default_graph(), saver_def, collection_list, export_scope)
    if graph_def is not None:
        result.graph_def.CopyFrom(graph_def)
    if clear_extraneous_savers:
        _clear_savers(result)
    if export_scope:
        unbound = _cut_out(result.graph_def, f"{export_scope}/")
        if unbound:
            result.collection_def[_UNBOUND].bytes_list.value.extend(name.encode() for name in unbound)
    if strip_default_attrs:
        strip_defaults(result.graph_def)
        result.meta_info_def.stripped_default_attrs = True
    if meta_info_def is not None:
        result.meta_info_def.MergeFrom(meta_info_def)
    if clear_devices:
        for node in result.graph_def.node:
            node.device = ""
    if filename is not None:
        data = text_format.MessageToString(result).encode() if as_text else result.SerializeToString()
        with os_errors(filename):
            os.makedirs(os.path.dirname(filename) or ".", exist_ok=True)
            write_whole(filename, data)
    return result


_UNBOUND = "unbound_inputs"


def _cut_out(graph_def: Any, scope: str) -> list[str]:
    """Leave of a graph what is under `scope`, without that in its names; what it reads from outside, sorted."""
    kept = [node for node in graph_def.node if node.name.startswith(scope)]
    unbound: set[str] = set()
    for node in kept:
        node.name = node.name[len(scope) :]
        inputs = []
        for text in node.input:
            name = text.removeprefix("^")
            if name.startswith(scope):
                inputs.append(text[: len(text) - len(name)] + name[len(scope) :])
            elif name is text:  # an edge of control from outside holds no longer
                unbound.add(f"${_UNBOUND}_{text}")
                inputs.append(f"${_UNBOUND}_{text}")
        node.input[:] = inputs
        if "_class" in node.attr:
            start = f"loc:@{scope}".encode()
            groups = [b"loc:@" + g[len(start) :] for g in node.attr["_class"].list.s if g.startswith(start)]
            node.attr["_class"].list.s[:] = groups
            if not groups:
                del node.attr["_class"]
    copied = [type(node).FromString(node.SerializeToString()) for node in kept]
    del graph_def.node[:]
    graph_def.node.extend(copied)
    return sorted(unbound)


def _clear_savers(meta: Any) -> None:
    """Leave out the nodes of savers, each of which has a scope of its own, and the savers, but that of `saver_def`."""
    own = meta.saver_def.filename_tensor_name.rpartition("/")[0] if meta.HasField("saver_def") else ""
    scopes = {
        n.name.partition("/")[0] for n in meta.graph_def.node if n.op in ("SaveV2", "SaveSlices") and "/" in n.name
    }
    gone = tuple(f"{scope}/" for scope in scopes if not f"{own}/".startswith(f"{scope}/"))
    kept = [type(n).FromString(n.SerializeToString()) for n in meta.graph_def.node if not n.name.startswith(gone)]
    del meta.graph_def.node[:]
    meta.graph_def.node.extend(kept)
    if GraphKeys.SAVERS in meta.collection_def:
        savers = meta.collection_def[GraphKeys.SAVERS].bytes_list
        savers.value[:] = [data for data in savers.value if data == meta.saver_def.SerializeToString()]
        if not savers.value:
            del meta.collection_def[GraphKeys.SAVERS]


def import_meta_graph(
    meta_graph_or_file: Any, clear_devices: bool = False, import_scope: str | None = None, **kwargs: Any
) -> Any:
    """Add a MetaGraphDef's graph and collections to the default graph; returns the Saver of its nodes.

    `meta_graph_or_file` is the protobuf or a `.meta` file. None is returned if it has neither a saver nor variables.
    `OSError` if there is no such file, `ValueError` if it holds no MetaGraphDef or one that does not fit together, or
    one that was cut out of a graph and `input_map` (from names to tensors) does not give all that it reads.
    """
    if isinstance(meta_graph_or_file, str):
        meta = read_meta_graph(meta_graph_or_file)
        with naming(meta_graph_or_file):
            return import_meta_graph(meta, clear_devices, import_scope, **kwargs)
    from .saver import Saver

    meta = meta_graph_or_file
    definition = meta.graph_def
    if clear_devices:
        definition = type(definition).FromString(definition.SerializeToString())
        for node in definition.node:
            node.device = ""
    graph = stacks.get_default_graph()
    input_map = kwargs.get("input_map") or {}
    if _UNBOUND in meta.collection_def:
        names = [value.decode() for value in meta.collection_def[_UNBOUND].bytes_list.value]
        missing = [name for name in names if name not in input_map]
        if missing:
            raise ValueError(
                f"Graph contains unbound inputs: {', '.join(missing)}. Must provide these inputs through input_map."
            )
    asked = import_scope or ""
    if asked and not asked.endswith("/"):
        import_scope = graph.unique_name(asked, mark_as_used=False)  # as it will be for the nodes
    import_graph_def(definition, name=asked, input_map=input_map)
    for key, collection in meta.collection_def.items():
        for item in _items(graph, key, collection, import_scope):
            graph.add_to_collection(key, item)
    if meta.HasField("saver_def"):
        return Saver.from_proto(meta.saver_def, import_scope)
    return Saver() if graph.get_collection(GraphKeys.GLOBAL_VARIABLES) else None


def read_meta_graph(path: str) -> Any:
    """The MetaGraphDef in a file, binary or text; `OSError` if there is no file, `ValueError` if it holds none."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    if not os.path.exists(path):
        raise OSError(f"File {path} does not exist.")
    with open(path, "rb") as f:
        data = f.read()
    try:
        return MetaGraphDef.FromString(data)
    except DecodeError:
        pass
    try:
        return text_format.Parse(data.decode(), MetaGraphDef())
    except (text_format.ParseError, UnicodeDecodeError, RecursionError):
        raise ValueError(f"{path} holds no MetaGraphDef.") from None


_VARIABLES = {
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.MOVING_AVERAGE_VARIABLES,
    GraphKeys.METRIC_VARIABLES,
    GraphKeys.GLOBAL_STEP,
}
_CONTEXTS = {GraphKeys.COND_CONTEXT, GraphKeys.WHILE_CONTEXT}  # the runtime finds branches and loops by their nodes


def _items(graph: Graph, key: str, collection: Any, import_scope: str | None) -> list[Any]:
    """What a collection of the protobuf holds, as this graph's own objects."""
    kind = collection.WhichOneof("kind")
    if kind is None or key in _CONTEXTS or key == _UNBOUND:
        return []
    values = list(getattr(collection, kind).value)
    if kind == "node_list":
        return [graph.as_graph_element(f"{import_scope}/{v}" if import_scope else v) for v in values]
    if kind == "bytes_list" and key in _VARIABLES:
        from tensorboard.compat.proto.variable_pb2 import VariableDef

        known = {v.name: v for name in _VARIABLES for v in graph.get_collection(name)}
        made = [Variable.from_proto(VariableDef.FromString(v), import_scope) for v in values]
        return [known.get(v.name, v) for v in made]  # one object a variable, whatever the collections
    if kind == "bytes_list" and key == GraphKeys.SAVERS:
        from tensorboard.compat.proto.saver_pb2 import SaverDef

        from .saver import Saver

        return [Saver.from_proto(SaverDef.FromString(v), import_scope) for v in values]
    return values
