"""The mean of the softmax cross entropy of all rows is one step, with a gradient of its own."""

from __future__ import annotations

import torch

from ...kernels.softmax import mean_cross_entropy, mean_sparse_cross_entropy
from ..plan import Step
from .draft import Draft

MEANS = {
    "SoftmaxCrossEntropyWithLogits": mean_cross_entropy,
    "SparseSoftmaxCrossEntropyWithLogits": mean_sparse_cross_entropy,
}


def mean_of_cross_entropy(draft: Draft) -> None:
    """A cross entropy of which nothing is read but its losses, by a Mean of all of them, as most programs do."""
    readers = draft.readers()
    changes: dict[int, Step | None] = {}
    for losses in draft.steps:
        if losses.kind not in MEANS or losses.alive is not None or losses.attrs["T"].name not in ("float32", "float64"):
            continue
        if losses.op.outputs[0].shape.ndims != 1 or not draft.kept.isdisjoint(losses.outputs):
            continue
        found = [reader for slot in losses.outputs for reader in readers.get(slot, ())]
        if len(found) != 1 or found[0].kind != "Mean" or found[0].recorded != losses.recorded:
            continue
        (mean,) = found
        axes = draft.constants.get(mean.inputs[1])
        if mean.alive is not None or mean.inputs[0] != losses.outputs[0] or mean.attrs["keep_dims"]:
            continue
        if isinstance(axes, torch.Tensor) and axes.reshape(-1).tolist() in ([0], [-1]):
            changes[id(losses)] = None
            # An error is that of the cross entropy.
            changes[id(mean)] = Step(
                losses.op, f"{losses.kind}+Mean", MEANS[losses.kind], losses.inputs, mean.outputs, losses.recorded
            )
    draft.replace(changes)
