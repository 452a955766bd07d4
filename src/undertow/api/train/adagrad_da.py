"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/AdagradDAOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph import dtypes, stacks
from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...ops.constant import constant
from ...ops.indexed_slices import IndexedSlices
from ...ops.node import convert_to_tensor, node
from .optimizer import Optimizer, _cast, _update_node


class AdagradDAOptimizer(Optimizer):
    """Adagrad by dual averaging, for sparse linear models: it works from sums of all gradients so far.

    `global_step` counts the steps; `minimize` must be given it too.
    """

    def __init__(
        self,
        learning_rate: Any,
        global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "AdagradDA",
    ) -> None:
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError(
                "initial_gradient_squared_accumulator_value must be positive: "
                f"{initial_gradient_squared_accumulator_value}"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._global_step = global_step
        self._initial_gradient_squared_accumulator_value = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            starts = {
                "gradient_accumulator": 0.0,
                "gradient_squared_accumulator": self._initial_gradient_squared_accumulator_value,
            }
            for slot, start in starts.items():
                with stacks.get_default_graph().colocate_with(var.op):
                    value = constant(start, dtype=var.dtype.base_dtype, shape=var.get_shape())
                self._get_or_make_slot(var, value, slot, self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = convert_to_tensor(self._learning_rate, name="learning_rate")
        with stacks.get_default_graph().colocate_with(self._learning_rate_tensor.op):
            self._step_now = node("AddV2", node("Identity", self._global_step), 1, name="add")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("ApplyAdagradDA", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("SparseApplyAdagradDA", var, grad.values, grad.indices)

    def _apply(self, op_type: str, var: Any, *grad: Tensor) -> Tensor:
        slots = [self.get_slot(var, s)._ref() for s in ("gradient_accumulator", "gradient_squared_accumulator")]
        step = node("Identity", self._step_now)
        strengths = []
        for strength in (self._l1_regularization_strength, self._l2_regularization_strength):
            with name_scope("Cast"):
                tensor = convert_to_tensor(strength, name="x")
            strengths.append(_cast(tensor, var))
        if step.dtype != dtypes.int64:
            step = node("Cast", step, DstT=dtypes.int64)
        rate = _cast(self._learning_rate_tensor, var)
        return _update_node(op_type, var, *slots, *grad, rate, *strengths, step, use_locking=self._use_locking)
