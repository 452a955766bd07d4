"""Numbers rounded to what an integer of few bits would hold: how each op is done."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .registry import invalid, kernel


def _nudged(low: Tensor, high: Tensor, num_bits: int, narrow_range: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The range moved so that zero is one of its steps, and the size of a step."""
    first, last = int(narrow_range), 2**num_bits - 1
    scale = (high - low) / (last - first)
    zero = first - low / scale
    # Halves go away from zero here, and never below, so rounding half up does it.
    zero = torch.where(zero < first, first, torch.where(zero > last, last, (zero + 0.5).floor())).to(scale.dtype)
    return (first - zero) * scale, (last - zero) * scale, scale


class _FakeQuant(torch.autograd.Function):
    """Inside of the range the gradient passes; what lies below and above is the gradient of its ends."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, low: Tensor, high: Tensor, num_bits: int, narrow_range: bool) -> Tensor:
        start, end, scale = _nudged(low, high, num_bits, narrow_range)
        ctx.save_for_backward(x, start, end)
        steps = ((x.clamp(start, end) - start) / scale + 0.5).floor()
        return torch.where((low == 0) & (high == 0), 0, steps * scale + start)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        x, start, end = ctx.saved_tensors
        below, above = x < start, x > end
        inside = ~(below | above)
        return grad * inside, (grad * below).sum_to_size(start.shape), (grad * above).sum_to_size(end.shape), None, None


@kernel("FakeQuantWithMinMaxArgs")
def fake_quant_args(x: Tensor, *, min: float, max: float, num_bits: int, narrow_range: bool) -> Tensor:
    return _FakeQuant.apply(x, x.new_tensor(min), x.new_tensor(max), num_bits, narrow_range)


@kernel("FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel")
def fake_quant_vars(x: Tensor, low: Tensor, high: Tensor, *, num_bits: int, narrow_range: bool) -> Tensor:
    return _FakeQuant.apply(x, low, high, num_bits, narrow_range)


@kernel("FakeQuantWithMinMaxArgsGradient")
def fake_quant_args_gradient(
    grad: Tensor, x: Tensor, *, min: float, max: float, num_bits: int, narrow_range: bool
) -> Tensor:
    low, high = x.new_tensor(min), x.new_tensor(max)
    return fake_quant_vars_gradient(grad, x, low, high, num_bits=num_bits, narrow_range=narrow_range)[0]


@kernel("FakeQuantWithMinMaxVarsGradient", "FakeQuantWithMinMaxVarsPerChannelGradient")
def fake_quant_vars_gradient(
    grad: Tensor, x: Tensor, low: Tensor, high: Tensor, *, num_bits: int, narrow_range: bool
) -> tuple[Tensor, Tensor, Tensor]:
    start, end, _ = _nudged(low, high, num_bits, narrow_range)
    below, above = x < start, x > end
    inside = ~(below | above)
    return grad * inside, (grad * below).sum_to_size(low.shape), (grad * above).sum_to_size(high.shape)


class _Through(torch.autograd.Function):
    """The gradient passes as if nothing had been rounded."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rounded: Tensor) -> Tensor:
        return rounded

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        return grad, None


@kernel("QuantizeAndDequantizeV2", host=("input_min", "input_max"))
def quantize_and_dequantize(
    x: Tensor, input_min: Tensor, input_max: Tensor, *, signed_input: bool, num_bits: int, range_given: bool,
    round_mode: str, narrow_range: bool,
) -> Tensor:  # fmt: skip
    with torch.no_grad():
        ends = (input_min, input_max) if range_given else (x.min(), x.max())
        low, high = map(float, ends)
        if low > high:
            raise invalid(f"Invalid range: input_min {low} > input_max {high}")
        lowest = -(2 ** (num_bits - 1)) + narrow_range if signed_input else 0
        highest = 2 ** (num_bits - 1) - 1 if signed_input else 2**num_bits - 1
        by_low = lowest / low if lowest * low > 0 else float("inf")
        by_high = highest / high if highest * high > 0 else float("inf")
        scale = min(by_low, by_high)
        if scale == float("inf"):
            return x.clone()
        low, high = lowest / scale, highest / scale
        scaled = x.clamp(low, high) * scale
        steps = scaled.round() if round_mode == "HALF_TO_EVEN" else (scaled + 0.5).floor()
        rounded = steps / scale
    return _Through.apply(x, rounded)
