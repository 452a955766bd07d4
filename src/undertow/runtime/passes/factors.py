"""Many products with one matrix share one product for its gradient.

Such are the steps of a recurrent network that are a graph's own (`static_rnn`, a decoder with attention), and the
rounds of a loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import torch

from ...kernels.factor import Factor
from ..loops import Rounds
from ..plan import Plan, Step
from .draft import Draft

MANY = 4  # products among a plan's steps from which it is worth it


def shared_factors(draft: Draft) -> None:
    """Products, each perhaps with a bias, by a matrix that others are multiplied by too, if differentiated once."""
    if any(step.kind == "SymbolicGradient" and step.recorded for step in draft.steps):
        return
    for step in draft.steps:
        if step.kind == "While" and isinstance(step.call, Rounds):
            step.call = _in_rounds(step.call)
    groups = {key: products for key, products in _products(draft.steps, draft.kept).items() if len(products) >= MANY}
    made: dict[int, Step] = {}  # a step -> what makes the factor in front of it
    order = {id(step): i for i, step in enumerate(draft.steps)}
    changes: dict[int, Step | None] = {}
    for inputs, products in groups.items():
        slot = draft.new_slot()
        first = min((add or product for product, add in products), key=lambda step: order[id(step)])
        recorded = any(product.recorded for product, _ in products)
        made[id(first)] = Step(first.op, "factor", Factor, list(inputs), [slot], recorded)
        changes.update(_by_factor(products, slot))
    steps = [part for step in draft.steps for part in (made.get(id(step)), changes.get(id(step), step))]
    draft.steps[:] = [step for step in steps if step is not None]


_Pairs = list[tuple[Step, "Step | None"]]  # products, each with the step that adds a bias to it


def _products(steps: Iterable[Step], kept: set[int]) -> dict[tuple[int, ...], _Pairs]:
    """Products by what they multiply with: a matrix, or a matrix and a bias that is added to nothing but them."""
    steps = list(steps)
    draft = Draft(steps, kept, {}, int)
    readers = draft.readers()
    found: dict[tuple[int, ...], _Pairs] = {}
    for step in steps:
        if step.kind != "MatMul" or step.alive is not None or step.attrs["transpose_a"] or step.attrs["transpose_b"]:
            continue
        if step.attrs["T"].name not in ("float32", "float64"):
            continue
        add = draft.only_reader(step, readers)
        if add is None or add.kind != "BiasAdd" or add.recorded != step.recorded or add.inputs[0] != step.outputs[0]:
            found.setdefault((step.inputs[1],), []).append((step, None))
        else:
            found.setdefault((step.inputs[1], add.inputs[1]), []).append((step, add))
    return found


def _by_factor(products: _Pairs, slot: int) -> dict[int, Step | None]:
    changes: dict[int, Step | None] = {}
    for product, add in products:
        last = add or product
        changes[id(product)] = None
        inputs = [product.inputs[0], slot]
        changes[id(last)] = Step(last.op, "product", _times, inputs, last.outputs, product.recorded)
    return changes


def _times(a: torch.Tensor, factor: Factor) -> torch.Tensor:
    return factor.times(a)


def _in_rounds(rounds: Rounds) -> Rounds:
    """The loop whose body multiplies by factors of the invariants that are made in front of the first round."""
    body: Plan = rounds.body
    places = {slot: place for place, slot in enumerate(body.feeds) if place >= rounds.count}
    kept = {fetch.slot for fetch in body.fetches if fetch is not None}
    found = _products(body.steps, kept)
    groups = {key: products for key, products in found.items() if all(slot in places for slot in key)}
    if not groups:
        return rounds
    slots = body.first_slots()
    constants: dict[int, Any] = {slot: slots[slot] for slot in body.filled()}
    new = list(range(len(slots), len(slots) + len(groups)))
    changes: dict[int, Step | None] = {}
    for slot, products in zip(new, groups.values()):
        changes.update(_by_factor(products, slot))
    steps = [changes.get(id(step), step) for step in body.steps]
    plan = Plan(
        [step for step in steps if step is not None],
        constants,
        len(slots) + len(new),
        [*body.feeds, *new],
        body.fetches,
    )
    once = tuple((Factor, tuple(places[slot] for slot in key)) for key in groups)
    return replace(rounds, body=plan, made_once=once)
