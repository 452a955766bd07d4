"""Asking a graph what is in it, and putting one node in the place of several.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework/get_placeholders and …/fuse_op
"""

from __future__ import annotations

from typing import Any

from ....graph import stacks
from ....graph.graph import Graph
from ....graph.operation import Tensor
from ...graph_util import extract_sub_graph, with_nodes


def get_name_scope() -> str:
    """The name scope in force, without a slash at its end."""
    return stacks.get_default_graph().get_name_scope()


def get_placeholders(graph: Graph) -> list[Tensor]:
    """The placeholders of a graph, in the order they were made."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def fuse_op(
    graph_def: Any,
    input_nodes: list[str],
    output_nodes: list[str],
    output_dtypes: list[int],
    output_quantized: bool,
    op_name: str,
    op_type: str,
) -> Any:
    """A GraphDef in which one node `op_name` of type `op_type` stands for all from `input_nodes` to `output_nodes`.

    It reads the input nodes; the output nodes stay, each of one input, which is now the node's output of its place.
    `TypeError` if it is no GraphDef or nodes are not in a list, `AssertionError` if one is not there or does not fit.
    """
    for name, value in (("input_nodes", input_nodes), ("output_nodes", output_nodes)):
        if isinstance(value, str):
            raise TypeError(f"{name} must be a list.")
    before = {node.name for node in extract_sub_graph(graph_def, input_nodes).node}
    between = {node.name for node in extract_sub_graph(graph_def, output_nodes).node} - before
    kept = [node for node in graph_def.node if node.name in before]
    fused = type(graph_def)().node.add(name=op_name, op=op_type, input=input_nodes)
    fused.attr["_output_types"].list.type.extend(output_dtypes)
    fused.attr["_output_quantized"].b = output_quantized
    result = with_nodes(graph_def, [*kept, fused])
    for i, name in enumerate(output_nodes):
        output = result.node.add()
        output.CopyFrom(next(node for node in graph_def.node if node.name == name))
        if len(output.input) != 1:
            raise AssertionError(f"The output node {name!r} has {len(output.input)} inputs, not one.")
        output.input[0] = f"{op_name}:{i}" if i else op_name
    result.node.extend(node for node in graph_def.node if node.name not in before | between)
    return result
