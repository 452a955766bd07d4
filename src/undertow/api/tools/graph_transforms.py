"""`tensorflow.tools.graph_transforms`: the transforms of GraphDefs that inference is made smaller with.

Source: https://github.com/tensorflow/tensorflow/blob/r1.15/tensorflow/tools/graph_transforms/README.md
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph.dtypes import as_dtype
from ...graph.errors import InvalidArgumentError, unbuilt
from ...graph.graph import Graph
from ...graph.proto import attr_value
from ...ops import registry
from ...ops.importer import import_graph_def
from ...runtime.session import Session
from ..graph_util import extract_sub_graph, node_name, with_nodes, without_nodes
from .optimize_for_inference_lib import fold_batch_norms
from .strip_unused_lib import strip_unused

_Arguments = dict[str, list[str]]
_TRANSFORM = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.DOTALL)
_ARGUMENT = re.compile(r'\s*(\w+)\s*=\s*(?:"([^"]*)"|([^,]*?))\s*(?:,|$)')
_UNBUILT = """
    add_default_attributes backport_concatv2 backport_tensor_array_v3 flatten_atrous_conv freeze_requantization_ranges
    fuse_convolutions insert_logging merge_duplicate_nodes obfuscate_names quantize_nodes quantize_weights
    rename_attribute rename_node rename_op round_weights set_device sparsify_gather
""".split()
_NOT_FOLDED = ("Enter", "Exit", "Merge", "NextIteration", "Switch", "LoopCond", "Placeholder", "NoOp")


def TransformGraph(input_graph_def: Any, inputs: list[str], outputs: list[str], transforms: list[str]) -> Any:
    """The graph after the `transforms`, one after the other: `name` or `name(argument=value, …)`.

    `InvalidArgumentError` for a transform that there is not, `UnimplementedError` for one that is not built.
    """
    starts, ends = list(map(node_name, inputs)), list(map(node_name, outputs))
    graph_def = with_nodes(input_graph_def, input_graph_def.node)
    for text in transforms:
        found = _TRANSFORM.fullmatch(text)
        name = found[1] if found else text
        if name in _UNBUILT:
            raise unbuilt(f"The transform {name!r} of graphs")
        if name not in _TRANSFORMS:
            raise InvalidArgumentError(None, None, f"Transform '{name}' not recognized.")
        arguments: _Arguments = {}
        for key, quoted, plain in _ARGUMENT.findall(found[2] or "" if found else ""):
            arguments.setdefault(key, []).append(quoted or plain)
        graph_def = _TRANSFORMS[name](graph_def, starts, ends, arguments)
    return graph_def


def _strip_unused(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    dtype = as_dtype(arguments.get("type", ["float32"])[0].replace("DT_", "").lower()).as_datatype_enum
    types = {node.name: node.op for node in graph_def.node}
    replaced = [name for name in inputs if types.get(name) != "Placeholder"]
    return strip_unused(graph_def, replaced, outputs, dtype)


def _remove_nodes(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    return without_nodes(graph_def, arguments.get("op", []), [*inputs, *outputs])


def _fold_constants(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    """Nodes whose inputs are all constants become constants of the same name; what then no output needs goes."""
    graph_def = _sorted(graph_def, inputs, outputs, arguments)
    constant: set[str] = set()
    for node in graph_def.node:
        if node.name not in inputs and _folds(node) and all(text in constant for text in node.input):
            constant.add(node.name)
    read = {node_name(text) for node in graph_def.node if node.name not in constant for text in node.input}
    folded = [
        node.name
        for node in graph_def.node
        if node.name in constant and node.op != "Const" and (node.name in read or node.name in outputs)
    ]
    if not folded:
        return extract_sub_graph(graph_def, outputs)
    graph = Graph()
    with graph.as_default(), Session(graph=graph) as session:
        import_graph_def(extract_sub_graph(graph_def, folded), name="")
        values = dict(zip(folded, session.run([f"{name}:0" for name in folded])))
    for node in graph_def.node:
        if node.name in values:
            value = np.asarray(values[node.name])
            node.op = "Const"
            node.attr.clear()
            del node.input[:]
            node.attr["dtype"].CopyFrom(attr_value(as_dtype(value.dtype)))
            node.attr["value"].CopyFrom(attr_value(value))
    return extract_sub_graph(graph_def, outputs)


def _folds(node: Any) -> bool:
    """Whether a node of constant inputs is a constant: it gives one tensor, the same each time."""
    try:
        definition = registry.get(node.op)
    except registry.UnknownOpError:
        return False
    return not definition.is_stateful and node.op not in _NOT_FOLDED and len(definition.outputs) == 1 and not any(
        arg.is_list for arg in definition.outputs
    )  # fmt: skip


def _sorted(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    """The nodes after what they read; those of a loop in the end, as they were."""
    nodes = {node.name: node for node in graph_def.node}
    order: dict[str, Any] = {}
    waiting = list(nodes)
    while waiting:
        later = []
        for name in waiting:
            if all(node_name(text) in order for text in nodes[name].input):
                order[name] = nodes[name]
            else:
                later.append(name)
        if len(later) == len(waiting):
            order.update((name, nodes[name]) for name in later)
            break
        waiting = later
    return with_nodes(graph_def, order.values())


def _remove_device(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    for node in graph_def.node:
        node.device = ""
    return graph_def


def _remove_attribute(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    ops = arguments.get("op_name", ["*"])
    for node in graph_def.node:
        for name in arguments.get("attribute_name", []):
            if name in node.attr and ("*" in ops or node.op in ops):
                del node.attr[name]
    return graph_def


def _remove_control(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    for node in graph_def.node:
        node.input[:] = [text for text in node.input if not text.startswith("^")]
    return graph_def


def _fold_batch_norms(graph_def: Any, inputs: list[str], outputs: list[str], arguments: _Arguments) -> Any:
    return fold_batch_norms(graph_def)


_TRANSFORMS: dict[str, Callable[[Any, list[str], list[str], _Arguments], Any]] = {
    "fold_batch_norms": _fold_batch_norms,
    "fold_constants": _fold_constants,
    "fold_old_batch_norms": _fold_batch_norms,
    "remove_attribute": _remove_attribute,
    "remove_control_dependencies": _remove_control,
    "remove_device": _remove_device,
    "remove_nodes": _remove_nodes,
    "sort_by_execution_order": _sorted,
    "strip_unused_nodes": _strip_unused,
}
