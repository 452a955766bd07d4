"""`tf.graph_util`: GraphDefs cut down to what is needed, variables in them made constants.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/graph_util
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from ..graph.dtypes import as_dtype, int32, string
from ..graph.graph import Graph
from ..graph.operation import Operation
from ..graph.proto import attr_value
from ..graph.shape import TensorShape
from ..ops.importer import import_graph_def as import_graph_def

_log = logging.getLogger("tensorflow")
_REFERENCES = ("VariableV2", "Variable")
_HANDLES = ("VarHandleOp",)
_PINNED = frozenset(
    "Variable VariableV2 Assign AssignAdd AssignSub ScatterAdd ScatterSub ScatterUpdate ApplyGradientDescent".split()
)
# What hands a variable on, into a branch or a loop; with a constant in its place the nodes on the right do it.
_PLAIN = {
    "RefEnter": "Enter", "RefExit": "Exit", "RefIdentity": "Identity", "RefMerge": "Merge",
    "RefNextIteration": "NextIteration", "RefSwitch": "Switch",
}  # fmt: skip
_HANDS_ON = frozenset(["Identity", *_PLAIN, *_PLAIN.values()])


def must_run_on_cpu(node: Any, pin_variables_on_cpu: bool = False) -> bool:
    """Whether an operation or NodeDef had to be on the CPU: constants of int32 and string and what works on int32."""
    definition = node.node_def if isinstance(node, Operation) else node
    if pin_variables_on_cpu and definition.op in _PINNED:
        return True
    on_cpu = {"Const": ("dtype", (string, int32)), "DynamicStitch": ("T", (int32,)), "Cast": ("SrcT", (int32,))}
    key, types = on_cpu.get(definition.op, ("", ()))
    return bool(key) and as_dtype(definition.attr[key].type) in types


def tensor_shape_from_node_def_name(graph: Graph, input_name: str) -> TensorShape:
    """The shape of the tensor that an input of a NodeDef (`x`, `x:1`) names; `KeyError` if there is none."""
    return graph.get_tensor_by_name(input_name if ":" in input_name else f"{input_name}:0").get_shape()


def extract_sub_graph(graph_def: Any, dest_nodes: list[str]) -> Any:
    """The nodes of a GraphDef that those named `dest_nodes` need, they among them.

    `TypeError` if it is no GraphDef or `dest_nodes` no list, `AssertionError` if a node is not there.
    """
    _check_graph_def(graph_def)
    if isinstance(dest_nodes, str):  # its letters are no names
        raise TypeError("dest_nodes must be a list.")
    nodes = {node.name: node for node in graph_def.node}
    wanted, stack = set(), list(dest_nodes)
    while stack:
        name = stack.pop()
        if name not in nodes:
            raise AssertionError(f"{name} is not in graph")
        if name not in wanted:
            wanted.add(name)
            stack.extend(node_name(text) for text in nodes[name].input)
    return with_nodes(graph_def, (node for node in graph_def.node if node.name in wanted))


def remove_training_nodes(input_graph: Any, protected_nodes: Collection[str] | None = None) -> Any:
    """The graph without its CheckNumerics, and without the Identity nodes that have nothing to do with control edges.

    What read them reads what they read. `protected_nodes` are kept.
    """
    return without_nodes(input_graph, ("CheckNumerics", "Identity"), protected_nodes or ())


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: list[str],
    variable_names_whitelist: Collection[str] | None = None,
    variable_names_blacklist: Collection[str] | None = None,
) -> Any:
    """The part of a GraphDef that `output_node_names` need, its variables constants of their values in `sess`.

    Of the variables only those in the whitelist, if there is one, and not those in the blacklist.
    `AssertionError` if a node is not there, `FailedPreconditionError` if a variable has no value.
    """
    inference = extract_sub_graph(input_graph_def, list(output_node_names))

    def chosen(node: Any) -> bool:
        if variable_names_whitelist is not None and node.name not in variable_names_whitelist:
            return False
        return node.op in (*_REFERENCES, *_HANDLES) and node.name not in (variable_names_blacklist or ())

    variables = {node.name: node for node in inference.node if chosen(node)}
    values = dict(zip(variables, sess.run([_read_of(v, input_graph_def) for v in variables.values()])))
    _log.info("Froze %d variables.", len(variables))
    standing = _standing_for(inference, variables)
    result = type(input_graph_def)(versions=inference.versions, library=inference.library)
    for node in inference.node:
        if node.name in variables:
            constant = result.node.add(name=node.name, op="Const")
            constant.attr["dtype"].CopyFrom(node.attr["dtype"])
            constant.attr["value"].CopyFrom(attr_value(_array(values[node.name], node.attr["dtype"].type)))
        elif any(node_name(text) in standing for text in node.input[:1]):
            _read_constant(result, node, standing[node_name(node.input[0])].attr["dtype"])
        else:
            result.node.add().CopyFrom(node)
    _log.info("Converted %d variables to const ops.", len(variables))
    return result


def _read_of(variable: Any, graph_def: Any) -> str:
    """The tensor that has a variable's value."""
    if variable.op in _REFERENCES:
        return f"{variable.name}:0"
    reads = [n.name for n in graph_def.node if n.op == "ReadVariableOp" and node_name(n.input[0]) == variable.name]
    if not reads:
        raise ValueError(f"The variable {variable.name!r} is read by no ReadVariableOp: its value cannot be frozen.")
    usual = f"{variable.name}/Read/ReadVariableOp"
    return f"{usual if usual in reads else reads[0]}:0"


def _array(value: Any, datatype: int) -> np.ndarray[Any, Any]:
    return np.asarray(value, dtype=as_dtype(datatype).as_numpy_dtype)


def _standing_for(graph_def: Any, variables: dict[str, Any]) -> dict[str, Any]:
    """The nodes whose first output is a variable (not its value), and the variable: what hands it on is one too."""
    standing = dict(variables)
    found = True
    while found:
        found = False
        for node in graph_def.node:
            source = node_name(node.input[0]) if node.input else ""
            if node.name in standing or source not in standing or node.op not in _HANDS_ON:
                continue
            if node.op.startswith("Ref") or standing[source].op in _HANDLES:
                standing[node.name] = standing[source]
                found = True
    return standing


def _read_constant(result: Any, node: Any, dtype: Any) -> None:
    """Add `node`, whose first input was a variable, as what it is where that is a constant."""
    added = result.node.add()
    if node.op == "ReadVariableOp":
        added.name, added.op = node.name, "Identity"
        added.input.extend(node.input)
        added.attr["T"].CopyFrom(dtype)
    elif node.op == "ResourceGather":
        axis = result.node[-1]
        axis.name, axis.op = f"{node.name}/axis", "Const"
        axis.attr["dtype"].CopyFrom(attr_value(int32))
        axis.attr["value"].CopyFrom(attr_value(np.array(node.attr["batch_dims"].i, np.int32)))
        added = result.node.add(name=node.name, op="GatherV2")
        added.input.extend([*node.input[:2], axis.name, *node.input[2:]])
        added.attr["Tparams"].CopyFrom(dtype)
        for key in ("Tindices", "batch_dims"):
            added.attr[key].CopyFrom(node.attr[key])
        added.attr["Taxis"].CopyFrom(attr_value(int32))
    elif node.op == "ResourceGatherNd":
        added.name, added.op = node.name, "GatherNd"
        added.input.extend(node.input)
        added.attr["Tparams"].CopyFrom(dtype)
        added.attr["Tindices"].CopyFrom(node.attr["Tindices"])
    else:
        added.CopyFrom(node)
        if node.op in _HANDS_ON:
            added.op = _PLAIN.get(node.op, node.op)
            added.attr["T"].CopyFrom(dtype)


# What the tools of `api.tools` share.


def node_name(text: str) -> str:
    """The node that an input of a NodeDef names: `x` for `x`, `x:1` and `^x`."""
    return text.removeprefix("^").partition(":")[0]


def with_nodes(graph_def: Any, nodes: Iterable[Any]) -> Any:
    """A GraphDef of copies of `nodes`, all else as in `graph_def`."""
    result = type(graph_def)(versions=graph_def.versions, library=graph_def.library)
    result.node.extend(nodes)
    return result


def without_nodes(graph_def: Any, types: Collection[str], protected: Collection[str]) -> Any:
    """A graph without its nodes of these types: what read them reads their first input.

    The nodes named `protected` stay, as does an Identity that a control edge goes to or from.
    """
    _check_graph_def(graph_def)
    edges = {node_name(text) for node in graph_def.node for text in node.input if text.startswith("^")}

    def goes(node: Any) -> bool:
        if node.op not in types or node.name in protected or not node.input or node.input[0].startswith("^"):
            return False
        return node.op != "Identity" or not (node.name in edges or any(text.startswith("^") for text in node.input))

    gone = {node.name: node.input[0] for node in graph_def.node if goes(node)}

    def source(text: str) -> str:
        seen = set()
        while node_name(text) in gone and text not in seen:
            seen.add(text)
            before = gone[node_name(text)]
            text = f"^{node_name(before)}" if text.startswith("^") else before
        return text

    result = with_nodes(graph_def, (node for node in graph_def.node if node.name not in gone))
    for node in result.node:
        node.input[:] = [source(text) for text in node.input]
    return result


def _check_graph_def(graph_def: Any) -> None:
    if not hasattr(graph_def, "node"):
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.")
