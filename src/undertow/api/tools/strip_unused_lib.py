"""`tensorflow.python.tools.strip_unused_lib`: a graph cut down to what lies between its inputs and its outputs."""

from __future__ import annotations

from typing import Any

from ..graph_util import extract_sub_graph, with_nodes
from .graph_files import read_graph, write_graph


def strip_unused(
    input_graph_def: Any,
    input_node_names: list[str],
    output_node_names: list[str],
    placeholder_type_enum: int | list[int],
) -> Any:
    """The nodes that `output_node_names` need, those named `input_node_names` being placeholders of the given dtype(s).

    `ValueError` if an input names a tensor, `KeyError` if it is not there, `AssertionError` if an output is not.
    """
    for name in input_node_names:
        if ":" in name:
            raise ValueError(f"Name '{name}' appears to refer to a Tensor, not a Operation.")
    missing = set(input_node_names) - {node.name for node in input_graph_def.node}
    if missing:
        raise KeyError(f"The following input nodes were not found: {missing}")
    types = placeholder_type_enum
    if not isinstance(types, list):
        types = [types] * len(input_node_names)
    wanted = dict(zip(input_node_names, types))
    result = with_nodes(input_graph_def, input_graph_def.node)
    for node in result.node:
        if node.name in wanted:
            for key in set(node.attr) - {"_output_shapes", "shape"}:
                del node.attr[key]
            node.op, node.device = "Placeholder", ""
            del node.input[:]
            node.attr["dtype"].type = wanted[node.name]
    return extract_sub_graph(result, output_node_names)


def strip_unused_from_files(
    input_graph: str,
    input_binary: bool,
    output_graph: str,
    output_binary: bool,
    input_node_names: str,
    output_node_names: str,
    placeholder_type_enum: int | list[int],
) -> None:
    """`strip_unused` from one file to another; the names are separated by commas."""
    stripped = strip_unused(
        read_graph(input_graph, input_binary),
        input_node_names.split(","),
        output_node_names.split(","),
        placeholder_type_enum,
    )
    write_graph(output_graph, stripped, output_binary)
