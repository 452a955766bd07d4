"""Updates of many variables in one call, for the pass that groups them; `training.py` has each formula by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .registry import invalid
from .training import FORMULAS


@dataclass(frozen=True)
class Group:
    """How one kind of update takes many variables: the inputs they share, and the function.

    The function gets the shared inputs, then for every other input a list over the variables, references as cells.
    """

    shared: tuple[int, ...]
    function: Callable[..., None]


def _checked(cells: list[list[Any]], grads: list[Tensor]) -> list[list[Tensor]]:
    stored = [[cell.storage() for cell in column] for column in cells]
    for row in zip(*stored, grads):
        if any(value.shape != row[0].shape for value in row):
            shapes = " and ".join(str(list(value.shape)) for value in row)
            raise invalid(f"var, its slots and the gradient do not have the same shape: {shapes}")
    return stored


def adam(
    beta1_power: Tensor, beta2_power: Tensor, lr: Tensor, beta1: Tensor, beta2: Tensor, epsilon: Tensor,
    var: list[Any], m: list[Any], v: list[Any], grad: list[Tensor], *, attrs: dict[str, Any],
) -> None:  # fmt: skip
    stored = _checked([var, m, v], grad)
    if attrs["use_nesterov"] or grad[0].device.type != "cpu" or grad[0].dtype not in (torch.float32, torch.float64):
        for values in zip(*stored, grad):
            FORMULAS["Adam"](
                *values[:3], beta1_power, beta2_power, lr, beta1, beta2, epsilon, values[3],
                use_nesterov=attrs["use_nesterov"],
            )  # fmt: skip
        return
    b1, b2 = float(beta1), float(beta2)
    # torch's fused kernel counts its own steps and puts epsilon elsewhere: at its step 1 these two make up for both.
    rate = float(lr) * (1 - float(beta2_power)) ** 0.5 / (1 - float(beta1_power))
    correction = (1 - b2) ** 0.5
    parameters, first, second = stored
    torch._fused_adam_(
        parameters,
        [g.contiguous() for g in grad],
        first,
        second,
        [],
        [_ONE] * len(grad),
        lr=rate * (1 - b1) / correction,
        beta1=b1,
        beta2=b2,
        weight_decay=0.0,
        eps=float(epsilon) / correction,
        amsgrad=False,
        maximize=False,
    )


_ONE = torch.ones(())


def momentum(
    lr: Tensor, momentum: Tensor, var: list[Any], accum: list[Any], grad: list[Tensor], *, attrs: dict[str, Any]
) -> None:
    stored, accumulated = _checked([var, accum], grad)
    torch._foreach_mul_(accumulated, momentum)
    torch._foreach_add_(accumulated, grad)
    if attrs["use_nesterov"]:
        ahead = list(torch._foreach_mul(accumulated, momentum))
        torch._foreach_add_(ahead, grad)
    else:
        ahead = accumulated
    torch._foreach_sub_(stored, torch._foreach_mul(ahead, lr))


def gradient_descent(alpha: Tensor, var: list[Any], delta: list[Tensor], *, attrs: dict[str, Any]) -> None:
    (stored,) = _checked([var], delta)
    torch._foreach_sub_(stored, torch._foreach_mul(delta, alpha))


_BY_REFERENCE = {
    "ApplyAdam": Group((3, 4, 5, 6, 7, 8), adam),
    "ApplyGradientDescent": Group((1,), gradient_descent),
    "ApplyMomentum": Group((2, 4), momentum),
}
GROUPED = _BY_REFERENCE | {f"Resource{op_type}": group for op_type, group in _BY_REFERENCE.items()}
