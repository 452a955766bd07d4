"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/AdadeltaOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops.indexed_slices import IndexedSlices
from .optimizer import Optimizer, _cast, _update_node


class AdadeltaOptimizer(Optimizer):
    """Adadelta: steps in proportion to the moving size of past steps over that of the gradients."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "accum", self._name)
            self._zeros_slot(var, "accum_update", self._name)

    def _prepare(self) -> None:
        self._told = [
            self._hyperparameter(value, name)
            for value, name in ((self._lr, "lr"), (self._rho, "rho"), (self._epsilon, "epsilon"))
        ]

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("ApplyAdadelta", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("SparseApplyAdadelta", var, grad.values, grad.indices)

    def _apply(self, op_type: str, var: Any, *grad: Tensor) -> Tensor:
        slots = [self.get_slot(var, slot)._ref() for slot in ("accum", "accum_update")]
        told = [_cast(t, var) for t in self._told]
        return _update_node(op_type, var, *slots, *told, *grad, use_locking=self._use_locking)
