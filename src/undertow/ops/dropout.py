"""Dropout: a composite of other ops, so it has no kernels of its own.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/dropout
"""

from __future__ import annotations

import numbers
from typing import Any

from ..graph.dtypes import DType
from ..graph.operation import Tensor
from ..graph.scopes import get_seed, name_scope
from ..graph.shape import TensorShape
from . import array
from .constant import constant
from .node import convert_to_tensor, node


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """`x` with each element zero with probability `rate` (that is `1 - keep_prob`), else scaled up by `1 / (1 - rate)`.

    Where `noise_shape` is 1 the elements along that axis are kept or dropped together. `ValueError` unless `x` is of
    floats and exactly one of `rate` and `keep_prob` is given, a scalar tensor or a number with 0 <= rate < 1.
    """
    if keep_prob is not None and rate is not None:
        raise ValueError("Cannot specify both 'keep_prob' and 'rate'.")
    if keep_prob is None and rate is None:
        raise ValueError("`rate` must be provided. Received: rate=None")
    if rate is None:
        rate = 1 - (keep_prob if _is_number(keep_prob) else convert_to_tensor(keep_prob))
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype.base_dtype
        if not dtype.is_floating:
            raise ValueError(
                f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={x.dtype!r}"
            )
        if _is_number(rate):
            if not 0 <= rate < 1:
                raise ValueError(
                    f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}"
                )
            if rate == 0:
                return x
            scaled = node("Mul", x, constant(1 / (1 - rate), dtype))
        else:
            rate = convert_to_tensor(rate, dtype, name="rate")
            rate.shape.with_rank(0)
            scaled = node("RealDiv", x, node("Sub", constant(1, dtype), rate))
        noise = _uniform(_noise_shape(x, noise_shape), dtype, seed)
        kept = node("GreaterEqual", noise, rate)
        result = node("SelectV2", kept, scaled, constant(0, dtype))
        result.set_shape(x.shape)
        return result


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real)


def _uniform(shape: Any, dtype: DType, seed: int | None) -> Tensor:
    """Random numbers in [0, 1): one node, where `tf.random_uniform` would scale what is in range already."""
    graph_seed, op_seed = get_seed(seed)
    with name_scope("random_uniform"):
        shape = convert_to_tensor(shape, name="shape")
        return node("RandomUniform", shape, dtype=dtype, seed=graph_seed or 0, seed2=op_seed or 0)


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    if noise_shape is None:
        return array.shape(x)
    if isinstance(noise_shape, Tensor):
        return noise_shape
    try:
        wanted = TensorShape(noise_shape)
    except (TypeError, ValueError):
        return noise_shape  # there are tensors in it
    if wanted._dims is not None and x.shape.ndims == len(wanted._dims):
        return TensorShape.of(own if d is None else d for d, own in zip(wanted._dims, x.shape._dims or ()))
    return wanted
