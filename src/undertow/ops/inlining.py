"""The functions of a GraphDef, put where they are called: calls, branches (`If`) and loops (`While`) as plain nodes.

TensorFlow 2 freezes networks with such functions, TensorFlow 1.15 makes them of `Defun` and of control flow v2. Here
a call's body stands under the call's name, a branch is Switch and Merge, a loop Enter, Merge, Switch and NextIteration,
as `tf.cond` and `tf.while_loop` write them; what has the call's own name hands on the outputs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/PartitionedCall and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..graph.proto import tensor_proto
from . import registry

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_BRANCHES = ("If", "StatelessIf")
_LOOPS = ("While", "StatelessWhile")
_CASES = ("Case", "StatelessCase")
_UNBUILT = ("For", "RemoteCall")
_MOST_NODES = 1 << 18  # a few functions that call each other twice could ask for any number
_DEEPEST = 64


def inlined(graph_def: Any) -> Any:
    """The graph without calls of its library's functions; itself if it has none.

    `ValueError` if a function is not in the library, calls itself, or does not fit its call.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    if not any(_is_call(node, functions) for node in graph_def.node):
        return graph_def
    result = type(graph_def)(versions=graph_def.versions)
    _Inliner(functions, result).add(graph_def.node)
    return result


def _is_call(node: Any, functions: dict[str, Any]) -> bool:
    known = node.op in functions or node.op in (*_CALLS, *_BRANCHES, *_CASES, *_LOOPS, *_UNBUILT)
    return known or _is_gradient(node, functions)


def _is_gradient(node: Any, functions: dict[str, Any]) -> bool:
    """Whether it is TensorFlow's gradient of a function; ours are of the same type, but of no function."""
    return node.op == "SymbolicGradient" and node.attr["f"].func.name in functions


class _Inliner:
    """Writes nodes into a GraphDef, and in place of each call those of its function."""

    def __init__(self, functions: dict[str, Any], target: Any) -> None:
        self.functions, self.target = functions, target
        self.depth = 0
        self.roots: list[str] = []  # what, in the branch or loop that is being written, those without inputs wait for

    def add(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            try:
                self._add(node)
            except (LookupError, TypeError, AttributeError, ValueError) as error:  # as a file's lies make them
                if isinstance(error, ValueError) and str(error).startswith("Node "):
                    raise
                raise ValueError(f"Node {node.name!r} ({node.op}) does not fit its function: {error}") from None
            if len(self.target.node) > _MOST_NODES:
                raise ValueError(f"Node {node.name!r}: its functions come to more than {_MOST_NODES} nodes.")

    def _add(self, node: Any) -> None:
        if node.op in _UNBUILT:
            raise ValueError(f"Node {node.name!r}: the op {node.op} is not built in Undertow yet.")
        if node.op in _BRANCHES:
            self._branch(node)
        elif node.op in _CASES:
            self._case(node)
        elif node.op in _LOOPS:
            self._loop(node)
        elif _is_gradient(node, self.functions):
            self._gradient(node)
        elif _is_call(node, self.functions):
            data, control = _parted(node.input)
            name, attrs = node.op, node.attr
            if node.op in _CALLS:
                name, attrs = node.attr["f"].func.name, node.attr["f"].func.attr
            outputs, done = self._body(name, f"{node.name}/", data, control or self.roots, node, attrs)
            self._hand_on(node, outputs, [*done, *(control if not outputs else [])])
        else:
            self.target.node.add().CopyFrom(node)

    # What stands for a call

    def _node(self, name: str, op: str, inputs: Iterable[str], like: Any, **attrs: Any) -> str:
        """Add a node of ours; `attrs` are types (numbers of the enumeration), texts, or lists of types."""
        made = self.target.node.add(name=name, op=op, input=inputs, device=like.device)
        for key, value in attrs.items():
            if isinstance(value, list):
                made.attr[key].list.type.extend(value)
            elif isinstance(value, str):
                made.attr[key].s = value.encode()
            else:
                made.attr[key].type = value
        return name

    def _hand_on(self, node: Any, outputs: list[tuple[str, int]], done: list[str]) -> None:
        """The node by whose name the outputs, texts and types, are known."""
        if len(outputs) == 1:
            self._node(node.name, "Identity", [outputs[0][0], *done], node, T=outputs[0][1])
        elif outputs:
            self._node(node.name, "IdentityN", [*(t for t, _ in outputs), *done], node, T=[d for _, d in outputs])
        else:
            self._node(node.name, "NoOp", done, node)

    def _body(
        self, name: str, prefix: str, inputs: list[str], roots: list[str], caller: Any, attrs: Any
    ) -> tuple[list[tuple[str, int]], list[str]]:
        """Add the nodes of a function, named under `prefix`: its outputs with their types, and what it does besides.

        A node that has no inputs waits for `roots`, edges of control.
        """
        if name not in self.functions:
            raise ValueError(f"Node {caller.name!r} calls the function {name!r}, which is not in the library.")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError(f"Node {caller.name!r}: the function {name!r} calls itself.")
        function = self.functions[name]
        arguments = [arg.name for arg in function.signature.input_arg]
        if len(arguments) != len(inputs) or any(
            a.number_attr or a.type_list_attr for a in function.signature.input_arg
        ):
            raise ValueError(
                f"Node {caller.name!r} gives {len(inputs)} inputs to {name!r}, which takes {len(arguments)}."
            )
        given = dict(zip(arguments, inputs))
        inside = {node.name: node for node in function.node_def}

        def text_of(text: str) -> str:
            """An input of a node in the function as one of a node in the graph."""
            if text.startswith("^"):
                source = text[1:]
                return f"^{prefix}{source}" if source in inside else f"^{_source(given[source])}"
            if text in given:
                return given[text]
            source, _, output = text.partition(":")
            return f"{prefix}{source}:{self._place(inside[source], output)}"

        try:
            nodes = [self._placed(node, prefix, text_of, roots, caller, attrs) for node in function.node_def]
            outputs = [
                (text_of(function.ret[arg.name]), arg.type or attrs[arg.type_attr].type)
                for arg in function.signature.output_arg
            ]
            done = [f"^{prefix}{source}" for source in function.control_ret.values()]
        except (KeyError, IndexError, TypeError) as error:
            raise ValueError(f"The function {name!r} does not fit together: {error} is not in it.") from None
        around, self.roots = self.roots, roots
        self.add(nodes)
        self.roots = around
        self.depth -= 1
        done += [f"^{prefix}{n.name}" for n in function.node_def if _has_effect(n) and f"^{prefix}{n.name}" not in done]
        return outputs, done

    def _placed(
        self, node: Any, prefix: str, text_of: Callable[[str], str], roots: list[str], caller: Any, attrs: Any
    ) -> Any:
        """A node of a function as it stands in the graph."""
        placed = type(node)()
        placed.CopyFrom(node)
        placed.name = prefix + node.name
        placed.device = node.device or caller.device
        placed.input[:] = [text_of(text) for text in node.input] or roots
        for key, value in node.attr.items():
            if value.WhichOneof("value") == "placeholder":
                placed.attr[key].CopyFrom(attrs[value.placeholder])
        if "_class" in placed.attr:  # what it shares a device with has another name now
            del placed.attr["_class"]
        return placed

    def _place(self, node: Any, output: str) -> int:
        """Which output of a node `name:0`, as functions write it, is."""
        name, _, index = output.partition(":")
        if node.op in self.functions and node.op not in _CALLS:
            return [arg.name for arg in self.functions[node.op].signature.output_arg].index(name)
        before = 0
        for arg in registry.get(node.op).outputs:
            if arg.name == name:
                return before + int(index or 0)
            listed = len(node.attr[arg.type_list_attr].list.type) if arg.type_list_attr else 1
            before += node.attr[arg.number_attr].i if arg.number_attr else listed
        raise KeyError(f"{node.name}:{output}")

    def _gradient(self, node: Any) -> None:
        """The gradients of a function by its arguments: of its body, as our own gradient node."""
        inputs, control = _parted(node.input)
        types = list(node.attr["Tout"].list.type)
        targets = [
            self._node(f"{node.name}/arg_{i}", "Identity", [text], node, T=dtype)
            for i, (text, dtype) in enumerate(zip(inputs, types))
        ]
        function = node.attr["f"].func
        outputs, _ = self._body(function.name, f"{node.name}/f/", targets, control or self.roots, node, function.attr)
        pairs = [(y, grad, d) for (y, d), grad in zip(outputs, inputs[len(types) :]) if d in _FLOATS]
        ys, grads, dtypes = [list(part) for part in zip(*pairs)] if pairs else ([], [], [])
        given = [*targets, *ys, *grads]
        self._node(node.name, "SymbolicGradient", given, node, Tin=[*types, *dtypes, *dtypes], Tout=types)
        made = self.target.node[-1]
        made.attr["f"].func.name = "Gradient"
        for key, count in {"_targets": len(types), "_ys": len(ys), "_grad_ys": len(ys), "_stops": 0}.items():
            made.attr[key].i = count

    # Branches

    def _branch(self, node: Any) -> None:
        """`If`: the inputs go one way by Switch nodes."""
        (cond, *inputs), control = _parted(node.input)
        switched = self._switched(node, "", self._predicate(node, cond, control), inputs)
        ways = (("else_branch", 0), ("then_branch", 1))
        self._joined(node, [(key, node.attr[key].func, [f"{s}:{way}" for s in switched]) for key, way in ways])

    def _case(self, node: Any) -> None:
        """`Case`: as many Switch nodes as branches; an index that is of none goes to the last."""
        (index, *inputs), control = _parted(node.input)
        ways, others = [], []
        functions = node.attr["branches"].list.func
        for i, function in enumerate(functions):
            key = f"branch_{i}"
            if i < len(functions) - 1:
                number = self._node(f"{node.name}/{key}_index", "Const", control or self.roots, node, dtype=_INT32)
                self.target.node[-1].attr["value"].tensor.CopyFrom(tensor_proto(np.array(i, np.int32)))
                pred = self._node(f"{node.name}/{key}_pred", "Equal", [index, number], node, T=_INT32)
                others.append(pred)
            else:
                pred = self._none_of(node, index, others)
            ways.append((key, function, [f"{s}:1" for s in self._switched(node, f"{key}_", pred, inputs)]))
        self._joined(node, ways)

    def _none_of(self, node: Any, index: str, preds: list[str]) -> str:
        """Whether none of `preds` holds."""
        found = self._node(f"{node.name}/none", "NotEqual", [index, index], node, T=_INT32)
        for i, pred in enumerate(preds):
            found = self._node(f"{node.name}/any_{i}", "LogicalOr", [found, pred], node)
        return self._node(f"{node.name}/last_pred", "LogicalNot", [found], node)

    def _switched(self, node: Any, prefix: str, pred: str, inputs: list[str]) -> list[str]:
        """Switch nodes for the condition itself, then for each input."""
        types = [_BOOL, *node.attr["Tin"].list.type]
        return [
            self._node(f"{node.name}/{prefix}Switch_{i}", "Switch", [text, pred], node, T=dtype)
            for i, (text, dtype) in enumerate(zip([pred, *inputs], types))
        ]

    def _joined(self, node: Any, ways: list[tuple[str, Any, list[str]]]) -> None:
        """The branches, each with what it is named, its function, and what is sent to it; their outputs merged."""
        name, found, marks, effects = node.name, [], [], False
        for key, function, (pivot, *inputs) in ways:
            start = self._node(f"{name}/{key}_pivot", "Identity", [pivot], node, T=_BOOL)
            outputs, done = self._body(function.name, f"{name}/{key}/", inputs, [f"^{start}"], node, function.attr)
            found.append(outputs)
            marks.append(self._node(f"{name}/{key}_done", "Identity", [start, *done], node, T=_BOOL))
            effects = effects or bool(done)
        types = [dtype for _, dtype in found[0]]
        if any([dtype for _, dtype in outputs] != types for outputs in found):
            raise ValueError(f"Node {name!r}: its branches give different types.")
        texts = zip(*([text for text, _ in outputs] for outputs in found))
        merged = [(self._merge(f"{name}/Merge_{i}", [*t], d, node), d) for i, (t, d) in enumerate(zip(texts, types))]
        ended = [f"^{self._merge(f'{name}/done', marks, _BOOL, node)}"] if effects or not merged else []
        self._hand_on(node, merged, ended)

    def _merge(self, name: str, texts: list[str], dtype: int, node: Any) -> str:
        self._node(name, "Merge", texts, node, T=dtype)
        self.target.node[-1].attr["N"].i = len(texts)
        return name

    def _predicate(self, node: Any, cond: str, control: list[str]) -> str:
        """The condition as a bool; a number holds if it is not zero."""
        dtype = node.attr["Tcond"].type
        if dtype == _BOOL:
            return self._node(f"{node.name}/pred_id", "Identity", [cond, *control], node, T=_BOOL)
        zero = self._node(f"{node.name}/zero", "ZerosLike", [cond], node, T=dtype)
        return self._node(f"{node.name}/pred_id", "NotEqual", [cond, zero, *control], node, T=dtype)

    # Loops

    def _loop(self, node: Any) -> None:
        """`While`: each input is a variable of a loop that goes round as long as `cond` says."""
        inputs, control = _parted(node.input)
        name, types = node.name, list(node.attr["T"].list.type)
        if not inputs:
            raise ValueError(f"Node {name!r}: a loop without variables does not end.")
        enters = [
            self._node(f"{name}/Enter_{i}", "Enter", [text, *control], node, T=dtype, frame_name=name)
            for i, (text, dtype) in enumerate(zip(inputs, types))
        ]
        merges = [self._merge(f"{name}/Merge_{i}", [e, f"{name}/NextIteration_{i}"], d, node)
                  for i, (e, d) in enumerate(zip(enters, types))]  # fmt: skip
        cond, body = node.attr["cond"].func, node.attr["body"].func
        goes_on, _ = self._body(cond.name, f"{name}/cond/", merges, [f"^{merges[0]}"], node, cond.attr)
        if [d for _, d in goes_on] != [_BOOL]:
            raise ValueError(f"Node {name!r}: its condition gives no bool.")
        pred = self._node(f"{name}/LoopCond", "LoopCond", [goes_on[0][0]], node)
        switches = [
            self._node(f"{name}/Switch_{i}", "Switch", [m, pred], node, T=d)
            for i, (m, d) in enumerate(zip(merges, types))
        ]
        values = [
            self._node(f"{name}/Identity_{i}", "Identity", [f"{s}:1"], node, T=d)
            for i, (s, d) in enumerate(zip(switches, types))
        ]
        outputs, done = self._body(body.name, f"{name}/body/", values, [f"^{values[0]}"], node, body.attr)
        if [d for _, d in outputs] != types:
            raise ValueError(f"Node {name!r}: its body does not give the types of its variables.")
        for i, (text, dtype) in enumerate(outputs):
            self._node(f"{name}/NextIteration_{i}", "NextIteration", [text, *(done if i == 0 else [])], node, T=dtype)
        exits = [
            (self._node(f"{name}/Exit_{i}", "Exit", [s], node, T=d), d) for i, (s, d) in enumerate(zip(switches, types))
        ]
        self._hand_on(node, exits, [])


_INT32, _BOOL = 3, 10  # DT_INT32, DT_BOOL
_FLOATS = (1, 2, 14, 19)  # DT_FLOAT, DT_DOUBLE, DT_BFLOAT16, DT_HALF


def _parted(inputs: Iterable[str]) -> tuple[list[str], list[str]]:
    """Inputs that are tensors, and edges of control."""
    texts = list(inputs)
    return [t for t in texts if not t.startswith("^")], [t for t in texts if t.startswith("^")]


def _source(text: str) -> str:
    return text.partition(":")[0]


def _has_effect(node: Any) -> bool:
    """Whether a node is run though nobody reads it."""
    try:
        return registry.get(node.op).is_stateful and node.op not in ("VarHandleOp", "Placeholder")
    except registry.UnknownOpError:  # a function
        return True
