"""Branches: a Switch sends its input one way and DEAD the other; what is DEAD does not run; a Merge joins the ways."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .registry import invalid, kernel


class _Dead:
    """What stands for every output of an op in the branch that was not taken."""

    def __repr__(self) -> str:
        return "DEAD"


DEAD: Any = _Dead()


@kernel("Switch", "RefSwitch", host=("pred",), view=True)
def switch(data: Any, pred: Tensor) -> tuple[Any, Any]:
    if pred.numel() != 1:
        raise invalid(f"The second input must be a scalar, but it has shape {list(pred.shape)}")
    return (DEAD, data) if bool(pred) else (data, DEAD)


@kernel("Merge", "RefMerge", host=("value_index",), view=True)
def merge(inputs: list[Any]) -> tuple[Any, Any]:
    for i, value in enumerate(inputs):
        if value is not DEAD:
            return value, torch.tensor(i, dtype=torch.int32)
    return DEAD, DEAD


@kernel("Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "LoopCond", view=True)
def passed_on(data: Any) -> Any:
    """A loop's nodes only pass on what they are given: the runtime does the looping."""
    return data
