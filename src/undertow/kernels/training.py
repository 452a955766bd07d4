"""How variables are updated from gradients, in place. A variable and its slots arrive as `Cell`s.

A formula here takes tensors (the variable, its slots, then hyperparameters and the gradient in the registry's order)
and changes the first of them. The sparse ops are the same formula on the rows that their indices name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..ops import registry
from ..ops.training import DENSE, GRADIENT_INPUTS, SPARSE, both_kinds, is_variable
from .gather import within
from .registry import KERNELS, Kernel, invalid


def gradient_descent(var: Tensor, alpha: Tensor, delta: Tensor) -> None:
    var.sub_(alpha * delta)


def momentum(var: Tensor, accum: Tensor, lr: Tensor, grad: Tensor, momentum: Tensor, *, use_nesterov: bool) -> None:
    accum.mul_(momentum).add_(grad)
    if use_nesterov:
        var.sub_((grad * lr).add_(accum * momentum * lr))
    else:
        var.sub_(accum * lr)


def keras_momentum(
    var: Tensor, accum: Tensor, lr: Tensor, grad: Tensor, momentum: Tensor, *, use_nesterov: bool
) -> None:
    step = grad * lr
    accum.mul_(momentum).sub_(step)
    var.add_((accum * momentum).sub_(step) if use_nesterov else accum)


def adam(
    var: Tensor,
    m: Tensor,
    v: Tensor,
    beta1_power: Tensor,
    beta2_power: Tensor,
    lr: Tensor,
    beta1: Tensor,
    beta2: Tensor,
    epsilon: Tensor,
    grad: Tensor,
    *,
    use_nesterov: bool,
) -> None:
    step = lr * (1 - beta2_power).sqrt() / (1 - beta1_power)
    m.lerp_(grad, 1 - beta1)
    v.lerp_(grad * grad, 1 - beta2)
    direction = grad * (1 - beta1) + m * beta1 if use_nesterov else m
    var.addcdiv_(direction * step, v.sqrt().add_(epsilon), value=-1)


def adam_with_amsgrad(
    var: Tensor,
    m: Tensor,
    v: Tensor,
    vhat: Tensor,
    beta1_power: Tensor,
    beta2_power: Tensor,
    lr: Tensor,
    beta1: Tensor,
    beta2: Tensor,
    epsilon: Tensor,
    grad: Tensor,
) -> None:
    step = lr * (1 - beta2_power).sqrt() / (1 - beta1_power)
    m.add_((grad - m).mul_(1 - beta1))
    v.add_((grad * grad).sub_(v).mul_(1 - beta2))
    vhat.copy_(torch.maximum(vhat, v))
    var.sub_((m * step).div_(vhat.sqrt().add_(epsilon)))


def ada_max(
    var: Tensor,
    m: Tensor,
    v: Tensor,
    beta1_power: Tensor,
    lr: Tensor,
    beta1: Tensor,
    beta2: Tensor,
    epsilon: Tensor,
    grad: Tensor,
) -> None:
    m.add_((grad - m).mul_(1 - beta1))
    v.copy_(torch.maximum(v * beta2, grad.abs()))
    var.sub_(lr / (1 - beta1_power) * (m / (v + epsilon)))


def rms_prop(
    var: Tensor, ms: Tensor, mom: Tensor, lr: Tensor, rho: Tensor, momentum: Tensor, epsilon: Tensor, grad: Tensor
) -> None:
    ms.add_((grad * grad).sub_(ms).mul_(1 - rho))
    mom.mul_(momentum).add_((grad * lr).div_((ms + epsilon).sqrt_()))
    var.sub_(mom)


def centered_rms_prop(
    var: Tensor,
    mg: Tensor,
    ms: Tensor,
    mom: Tensor,
    lr: Tensor,
    rho: Tensor,
    momentum: Tensor,
    epsilon: Tensor,
    grad: Tensor,
) -> None:
    ms.add_((grad * grad).sub_(ms).mul_(1 - rho))
    mg.add_((grad - mg).mul_(1 - rho))
    mom.mul_(momentum).add_((grad * lr).div_((ms - mg * mg).add_(epsilon).sqrt_()))
    var.sub_(mom)


def adagrad(var: Tensor, accum: Tensor, lr: Tensor, grad: Tensor, *, update_slots: bool) -> None:
    if update_slots:
        accum.add_(grad * grad)
    var.sub_((grad * lr).div_(accum.sqrt()))


def adagrad_v2(var: Tensor, accum: Tensor, lr: Tensor, epsilon: Tensor, grad: Tensor, *, update_slots: bool) -> None:
    if update_slots:
        accum.add_(grad * grad)
    var.sub_((grad * lr).div_(accum.sqrt().add_(epsilon)))


def adadelta(
    var: Tensor, accum: Tensor, accum_update: Tensor, lr: Tensor, rho: Tensor, epsilon: Tensor, grad: Tensor
) -> None:
    accum.mul_(rho).add_((grad * grad).mul_(1 - rho))
    update = (accum_update + epsilon).sqrt_().mul_((accum + epsilon).rsqrt_()).mul_(grad)
    var.sub_(update * lr)
    accum_update.mul_(rho).add_((update * update).mul_(1 - rho))


def adagrad_da(
    var: Tensor,
    gradient_accumulator: Tensor,
    gradient_squared_accumulator: Tensor,
    grad: Tensor,
    lr: Tensor,
    l1: Tensor,
    l2: Tensor,
    global_step: Tensor,
) -> None:
    steps = global_step.to(var.dtype)
    total = gradient_accumulator.add_(grad)
    squares = gradient_squared_accumulator.add_(grad * grad)
    shrunk = total.sign() * (total.abs() - l1 * steps).clamp_(min=0)
    var.copy_((shrunk * -lr).div_(squares.sqrt().add_(l2 * steps * lr)))


def ftrl(
    var: Tensor,
    accum: Tensor,
    linear: Tensor,
    grad: Tensor,
    lr: Tensor,
    l1: Tensor,
    l2: Tensor,
    lr_power: Tensor,
    *,
    multiply_linear_by_lr: bool,
) -> None:
    _ftrl(var, accum, linear, grad, grad, lr, l1, l2, lr_power, multiply_linear_by_lr)


def ftrl_v2(
    var: Tensor,
    accum: Tensor,
    linear: Tensor,
    grad: Tensor,
    lr: Tensor,
    l1: Tensor,
    l2: Tensor,
    l2_shrinkage: Tensor,
    lr_power: Tensor,
    *,
    multiply_linear_by_lr: bool,
) -> None:
    _ftrl(var, accum, linear, grad, grad + 2 * l2_shrinkage * var, lr, l1, l2, lr_power, multiply_linear_by_lr)


def _ftrl(
    var: Tensor,
    accum: Tensor,
    linear: Tensor,
    grad: Tensor,
    shrunk_grad: Tensor,
    lr: Tensor,
    l1: Tensor,
    l2: Tensor,
    lr_power: Tensor,
    by_lr: bool,
) -> None:
    """`linear` and what it is compared with are multiplied by the learning rate if `by_lr`."""
    new = accum + grad * grad
    scale = lr if by_lr else torch.ones_like(lr)
    rate = torch.ones_like(lr) if by_lr else lr
    linear.add_(shrunk_grad * scale - (new.pow(-lr_power) - accum.pow(-lr_power)) / rate * var)
    quadratic = new.pow(-lr_power) / rate + 2 * l2 * scale
    threshold = l1 * scale
    solution = (linear.sign() * threshold - linear) / quadratic
    var.copy_(torch.where(linear.abs() > threshold, solution, torch.zeros_like(var)))
    accum.copy_(new)


def proximal_gradient_descent(var: Tensor, alpha: Tensor, l1: Tensor, l2: Tensor, delta: Tensor) -> None:
    _proximal(var, alpha, l1, l2, delta * alpha)


def proximal_adagrad(var: Tensor, accum: Tensor, lr: Tensor, l1: Tensor, l2: Tensor, grad: Tensor) -> None:
    accum.add_(grad * grad)
    rate = lr * accum.rsqrt()
    _proximal(var, rate, l1, l2, grad * rate)


def _proximal(var: Tensor, rate: Tensor, l1: Tensor, l2: Tensor, step: Tensor) -> None:
    """Take `step`, then the shrinkage that L1 and L2 regularization ask for."""
    moved = var - step
    var.copy_(moved.sign() * (moved.abs() - rate * l1).clamp_(min=0) / (rate * l2 + 1))


def add_sign(var: Tensor, m: Tensor, lr: Tensor, alpha: Tensor, sign_decay: Tensor, beta: Tensor, grad: Tensor) -> None:
    m.mul_(beta).add_(grad * (1 - beta))
    var.sub_((alpha + sign_decay * grad.sign() * m.sign()) * grad * lr)


def power_sign(
    var: Tensor, m: Tensor, lr: Tensor, logbase: Tensor, sign_decay: Tensor, beta: Tensor, grad: Tensor
) -> None:
    m.mul_(beta).add_(grad * (1 - beta))
    var.sub_((logbase * sign_decay * grad.sign() * m.sign()).exp_() * grad * lr)


FORMULAS: dict[str, Callable[..., None]] = {
    "AdaMax": ada_max,
    "Adadelta": adadelta,
    "Adagrad": adagrad,
    "AdagradDA": adagrad_da,
    "AdagradV2": adagrad_v2,
    "Adam": adam,
    "AdamWithAmsgrad": adam_with_amsgrad,
    "AddSign": add_sign,
    "CenteredRMSProp": centered_rms_prop,
    "Ftrl": ftrl,
    "FtrlV2": ftrl_v2,
    "GradientDescent": gradient_descent,
    "KerasMomentum": keras_momentum,
    "Momentum": momentum,
    "PowerSign": power_sign,
    "ProximalAdagrad": proximal_adagrad,
    "ProximalGradientDescent": proximal_gradient_descent,
    "RMSProp": rms_prop,
}


def _register(op_type: str, run: Callable[..., Any], formula: Callable[..., None]) -> None:
    code = formula.__code__
    attrs = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    KERNELS[op_type] = Kernel(run, attrs, frozenset(), view=False, context=False)


def positions(op_type: str) -> tuple[int, int, int]:
    """How many inputs are variables, and where the gradient and its indices are (-1: there are none)."""
    names = [arg.name for arg in registry.get(op_type).inputs]
    refs = sum(is_variable(arg) for arg in registry.get(op_type).inputs)
    gradient = next(i for i, name in enumerate(names) if name in GRADIENT_INPUTS)
    return refs, gradient, names.index("indices") if "indices" in names else -1


def _register_dense(op_type: str) -> None:
    formula = FORMULAS[op_type.removeprefix("Resource").removeprefix("Apply")]
    refs, gradient, _ = positions(op_type)

    def apply(*inputs: Any, **attrs: Any) -> Any:
        stored = [cell.storage() for cell in inputs[:refs]]
        for value in (*stored[1:], inputs[gradient]):
            if value.shape != stored[0].shape:
                raise invalid(
                    "var, its slots and the gradient do not have the same shape: "
                    f"{list(stored[0].shape)} and {list(value.shape)}"
                )
        formula(*stored, *inputs[refs:], **attrs)
        return inputs[0]

    _register(op_type, apply, formula)


def _register_sparse(op_type: str) -> None:
    formula = FORMULAS[op_type.removeprefix("Resource").removeprefix("SparseApply")]
    refs, gradient, place = positions(op_type)

    def apply(*inputs: Any, **attrs: Any) -> Any:
        stored = [cell.storage() for cell in inputs[:refs]]
        indices, grad = inputs[place].long(), inputs[gradient]
        _check_rows(stored, grad, indices)
        for chosen in _rounds(indices):
            rows = indices[chosen]
            parts = [value[rows] for value in stored]
            rest = [grad[chosen] if i == gradient else x for i, x in enumerate(inputs) if i >= refs and i != place]
            formula(*parts, *rest, **attrs)
            for value, part in zip(stored, parts):
                value.index_copy_(0, rows, part)
        return inputs[0]

    _register(op_type, apply, formula)


def _check_rows(stored: list[Tensor], grad: Tensor, indices: Tensor) -> None:
    var = stored[0]
    if any(value.shape != var.shape for value in stored) or grad.shape != (*indices.shape, *var.shape[1:]):
        raise invalid(
            f"The gradient's shape {list(grad.shape)} does not fit {indices.numel()} rows of var {list(var.shape)} "
            "and its slots"
        )
    if not within(indices, len(var)):
        where = int(((indices < 0) | (indices >= len(var))).nonzero()[0])
        raise invalid(f"Index {int(indices[where])} at offset {where} in indices is out of range [0, {len(var)})")


def _rounds(indices: Tensor) -> list[Tensor]:
    """Positions in `indices` such that no row comes twice in one round: a repeated row is updated again, in order."""
    positions = torch.arange(len(indices), device=indices.device)
    _, inverse, counts = torch.unique(indices, return_inverse=True, return_counts=True)
    if not len(counts) or int(counts.max()) == 1:
        return [positions]
    by_row = torch.argsort(inverse, stable=True)
    turn = torch.empty_like(positions)
    turn[by_row] = positions - torch.repeat_interleave(counts.cumsum(0) - counts, counts)
    return [positions[turn == k] for k in range(int(counts.max()))]


for _types, _register_kind in ((DENSE, _register_dense), (SPARSE, _register_sparse)):
    for _type in _types:
        for _name in both_kinds(_type):
            _register_kind(_name)
