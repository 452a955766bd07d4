"""Distributions on bools, classes and counts: Bernoulli, Categorical, Multinomial."""

from __future__ import annotations

from typing import Any

from ...graph import dtypes
from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...graph.shape import TensorShape
from ...ops import array, joining, losses, random, reduction, shaping, softmax
from ...ops.math import cast
from ...ops.node import convert_to_tensor, node
from .base import Distribution


def _logits_and_probs(logits: Any, probs: Any, several: bool) -> tuple[Tensor, Tensor]:
    """Both, from the one that is given; `ValueError` unless it is just one."""
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")
    if probs is None:
        logits = convert_to_tensor(logits, name="logits")
        return logits, node("Softmax", logits, name="probs") if several else node("Sigmoid", logits, name="probs")
    probs = convert_to_tensor(probs, name="probs")
    with name_scope("logits"):
        log = node("Log", probs)
        return log if several else log - node("Log1p", -1.0 * probs), probs


class _OfLogits(Distribution):
    """A distribution that is given by `logits` or `probs`, and has both."""

    _logits: Tensor
    _probs: Tensor

    @property
    def logits(self) -> Tensor:
        return self._logits

    @property
    def probs(self) -> Tensor:
        return self._probs


class Bernoulli(_OfLogits):
    """1 with probability `probs`, or `sigmoid(logits)`, else 0."""

    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "Bernoulli",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, several=False)
        super().__init__(dtypes.as_dtype(dtype), given, scope, validate_args, allow_nan_stats)

    def _batch(self) -> Tensor:
        return self._probs

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        uniform = random.random_uniform(self._shape_of(n), seed=seed, dtype=self._probs.dtype)
        return cast(node("Less", uniform, self._probs), self.dtype)

    def _log_prob(self, x: Tensor) -> Tensor:
        event = cast(x, self._logits.dtype)
        logits = self._logits + array.zeros_like(event)
        return -losses.sigmoid_cross_entropy_with_logits(labels=event + array.zeros_like(logits), logits=logits)

    def _entropy(self) -> Tensor:
        return -self._logits * (node("Sigmoid", self._logits) - 1) + node("Softplus", -self._logits)

    def _mean(self) -> Tensor:
        return array.identity(self._probs)

    def _variance(self) -> Tensor:
        return self._probs * (1.0 - self._probs)

    def _mode(self) -> Tensor:
        return cast(self._probs > 0.5, self.dtype)


class Categorical(_OfLogits):
    """One of the classes of the last axis of `logits` or `probs`."""

    def __init__(
        self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "Categorical",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, several=True)
        super().__init__(dtypes.as_dtype(dtype), given, scope, validate_args, allow_nan_stats)

    @property
    def event_size(self) -> Tensor:
        """How many classes there are."""
        return array.shape(self._logits)[-1]

    def _batch(self) -> Tensor:
        return self._logits[..., 0]

    def _batch_static(self) -> TensorShape:
        return self._logits.shape[:-1]

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        flat = self._logits
        if flat.shape.ndims != 2:
            flat = shaping.reshape(flat, [-1, self.event_size])
        drawn = random.multinomial(flat, n, seed=seed, output_dtype=_integer(self.dtype))
        return cast(shaping.reshape(shaping.transpose(drawn), self._shape_of(n)), self.dtype)

    def _log_prob(self, x: Tensor) -> Tensor:
        classes = cast(x, _integer(x.dtype))
        logits = self._logits
        if classes.shape.ndims != (logits.shape.ndims or 0) - 1 or classes.shape[:] != logits.shape[:-1]:
            logits = logits + array.zeros_like(cast(classes, logits.dtype))[..., None]
            classes = classes + array.zeros(array.shape(logits)[:-1], dtype=classes.dtype)
        return -softmax.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)

    def _entropy(self) -> Tensor:
        return -reduction.reduce_sum(softmax.log_softmax(self._logits) * self._probs, axis=-1)

    def _mode(self) -> Tensor:
        return cast(reduction.argmax(self._logits, axis=-1), self.dtype)


def _integer(dtype: Any) -> Any:
    return dtypes.int64 if dtype.size > 4 else dtypes.int32


class Multinomial(_OfLogits):
    """How often each class comes in `total_count` draws: counts [..., k] of the logits' dtype."""

    def __init__(
        self, total_count: Any, logits: Any = None, probs: Any = None, validate_args: bool = False,
        allow_nan_stats: bool = True, name: str = "Multinomial",
    ) -> None:  # fmt: skip
        given = dict(locals())
        with name_scope(name, values=[total_count, logits, probs]) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, several=True)
            self._total_count = convert_to_tensor(total_count, name="total_count", dtype_hint=self._probs.dtype)
            self._mean_value = self._total_count[..., None] * self._probs
        super().__init__(self._probs.dtype, given, scope, validate_args, allow_nan_stats)

    @property
    def total_count(self) -> Tensor:
        return self._total_count

    def _batch(self) -> Tensor:
        return self._mean_value[..., 0]

    def _event(self) -> TensorShape:
        return self._probs.shape[-1:]

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        if self._total_count.shape.ndims != 0:
            raise NotImplementedError("sample is not implemented where total_count is no scalar: Multinomial")
        classes = array.shape(self._logits)[-1]
        count = cast(self._total_count, dtypes.int32)
        drawn = random.multinomial(shaping.reshape(self._logits, [-1, classes]), n * count, seed=seed)
        hits = array.one_hot(shaping.reshape(drawn, [-1, n, count]), classes, dtype=self.dtype)
        counts = shaping.transpose(reduction.reduce_sum(hits, 2), [1, 0, 2])
        whole = joining.concat([shaping.expand_dims(n, 0), array.shape(self._mean_value)], 0)
        return shaping.reshape(counts, whole)

    def _log_prob(self, x: Tensor) -> Tensor:
        likely = reduction.reduce_sum(x * softmax.log_softmax(self._logits), -1)
        ways = node("Lgamma", self._total_count + 1.0) - reduction.reduce_sum(node("Lgamma", x + 1.0), -1)
        return likely + ways

    def _mean(self) -> Tensor:
        return array.identity(self._mean_value)

    def _variance(self) -> Tensor:
        return self._mean_value - self._mean_value * self._probs
