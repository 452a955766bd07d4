"""A network's first convolution and the max-pool that follows become one kernel."""

from __future__ import annotations

from functools import partial

from ...kernels.conv_pool import DEPTH, conv2d_max_pool
from ..plan import Step
from .draft import Draft

_CONV = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
_POOL = ("ksize", "strides", "padding", "explicit_paddings", "data_format")


def first_convolution_with_pool(draft: Draft) -> None:
    """Conv2D of images of a few channels, with or without a bias, then MaxPool of it and of nothing else."""
    readers = draft.readers()
    changes: dict[int, Step | None] = {}
    for conv in draft.steps:
        if conv.kind not in ("Conv2D", "Conv2D+BiasAdd") or not _looks_at_images(conv):
            continue
        pool = draft.only_reader(conv, readers)
        if pool is None or pool.kind != "MaxPool" or pool.recorded != conv.recorded or pool.alive != conv.alive:
            continue
        if pool.attrs["data_format"] != "NHWC" or pool.attrs["ksize"][3] != 1:
            continue
        call = partial(
            conv2d_max_pool,
            conv={name: conv.attrs[name] for name in _CONV},
            pool={name: pool.attrs[name] for name in _POOL},
        )
        changes[id(conv)] = None
        changes[id(pool)] = Step(
            pool.op, f"{conv.kind}+MaxPool", call, conv.inputs, pool.outputs, pool.recorded, conv.attrs, pool.alive
        )
    draft.replace(changes)


def _looks_at_images(conv: Step) -> bool:
    """Whether a step convolves float32 [N, H, W, C], with a few channels, without leaving pixels out."""
    op = conv.op if conv.kind == "Conv2D" else conv.op.inputs[0].op
    if op.type != "Conv2D" or conv.attrs["T"].name != "float32" or conv.attrs["data_format"] != "NHWC":
        return False
    depth = op.inputs[1].shape.with_rank(4)[2].value
    return depth is not None and depth <= DEPTH and conv.attrs["strides"] == [1, 1, 1, 1]
