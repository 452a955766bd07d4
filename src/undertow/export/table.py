"""The table of what each op becomes in PyTorch, by op type.

    @becomes("Reshape", host=("shape",))
    def reshape(tensor, shape):
        return tensor.reshape(shape.tolist())

Such a function is written as a kernel is, but it runs once, on `Value`s: each torch function that it calls on them
becomes a line of the module's `forward`. It takes a `Value` for each input (a list of them where the op takes a list)
and, by keyword, the attrs that it names; it returns a `Value`, or several.

- `host=("shape",)` names inputs that are read while the module is made: arrays of ints, in which what depends on a
  dimension not known yet (`x.shape[0]`) is a proxy.
- `scalars=True`: an input that is a constant number comes as a Python number, if another one is a `Value`; those
  named in `lists` may be vectors of constant ints, and come as lists then.

A function raises `Unknown` if it needs to know more of a shape than the graph tells; the op's kernel is then called.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class Unknown(Exception):
    """A shape is not known well enough to write the op as plain torch calls."""


@dataclass(frozen=True)
class Rule:
    function: Callable[..., Any]
    attrs: tuple[str, ...]
    host: frozenset[str]
    scalars: bool
    lists: frozenset[str]


RULES: dict[str, Rule] = {}


def becomes(
    *types: str, host: Iterable[str] = (), scalars: bool = False, lists: Iterable[str] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what each of `types` becomes; see the module's docstring."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        code = getattr(function, "__code__", None)
        attrs = () if code is None else code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
        rule = Rule(function, attrs, frozenset(host), scalars or bool(lists), frozenset(lists))
        RULES.update(dict.fromkeys(types, rule))
        return function

    return register


def rows(table: Mapping[str, Any], scalars: bool = False) -> None:
    """Register a table of type -> function of the inputs."""
    for op_type, function in table.items():
        becomes(op_type, scalars=scalars)(function)


def load() -> dict[str, Rule]:
    """The whole table; the first call imports every family in `rules/`."""
    package = importlib.import_module("undertow.export.rules")
    for family in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{family.name}")
    return RULES
