"""The source of a module: one line for each op of TensorFlow's, what only leads to it written inside."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import torch
from torch import fx

from . import functions, leaf

_INFIX = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.floordiv: "//",
    operator.mod: "%", operator.pow: "**", operator.eq: "==", operator.ne: "!=", operator.lt: "<", operator.le: "<=",
    operator.gt: ">", operator.ge: ">=", operator.and_: "&", operator.or_: "|", operator.matmul: "@",
}  # fmt: skip
_PREFIX = {operator.neg: "-", operator.invert: "~"}
_HOMES = {
    "torch": torch, "F": torch.nn.functional, "torch.special": torch.special, "torch.linalg": torch.linalg,
    "torch.fft": torch.fft,
}  # fmt: skip


def _names() -> dict[Any, str]:
    """The name under which a program calls each function of torch."""
    found: dict[Any, str] = {}
    for home, module in _HOMES.items():
        for name in dir(module):
            item = getattr(module, name)
            if callable(item) and not name.startswith("_"):
                found.setdefault(item, f"{home}.{name}")
    return found


_NAMES: dict[Any, str] = {}


def forward_source(graph: fx.Graph) -> str:
    """`def forward(self, …)`, as a program would spell it."""
    head = f"def forward({', '.join(['self', *(n.name for n in graph.nodes if n.op == 'placeholder')])}):"
    return "\n    ".join([head, *_lines(graph)]) + "\n"


def helpers(graph: fx.Graph) -> list[Any]:
    """The functions called that are not torch's."""
    found = [n.target for n in graph.nodes if n.op == "call_function" and _is_ours(n.target)]
    return list(dict.fromkeys(found))


def _is_ours(function: Any) -> bool:
    return getattr(function, "__module__", None) in (functions.__name__, leaf.__name__)


def _lines(graph: fx.Graph) -> list[str]:
    spelled: dict[fx.Node, str] = {}
    lines = []
    for node in graph.nodes:
        if node.op == "placeholder":
            spelled[node] = node.name
        elif node.op == "output":
            lines.append(f"return {_bare_argument(node.args[0], spelled)}")
        else:
            text = _expression(node, spelled)
            if _inside(node):
                spelled[node] = text
            else:
                lines.append(f"{node.name} = {_bare(text)}")
                spelled[node] = node.name
    return lines


def _inside(node: fx.Node) -> bool:
    """Whether the node is written where it is used: it only leads to an op's own line."""
    if node.op == "get_attr":
        return True
    if "op" in node.meta:
        return False
    return len(node.users) <= 1 or (node.op == "call_function" and node.target in (getattr, operator.getitem))


def _bare(text: str) -> str:
    """An expression without the brackets around all of it."""
    if not text.startswith("(") or not text.endswith(")"):
        return text
    depth = 0
    for letter in text[:-1]:
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text
    return text[1:-1]


def _expression(node: fx.Node, spelled: dict[fx.Node, str]) -> str:
    if node.op == "get_attr":
        return path_source(str(node.target))
    arguments = [_argument(a, spelled) for a in node.args]
    if node.op == "call_method":
        return f"{arguments[0]}.{node.target}({_call(node.args[1:], node, spelled)})"
    if node.op == "call_module":
        return f"{path_source(str(node.target))}({_call(node.args, node, spelled)})"
    target: Any = node.target
    if target in _INFIX and len(arguments) == 2:
        return f"({arguments[0]} {_INFIX[target]} {arguments[1]})"
    if target in _PREFIX:
        return f"({_PREFIX[target]}{arguments[0]})"
    if target is getattr:
        return f"{arguments[0]}.{node.args[1]}"
    if target is operator.getitem:
        return f"{arguments[0]}[{_index(node.args[1], spelled)}]"
    return f"{function_name(target)}({_call(node.args, node, spelled)})"


def _call(arguments: Any, node: fx.Node, spelled: dict[fx.Node, str]) -> str:
    named = [f"{name}={_bare_argument(value, spelled)}" for name, value in node.kwargs.items()]
    return ", ".join([*(_bare_argument(a, spelled) for a in arguments), *named])


def function_name(function: Any) -> str:
    """How the source calls a function."""
    if _is_ours(function):
        return function.__name__
    if not _NAMES:
        _NAMES.update(_names())
    if function in _NAMES:
        return _NAMES[function]
    name = getattr(function, "__name__", "")
    if getattr(builtins, name, None) is function:
        return name
    return str(function).replace("aten.", "torch.ops.aten.")


def path_source(path: str) -> str:
    """How the source reads what is at `path` under the module."""
    text = "self"
    for part in path.split(".") if path else ():
        text = f"{text}.{part}" if part.isidentifier() else f"getattr({text}, {part!r})"
    return text


def _index(index: Any, spelled: dict[fx.Node, str]) -> str:
    if isinstance(index, tuple) and index:
        parts = [_index(i, spelled) for i in index]
        return ", ".join(parts) + ("," if len(parts) == 1 else "")
    if isinstance(index, slice):
        ends = ["" if e is None else _bare_argument(e, spelled) for e in (index.start, index.stop)]
        return ":".join(ends) + ("" if index.step is None else f":{_argument(index.step, spelled)}")
    return _bare_argument(index, spelled)


def _bare_argument(value: Any, spelled: dict[fx.Node, str]) -> str:
    text = _argument(value, spelled)
    return _bare(text) if isinstance(value, fx.Node) else text


def _argument(value: Any, spelled: dict[fx.Node, str]) -> str:
    if isinstance(value, fx.Node):
        return spelled[value]
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_bare_argument(v, spelled) for v in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_bare_argument(v, spelled)}" for key, v in value.items()) + "}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, slice):
        return f"slice({', '.join(_argument(v, spelled) for v in (value.start, value.stop, value.step))})"
    return "..." if value is Ellipsis else repr(value)
