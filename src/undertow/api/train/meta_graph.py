"""The MetaGraphDef that goes with a checkpoint: the graph, how to save and restore it, its collections.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/export_meta_graph
"""

from __future__ import annotations

import os
from typing import Any

from google.protobuf import text_format
from google.protobuf.any_pb2 import Any as AnyMessage

from ...formats.naming import naming
from ...formats.whole import write_whole
from ...graph import stacks
from ...graph.errors import unbuilt
from ...graph.graph import Graph
from ...graph.keys import GraphKeys
from ...graph.operation import Operation, Tensor
from ...ops.importer import import_graph_def
from ..variables import Variable

_TENSORFLOW_VERSION = "1.15.5"


def meta_graph_def(graph: Graph, saver_def: Any = None, collection_list: Any = None) -> Any:
    """The graph as a MetaGraphDef, with the collections named (all, if none are) whose items have a form for it."""
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    result = MetaGraphDef()
    result.meta_info_def.tensorflow_version = _TENSORFLOW_VERSION
    result.graph_def.CopyFrom(graph.as_graph_def(add_shapes=True))
    if saver_def is not None:
        result.saver_def.CopyFrom(saver_def)
    for key in graph.get_all_collection_keys() if collection_list is None else collection_list:
        _add_collection(result.collection_def, key, graph.get_collection(key))
    return result


def _add_collection(target: Any, key: str, items: list[Any]) -> None:
    """A collection whose items have no common form is left out, as TensorFlow does with a warning."""
    if not items:
        return
    if all(hasattr(item, "to_proto") for item in items):
        protos = [item.to_proto() for item in items]
        target[key].bytes_list.value.extend(p.SerializeToString() for p in protos if p is not None)
    elif all(isinstance(item, (Tensor, Operation)) for item in items):
        target[key].node_list.value.extend(item.name for item in items)
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
    """The graph as a MetaGraphDef, written to `filename` if there is one, whole or not at all."""
    for what, given in (("export_scope", export_scope), ("clear_extraneous_savers", clear_extraneous_savers)):
        if given:
            raise unbuilt(f"tf.train.export_meta_graph({what}=…)")
    result = meta_graph_def(graph or stacks.get_default_graph(), saver_def, collection_list)
    if graph_def is not None:
        result.graph_def.CopyFrom(graph_def)
    if meta_info_def is not None:
        result.meta_info_def.MergeFrom(meta_info_def)
    if clear_devices:
        for node in result.graph_def.node:
            node.device = ""
    if filename is not None:
        data = text_format.MessageToString(result).encode() if as_text else result.SerializeToString()
        write_whole(filename, data)
    return result


def import_meta_graph(
    meta_graph_or_file: Any, clear_devices: bool = False, import_scope: str | None = None, **kwargs: Any
) -> Any:
    """Add a MetaGraphDef's graph and collections to the default graph; returns the Saver of its nodes.

    `meta_graph_or_file` is the protobuf or a `.meta` file. None is returned if it has neither a saver nor variables.
    `OSError` if there is no such file, `ValueError` if it holds no MetaGraphDef or one that does not fit together.
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
    import_graph_def(definition, name=import_scope or "", **{k: v for k, v in kwargs.items() if k == "input_map"})
    graph = stacks.get_default_graph()
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
    if kind is None or key in _CONTEXTS:
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
