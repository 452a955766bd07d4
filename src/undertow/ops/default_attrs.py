"""Attrs that are as an op has them by default: a file that leaves them out suits readers that do not know them."""

from __future__ import annotations

from typing import Any

from ..graph.proto import attr_value
from . import registry


def strip_default_attrs(graph_def: Any) -> None:
    """Remove from the nodes of a GraphDef, its functions' too, every attr that is the default of its op."""
    for nodes in (graph_def.node, *(function.node_def for function in graph_def.library.function)):
        for node in nodes:
            try:
                attrs = registry.get(node.op).attrs
            except registry.UnknownOpError:  # a function's name, say
                continue
            for name in [n for n, value in node.attr.items() if n in attrs and _is_default(attrs[n], value)]:
                del node.attr[name]


def _is_default(attribute: registry.Attribute, value: Any) -> bool:
    default = attribute.default
    return default is not registry.REQUIRED and default is not None and value == attr_value(default)
