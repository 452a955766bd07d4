"""The table of kernels, by op type.

    @kernel("MatMul")
    def matmul(a, b, *, transpose_a, transpose_b): ...

A kernel takes a torch tensor for each input (a list of them where the op takes a list; strings are NumPy arrays of
bytes) and, by keyword, the attrs that it names, dtypes among them as torch's. It returns a tensor, or one for each
output. It never changes its inputs; it may return one, or a view of one, if it is registered with `view=True`.

- `host=("shape",)` names inputs that are read on the host (shapes, axes), which are never moved to another device, and
  outputs that are made there.
- `refs`: an input that the op takes by reference is a `Cell` (`.value`, `.assign(tensor)`): the kernel may change it.
- `on_host=True`: the op runs on the host, and its outputs are there, whatever the device.
- `context=True`: the first argument is the op's `Context` in this session: what it needs beside its inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..graph.errors import InvalidArgumentError
from ..graph.families import Families


@dataclass(frozen=True)
class Kernel:
    function: Callable[..., Any]
    attrs: tuple[str, ...]
    host: frozenset[str]
    view: bool
    context: bool
    on_host: bool = False


KERNELS: dict[str, Kernel] = {}


def kernel(
    *types: str, host: Iterable[str] = (), view: bool = False, context: bool = False, on_host: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a kernel for each of `types`; see the module's docstring."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        code = getattr(function, "__code__", None)
        attrs = () if code is None else code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
        entry = Kernel(function, attrs, frozenset(host), view, context, on_host)
        KERNELS.update(dict.fromkeys(types, entry))
        return function

    return register


def kernels(table: Mapping[str, Any], view: bool = False) -> None:
    """Register a table of type -> function of the inputs."""
    for op_type, function in table.items():
        kernel(op_type, view=view)(function)


# First the families that most programs need.
_FAMILIES = Families(
    __package__,
    KERNELS,
    "math array state random matmul shaping joining slicing reduction softmax activation conv pool norm training "
    "training_groups gather control_flow segment sorting losses tensor_array summary",
)


def load(types: Iterable[str] | None = None) -> dict[str, Kernel]:
    """The table with the kernels of `types` in it, as far as there are any, or with all.

    The families, that is the modules beside this one, are imported until they are found.
    """
    _FAMILIES.look_for(types)
    return KERNELS


def invalid(message: str) -> InvalidArgumentError:
    """What a kernel raises for values it cannot work with; the runtime adds the op."""
    return InvalidArgumentError(None, None, message)
