"""A convolution and the bias added to it become one kernel."""

from __future__ import annotations

from functools import partial

from ...kernels.conv import conv2d
from ..plan import Step
from .draft import Draft


def bias_into_convolution(draft: Draft) -> None:
    """Conv2D, then BiasAdd of its output and of nothing else: one call, which torch does in one go both ways."""
    readers = draft.readers()
    changes: dict[int, Step | None] = {}
    for conv in draft.steps:
        if conv.kind != "Conv2D":
            continue
        add = draft.only_reader(conv, readers)
        if add is None or add.kind != "BiasAdd" or add.inputs[0] != conv.outputs[0]:
            continue
        if add.attrs["data_format"] != conv.attrs["data_format"] or add.recorded != conv.recorded:
            continue
        if conv.attrs["T"].name not in ("float32", "float64"):
            continue
        names = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
        call = partial(conv2d, **{name: conv.attrs[name] for name in names})
        inputs = [conv.inputs[0], conv.inputs[1], add.inputs[1]]
        changes[id(conv)] = None
        changes[id(add)] = Step(
            add.op, "Conv2D+BiasAdd", call, inputs, add.outputs, add.recorded, conv.attrs, alive=add.alive
        )
    draft.replace(changes)
