"""The MetaGraphDef that goes with a checkpoint: the graph, how to save and restore it, its collections.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/export_meta_graph
"""

from __future__ import annotations

from typing import Any

from ...graph.graph import Graph
from ...graph.operation import Operation, Tensor

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
