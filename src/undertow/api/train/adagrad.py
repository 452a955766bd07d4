"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/AdagradOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops.indexed_slices import IndexedSlices
from ..initializers import constant_initializer
from .optimizer import Optimizer, _cast, _update_node


class AdagradOptimizer(Optimizer):
    """`accumulator += grad**2; var -= learning_rate * grad / sqrt(accumulator)`."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            dtype = var.dtype.base_dtype
            start = constant_initializer(self._initial_accumulator_value, dtype=dtype)
            self._get_or_make_slot_with_initializer(var, start, var.get_shape(), dtype, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyperparameter(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("ApplyAdagrad", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("SparseApplyAdagrad", var, grad.values, grad.indices)

    def _apply(self, op_type: str, var: Any, *grad: Tensor) -> Tensor:
        rate = _cast(self._learning_rate_tensor, var)
        accumulator = self.get_slot(var, "accumulator")
        return _update_node(op_type, var, accumulator._ref(), rate, *grad, use_locking=self._use_locking)
