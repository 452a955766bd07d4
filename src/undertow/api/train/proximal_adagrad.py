"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/ProximalAdagradOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph import stacks
from ...graph.operation import Tensor
from ...ops.constant import constant
from ...ops.indexed_slices import IndexedSlices
from .optimizer import Optimizer, _cast, _update_node


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad, each step followed by the shrinkage of L1 and L2 regularization."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            with stacks.get_default_graph().colocate_with(var.op):
                value = constant(self._initial_accumulator_value, dtype=var.dtype.base_dtype, shape=var.get_shape())
            self._get_or_make_slot(var, value, "accumulator", self._name)

    def _prepare(self) -> None:
        told = ("learning_rate", "l1_regularization_strength", "l2_regularization_strength")
        self._told = [self._hyperparameter(getattr(self, f"_{name}"), name) for name in told]

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("ApplyProximalAdagrad", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("SparseApplyProximalAdagrad", var, grad.values, grad.indices)

    def _apply(self, op_type: str, var: Any, *grad: Tensor) -> Tensor:
        accumulator = self.get_slot(var, "accumulator")._ref()
        told = [_cast(t, var) for t in self._told]
        return _update_node(op_type, var, accumulator, *told, *grad, use_locking=self._use_locking)
