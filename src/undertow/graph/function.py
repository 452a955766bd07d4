"""Functions as attrs of ops: a Python function traced into a small graph of its own, as `Dataset.map` does it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from .graph import Graph
from .operation import Operation, Tensor

_counter = itertools.count()


class FunctionName(str):
    """An attr that names a function which is not a part of the graph."""


class FunctionGraph(Graph):
    """The graph of a function while it is traced: what it uses of the graph around it becomes an argument."""

    def __init__(self, outer: Graph) -> None:
        super().__init__()
        self._building_function = True
        self.outer_graph = outer
        self.seed = outer.seed
        self.captured: dict[Tensor, Tensor] = {}  # a tensor of the graph around -> the argument that stands for it
        self.outside: dict[Operation, Tensor] = {}  # the same the other way, by the argument's op

    def argument(self, dtype: Any, shape: Any, name: str) -> Tensor:
        """A new argument of the function."""
        with self.control_dependencies(None):
            op = super().add_op("Placeholder", (), name, {"dtype": dtype, "shape": shape}, [(dtype, shape)])
        return op.outputs[0]

    def inside(self, tensor: Tensor) -> Tensor:
        """`tensor` as it is inside the function."""
        if tensor.graph is self:
            return tensor
        if tensor not in self.captured:
            name = tensor.op.name.rpartition("/")[2]
            argument = self.argument(tensor.dtype.base_dtype, tensor.shape, f"captured_{name}")
            self.captured[tensor], self.outside[argument.op] = argument, tensor
        return self.captured[tensor]

    def add_op(
        self, type: str, inputs: tuple[Tensor, ...], name: str, attrs: dict[str, Any], outputs: list[Any]
    ) -> Operation:
        return super().add_op(type, tuple(self.inside(t) for t in inputs), name, attrs, outputs)

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager[None]:
        """As everywhere; what is outside of the function has run before it in any case."""
        if control_inputs is not None:
            elements = [getattr(c, "op", c) for c in control_inputs]
            control_inputs = [e for e in elements if not isinstance(e, Operation) or e.graph is self]
        return super().control_dependencies(control_inputs)


class Function:
    """What ops of a graph give for values of others, as an attr of an op.

    `inputs` are its arguments, what it captures last; `outputs` what it gives; `effects` the ops that are run besides.
    """

    def __init__(self, name: str, inputs: list[Tensor], outputs: list[Tensor], effects: list[Operation]) -> None:
        self.name = f"{name}_{next(_counter)}"
        self.inputs, self.outputs, self.effects = inputs, outputs, effects

    @property
    def draws(self) -> bool:
        """Whether it has an op with a seed, which goes on from run to run."""
        graphs = {t.graph for t in self.outputs}
        return any("seed" in op.attrs for graph in graphs for op in graph.get_operations())


class PythonFunction:
    """A Python function as an attr of an op."""

    def __init__(self, name: str, call: Callable[..., Any]) -> None:
        self.name = f"{name}_{next(_counter)}"
        self.call = call
