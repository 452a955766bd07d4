"""Variables by reference, TensorFlow 1's own kind: the op is the storage, and what reads it gets its memory.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Variable
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes, stacks
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from ..ops import state
from ..ops.node import convert_to_tensor, node
from .variable import Variable


class RefVariable(Variable):
    """A variable that the graph's ops are given by reference."""

    def _build(
        self, initial_value: Any, name: str | None, dtype: Any, validate_shape: bool, caching_device: Any, shape: Any
    ) -> None:
        graph = stacks.get_default_graph()
        from_function = callable(initial_value)
        with name_scope(name, "Variable", [] if from_function else [initial_value]) as scope:
            true_name = scope[:-1]
            if from_function:
                with placed_with(graph, true_name):
                    with name_scope("Initializer"), graph.device(None):
                        self._initial_value = convert_to_tensor(initial_value(), name="initial_value", dtype=dtype)
                    self._storage(validate_shape, shape, scope)
            else:
                self._initial_value = convert_to_tensor(initial_value, name="initial_value", dtype=dtype)
                self._storage(validate_shape, shape, scope)
            self._initializer_op = state.assign(
                self._variable, self._initial_value, validate_shape=validate_shape, name="Assign"
            ).op
            with graph.colocate_with(self._variable.op):
                if caching_device is None:
                    self._snapshot = node("Identity", self._variable, name="read")
                else:
                    with graph.device(caching_device):
                        self._snapshot = node("Identity", self._variable, name="read")

    def _storage(self, validate_shape: bool, shape: Any, scope: str) -> None:
        known = self._initial_value.shape if shape is None else TensorShape(shape)
        if validate_shape and not known.is_fully_defined():
            raise ValueError(f"initial_value must have a shape specified: {self._initial_value}")
        self._variable = state.variable_op(
            known if validate_shape else TensorShape(None) if shape is None else known,
            self._initial_value.dtype.base_dtype,
            name=scope,
        )

    def _from_def(self, definition: Any, import_scope: str | None) -> None:
        graph = stacks.get_default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(f"{import_scope}/{name}" if import_scope else name)

        self._variable = element(definition.variable_name)
        self._initializer_op = element(definition.initializer_name)
        self._snapshot = element(definition.snapshot_name)
        if definition.initial_value_name:
            self._initial_value = element(definition.initial_value_name)

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def _ref(self) -> Tensor:
        return self._variable

    def value(self) -> Tensor:
        """The variable's value as a tensor. What is computed of it is of the value before the run's writes, unless a
        dependency says otherwise; fetched by itself it is the value after them.
        """
        return self._snapshot

    def read_value(self) -> Tensor:
        """A new read, at the place that the control dependencies in force give it."""
        return node("Identity", self._variable, name="read")

    @property
    def dtype(self) -> dtypes.DType:
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Store `value`: the variable read after that, or the operation if not `read_value`."""
        return _read(state.assign(self, value, use_locking=use_locking, name=name), read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        return _read(state.assign_add(self, delta, use_locking=use_locking, name=name), read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        return _read(state.assign_sub(self, delta, use_locking=use_locking, name=name), read_value)


def _read(assigned: Tensor, read_value: bool) -> Any:
    return assigned if read_value else assigned.op


class placed_with:
    """Put what is added inside where the variable `name`, not yet made, will be."""

    def __init__(self, graph: Any, name: str) -> None:
        self._graph, self._group = graph, [b"loc:@" + name.encode()]

    def __enter__(self) -> None:
        self._old = self._graph._scope_attrs
        self._graph._scope_attrs = {**self._old, "_class": self._group}

    def __exit__(self, *_: Any) -> None:
        self._graph._scope_attrs = self._old
