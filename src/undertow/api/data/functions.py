"""The Python functions given to a dataset's methods, traced into graphs of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...graph.function import Function
from ...graph.operation import Tensor
from ...ops.dataset import trace
from .structure import arguments, component, flatten, normalized, pack, specs_of, tensor_of

if TYPE_CHECKING:
    from .dataset import Dataset


@dataclass
class Traced:
    """A traced function, what it uses of the graph around it, and the specs of what it gives."""

    function: Function
    captured: list[Tensor]
    spec: Any


def traced(
    function: Callable[..., Any], element_spec: Any, make: Callable[[Tensor, Any], Dataset], name: str
) -> Traced:
    """Trace `function` for elements of these specs; the parts of a tuple are its arguments.

    `make` makes a dataset of a variant tensor and its element's specs. `TypeError` if `function` returns nothing.
    """
    result: list[Any] = []

    def build(tensors: list[Tensor]) -> list[Tensor]:
        leaves = [component(t, spec, make) for t, spec in zip(tensors, flatten(element_spec))]
        element = pack(element_spec, leaves)
        returned = function(*element) if type(element) is tuple else function(element)
        if isinstance(returned, list):
            returned = tuple(returned)  # it came from an op of several outputs, such as py_func
        if returned is None or not flatten(returned):
            raise TypeError(f"Unsupported return value from function passed to {name}: {returned}.")
        result.append(normalized(returned))
        return [tensor_of(leaf) for leaf in flatten(result[0])]

    made, captured = trace(build, arguments(element_spec), name.replace(".", "_").rstrip("()"))
    return Traced(made, captured, specs_of(result[0]))
