"""TensorFlow's registry of ops, read from `registry.txt`: what each op takes, gives, and can be told by attrs.

`registry_contrib.txt` has those of TensorFlow 1.15's `contrib`, which brought libraries of its own.

A line of the file reads `Name!(input: kind, …) -> (output: kind, …) | attr: type{allowed} >= min = default; …`,
"!" marking a stateful op. A kind is a dtype, a type attr `T`, `N*T` (N tensors of one type) or `list(T)`.
"""

from __future__ import annotations

import ast
import pkgutil
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from ..graph.dtypes import DType, as_dtype
from ..graph.shape import TensorShape

REQUIRED = object()  # the default of an attr that has none


@dataclass(frozen=True)
class Argument:
    """An input or output of an op: one tensor, `number_attr` tensors of one type, or a list of types."""

    name: str
    dtype: DType | None
    type_attr: str
    number_attr: str
    type_list_attr: str
    is_ref: bool

    @property
    def is_list(self) -> bool:
        return bool(self.number_attr or self.type_list_attr)

    def count(self, attrs: dict[str, Any]) -> int:
        """How many tensors it is, in an op of these attrs."""
        if self.number_attr:
            return attrs[self.number_attr]
        return len(attrs[self.type_list_attr]) if self.type_list_attr else 1


@dataclass(frozen=True)
class Attribute:
    """What an op can be told: its type (`int`, `list(type)` …), the values allowed, the default."""

    name: str
    type: str
    allowed: tuple[Any, ...]
    minimum: int | None
    default: Any


@dataclass(frozen=True)
class OpDef:
    """The signature of one op."""

    name: str
    is_stateful: bool
    inputs: tuple[Argument, ...]
    outputs: tuple[Argument, ...]
    attrs: dict[str, Attribute]

    @cached_property
    def inferred(self) -> frozenset[str]:
        """The attrs that the inputs tell."""
        names = {a for arg in self.inputs for a in (arg.type_attr, arg.number_attr, arg.type_list_attr)}
        return frozenset(names - {""})


class UnknownOpError(ValueError):
    """An op type that TensorFlow's registry does not have."""


@cache
def _lines() -> dict[str, str]:
    files = (pkgutil.get_data(__package__, f) for f in ("registry.txt", "registry_contrib.txt"))
    text = b"".join(filter(None, files)).decode()
    return {re.split(r"[!(]", line, maxsplit=1)[0]: line for line in text.splitlines()}


def names() -> list[str]:
    """The types of all registered ops."""
    return list(_lines())


@cache
def get(op_type: str) -> OpDef:
    """The signature of `op_type`; `UnknownOpError` (a `ValueError`) if TensorFlow has no such op."""
    try:
        line = _lines()[op_type]
    except KeyError:
        raise UnknownOpError(f"Op type not registered: {op_type!r} is no op of TensorFlow.") from None
    signature, _, attr_text = line.partition(" | ")
    stateful, inputs, outputs = re.fullmatch(r"\w+(!?)\((.*)\) -> \((.*)\)", signature).groups()  # type: ignore[union-attr]
    attrs = {a.name: a for a in map(_attribute, filter(None, attr_text.split("; ")))}
    return OpDef(op_type, bool(stateful), _arguments(inputs, attrs), _arguments(outputs, attrs), attrs)


def _arguments(text: str, attrs: dict[str, Attribute]) -> tuple[Argument, ...]:
    return tuple(_argument(part, attrs) for part in text.split(", ") if part)


def _argument(text: str, attrs: dict[str, Attribute]) -> Argument:
    name, kind = text.split(": ")
    is_ref = kind.startswith("ref ")
    kind = kind.removeprefix("ref ")
    if kind.startswith("list("):
        return Argument(name, None, "", "", kind[5:-1], is_ref)
    number, _, kind = kind.rpartition("*")
    if kind in attrs:
        return Argument(name, None, kind, number, "", is_ref)
    return Argument(name, as_dtype(kind), "", number, "", is_ref)


_ATTRIBUTE = re.compile(r"(\w+): ([\w()]+)(?:\{([^}]*)\})?(?: >= (-?\d+))?(?: = (.*))?", re.DOTALL)


def _attribute(text: str) -> Attribute:
    name, kind, allowed, minimum, default = _ATTRIBUTE.fullmatch(text).groups()  # type: ignore[union-attr]
    choices: tuple[Any, ...] = tuple(allowed.split(",")) if allowed else ()
    if "type" in kind:
        choices = tuple(as_dtype(c) for c in choices)
    return Attribute(
        name, kind, choices, int(minimum) if minimum else None, REQUIRED if default is None else _default(kind, default)
    )


def _default(kind: str, text: str) -> Any:
    if text == "none":
        return None
    if kind == "type":
        return as_dtype(text)
    if kind == "list(type)":
        return [as_dtype(t) for t in text[1:-1].split(", ") if t]
    if kind == "list(shape)":
        return [TensorShape(dims) for dims in ast.literal_eval(text.replace("unknown", "None"))]
    if kind == "shape":
        return TensorShape(None if text == "unknown" else ast.literal_eval(text))
    if kind == "float":
        return float(text)
    value = ast.literal_eval(text)
    return np.array(value, np.uint8) if kind == "tensor" else value  # the one default of this kind is a colour
