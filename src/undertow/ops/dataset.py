"""Datasets and iterators as ops: their shapes, and the tracing of the functions that they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..graph import stacks
from ..graph.dtypes import DType
from ..graph.function import Function, FunctionGraph
from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import registry, rules
from .node import convert_to_tensor
from .rules import shape_rule

_HANDLES = [
    name
    for name in registry.names()
    if "Dataset" in name and not name.startswith(("DatasetTo", "ReduceDataset", "Optional"))
]
shape_rule(*_HANDLES)(rules.scalar)
shape_rule("IteratorV2", "OneShotIterator", "IteratorFromStringHandleV2", "IteratorToStringHandle")(rules.scalar)


@shape_rule("IteratorGetNext", "IteratorGetNextSync")
def _(iterator: TensorShape, *, output_shapes: list[TensorShape]) -> list[TensorShape]:
    return output_shapes


@shape_rule("DatasetToSingleElement")
def _(dataset: TensorShape, *, output_shapes: list[TensorShape]) -> list[TensorShape]:
    return output_shapes


@shape_rule("ReduceDataset")
def _(
    data: TensorShape, state: list[TensorShape], captured: list[TensorShape], *, output_shapes: list[TensorShape]
) -> list[TensorShape]:
    return output_shapes


@shape_rule("MatchingFiles")
def _(pattern: TensorShape) -> TensorShape:
    return TensorShape.of((None,))


def trace(
    build: Callable[[list[Tensor]], Sequence[Any]], arguments: list[tuple[DType, TensorShape]], name: str
) -> tuple[Function, list[Tensor]]:
    """Trace `build(arguments)`, which gives the outputs.

    Returns the function and the tensors of the graph around it that it uses, which are its last arguments.
    """
    outer = stacks.get_default_graph()
    graph = FunctionGraph(outer)
    with graph.as_default():
        given = [graph.argument(dtype.base_dtype, shape, f"args_{i}") for i, (dtype, shape) in enumerate(arguments)]
        outputs = [graph.inside(convert_to_tensor(output)) for output in build(given)]
    effects = [
        op
        for op in graph.get_operations()
        if registry.get(op.type).is_stateful and (not op.outputs or op.type == "PyFunc")
    ]
    inputs = [*given, *graph.captured.values()]
    return Function(name, inputs, outputs, effects), list(graph.captured)


def refuse_capture(output: Tensor, allowed: frozenset[str]) -> None:
    """Check that a function without arguments can give `output`. `ValueError` for what a session keeps or is fed."""
    stack, seen = [output.op], set()
    while stack:
        op = stack.pop()
        if op in seen:
            continue
        seen.add(op)
        if op.type in ("Placeholder", "PlaceholderV2"):
            raise ValueError(f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value.")
        if registry.get(op.type).is_stateful and "Dataset" not in op.type and op.type not in allowed:
            raise ValueError(f"Cannot capture a stateful node (name:{op.name}, type:{op.type}) by value.")
        stack.extend([t.op for t in op.inputs] + op.control_inputs)
