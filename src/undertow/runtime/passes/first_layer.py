"""A network's first convolution and the max-pool of it become one kernel, without gradients the next layers too."""

from __future__ import annotations

from functools import partial

from ...kernels.conv import LANES
from ...kernels.conv_pool import Layer, convolved_and_pooled
from ..plan import Step
from .draft import Draft

DEPTH = 3  # channels of an image
_CONV = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
_POOL = ("ksize", "strides", "padding", "explicit_paddings", "data_format")
_Readers = dict[int, list[Step]]


def first_convolution_with_pool(draft: Draft) -> None:
    """Conv2D of images of a few channels, with or without a bias, then MaxPool of it and of nothing else.

    Where no gradient is asked for, that is worth it for one channel and few filters only, but then with what follows.
    """
    readers = draft.readers()
    changes: dict[int, Step | None] = {}
    for first in draft.steps:
        found = _layer(draft, first, readers, DEPTH)
        if found is None or (not first.recorded and not _few(first)):
            continue
        taken = found
        while not first.recorded and (more := _next_layer(draft, taken[-1], readers)):
            taken += more
        convs, pools = taken[::3], taken[1::3]
        layers = [
            Layer(
                {name: conv.attrs[name] for name in _CONV}, {name: pool.attrs[name] for name in _POOL},
                conv.kind != "Conv2D",
            )
            for conv, pool in zip(convs, pools)
        ]  # fmt: skip
        last = taken[-1]
        inputs = [convs[0].inputs[0], *(slot for conv in convs for slot in conv.inputs[1:])]
        changes.update((id(step), None) for step in taken)
        changes[id(last)] = Step(
            last.op, "+".join(step.kind for step in taken), partial(convolved_and_pooled, layers=layers), inputs,
            last.outputs, last.recorded, first.attrs, last.alive,
        )  # fmt: skip
    draft.replace(changes)


def _layer(draft: Draft, conv: Step, readers: _Readers, depth: int) -> list[Step] | None:
    """A convolution, in float32, of at most that many channels, leaving no pixel out, and the pool of it."""
    if conv.kind not in ("Conv2D", "Conv2D+BiasAdd") or conv.attrs["T"].name != "float32":
        return None
    channels = _filter(conv)[2]
    if channels is None or channels > depth:
        return None
    if conv.attrs["data_format"] != "NHWC" or conv.attrs["strides"] != [1, 1, 1, 1]:
        return None
    pool = _only_after(draft, conv, readers, "MaxPool")
    if pool is None or pool.attrs["data_format"] != "NHWC" or pool.attrs["ksize"][3] != 1:
        return None
    return [conv, pool]


def _next_layer(draft: Draft, pool: Step, readers: _Readers) -> list[Step] | None:
    """Relu of what is pooled, and a layer of that."""
    relu = _only_after(draft, pool, readers, "Relu")
    conv = draft.only_reader(relu, readers) if relu else None
    if relu is None or conv is None or conv.inputs[0] != relu.outputs[0] or not _alike(conv, relu):
        return None
    layer = _layer(draft, conv, readers, LANES)
    return layer and [relu, *layer]


def _only_after(draft: Draft, step: Step, readers: _Readers, kind: str) -> Step | None:
    found = draft.only_reader(step, readers)
    return found if found is not None and found.kind == kind and _alike(found, step) else None


def _alike(a: Step, b: Step) -> bool:
    return a.recorded == b.recorded and a.alive == b.alive


def _few(conv: Step) -> bool:
    """Whether a convolution of one channel has filters for no more than one vector."""
    *_, channels, filters = _filter(conv)
    return channels == 1 and filters is not None and filters <= LANES


def _filter(conv: Step) -> list[int | None]:
    """The static shape of a convolution's filter."""
    op = conv.op if conv.op.type == "Conv2D" else conv.op.inputs[0].op
    known = op.inputs[1].shape._dims if op.type == "Conv2D" else None
    return list(known) if known is not None else [None] * 4
