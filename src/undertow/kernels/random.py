"""Random numbers: how each op draws them. With a seed they are TensorFlow's own, without one torch's.

A seeded op has a counter in the session, which each run moves on by 256 groups for each number, as TensorFlow does.
A stateless op is told its seed in the run, and starts from the beginning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import philox, rejection
from .registry import invalid, kernel

_GROUPS_A_NUMBER = 256


def _counter(context: Any, groups: int) -> int:
    """The first of the next `groups` counters of this op in this session."""
    start = context.state.get("counter", 0)
    context.state["counter"] = start + groups
    return start


def _dims(shape: Tensor) -> list[int]:
    dims = shape.tolist()
    if any(d < 0 for d in dims):
        raise invalid(f"Dimension {min(dims)} must be >= 0")
    return dims


# Uniform and normal: TensorFlow's numbers from a counter on

_MANTISSA = {torch.float32: 23, torch.float16: 10, torch.bfloat16: 7}


def _uniform(dtype: torch.dtype, start: int, count: int, seed: int, seed2: int) -> Tensor:
    if dtype == torch.float64:
        return torch.from_numpy(philox.uniform64(philox.sequence(start, count, 2, seed, seed2)))
    words = philox.sequence(start, count, 1, seed, seed2).reshape(-1)
    return torch.from_numpy(philox.uniform32(words, _MANTISSA[dtype]))


def _normal(dtype: torch.dtype, start: int, count: int, seed: int, seed2: int) -> Tensor:
    pairs = -(-count // 2)
    if dtype == torch.float64:
        return philox.normal64(philox.sequence(start, pairs, 4, seed, seed2)).reshape(-1)[:count]
    return philox.normal32(philox.sequence(start, pairs, 2, seed, seed2)).reshape(-1)[:count]


def _truncated(dtype: torch.dtype, start: int, count: int, seed: int, seed2: int) -> Tensor:
    return philox.truncated(start, count, seed, seed2, double=dtype == torch.float64)


def _integers(low: int, high: int, dtype: torch.dtype, start: int, count: int, seed: int, seed2: int) -> Tensor:
    if dtype == torch.int32:
        narrow = philox.sequence(start, count, 1, seed, seed2).reshape(-1)
        return torch.from_numpy((narrow % np.uint32(high - low)).astype(np.int64) + low)
    wide = philox.integers64(philox.sequence(start, count, 2, seed, seed2))
    return torch.from_numpy((wide % np.uint64(high - low) + np.uint64(low % 2**64)).view(np.int64))


def _free_truncated(dims: list[int], dtype: torch.dtype, device: torch.device) -> Tensor:
    wide = torch.empty(dims, dtype=torch.float32 if dtype.itemsize < 4 else dtype, device=device)
    return torch.nn.init.trunc_normal_(wide).to(dtype)


# Op type -> (TensorFlow's numbers, torch's). `Stateless…` ops are told their seed in the run.
_DRAW: dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor]]] = {
    "RandomUniform": (_uniform, torch.rand),
    "RandomStandardNormal": (_normal, torch.randn),
    "TruncatedNormal": (_truncated, _free_truncated),
}
_STATELESS = {
    "StatelessRandomUniform": _uniform,
    "StatelessRandomNormal": _normal,
    "StatelessTruncatedNormal": _truncated,
}


@kernel(*_DRAW, host=("shape",), context=True)
def draw(context: Any, shape: Tensor, *, seed: int, seed2: int, dtype: torch.dtype) -> Tensor:
    dims, (own, free) = _dims(shape), _DRAW[context.op.type]
    if not (seed or seed2):
        return free(dims, dtype=dtype, device=context.device)
    count = math.prod(dims)
    if context.device.type == "cuda" and context.op.type in ON_DEVICE and dtype != torch.float64:
        return _on_device(context, dtype, count, seed, seed2).reshape(dims).to(dtype)
    start = _counter(context, count * _GROUPS_A_NUMBER)
    return own(dtype, start, count, seed, seed2).reshape(dims).to(context.device, dtype)


ON_DEVICE = {"RandomUniform", "RandomStandardNormal"}  # drawn on a GPU, of float32 and less


def _on_device(context: Any, dtype: torch.dtype, count: int, seed: int, seed2: int) -> Tensor:
    """As `_uniform` and `_normal`, with a counter on the device."""
    if "counter on device" not in context.state:
        context.state["counter on device"] = torch.zeros((), dtype=torch.int64, device=context.device)
    start = context.state["counter on device"]
    if context.op.type == "RandomUniform":
        drawn = philox.uniform_from(philox.words_from(start, count, seed, seed2), _MANTISSA[dtype])
    else:
        words = philox.words_from(start, count + count % 2, seed, seed2)
        drawn = philox.normal_of(philox.uniform_from(words).reshape(-1, 2)).reshape(-1)[:count]
    start.add_(count * _GROUPS_A_NUMBER)
    return drawn


@kernel(*_STATELESS, host=("shape", "seed"), context=True)
def stateless(context: Any, shape: Tensor, seed: Tensor, *, dtype: torch.dtype) -> Tensor:
    dims, own = _dims(shape), _STATELESS[context.op.type]
    return own(dtype, 0, math.prod(dims), *philox.scrambled(*seed.tolist())).reshape(dims).to(context.device, dtype)


def _bounds(dims: list[int], minval: Tensor, maxval: Tensor) -> tuple[int, int]:
    low, high = int(minval), int(maxval)
    if math.prod(dims) and low >= high:
        raise invalid(f"Need minval < maxval, got {low} >= {high}")
    return low, high


@kernel("RandomUniformInt", host=("shape", "minval", "maxval"), context=True)
def random_uniform_int(
    context: Any,
    shape: Tensor,
    minval: Tensor,
    maxval: Tensor,
    *,
    seed: int,
    seed2: int,
    Tout: torch.dtype,
) -> Tensor:
    dims = _dims(shape)
    low, high = _bounds(dims, minval, maxval)
    if not (seed or seed2):
        return torch.randint(low, high, dims, dtype=Tout, device=context.device)
    count = math.prod(dims)
    start = _counter(context, count * _GROUPS_A_NUMBER)
    return _integers(low, high, Tout, start, count, seed, seed2).reshape(dims).to(context.device, Tout)


@kernel("StatelessRandomUniformInt", host=("shape", "seed", "minval", "maxval"), context=True)
def stateless_uniform_int(
    context: Any, shape: Tensor, seed: Tensor, minval: Tensor, maxval: Tensor, *, dtype: torch.dtype
) -> Tensor:
    dims = _dims(shape)
    low, high = _bounds(dims, minval, maxval)
    key = philox.scrambled(*seed.tolist())
    return _integers(low, high, dtype, 0, math.prod(dims), *key).reshape(dims).to(context.device, dtype)


# Shuffling and choosing


@kernel("RandomShuffle", context=True)
def random_shuffle(context: Any, value: Any, *, seed: int, seed2: int) -> Any:
    size = value.shape[0] if value.ndim else 0
    if size < 2:
        return value.copy() if isinstance(value, np.ndarray) else value.clone()
    if seed or seed2:
        order = torch.from_numpy(_shuffled(context, size, seed, seed2))
    else:
        order = torch.randperm(size)
    return value[order.numpy()] if isinstance(value, np.ndarray) else value[order.to(value.device)]


def _shuffled(context: Any, size: int, seed: int, seed2: int) -> np.ndarray:
    """The order that Fisher and Yates' exchanges give, from the front."""
    start = _counter(context, -(-(size - 1) // 4))
    words = philox.sequence(start, size - 1, 1, seed, seed2).reshape(-1)
    order = list(range(size))
    for i, step in enumerate((words % np.arange(size, 1, -1, dtype=np.uint32)).tolist()):
        order[i], order[i + step] = order[i + step], order[i]
    return np.array(order)


@kernel("Multinomial", host=("num_samples",), context=True)
def multinomial(
    context: Any, logits: Tensor, num_samples: Tensor, *, seed: int, seed2: int, output_dtype: torch.dtype
) -> Tensor:
    samples, rows = _samples(logits, num_samples), len(logits)
    if not (seed or seed2):
        uniform = torch.rand((rows, samples), dtype=torch.float64, device=logits.device)
    else:
        start = _counter(context, rows * (-(-samples // 4) * 4) * 2 * _GROUPS_A_NUMBER)
        uniform = _uniform(torch.float64, start, rows * samples, seed, seed2).reshape(rows, samples)
    return _classes(logits, uniform, output_dtype)


@kernel("StatelessMultinomial", host=("num_samples", "seed"))
def stateless_multinomial(logits: Tensor, num_samples: Tensor, seed: Tensor, *, output_dtype: torch.dtype) -> Tensor:
    samples, rows = _samples(logits, num_samples), len(logits)
    uniform = _uniform(torch.float64, 0, rows * samples, *philox.scrambled(*seed.tolist()))
    return _classes(logits, uniform.reshape(rows, samples), output_dtype)


def _samples(logits: Tensor, num_samples: Tensor) -> int:
    if int(num_samples) < 0:
        raise invalid(f"num_samples should be nonnegative, got {int(num_samples)}")
    if logits.shape[1] == 0:
        raise invalid("num_classes should be positive, got 0")
    return int(num_samples)


def _classes(logits: Tensor, uniform: Tensor, dtype: torch.dtype) -> Tensor:
    """For each uniform number [batch, n] the class that it falls in, of the weights exp(logits) [batch, classes]."""
    wide = logits.float() if not logits.dtype.is_floating_point or logits.dtype.itemsize < 4 else logits
    total = torch.exp(wide - wide.amax(1, keepdim=True)).double().cumsum(1)
    found = torch.searchsorted(total, uniform.to(total.device) * total[:, -1:], right=True)
    return found.clamp(max=logits.shape[1] - 1).to(dtype)


# Drawn by rejection


class _Gamma(torch.autograd.Function):
    """Numbers drawn elsewhere, differentiable in the shape `alpha` of their distribution."""

    @staticmethod
    def forward(ctx, alpha: Tensor, drawn: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
        ctx.save_for_backward(alpha, drawn)
        return drawn

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None]:  # type: ignore[no-untyped-def]
        return grad * torch._standard_gamma_grad(*ctx.saved_tensors), None


def _of_each(
    context: Any, dims: list[int], each: Tensor, draw: Callable[..., np.ndarray], seed: int, seed2: int
) -> Tensor:
    """`draw`'s numbers, as many as `dims` tell for each element of `each`: float64 of shape dims + each's."""
    samples = math.prod(dims)
    parameters = np.repeat(each.detach().double().cpu().numpy().reshape(-1), samples)
    start = _counter(context, len(parameters) * _GROUPS_A_NUMBER)
    drawn = torch.from_numpy(draw(parameters, start, seed, seed2))
    return drawn.reshape(-1, samples).t().reshape(*dims, *each.shape).to(each.device)


@kernel("RandomGamma", host=("shape",), context=True)
def random_gamma(context: Any, shape: Tensor, alpha: Tensor, *, seed: int, seed2: int) -> Tensor:
    dims = _dims(shape)
    wide = (alpha.float() if alpha.dtype == torch.float16 else alpha).expand(*dims, *alpha.shape)
    if not (seed or seed2):
        return torch._standard_gamma(wide.contiguous()).to(alpha.dtype)
    return _Gamma.apply(wide, _of_each(context, dims, alpha, rejection.gamma, seed, seed2).to(wide.dtype)).to(
        alpha.dtype
    )


@kernel("RandomPoisson", "RandomPoissonV2", host=("shape",), context=True)
def random_poisson(context: Any, shape: Tensor, rate: Tensor, *, seed: int, seed2: int, dtype: torch.dtype) -> Tensor:
    dims = _dims(shape)
    if not (seed or seed2):
        return torch.poisson(rate.detach().double().expand(*dims, *rate.shape)).to(dtype)
    return _of_each(context, dims, rate, rejection.poisson, seed, seed2).to(dtype)


# Where a seed makes the numbers the same each time, but not TensorFlow's


def _generator(context: Any, seed: int, seed2: int) -> torch.Generator | None:
    if not (seed or seed2):
        return None
    if "generator" not in context.state:
        context.state["generator"] = torch.Generator(context.device)
        context.state["generator"].manual_seed((seed << 31) ^ seed2)
    return context.state["generator"]


@kernel("ParameterizedTruncatedNormal", host=("shape",), context=True)
def parameterized_truncated_normal(
    context: Any,
    shape: Tensor,
    means: Tensor,
    stdevs: Tensor,
    minvals: Tensor,
    maxvals: Tensor,
    *,
    seed: int,
    seed2: int,
) -> Tensor:
    dims = _dims(shape)
    rest = [1] * (len(dims) - 1)
    mean, stddev, low, high = (p.double().reshape(-1, *rest) for p in (means, stdevs, minvals, maxvals))
    if bool((stddev <= 0).any()):
        raise invalid("stddev must be greater than 0.0 and below infinity")
    if bool((low >= high).any()):
        raise invalid("minval must be less than maxval")
    drawn = torch.rand(dims, dtype=torch.float64, device=means.device, generator=_generator(context, seed, seed2))
    below, above = torch.special.ndtr((low - mean) / stddev), torch.special.ndtr((high - mean) / stddev)
    normal = torch.special.ndtri(below + drawn * (above - below)) * stddev + mean
    return torch.minimum(torch.maximum(normal, low), high).to(means.dtype)
