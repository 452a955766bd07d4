"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/ProximalGradientDescentOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops.indexed_slices import IndexedSlices
from .optimizer import Optimizer, _cast, _update_node


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent, each step followed by the shrinkage of L1 and L2 regularization."""

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _prepare(self) -> None:
        told = ("learning_rate", "l1_regularization_strength", "l2_regularization_strength")
        self._told = [self._hyperparameter(getattr(self, f"_{name}"), name) for name in told]

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("ApplyProximalGradientDescent", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("SparseApplyProximalGradientDescent", var, grad.values, grad.indices)

    def _apply(self, op_type: str, var: Any, *grad: Tensor) -> Tensor:
        told = [_cast(t, var) for t in self._told]
        return _update_node(op_type, var, *told, *grad, use_locking=self._use_locking)
