"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/FtrlOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph.operation import Tensor
from ...ops.array import ones
from ...ops.indexed_slices import IndexedSlices
from ...ops.node import node
from .optimizer import Optimizer, _cast, _update_node


class FtrlOptimizer(Optimizer):
    """Follow the regularized leader, with L1 and L2 strengths, and L2 "shrinkage" on the gradient.

    `accum_name` and `linear_name` name the slots (by default both like the optimizer).
    """

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
    ) -> None:
        super().__init__(use_locking, name)
        not_negative = {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }
        for key, value in not_negative.items():
            if value < 0.0:
                raise ValueError(f"{key} {value:f} needs to be positive or zero")
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power:f} needs to be negative or zero")
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name

    def _create_slots(self, var_list: list[Any]) -> None:
        def start(shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
            return node("Mul", ones(shape, dtype), self._initial_accumulator_value, name="mul")

        for var in var_list:
            self._get_or_make_slot_with_initializer(
                var, start, var.get_shape(), var.dtype.base_dtype, "accum", self._accum_name or self._name
            )
            self._zeros_slot(var, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        told = (
            "learning_rate",
            "l1_regularization_strength",
            "l2_regularization_strength",
            "l2_shrinkage_regularization_strength",
            "learning_rate_power",
        )
        self._told = {name: self._hyperparameter(getattr(self, f"_{name}"), name) for name in told}

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply("", var, grad)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._apply("Sparse", var, grad.values, grad.indices)

    def _apply(self, kind: str, var: Any, *grad: Tensor) -> Tensor:
        told = dict(self._told)
        shrinks = self._l2_shrinkage_regularization_strength > 0.0
        if not shrinks:
            del told["l2_shrinkage_regularization_strength"]
        return _update_node(
            f"{kind}ApplyFtrlV2" if shrinks else f"{kind}ApplyFtrl",
            var,
            self.get_slot(var, "accum")._ref(),
            self.get_slot(var, "linear")._ref(),
            *grad,
            *(_cast(t, var) for t in told.values()),
            use_locking=self._use_locking,
        )
