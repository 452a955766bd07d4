"""The attrs of a node: told by the program or by the inputs, converted and checked, defaults filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import registry
from .registry import Argument, Attribute, OpDef


def infer_from(definition: OpDef, arg: Argument, group: list[Tensor], attrs: dict[str, Any]) -> None:
    """Settle the attrs that an argument's tensors tell, and check them against those told before."""
    if arg.number_attr:
        told = attrs.setdefault(arg.number_attr, len(group))
        if told != len(group):
            raise ValueError(
                f"List argument {arg.name!r} to {definition.name!r} Op with length {len(group)} must match length "
                f"{told} of the arguments before it."
            )
        minimum = definition.attrs[arg.number_attr].minimum
        if minimum is not None and len(group) < minimum:
            raise ValueError(
                f"List argument {arg.name!r} to {definition.name!r} Op with length {len(group)} shorter than minimum "
                f"length {minimum}."
            )
    if arg.type_list_attr:
        attrs[arg.type_list_attr] = [t.dtype.base_dtype for t in group]
    elif arg.type_attr and group:
        found = group[0].dtype.base_dtype
        attrs.setdefault(arg.type_attr, found)
        for tensor in group:
            if tensor.dtype.base_dtype is not found:
                raise types_differ(definition, arg, [t.dtype.base_dtype for t in group])
        allowed = definition.attrs[arg.type_attr].allowed
        if allowed and found not in allowed:
            raise TypeError(
                f"Value passed to parameter {arg.name!r} has DataType {found.name} not in list of allowed values: "
                f"{', '.join(t.name for t in allowed)}"
            )


def settled_attrs(definition: OpDef, attrs: dict[str, Any]) -> dict[str, Any]:
    """Every attr of the op, converted and checked, defaults filled in; attrs of no op (`_class` …) go along."""
    settled = {}
    for attr in definition.attrs.values():
        value = attrs.get(attr.name, attr.default)
        if value is registry.REQUIRED:
            raise TypeError(f"{definition.name!r} Op needs the attr {attr.name!r} ({attr.type}).")
        settled[attr.name] = value if value is attr.default else _settle(definition, attr, value)
    for key in attrs.keys() - settled.keys():
        if not key.startswith("_"):
            raise TypeError(f"{definition.name!r} Op has no attr {key!r}.")
        settled[key] = attrs[key]
    return settled


def _as_type(value: Any) -> DType:
    return dtypes.as_dtype(value).base_dtype


def _as_int(value: Any) -> int:
    if isinstance(value, (bool, float, str, bytes)):
        raise TypeError(f"an int is wanted, got {value!r}")
    return int(value)


def _as_float(value: Any) -> float:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"a number is wanted, got {value!r}")
    return float(np.float32(value))  # as a GraphDef keeps it


def _as_bool(value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)) and value not in (0, 1):
        raise TypeError(f"a bool is wanted, got {value!r}")
    return bool(value)


def _as_text(value: Any) -> str | bytes:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value
    if not isinstance(value, str):
        raise TypeError(f"a string is wanted, got {value!r}")
    return value


def _unchanged(value: Any) -> Any:
    return value


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "type": _as_type,
    "shape": TensorShape,
    "int": _as_int,
    "float": _as_float,
    "bool": _as_bool,
    "string": _as_text,
}


def _settle(definition: OpDef, attr: Attribute, value: Any) -> Any:
    try:
        if attr.type.startswith("list("):
            if not isinstance(value, (list, tuple, np.ndarray)):
                raise TypeError(f"a list is wanted, got {value!r}")
            convert = _CONVERT.get(attr.type[5:-1], _unchanged)
            result: Any = [convert(item) for item in value]
            checked = result
        else:
            result = _CONVERT.get(attr.type, _unchanged)(value)
            checked = [result]
    except TypeError as error:
        raise TypeError(f"Attr {attr.name!r} of {definition.name!r} Op: {str(error).rstrip('.')}.") from None
    for item in checked:
        if attr.allowed and item not in attr.allowed:
            kind = "DataType" if isinstance(item, DType) else "string"
            shown = item.name if isinstance(item, DType) else item
            allowed = ", ".join(a.name if isinstance(a, DType) else f'"{a}"' for a in attr.allowed)
            error_class = TypeError if isinstance(item, DType) else ValueError
            raise error_class(
                f"Attr {attr.name!r} of {definition.name!r} Op passed {kind} '{shown}' not in: {allowed}."
            )
    size = len(result) if attr.type.startswith("list(") else result
    if attr.minimum is not None and size < attr.minimum:
        raise ValueError(
            f"Attr {attr.name!r} of {definition.name!r} Op passed {size} less than minimum {attr.minimum}."
        )
    return result


def types_differ(definition: OpDef, arg: Argument, found: list[DType]) -> TypeError:
    return TypeError(
        f"Tensors in list passed to {arg.name!r} of {definition.name!r} Op have types "
        f"[{', '.join(t.name for t in found)}] that don't all match."
    )
