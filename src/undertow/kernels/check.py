"""Checks: how each op is done."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from .printed import summarized
from .registry import invalid, kernel


@kernel("Assert", host=("condition",))
def assert_(condition: Tensor, data: list[Any], *, summarize: int) -> None:
    if not bool(condition):
        raise invalid(f"assertion failed: {' '.join(f'[{summarized(value, summarize)}]' for value in data)}")


@kernel("CheckNumerics", view=True)
def check_numerics(tensor: Tensor, *, message: str) -> Tensor:
    if not bool(tensor.isfinite().all()):
        found = [word for word, there in (("Inf", tensor.isinf()), ("NaN", tensor.isnan())) if bool(there.any())]
        raise invalid(f"{message} : Tensor had {' and '.join(found)} values")
    return tensor
