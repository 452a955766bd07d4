"""Axes, shapes and permutations that are constants, or follow from shapes, are read once, not at each run."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import torch

from ..plan import Step
from .draft import Draft

Fast = Callable[..., Any]


def prepared_calls(draft: Draft) -> None:
    """Steps of the kinds in `PREPARE` whose last input is a constant or remembered: torch is called directly.

    What torch refuses goes the way of the kernel, which tells what is wrong, or does what torch does not.
    """
    known = {slot for slot, value in draft.constants.items() if isinstance(value, torch.Tensor)}
    known.update(slot for step in draft.steps if step.kind == "shapes" for slot in step.outputs)
    for step in draft.steps:
        if step.kind in PREPARE and step.inputs[-1] in known:
            step.call = _prepared(PREPARE[step.kind], step)


def _prepared(prepare: Callable[[Step, Any], Fast | None], step: Step) -> Fast:
    """A call that goes by the identity of its last input: the same tensor at each run, or for the same shapes."""
    slow = step.call
    known: tuple[Any, Fast | None] = (None, None)

    def call(*values: Any) -> Any:
        nonlocal known
        *others, last = values
        seen, fast = known
        if last is not seen:
            fast = prepare(step, last.tolist())
            known = last, fast  # at once, since other threads may run this too
        if fast is not None:
            try:
                return fast(*others)
            except Exception:  # whatever it is, the kernel tells it better
                pass
        return slow(*values)

    return call


def _reshape(step: Step, dims: Any) -> Fast | None:
    if not isinstance(dims, list) or dims.count(-1) > 1 or min(dims, default=0) < -1 or {0, -1} <= {*dims}:
        return None
    return methodcaller("reshape", dims)


def _permute(step: Step, order: Any) -> Fast | None:
    return methodcaller("permute", order) if isinstance(order, list) else None


def _reduce(name: str) -> Callable[[Step, Any], Fast | None]:
    def prepare(step: Step, axes: Any) -> Fast | None:
        dims = axes if isinstance(axes, list) else [axes]
        if not dims or not step.attrs["T"].is_floating or not step.op.inputs[0].shape.ndims:
            return None  # torch takes no axes for all, axis 0 of a scalar for none, and sums small ints as large ones
        return methodcaller(name, dims, keepdim=step.attrs["keep_dims"])

    return prepare


def _gather(step: Step, axis: Any) -> Fast | None:
    if axis or step.attrs["batch_dims"] or not step.op.inputs[0].shape.ndims:
        return None

    def rows(params: Any, indices: Any) -> Any:
        if not indices.is_cpu:
            raise ValueError  # torch would end the process for an index out of range
        if indices.dim() == 1:
            return params.index_select(0, indices)
        return params.index_select(0, indices.reshape(-1)).reshape(indices.shape + params.shape[1:])

    return rows


def _concat(step: Step, axis: Any) -> Fast | None:
    rank = step.op.inputs[0].shape.ndims
    if not rank or isinstance(axis, list):
        return None

    def cat(*values: Any) -> Any:
        for value in values:
            if value.dim() != rank:
                raise ValueError  # torch takes a vector of nothing as what fits anywhere
        return torch.cat(values, axis)

    return cat


# Type -> what makes a function of all inputs but the last, which is read on the host, from the value of that.
PREPARE: dict[str, Callable[[Step, Any], Fast | None]] = {
    "Reshape": _reshape,
    "Transpose": _permute,
    "ExpandDims": lambda step, axis: None if isinstance(axis, list) else methodcaller("unsqueeze", axis),
    "Mean": _reduce("mean"),
    "Sum": _reduce("sum"),
    "Max": _reduce("amax"),
    "Min": _reduce("amin"),
    "GatherV2": _gather,
    "ConcatV2": _concat,
}
