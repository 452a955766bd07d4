"""Connectionist temporal classification: how each op is done. The last class is the blank."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.errors import unbuilt
from .registry import invalid, kernel


class _Loss(torch.autograd.Function):
    """The losses, whose gradient was worked out with them."""

    @staticmethod
    def forward(ctx, inputs: Tensor, loss: Tensor, gradient: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        ctx.save_for_backward(gradient)
        return loss

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[no-untyped-def]
        return ctx.saved_tensors[0] * grad.unsqueeze(0).unsqueeze(2), None, None


@kernel("CTCLoss", host=("labels_indices", "labels_values", "sequence_length"))
def ctc_loss(
    inputs: Tensor, labels_indices: Tensor, labels_values: Tensor, sequence_length: Tensor, *,
    preprocess_collapse_repeated: bool, ctc_merge_repeated: bool, ignore_longer_outputs_than_inputs: bool,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    if not ctc_merge_repeated:
        raise unbuilt("ctc_loss with ctc_merge_repeated=False")
    steps, batch, classes = inputs.shape
    lengths = _checked_lengths(sequence_length, steps, batch)
    labels = _label_rows(labels_indices, labels_values, batch, classes, preprocess_collapse_repeated)
    fits = torch.ones(batch, dtype=torch.bool)
    for b, (row, length) in enumerate(zip(labels, lengths.tolist())):
        needed = len(row) + sum(a == c for a, c in itertools.pairwise(row))
        if needed > length:
            if not ignore_longer_outputs_than_inputs:
                raise invalid(
                    f"Not enough time for target transition sequence (required: {needed}, available: {length}) in "
                    f"batch {b}. You can turn this error into a warning by using the flag "
                    "ignore_longer_outputs_than_inputs"
                )
            fits[b] = False
    with torch.enable_grad():
        logits = inputs.detach().requires_grad_()
        loss = torch.nn.functional.ctc_loss(
            torch.log_softmax(logits, 2), torch.tensor([c for row in labels for c in row], device=inputs.device),
            lengths.to(torch.int64), torch.tensor([len(row) for row in labels]), blank=classes - 1, reduction="none",
            zero_infinity=True,
        )  # fmt: skip
        loss = torch.where(fits.to(loss.device), loss, 0.0)
        (gradient,) = torch.autograd.grad(loss.sum(), logits)
    gradient = gradient * (torch.arange(steps).unsqueeze(1) < lengths).unsqueeze(2).to(gradient.device)
    return _Loss.apply(inputs, loss.detach(), gradient), gradient


def _checked_lengths(sequence_length: Tensor, steps: int, batch: int) -> Tensor:
    if len(sequence_length) != batch:
        raise invalid(
            f"len(sequence_length) != batch_size.  len(sequence_length):  {len(sequence_length)} batch_size: {batch}"
        )
    bad = (sequence_length > steps).nonzero()
    if len(bad):
        raise invalid(f"sequence_length({int(bad[0])}) <= {steps}")
    return sequence_length


def _label_rows(indices: Tensor, values: Tensor, batch: int, classes: int, collapse: bool) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(batch)]
    for b, label in zip(indices[:, 0].tolist(), values.tolist()):
        if not 0 <= b < batch:
            raise invalid(f"labels batch index must be between 0 and {batch} but saw: {b}")
        if not 0 <= label < classes - 1:
            raise invalid(f"Saw a non-null label (index >= num_classes - 1) following a null label, batch: {b}")
        if not (collapse and rows[b] and rows[b][-1] == label):
            rows[b].append(label)
    return rows


# Decoders


@kernel("CTCGreedyDecoder", on_host=True)
def greedy(
    inputs: Tensor, sequence_length: Tensor, *, merge_repeated: bool, blank_index: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    steps, batch, classes = inputs.shape
    lengths = _checked_lengths(sequence_length, steps, batch)
    blank = blank_index + classes if blank_index < 0 else blank_index
    largest, best = inputs.max(2)
    used = torch.arange(steps).unsqueeze(1) < lengths
    total = -torch.where(used, largest, 0.0).sum(0).unsqueeze(1)
    rows = [_without(best[: int(n), b].tolist(), blank, merge_repeated) for b, n in enumerate(lengths.tolist())]
    return *_sparse(rows), total


def _without(path: list[int], blank: int, merge_repeated: bool) -> list[int]:
    """The labels of a path of one class for each step."""
    return [c for i, c in enumerate(path) if c != blank and not (merge_repeated and i > 0 and path[i - 1] == c)]


def _sparse(rows: list[list[int]]) -> tuple[Tensor, Tensor, Tensor]:
    places = [(b, j) for b, row in enumerate(rows) for j in range(len(row))]
    values = torch.tensor([c for row in rows for c in row], dtype=torch.int64)
    shape = torch.tensor([len(rows), max(map(len, rows), default=0)])
    return torch.tensor(places, dtype=torch.int64).reshape(-1, 2), values, shape


@kernel("CTCBeamSearchDecoder", on_host=True)
def beam_search(
    inputs: Tensor, sequence_length: Tensor, *, beam_width: int, top_paths: int, merge_repeated: bool
) -> list[Any]:
    if top_paths > beam_width:
        raise invalid("requested more paths than the beam width.")
    steps, batch, _ = inputs.shape
    lengths = _checked_lengths(sequence_length, steps, batch)
    log_probs = torch.log_softmax(inputs.detach().double(), 2).numpy()
    found = [_search(log_probs[: int(n), b], beam_width, top_paths) for b, n in enumerate(lengths.tolist())]
    outputs = []
    for path in range(top_paths):
        rows = [list(beams[path][0]) for beams in found]
        outputs.append(_sparse([_merged(row) for row in rows] if merge_repeated else rows))
    likelihood = torch.tensor([[beam[1] for beam in beams] for beams in found], dtype=inputs.dtype)
    return [output[k] for k in range(3) for output in outputs] + [likelihood]


def _merged(row: list[int]) -> list[int]:
    return [c for i, c in enumerate(row) if i == 0 or row[i - 1] != c]


def _search(log_probs: np.ndarray, width: int, top: int) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest label sequences for [time, classes] of log probabilities, by a search over their beginnings.

    A beginning has two log likelihoods: of the paths that end in a blank, and of those that end in its last label.
    """
    nothing = -np.inf
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, nothing)}
    for step in log_probs:
        new: dict[tuple[int, ...], list[float]] = {}
        blank, labels = step[-1], step[:-1].tolist()
        for prefix, (in_blank, in_label) in beams.items():
            either = np.logaddexp(in_blank, in_label)
            here = new.setdefault(prefix, [nothing, nothing])
            here[0] = np.logaddexp(here[0], either + blank)
            if prefix:
                here[1] = np.logaddexp(here[1], in_label + labels[prefix[-1]])
            for label, log_prob in enumerate(labels):
                before = in_blank if prefix and prefix[-1] == label else either
                longer = new.setdefault((*prefix, label), [nothing, nothing])
                longer[1] = np.logaddexp(longer[1], before + log_prob)
        best = sorted(new.items(), key=lambda item: -np.logaddexp(item[1][0], item[1][1]))[:width]
        beams = {prefix: (scores[0], scores[1]) for prefix, scores in best}
    ranked = [(prefix, float(np.logaddexp(scores[0], scores[1]))) for prefix, scores in beams.items()]
    if len(ranked) < top:
        raise invalid("Less leaves in the beam search than requested.")
    return ranked[:top]
