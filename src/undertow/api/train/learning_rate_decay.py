"""Learning rates that change with the global step: each function returns a scalar tensor.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/exponential_decay and its neighbours
"""

from __future__ import annotations

import math
from typing import Any

from ...graph import dtypes
from ...graph.dtypes import DType
from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...ops.cond import cond
from ...ops.constant import constant
from ...ops.node import convert_to_tensor, node


def _start(learning_rate: Any, global_step: Any) -> tuple[Tensor, DType]:
    if global_step is None:
        raise ValueError("global_step is required: the decay has nothing to go by.")
    rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
    return rate, rate.dtype.base_dtype


def _as(dtype: DType, value: Any) -> Tensor:
    """`value` in the learning rate's dtype."""
    if isinstance(value, Tensor) and value.dtype.base_dtype == dtype:
        return value
    with name_scope(None, "Cast") as scope:
        value = convert_to_tensor(value, name="x")
        return value if value.dtype.base_dtype == dtype else node("Cast", value, DstT=dtype, name=scope)


def _progress(global_step: Any, span: Tensor, staircase: bool) -> Tensor:
    """How many decays lie behind: whole ones only, if in steps."""
    fraction = _as(span.dtype, global_step) / span
    return node("Floor", fraction) if staircase else fraction


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * decay_rate ** (global_step / decay_steps)`; the exponent rounded down if `staircase`."""
    with name_scope(name, "ExponentialDecay", [learning_rate, global_step, decay_steps, decay_rate]) as scope:
        rate, dtype = _start(learning_rate, global_step)
        span, base = _as(dtype, decay_steps), _as(dtype, decay_rate)
        return node("Mul", rate, node("Pow", base, _progress(global_step, span, staircase)), name=scope)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * exp(-decay_rate * global_step / decay_steps)`; the fraction rounded down if `staircase`."""
    factor = node("Exp", node("Neg", decay_rate))
    return exponential_decay(learning_rate, global_step, decay_steps, factor, staircase, name or "ExponentialDecay")


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """`learning_rate / (1 + decay_rate * global_step / decay_steps)`; the fraction rounded down if `staircase`."""
    with name_scope(name, "InverseTimeDecay", [learning_rate, global_step, decay_rate]) as scope:
        rate, dtype = _start(learning_rate, global_step)
        span, factor = _as(dtype, decay_steps), _as(dtype, decay_rate)
        progress = _progress(global_step, span, staircase)
        one = _as(dtype, constant(1))
        return node("RealDiv", rate, node("AddV2", one, node("Mul", factor, progress), name="Add"), name=scope)


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """From `learning_rate` to `end_learning_rate` in `decay_steps`: the difference times `(1 - fraction) ** power`.

    After that it stays there, or, if `cycle`, starts again over a whole multiple of `decay_steps`.
    """
    with name_scope(
        name, "PolynomialDecay", [learning_rate, global_step, decay_steps, end_learning_rate, power]
    ) as scope:
        rate, dtype = _start(learning_rate, global_step)
        end, exponent = _as(dtype, end_learning_rate), _as(dtype, power)
        step, span = _as(dtype, global_step), _as(dtype, decay_steps)
        if cycle:
            at_start = node("Equal", step, 0)
            rounds = node("SelectV2", at_start, 1.0, node("Ceil", step / decay_steps), T=dtype)
            span = node("Mul", span, rounds)
        else:
            step = node("Minimum", step, span)
        fraction = step / span
        gap = rate - end
        return node("AddV2", node("Mul", gap, node("Pow", 1 - fraction, exponent)), end, name=scope)


def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Tensor:
    """`values[0]` while `x <= boundaries[0]`, then `values[1]` while `x <= boundaries[1]`, … and the last after all.

    `ValueError` if there is not one value more than boundaries, or dtypes differ.
    """
    boundaries, values = list(boundaries), list(values)
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with name_scope(name, "PiecewiseConstant", [x, *boundaries, *values]):
        x = convert_to_tensor(x)
        dtype = x.dtype.base_dtype
        limits = [_limit(convert_to_tensor(b), dtype) for b in boundaries]
        levels = [convert_to_tensor(v) for v in values]
        for level in levels[1:]:
            if level.dtype.base_dtype != levels[0].dtype.base_dtype:
                raise ValueError(
                    "Values must have elements all with the same dtype "
                    f"({levels[0].dtype.base_dtype!r} vs {level.dtype.base_dtype!r})."
                )
        result = levels[-1]
        for limit, level in zip(reversed(limits), reversed(levels[:-1])):
            result = node("SelectV2", node("LessEqual", x, limit), level, result)
        return result


piecewise_constant_decay = piecewise_constant


def _limit(boundary: Tensor, dtype: DType) -> Tensor:
    found = boundary.dtype.base_dtype
    if found == dtype:
        return boundary
    if found == dtypes.int32 and dtype == dtypes.int64:  # Python's ints are meant
        return node("Cast", boundary, DstT=dtype)
    raise ValueError(f"Boundaries ({found!r}) must have the same dtype as x ({dtype!r}).")


def _cosine(fraction: Tensor, dtype: DType) -> Tensor:
    """Half a cosine wave from 1 down to 0 as `fraction` goes from 0 to 1."""
    return 0.5 * (1.0 + node("Cos", constant(math.pi, dtype=dtype) * fraction))


def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0, name: str | None = None
) -> Tensor:
    """From `learning_rate` down to `alpha * learning_rate` along half a cosine wave, in `decay_steps`."""
    with name_scope(name, "CosineDecay", [learning_rate, global_step]):
        rate, dtype = _start(learning_rate, global_step)
        span = _as(dtype, decay_steps)
        step = node("Minimum", _as(dtype, global_step), span)
        return node("Mul", rate, (1 - alpha) * _cosine(step / span, dtype) + alpha)


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """Cosine decay that starts again after `first_decay_steps`; each period is `t_mul` times as long as the one before
    and starts `m_mul` times as high.
    """
    with name_scope(name, "SGDRDecay", [learning_rate, global_step]) as scope:
        rate, dtype = _start(learning_rate, global_step)
        longer, higher, floor = _as(dtype, t_mul), _as(dtype, m_mul), _as(dtype, alpha)
        done = _as(dtype, global_step) / _as(dtype, first_decay_steps)

        def equal_periods() -> tuple[Tensor, Tensor]:
            period = node("Floor", done)
            return period, done - period

        def growing_periods() -> tuple[Tensor, Tensor]:
            # the periods before number i are (longer**i - 1) / (longer - 1) first periods long in all
            period = node("Floor", node("Log", 1.0 - done * (1.0 - longer)) / node("Log", longer))
            before = (1.0 - longer**period) / (1.0 - longer)
            return period, (done - before) / longer**period

        period, fraction = cond(node("Equal", longer, 1.0), equal_periods, growing_periods)
        height = higher**period
        decayed = (1 - floor) * (height * _cosine(fraction, dtype)) + floor
        return node("Mul", rate, decayed, name=scope)


def _linear_cosine(
    rate: Tensor, dtype: DType, global_step: Any, decay_steps: Any, periods: Any, alpha: Any, beta: Any, variance: Any
) -> Tensor:
    span, count = _as(dtype, decay_steps), _as(dtype, periods)
    above, below = _as(dtype, alpha), _as(dtype, beta)
    step = node("Minimum", _as(dtype, global_step), span)
    linear = (span - step) / span
    if variance is not None:
        linear = linear + _noise(linear, step, dtype, *variance)
    wave = _cosine(2.0 * count * (step / span), dtype)
    return (above + linear) * wave + below


def _noise(like: Tensor, step: Tensor, dtype: DType, initial: Any, decay: Any) -> Tensor:
    variance = _as(dtype, initial) / node("Pow", 1.0 + step, _as(dtype, decay))
    return node("RandomStandardNormal", node("Shape", like), dtype=dtype) * node("Sqrt", variance)


def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """`learning_rate * ((alpha + linear) * cosine + beta)`: a line from 1 to 0 times `num_periods` cosine waves."""
    with name_scope(name, "LinearCosineDecay", [learning_rate, global_step]) as scope:
        rate, dtype = _start(learning_rate, global_step)
        decayed = _linear_cosine(rate, dtype, global_step, decay_steps, num_periods, alpha, beta, None)
        return node("Mul", rate, decayed, name=scope)


def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: Any = 1.0,
    variance_decay: Any = 0.55,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """`linear_cosine_decay` with Gaussian noise on the line, whose variance is
    `initial_variance / (1 + global_step) ** variance_decay`.
    """
    with name_scope(name, "NoisyLinearCosineDecay", [learning_rate, global_step]) as scope:
        rate, dtype = _start(learning_rate, global_step)
        variance = (initial_variance, variance_decay)
        decayed = _linear_cosine(rate, dtype, global_step, decay_steps, num_periods, alpha, beta, variance)
        return node("Mul", rate, decayed, name=scope)
