"""Moments and normalization: what each op is. `kernels/norm.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array, rules
from .constant import constant
from .math import cast, div_no_nan
from .node import convert_to_tensor, node
from .reduction import reduce_mean, reduce_prod, reduce_sum
from .rules import same_dim, shape_rule
from .shaping import squeeze
from .spelling import either
from .windows import channels_first


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Tensor:
    """`x` divided by its norm over `axis`; where that is below `sqrt(epsilon)`, by `sqrt(epsilon)`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/l2_normalize
    """
    axis = either("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        length = reduce_sum(node("Square", x), axis, keepdims=True)
        return node("Mul", x, node("Rsqrt", node("Maximum", length, epsilon)), name=scope)


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """Divide each pixel of `input` [N, H, W, C] by `(bias + alpha · s) ** beta`; `s` sums the squares of its channels
    that are at most `depth_radius` away.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/local_response_normalization
    """
    return node("LRN", input, depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta, name=name)


lrn = local_response_normalization


@shape_rule("LRN")
def _(image: TensorShape) -> TensorShape:
    return TensorShape.of(rules.with_rank(image, 4))


# Moments


def _keep(keepdims: bool | None, keep_dims: bool | None) -> bool:
    return bool(either("keepdims", keepdims, "keep_dims", keep_dims))


def _exact(x: Any, name: str) -> tuple[Tensor, Any]:
    """`x`, in float32 if it is half as wide, and the dtype it had."""
    x = convert_to_tensor(x, name=name)
    given = x.dtype.base_dtype
    return cast(x, dtypes.float32 if given in (dtypes.float16, dtypes.bfloat16) else given), given


def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and variance of `x` over `axes`; `shift` is not used.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/moments
    """
    keep = _keep(keepdims, keep_dims)
    with name_scope(name, "moments", [x, axes]):
        x, given = _exact(x, "x")
        mean = reduce_mean(x, axes, keepdims=True, name="mean")
        distance = node("SquaredDifference", x, node("StopGradient", mean))
        variance = reduce_mean(distance, axes, keepdims=True, name="variance")
        if not keep:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        return cast(mean, given), cast(variance, given)


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and variance of `x` over `axes`, each element counted by its weight.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/weighted_moments
    """
    keep = _keep(keepdims, keep_dims)
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x, given = _exact(x, "x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights", preferred_dtype=x.dtype.base_dtype)
        weights = cast(weights, x.dtype.base_dtype)
        total = reduce_sum(weights * x, axes, keepdims=True, name="weighted_input_sum")
        count = reduce_sum(weights + array.zeros_like(x), axes, keepdims=True, name="sum_of_weights")
        mean = div_no_nan(total, count)
        distance = weights * node("SquaredDifference", x, mean)
        variance = div_no_nan(reduce_sum(distance, axes, keepdims=True, name="weighted_distsq"), count)
        if not keep:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        return cast(mean, given), cast(variance, given)


def sufficient_statistics(
    x: Any,
    axes: Any,
    shift: Any = None,
    keep_dims: bool | None = None,
    name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """How many elements `x` has over `axes`, their sum and the sum of their squares, all less `shift`; and that.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/sufficient_statistics
    """
    axes = list(dict.fromkeys(axes))
    keep = _keep(keepdims, keep_dims)
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype.base_dtype
        known = None if x.shape._dims is None else [x.shape._dims[a] for a in axes]
        if known is not None and None not in known:
            product = 1
            for size in known:
                product *= size
            count = constant(product, dtype)
        else:
            sizes = cast(array._shape(x, optimize=False), dtype)
            count = reduce_prod(node("GatherV2", sizes, axes, 0), name="count")
        if shift is None:
            values, squares = x, node("Square", x)
        else:
            shift = convert_to_tensor(shift, dtype, name="shift")
            values, squares = node("Sub", x, shift), node("SquaredDifference", x, shift)
        total = reduce_sum(values, axes, keepdims=keep, name="mean_ss")
        return count, total, reduce_sum(squares, axes, keepdims=keep, name="var_ss"), shift


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The mean and variance that `sufficient_statistics` tell.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/normalize_moments
    """
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = node("Reciprocal", counts, name="divisor")
        shifted = node("Mul", mean_ss, divisor, name="mean" if shift is None else "shifted_mean")
        mean = shifted if shift is None else node("AddV2", shifted, shift, name="mean")
        variance = node("Sub", node("Mul", variance_ss, divisor), node("Square", shifted), name="variance")
        return mean, variance


# Batch normalization


def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Tensor:
    """`scale · (x - mean) / sqrt(variance + variance_epsilon) + offset`; `scale` and `offset` may be None.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/batch_normalization
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        x, mean, variance = convert_to_tensor(x), convert_to_tensor(mean), convert_to_tensor(variance)
        factor = node("Rsqrt", variance + variance_epsilon)
        if scale is not None:
            factor = factor * scale
        scaled = x * cast(factor, x.dtype.base_dtype)
        rest = -mean * factor if offset is None else offset - mean * factor
        return node("AddV2", scaled, cast(rest, x.dtype.base_dtype), name="add_1")


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
    exponential_avg_factor: float = 1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalize images `x` over all but the channels: by their own moments in training, else by `mean` and `variance`.

    Gives also the batch's mean and (with Bessel's correction) variance.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/fused_batch_norm
    """
    if (not is_training or exponential_avg_factor != 1.0) and (mean is None or variance is None):
        raise ValueError(
            "Both `mean` and `variance` must be a 1D tensor when `is_training` is False or "
            f"`exponential_avg_factor` != 1.0, got {mean!r} and {variance!r}."
        )
    x = convert_to_tensor(x, name="input")
    scale = convert_to_tensor(scale, name="scale")
    offset = convert_to_tensor(offset, name="offset")
    empty: list[float] = []
    mean = constant(empty, dtypes.float32) if mean is None else mean
    variance = constant(empty, dtypes.float32) if variance is None else variance
    result = node(
        "FusedBatchNormV3", x, scale, offset, mean, variance, epsilon=epsilon, data_format=data_format,
        is_training=is_training, exponential_avg_factor=exponential_avg_factor, name=name,
    )  # fmt: skip
    return result.y, result.batch_mean, result.batch_variance


def batch_norm_with_global_normalization(
    t: Any = None,
    m: Any = None,
    v: Any = None,
    beta: Any = None,
    gamma: Any = None,
    variance_epsilon: Any = None,
    scale_after_normalization: bool | None = None,
    name: str | None = None,
    input: Any = None,
    mean: Any = None,
    variance: Any = None,
) -> Tensor:
    """`batch_normalization` by its first name: `gamma` counts only if `scale_after_normalization`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/batch_norm_with_global_normalization
    """
    t, m, v = either("input", input, "t", t), either("mean", mean, "m", m), either("variance", variance, "v", v)
    return batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon, name)


@shape_rule("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def _(
    x: TensorShape, scale: TensorShape, offset: TensorShape, mean: TensorShape, variance: TensorShape, *,
    data_format: str, is_training: bool,
) -> list[TensorShape]:  # fmt: skip
    rank = 5 if len(data_format) == 5 else 4
    dims = list(rules.with_rank(x, rank))
    at = 1 if channels_first(data_format) else rank - 1
    for vector in (scale, offset) if is_training else (scale, offset, mean, variance):
        dims[at] = same_dim(dims[at], rules.with_rank(vector, 1)[0])
    channels = TensorShape.of((dims[at],))
    return [TensorShape.of(dims), *[channels] * 4, TensorShape(None)]
