"""Numbers rounded to what an integer of few bits would hold, for training that knows of it.

`kernels/quantize.py` says how it is done.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/quantization
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.shape import TensorShape
from . import rules
from .node import node
from .raw import from_table
from .rules import shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "fake_quant_with_min_max_args": "FakeQuantWithMinMaxArgs",
    "fake_quant_with_min_max_args_gradient": "FakeQuantWithMinMaxArgsGradient",
    "fake_quant_with_min_max_vars": "FakeQuantWithMinMaxVars",
    "fake_quant_with_min_max_vars_gradient": "FakeQuantWithMinMaxVarsGradient",
    "fake_quant_with_min_max_vars_per_channel": "FakeQuantWithMinMaxVarsPerChannel",
    "fake_quant_with_min_max_vars_per_channel_gradient": "FakeQuantWithMinMaxVarsPerChannelGradient",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


shape_rule("FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxArgsGradient", "QuantizeAndDequantizeV2",
           "QuantizeAndDequantizeV3")(rules.unchanged)  # fmt: skip


@shape_rule("FakeQuantWithMinMaxVars")
def _(inputs: TensorShape, low: TensorShape, high: TensorShape) -> TensorShape:
    rules.with_rank(low, 0)
    rules.with_rank(high, 0)
    return inputs


@shape_rule("FakeQuantWithMinMaxVarsPerChannel")
def _(inputs: TensorShape, low: TensorShape, high: TensorShape) -> TensorShape:
    channels = rules.same_dim(rules.with_rank(low, 1)[0], rules.with_rank(high, 1)[0])
    if inputs._dims is None:
        return inputs
    if not inputs._dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    return rules.with_dim(inputs, -1, rules.same_dim(inputs._dims[-1], channels))


@shape_rule("FakeQuantWithMinMaxVarsGradient", "FakeQuantWithMinMaxVarsPerChannelGradient")
def _(gradients: TensorShape, inputs: TensorShape, low: TensorShape, high: TensorShape) -> list[TensorShape]:
    return [inputs, low, high]


def quantize_and_dequantize(
    input: Any,
    input_min: Any,
    input_max: Any,
    signed_input: bool = True,
    num_bits: int = 8,
    range_given: bool = False,
    round_mode: str = "HALF_TO_EVEN",
    name: str | None = None,
    narrow_range: bool = False,
) -> Tensor:
    """`input` rounded to the numbers that `num_bits` bits tell apart between its extremes (the ones given, if so).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/quantization/quantize_and_dequantize
    """
    return node(
        "QuantizeAndDequantizeV2", input, input_min, input_max, signed_input=signed_input, num_bits=num_bits,
        range_given=range_given, round_mode=round_mode, narrow_range=narrow_range, name=name,
    )  # fmt: skip
