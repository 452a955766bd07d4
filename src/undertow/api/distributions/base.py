"""What all distributions share: names, shapes, and the public methods, each over a private one of the kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...graph.dtypes import DType
from ...graph.operation import Tensor
from ...graph.scopes import control_dependencies, name_scope
from ...graph.shape import TensorShape
from ...ops import array, joining, reduction, shaping
from ...ops.node import convert_to_tensor, node
from ...ops.shaping import expand_dims


class ReparameterizationType:
    """Whether gradients pass through samples to the parameters."""

    def __init__(self, rep_type: str) -> None:
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameterization Type: {self._rep_type}>"


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


def checked(tensor: Tensor, check: Callable[..., Any], validate_args: bool) -> Tensor:
    """`tensor`, which fails `check` in the run if it is to be validated."""
    if not validate_args:
        return tensor
    with control_dependencies([check(tensor)]):
        return array.identity(tensor)


def new_seed(seed: int | None, salt: str) -> int | None:
    """Another seed for another draw of the same distribution: TensorFlow's."""
    if seed is None:
        return None
    text = f"{seed}{salt}".encode()
    return int(hashlib.md5(text, usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF


class Distribution:
    """A batch of independent random variables, `batch_shape`, each of `event_shape`.

    Methods that a kind of distribution does not have raise `NotImplementedError`.
    """

    reparameterization_type = NOT_REPARAMETERIZED

    def __init__(
        self, dtype: DType, parameters: dict[str, Any], scope: str, validate_args: bool, allow_nan_stats: bool
    ) -> None:
        self._dtype = dtype
        self._parameters = {k: v for k, v in parameters.items() if k not in ("self", "__class__", "scope")}
        self._name = scope
        self._validate_args = validate_args
        self._allow_nan_stats = allow_nan_stats

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments that it was made with."""
        return dict(self._parameters)

    @property
    def allow_nan_stats(self) -> bool:
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        return self._validate_args

    def copy(self, **override_parameters: Any) -> Distribution:
        """One of the same arguments but for those given."""
        return type(self)(**{**self._parameters, **override_parameters})

    # Shapes

    def _batch(self) -> Tensor:
        """Some tensor of the batch's shape."""
        raise NotImplementedError(f"batch_shape is not implemented: {type(self).__name__}")

    def _event(self) -> TensorShape:
        return TensorShape([])

    @property
    def batch_shape(self) -> TensorShape:
        return self._batch_static()

    def _batch_static(self) -> TensorShape:
        return self._batch().shape

    @property
    def event_shape(self) -> TensorShape:
        return self._event()

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        with self._scope(name):
            known = self.batch_shape
            if known.is_fully_defined():
                return convert_to_tensor(known.as_list(), dtype="int32", name="batch_shape")
            return array.shape(self._batch())

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Tensor:
        with self._scope(name):
            return convert_to_tensor(self._event().as_list(), dtype="int32", name="event_shape")

    def is_scalar_event(self, name: str = "is_scalar_event") -> Tensor:
        with self._scope(name):
            return convert_to_tensor(self.event_shape.ndims == 0)

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> Tensor:
        with self._scope(name):
            return node("Equal", array.rank(self._batch()), 0)

    # Samples

    def sample(self, sample_shape: Any = (), seed: int | None = None, name: str = "sample") -> Tensor:
        """Samples, of shape `sample_shape` + batch shape + event shape."""
        with self._scope(name):
            shape = convert_to_tensor(sample_shape, dtype="int32", name="sample_shape")
            if shape.shape.ndims == 0:
                shape = expand_dims(shape, 0)
            drawn = self._sample_n(reduction.reduce_prod(shape), seed)
            whole = joining.concat([shape, array.shape(drawn)[1:]], 0)
            return shaping.reshape(drawn, whole)

    def _sample_n(self, n: Tensor, seed: int | None) -> Tensor:
        raise NotImplementedError(f"sample is not implemented: {type(self).__name__}")

    def _shape_of(self, n: Tensor) -> Tensor:
        """[n] + the batch's shape."""
        return joining.concat([expand_dims(n, 0), self.batch_shape_tensor()], 0)

    @contextmanager
    def _scope(self, name: str, values: Any = ()) -> Iterator[None]:
        with name_scope(self._name), name_scope(name, values=list(values)):
            yield

    # Densities. Each kind has `_log_prob`, and `_prob` where that is simpler.

    def log_prob(self, value: Any, name: str = "log_prob") -> Tensor:
        """The logarithm of the density, or of the probability, at `value`."""
        return self._of_value("log_prob", value, name)

    def prob(self, value: Any, name: str = "prob") -> Tensor:
        """The density, or the probability, at `value`."""
        return self._of_value("prob", value, name)

    def cdf(self, value: Any, name: str = "cdf") -> Tensor:
        """The probability of at most `value`."""
        return self._of_value("cdf", value, name)

    def log_cdf(self, value: Any, name: str = "log_cdf") -> Tensor:
        return self._of_value("log_cdf", value, name)

    def survival_function(self, value: Any, name: str = "survival_function") -> Tensor:
        """The probability of more than `value`."""
        return self._of_value("survival_function", value, name)

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Tensor:
        return self._of_value("log_survival_function", value, name)

    def quantile(self, value: Any, name: str = "quantile") -> Tensor:
        """The number that the probability `value` lies below."""
        return self._of_value("quantile", value, name)

    def _of_value(self, what: str, value: Any, name: str) -> Tensor:
        with self._scope(name, [value]):
            return getattr(self, f"_{what}")(convert_to_tensor(value, name="value", dtype_hint=self.dtype))

    def _log_prob(self, x: Tensor) -> Tensor:
        raise NotImplementedError(f"log_prob is not implemented: {type(self).__name__}")

    def _prob(self, x: Tensor) -> Tensor:
        return node("Exp", self._log_prob(x))

    def _cdf(self, x: Tensor) -> Tensor:
        raise NotImplementedError(f"cdf is not implemented: {type(self).__name__}")

    def _log_cdf(self, x: Tensor) -> Tensor:
        return node("Log", self._cdf(x))

    def _survival_function(self, x: Tensor) -> Tensor:
        return 1.0 - self._cdf(x)

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return node("Log", self._survival_function(x))

    def _quantile(self, x: Tensor) -> Tensor:
        raise NotImplementedError(f"quantile is not implemented: {type(self).__name__}")

    # Moments

    def mean(self, name: str = "mean") -> Tensor:
        return self._statistic("mean", name)

    def mode(self, name: str = "mode") -> Tensor:
        return self._statistic("mode", name)

    def variance(self, name: str = "variance") -> Tensor:
        return self._statistic("variance", name)

    def stddev(self, name: str = "stddev") -> Tensor:
        return self._statistic("stddev", name)

    def covariance(self, name: str = "covariance") -> Tensor:
        return self._statistic("covariance", name)

    def entropy(self, name: str = "entropy") -> Tensor:
        """The Shannon entropy in nats."""
        return self._statistic("entropy", name)

    def _statistic(self, what: str, name: str) -> Tensor:
        method = getattr(self, f"_{what}", None)
        if method is None:
            raise NotImplementedError(f"{what} is not implemented: {type(self).__name__}")
        with self._scope(name):
            return method()

    def _stddev(self) -> Tensor:
        return node("Sqrt", self._variance())  # type: ignore[attr-defined]

    def _where_defined(self, condition: Tensor, value: Tensor) -> Tensor:
        """`value`, NaN where the statistic is not defined."""
        nan = array.fill(array.shape(value), convert_to_tensor(float("nan"), dtype=self.dtype))
        return node("SelectV2", condition, value, nan)

    # Divergences

    def kl_divergence(self, other: Distribution, name: str = "kl_divergence") -> Tensor:
        """How far this one is from `other`: Kullback and Leibler's divergence."""
        from .divergence import kl_divergence

        with self._scope(name):
            return kl_divergence(self, other, self._allow_nan_stats)

    def cross_entropy(self, other: Distribution, name: str = "cross_entropy") -> Tensor:
        """The entropy plus the divergence."""
        from .divergence import kl_divergence

        with self._scope(name):
            return self._statistic("entropy", "entropy") + kl_divergence(self, other, self._allow_nan_stats)

    def __str__(self) -> str:
        return (
            f'tfp.distributions.{type(self).__name__}("{self.name}", batch_shape={self.batch_shape}, '
            f"event_shape={self.event_shape}, dtype={self.dtype.name})"
        )


def parameters(dtype: Any, **values: Any) -> tuple[Tensor, ...]:
    """The parameters as tensors of one floating dtype, that of the first that has one or float32."""
    found = dtype
    for value in values.values():
        kind = getattr(value, "dtype", None)
        if found is None and kind is not None:
            found = kind
    tensors = []
    for name, value in values.items():
        tensor = convert_to_tensor(value, name=f"{name}/input", dtype=found if not _has_dtype(value) else None)
        found = tensor.dtype.base_dtype if found is None else found
        tensors.append(array.identity(tensor, name=name))
    kinds = {t.dtype.base_dtype for t in tensors}
    if len(kinds) > 1:
        raise TypeError(f"Parameters must be of one dtype, got {sorted(k.name for k in kinds)}.")
    return tuple(tensors)


def _has_dtype(value: Any) -> bool:
    return hasattr(value, "op")


def broadcast(first: Tensor, *others: Tensor) -> Tensor:
    """`first` in the shape that it and the others broadcast to."""
    result = first
    for other in others:
        result = result + array.zeros_like(other)
    return result
