"""Running ops inside branches and loops whose gradients are the program's own: as torch functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from ..graph.errors import unbuilt
from ..graph.operation import Operation, Tensor
from ..ops.gradient_paths import between
from ..ops.gradient_registry import is_custom
from ..ops.own_gradients import OwnGradient, own_gradient
from .autograd import Watched
from .plan import Plan

if TYPE_CHECKING:
    from .lower import Lowering


class _Own(torch.autograd.Function):
    """What a step does, with a gradient that a plan works out from what the function captured."""

    @staticmethod
    def forward(ctx: Any, call: Callable[..., Any], gradient: _Gradient, *values: Any) -> Any:
        count = gradient.inputs
        result = call(*values[:count])
        several = isinstance(result, (list, tuple))
        # Each a tensor of its own, even where the op hands on what it was given.
        outputs = tuple(r.detach() if isinstance(r, torch.Tensor) else r for r in (result if several else [result]))
        captured = [*values[count:], *(outputs[i] for i in gradient.own_outputs)]
        ctx.gradient, ctx.count = gradient, len(values)
        ctx.devices = [v.device if isinstance(v, torch.Tensor) else None for v in values[:count]]
        ctx.others = [None if isinstance(v, torch.Tensor) else v for v in captured]
        ctx.save_for_backward(*(v for v in captured if isinstance(v, torch.Tensor)))
        return outputs if several else outputs[0]

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        saved = iter(ctx.saved_tensors)
        captured = [next(saved) if other is None else other for other in ctx.others]
        found: list[Any] = [None] * (2 + ctx.count)
        for i, grad in ctx.gradient(grads, captured):
            found[2 + i] = grad.to(ctx.devices[i])
        return tuple(found)


class _Gradient:
    """A traced gradient function in one session; its plans are made when they are first run."""

    def __init__(self, lowering: Lowering, op: Operation, own: OwnGradient) -> None:
        self._own = own
        self._around = lowering.store, lowering.placement, lowering.session
        self._lowering: type[Lowering] = type(lowering)
        self._plans: dict[bool, Plan] = {}
        self.inputs = len(op.inputs)
        self.own_outputs = [t.value_index for t in own.captured if t.op is op]
        self.captured = [t for t in own.captured if t.op is not op]
        arguments = own.function.inputs
        count = len(own.outputs)
        behind = list(zip(own.captured, arguments[count:]))
        self._arguments = [
            *arguments[:count],
            *(a for t, a in behind if t.op is not op),
            *(a for t, a in behind if t.op is op),
        ]

    def __call__(self, grads: tuple[Any, ...], captured: list[Any]) -> list[tuple[int, torch.Tensor]]:
        """The gradients by the inputs, with their numbers; themselves recorded where torch is recording."""
        recorded = torch.is_grad_enabled()
        if recorded not in self._plans:
            self._plans[recorded] = self._plan(recorded)
        plan, placement = self._plans[recorded], self._around[1]
        if not recorded:
            captured = [_unrecorded(v) for v in captured]
        values = [*(grads[i] for i in self._own.outputs), *captured]
        found = plan.run([placement.feed(t, v) for t, v in zip(self._arguments, values)])
        shared = [fetch is not None and fetch.shared for fetch in plan.fetches]
        return [(i, g.clone() if s else g) for i, g, s in zip(self._own.inputs, found, shared)]

    def _plan(self, recorded: bool) -> Plan:
        function = self._own.function
        path = between(function.outputs, self._arguments) if recorded else set()
        for op in path:
            if is_custom(op):
                own_gradient(op)
        fetches: list[Tensor | Operation] = [*function.outputs, *function.effects]
        return self._lowering(fetches, self._arguments, *self._around, recorded=path).plan()


def _unrecorded(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach()
    return value.cell if isinstance(value, Watched) else value


def with_own_gradient(
    lowering: Lowering, op: Operation, call: Callable[..., Any], inputs: list[int]
) -> tuple[Callable[..., Any], list[int]]:
    """The call and the inputs of an op's step, such that its gradient is the program's own."""
    if op._own_gradient is None:
        raise unbuilt(f"A gradient of the program's own for an imported op in tf.while_loop or tf.cond ({op.name!r})")
    gradient = _Gradient(lowering, op, op._own_gradient)
    slots = [lowering._read(op, t, op) if t.dtype._is_ref_dtype else lowering._slot(t, True) for t in gradient.captured]

    def own(*values: Any) -> Any:
        return _Own.apply(call, gradient, *values)

    return own, [*inputs, *slots]
