"""From a kernel to the call of a step: bound to its op's attrs, its inputs put in lists where it takes lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..graph.dtypes import DType
from ..graph.operation import Operation
from ..kernels.registry import Kernel
from ..kernels.values import torch_dtype
from ..ops import registry


def bound(op: Operation, kernel: Kernel, context: Any) -> Callable[..., Any]:
    """The kernel of an op as a function of its inputs' values; `context` is what a kernel that asks for it gets."""
    attrs = {name: _kernel_attr(op.attrs[name]) for name in kernel.attrs}
    function = partial(kernel.function, **attrs) if attrs else kernel.function
    if kernel.context:
        function = partial(function, context)
    groups = _list_arguments(op)
    function = _grouped(function, groups) if groups else function
    gives_list = len(op.outputs) == 1 and registry.get(op.type).outputs[0].is_list
    return _only(function) if gives_list else function


def giving(count: int, several: Callable[..., list[Any]]) -> Callable[..., Any]:
    """A call that gives a list, as a step wants it: one output is not in a list."""
    return several if count != 1 else lambda *values: several(*values)[0]


def _only(several: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel's call whose list of outputs may have just the one that the op has."""

    def call(*values: Any) -> Any:
        result = several(*values)
        return result[0] if isinstance(result, (list, tuple)) else result

    return call


def _kernel_attr(value: Any) -> Any:
    """An attr as kernels take it: dtypes are torch's, shapes lists with None for what is not known."""
    if isinstance(value, DType):
        return torch_dtype(value)
    if isinstance(value, list) and value and isinstance(value[0], DType):
        return [torch_dtype(v) for v in value]
    return value


def _list_arguments(op: Operation) -> list[int | None]:
    """For each input argument the number of tensors in its list, None for a single one; empty if none is a list."""
    arguments = registry.get(op.type).inputs
    if not any(arg.is_list for arg in arguments):
        return []
    return [arg.count(op.attrs) if arg.is_list else None for arg in arguments]


def _grouped(function: Callable[..., Any], groups: list[int | None]) -> Callable[..., Any]:
    if groups == [None] * len(groups):
        return function
    bounds: list[int | slice] = []
    start = 0
    for count in groups:
        bounds.append(start if count is None else slice(start, start + count))
        start += 1 if count is None else count

    def call(*values: Any) -> Any:
        return function(*[list(values[b]) if b.__class__ is slice else values[b] for b in bounds])

    return call
