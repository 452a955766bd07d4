"""Recurrent cells that follow each other in a graph, as `static_rnn` and loops in Python make them, run as one.

A chain is cells with the same weights, each beginning with the states that the one before it ended with. It runs over
all times at once (`kernels/over_time.py`) where its first cell was, if nothing that the later cells are given depends
on the chain; what they are given is done earlier then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from ..plan import Step
from .all_times import PURE
from .cells import Cell, NoMatch, Steps, find, only
from .draft import Draft

SHORTEST = 3
LAST = frozenset("Add AddV2 Mul Relu Sigmoid Tanh".split())  # the kinds of a cell's last step
# What may be done earlier than it stands: it reads nothing but its inputs, and changes nothing that others see.
MOVABLE = PURE | frozenset("Mean OneHot ReverseV2 Softmax SplitV Tile Transpose Unpack ZerosLike product".split())


def chains_over_time(draft: Draft) -> None:
    """Chains of cells of one kind, unless gradients are differentiated again."""
    if any(step.kind == "SymbolicGradient" and step.recorded for step in draft.steps):
        return
    steps = Steps(draft.steps, lambda slot: _number(draft.constants.get(slot)))
    for chain in _chains(_cells(draft.steps, steps)):
        try:
            _merge(draft, steps, chain)
        except NoMatch:
            continue


def _number(value: Any) -> float | None:
    return value.item() if isinstance(value, torch.Tensor) and value.shape == () else None


def _cells(all_steps: list[Step], steps: Steps) -> list[Cell]:
    found = []
    for step in all_steps:
        if step.kind in LAST and step.alive is None:
            try:
                found.append(find(steps, step.outputs[0]))
            except NoMatch:
                continue
    return found


def _chains(cells: list[Cell]) -> list[list[Cell]]:
    """Cells that go on from each other, in the order in which the chains begin."""
    by_states = {tuple(cell.states): cell for cell in cells}

    def after(cell: Cell) -> Cell | None:
        later = by_states.get(tuple(cell.results))
        return later if later is not None and later.like(cell) else None

    follows = {id(after(cell)) for cell in cells}
    chains = []
    for cell in cells:
        if id(cell) in follows:
            continue
        chain = [cell]
        while (later := after(chain[-1])) is not None:
            chain.append(later)
        if len(chain) >= SHORTEST:
            chains.append(chain)
    return chains


@dataclass
class _Chain:
    """What the one step in place of a chain does: of the inputs, the first states and the weights, all outputs."""

    cell: Cell
    count: int

    def __call__(self, *values: Any) -> list[Any]:
        states, weights = len(self.cell.states), len(self.cell.weights)
        x = torch.stack(values[: self.count])
        outputs, last = self.cell.run(x, list(values[self.count : -weights]), list(values[-weights:]), None)
        return [*outputs.unbind(0), *last[1:states]]


def _merge(draft: Draft, steps: Steps, chain: list[Cell]) -> None:
    """Put one step where the first cell of a chain ends, behind what the other cells are given."""
    first = chain[0]
    own = {id(step) for cell in chain for step in cell.steps}
    only(len({cell.recorded() for cell in chain}) == 1 and all(s.alive is None for c in chain for s in c.steps))
    # Nobody else sees what is inside, and of the second states any but the last.
    inside = set().union(*(cell.inside() for cell in chain), *(cell.results[1:] for cell in chain[:-1]))
    only(inside.isdisjoint(draft.kept))
    places = {id(step): place for place, step in enumerate(draft.steps)}
    only(own <= places.keys())
    only(not any(inside.intersection(step.inputs) for step in draft.steps if id(step) not in own))
    end = places[id(steps.maker(first.results[0], *LAST))]
    earlier: set[int] = set()
    stack = [cell.x for cell in chain]
    while stack:
        step = steps.makers.get(stack.pop())
        if step is None or id(step) in earlier:
            continue
        only(id(step) not in own)
        if places[id(step)] < end:
            continue
        only(step.kind in MOVABLE and step.alive is None and not step.op._control_inputs)
        earlier.add(id(step))
        stack.extend(step.inputs)
    count = len(chain)
    inputs = [*(cell.x for cell in chain), *first.states, *first.weights]
    outputs = [*(cell.results[0] for cell in chain), *chain[-1].results[1:]]
    (step,) = [s for s in first.steps if first.results[0] in s.outputs]
    merged = Step(step.op, "cells", _Chain(first, count), inputs, outputs, first.recorded())
    before = [s for s in draft.steps[:end] if id(s) not in own]
    moved = [s for s in draft.steps[end:] if id(s) in earlier]
    after = [s for s in draft.steps[end:] if id(s) not in own and id(s) not in earlier]
    draft.steps[:] = [*before, *moved, merged, *after]
    steps.makers.update(dict.fromkeys(outputs, merged))
