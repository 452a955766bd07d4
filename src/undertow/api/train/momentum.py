"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/MomentumOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops.indexed_slices import IndexedSlices
from .optimizer import Optimizer, _cast, _update_node


class MomentumOptimizer(Optimizer):
    """`accum = momentum * accum + grad; var -= learning_rate * accum`, or Nesterov's form of it."""

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyperparameter(self._learning_rate, "learning_rate")
        self._momentum_tensor = self._hyperparameter(self._momentum, "momentum")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("ApplyMomentum", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("SparseApplyMomentum", var, grad.values, grad.indices)

    def _apply(self, op_type: str, var: Any, *grad: Tensor) -> Tensor:
        return _update_node(
            op_type,
            var,
            self.get_slot(var, "momentum")._ref(),
            _cast(self._learning_rate_tensor, var),
            *grad,
            _cast(self._momentum_tensor, var),
            use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        )
