"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/GradientDescentOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops import state
from ...ops.indexed_slices import IndexedSlices
from ...ops.node import node
from .optimizer import Optimizer, _cast


class GradientDescentOptimizer(Optimizer):
    """`var -= learning_rate * grad`."""

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyperparameter(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        rate = _cast(self._learning_rate_tensor, var)
        return node("ApplyGradientDescent", var._ref(), rate, grad, use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Tensor:
        step = node("Mul", grad.values, _cast(self._learning_rate_tensor, var), name="mul")
        return state.scatter_sub(var, grad.indices, step, use_locking=self._use_locking)
