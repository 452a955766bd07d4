"""Random numbers: what each op is. `kernels/random.py` draws them.

An op with a seed (`tf.set_random_seed`, or its own) gives the very numbers that TensorFlow gives.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.scopes import colocate_with, control_dependencies, get_seed, name_scope
from ..graph.shape import TensorShape
from . import array, rules
from .constant import constant
from .node import convert_to_tensor, node
from .rules import shape_rule

_UNIFORM_DTYPES = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)


def _seeds(seed: int | None) -> dict[str, Any]:
    graph_seed, op_seed = get_seed(seed)
    return {"seed": graph_seed or 0, "seed2": op_seed or 0}


def _shape(shape: Any, name: str = "shape") -> Tensor:
    """A shape given as ints, Dimensions or tensors, as an int vector."""
    empty = isinstance(shape, (list, tuple)) and not shape
    return convert_to_tensor(shape, dtype=dtypes.int32 if empty else None, name=name)


@shape_rule("RandomUniform", "RandomStandardNormal", "TruncatedNormal", shapes=["shape"])
def _(shape: TensorShape) -> TensorShape:
    return shape


@shape_rule("RandomUniformInt", shapes=["shape"])
def _(shape: TensorShape, minval: TensorShape, maxval: TensorShape) -> TensorShape:
    for bound in (minval, maxval):
        rules.with_rank(bound, 0)
    return shape


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Uniform in [minval, maxval), by default [0, 1); for an integer dtype `maxval` must be told.

    `ValueError` for another dtype than a float's, int32 or int64.
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in _UNIFORM_DTYPES:
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are {_UNIFORM_DTYPES}.")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        shape = _shape(shape)
        low = convert_to_tensor(minval, dtype=dtype, name="min")
        high = convert_to_tensor(maxval, dtype=dtype, name="max")
        seeds = _seeds(seed)
        if dtype.is_integer:
            return node("RandomUniformInt", shape, low, high, **seeds, name=scope)
        drawn = node("RandomUniform", shape, dtype=dtype, **seeds)
        return node("AddV2", node("Mul", drawn, node("Sub", high, low, name="sub"), name="mul"), low, name=scope)


def _normal(
    op_type: str, shape: Any, mean: Any, stddev: Any, dtype: Any, seed: int | None, name: str | None, default: str
) -> Tensor:
    with name_scope(name, default, [shape, mean, stddev]) as scope:
        shape = _shape(shape)
        mean = convert_to_tensor(mean, dtype=dtype, name="mean")
        stddev = convert_to_tensor(stddev, dtype=dtype, name="stddev")
        drawn = node(op_type, shape, dtype=dtype, **_seeds(seed))
        return node("AddV2", node("Mul", drawn, stddev, name="mul"), mean, name=scope)


def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal."""
    return _normal("RandomStandardNormal", shape, mean, stddev, dtype, seed, name, "random_normal")


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal, drawn again where it falls more than two standard deviations from the mean."""
    return _normal("TruncatedNormal", shape, mean, stddev, dtype, seed, name, "truncated_normal")


def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """`value` with its rows (along the first dimension) in a random order."""
    return node("RandomShuffle", value, **_seeds(seed), name=name)


shape_rule("RandomShuffle")(rules.unchanged)


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """A part of `value` of the given `size` at a random place. A run in which it does not fit fails."""
    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, dtype=dtypes.int32, name="size")
        shape = array.shape(value)
        fits = node("All", node("GreaterEqual", shape, size), constant([0]))
        shape = _after(_assert(fits, ["Need value.shape >= size, got ", shape, size]), shape)
        limit = node("AddV2", node("Sub", shape, size, name="sub"), constant(1, name="add/y"), name="add")
        # A number below the limit, with the tiny bias that TensorFlow's has.
        drawn = random_uniform(array.shape(limit), dtype=size.dtype, maxval=size.dtype.max, seed=seed)
        return node("Slice", value, node("FloorMod", drawn, limit, name="mod"), size, name=scope)


def _assert(condition: Tensor, data: list[Any]) -> Operation:
    with name_scope("Assert"):
        constant(data[0])  # TensorFlow's two: one for a check it makes itself, one for the op
        return node("Assert", condition, [constant(data[0], name="Assert/data_0"), *data[1:]], name="Assert")


def _after(check: Operation, tensor: Tensor) -> Tensor:
    with control_dependencies([check]), colocate_with(tensor.op):
        return node("Identity", tensor, name="control_dependency")


def multinomial(
    logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None, output_dtype: Any = None
) -> Tensor:
    """Classes drawn by their unnormalized log-probabilities: `logits` [batch, classes] to [batch, num_samples]."""
    with name_scope(name, "multinomial", [logits]):
        return _categorical(logits, num_samples, output_dtype, seed)


def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Classes drawn by their unnormalized log-probabilities: `logits` [batch, classes] to [batch, num_samples]."""
    with name_scope(name, "categorical", [logits]):
        return _categorical(logits, num_samples, dtype, seed)


def _categorical(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    return node("Multinomial", logits, num_samples, output_dtype=dtype or dtypes.int64, **_seeds(seed))


@shape_rule("Multinomial", values=["num_samples"])
def _(logits: TensorShape, num_samples: Any) -> TensorShape:
    batch, _ = rules.with_rank(logits, 2)
    if num_samples is not None and num_samples < 0:
        raise ValueError(f"num_samples should be a nonnegative scalar, got {int(num_samples)}")
    return TensorShape.of((batch, None if num_samples is None else int(num_samples)))


def random_gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """`shape` draws from each of the gamma distributions of shape `alpha` and rate `beta`, which broadcast."""
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = _shape(shape)
        alpha = convert_to_tensor(alpha, dtype=dtype, name="alpha")
        beta = convert_to_tensor(1 if beta is None else beta, dtype=dtype, name="beta")
        alpha = node("AddV2", alpha, array.zeros_like(beta), name="add")
        drawn = node("RandomGamma", shape, alpha, **_seeds(seed))
        tiny = float(np.finfo(alpha.dtype.as_numpy_dtype).tiny)
        drawn = node("RealDiv", drawn, beta, name="truediv")
        return node("Maximum", constant(tiny, alpha.dtype, name="Maximum/x"), drawn)


def random_poisson(
    lam: Any, shape: Any, dtype: Any = dtypes.float32, seed: int | None = None, name: str | None = None
) -> Tensor:
    """`shape` draws from each of the Poisson distributions of rate `lam`."""
    with name_scope(name, "random_poisson", [lam, shape]):
        return node("RandomPoissonV2", _shape(shape), lam, dtype=dtype, **_seeds(seed))


@shape_rule("RandomGamma", "RandomPoisson", "RandomPoissonV2", shapes=["shape"])
def _(shape: TensorShape, each: TensorShape) -> TensorShape:
    return shape.concatenate(each)


def parameterized_truncated_normal(
    shape: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal within [minvals, maxvals], each parameter a scalar or one number for each row of `shape`."""
    with name_scope(name, "parameterized_truncated_normal", [shape, means, stddevs, minvals, maxvals]):
        names = {"means": means, "stddevs": stddevs, "minvals": minvals, "maxvals": maxvals}
        shape = _shape(shape)
        parameters = [convert_to_tensor(value, dtype=dtype, name=key) for key, value in names.items()]
        return node("ParameterizedTruncatedNormal", shape, *parameters, **_seeds(seed))


@shape_rule("ParameterizedTruncatedNormal", shapes=["shape"])
def _(shape: TensorShape, *parameters: TensorShape) -> TensorShape:
    return shape
