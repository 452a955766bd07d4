"""Updates of many variables in one call, for the pass that groups them; `training.py` has each formula by itself.

On the CPU some have a kernel of torch's that takes many variables. On an accelerator, where small kernels cost more
than what they do, the variables of a group live end to end in one block of memory, and so do their slots: each formula
is then run once on the blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..ops.training import DENSE, both_kinds
from .registry import KERNELS, invalid
from .training import FORMULAS, positions
from .values import end_to_end

_ALIGNMENT = 16  # bytes, which kernels that load several numbers at once ask for


@dataclass(frozen=True)
class Group:
    """How one kind of update takes many variables: the inputs they share, and the function.

    The function gets the shared inputs, then for every other input a list over the variables, references as cells.
    """

    shared: tuple[int, ...]
    function: Callable[..., None]


def _checked(cells: Sequence[Sequence[Any]], grads: list[Tensor]) -> list[list[Tensor]]:
    stored = [[cell.storage() for cell in column] for column in cells]
    for row in zip(*stored, grads):
        if any(value.shape != row[0].shape for value in row):
            shapes = " and ".join(str(list(value.shape)) for value in row)
            raise invalid(f"var, its slots and the gradient do not have the same shape: {shapes}")
    return stored


# Kernels of torch's that take many variables; False: not these


def adam(
    beta1_power: Tensor, beta2_power: Tensor, lr: Tensor, beta1: Tensor, beta2: Tensor, epsilon: Tensor,
    var: list[Tensor], m: list[Tensor], v: list[Tensor], grad: list[Tensor], *, use_nesterov: bool,
) -> bool:  # fmt: skip
    if use_nesterov or grad[0].dtype not in (torch.float32, torch.float64):
        return False
    b1, b2 = float(beta1), float(beta2)
    # torch's fused kernel counts its own steps and puts epsilon elsewhere: at its step 1 these two make up for both.
    rate = float(lr) * (1 - float(beta2_power)) ** 0.5 / (1 - float(beta1_power))
    correction = (1 - b2) ** 0.5
    torch._fused_adam_(
        var,
        [g.contiguous() for g in grad],
        m,
        v,
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
    return True


_ONE = torch.ones(())


def momentum(
    lr: Tensor, momentum: Tensor, var: list[Tensor], accum: list[Tensor], grad: list[Tensor], *, use_nesterov: bool
) -> bool:
    torch._foreach_mul_(accum, momentum)
    torch._foreach_add_(accum, grad)
    if use_nesterov:
        ahead = list(torch._foreach_mul(accum, momentum))
        torch._foreach_add_(ahead, grad)
    else:
        ahead = accum
    torch._foreach_sub_(var, torch._foreach_mul(ahead, lr))
    return True


def gradient_descent(alpha: Tensor, var: list[Tensor], delta: list[Tensor]) -> bool:
    torch._foreach_sub_(var, torch._foreach_mul(delta, alpha))
    return True


_OF_MANY: dict[str, Callable[..., bool]] = {
    "Adam": adam,
    "GradientDescent": gradient_descent,
    "Momentum": momentum,
}


# Blocks


class Block:
    """The memory of some variables, end to end; each has its part of it as its storage."""

    def __init__(self, cells: list[Any]) -> None:
        values = [cell.value for cell in cells]
        alignment = max(_ALIGNMENT // values[0].element_size(), 1)
        self._starts = end_to_end((value.numel() for value in values), alignment)
        self.memory = values[0].new_zeros(self._starts[-1])
        self._padding = values[0].new_zeros(_ALIGNMENT)
        self._cells = cells
        self._parts = []
        for cell, value, start in zip(cells, values, self._starts):
            # `.data`: to change one variable is not to change the others, for torch's record of what gradients need.
            part = self.memory[start : start + value.numel()].view(value.shape).data
            part.copy_(value)
            cell.value, cell.block = part, self
            self._parts.append(part)

    def is_whole(self) -> bool:
        """Whether the variables still live here, and have not been given other memory."""
        return all(cell.value is part and cell.block is self for cell, part in zip(self._cells, self._parts))

    @staticmethod
    def of(cells: list[Any]) -> Block | None:
        """The block of these variables, made if need be; None if some of them live in one with others."""
        found = cells[0].block
        if found is not None and found._cells == cells and found.is_whole():
            return found
        blocks = {cell.block for cell in cells} - {None}
        if any(block._cells != cells and block.is_whole() for block in blocks):
            return None
        return Block(cells)

    def gathered(self, values: list[Tensor]) -> Tensor:
        """Values of the variables' shapes, copied to a block of the same layout."""
        pieces: list[Tensor] = []
        for value, start, end in zip(values, self._starts, self._starts[1:]):
            pieces.append(value.reshape(-1))
            pieces.append(self._padding[: end - start - value.numel()])
        return torch.cat(pieces)


def _blocks(cells: Sequence[Sequence[Any]]) -> list[Block] | None:
    """The blocks of variables and of each of their slots; None if not all can live so."""
    blocks = []
    for column in cells:
        block = Block.of([getattr(cell, "cell", cell) for cell in column])
        if block is None:
            return None
        blocks.append(block)
    return blocks


# Groups


def _group(op_type: str) -> Group:
    refs, gradient, _ = positions(op_type)
    name = op_type.removeprefix("Resource").removeprefix("Apply")
    formula, of_many = FORMULAS[name], _OF_MANY.get(name)
    shared = tuple(i for i in range(refs, formula.__code__.co_argcount) if i != gradient)

    def update(*inputs: Any, attrs: dict[str, Any]) -> None:
        same, (*cells, grads) = inputs[: len(shared)], inputs[len(shared) :]
        stored, options = _checked(cells, grads), {key: attrs[key] for key in KERNELS[op_type].attrs}

        def run(values: Sequence[Tensor], grad: Tensor) -> None:
            rest = dict(zip(shared, same)) | {gradient: grad}
            formula(*values, *(rest[i] for i in sorted(rest)), **options)

        blocks = _blocks(cells) if grads[0].device.type != "cpu" else None
        if blocks is not None:
            run([block.memory for block in blocks], blocks[0].gathered(grads))
        elif grads[0].device.type != "cpu" or of_many is None or not of_many(*same, *stored, grads, **options):
            for *values, grad in zip(*stored, grads):
                run(values, grad)

    return Group(shared, update)


GROUPED = {name: _group(name) for op_type in DENSE for name in both_kinds(op_type)}
