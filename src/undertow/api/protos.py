"""The protocol buffers that are names of `tf`, compiled by `tensorboard`; each is loaded when it is first used.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/ConfigProto and its neighbours
"""

from __future__ import annotations

import importlib
from typing import Any

# Module of tensorboard.compat.proto -> the messages that TensorFlow 1.15 makes public.
_MESSAGES = {
    "attr_value_pb2": "AttrValue NameAttrList",
    "cluster_pb2": "ClusterDef JobDef",
    "config_pb2": "ConfigProto GPUOptions GraphOptions OptimizerOptions RunMetadata RunOptions",
    "event_pb2": "Event LogMessage SessionLog TaggedRunMetadata",
    "graph_pb2": "GraphDef",
    "histogram_pb2": "HistogramProto",
    "meta_graph_pb2": "CollectionDef MetaGraphDef SignatureDef TensorInfo",
    "node_def_pb2": "NodeDef",
    "saver_pb2": "SaverDef",
    "summary_pb2": "Summary SummaryDescription SummaryMetadata",
    "tfprof_log_pb2": "OpLogProto",
    "variable_pb2": "VariableDef",
}

_WHERE = {name: module for module, names in _MESSAGES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"tensorboard.compat.proto.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_WHERE, *globals()})
