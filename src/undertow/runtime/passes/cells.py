"""Recurrent cells among a plan's steps: found by the steps that make them up, done for all times at once.

`BasicLSTMCell` and `LSTMCell`, `GRUCell` and `BasicRNNCell` are made of products, gates and activations that are always
the same; where one stands is what is read from the steps that lead to its output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...kernels import over_time
from ..plan import Step


class NoMatch(Exception):
    """The steps do something else."""


def only(condition: bool) -> None:
    """`NoMatch` unless it is so."""
    if not condition:
        raise NoMatch


class Steps:
    """Who made each slot of some steps, and which slots hold one known number."""

    def __init__(self, steps: Iterable[Step], number: Callable[[int], float | None]) -> None:
        self.makers = {slot: step for step in steps for slot in step.outputs}
        self._number = number

    def through(self, slot: int) -> int:
        """Back by identities and moves between devices."""
        while slot in self.makers and self.makers[slot].kind in ("Identity", "move"):
            slot = self.makers[slot].inputs[0]
        return slot

    def maker(self, slot: int, *kinds: str) -> Step:
        """The step, of one of these kinds, that makes a slot."""
        step = self.makers.get(self.through(slot))
        only(step is not None and step.kind in kinds)
        assert step is not None
        return step

    def is_made_by(self, slot: int, *kinds: str) -> bool:
        step = self.makers.get(self.through(slot))
        return step is not None and step.kind in kinds

    def number(self, slot: int) -> float:
        found = self._number(self.through(slot))
        only(found is not None)
        assert found is not None
        return found

    def same(self, a: int, b: int) -> bool:
        return self.through(a) == self.through(b)


@dataclass
class Cell:
    """One cell: the slots that it reads and makes, and the steps it consists of."""

    kind: str
    x: int
    states: list[int]  # h, or h and c, before; no two cells share one
    results: list[int]  # after, in that order
    weights: list[int]
    forget_bias: float = 0.0
    activation: str = ""
    steps: list[Step] = field(default_factory=list)

    def recorded(self) -> bool:
        """Whether gradients go through it: through all of it, or it is no such cell."""
        flags = {step.recorded for step in self.steps if step.kind in ("MatMul", "BiasAdd", "Mul", "Tanh", "Sigmoid")}
        only(len(flags) == 1)
        return flags.pop()

    def inside(self) -> set[int]:
        """The slots that nobody but the cell itself may read, its results apart."""
        return {slot for step in self.steps for slot in step.outputs} - set(self.results)

    def like(self, other: Cell) -> bool:
        """Whether another differs in nothing but what it is given and what it makes."""
        key = (self.kind, self.weights, self.forget_bias, self.activation)
        return key == (other.kind, other.weights, other.forget_bias, other.activation)

    def run(self, x: Any, states: list[Any], weights: list[Any], over: Any) -> tuple[Any, list[Any]]:
        """Outputs over time, and the last states; the LSTM's c is that of `over`'s start if there is such."""
        if self.kind == "lstm":
            h, c = states
            kernel, bias = weights
            outputs, h, c = over_time.lstm(x, h, c, kernel, bias, self.forget_bias, over)
            return outputs, [h, c]
        run: Callable[..., Any] = over_time.gru if self.kind == "gru" else over_time.plain
        outputs = run(x, *states, *weights, self.activation)
        return outputs, [outputs[-1]]


def find(steps: Steps, output: int) -> Cell:
    """The cell whose output a slot is."""
    for kind in (_lstm, _gru, _plain):
        try:
            cell = kind(_Trail(steps), steps.through(output))
        except NoMatch:
            continue
        return cell
    raise NoMatch


class _Trail:
    """Reads steps backwards, and keeps those that it went by."""

    def __init__(self, steps: Steps) -> None:
        self.all = steps
        self.seen: dict[int, Step] = {}

    def inputs(self, slot: int, *kinds: str) -> list[int]:
        step = self.all.maker(slot, *kinds)
        self.seen[id(step)] = step
        return step.inputs

    def output_of(self, slot: int, kind: str) -> tuple[Step, int]:
        """The step that makes a slot, and which of its outputs that is."""
        step = self.all.maker(slot, kind)
        self.seen[id(step)] = step
        return step, step.outputs.index(self.all.through(slot))

    def pair(self, slot: int, kinds: tuple[str, ...], first: str, second: str | None = None) -> tuple[int, int]:
        """The two inputs of a step, in the order in which they are made by these kinds."""
        a, b = self.inputs(slot, *kinds)
        for x, y in ((a, b), (b, a)):
            if self.all.is_made_by(x, first) and (second is None or self.all.is_made_by(y, second)):
                return x, y
        raise NoMatch

    def linear(self, slot: int) -> tuple[int, int, int, int]:
        """Of a product of joined inputs plus a bias: x, what it was joined with, the kernel, the bias."""
        value, bias = self.inputs(slot, "BiasAdd")
        only(self.all.maker(slot, "BiasAdd").attrs["data_format"] == "NHWC")
        joined, kernel = self.inputs(value, "MatMul")
        attrs = self.all.maker(value, "MatMul").attrs
        only(not attrs["transpose_a"] and not attrs["transpose_b"])
        parts = self.inputs(joined, "ConcatV2")
        only(len(parts) == 3 and self.all.number(parts[2]) in (1, -1))
        return parts[0], parts[1], kernel, bias

    def split(self, slot: int, count: int) -> tuple[Step, int]:
        """A split of columns, and which of its parts a slot is."""
        step, place = self.output_of(slot, "Split")
        only(len(step.outputs) == count and self.all.number(step.inputs[0]) in (1, -1))
        return step, place

    def cell(self, kind: str, x: int, states: list[int], results: list[int], weights: list[int], **more: Any) -> Cell:
        through = self.all.through
        states, results = [through(s) for s in states], [through(s) for s in results]
        return Cell(kind, x, states, results, weights, steps=list(self.seen.values()), **more)


ADD = ("Add", "AddV2")


def _lstm(trail: _Trail, output: int) -> Cell:
    tanh, gate = trail.pair(output, ("Mul",), "Tanh", "Sigmoid")
    (o,), (state,) = trail.inputs(gate, "Sigmoid"), trail.inputs(tanh, "Tanh")
    a, b = trail.inputs(state, *ADD)
    for kept, added in ((a, b), (b, a)):
        try:
            in_gate, candidate = trail.pair(added, ("Mul",), "Sigmoid", "Tanh")
            forget, before = trail.pair(kept, ("Mul",), "Sigmoid")
            f, forget_bias = trail.pair(trail.inputs(forget, "Sigmoid")[0], ADD, "Split")
            break
        except NoMatch:
            continue
    else:
        raise NoMatch
    (i,), (j,) = trail.inputs(in_gate, "Sigmoid"), trail.inputs(candidate, "Tanh")
    parts = [trail.split(slot, 4) for slot in (i, j, f, o)]
    only([place for _, place in parts] == [0, 1, 2, 3] and len({id(step) for step, _ in parts}) == 1)
    x, h, kernel, bias = trail.linear(parts[0][0].inputs[1])
    number = trail.all.number(forget_bias)
    return trail.cell("lstm", x, [h, before], [output, state], [kernel, bias], forget_bias=number)


def _gru(trail: _Trail, output: int) -> Cell:
    a, b = trail.inputs(output, *ADD)
    for kept, added in ((a, b), (b, a)):
        try:
            left, candidate = trail.pair(added, ("Mul",), "Sub")
            one, update = trail.inputs(left, "Sub")
            gate, before = trail.pair(kept, ("Mul",), "Split")
            only(trail.all.number(one) == 1 and trail.all.same(update, gate))
            break
        except NoMatch:
            continue
    else:
        raise NoMatch
    activation = trail.all.maker(candidate, *over_time.ACTIVATIONS).kind
    x, reset, kernel, bias = trail.linear(trail.inputs(candidate, activation)[0])
    gate, old = trail.pair(reset, ("Mul",), "Split")
    only(trail.all.same(old, before))
    both, places = zip(*(trail.split(slot, 2) for slot in (gate, update)))
    only(both[0] is both[1] and places == (0, 1))
    (gates,) = trail.inputs(both[0].inputs[1], "Sigmoid")
    x_of_gates, h, gates_kernel, gates_bias = trail.linear(gates)
    only(trail.all.same(x, x_of_gates) and trail.all.same(h, before))
    weights = [gates_kernel, gates_bias, kernel, bias]
    return trail.cell("gru", x, [h], [output], weights, activation=activation)


def _plain(trail: _Trail, output: int) -> Cell:
    activation = trail.all.maker(output, *over_time.ACTIVATIONS).kind
    x, h, kernel, bias = trail.linear(trail.inputs(output, activation)[0])
    return trail.cell("plain", x, [h], [output], [kernel, bias], activation=activation)
