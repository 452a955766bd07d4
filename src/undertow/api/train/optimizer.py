"""`tf.train.Optimizer`: gradients of a loss, and the ops that apply them to variables.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Optimizer
"""

from __future__ import annotations

from collections.abc import Iterable, ValuesView
from typing import Any

from ...graph import dtypes, stacks
from ...graph.dtypes import DType
from ...graph.keys import GraphKeys
from ...graph.operation import Operation, Tensor
from ...graph.scopes import control_dependencies, init_scope, name_scope
from ...graph.shape import TensorShape
from ...ops import state
from ...ops.control_flow import group
from ...ops.gradients import gradients
from ...ops.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from ...ops.node import convert_to_tensor, node
from ...ops.resource_variable import is_resource_variable
from .. import variables as variables_module
from ..variables import Variable
from .slot_creator import create_slot, create_slot_with_initializer, create_zeros_slot


def _var_key(var: Any) -> tuple[Any, str]:
    return var.op.graph, var.op.name


def _deduplicate_indexed_slices(values: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """The rows that belong to one index added up: (sums, the indices, each once)."""
    unique, positions = node("Unique", indices)
    count = node("Shape", unique)[0]
    return node("UnsortedSegmentSum", values, positions, count), unique


class Optimizer:
    """The base of all optimizers.

    A subclass gives `_apply_dense(grad, var)` and `_apply_sparse(grad, var)`, which return ops that update `var`; it
    makes its hyperparameters tensors in `_prepare()`, its slots in `_create_slots(var_list)`, and may add ops to the
    end of a step in `_finish(update_ops, name_scope)`.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._slots: dict[str, dict[Any, Variable]] = {}
        self._non_slot_dict: dict[tuple[str, Any], Variable] = {}

    def get_name(self) -> str:
        return self._name

    # The two halves of a step

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Operation:
        """An op that updates the variables (`var_list`, by default all trainable ones) against `loss`'s gradient.

        It adds 1 to `global_step` after that, if there is one. `ValueError` if no variable has a gradient.
        """
        pairs = self.compute_gradients(
            loss, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops, grad_loss
        )
        if all(grad is None for grad, _ in pairs):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not support gradients, "
                f"between variables {[str(v) for _, v in pairs]} and loss {loss}."
            )
        return self.apply_gradients(pairs, global_step=global_step, name=name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """Pairs (gradient, variable); the gradient is a tensor, IndexedSlices, or None if `loss` does not need it.

        `loss` may be a function of no arguments that builds it. `grad_loss` is the gradient to start from.
        """
        if callable(loss):
            loss = loss()
        gates = (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH)
        if gate_gradients not in gates:
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  Not "
                f"{gate_gradients}"
            )
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        variables = variables_module.trainable_variables() if var_list is None else list(_flattened(var_list))
        if not variables:
            raise ValueError("No variables to optimize.")
        grads = gradients(
            loss,
            [getattr(v, "_ref", lambda v=v: v)() for v in variables],
            grad_ys=grad_loss,
            gate_gradients=gate_gradients == Optimizer.GATE_OP,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        self._assert_valid_dtypes([v for g, v in zip(grads, variables) if g is not None])
        return list(zip(grads, variables))

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        """An op that applies the gradients of (gradient, variable) pairs, and adds 1 to `global_step` after that.

        `TypeError` for a gradient that is no tensor, `ValueError` if there is none at all.
        """
        pairs = tuple(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        converted = [(_converted(grad), var) for grad, var in pairs]
        live = [var for grad, var in converted if grad is not None]
        if not live:
            raise ValueError(f"No gradients provided for any variable: {[str(v) for _, v in converted]}.")
        with init_scope():
            self._create_slots(live)
        with name_scope(name, self._name) as scope:
            self._prepare()
            updates = []
            for grad, var in converted:
                if grad is not None:
                    with name_scope(f"update_{var.op.name}"), _placed_with(var.op):
                        updates.append(self._update(grad, var))
            if global_step is None:
                done = self._finish(updates, scope)
            else:
                with control_dependencies([self._finish(updates, "update")]), _placed_with(global_step.op):
                    if is_resource_variable(global_step):
                        one = convert_to_tensor(1, dtype=global_step.dtype)
                        done = node("AssignAddVariableOp", global_step.handle, one, name=scope)
                    else:
                        one = convert_to_tensor(1, dtype=global_step.dtype, name="value")
                        done = state.assign_add(global_step, one, name=scope)
            op: Operation = done.op if isinstance(done, Tensor) else done
            collected = stacks.get_default_graph().get_collection_ref(GraphKeys.TRAIN_OP)
            if op not in collected:
                collected.append(op)
            return op

    def _update(self, grad: Any, var: Any) -> Any:
        if not hasattr(var, "_ref"):
            raise NotImplementedError(f"Trying to update a Tensor {var}")
        constraint, by_handle = getattr(var, "constraint", None), is_resource_variable(var)
        if isinstance(grad, IndexedSlices):
            if constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            if by_handle:
                return self._resource_apply_sparse_duplicate_indices(grad.values, var, grad.indices)
            return self._apply_sparse_duplicate_indices(grad, var)
        update = self._resource_apply_dense(grad, var) if by_handle else self._apply_dense(grad, var)
        if constraint is None:
            return update
        with control_dependencies([update]):
            return var.assign(constraint(var if by_handle else var.read_value()))

    # Slots

    def get_slot(self, var: Any, name: str) -> Any:
        """The slot `name` of `var`, a variable; None if there is none."""
        return self._slots.get(name, {}).get(_var_key(var))

    def get_slot_names(self) -> list[str]:
        return sorted(self._slots)

    def variables(self) -> list[Variable]:
        """The optimizer's own variables in the default graph, sorted by name."""
        graph = stacks.get_default_graph()
        own = [v for (_, of_graph), v in self._non_slot_dict.items() if of_graph is graph]
        own += [v for slots in self._slots.values() for v in slots.values() if v.graph is graph]
        return sorted(own, key=lambda v: v.name)

    def _slot_dict(self, slot_name: str) -> dict[Any, Variable]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Variable:
        slots = self._slot_dict(slot_name)
        if _var_key(var) not in slots:
            slots[_var_key(var)] = create_slot(var, val, op_name)
        return slots[_var_key(var)]

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: TensorShape, dtype: Any, slot_name: str, op_name: str
    ) -> Variable:
        slots = self._slot_dict(slot_name)
        if _var_key(var) not in slots:
            slots[_var_key(var)] = create_slot_with_initializer(var, initializer, shape, dtype, op_name)
        return slots[_var_key(var)]

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Variable:
        slots = self._slot_dict(slot_name)
        if _var_key(var) not in slots:
            slots[_var_key(var)] = create_zeros_slot(var, op_name)
        return slots[_var_key(var)]

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Variable:
        """A variable of the optimizer's own, not tied to one of the program's."""
        key = (name, colocate_with.graph)
        if key not in self._non_slot_dict:
            with _placed_with(colocate_with.op):
                self._non_slot_dict[key] = Variable(
                    initial_value, name=name, trainable=False, use_resource=is_resource_variable(colocate_with)
                )
        return self._non_slot_dict[key]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self) -> list[Variable]:
        return list(self._non_slot_dict.values())

    # What subclasses say

    def _valid_dtypes(self) -> set[DType]:
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for t in tensors:
            if t.dtype.base_dtype not in valid:
                wanted = sorted(valid, key=lambda dtype: dtype.name)
                raise ValueError(f"Invalid type {t.dtype.base_dtype!r} for {t.name}, expected: {wanted}.")

    def _create_slots(self, var_list: list[Any]) -> None:
        """Make the slots of the variables that are to be updated."""

    def _prepare(self) -> None:
        """Make tensors of the hyperparameters; called inside the step's name scope."""

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        raise NotImplementedError

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        raise NotImplementedError

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        """Apply rows of which one may come twice: by default they are added up first."""
        values, indices = _deduplicate_indexed_slices(grad.values, grad.indices)
        return self._apply_sparse(IndexedSlices(values, indices, grad.dense_shape), var)

    # The same for resource variables, which who builds updates by `_update_node` need not tell from others.

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Any:
        return self._apply_dense(grad, handle)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        return self._apply_sparse(IndexedSlices(grad, indices), handle)

    def _resource_apply_sparse_duplicate_indices(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        values, indices = _deduplicate_indexed_slices(grad, indices)
        return self._resource_apply_sparse(values, handle, indices)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        """The op that ends a step, of that name."""
        return group(*update_ops, name=name_scope)

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param

    def _hyperparameter(self, value: Any, name: str) -> Tensor:
        """A hyperparameter, given as a number, a tensor, or a function that makes one, as a tensor."""
        return convert_to_tensor(self._call_if_callable(value), name=name)


def _update_node(op_type: str, var: Any, *inputs: Any, **attrs: Any) -> Any:
    """The op that updates `var`, of this type or of its twin for handles. Variables among `inputs` are its slots."""
    first = var._ref()
    return node(op_type if first.dtype._is_ref_dtype else f"Resource{op_type}", first, *inputs, **attrs)


def _cast(value: Any, var: Any) -> Tensor:
    """A hyperparameter, a tensor or a variable, in the dtype of a variable."""
    dtype = var.dtype.base_dtype
    return value if value.dtype.base_dtype == dtype else node("Cast", value, DstT=dtype)


def _converted(grad: Any) -> Any:
    if grad is None:
        return None
    try:
        return convert_to_tensor_or_indexed_slices(grad)
    except TypeError:
        raise TypeError(f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {grad}") from None


def _flattened(var_list: Any) -> Iterable[Any]:
    if isinstance(var_list, (list, tuple, set, ValuesView)):
        for item in var_list:
            yield from _flattened(item)
    elif hasattr(var_list, "_get_variable_list"):  # a variable in parts
        yield from var_list._get_variable_list()
    else:
        yield var_list


def _placed_with(op: Operation) -> Any:
    return stacks.get_default_graph().colocate_with(op)
