"""The functions of a GraphDef, put where they are called: calls, branches (`If`) and loops (`While`) as plain nodes.

TensorFlow 2 freezes networks with such functions, TensorFlow 1.15 makes them of `Defun` and of control flow v2. Here
a call's body stands under the call's name, a branch is Switch and Merge, a loop Enter, Merge, Switch and NextIteration,
as `tf.cond` and `tf.while_loop` write them; what has the call's own name hands on the outputs.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/PartitionedCall and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import registry

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_BRANCHES = ("If", "StatelessIf")
_LOOPS = ("While", "StatelessWhile")
_UNBUILT = ("Case", "StatelessCase", "For", "RemoteCall")
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
    return node.op in functions or node.op in (*_CALLS, *_BRANCHES, *_LOOPS, *_UNBUILT)


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
            except (
                LookupError,
                TypeError,
                AttributeError,
                registry.UnknownOpError,
            ) as error:  # as a file's lies make them
                raise ValueError(f"Node {node.name!r} ({node.op}) does not fit its function: {error}") from None
            if len(self.target.node) > _MOST_NODES:
                raise ValueError(f"Node {node.name!r}: its functions come to more than {_MOST_NODES} nodes.")

    def _add(self, node: Any) -> None:
        if node.op in _UNBUILT:
            raise ValueError(f"Node {node.name!r}: the op {node.op} is not built in Undertow yet.")
        if node.op in _BRANCHES:
            self._branch(node)
        elif node.op in _LOOPS:
            self._loop(node)
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

    # Branches

    def _branch(self, node: Any) -> None:
        """`If`: the inputs go one way by Switch nodes, and what the branches give is merged."""
        (cond, *inputs), control = _parted(node.input)
        name, types = node.name, list(node.attr["Tin"].list.type)
        pred = self._predicate(node, cond, control)
        pivot = self._node(f"{name}/pivot", "Switch", [pred, pred], node, T=_BOOL)
        switches = [
            self._node(f"{name}/Switch_{i}", "Switch", [text, pred], node, T=dtype)
            for i, (text, dtype) in enumerate(zip(inputs, types))
        ]
        found, marks, effects = [], [], False
        for key, way in (("else_branch", 0), ("then_branch", 1)):
            start = self._node(f"{name}/{key}_pivot", "Identity", [f"{pivot}:{way}"], node, T=_BOOL)
            outputs, done = self._body(
                node.attr[key].func.name,
                f"{name}/{key}/",
                [f"{s}:{way}" for s in switches],
                [f"^{start}"],
                node,
                node.attr[key].func.attr,
            )
            found.append(outputs)
            marks.append(self._node(f"{name}/{key}_done", "Identity", [start, *done], node, T=_BOOL))
            effects = effects or bool(done)
        if [d for _, d in found[0]] != [d for _, d in found[1]]:
            raise ValueError(f"Node {name!r}: its branches give different types.")
        merged = [
            (self._merge(f"{name}/Merge_{i}", a, b, d, node), d) for i, ((a, d), (b, _)) in enumerate(zip(*found))
        ]
        ended = [f"^{self._merge(f'{name}/done', marks[0], marks[1], _BOOL, node)}"] if effects or not merged else []
        self._hand_on(node, merged, ended)

    def _merge(self, name: str, a: str, b: str, dtype: int, node: Any) -> str:
        self._node(name, "Merge", [a, b], node, T=dtype)
        self.target.node[-1].attr["N"].i = 2
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
        merges = [self._merge(f"{name}/Merge_{i}", e, f"{name}/NextIteration_{i}", d, node)
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


_BOOL = 10  # DT_BOOL


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
