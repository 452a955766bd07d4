"""`tf.import_graph_def`: the nodes of a GraphDef in the default graph.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/graph_util/import_graph_def
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..graph import from_proto, stacks
from ..graph.graph import Graph
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import registry
from .inlining import inlined
from .node import convert_to_tensor, create_op

_SCALAR_PLACEHOLDERS = 24  # graphs of producers before this one meant by shape [] a shape not known
_NEXT = ("NextIteration", "RefNextIteration")


def import_graph_def(
    graph_def: Any,
    input_map: dict[str, Any] | None = None,
    return_elements: Iterable[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Any] | None:
    """Add the nodes of `graph_def` under the name scope `name` ("import" if None, none at all if "").

    `input_map` gives tensors for inputs of the graph by name (`x` or `x:0`); `return_elements` names operations and
    tensors to return. `TypeError` if `graph_def` is no GraphDef, `ValueError` for nodes that do not fit together: an
    unknown op, a missing or mistyped input, a name that is taken, a map of what is not there.
    """
    if not hasattr(graph_def, "node"):
        raise TypeError("graph_def must be a GraphDef proto.")
    if input_map is not None and not all(isinstance(k, str) for k in input_map):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    if return_elements is not None:
        return_elements = list(return_elements)
        if not all(isinstance(e, str) for e in return_elements):
            raise TypeError("return_elements must be a list of strings.")
    graph = stacks.get_default_graph()
    if name == "":
        return _Import(graph, "", graph_def, input_map or {}).run(return_elements)
    with name_scope(name, "import", list((input_map or {}).values())) as scope:
        return _Import(graph, scope, graph_def, input_map or {}).run(return_elements)


class _Import:
    """One import: the nodes by name, and what has been made of them."""

    def __init__(self, graph: Graph, prefix: str, graph_def: Any, input_map: dict[str, Any]) -> None:
        self.graph, self.prefix = graph, prefix
        graph_def = inlined(graph_def)
        self.nodes = {node.name: node for node in graph_def.node}
        if len(self.nodes) < len(graph_def.node):
            raise ValueError("graph_def holds two nodes of one name.")
        self.producer = graph_def.versions.producer
        self.made: dict[str, Operation] = {}
        self.mapped = {_tensor_name(key): convert_to_tensor(value) for key, value in input_map.items()}
        self.used: set[str] = set()

    def run(self, return_elements: list[str] | None) -> list[Any] | None:
        back_edges: list[tuple[Operation, int, str]] = []
        for node in self._ordered():
            self._make(node, back_edges)
        for op, index, source in back_edges:
            op._update_input(index, self._tensor(op.name, source))
        missing = [key for key in self.mapped if key not in self.used and key.split(":")[0] not in self.nodes]
        if missing:
            raise ValueError(f"Attempted to map inputs that were not found in graph_def: [{', '.join(missing)}]")
        return None if return_elements is None else [self._element(e) for e in return_elements]

    def _ordered(self) -> list[Any]:
        """The nodes after what they read; a Merge does not wait for its loop to come round."""
        done: set[str] = set()
        on_the_way: set[str] = set()
        result = []
        for start in self.nodes:
            stack = [start]
            while stack:
                node = self.nodes[stack[-1]]
                if node.name in done:
                    stack.pop()
                    continue
                waiting = [s for s in self._sources(node) if s not in done]
                if not waiting:
                    stack.pop()
                    done.add(node.name)
                    result.append(node)
                    continue
                if node.name in on_the_way:
                    raise ValueError(f"graph_def has a cycle that is no while loop, at node {node.name!r}.")
                on_the_way.add(node.name)
                stack.extend(waiting)
        return result

    def _sources(self, node: Any) -> list[str]:
        found = []
        for text in node.input:
            source = text.removeprefix("^").split(":")[0]
            if not text.startswith("^") and _tensor_name(text) in self.mapped:
                continue
            if source not in self.nodes:
                raise ValueError(f"Node {node.name!r}: Unknown input node {text!r}")
            loops = node.op in ("Merge", "RefMerge") and self.nodes[source].op in _NEXT and not text.startswith("^")
            if not loops:
                found.append(source)
        return found

    def _make(self, node: Any, back_edges: list[tuple[Operation, int, str]]) -> None:
        full = self.prefix + node.name
        try:
            definition = registry.get(node.op)
        except registry.UnknownOpError:
            raise ValueError(f"No op named {node.op} in defined operations (node {full!r}).") from None
        attrs = {key: _attr(full, definition, key, value) for key, value in node.attr.items()}
        attrs.pop("_output_shapes", None)
        if node.op == "Const" and node.attr["value"].tensor.dtype != node.attr["dtype"].type:
            raise ValueError(f"Node {full!r}: the value is not of the type {attrs.get('dtype')}.")
        if node.op == "Placeholder" and self.producer < _SCALAR_PLACEHOLDERS and attrs.get("shape") == []:
            attrs["shape"] = TensorShape(None)
        if "_class" in attrs:
            attrs["_class"] = [self._colocation(group) for group in attrs["_class"]]
        data = [text for text in node.input if not text.startswith("^")]
        inputs: list[Tensor] = []
        later: list[tuple[int, str]] = []
        for i, text in enumerate(data):
            if _tensor_name(text) not in self.mapped and text.split(":")[0] not in self.made:
                later.append((i, text))  # the way back of a loop: it is put in when it is there
            else:
                inputs.append(self._tensor(full, text))
        if later and not inputs:
            raise ValueError(f"Node {full!r}: nothing but its own results goes into the loop.")
        for i, _ in later:
            inputs.insert(i, inputs[0])
        try:
            self.graph.reserve_name(full)
            op = create_op(self.graph, node.op, inputs, f"{full}/", attrs)
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:  # attrs that lie do these
            if isinstance(error, ValueError) and f"{full!r} (op: " in str(error):
                raise
            raise ValueError(f"Node {full!r} ({node.op}) does not fit: {error}") from None
        if len(op.inputs) != len(inputs):
            raise ValueError(f"Node {full!r} ({node.op}) takes {len(op.inputs)} inputs, and is given {len(inputs)}.")
        if node.device and not op.device:
            op._set_device(node.device)
        op._add_control_inputs([self.made[t[1:]] for t in node.input if t.startswith("^")])
        self.made[node.name] = op
        back_edges.extend((op, i, text) for i, text in later)

    def _colocation(self, group: bytes) -> bytes:
        group = group.encode() if isinstance(group, str) else group
        return b"loc:@" + self.prefix.encode() + group[5:] if group.startswith(b"loc:@") else group

    def _tensor(self, reader: str, text: str) -> Tensor:
        key = _tensor_name(text)
        if key in self.mapped:
            self.used.add(key)
            return self.mapped[key]
        source, _, index = key.rpartition(":")
        outputs = self.made[source].outputs
        if not index.isdigit() or int(index) >= len(outputs):
            raise ValueError(
                f"Node {reader!r}: Connecting to invalid output {index} of source node {source} which has "
                f"{len(outputs)} outputs"
            )
        return outputs[int(index)]

    def _element(self, name: str) -> Any:
        source, colon, index = name.partition(":")
        if source not in self.made or (colon and (not index.isdigit() or int(index) >= len(self.made[source].outputs))):
            raise ValueError(f"Requested return_element {name!r} not found in graph_def.")
        return self.made[source].outputs[int(index)] if colon else self.made[source]


# What an AttrValue's field is for each kind of attr.
_FIELDS = {
    "string": "s",
    "int": "i",
    "float": "f",
    "bool": "b",
    "type": "type",
    "shape": "shape",
    "tensor": "tensor",
    "func": "func",
}


def _attr(node: str, definition: registry.OpDef, key: str, value: Any) -> Any:
    """An attr's value; `ValueError` if it is not of the kind that the op wants, or cannot be."""
    field = value.WhichOneof("value")
    kind = definition.attrs[key].type if key in definition.attrs else "list(string)" if key == "_class" else None
    if kind is not None:
        item = _FIELDS[kind.removeprefix("list(").removesuffix(")")]
        found = {f.name for f, _ in value.list.ListFields()} if field == "list" else {field}
        if (field == "list") != kind.startswith("list(") or not found <= {item}:
            raise ValueError(f"Node {node!r}: the attr {key!r} of {definition.name} has to be of type {kind}.")
    try:
        return from_proto.attr(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Node {node!r}: the attr {key!r}: {error}") from None


def _tensor_name(text: str) -> str:
    return text if ":" in text else f"{text}:0"
