"""What a step of a loop's body does for all rounds at once: time is one more dimension in front.

A slot holds a sequence [time, ...] if its value changes with time, and else that value itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ...kernels.product import product
from ...ops.constant_value import FROM_SHAPE, SHAPE_ARITHMETIC
from ..plan import Step
from .cells import only

# What does the same to a sequence as to each of its elements, their ranks permitting.
ELEMENTWISE = frozenset(
    "Abs Add AddV2 Cast Div Elu Equal Exp Floor Greater GreaterEqual Less LessEqual Log LogicalAnd LogicalNot "
    "LogicalOr Maximum Minimum Mul Neg NotEqual Pow RealDiv Relu Relu6 Select SelectV2 Selu Sigmoid Sign Softplus "
    "Softsign Sqrt Square SquaredDifference Sub Tanh".split()
)
RANDOM = frozenset("RandomStandardNormal RandomUniform TruncatedNormal".split())
AS_IT_IS = frozenset({"Identity", "move"})
SHAPES = frozenset({"shapes", *FROM_SHAPE})
UNCHANGING = frozenset("BiasAdd ConcatV2 MatMul Pack Split StopGradient".split())  # may be done once, of what is so
PURE = ELEMENTWISE | RANDOM | AS_IT_IS | SHAPES | SHAPE_ARITHMETIC | UNCHANGING

Values = dict[int, Any]  # by slot
Act = Callable[[Values, int], None]  # fills slots, given the number of steps


def for_all_times(step: Step, changing: list[bool]) -> tuple[Act, bool]:
    """What does a pure step, of inputs that change with time or not, and whether its outputs change.

    Raises `NoMatch` for what can not be done for all times together.
    """
    if step.kind in RANDOM:
        only(not any(changing))
        return _drawn(step), True
    if step.kind in SHAPES:
        return _of_one(step, changing), False
    if any(changing):
        return _of_sequences(step, changing), True
    return _as_it_is(step), False


def _of_sequences(step: Step, changing: list[bool]) -> Act:
    if step.kind in AS_IT_IS or step.kind == "StopGradient":
        return _as_it_is(step)
    if step.kind == "MatMul":
        only(changing == [True, False] and not step.attrs["transpose_a"])
        return _product(step)
    if step.kind == "BiasAdd":
        only(changing == [True, False] and step.attrs["data_format"] == "NHWC")
        return _as_it_is(step)
    if step.kind == "ConcatV2":
        only(all(changing[:-1]) and not changing[-1])
        return _joined(step)
    only(step.kind in ELEMENTWISE)
    only(step.kind != "Select" or all(changing))  # whose condition may be one of rows
    only(_ranks_fit(step, changing))
    return _as_it_is(step)


def _ranks_fit(step: Step, changing: list[bool]) -> bool:
    """Whether what changes has the rank of the result, so that time comes in front of all else."""
    rank = step.op.outputs[0].shape.ndims
    if rank is None:
        return False
    for tensor, moves in zip(step.op.inputs, changing):
        own = tensor.shape.ndims
        if own is None or own > rank or (moves and own < rank):
            return False
    return True


def _put(step: Step, slots: Values, result: Any) -> None:
    slots.update([(step.outputs[0], result)] if len(step.outputs) == 1 else zip(step.outputs, result))


def _as_it_is(step: Step) -> Act:
    return lambda slots, count: _put(step, slots, step.call(*[slots[i] for i in step.inputs]))


def _of_one(step: Step, changing: list[bool]) -> Act:
    """Of shapes: those of the first element are those of all."""

    def act(slots: Values, count: int) -> None:
        _put(step, slots, step.call(*[slots[i][0] if moves else slots[i] for i, moves in zip(step.inputs, changing)]))

    return act


def _drawn(step: Step) -> Act:
    """Random numbers for each time: with a seed, those that each step would draw."""
    seeded = bool(step.attrs["seed"] or step.attrs["seed2"])

    def act(slots: Values, count: int) -> None:
        shape = slots[step.inputs[0]]
        if seeded:
            result = torch.stack([step.call(shape) for _ in range(count)])
        else:
            result = step.call(torch.cat([shape.new_tensor([count]), shape]))
        slots[step.outputs[0]] = result

    return act


def _product(step: Step) -> Act:
    transposed = step.attrs["transpose_b"]

    def act(slots: Values, count: int) -> None:
        a, b = (slots[i] for i in step.inputs)
        slots[step.outputs[0]] = product(a.flatten(0, 1), b.t() if transposed else b).unflatten(0, a.shape[:2])

    return act


def _joined(step: Step) -> Act:
    def act(slots: Values, count: int) -> None:
        parts, axis = [slots[i] for i in step.inputs[:-1]], int(slots[step.inputs[-1]])
        slots[step.outputs[0]] = torch.cat(parts, axis if axis < 0 else axis + 1)

    return act
