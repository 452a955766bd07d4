"""The operators of `tf.Tensor`: `x + y`, `-x`, `x < y`, … as nodes. `==` stays identity, as in 1.15.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Tensor
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from . import math
from .matmul import matmul
from .node import convert_to_tensor, node


def _typed(op_type: str) -> Callable[..., Tensor]:
    return lambda x, y, name: node(op_type, x, y, name=name)


def _logical(boolean: Callable[..., Tensor], bits: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def apply(x: Tensor, y: Tensor, name: str) -> Tensor:
        return boolean(x, y, name) if x.dtype.base_dtype == dtypes.bool else bits(x, y, None)

    return apply


# Python's name -> (the scope its nodes get, what makes them). The operator and its reflection are made of each.
_TWO_SIDED: dict[str, tuple[str, Callable[..., Tensor]]] = {
    "add": ("add", math.add),
    "sub": ("sub", _typed("Sub")),
    "mul": ("mul", _typed("Mul")),
    "div": ("div", math.div),
    "truediv": ("truediv", math.truediv),
    "floordiv": ("floordiv", math.floordiv),
    "mod": ("mod", _typed("FloorMod")),
    "pow": ("pow", _typed("Pow")),
    "matmul": ("matmul", lambda x, y, name: matmul(x, y, name=name)),
    "and": ("and", _logical(_typed("LogicalAnd"), lambda x, y, name: node("BitwiseAnd", x, y, name=name))),
    "or": ("or", _logical(_typed("LogicalOr"), lambda x, y, name: node("BitwiseOr", x, y, name=name))),
    "xor": ("xor", _logical(math.logical_xor, lambda x, y, name: node("BitwiseXor", x, y, name=name))),
}

_COMPARISONS = {"lt": "Less", "le": "LessEqual", "gt": "Greater", "ge": "GreaterEqual"}


_CONVERT_THEMSELVES = ("matmul", "and", "or", "xor")


def _operator(python_name: str, scope_name: str, function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Tensor]:
    def operator(x: Tensor, y: Any) -> Tensor:
        with name_scope(None, scope_name, [x, y]) as scope:
            try:
                if python_name not in _CONVERT_THEMSELVES:
                    y = convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name="y")
            except (TypeError, ValueError):
                if hasattr(type(y), f"__r{python_name}__"):  # `y` may know how to work with a tensor
                    return NotImplemented
                y = convert_to_tensor(y, dtype=x.dtype.base_dtype, name="y")  # says what it should have been
            return function(x, y, scope)

    return operator


def _reflected(scope_name: str, function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Tensor]:
    def operator(y: Tensor, x: Any) -> Tensor:
        with name_scope(None, scope_name, [x, y]) as scope:
            return function(convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x"), y, scope)

    return operator


def _comparison(op_type: str) -> Callable[[Tensor, Any], Tensor]:
    return lambda x, y: node(op_type, x, y)


def _invert(x: Tensor) -> Tensor:
    return node("LogicalNot" if x.dtype.base_dtype == dtypes.bool else "Invert", x)


OPERATORS: dict[str, Callable[..., Tensor]] = {
    **{f"__{key}__": _operator(key, *row) for key, row in _TWO_SIDED.items()},
    **{f"__r{key}__": _reflected(*row) for key, row in _TWO_SIDED.items()},
    **{f"__{key}__": _comparison(op_type) for key, op_type in _COMPARISONS.items()},
    "__neg__": lambda x: node("Neg", x),
    "__abs__": math.abs,
    "__invert__": _invert,
}


def install() -> None:
    """Give `tf.Tensor` its operators. What stands for a tensor (a variable) takes them from `OPERATORS`."""
    for name, function in OPERATORS.items():
        setattr(Tensor, name, function)
    Tensor.OVERLOADABLE_OPERATORS = frozenset(OPERATORS) | {"__getitem__"}  # type: ignore[attr-defined]
