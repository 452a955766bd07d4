"""A convolution and the bias added to it become one kernel."""

from __future__ import annotations

from functools import partial

from ...kernels.conv import conv2d
from ..plan import Step
from .draft import Draft


def bias_into_convolution(draft: Draft) -> None:
    """Conv2D, then BiasAdd (or `+` a vector) of its output and of nothing else: torch does them in one, both ways."""
    readers = draft.readers()
    changes: dict[int, Step | None] = {}
    for conv in draft.steps:
        if conv.kind != "Conv2D" or conv.attrs["T"].name not in ("float32", "float64"):
            continue
        add = draft.only_reader(conv, readers)
        if add is None or add.recorded != conv.recorded or not _adds_a_bias(add, conv):
            continue
        names = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
        call = partial(conv2d, **{name: conv.attrs[name] for name in names})
        inputs = [conv.inputs[0], conv.inputs[1], add.inputs[1]]
        changes[id(conv)] = None
        changes[id(add)] = Step(
            add.op, "Conv2D+BiasAdd", call, inputs, add.outputs, add.recorded, conv.attrs, alive=add.alive
        )
    draft.replace(changes)


def _adds_a_bias(add: Step, conv: Step) -> bool:
    """Whether a step adds one number a channel to the convolution's output."""
    if add.kind not in ("BiasAdd", "Add", "AddV2") or add.inputs[0] != conv.outputs[0]:
        return False
    if add.kind == "BiasAdd":
        return add.attrs["data_format"] == conv.attrs["data_format"]
    channels = conv.op.outputs[0].shape[-1].value
    bias = add.op.inputs[1].shape._dims
    return conv.attrs["data_format"] == "NHWC" and channels is not None and bias == (channels,)
