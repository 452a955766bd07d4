"""Reductions, sums of many tensors, running sums, sequences: what each op is. `kernels/reduction.py` says how.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .constant import constant
from .math import cast
from .node import convert_to_tensor, node
from .rules import shape_rule
from .spelling import either

REDUCTIONS = ("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum")


@shape_rule(*REDUCTIONS, values=["reduction_indices"])
def _(value: TensorShape, axes: Any, *, keep_dims: bool) -> TensorShape:
    if axes is not None and axes.ndim > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {axes.ndim}")
    return rules.reduced(value, axes, keep_dims)


def _reduction(op_type: str, name: str, what: str) -> Any:
    def reduce(
        input_tensor: Any,
        axis: Any = None,
        keepdims: bool | None = None,
        name: str | None = None,
        reduction_indices: Any = None,
        keep_dims: bool | None = None,
    ) -> Tensor:
        axis, keep = _axis_and_keep(axis, reduction_indices, keepdims, keep_dims)
        return reduced_by(op_type, input_tensor, axis, keep, name)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = f"""{what} over `axis` (an int, several, or all axes if None), which is dropped unless `keepdims`.

    `reduction_indices` and `keep_dims` are older names of `axis` and `keepdims`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/{name}
    """
    return reduce


reduce_sum = _reduction("Sum", "reduce_sum", "The sum")
reduce_mean = _reduction("Mean", "reduce_mean", "The mean (of integers rounded towards zero)")
reduce_max = _reduction("Max", "reduce_max", "The largest element")
reduce_min = _reduction("Min", "reduce_min", "The smallest element")
reduce_prod = _reduction("Prod", "reduce_prod", "The product")
reduce_all = _reduction("All", "reduce_all", "Whether all are true")
reduce_any = _reduction("Any", "reduce_any", "Whether any is true")


def _axis_and_keep(axis: Any, old_axis: Any, keepdims: bool | None, old_keep: bool | None) -> tuple[Any, bool]:
    return (
        either("axis", axis, "reduction_indices", old_axis),
        bool(either("keepdims", keepdims, "keep_dims", old_keep)),
    )


def reduced_by(op_type: str, value: Any, axis: Any, keep: bool, name: str | None = None) -> Tensor:
    """`value` reduced by an op of that type over `axis`, all axes if None."""
    if not hasattr(value, "_dense_var_to_tensor"):  # a variable is read in the op's name scope
        value = convert_to_tensor(value)
    all_axes = axis is None
    if all_axes and value.shape.ndims is not None:
        axis = constant(np.arange(value.shape.ndims), dtype=dtypes.int32)
    elif all_axes:
        axis = range(0, node("Rank", value))
    result = node(op_type, value, axis, keep_dims=keep, name=name)
    if all_axes and not keep and result.shape.ndims is None:
        result.set_shape(())
    return result


def reduce_logsumexp(
    input_tensor: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """`log(sum(exp(x)))` over `axis`, without overflow.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/reduce_logsumexp
    """
    axis, keep = _axis_and_keep(axis, reduction_indices, keepdims, keep_dims)
    with name_scope(name, "ReduceLogSumExp", [input_tensor]) as scope:
        value = convert_to_tensor(input_tensor, name="input")
        largest = reduced_by("Max", value, axis, keep=True)
        zero = constant(0, value.dtype.base_dtype, name="zero")
        shift = node("StopGradient", node("SelectV2", node("IsFinite", largest), largest, zero))
        logs = node("Log", reduced_by("Sum", node("Exp", node("Sub", value, shift)), axis, keep))
        if not keep:
            shift = node("Reshape", shift, node("Shape", logs))
        return node("AddV2", logs, shift, name=scope)


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The root of the sum of squares over `axis`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/reduce_euclidean_norm
    """
    return reduced_by("EuclideanNorm", input_tensor, axis, bool(keepdims), name)


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """The variance over `axis`, of the whole population; `TypeError` for integers.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/reduce_variance
    """
    with name_scope(name, "reduce_variance", [input_tensor]):
        value = convert_to_tensor(input_tensor)
        if value.dtype.is_integer:
            raise TypeError(f"Input must be either real or complex, got {value.dtype.name}.")
        difference = node("Sub", value, reduced_by("Mean", value, axis, keep=True), name="sub")
        if value.dtype.is_complex:
            square = node("Real", node("Mul", node("Conj", difference), difference), Tout=value.dtype.real_dtype)
        else:
            square = node("Square", difference)
        return reduced_by("Mean", square, axis, bool(keepdims))


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """The standard deviation over `axis`, of the whole population; `TypeError` for integers.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/reduce_std
    """
    with name_scope(name, "reduce_std", [input_tensor]):
        return node("Sqrt", reduce_variance(input_tensor, axis, keepdims))


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: bool | None = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
    input: Any = None,
) -> Tensor:
    """How many elements over `axis` are not zero (strings: not empty), as `dtype`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/count_nonzero
    """
    if input is not None and input_tensor is not None:
        raise ValueError("Cannot specify both 'input' and 'input_tensor'.")
    axis, keep = _axis_and_keep(axis, reduction_indices, keepdims, keep_dims)
    with name_scope(name, "count_nonzero", [input_tensor, input]):
        value = convert_to_tensor(input if input_tensor is None else input_tensor, name="input")
        if value.dtype.base_dtype != dtypes.bool:
            nothing: Any = "" if value.dtype.base_dtype == dtypes.string else 0
            value = node("NotEqual", value, constant(nothing, value.dtype.base_dtype, name="zeros"))
        counted = reduced_by("Sum", cast(value, dtypes.int64), axis, keep)
        return cast(counted, dtype)


def lbeta(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of the beta function of the numbers along the last axis.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/lbeta
    """
    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x, name="x")
        of_product: Any = reduce_sum(node("Lgamma", x), axis=[-1])
        return of_product - node("Lgamma", reduce_sum(x, axis=[-1]))


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether no element of `x`, row by row, is less than the one before it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/is_non_decreasing
    """
    return _in_order("is_non_decreasing", "GreaterEqual", x, name)


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether each element of `x`, row by row, is more than the one before it.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/is_strictly_increasing
    """
    return _in_order("is_strictly_increasing", "Greater", x, name)


def _in_order(default_name: str, comparison: str, x: Any, name: str | None) -> Tensor:
    with name_scope(name, default_name, [x]):
        flat: Any = node("Reshape", x, [-1])
        return reduce_all(node(comparison, flat[1:], flat[:-1]))


# Where the largest and smallest are


def argmax(
    input: Any, axis: Any = None, name: str | None = None, dimension: Any = None, output_type: Any = dtypes.int64
) -> Tensor:
    """The index of the largest element along `axis` (0 if not told), the first of equals.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/argmax
    """
    return node("ArgMax", input, _one_axis(axis, dimension), output_type=output_type, name=name)


def argmin(
    input: Any, axis: Any = None, name: str | None = None, dimension: Any = None, output_type: Any = dtypes.int64
) -> Tensor:
    """The index of the smallest element along `axis` (0 if not told), the first of equals.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/argmin
    """
    return node("ArgMin", input, _one_axis(axis, dimension), output_type=output_type, name=name)


def _one_axis(axis: Any, dimension: Any) -> Any:
    axis = either("axis", axis, "dimension", dimension)
    return 0 if axis is None else axis


def arg_max(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Tensor:
    """The older spelling of `argmax`, its axis required."""
    return node("ArgMax", input, dimension, output_type=output_type, name=name)


def arg_min(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Tensor:
    """The older spelling of `argmin`, its axis required."""
    return node("ArgMin", input, dimension, output_type=output_type, name=name)


@shape_rule("ArgMax", "ArgMin", values=["dimension"])
def _(value: TensorShape, axis: Any) -> TensorShape:
    if value._dims is None:
        return value
    if not value._dims:
        raise ValueError("Reducing dimension of a scalar: the input must have at least one dimension")
    if axis is None:
        return TensorShape.of((None,) * (len(value._dims) - 1))
    return rules.reduced(value, axis, keep_dims=False)


# Sums of many


@shape_rule("AddN", "AccumulateNV2")
def _(inputs: list[TensorShape]) -> TensorShape:
    return rules.merged(*inputs)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The elementwise sum of tensors of one shape and dtype, IndexedSlices among them.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/add_n
    """
    message = "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape"
    if isinstance(inputs, (str, bytes, Tensor)) or not hasattr(inputs, "__iter__"):
        raise ValueError(message)
    tensors = [convert_to_tensor(x) for x in inputs]
    if not tensors:
        raise ValueError(message)
    if len({t.dtype.base_dtype for t in tensors}) > 1:
        raise ValueError(message)
    if len(tensors) == 1:
        return tensors[0] if name is None else node("Identity", tensors[0], name=name)
    return node("AddN", tensors, name=name)


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """The elementwise sum of tensors of one shape and dtype, which may be told; `ValueError` where they differ.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/accumulate_n
    """
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    tensors = [convert_to_tensor(x) for x in inputs]
    wanted = TensorShape(shape)
    for t in tensors:
        wanted = wanted.merge_with(t.shape)
    if tensor_dtype is not None and any(t.dtype.base_dtype != tensor_dtype for t in tensors):
        raise TypeError(f"tensor_dtype is {dtypes.as_dtype(tensor_dtype)!r}, but input is of type {tensors[0].dtype!r}")
    result = add_n(tensors, name=name)
    if len(tensors) > 1:
        result.set_shape(wanted)
    return result


# Running sums


def cumsum(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """The sum of the elements up to each along `axis`, itself included unless `exclusive`; from the end if `reverse`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/cumsum
    """
    return node("Cumsum", x, axis, exclusive=exclusive, reverse=reverse, name=name)


def cumprod(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """The product of the elements up to each along `axis`, itself too unless `exclusive`; from the end if `reverse`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/math/cumprod
    """
    return node("Cumprod", x, axis, exclusive=exclusive, reverse=reverse, name=name)


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """`log(cumsum(exp(x)))` along `axis`, without overflow."""
    return node("CumulativeLogsumexp", x, axis, exclusive=exclusive, reverse=reverse, name=name)


shape_rule("Cumsum", "Cumprod", "CumulativeLogsumexp")(rules.unchanged)


# Sequences

_RANGE_ORDER = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Tensor:
    """`start`, `start + delta` … below `limit`; `range(limit)` starts at 0. Of `dtype`, else of the widest given.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/range
    """
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
        values = [
            cast(convert_to_tensor(v, name=n), dtype) if dtype is not None and isinstance(v, Tensor)
            else convert_to_tensor(v, dtype, name=n)
            for v, n in ((start, "start"), (limit, "limit"), (delta, "delta"))
        ]  # fmt: skip
        if dtype is None:
            dtype = max((v.dtype.base_dtype for v in values), key=_RANGE_ORDER.index)
        return node("Range", *(cast(v, dtype) for v in values), name=scope)


@shape_rule("Range", values=["start", "limit", "delta"])
def _(start: Any, limit: Any, delta: Any) -> TensorShape:
    for value in (start, limit, delta):
        if value is not None:
            rules.with_rank(TensorShape.of(np.shape(value)), 0)
    if delta is not None and delta == 0:
        raise ValueError("Requires delta != 0")
    if start is None or limit is None or delta is None:
        return TensorShape.of((None,))
    if delta > 0 and start > limit:
        raise ValueError(f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise ValueError(f"Requires start >= limit when delta < 0: {start}/{limit}")
    if start.dtype.kind in "iu":
        return TensorShape.of((-((int(start) - int(limit)) // int(delta)),))
    return TensorShape.of((math.ceil(abs((float(limit) - float(start)) / float(delta))),))


def linspace(start: Any, stop: Any, num: Any, name: str | None = None) -> Tensor:
    """`num` evenly spaced values from `start` to `stop`, both included.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linspace
    """
    return node("LinSpace", start, stop, num, name=name)


lin_space = linspace


@shape_rule("LinSpace", values=["num"])
def _(start: TensorShape, stop: TensorShape, num: Any) -> TensorShape:
    rules.with_rank(start, 0), rules.with_rank(stop, 0)
    if num is not None and num <= 0:
        raise ValueError(f"Requires num > 0: {num}")
    return TensorShape.of((None if num is None else int(num),))
