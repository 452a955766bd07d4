"""Asking a graph what is in it.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework/get_placeholders
"""

from __future__ import annotations

from ....graph import stacks
from ....graph.graph import Graph
from ....graph.operation import Tensor


def get_name_scope() -> str:
    """The name scope in force, without a slash at its end."""
    return stacks.get_default_graph().get_name_scope()


def get_placeholders(graph: Graph) -> list[Tensor]:
    """The placeholders of a graph, in the order they were made."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]
