"""Gradients that a program writes itself: `tf.RegisterGradient`, `tf.NotDifferentiable`, `tf.custom_gradient`.

Every other op's gradient is torch's; see `gradients.py`.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable
from typing import Any

from ..graph import stacks
from ..graph.operation import Operation, Tensor
from . import registry
from .not_differentiable import NO_GRADIENT, NOT_DIFFERENTIABLE

GradientFunction = Callable[..., Any]

_registered: dict[str, tuple[GradientFunction | None, str]] = {}


def _register(op_type: str, function: GradientFunction | None, where: str) -> None:
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    if op_type in _registered:
        raise KeyError(
            f"Registering two gradient with name '{op_type}'! (Previous registration was in {_registered[op_type][1]})"
        )
    if op_type not in NO_GRADIENT and op_type in registry.names():
        raise KeyError(f"Registering two gradient with name '{op_type}'! (The op has a gradient already.)")
    _registered[op_type] = function, where


class RegisterGradient:
    """A decorator: `f(op, *grads)` is the gradient of ops of type `op_type`, or of that name in an override map.

    `f` builds and returns one tensor (or None) for each input of `op`, a single one if there is one input.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/RegisterGradient
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: GradientFunction) -> GradientFunction:
        _register(self._op_type, f, getattr(f, "__qualname__", repr(f)))
        return f


def no_gradient(op_type: str) -> None:
    """Let no gradient through ops of type `op_type`: `tf.NotDifferentiable`, `tf.NoGradient`."""
    _register(op_type, None, "tf.NotDifferentiable")


def _name_of(op: Operation) -> str:
    override = op.attrs.get("_gradient_op_type")
    if override is None:
        return op.type
    return override.decode() if isinstance(override, bytes) else override


def is_differentiable(op: Operation) -> bool:
    """Whether a gradient can pass through `op`, dtypes aside."""
    if op.attrs.get("_back_prop") is False:  # the end of a loop that was told so
        return False
    name = _name_of(op)
    if name in _registered:
        return _registered[name][0] is not None
    return name not in NOT_DIFFERENTIABLE


def is_custom(op: Operation) -> bool:
    """Whether the gradient of `op` is not its type's own."""
    name = _name_of(op)
    return name in _registered or name != op.type


def _pass_on(op: Operation, *grads: Any) -> Any:
    return grads


# Built-in types that programs name in an override map: most of all "Identity", to let a gradient straight through.
_BY_NAME: dict[str, GradientFunction] = dict.fromkeys(("Identity", "IdentityN"), _pass_on)


def gradient_function(op: Operation) -> GradientFunction:
    """The gradient function of an op that `is_custom`; `LookupError` if there is none of the name it asks for."""
    name = _name_of(op)
    function = _registered[name][0] if name in _registered else _BY_NAME.get(name)
    if function is None:
        raise LookupError(
            f"No gradient defined for operation '{op.name}' (op type: {op.type}): no gradient is registered as "
            f"{name!r}."
        )
    return function


def check_gradients_exist(path: set[Operation]) -> None:
    """`LookupError` if TensorFlow has no gradient for an op on the path."""
    lacking = [op for op in path if op.type in NO_GRADIENT and not is_custom(op)]
    if lacking:
        op = max(lacking, key=lambda op: op._id)
        raise LookupError(
            f"No gradient defined for operation '{op.name}' (op type: {op.type}). Use tf.stop_gradient where no "
            "gradient is wanted, or tf.RegisterGradient to define one."
        )


_uids = itertools.count(1)


def custom_gradient(f: Callable[..., Any] | None = None) -> Any:
    """A decorator for `f(*args) -> (result, grad_fn)`: `grad_fn(*grads)` is the gradient of `result` for each arg.

    If `f` uses trainable variables, `grad_fn` must take `variables=` and return a pair: the args' gradients, and a list
    with the variables'. Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/custom_gradient
    """
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator currently supports keywords arguments only when eager execution is "
                "enabled."
            )
        return _with_gradient(f, args)

    return decorated


def _with_gradient(f: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    from .node import convert_to_tensor, node

    tensors = [convert_to_tensor(x) for x in args]
    inner = [node("Identity", x) for x in tensors]
    graph = stacks.get_default_graph()
    before = graph.version
    result, grad_fn = f(*inner)
    variables, reads = _variables_read(graph, before)
    if variables and not _takes_variables(grad_fn):
        raise TypeError(
            "If using @custom_gradient with a function that uses variables, then grad_fn must accept a 'variables' "
            "keyword argument."
        )
    results = [convert_to_tensor(r) for r in (result if isinstance(result, (list, tuple)) else [result])]

    def gradient(op: Operation, *grads: Any) -> list[Any]:
        used = grads[: len(results)]
        found = grad_fn(*used, variables=variables) if variables else grad_fn(*used)
        found, for_variables = found if variables else (found, [])
        flat = list(found) if isinstance(found, (list, tuple)) else [found]
        if len(flat) != len(tensors) or len(for_variables) != len(variables):
            raise ValueError(
                f"custom_gradient function expected to return {len(tensors)} gradients, but returned {len(flat)} "
                "instead."
            )
        return [None] * len(results) + flat + list(for_variables)

    name = f"CustomGradient-{next(_uids)}"
    _registered[name] = gradient, name
    with graph.gradient_override_map({"IdentityN": name}):
        outputs = node("IdentityN", results + tensors + reads)
    named = outputs[: len(results)]
    return type(result)(named) if isinstance(result, (list, tuple)) else named[0]


def _takes_variables(grad_fn: Callable[..., Any]) -> bool:
    parameters = inspect.signature(grad_fn).parameters.values()
    return any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters)


def _variables_read(graph: Any, before: int) -> tuple[list[Any], list[Tensor]]:
    """The trainable variables that the ops added since `before` read, and the tensors of those reads."""
    variables = graph.get_collection("trainable_variables")
    known = {tensor: v for v in variables for tensor in (v._snapshot, v._ref())}
    read = [t for op in graph.get_operations()[before:] for t in op.inputs]
    found = list(dict.fromkeys(known[t] for t in read if t in known))
    return found, [variable.value() for variable in found]
