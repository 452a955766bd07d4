"""Python functions straight from the registry: inputs and attrs become parameters, in TensorFlow's order and names.

A family's table names the ops whose public function is just that: `exp = {"exp": "Exp"}`. `tf.raw_ops` and
`tensorflow.python.ops.gen_*_ops` are these functions too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from . import registry
from .node import node

_REQUIRED = object()


@cache
def function(op_type: str) -> Callable[..., Any]:
    """The function `f(input, …, attr=default, …, name=None)` that adds a node of `op_type`."""
    definition = registry.get(op_type)
    told = [a for a in definition.attrs.values() if a.name not in definition.inferred]
    required = [a for a in told if a.default is registry.REQUIRED]
    optional = [a for a in told if a.default is not registry.REQUIRED]
    inputs = [arg.name for arg in definition.inputs]
    parameters = [*inputs, *(a.name for a in required), *(a.name for a in optional), "name"]
    count = len(inputs)

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(parameters):
            raise TypeError(f"{op_type}() takes at most {len(parameters)} arguments, got {len(args)}.")
        given = dict(zip(parameters, args))
        for key, value in kwargs.items():
            if key in given or key not in parameters:
                problem = "got two values for" if key in given else "got an unexpected keyword argument"
                raise TypeError(f"{op_type}() {problem} {key!r}; it takes ({', '.join(parameters)}).")
            given[key] = value
        missing = [key for key in parameters[: count + len(required)] if key not in given]
        if missing:
            raise TypeError(f"{op_type}() is missing {', '.join(map(repr, missing))}.")
        return node(op_type, *(given.pop(key) for key in inputs), **given)

    call.__name__ = call.__qualname__ = op_type
    call.__doc__ = f"`{op_type}({', '.join(parameters)})`, as in TensorFlow's registry of ops."
    return call


def from_table(table: dict[str, str], module: str, name: str) -> Callable[..., Any]:
    """The function called `name` in a family's table, for the module's `__getattr__`."""
    if name not in table:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    result = function(table[name])
    result.__name__ = result.__qualname__ = name
    return result
