"""The logits of `sampled_softmax_loss` and `nce_loss`, some forty steps, become one with a gradient of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ...kernels.sampled_logits import sampled_logits
from ..plan import Step
from .draft import Draft, in_turn
from .pattern import Match

NAMES = ("x", "rows", "biases", "true_expected", "drawn_expected")
WITH_HITS = (*NAMES, "labels", "drawn")
SHAPE_ONLY = {"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"}  # look at no number of their input
GIVE_THEIR_INPUT = {"Identity", "StopGradient", "Cast"}


def sampled_logits_at_once(draft: Draft) -> None:
    """Concatenations of logits of true classes and of drawn ones, made as TensorFlow's function for them does."""
    producers = {slot: step for step in draft.steps for slot in step.outputs}
    for root in [s for s in draft.steps if s.kind == "ConcatV2" and len(s.inputs) == 3]:
        true = root.op.inputs[0].shape._dims
        if true is None or len(true) != 2 or true[1] is None:
            continue
        for hits in (False, True):
            match = Match(draft, producers, root, _pattern(true[1], hits))
            if match.ok and _recorded_alike(root, match) and (not hits or _unique(match.slots["drawn"], producers)):
                _replace(draft, root, match, WITH_HITS if hits else NAMES)
                break


def _pattern(true: int, hits: bool) -> tuple[Any, ...]:
    """What TensorFlow's function makes; `flat` are the true classes of all rows in one vector."""
    one = {"shrink_axis_mask": 1}
    count: Any = ("StridedSlice", ("Shape", "flat"), [0], [1], [1], one)
    true_rows: Any = ("Slice", "rows", [0, 0], ("Pack", count, -1))
    drawn_rows: Any = ("Slice", "rows", ("Pack", count, 0), [-1, -1])
    width: Any = ("StridedSlice", ("Shape", true_rows), [1], [2], [1])
    each: Any = ("Reshape", true_rows, ("ConcatV2", [-1, true], width, 0))
    products: Any = ("Reshape", ("Mul", ("ExpandDims", "x", 1), each), ("ConcatV2", [-1], width, 0))
    ones: Any = ("Fill", ("Pack", ("StridedSlice", ("Shape", products), [1], [2], [1], one), 1), 1.0)
    dots: Any = ("Reshape", ("Reshape", ("MatMul", products, ones), [-1]), [-1, true])
    own: Any = ("Add|AddV2", dots, ("Reshape", ("Slice", "biases", [0], ("Shape", "flat")), [-1, true]))
    others: Any = ("MatMul", "x", drawn_rows, {"transpose_b": True})
    others = ("Add|AddV2", others, ("Slice", "biases", ("Shape", "flat"), [-1]))
    if hits:
        others = ("Add|AddV2", others, _hits())
    return (
        "ConcatV2", ("Sub", own, ("Log", "true_expected")), ("Sub", others, ("Log", "drawn_expected")), 1
    )  # fmt: skip


def _hits() -> tuple[Any, ...]:
    found = [(f"ComputeAccidentalHits:{i}", "labels", "drawn") for i in range(3)]
    rows: Any = ("Reshape", found[0], [-1, 1])
    places: Any = ("Reshape", ("Cast", found[1]), [-1, 1])
    height: Any = ("StridedSlice", ("Shape", "labels"), [0], [1], [1], {"begin_mask": 1})
    width: Any = ("StridedSlice", ("Shape", "drawn"), [0], [1], [1], {"shrink_axis_mask": 1})
    shape: Any = ("ConcatV2", height, ("ExpandDims", width, 0), 0)
    return "SparseToDense", ("ConcatV2", rows, places, 1), shape, found[2], 0.0


def _recorded_alike(root: Step, match: Match) -> bool:
    """Whether a gradient goes through all that it can go through, or through none."""
    expected = {id(s) for s in match.steps.values() if s.kind in ("Log", "SparseToDense")}
    return all(
        step.recorded == (root.recorded and key not in expected)
        for key, step in match.steps.items()
        if step.kind not in ("Fill", "ComputeAccidentalHits") and step.op.outputs[0].dtype.is_floating
    )


def _unique(drawn: int, producers: dict[int, Step]) -> bool:
    """Whether no two of the classes drawn are alike."""
    step = producers.get(drawn)
    while step is not None and step.kind in GIVE_THEIR_INPUT:
        step = producers.get(step.inputs[0])
    return step is not None and step.kind.endswith("CandidateSampler") and bool(step.attrs["unique"])


def _replace(draft: Draft, root: Step, match: Match, names: tuple[str, ...]) -> None:
    outside = [step for step in draft.steps if id(step) not in match.steps]
    shown = [
        slot for slot in root.inputs[:2]
        if slot not in draft.kept and any(slot in step.inputs for step in outside)
    ]  # fmt: skip
    for step in outside:
        reads = not set(shown).isdisjoint((*step.inputs, *(step.alive or ())))
        if reads and (step.kind not in SHAPE_ONLY or step.recorded or step.alive is not None):
            return
    gone = match.gone(root, set(shown))
    if gone is None:
        return
    flat = match.slots.get("flat")  # there only for its length, which may be known
    inputs = [*([] if flat is None else [flat]), *(match.slots[name] for name in names)]
    outputs = [root.outputs[0], *shown]
    steps = [step for step in draft.steps if id(step) in match.steps]
    as_it_was = in_turn(steps, inputs, outputs, draft.constants)
    known = match.shapes.get("flat")
    call = _call(as_it_was, known, [root.inputs.index(slot) for slot in shown])
    attrs = {"as_it_was": as_it_was, "flat": known}
    fused = Step(root.op, "SampledLogits", call, inputs, outputs, root.recorded, attrs)
    _put(draft, root, fused, gone)


def _put(draft: Draft, root: Step, fused: Step, gone: set[int]) -> None:
    """Where the first of its readers, or `root`, was: unless some input comes after that."""
    steps: list[Step] = []
    missing = {slot for step in draft.steps for slot in step.outputs} & set(fused.inputs)
    for step in draft.steps:
        stays = id(step) not in gone
        reads = stays and not set(fused.outputs).isdisjoint(step.inputs)
        if fused not in steps and (step is root or reads):
            if missing:
                return
            steps.append(fused)
        if stays:
            steps.append(step)
            missing.difference_update(step.outputs)
    draft.steps[:] = steps


def _call(as_it_was: Callable[..., Any], flat: tuple[int, ...] | None, shown: list[int]) -> Callable[..., Any]:
    """The fused step: where shapes do not fit together, the steps that it stands for, whose errors are told."""

    kept: tuple[Any, list[Any]] = (None, [])  # logits' shape, and tensors that have the shapes of its parts

    def call(*values: Any) -> Any:
        nonlocal kept
        of_flat, given = (values[0].shape, values[1:]) if flat is None else (flat, values)
        if not fit(of_flat, *given):
            return as_it_was(*values)
        logits = sampled_logits(*given)
        if not shown:
            return logits
        shape, parts = kept
        if shape != logits.shape:
            true, empty = given[3].shape[1], logits.detach().new_zeros(()).expand(logits.shape)
            parts = [empty[:, true:] if i else empty[:, :true] for i in shown]
            kept = logits.shape, parts
        return [logits, *parts]

    return call


def fit(
    flat: Any, x: Any, rows: Any, biases: Any, true_expected: Any, drawn_expected: Any, labels: Any = None,
    drawn: Any = None,
) -> bool:  # fmt: skip
    """Whether the shapes are such that `sampled_logits` gives what the steps would."""
    if x.dtype not in (torch.float32, torch.float64):
        return False
    of_true, of_drawn = true_expected.shape, drawn_expected.shape
    if len(of_true) != 2 or len(of_drawn) != 1 or rows.dim() != 2:
        return False
    if labels is not None and (labels.shape != of_true or drawn.shape != of_drawn):
        return False
    batch, true = of_true
    count = batch * true
    fitting = flat == (count,) and x.shape == (batch, rows.shape[1]) and biases.shape == rows.shape[:1]
    return fitting and len(rows) == count + of_drawn[0]
