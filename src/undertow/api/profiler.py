"""`tf.profiler`: how many parameters a graph has, how many floating-point operations, and what a traced run took.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/profiler
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..formats.graph_node import GraphNodeProto as GraphNodeProto
from ..formats.whole import write_whole
from ..graph import stacks
from ..graph.errors import unbuilt
from ..graph.graph import Graph
from ..graph.keys import GraphKeys
from ..graph.operation import Operation
from ..ops.float_operations import float_operations

_TRAINABLE = "_trainable_variables"
_COLUMNS = {  # what can be selected -> the field of GraphNodeProto, and what it is called in the report
    "params": ("parameters", "params"),
    "float_ops": ("float_ops", "flops"),
    "micros": ("exec_micros", "us"),
    "bytes": ("requested_bytes", "B"),
}
_LIMITS = {"min_params": "params", "min_float_ops": "float_ops", "min_micros": "micros", "min_bytes": "bytes"}
_LISTS = ("start_name_regexes", "trim_name_regexes", "show_name_regexes", "hide_name_regexes")


def _options(**changed: Any) -> dict[str, Any]:
    common = {
        "max_depth": 10000, "min_bytes": 0, "min_micros": 0, "min_params": 0, "min_float_ops": 0, "min_occurrence": 0,
        "order_by": "name", "account_type_regexes": [".*"], "start_name_regexes": [".*"], "trim_name_regexes": [],
        "show_name_regexes": [".*"], "hide_name_regexes": [], "account_displayed_op_only": True, "select": ["micros"],
        "step": -1, "output": "stdout",
    }  # fmt: skip
    return {**common, **changed}


class ProfileOptionBuilder:
    """Makes the `options` of `profile`: begin with one of the three dicts here, change it, then `build()`."""

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        self._options = dict(options) if options is not None else _options()

    @staticmethod
    def trainable_variables_parameter() -> dict[str, Any]:
        """Count the elements of the trainable variables."""
        return _options(account_type_regexes=[_TRAINABLE], select=["params"])

    @staticmethod
    def float_operation() -> dict[str, Any]:
        """Count floating-point operations."""
        return _options(min_float_ops=1, select=["float_ops"], order_by="float_ops")

    @staticmethod
    def time_and_memory(min_micros: int = 1, min_bytes: int = 1, **limits: int) -> dict[str, Any]:
        """What the ops of a traced run took of time and memory."""
        told = {"min_micros": min_micros, "min_bytes": min_bytes, **limits}
        return _options(**told, select=["micros", "bytes"], order_by="micros")

    def build(self) -> dict[str, Any]:
        """The options."""
        return dict(self._options)

    def _with(self, **changed: Any) -> ProfileOptionBuilder:
        self._options.update(changed)
        return self

    def with_max_depth(self, max_depth: int) -> ProfileOptionBuilder:
        return self._with(max_depth=max_depth)

    def with_min_parameters(self, min_params: int) -> ProfileOptionBuilder:
        return self._with(min_params=min_params)

    def with_min_float_operations(self, min_float_ops: int) -> ProfileOptionBuilder:
        return self._with(min_float_ops=min_float_ops)

    def with_accounted_types(self, account_type_regexes: Any) -> ProfileOptionBuilder:
        """Count ops whose types these expressions match; `_trainable_variables` is a type of variables."""
        return self._with(account_type_regexes=list(account_type_regexes))

    def with_node_names(self, **regexes: Any) -> ProfileOptionBuilder:
        """Show ops by name: `start_name_regexes`, `show_name_regexes`, `hide_name_regexes`, `trim_name_regexes`."""
        unknown = set(regexes) - set(_LISTS)
        if unknown:
            raise TypeError(f"with_node_names() got unexpected keyword arguments {sorted(unknown)}.")
        return self._with(**{name: list(value) for name, value in regexes.items()})

    def account_displayed_op_only(self, is_true: bool) -> ProfileOptionBuilder:
        """Whether totals leave out what is not shown."""
        return self._with(account_displayed_op_only=is_true)

    def with_empty_output(self) -> ProfileOptionBuilder:
        return self._with(output="none")

    def with_stdout_output(self) -> ProfileOptionBuilder:
        return self._with(output="stdout")

    def with_file_output(self, outfile: str) -> ProfileOptionBuilder:
        return self._with(output=f"file:outfile={outfile}")

    def with_step(self, step: int) -> ProfileOptionBuilder:
        return self._with(step=step)

    def order_by(self, attribute: str) -> ProfileOptionBuilder:
        return self._with(order_by=attribute)

    def select(self, attributes: Any) -> ProfileOptionBuilder:
        return self._with(select=list(attributes))


@dataclass
class _Node:
    """An op, or a scope that no op has the name of."""

    name: str
    own: dict[str, int] = field(default_factory=dict)
    shape: str = ""
    children: list[_Node] = field(default_factory=list)
    total: dict[str, int] = field(default_factory=dict)


def profile(
    graph: Graph | None = None, run_meta: Any = None, op_log: Any = None, cmd: str = "scope", options: Any = 0
) -> Any:
    """Count what `options` select, by scope: printed, and returned as a GraphNodeProto.

    `options`: of a `ProfileOptionBuilder`; by default parameters and floating-point operations of all ops. Times and
    bytes are those of `run_meta`, a traced run's RunMetadata. Only the command "scope" is built.
    """
    if cmd != "scope":
        raise unbuilt(f"tf.profiler.profile(cmd={cmd!r})", 'Use cmd="scope".')
    graph = stacks.get_default_graph() if graph is None else graph
    told = options or _options(select=["params", "float_ops"])
    wanted = [name for name in told["select"] if name in _COLUMNS]
    if len(wanted) < len(told["select"]):
        raise unbuilt(f"tf.profiler.profile that selects {sorted(set(told['select']) - set(_COLUMNS))}")
    root = _tree(graph, _measured(graph, run_meta, wanted, told), _shown(told))
    _total(root, wanted)
    _order(root, told["order_by"])
    _write(root, wanted, told)
    return _proto(root)


def _measured(graph: Graph, run_meta: Any, wanted: list[str], told: dict[str, Any]) -> dict[str, _Node]:
    """The ops to count, by name, with what is selected of each."""
    trainable = {v.op.name for v in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
    types = [re.compile(regex) for regex in told["account_type_regexes"]]
    stats = _run_stats(run_meta)
    found: dict[str, _Node] = {}
    for op in graph.get_operations():
        kinds = [op.type, _TRAINABLE] if op.name in trainable else [op.type]
        if any(regex.fullmatch(kind) for regex in types for kind in kinds):
            own = {name: _measure(op, name, stats) for name in wanted}
            dims = op.outputs[0].shape._dims if op.outputs and op.type in ("VariableV2", "Variable") else None
            found[op.name] = _Node(op.name, own, "x".join(map(str, dims)) if dims else "")
    return found


def _measure(op: Operation, what: str, stats: dict[str, tuple[int, int]]) -> int:
    if what == "params":
        is_variable = op.type in ("VariableV2", "Variable", "VarHandleOp")
        shape = op.attrs["shape"] if is_variable else None
        return (shape.num_elements() or 0) if shape is not None else 0
    if what == "float_ops":
        return float_operations(op)
    micros, size = stats.get(op.name, (0, 0))
    return micros if what == "micros" else size


def _run_stats(run_meta: Any) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for device in run_meta.step_stats.dev_stats if run_meta is not None else ():
        for node in device.node_stats:
            micros, size = found.get(node.node_name, (0, 0))
            found[node.node_name] = micros + node.all_end_rel_micros, size + sum(m.total_bytes for m in node.memory)
    return found


def _shown(told: dict[str, Any]) -> Callable[[_Node], bool]:
    def matches(name: str, regexes: list[str]) -> bool:
        return any(re.match(regex, name) for regex in regexes)

    def shown(node: _Node) -> bool:
        enough = all(node.own.get(what, 0) >= told.get(limit, 0) for limit, what in _LIMITS.items() if what in node.own)
        if not node.own:
            enough = not any(told.get(limit, 0) for limit in _LIMITS)
        hidden = matches(node.name, told["hide_name_regexes"])
        return enough and not hidden and matches(node.name, told["show_name_regexes"])

    return shown


def _tree(graph: Graph, measured: dict[str, _Node], shown: Callable[[_Node], bool]) -> _Node:
    """What is shown, each under the innermost scope or op that is shown too."""
    root = _Node("_TFProfRoot")
    made: dict[str, _Node | None] = {}

    def parent_of(name: str) -> _Node:
        while "/" in name:
            name = name.rpartition("/")[0]
            if name not in made:
                node = measured.get(name) or _Node(name)
                made[name] = node if shown(node) else None
                if made[name] is not None:
                    parent_of(name).children.append(node)
            found = made[name]
            if found is not None:
                return found
        return root

    for name, node in measured.items():
        if name not in made:
            made[name] = node if shown(node) else None
            if made[name] is not None:
                parent_of(name).children.append(node)
    return root


def _total(node: _Node, wanted: list[str]) -> None:
    for child in node.children:
        _total(child, wanted)
    node.total = {w: node.own.get(w, 0) + sum(c.total[w] for c in node.children) for w in wanted}


def _order(node: _Node, attribute: str) -> None:
    for child in node.children:
        _order(child, attribute)
    if attribute == "name":
        node.children.sort(key=lambda child: child.name)
    else:
        node.children.sort(key=lambda child: -child.total.get(attribute, 0))


def _write(root: _Node, wanted: list[str], told: dict[str, Any]) -> None:
    kind, _, where = told["output"].partition(":")
    if kind == "none":
        return
    title = ", ".join(f"# {_COLUMNS[w][0]}" for w in wanted)
    text = "\n".join([f"node name | {title}", *_lines(root, wanted, told["max_depth"], 0)])
    if kind == "stdout":
        print(f"\n==================Model Analysis Report======================\n\n{text}\n")
        print("======================End of Report==========================")
    elif kind == "file":
        write_whole(where.removeprefix("outfile="), f"{text}\n".encode())
    else:
        raise unbuilt(f"tf.profiler.profile(output={kind!r})")


def _lines(node: _Node, wanted: list[str], depth: int, indent: int) -> list[str]:
    parts = [node.shape] if node.shape else []
    for what in wanted:
        own = _short(node.own[what]) if what in node.own else "--"
        parts.append(f"{own}/{_short(node.total[what])} {_COLUMNS[what][1]}")
    lines = [f"{'  ' * indent}{node.name} ({', '.join(parts)})"]
    if indent < depth:
        for child in node.children:
            lines += _lines(child, wanted, depth, indent + 1)
    return lines


def _short(number: int) -> str:
    for size, unit in ((10**9, "b"), (10**6, "m"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.2f}{unit}"
    return str(number)


def _proto(node: _Node) -> Any:
    made = GraphNodeProto(name=node.name)
    for what, total in node.total.items():
        name = _COLUMNS[what][0]
        setattr(made, name, node.own.get(what, 0))
        setattr(made, f"total_{name}", total)
    if node.shape:
        shape = made.shapes.add()
        for size in node.shape.split("x"):
            shape.dim.add(size=int(size))
    made.children.extend(_proto(child) for child in node.children)
    return made
