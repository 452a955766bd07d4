"""Weight decay beside the gradient and not in it: Loshchilov and Hutter, 2017.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/opt/DecoupledWeightDecayExtension
"""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....graph.scopes import control_dependencies
from ....ops import slicing, state
from ....ops.indexed_slices import IndexedSlices
from ....ops.node import convert_to_tensor
from ...train.adam import AdamOptimizer
from ...train.momentum import MomentumOptimizer
from ...train.optimizer import Optimizer, _cast


class DecoupledWeightDecayExtension:
    """What, before an optimizer in a class's bases, takes `weight_decay` times a variable off it in each step.

    `weight_decay` is a number, a tensor or a function that makes one. It is not multiplied by the learning rate.
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._decay_var_list: set[Any] | None = None
        self._weight_decay = weight_decay
        super().__init__(**kwargs)

    def minimize(self, loss: Any, *args: Any, decay_var_list: Any = None, **kwargs: Any) -> Any:
        """The optimizer's `minimize`; only variables in `decay_var_list` decay, all if it is None."""
        self._decay_var_list = None if decay_var_list is None else set(decay_var_list)
        return super().minimize(loss, *args, **kwargs)  # type: ignore[misc]

    def apply_gradients(self, grads_and_vars: Any, *args: Any, decay_var_list: Any = None, **kwargs: Any) -> Any:
        """The optimizer's `apply_gradients`; `decay_var_list` as in `minimize`."""
        if decay_var_list is not None:
            self._decay_var_list = set(decay_var_list)
        return super().apply_gradients(grads_and_vars, *args, **kwargs)  # type: ignore[misc]

    def _prepare(self) -> None:
        weight_decay = self._weight_decay() if callable(self._weight_decay) else self._weight_decay
        self._weight_decay_tensor = convert_to_tensor(weight_decay, name="weight_decay")
        super()._prepare()  # type: ignore[misc]

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        if not self._decays(var):
            return super()._apply_dense(grad, var)  # type: ignore[misc]
        smaller = state.assign_sub(var, _cast(self._weight_decay_tensor, var) * var.value())
        with control_dependencies([smaller]):
            return super()._apply_dense(grad, var)  # type: ignore[misc]

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        if not self._decays(var):
            return super()._apply_sparse(grad, var)  # type: ignore[misc]
        rows = slicing.gather(var, grad.indices)
        smaller = state.scatter_sub(var, grad.indices, _cast(self._weight_decay_tensor, var) * rows)
        with control_dependencies([smaller]):
            return super()._apply_sparse(grad, var)  # type: ignore[misc]

    def _decays(self, var: Any) -> bool:
        return self._decay_var_list is None or var in self._decay_var_list


def extend_with_decoupled_weight_decay(base_optimizer: type[Optimizer]) -> type[Optimizer]:
    """The class of `base_optimizer` with weight decay: its constructor's first argument is `weight_decay`."""

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):  # type: ignore
        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
            self._decay_var_list = None
            self._weight_decay = weight_decay
            base_optimizer.__init__(self, *args, **kwargs)

    return OptimizerWithDecoupledWeightDecay


class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):
    """Adam with weight decay."""

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            use_locking=use_locking,
            name=name,
        )


class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):
    """Momentum with weight decay."""

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            momentum=momentum,
            use_locking=use_locking,
            name=name,
            use_nesterov=use_nesterov,
        )
