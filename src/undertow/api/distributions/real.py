"""Distributions on the real numbers: Normal, Laplace, StudentT, Uniform."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...graph.shape import TensorShape
from ...ops import array, random
from ...ops.array import broadcast_static_shape
from ...ops.check import assert_less, assert_positive
from ...ops.node import node
from .base import FULLY_REPARAMETERIZED, Distribution, broadcast, checked, new_seed, parameters


class _LocationScale(Distribution):
    """A distribution moved by `loc` and stretched by `scale`."""

    reparameterization_type = FULLY_REPARAMETERIZED

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str | None = None
    ) -> None:
        given = dict(locals())
        with name_scope(name or type(self).__name__, values=[loc, scale]) as scope:
            self._loc, self._scale = parameters(None, loc=loc, scale=scale)
            self._scale = checked(self._scale, assert_positive, validate_args)
        super().__init__(self._loc.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def loc(self) -> Tensor:
        return self._loc

    @property
    def scale(self) -> Tensor:
        return self._scale

    def _batch(self) -> Tensor:
        return broadcast(self._loc, self._scale)

    def _batch_static(self) -> TensorShape:
        return broadcast_static_shape(self._loc.shape, self._scale.shape)

    def _standard(self, x: Tensor) -> Tensor:
        with name_scope("standardize"):
            return (x - self._loc) / self._scale

    def _mean(self) -> Tensor:
        return self._loc * array.ones_like(self._scale)

    def _mode(self) -> Tensor:
        return self._mean()


class Normal(_LocationScale):
    """Gauss' distribution of mean `loc` and standard deviation `scale`."""

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        return random.random_normal(self._shape_of(n), dtype=self.dtype, seed=seed) * self._scale + self._loc

    def _log_prob(self, x: Tensor) -> Tensor:
        normalization = 0.5 * math.log(2.0 * math.pi) + node("Log", self._scale)
        return -0.5 * node("Square", self._standard(x)) - normalization

    def _cdf(self, x: Tensor) -> Tensor:
        return 0.5 * node("Erfc", self._standard(x) * -math.sqrt(0.5))

    def _survival_function(self, x: Tensor) -> Tensor:
        return 0.5 * node("Erfc", self._standard(x) * math.sqrt(0.5))

    def _quantile(self, x: Tensor) -> Tensor:
        return node("Ndtri", x) * self._scale + self._loc

    def _entropy(self) -> Tensor:
        scale = self._scale * array.ones_like(self._loc)
        return 0.5 + 0.5 * math.log(2.0 * math.pi) + node("Log", scale)

    def _stddev(self) -> Tensor:
        return self._scale * array.ones_like(self._loc)

    def _variance(self) -> Tensor:
        return node("Square", self._stddev())


class Laplace(_LocationScale):
    """Two exponential distributions back to back at `loc`."""

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        lowest = np.nextafter(self.dtype.as_numpy_dtype(-1.0), self.dtype.as_numpy_dtype(0.0))
        uniform = random.random_uniform(self._shape_of(n), lowest, 1.0, dtype=self.dtype, seed=seed)
        return self._loc - self._scale * node("Sign", uniform) * node("Log1p", -node("Abs", uniform))

    def _log_prob(self, x: Tensor) -> Tensor:
        return -node("Abs", self._standard(x)) - math.log(2.0) - node("Log", self._scale)

    def _cdf(self, x: Tensor) -> Tensor:
        z = self._standard(x)
        return 0.5 + 0.5 * node("Sign", z) * (1.0 - node("Exp", -node("Abs", z)))

    def _entropy(self) -> Tensor:
        return math.log(2.0) + 1.0 + node("Log", self._stddev() / math.sqrt(2.0))

    def _stddev(self) -> Tensor:
        return math.sqrt(2.0) * self._scale * array.ones_like(self._loc)

    def _variance(self) -> Tensor:
        return node("Square", self._stddev())


class StudentT(_LocationScale):
    """Student's distribution of `df` degrees of freedom, moved and stretched."""

    def __init__(
        self, df: Any, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "StudentT",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name, values=[df, loc, scale]) as scope:
            self._df, self._loc, self._scale = parameters(None, df=df, loc=loc, scale=scale)
            self._df = checked(self._df, assert_positive, validate_args)
        Distribution.__init__(self, self._df.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def df(self) -> Tensor:
        return self._df

    def _batch(self) -> Tensor:
        return broadcast(self._df, self._loc, self._scale)

    def _batch_static(self) -> TensorShape:
        return broadcast_static_shape(self._df.shape, super()._batch_static())

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        shape = self._shape_of(n)
        normal = random.random_normal(shape, dtype=self.dtype, seed=seed)
        df = self._df * array.ones(self.batch_shape_tensor(), dtype=self.dtype)
        gamma = random.random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype, seed=new_seed(seed, "student_t"))
        return normal * node("Rsqrt", gamma / df) * self._scale + self._loc

    def _log_prob(self, x: Tensor) -> Tensor:
        shape = -0.5 * (self._df + 1.0) * node("Log1p", node("Square", self._standard(x)) / self._df)
        scale = node("Log", node("Abs", self._scale)) + 0.5 * node("Log", self._df) + 0.5 * math.log(math.pi)
        return shape - (scale + node("Lgamma", 0.5 * self._df) - node("Lgamma", 0.5 * (self._df + 1.0)))

    def _mean(self) -> Tensor:
        return self._where_defined(broadcast(self._df, self._loc, self._scale) > 1.0, broadcast(self._loc, self._df))

    def _mode(self) -> Tensor:
        return array.identity(self._loc)

    def _variance(self) -> Tensor:
        df = broadcast(self._df, self._loc, self._scale)
        finite = node("Square", self._scale) * df / (df - 2.0)
        endless = array.fill(array.shape(finite), np.array(np.inf, self.dtype.as_numpy_dtype))
        return self._where_defined(df > 1.0, node("SelectV2", df > 2.0, finite, endless))


class Uniform(Distribution):
    """All numbers in [low, high) alike."""

    reparameterization_type = FULLY_REPARAMETERIZED

    def __init__(
        self, low: Any = 0.0, high: Any = 1.0, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "Uniform",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name, values=[low, high]) as scope:
            self._low, self._high = parameters(None, low=low, high=high)
            self._low = checked(self._low, lambda t: assert_less(t, self._high), validate_args)
        super().__init__(self._low.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def low(self) -> Tensor:
        return self._low

    @property
    def high(self) -> Tensor:
        return self._high

    def range(self, name: str = "range") -> Tensor:
        """high - low."""
        with self._scope(name):
            return self._high - self._low

    def _batch(self) -> Tensor:
        return broadcast(self._low, self._high)

    def _batch_static(self) -> TensorShape:
        return broadcast_static_shape(self._low.shape, self._high.shape)

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        uniform = random.random_uniform(self._shape_of(n), dtype=self.dtype, seed=seed)
        return self._low + self.range() * uniform

    def _prob(self, x: Tensor) -> Tensor:
        size = self.range() * array.ones_like(x)
        x = x * array.ones_like(size)
        outside = node("LogicalOr", x < self._low, x >= self._high)
        density = node("SelectV2", outside, array.zeros_like(x), 1.0 / size)
        return node("SelectV2", node("IsNan", x), x, density)

    def _log_prob(self, x: Tensor) -> Tensor:
        return node("Log", self._prob(x))

    def _cdf(self, x: Tensor) -> Tensor:
        share = (x - self._low) / self.range()
        return node("Minimum", node("Maximum", share, 0.0), 1.0)

    def _entropy(self) -> Tensor:
        return node("Log", self.range())

    def _mean(self) -> Tensor:
        return (self._low + self._high) / 2.0

    def _variance(self) -> Tensor:
        return node("Square", self.range()) / 12.0

    def _stddev(self) -> Tensor:
        return self.range() / math.sqrt(12.0)
