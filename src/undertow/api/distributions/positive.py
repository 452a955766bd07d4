"""Distributions on positive numbers and on shares: Gamma, Exponential, Beta, Dirichlet."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...graph.shape import TensorShape
from ...ops import array, random, reduction
from ...ops.array import broadcast_static_shape
from ...ops.check import assert_positive
from ...ops.math import cast
from ...ops.node import node
from .base import FULLY_REPARAMETERIZED, Distribution, broadcast, checked, new_seed, parameters


class Gamma(Distribution):
    """The Gamma distribution of shape `concentration` and inverse scale `rate`."""

    reparameterization_type = FULLY_REPARAMETERIZED

    def __init__(
        self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
        name: str = "Gamma",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name, values=[concentration, rate]) as scope:
            found = parameters(None, concentration=concentration, rate=rate)
            self._concentration, self._rate = (checked(p, assert_positive, validate_args) for p in found)
        super().__init__(self._concentration.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def concentration(self) -> Tensor:
        return self._concentration

    @property
    def rate(self) -> Tensor:
        return self._rate

    def _batch(self) -> Tensor:
        return broadcast(self._concentration, self._rate)

    def _batch_static(self) -> TensorShape:
        return broadcast_static_shape(self._concentration.shape, self._rate.shape)

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        return random.random_gamma([n], self._concentration, beta=self._rate, dtype=self.dtype, seed=seed)

    def _log_prob(self, x: Tensor) -> Tensor:
        unscaled = node("Xlogy", self._concentration - 1.0, x) - self._rate * x
        normalization = node("Lgamma", self._concentration) - self._concentration * node("Log", self._rate)
        return unscaled - normalization

    def _cdf(self, x: Tensor) -> Tensor:
        return node("Igamma", broadcast(self._concentration, x), self._rate * x)

    def _entropy(self) -> Tensor:
        c = self._concentration
        return c - node("Log", self._rate) + node("Lgamma", c) + (1.0 - c) * node("Digamma", c)

    def _mean(self) -> Tensor:
        return self._concentration / self._rate

    def _variance(self) -> Tensor:
        return self._concentration / node("Square", self._rate)

    def _stddev(self) -> Tensor:
        return node("Sqrt", self._concentration) / self._rate

    def _mode(self) -> Tensor:
        return self._where_defined(self._concentration > 1.0, (self._concentration - 1.0) / self._rate)


class Exponential(Gamma):
    """The exponential distribution of inverse scale `rate`."""

    def __init__(
        self, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Exponential"
    ) -> None:
        given = dict(locals())
        with name_scope(name, values=[rate]) as scope:
            (self._rate,) = parameters(None, rate=rate)
            self._rate = checked(self._rate, assert_positive, validate_args)
            self._concentration = array.ones([], dtype=self._rate.dtype)
        Distribution.__init__(self, self._rate.dtype, given, scope, validate_args, allow_nan_stats)

    def _batch(self) -> Tensor:
        return self._rate

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        uniform = random.random_uniform(self._shape_of(n), tiny, 1.0, dtype=self.dtype, seed=seed)
        return -node("Log", uniform) / self._rate

    def _cdf(self, x: Tensor) -> Tensor:
        return -node("Expm1", -self._rate * x)


class Beta(Distribution):
    """The Beta distribution of a share, by the weights `concentration1` of it and `concentration0` of the rest."""

    reparameterization_type = FULLY_REPARAMETERIZED

    def __init__(
        self, concentration1: Any = None, concentration0: Any = None, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "Beta",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name, values=[concentration1, concentration0]) as scope:
            found = parameters(None, concentration1=concentration1, concentration0=concentration0)
            self._one, self._zero = (checked(p, assert_positive, validate_args) for p in found)
        super().__init__(self._one.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def concentration1(self) -> Tensor:
        return self._one

    @property
    def concentration0(self) -> Tensor:
        return self._zero

    @property
    def total_concentration(self) -> Tensor:
        return self._one + self._zero

    def _batch(self) -> Tensor:
        return self.total_concentration

    def _batch_static(self) -> TensorShape:
        return broadcast_static_shape(self._one.shape, self._zero.shape)

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        ones = array.ones_like(self.total_concentration)
        one = random.random_gamma([n], ones * self._one, dtype=self.dtype, seed=seed)
        zero = random.random_gamma([n], ones * self._zero, dtype=self.dtype, seed=new_seed(seed, "beta"))
        return one / (one + zero)

    def log_beta(self) -> Tensor:
        """The logarithm of the Beta function of the two weights."""
        return node("Lgamma", self._one) + node("Lgamma", self._zero) - node("Lgamma", self.total_concentration)

    def _log_prob(self, x: Tensor) -> Tensor:
        unscaled = node("Xlogy", self._one - 1.0, x) + (self._zero - 1.0) * node("Log1p", -x)
        return unscaled - self.log_beta()

    def _entropy(self) -> Tensor:
        total = self.total_concentration
        return (
            self.log_beta() - (self._one - 1.0) * node("Digamma", self._one)
            - (self._zero - 1.0) * node("Digamma", self._zero) + (total - 2.0) * node("Digamma", total)
        )  # fmt: skip

    def _mean(self) -> Tensor:
        return self._one / self.total_concentration

    def _variance(self) -> Tensor:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + self.total_concentration)

    def _mode(self) -> Tensor:
        mode = (self._one - 1.0) / (self.total_concentration - 2.0)
        return self._where_defined(node("LogicalAnd", self._one > 1.0, self._zero > 1.0), mode)


class Dirichlet(Distribution):
    """Shares that sum to 1, by their weights `concentration` [..., k]."""

    reparameterization_type = FULLY_REPARAMETERIZED

    def __init__(
        self, concentration: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Dirichlet"
    ) -> None:
        given = dict(locals())
        with name_scope(name, values=[concentration]) as scope:
            (self._concentration,) = parameters(None, concentration=concentration)
            self._concentration = checked(self._concentration, assert_positive, validate_args)
            self._total = reduction.reduce_sum(self._concentration, -1)
        super().__init__(self._concentration.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def concentration(self) -> Tensor:
        return self._concentration

    @property
    def total_concentration(self) -> Tensor:
        return self._total

    def _batch(self) -> Tensor:
        return self._total

    def _event(self) -> TensorShape:
        return self._concentration.shape[-1:]

    def _size(self) -> Tensor:
        return cast(array.shape(self._concentration)[-1], self.dtype)

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        gamma = random.random_gamma([n], self._concentration, dtype=self.dtype, seed=seed)
        return gamma / reduction.reduce_sum(gamma, -1, keepdims=True)

    def _log_prob(self, x: Tensor) -> Tensor:
        unscaled = reduction.reduce_sum(node("Xlogy", self._concentration - 1.0, x), -1)
        return unscaled - reduction.lbeta(self._concentration)

    def _entropy(self) -> Tensor:
        k = self._size()
        parts = reduction.reduce_sum((self._concentration - 1.0) * node("Digamma", self._concentration), -1)
        return reduction.lbeta(self._concentration) + (self._total - k) * node("Digamma", self._total) - parts

    def _mean(self) -> Tensor:
        return self._concentration / self._total[..., None]

    def _variance(self) -> Tensor:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + self._total[..., None])

    def _mode(self) -> Tensor:
        k = self._size()
        mode = (self._concentration - 1.0) / (self._total[..., None] - k)
        defined = reduction.reduce_all(self._concentration > 1.0, axis=-1, keepdims=True)
        return self._where_defined(defined, mode)
