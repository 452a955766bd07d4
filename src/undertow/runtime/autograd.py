"""Gradients are torch's: what a gradient node does when it runs."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..graph import operation
from ..graph.operation import Operation
from ..ops.gradients import between
from .store import Cell


def leaf(value: Tensor) -> Tensor:
    """`value` as something to differentiate by.

    If it is being recorded already, a tensor of its own in that record: what is made of `value` by another name (the
    last output of a loop is its state too) is not made of this.
    """
    return value.view_as(value) if value.requires_grad else value.detach().requires_grad_()


class Watched:
    """A variable behind a handle, in a run that differentiates by it: each value read is a leaf.

    Reads of one value share a leaf, wherever they are, in a loop or a branch. It stands for the cell in all else.
    """

    __slots__ = ("_cell", "_copied", "_leaf", "_older", "_version")

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._leaf: Tensor | None = None
        self._copied = False  # whether the leaf has memory of its own
        self._version: tuple[int, int] | None = None  # of the storage when the leaf was read
        self._older: list[weakref.ref[Tensor]] = []  # those that no result needs any more go away

    def read(self) -> Tensor:
        """The value as a leaf, in the variable's memory."""
        return self._read(copied=False)

    def storage(self) -> Any:
        """The variable's memory, for a write."""
        return self._cell.storage()

    def copy(self) -> Tensor:
        """The value as a leaf that is safe from later writes."""
        return self._read(copied=True)

    def _read(self, copied: bool) -> Tensor:
        storage: Tensor = self._cell.read()
        version = id(storage), storage._version
        if self._leaf is None or version != self._version or (copied and not self._copied):
            if self._leaf is not None:
                self._older = [ref for ref in self._older if ref() is not None]
                self._older.append(weakref.ref(self._leaf))
            self._leaf = (storage.clone() if copied else storage.detach()).requires_grad_()
            self._copied, self._version = copied, version
        return self._leaf

    def leaves(self) -> list[Tensor]:
        """What was read so far and is still there."""
        older = [leaf for ref in self._older if (leaf := ref()) is not None]
        return older if self._leaf is None else [*older, self._leaf]

    @property
    def cell(self) -> Cell:
        return self._cell

    @property
    def name(self) -> str:
        return self._cell.name

    @property
    def value(self) -> Any:
        return self._cell.value

    @value.setter
    def value(self, value: Any) -> None:
        self._cell.value = value

    def assign(self, value: Any) -> None:
        self._cell.assign(value)


# What torch.autograd.grad calls. It first looks at shapes, for which it loads torch's symbolic mathematics, for half a
# second; and takes 15 µs, of a step of 400 that has few and small kernels.
_run_backward: Any = torch.autograd.Variable._execution_engine.run_backward


def _zeros_like(target: Any) -> Tensor:
    return torch.zeros_like(target.value if target.__class__ is Watched else target)


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
        grads = values[n_ys : n_ys + n_grad] or [torch.ones_like(y) for y in ys]
        targets = values[n_ys + n_grad : n_ys + n_grad + n_targets]
        live = [(y, g) for y, g in zip(ys, grads) if y.requires_grad]
        leaves = [t.leaves() if t.__class__ is Watched else [t] if t.requires_grad else [] for t in targets]
        wanted = [(i, t) for i, group in enumerate(leaves) for t in group]
        found: list[Tensor | None] = [None] * n_targets
        if live and wanted:
            for switch in switches:
                switch[0] = True
            try:
                given = _run_backward(
                    tuple(y for y, _ in live),
                    tuple(g for _, g in live),
                    retain_graph,
                    create_graph,
                    tuple(t for _, t in wanted),
                    True,  # whatever of those there is no path to
                    accumulate_grad=False,
                )
            finally:
                for switch in switches:
                    switch[0] = False
            for (i, _), g in zip(wanted, given):
                before = found[i]
                if g is not None:
                    found[i] = g if before is None else before + g
        return [_zeros_like(t) if g is None else g for t, g in zip(targets, found)]

    return gradient
