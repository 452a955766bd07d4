"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/RMSPropOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops.indexed_slices import IndexedSlices
from ..initializers import ones_initializer
from .optimizer import Optimizer, _cast, _update_node


class RMSPropOptimizer(Optimizer):
    """`rms = decay * rms + (1 - decay) * grad**2; mom = momentum * mom + learning_rate * grad / sqrt(rms + epsilon);
    var -= mom`. If `centered`, the square of the gradient's moving mean is taken off under the root. `rms` starts at 1.
    """

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            dtype = var.dtype.base_dtype
            start = ones_initializer(dtype=dtype)
            self._get_or_make_slot_with_initializer(var, start, var.get_shape(), dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyperparameter(self._learning_rate, "learning_rate")
        self._decay_tensor = self._hyperparameter(self._decay, "decay")
        self._momentum_tensor = self._hyperparameter(self._momentum, "momentum")
        self._epsilon_tensor = self._hyperparameter(self._epsilon, "epsilon")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("Sparse", var, grad.values, grad.indices)

    def _apply(self, kind: str, var: Any, *grad: Tensor) -> Tensor:
        slots = ("mg", "rms", "momentum") if self._centered else ("rms", "momentum")
        told = (self._learning_rate_tensor, self._decay_tensor, self._momentum_tensor, self._epsilon_tensor)
        return _update_node(
            f"{kind}ApplyCenteredRMSProp" if self._centered else f"{kind}ApplyRMSProp",
            var,
            *(self.get_slot(var, slot)._ref() for slot in slots),
            *(_cast(t, var) for t in told),
            *grad,
            use_locking=self._use_locking,
        )
