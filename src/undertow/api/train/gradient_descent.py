"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/GradientDescentOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops import state
from ...ops.indexed_slices import IndexedSlices
from ...ops.node import node
from .optimizer import Optimizer, _cast, _update_node


class GradientDescentOptimizer(Optimizer):
    """`var -= learning_rate * grad`."""

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyperparameter(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        rate = _cast(self._learning_rate_tensor, var)
        return _update_node("ApplyGradientDescent", var, rate, grad, use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        step = node("Mul", -grad, _cast(self._learning_rate_tensor, handle), name="mul")
        return node("ResourceScatterAdd", handle.handle, indices, step)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Tensor:
        step = node("Mul", grad.values, _cast(self._learning_rate_tensor, var), name="mul")
        return state.scatter_sub(var, grad.indices, step, use_locking=self._use_locking)
