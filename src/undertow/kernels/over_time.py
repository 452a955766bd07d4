"""Recurrent cells over a whole sequence, as TensorFlow's cells do them step by step.

Sequences are [time, batch, features], states [batch, units]. What of a step does not wait for the step before is done
for all steps together: the products of the inputs, and going back those of the weights. Differentiable once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .product import LARGE, product

GATES = (0, 2, 1, 3)  # torch's i, f, j, o among TensorFlow's i, j, f, o, and the other way round
SHUT = 1e4  # what, added to a gate, leaves nothing of it open, or nothing shut, in every dtype

_aten = torch.ops.aten
# Activation -> (itself in place, the gradient behind it from the one before it and what it gave).
ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]] = {
    "Relu": (torch.relu_, lambda grad, y: _aten.threshold_backward(grad, y, 0)),
    "Sigmoid": (torch.sigmoid_, _aten.sigmoid_backward),
    "Tanh": (torch.tanh_, _aten.tanh_backward),
}


def lstm(
    x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, bias: Tensor, forget_bias: float, over: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """The outputs of BasicLSTMCell, its last output and its last state, by torch's own LSTM.

    Where `over` [time, batch] is, the state stays as it is, and the outputs mean nothing.
    """
    train = torch.is_grad_enabled() and any(t.requires_grad for t in (x, h, c, kernel, bias))
    if over is not None:
        over = over[..., None]
        x = torch.cat([x.masked_fill(over, 0), over.to(x.dtype)], 2)  # whatever the padding is, it may be no number
    parameters = _Parameters.apply(kernel, bias, forget_bias, over is not None)
    outputs, last_h, last_c = torch.lstm(x, (h[None], c[None]), parameters, True, 1, 0.0, train, False, False)
    return outputs, last_h[0], last_c[0]


class _Parameters(torch.autograd.Function):
    """The weights of torch's LSTM: of the inputs [4 units, features], of the outputs, and two biases.

    With `holds` there is a feature more; where it is 1 the forget gate is open and the input gate shut.
    """

    @staticmethod
    def forward(ctx: Any, kernel: Tensor, bias: Tensor, forget_bias: float, holds: bool) -> tuple[Tensor, ...]:
        units = len(bias) // 4
        features = len(kernel) - units
        ctx.features, ctx.units = features, units
        of_inputs, of_outputs = (
            torch.cat([part.narrow(0, g * units, units) for g in GATES])
            for part in (kernel[:features].t().contiguous(), kernel[features:].t().contiguous())
        )
        if holds:
            gate = torch.arange(4, device=kernel.device).repeat_interleave(units)[:, None]
            of_inputs = torch.cat([of_inputs, SHUT * ((gate == 1).to(kernel.dtype) - (gate == 0).to(kernel.dtype))], 1)
        own = torch.cat([bias.narrow(0, g * units, units) for g in GATES])
        other = torch.zeros_like(own)
        other[units : 2 * units] = forget_bias
        ctx.mark_non_differentiable(other)
        return of_inputs, of_outputs, own, other

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_inputs: Tensor, of_outputs: Tensor, own: Tensor, _: Tensor) -> Any:
        n = ctx.units
        both = torch.cat([of_inputs[:, : ctx.features], of_outputs], 1)
        kernel = torch.cat([both.narrow(0, g * n, n).t() for g in GATES], 1)
        return kernel, torch.cat([own.narrow(0, g * n, n) for g in GATES]), None, None


def gru(
    x: Tensor, h: Tensor, gates_kernel: Tensor, gates_bias: Tensor, kernel: Tensor, bias: Tensor, activation: str
) -> Tensor:
    """The outputs of GRUCell."""
    return _apply(_Gru, activation, x, h, gates_kernel, gates_bias, kernel, bias)


def plain(x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor, activation: str) -> Tensor:
    """The outputs of BasicRNNCell."""
    return _apply(_Plain, activation, x, h, kernel, bias)


def _apply(function: Any, activation: str, *tensors: Tensor) -> Tensor:
    if torch.is_grad_enabled() and any(t.requires_grad for t in tensors):
        return function.apply(activation, *tensors)
    with torch.no_grad():
        return function.run(activation, *tensors)[0]


def _fed(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """What the inputs and the bias add to each step's gates."""
    return product(x.flatten(0, 1), kernel[: x.shape[2]]).add_(bias).unflatten(0, x.shape[:2])


def _add_product(total: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Adds `a` times `b` to `total`, in place."""
    if a.shape[0] * b.numel() < LARGE:
        return total.addmm_(a, b)
    return total.add_(product(a, b))


def _weights_back(x: Tensor, before: Tensor, dz: Tensor) -> Tensor:
    """The gradient of a kernel that took the inputs and `before`, from that of what it gave."""
    rows = dz.flatten(0, 1)
    return torch.cat([product(x.flatten(0, 1).t(), rows), product(before.flatten(0, 1).t(), rows)])


def _before(first: Tensor, outputs: Tensor) -> Tensor:
    return torch.cat([first[None], outputs[:-1]])


def _from_outside(first: Tensor, grad: Tensor) -> Tensor:
    """Gradients of the first state and of each output, to which those through the next steps are still to be added."""
    return torch.cat([torch.zeros_like(first)[None], grad])


class _Plain(torch.autograd.Function):
    """h' = activation(x W + h U + b)."""

    @staticmethod
    def run(activation: str, x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor]:
        outputs, act = _fed(x, kernel, bias), ACTIVATIONS[activation][0]
        recurrent = kernel[x.shape[2] :]
        for output in outputs.unbind(0):
            h = act(_add_product(output, h, recurrent))
        return (outputs,)

    @staticmethod
    def forward(ctx: Any, activation: str, x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
        (outputs,) = _Plain.run(activation, x, h, kernel, bias)
        ctx.activation = activation
        ctx.save_for_backward(x, h, kernel, outputs)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Any:
        x, h, kernel, outputs = ctx.saved_tensors
        features = x.shape[2]
        slope, back = ACTIVATIONS[ctx.activation][1], kernel[features:].t()
        dh, found = _from_outside(h, grad), []
        for now, below, output in zip(*(reversed(t.unbind(0)) for t in (dh[1:], dh[:-1], outputs))):
            found.append(slope(now, output))
            _add_product(below, found[-1], back)
        dz = torch.stack(found[::-1])
        dx = product(dz.flatten(0, 1), kernel[:features].t()).view_as(x) if ctx.needs_input_grad[1] else None
        return None, dx, dh[0], _weights_back(x, _before(h, outputs), dz), dz.sum((0, 1))


class _Gru(torch.autograd.Function):
    """r, u = sigmoid(x W + h U + b), c = activation(x W' + (r h) U' + b'), h' = u h + (1 - u) c."""

    @staticmethod
    def run(
        activation: str, x: Tensor, h: Tensor, gates_kernel: Tensor, gates_bias: Tensor, kernel: Tensor, bias: Tensor
    ) -> tuple[Tensor, ...]:
        units, features, act = h.shape[1], x.shape[2], ACTIVATIONS[activation][0]
        gates, candidates = _fed(x, gates_kernel, gates_bias), _fed(x, kernel, bias)
        outputs, reset = torch.empty_like(candidates), torch.empty_like(candidates)
        of_gates, of_candidate = (k[features:] for k in (gates_kernel, kernel))
        for z, c, kept, output in zip(*(t.unbind(0) for t in (gates, candidates, reset, outputs))):
            r, u = _add_product(z, h, of_gates).sigmoid_().split(units, 1)
            act(_add_product(c, torch.mul(r, h, out=kept), of_candidate))
            h = torch.lerp(c, h, u, out=output)
        return outputs, gates, candidates, reset

    @staticmethod
    def forward(ctx: Any, activation: str, x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
        outputs, *kept = _Gru.run(activation, x, h, *weights)
        ctx.activation = activation
        ctx.save_for_backward(x, h, weights[0], weights[2], outputs, *kept)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Any:
        x, h, gates_kernel, kernel, outputs, gates, candidates, reset = ctx.saved_tensors
        features, units = x.shape[2], h.shape[1]
        before, (r, u) = _before(h, outputs), gates.split(units, 2)
        # By how much what each gate is given moves with h' (c and u) or with r h (r); below, times the gradient.
        dz = _aten.sigmoid_backward(torch.cat([before, before - candidates], 2), gates)
        dc = ACTIVATIONS[ctx.activation][1](1 - u, candidates)
        gates_back, back = (k[features:].t() for k in (gates_kernel, kernel))
        dh = _from_outside(h, grad)
        steps = zip(*(reversed(t.unbind(0)) for t in (dh[1:], dh[:-1], dz, dc, r, u)))
        for now, below, gates_now, c, reset_now, update in steps:
            of_reset, of_update = gates_now.split(units, 1)
            through = product(c.mul_(now), back)
            of_reset.mul_(through)
            of_update.mul_(now)
            _add_product(below.addcmul_(now, update).addcmul_(through, reset_now), gates_now, gates_back)
        dx = None
        if ctx.needs_input_grad[1]:
            dx = product(dz.flatten(0, 1), gates_kernel[:features].t())
            dx = dx.add_(product(dc.flatten(0, 1), kernel[:features].t())).view_as(x)
        of_gates, of_kernel = _weights_back(x, before, dz), _weights_back(x, reset, dc)
        return None, dx, dh[0], of_gates, dz.sum((0, 1)), of_kernel, dc.sum((0, 1))
