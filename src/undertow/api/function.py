"""`tensorflow.python.framework.function.Defun`: a Python function as a function of tensors of given types.

Its ops are added where it is called, under its name; TensorFlow made one op of them and kept the function beside the
graph.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Graph
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..ops.gradient_registry import custom_gradient
from ..ops.node import convert_to_tensor
from .variable_scope import get_variable_scope, variable_scope
from .variable_store import AUTO_REUSE


class Defun:
    """A decorator of functions of tensors: of `input_types`, or of any if none are given.

    `func_name` is its name in the graph, `python_grad_func(op, *grads)` or `grad_func(*inputs, *grads)` gives the
    gradients by the inputs, `shape_func(op)` the shapes of the outputs. `ValueError` for both gradients.
    """

    def __init__(self, *input_types: Any, **kwargs: Any) -> None:
        self._input_types = tuple(map(dtypes.as_dtype, input_types))
        self._kwargs = kwargs
        if kwargs.get("grad_func") is not None and kwargs.get("python_grad_func") is not None:
            raise ValueError("Gradient defined twice for a function: at most one of grad_func and python_grad_func.")

    def __call__(self, func: Callable[..., Any]) -> DefinedFunction:
        if not callable(func):
            raise ValueError(f"function {func} must be callable")
        return DefinedFunction(func, self._input_types, **self._kwargs)


class DefinedFunction:
    """What `Defun` makes."""

    def __init__(
        self,
        func: Callable[..., Any],
        input_types: tuple[DType, ...],
        func_name: str | None = None,
        grad_func: Callable[..., Any] | None = None,
        python_grad_func: Callable[..., Any] | None = None,
        out_names: Any = None,
        shape_func: Callable[[Any], Any] | None = None,
        **_: Any,
    ) -> None:
        self._func = func
        self._input_types = input_types
        self._name = func_name or func.__name__.strip("<>")
        self._grad_func = grad_func
        self._python_grad_func = python_grad_func
        self._shape_func = shape_func
        self.__doc__ = func.__doc__

    @property
    def name(self) -> str:
        return self._name

    @property
    def declared_input_types(self) -> tuple[DType, ...]:
        return self._input_types

    @property
    def python_grad_func(self) -> Callable[..., Any] | None:
        return self._python_grad_func

    @property
    def captured_inputs(self) -> list[Tensor]:
        """Nothing: its ops are in the graph of what they use."""
        return []

    def set_grad_func(self, grad_func: Callable[..., Any]) -> None:
        """Take its gradient from `grad_func(*inputs, *grads)`."""
        self._grad_func = grad_func

    def __call__(self, *args: Any, name: str | None = None, **_: Any) -> Any:
        """Its outputs for `args`: a tensor, or a tuple of several; without outputs the op that is done when it is.

        `ValueError` for another number of arguments, `TypeError` for other types.
        """
        if self._input_types and len(args) != len(self._input_types):
            raise ValueError(f"Expected number of arguments: {len(self._input_types)}, received: {len(args)}")
        wanted = self._input_types or [None] * len(args)
        with name_scope(name, self._name), variable_scope(get_variable_scope(), reuse=AUTO_REUSE):
            inputs = [convert_to_tensor(arg, dtype=dtype) for arg, dtype in zip(args, wanted)]
            if self._grad_func is None and self._python_grad_func is None:
                outputs = self._func(*inputs)
            else:
                outputs = custom_gradient(self._with_gradient)(*inputs)
            return self._shaped(inputs, outputs)

    def _with_gradient(self, *inputs: Tensor) -> tuple[Any, Callable[..., Any]]:
        outputs = self._func(*inputs)
        made = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        op = SimpleNamespace(inputs=list(inputs), outputs=made, name=self._name, type=self._name)

        def gradient(*grads: Any) -> Any:
            if self._python_grad_func is not None:
                return self._python_grad_func(op, *grads)
            assert self._grad_func is not None
            return self._grad_func(*inputs, *grads)

        return outputs, gradient

    def _shaped(self, inputs: list[Tensor], outputs: Any) -> Any:
        several = isinstance(outputs, (list, tuple))
        made = [convert_to_tensor(o) for o in (outputs if several else [outputs])] if outputs is not None else []
        if not made:
            from ..ops.control_flow import group

            return group(*inputs)
        if self._shape_func is not None:
            op = SimpleNamespace(inputs=inputs, outputs=made, name=self._name, type=self._name)
            for tensor, shape in zip(made, self._shape_func(op)):
                tensor.set_shape(shape)
        return tuple(made) if len(made) > 1 else made[0]
