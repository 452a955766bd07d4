"""From a graph to torch.fx: each op that the fetches need becomes plain torch calls, in the order of a run."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import fx
from torch.fx.proxy import GraphAppendingTracer

from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape
from ..kernels.registry import KERNELS
from ..kernels.registry import load as load_kernels
from ..kernels.values import HOST_KINDS, to_torch, torch_dtype
from ..ops.constant_value import FROM_VALUES
from ..runtime.loops import Frame, Loop, Parts
from ..runtime.order import FetchRead, Order, arrange, reference_inputs, variable_of
from . import functions
from .arguments import attr, boxed, grouped, input_names, mixed, value_of_handle
from .branches import Branches, outputs_of
from .exported import ExportedModule, attach
from .leaf import kernel as leaf_kernel
from .names import Paths
from .refusals import Refused, refusal
from .table import RULES, Rule, Unknown, load
from .value import Value

PASSED_ON = {
    "Identity", "RefIdentity", "Snapshot", "GuaranteeConst", "PreventGradient", "CheckNumerics", "EnsureShape",
    "PlaceholderWithDefault", "Enter", "Exit", "NextIteration", "LoopCond", "ReadVariableOp", "PlaceholderV2",
}  # fmt: skip
VARIABLES = {"VariableV2", "Variable", "VarHandleOp"}
_SMALL = 64  # a longer vector than this never spells a shape
_LITERAL = 16  # a longer one is not written out in the code


class Translation:
    """One fx graph in the making: of the whole, or of a loop's condition or body."""

    def __init__(self, fixed: Mapping[Tensor, np.ndarray], inside: Order | None = None, frame: Frame = ()) -> None:
        load()
        load_kernels()
        self.graph = fx.Graph()
        self.tracer = GraphAppendingTracer(self.graph)
        self.paths = Paths()
        self.attributes: dict[str, Tensor | np.ndarray] = {}  # by path: a variable, or a constant's value
        self.modules: dict[str, torch.nn.Module] = {}
        self._values: dict[Tensor, Any] = {}
        self._hosts: dict[Tensor, np.ndarray] = dict(fixed)
        self._fixed = fixed
        self._branches = Branches(self.known_host)
        self._inside, self._frame = inside, frame

    def build(self, feeds: Sequence[Tensor], fetches: Sequence[Tensor], names: Sequence[str]) -> list[Any]:
        """Translate what `fetches` need, `feeds` being the arguments called `names`; what the fetches are."""
        for tensor, name in zip(feeds, names):
            node = self.graph.placeholder(name)
            node.target = node.name
            self._values[tensor] = Value(node, self.tracer, tensor)
        fed = {*feeds, *self._fixed}
        inside = None if self._inside is None else self._inside.frames
        self._order = arrange(list(fetches), fed, self._frame, inside)
        for task in self._order.tasks:
            if isinstance(task, FetchRead):
                continue
            self._branches.enter(task, fed)
            try:
                if isinstance(task, Loop):
                    self._loop(task)
                else:
                    self._op(task)
            except Refused as refused:
                for tensor in outputs_of(task):
                    self._values.setdefault(tensor, refused)
        return [self.value(t) for t in fetches]

    def finish(self, output: Any) -> None:
        """Make `output` what the graph returns, and drop what it does not need."""
        self.graph.output(fx.node.map_aggregate(output, lambda a: a.node if isinstance(a, fx.Proxy) else a))
        for node in reversed(self.graph.nodes):
            if not node.users and node.op not in ("placeholder", "output"):
                self.graph.erase_node(node)
        self._check_reads()

    def _check_reads(self) -> None:
        """`Refused` if the module would read a variable that the graph has changed by then."""
        contents = [self.attributes[path] for path in used_attributes(self.graph)]
        variables = {variable_of(c): c.op for c in contents if isinstance(c, Tensor)}
        for variable, writers in self._order.writers.items():
            for writer in writers if variable in variables else ():
                for reader in self._order.readers.get(variable, ()):
                    later = self._order.position[reader] >= self._order.position[writer]
                    if later and not self._branches.dead(writer) and not self._branches.apart(reader, writer):
                        raise Refused(
                            variables[variable],
                            f"The variable of {variables[variable].name!r} is changed by {writer.name!r} and then "
                            "read, and a module's variables do not change in a run.",
                        )

    # What ops read

    def value(self, tensor: Tensor) -> Any:
        """The value of a tensor in the module; `Refused` if it cannot be had there."""
        if tensor not in self._values:
            self._values[tensor] = self._from_host(tensor)
        found = self._values[tensor]
        if isinstance(found, Refused):
            raise found
        return found

    def _from_host(self, tensor: Tensor) -> Any:
        array = self.known_host(tensor)
        if array is None or tensor.dtype.name == "string":
            raise refusal(tensor.op)
        if array.ndim == 0 or array.dtype == object or (array.size <= _LITERAL and tensor.dtype.is_integer):
            made = self.make(torch.tensor, array.tolist(), dtype=torch_dtype(tensor.dtype))
            return Value(made.node, self.tracer, tensor)
        return self._attribute(tensor, tensor.op.name, array)

    def make(self, function: Any, *args: Any, **kwargs: Any) -> fx.Proxy:
        """A line that makes a tensor out of no other: it is to be where the module's first input is."""
        if "dtype" in kwargs:
            first = next((node for node in self.graph.nodes if node.op == "placeholder"), None)
            if first is not None:
                kwargs["device"] = fx.Proxy(first, self.tracer).device
        return self._call(function, *args, **kwargs)

    def _call(self, function: Any, *args: Any, **kwargs: Any) -> fx.Proxy:
        return self.tracer.create_proxy("call_function", function, args, kwargs)

    def _attribute(self, tensor: Tensor, name: str, content: Tensor | np.ndarray) -> Value:
        path = self.paths.of(name)
        self.attributes[path] = content
        return Value(self.tracer.create_node("get_attr", path, (), {}), self.tracer, tensor)

    def known_host(self, tensor: Tensor) -> np.ndarray | None:
        """A tensor's value as an array, if it is a constant or follows from shapes; it may hold proxies."""
        found = self._hosts.get(tensor)
        if found is None and tensor.op.type == "Const" and tensor not in self._values:
            found = self._hosts[tensor] = tensor.op.attrs["value"]
        return found

    def _read_on_host(self, tensor: Tensor) -> np.ndarray:
        """A tensor's value as an array of numbers, or of proxies for those that only a run can tell."""
        found = self.known_host(tensor)
        if found is not None:
            return found
        value = self.value(tensor)
        dims = value.known
        if not dims:
            return boxed(value.item())
        if len(dims) != 1 or dims[0] is None or dims[0] > _SMALL:
            raise Unknown
        numbers = value.tolist()
        array = np.empty(dims[0], dtype=object)
        for i in range(dims[0]):
            array[i] = numbers[i]
        return array

    def _number(self, tensor: Tensor, lists: bool) -> Any:
        """A constant number, or a list of them, as Python's own; None for any other tensor."""
        array = self.known_host(tensor)
        if array is None or array.dtype == object or tensor.dtype.base_dtype.name in HOST_KINDS:
            return None
        if array.ndim:
            return array.tolist() if lists and array.ndim == 1 and array.dtype.kind == "i" else None
        return array.item()

    # Ops

    def _op(self, op: Operation) -> None:
        if all(t in self._values for t in op.outputs) or op.type == "Const":
            return
        if op.type in VARIABLES:
            value = op.outputs[0] if op.type != "VarHandleOp" else value_of_handle(op)
            self._set(op.outputs[0], self._attribute(value, op.name, value))
        elif op.type in PASSED_ON and op.inputs:
            self._pass_on(op, op.inputs[0])
        elif op.type in ("Switch", "RefSwitch"):
            for tensor in op.outputs:
                self._pass(op.inputs[0], tensor)
        elif op.type in ("Merge", "RefMerge"):
            self._merge(op)
        elif not self._on_host(op):
            self._set_all(op, self._translated(op))

    def _set(self, tensor: Tensor, value: Any) -> None:
        if tensor not in self._values:  # else it is fed
            self._values[tensor] = value

    def _pass_on(self, op: Operation, source: Tensor) -> None:
        self._pass(source, op.outputs[0])

    def _pass(self, source: Tensor, target: Tensor) -> None:
        host = self.known_host(source)
        if host is not None and target not in self._values:
            self._hosts[target] = host
            if source not in self._values and source.op.type == "Const" and host.ndim:
                self._values[source] = self._from_host(source)  # a constant is named after itself, not its Identity
        if host is None or source in self._values:
            value = self.value(source)
            known = isinstance(value, Value) and target.dtype.name != "resource"  # a handle stands for its variable
            self._set(target, Value(value.node, self.tracer, target) if known else value)

    def _merge(self, op: Operation) -> None:
        pred, sources = self._branches.joined(op)
        if pred is None:
            self._pass(sources[0], op.outputs[0])
            return
        no, yes = sources
        made = self._call(functions.choose, self.value(pred), self.value(yes), self.value(no))
        self._set_all(op, [made, self._call(torch.ops.aten.to.dtype, self.value(pred), torch.int32)])

    def _on_host(self, op: Operation) -> bool:
        """Work out on the host what follows from shapes and constants; whether the op is one of those."""
        if op.type in ("Shape", "ShapeN", "Size", "Rank"):
            return self._shapes(op)
        rule = FROM_VALUES.get(op.type)
        out = op.outputs[0] if op.outputs else None
        if rule is None or out is None or not (out.dtype.is_integer or out.dtype.name == "bool"):
            return False
        values = [self.known_host(t) for t in op.inputs]
        if any(v is None or v.size > _SMALL for v in values):
            return False
        try:
            result = rule(op, *values)
        except (TypeError, ValueError, IndexError, fx.proxy.TraceError):
            return False
        if result is None:
            return False
        array = boxed(result) if isinstance(result, fx.Proxy) else np.asarray(result)
        if array.size > _SMALL:
            return False
        self._hosts[out] = mixed(array) if array.dtype == object else array.astype(out.dtype.as_numpy_dtype)
        return True

    def _shapes(self, op: Operation) -> bool:
        for source, out in zip(op.inputs, op.outputs):
            dims = source.shape._dims
            if dims is None:
                return False
            if op.type == "Rank":
                self._hosts[out] = np.array(len(dims), np.int32)
                continue
            sizes: list[Any] = [self.value(source).shape[i] if d is None else d for i, d in enumerate(dims)]
            if op.type == "Size":
                product: Any = 1
                for size in sizes:
                    product = size if isinstance(product, int) and product == 1 else product * size
                self._hosts[out] = boxed(product)
                continue
            array = np.empty(len(dims), dtype=object if None in dims else out.dtype.as_numpy_dtype)
            for i, size in enumerate(sizes):
                array[i] = size
            self._hosts[out] = array
        return True

    def _translated(self, op: Operation) -> Any:
        rule = RULES.get(op.type)
        if rule is not None and not any(t.dtype.name == "string" for t in (*op.inputs, *op.outputs)):
            try:
                return self._by_rule(op, rule)
            except Unknown:
                pass
        return self._by_kernel(op)

    def _by_rule(self, op: Operation, rule: Rule) -> Any:
        inputs: list[Any] = []
        numbers: list[Any] = [None] * len(op.inputs)
        if rule.scalars:
            numbers = [self._number(t, n in rule.lists) for n, t in zip(input_names(op), op.inputs)]
        if None not in numbers:
            numbers = [None] * len(op.inputs)
        for name, tensor, number in zip(input_names(op), op.inputs, numbers):
            if name in rule.host:
                inputs.append(self._read_on_host(tensor))
            else:
                inputs.append(self.value(tensor) if number is None else number)
        attrs = {n: self.make if n == "make" else attr(op.attrs[n]) for n in rule.attrs}
        return rule.function(*grouped(op, inputs), **attrs)

    def _by_kernel(self, op: Operation) -> Any:
        """A call of the op's kernel, as a function of what it reads."""
        kernel = KERNELS.get(op.type)
        if kernel is None or kernel.context or any(reference_inputs(op)) or not op.outputs:
            raise refusal(op)
        if any(t.dtype.base_dtype.name in HOST_KINDS for t in (*op.inputs, *op.outputs)):
            raise refusal(op)
        attrs = {name: attr(op.attrs[name]) for name in kernel.attrs}
        if any(isinstance(v, (TensorShape, np.ndarray)) for v in attrs.values()):
            raise refusal(op)
        inputs = [self._numbers(t) if n in kernel.host else self.value(t) for n, t in zip(input_names(op), op.inputs)]
        return self._call(leaf_kernel, op.type, *grouped(op, inputs), **attrs)

    def _numbers(self, tensor: Tensor) -> Any:
        """What a kernel reads on the host: numbers if they are known, else the tensor."""
        array = self.known_host(tensor)
        return self.value(tensor) if array is None or tensor.dtype.name != "int32" else array.tolist()

    def _set_all(self, op: Operation, result: Any) -> None:
        """Take what a rule gave for the op's outputs; the line it makes is named after the op."""
        several = len(op.outputs) > 1
        self._name(result, op)
        parts = [result[i] for i in range(len(op.outputs))] if several else [result]
        for tensor, part in zip(op.outputs, parts):
            if several:
                self._name(part, op, tensor.value_index)
            self._set(tensor, Value(part.node, self.tracer, tensor) if isinstance(part, fx.Proxy) else part)

    def _name(self, result: Any, op: Operation, index: int = 0) -> None:
        if not isinstance(result, fx.Proxy):
            return
        node = result.node
        picked = node.op == "call_function" and node.target is operator.getitem
        if node.op.startswith("call") and "op" not in node.meta and not (picked and len(op.outputs) > 1):
            node._rename(f"{op.name}_{index}" if index else op.name)
            node.meta["op"] = op.name

    # Loops

    def _loop(self, loop: Loop) -> None:
        parts = Parts.of(loop)
        invariants = [e.outputs[0] for e in parts.invariants]
        fixed = {t: a for t, e in zip(invariants, parts.invariants) if (a := self._static(e.inputs[0])) is not None}
        brought = [t for t in invariants if t not in fixed]
        merges = [m.outputs[0] for m in parts.merges]
        in_body = [m if b is None else b for m, b in zip(merges, parts.in_body)]
        sources = [*parts.starts, *(self._entering(parts, t) for t in brought)]
        names = [f"state_{i}" if t.op.type == "Const" else _short(t.op.name) for i, t in enumerate(sources)]
        condition = self._part(loop, fixed, [*merges, *brought], parts.pred, names)
        body = self._part(loop, fixed, [*in_body, *brought], parts.nexts, names)
        kept = [i for i in range(len(brought)) if any(_argument(p, len(merges) + i).users for p in (condition, body))]
        for part in (condition, body):
            for i in reversed(range(len(brought))):
                if i not in kept:
                    part.graph.erase_node(_argument(part, len(merges) + i))
        entering = [*parts.starts, *(sources[len(merges) + i] for i in kept)]
        name = loop.frame[-1].removesuffix("/while_context")
        path = self.paths.of(name)
        made = functions.Loop(module_of(condition), module_of(body), len(merges))
        self.modules[path] = made
        call = self.tracer.create_proxy("call_module", path, tuple(self.value(t) for t in entering), {})
        call.node._rename(name)
        call.node.meta["op"] = name
        parts_of: Any = call
        for i, tensor in enumerate(parts.at_exit):
            if tensor is not None:
                self._set(tensor, Value(parts_of[i].node, self.tracer, tensor))

    def _static(self, tensor: Tensor) -> np.ndarray | None:
        array = self.known_host(tensor)
        if array is None or array.size > _LITERAL or any(isinstance(i, fx.Proxy) for i in array.reshape(-1)):
            return None
        return array

    def _entering(self, parts: Parts, invariant: Tensor) -> Tensor:
        return next(e.inputs[0] for e in parts.invariants if e.outputs[0] is invariant)

    def _part(
        self, loop: Loop, fixed: Mapping[Tensor, np.ndarray], feeds: list[Tensor], fetched: Tensor | list[Tensor],
        names: list[str],
    ) -> Translation:  # fmt: skip
        part = Translation(fixed, self._order, loop.frame)
        if isinstance(fetched, Tensor):
            part.finish(part.build(feeds, [fetched], names)[0])
        else:
            part.finish(tuple(part.build(feeds, fetched, names)))
        return part


def _short(name: str) -> str:
    """The last part of a name that says something."""
    parts = [part for part in name.split("/") if part not in ("read", "Identity", "Enter")]
    return parts[-1] if parts else name


def _argument(part: Translation, index: int) -> fx.Node:
    return [node for node in part.graph.nodes if node.op == "placeholder"][index]


def module_of(part: Translation) -> ExportedModule:
    """The part as a module of its own, its constants in it; it has no variables."""
    root = torch.nn.Module()
    for path in used_attributes(part.graph):
        content = part.attributes[path]
        assert isinstance(content, np.ndarray)
        attach(root, path, to_torch(content).clone())
    for path, module in part.modules.items():
        attach(root, path, module)
    return ExportedModule(root, part.graph)


def used_attributes(graph: fx.Graph) -> list[str]:
    return list(dict.fromkeys(str(node.target) for node in graph.nodes if node.op == "get_attr"))
