"""`tf.contrib.layers`' initializers: functions that make functions of a shape.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/layers/variance_scaling_initializer
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....graph import dtypes
from ....graph.operation import Tensor
from ....ops.random import random_uniform, truncated_normal
from ...initializers import _compute_fans

_MODES = ("FAN_IN", "FAN_OUT", "FAN_AVG")
_TRUNCATION = 1.3  # makes up for the variance that cutting the normal off at two deviations takes


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = dtypes.float32,
) -> Callable[..., Tensor]:
    """An initializer of variance factor / n, n a unit's inputs (FAN_IN), outputs (FAN_OUT) or their mean (FAN_AVG).

    Truncated normal, or `uniform`. `TypeError` for a dtype that is no float's and for another mode.
    """
    if not dtypes.as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in _MODES:
        raise TypeError(f"Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]")

    def initializer(shape: Any, dtype: Any = dtype, partition_info: Any = None) -> Tensor:
        if not dtypes.as_dtype(dtype).is_floating:
            raise TypeError("Cannot create initializer for non-floating point type.")
        fan_in, fan_out = _compute_fans(shape)
        size = {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / size)
            return random_uniform(shape, -limit, limit, dtype, seed=seed)
        return truncated_normal(shape, 0.0, math.sqrt(_TRUNCATION * factor / size), dtype, seed=seed)

    return initializer


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = dtypes.float32
) -> Callable[..., Tensor]:
    """An initializer of variance 2 / (inputs + outputs): Glorot and Bengio, 2010."""
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


xavier_initializer_conv2d = xavier_initializer
