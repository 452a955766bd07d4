"""Adam's relatives.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/opt/LazyAdamOptimizer
"""

from __future__ import annotations

from typing import Any

from ....graph.errors import unbuilt
from ....graph.operation import Operation, Tensor
from ....ops import slicing, state
from ....ops.control_flow import group
from ....ops.indexed_slices import IndexedSlices
from ....ops.node import node
from ...train.adam import AdamOptimizer
from ...train.optimizer import _cast


class LazyAdamOptimizer(AdamOptimizer):
    """Adam that, given a sparse gradient, decays the moments and changes the weights of its rows only."""

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        first_power, second_power = (_cast(p, var) for p in self._get_beta_accumulators())
        lr, beta1, beta2, epsilon = (_cast(t, var) for t in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t))
        step = lr * node("Sqrt", 1 - second_power) / (1 - first_power)
        rows, g, locked = grad.indices, grad.values, self._use_locking
        slots = self.get_slot(var, "m"), self.get_slot(var, "v")
        m = beta1 * slicing.gather(slots[0], rows) + (1 - beta1) * g
        v = beta2 * slicing.gather(slots[1], rows) + (1 - beta2) * node("Square", g)
        return group(
            state.scatter_update(slots[0], rows, m, use_locking=locked),
            state.scatter_update(slots[1], rows, v, use_locking=locked),
            state.scatter_sub(var, rows, step * m / (node("Sqrt", v) + epsilon), use_locking=locked),
        )


class NadamOptimizer(AdamOptimizer):
    """Adam with Nesterov's momentum. `UnimplementedError` for a sparse gradient."""

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        update: Any = super()._apply_dense(grad, var)  # by handle an operation, else its output
        getattr(update, "op", update)._attrs["use_nesterov"] = True
        return update

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        raise unbuilt("NadamOptimizer with a sparse gradient", "tf.contrib.opt.LazyAdamOptimizer takes one.")
