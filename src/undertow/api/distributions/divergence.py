"""Kullback and Leibler's divergence of two distributions, by the pair of their kinds."""

from __future__ import annotations

from collections.abc import Callable

from ...graph.operation import Tensor
from ...graph.scopes import name_scope
from ...ops import reduction, softmax
from ...ops.node import node
from .base import Distribution
from .discrete import Bernoulli, Categorical
from .positive import Beta, Dirichlet, Gamma
from .real import Normal

_REGISTERED: dict[tuple[type, type], Callable[..., Tensor]] = {}


class RegisterKL:
    """Decorates `f(a, b, name=None)` as the divergence of the kinds `dist_cls_a` and `dist_cls_b`."""

    def __init__(self, dist_cls_a: type, dist_cls_b: type) -> None:
        self._key = (dist_cls_a, dist_cls_b)

    def __call__(self, kl_fn: Callable[..., Tensor]) -> Callable[..., Tensor]:
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _REGISTERED:
            names = " || ".join(kind.__name__ for kind in self._key)
            raise ValueError(f"KL({names}) has already been registered to: {_REGISTERED[self._key]}")
        _REGISTERED[self._key] = kl_fn
        return kl_fn


def kl_divergence(
    distribution_a: Distribution, distribution_b: Distribution, allow_nan_stats: bool = True, name: str | None = None
) -> Tensor:
    """KL(a || b) for each of the batch; `NotImplementedError` if none is registered for the pair of kinds.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/distributions/kl_divergence
    """
    kinds = type(distribution_a), type(distribution_b)
    for a in kinds[0].__mro__:
        for b in kinds[1].__mro__:
            if (a, b) in _REGISTERED:
                with name_scope("KullbackLeibler"):
                    return _REGISTERED[a, b](distribution_a, distribution_b, name=name)
    raise NotImplementedError(
        "No KL(distribution_a || distribution_b) registered for distribution_a type "
        f"{kinds[0].__name__} and distribution_b type {kinds[1].__name__}"
    )


@RegisterKL(Normal, Normal)
def _normal(a: Normal, b: Normal, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_normal_normal", [a.loc, b.loc]):
        ratio = node("Square", a.scale) / node("Square", b.scale)
        moved = node("SquaredDifference", a.loc, b.loc) / (2.0 * node("Square", b.scale))
        return moved + 0.5 * (ratio - 1.0 - node("Log", ratio))


@RegisterKL(Bernoulli, Bernoulli)
def _bernoulli(a: Bernoulli, b: Bernoulli, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_bernoulli_bernoulli", [a.logits, b.logits]):
        zero = node("Softplus", b.logits) - node("Softplus", a.logits)
        one = node("Softplus", -b.logits) - node("Softplus", -a.logits)
        return node("Sigmoid", a.logits) * one + node("Sigmoid", -a.logits) * zero


@RegisterKL(Categorical, Categorical)
def _categorical(a: Categorical, b: Categorical, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_categorical_categorical", [a.logits, b.logits]):
        difference = softmax.log_softmax(a.logits) - softmax.log_softmax(b.logits)
        return reduction.reduce_sum(node("Softmax", a.logits) * difference, axis=-1)


@RegisterKL(Gamma, Gamma)
def _gamma(a: Gamma, b: Gamma, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_gamma_gamma", [a.rate, b.rate]):
        shape, rate = a.concentration, a.rate
        return (
            (shape - b.concentration) * node("Digamma", shape) + node("Lgamma", b.concentration)
            - node("Lgamma", shape) + b.concentration * node("Log", rate) - b.concentration * node("Log", b.rate)
            + shape * (b.rate / rate - 1.0)
        )  # fmt: skip


@RegisterKL(Beta, Beta)
def _beta(a: Beta, b: Beta, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_beta_beta", [a.concentration1, b.concentration1]):
        one, zero = a.concentration1, a.concentration0
        return (
            b.log_beta() - a.log_beta() - node("Digamma", one) * (b.concentration1 - one)
            - node("Digamma", zero) * (b.concentration0 - zero)
            + node("Digamma", one + zero) * (b.total_concentration - a.total_concentration)
        )  # fmt: skip


@RegisterKL(Dirichlet, Dirichlet)
def _dirichlet(a: Dirichlet, b: Dirichlet, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_dirichlet_dirichlet", [a.concentration, b.concentration]):
        difference = node("Digamma", a.concentration) - node("Digamma", a.total_concentration[..., None])
        weighted = reduction.reduce_sum((a.concentration - b.concentration) * difference, -1)
        return weighted - reduction.lbeta(a.concentration) + reduction.lbeta(b.concentration)
