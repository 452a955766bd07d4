"""Axes, shapes and permutations that are constants, or follow from shapes, are read once, not at each run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import Any

import torch

from ..plan import Step
from .draft import Draft

Fast = Callable[..., Any]


def prepared_calls(draft: Draft) -> None:
    """Steps of the kinds in `PREPARE` whose last inputs, read on the host, are known before: torch is called directly.

    What torch refuses goes the way of the kernel, which tells what is wrong, or does what torch does not.
    """
    remembered = {slot for step in draft.steps if step.kind == "shapes" for slot in step.outputs}
    for step in draft.steps:
        row = PREPARE.get(step.kind)
        if row is None or step.alive is not None:
            continue
        count, prepare = row
        given = step.inputs[-count:]
        constants = [draft.constants.get(slot) for slot in given]
        if all(isinstance(value, torch.Tensor) for value in constants):
            fast = prepare(step, *[value.tolist() for value in constants if value is not None])
            if fast is not None:
                step.call = _direct(fast, step.call, constants)
                step.inputs = step.inputs[:-count]
        elif count == 1 and given[0] in remembered:
            step.call = _by_identity(prepare, step)


def _direct(fast: Fast, slow: Fast, last: Sequence[Any]) -> Fast:
    def call(*values: Any) -> Any:
        try:
            return fast(*values)
        except Exception:  # whatever it is, the kernel tells it better
            return slow(*values, *last)

    return call


def _by_identity(prepare: Callable[..., Fast | None], step: Step) -> Fast:
    """A call whose last input comes from a step that remembers what it gives: the same tensor for the same shapes."""
    slow = step.call
    known: tuple[Any, Fast | None] = (None, None)

    def call(*values: Any) -> Any:
        nonlocal known
        last, fast = known
        if values[-1] is not last:
            last, fast = values[-1], prepare(step, values[-1].tolist())
            known = last, fast  # at once, since other threads may run this too
        if fast is not None:
            try:
                return fast(*values[:-1])
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


# Type -> how many of its last inputs are read on the host, and what makes a function of the others from their values.
PREPARE: dict[str, tuple[int, Callable[..., Fast | None]]] = {
    "Reshape": (1, _reshape),
    "Transpose": (1, _permute),
    "ExpandDims": (1, lambda step, axis: None if isinstance(axis, list) else methodcaller("unsqueeze", axis)),
    "Mean": (1, _reduce("mean")),
    "Sum": (1, _reduce("sum")),
    "Max": (1, _reduce("amax")),
    "Min": (1, _reduce("amin")),
    "GatherV2": (1, _gather),
    "ConcatV2": (1, _concat),
}
