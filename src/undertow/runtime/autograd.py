"""Gradients are torch's: what a gradient node does when it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..graph import operation
from ..graph.operation import Operation
from ..ops.gradients import between


def leaf(value: Tensor) -> Tensor:
    """`value` as something to differentiate by: itself if it is being recorded already."""
    return value if value.requires_grad else value.detach().requires_grad_()


class _Gate(torch.autograd.Function):
    """The identity, through which no gradient goes while its switch is closed."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, switch: list[bool]) -> Tensor:
        ctx.switch = switch
        return value.view_as(value)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, None]:
        return (None if ctx.switch[0] else grad), None


def gate(switch: list[bool]) -> Callable[[Tensor], Tensor]:
    """A step that lets a tensor through, and its gradient only while `switch` is open."""

    def apply(value: Tensor) -> Tensor:
        return _Gate.apply(value, switch)

    return apply


@dataclass
class GradientNode:
    """A SymbolicGradient op taken apart."""

    op: Operation
    ys: list[operation.Tensor]
    grad_ys: list[operation.Tensor]
    targets: list[operation.Tensor]
    stops: list[operation.Tensor]
    origins: list[operation.Tensor]  # for each target, what it is outside of the branches and loops it was brought into
    region: set[Operation]

    @classmethod
    def of(cls, op: Operation) -> GradientNode:
        inputs, parts = list(op.inputs), []
        for key in ("_targets", "_ys", "_grad_ys", "_stops"):
            count = op.attrs[key]
            parts.append(inputs[:count])
            del inputs[:count]
        targets, ys, grad_ys, stops = parts
        origins = [_origin(t) for t in targets]
        return cls(op, ys, grad_ys, targets, stops, origins, between(ys, origins, stops))


def _origin(tensor: operation.Tensor) -> operation.Tensor:
    """What a tensor is that a branch or a loop, in which a gradient by it is taken, was given from outside."""
    while True:
        op = tensor.op
        constant = op.type == "Enter" and op.attrs["is_constant"]
        branch = op.type == "Switch" and op.inputs[1].op.type != "LoopCond"
        if not constant and not branch:
            return tensor
        tensor = op.inputs[0]


def gradient_call(
    node: GradientNode, switches: list[list[bool]], create_graph: bool, retain_graph: bool
) -> Callable[..., list[Tensor]]:
    """The function of ys, grad_ys and targets that gives the gradients, zeros where torch finds no path."""
    n_ys, n_grad, n_targets = len(node.ys), len(node.grad_ys), len(node.targets)

    def gradient(*values: Any) -> list[Tensor]:
        ys = values[:n_ys]
        # None is ones, for a scalar; given as a tensor it makes torch load its symbolic mathematics, for half a second.
        grads = values[n_ys : n_ys + n_grad] or [None if y.numel() == 1 else torch.ones_like(y) for y in ys]
        targets = values[n_ys + n_grad : n_ys + n_grad + n_targets]
        live = [(y, g) for y, g in zip(ys, grads) if y.requires_grad]
        wanted = [i for i, t in enumerate(targets) if t.requires_grad]
        found: list[Tensor | None] = [None] * n_targets
        if live and wanted:
            for switch in switches:
                switch[0] = True
            try:
                given = torch.autograd.grad(
                    [y for y, _ in live],
                    [targets[i] for i in wanted],
                    [g for _, g in live],
                    allow_unused=True,
                    create_graph=create_graph,
                    retain_graph=retain_graph,
                )
            finally:
                for switch in switches:
                    switch[0] = False
            for i, g in zip(wanted, given):
                found[i] = g
        return [torch.zeros_like(t) if g is None else g for t, g in zip(targets, found)]

    return gradient
