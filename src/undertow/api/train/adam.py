"""Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/AdamOptimizer"""

from __future__ import annotations

from typing import Any

from ...graph import stacks
from ...graph.operation import Operation, Tensor
from ...graph.scopes import control_dependencies
from ...ops import state
from ...ops.control_flow import group
from ...ops.indexed_slices import IndexedSlices
from ...ops.node import node
from ...ops.resource_variable import is_resource_variable
from ..variables import Variable
from .optimizer import Optimizer, _cast, _placed_with, _update_node


class AdamOptimizer(Optimizer):
    """Adam, with the epsilon of the paper's "epsilon hat": outside the square root, before the bias correction.

    The moments of a sparse gradient decay in all rows, as if the gradient of the others were zero.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon

    def _get_beta_accumulators(self) -> tuple[Variable, Variable]:
        graph = stacks.get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph=graph),
            self._get_non_slot_variable("beta2_power", graph=graph),
        )

    def _create_slots(self, var_list: list[Any]) -> None:
        first = min(var_list, key=lambda var: var.name)
        for initial, name in ((self._beta1, "beta1_power"), (self._beta2, "beta2_power")):
            self._create_non_slot_variable(self._call_if_callable(initial), name, colocate_with=first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _prepare(self) -> None:
        self._lr_t = self._hyperparameter(self._lr, "learning_rate")
        self._beta1_t = self._hyperparameter(self._beta1, "beta1")
        self._beta2_t = self._hyperparameter(self._beta2, "beta2")
        self._epsilon_t = self._hyperparameter(self._epsilon, "epsilon")

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        powers = [_cast(p, var) for p in self._get_beta_accumulators()]
        told = [_cast(t, var) for t in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)]
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        return _update_node("ApplyAdam", var, m._ref(), v._ref(), *powers, *told, grad, use_locking=self._use_locking)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        beta1_power, beta2_power = (_cast(p, var) for p in self._get_beta_accumulators())
        lr, beta1, beta2, epsilon = (_cast(t, var) for t in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t))
        step = lr * node("Sqrt", 1 - beta2_power) / (1 - beta1_power)
        m = self._decayed_plus(self.get_slot(var, "m"), beta1, grad.indices, grad.values * (1 - beta1))
        v = self._decayed_plus(self.get_slot(var, "v"), beta2, grad.indices, (grad.values * grad.values) * (1 - beta2))
        root = node("Sqrt", v)
        updated = state.assign_sub(var, step * m / (root + epsilon), use_locking=self._use_locking)
        return group(updated, m, v)

    def _decayed_plus(self, slot: Variable, decay: Tensor, indices: Tensor, rows: Tensor) -> Tensor:
        decayed = state.assign(slot, slot * decay, use_locking=self._use_locking)
        with control_dependencies([decayed]):
            if not is_resource_variable(slot):
                return state.scatter_add(slot, indices, rows, use_locking=self._use_locking)
            with control_dependencies([node("ResourceScatterAdd", slot._ref(), indices, rows)]):
                return slot.value()

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        beta1_power, beta2_power = self._get_beta_accumulators()
        with control_dependencies(update_ops), _placed_with(beta1_power.op):
            later = [
                power.assign(power * decay, use_locking=self._use_locking)
                for power, decay in ((beta1_power, self._beta1_t), (beta2_power, self._beta2_t))
            ]
        return group(*update_ops, *later, name=name_scope)
