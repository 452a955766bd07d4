"""Random ops without a state: the same seed gives the same numbers in every run. `kernels/random.py` draws them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random/stateless_uniform and its neighbours
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .node import convert_to_tensor, node
from .random import _shape
from .rules import shape_rule


@shape_rule("StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal", shapes=["shape"])
def _(shape: TensorShape, seed: TensorShape) -> TensorShape:
    _two(seed)
    return shape


@shape_rule("StatelessRandomUniformInt", shapes=["shape"])
def _(shape: TensorShape, seed: TensorShape, minval: TensorShape, maxval: TensorShape) -> TensorShape:
    _two(seed)
    for bound in (minval, maxval):
        rules.with_rank(bound, 0)
    return shape


def _two(seed: TensorShape) -> None:
    rules.same_dim(rules.with_rank(seed, 1)[0], 2)


def stateless_random_uniform(
    shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Uniform in [minval, maxval), by default [0, 1), from `seed`, two integers.

    `ValueError` for another dtype than a float's, int32 or int64, and for integers without a `maxval`.
    """
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_floating or dtype in (dtypes.int32, dtypes.int64)):
        raise ValueError(f"Invalid dtype {dtype!r}")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        shape = _shape(shape)
        low = convert_to_tensor(minval, dtype=dtype, name="min")
        high = convert_to_tensor(maxval, dtype=dtype, name="max")
        if dtype.is_integer:
            return node("StatelessRandomUniformInt", shape, seed, low, high, name=scope)
        drawn = node("StatelessRandomUniform", shape, seed, dtype=dtype)
        return node("AddV2", node("Mul", drawn, node("Sub", high, low, name="sub"), name="mul"), low, name=scope)


def _normal(op_type: str, default: str, shape: Any, seed: Any, mean: Any, stddev: Any, dtype: Any, name: Any) -> Tensor:
    with name_scope(name, default, [shape, seed, mean, stddev]) as scope:
        shape = _shape(shape)
        mean = convert_to_tensor(mean, dtype=dtype, name="mean")
        stddev = convert_to_tensor(stddev, dtype=dtype, name="stddev")
        drawn = node(op_type, shape, seed, dtype=dtype)
        return node("AddV2", node("Mul", drawn, stddev, name="mul"), mean, name=scope)


def stateless_random_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Normal, from `seed`, two integers."""
    return _normal("StatelessRandomNormal", "stateless_random_normal", shape, seed, mean, stddev, dtype, name)


def stateless_truncated_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Normal within two standard deviations of the mean, from `seed`, two integers."""
    return _normal("StatelessTruncatedNormal", "stateless_truncated_normal", shape, seed, mean, stddev, dtype, name)


def stateless_multinomial(
    logits: Any, num_samples: Any, seed: Any, output_dtype: Any = dtypes.int64, name: str | None = None
) -> Tensor:
    """Classes drawn by their unnormalized log-probabilities [batch, classes]: [batch, num_samples]."""
    with name_scope(name, "stateless_multinomial", [logits, seed]):
        logits = convert_to_tensor(logits, name="logits")
        return node("StatelessMultinomial", logits, num_samples, seed, output_dtype=output_dtype)


def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = dtypes.int64, name: str | None = None
) -> Tensor:
    """Classes drawn by their unnormalized log-probabilities [batch, classes]: [batch, num_samples]."""
    with name_scope(name, "stateless_categorical", [logits, seed]):
        logits = convert_to_tensor(logits, name="logits")
        return node("StatelessMultinomial", logits, num_samples, seed, output_dtype=dtype)


@shape_rule("StatelessMultinomial", values=["num_samples"])
def _(logits: TensorShape, num_samples: Any, seed: TensorShape) -> TensorShape:
    _two(seed)
    return TensorShape.of((rules.with_rank(logits, 2)[0], None if num_samples is None else int(num_samples)))
