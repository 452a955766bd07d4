"""Softmax and the cross entropies made with it: what each op is. `kernels/softmax.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import array, reduction, rules
from .joining import concat
from .math import cast
from .node import convert_to_tensor, node
from .rules import same_dim, shape_rule
from .spelling import either


def softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None) -> Tensor:
    """`exp(logits)`, scaled to sum to 1 over `axis` (the last).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/softmax
    """
    return _along("Softmax", logits, either("axis", axis, "dim", dim), name)


def log_softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None) -> Tensor:
    """The logarithm of `softmax`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/log_softmax
    """
    return _along("LogSoftmax", logits, either("axis", axis, "dim", dim), name)


def _along(op_type: str, logits: Any, axis: int | None, name: str | None) -> Tensor:
    axis = -1 if axis is None else axis
    logits = convert_to_tensor(logits)
    rank = logits.shape.ndims
    if axis == -1 or (rank is not None and axis == rank - 1):
        return node(op_type, logits, name=name)
    if rank is None:
        raise ValueError(f"{op_type} over axis {axis} of a tensor of unknown rank: only the last axis (-1) can be.")
    if not -rank <= axis < rank:
        raise ValueError(f"axis = {axis} not in [{-rank}, {rank}).")
    axis %= rank
    # The op works on the last axis, so swap it with that, and back.
    array.rank(logits)
    last = array.rank(logits)
    swapped = node("Transpose", logits, _swap(axis, node("Sub", last, 1)), name="transpose")
    done = node(op_type, swapped)
    result = node("Transpose", done, _swap(axis, node("Sub", last, 1)), name=name or "transpose")
    result.set_shape(logits.shape)
    return result


def _swap(axis: int, last: Tensor) -> Tensor:
    """The permutation that swaps two axes."""
    return concat([reduction.range(axis), [last], reduction.range(axis + 1, last), [axis]], 0)


@shape_rule("Softmax", "LogSoftmax")
def _(logits: TensorShape) -> TensorShape:
    if logits.ndims == 0:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    return logits


def _require(labels: Any, logits: Any, function: str) -> None:
    if labels is None or logits is None:
        raise ValueError(f"Both `labels` and `logits` must be provided for {function}.")


def softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, dim: int = -1, name: str | None = None, axis: int | None = None
) -> Tensor:
    """The cross entropy of `softmax(logits)` and `labels`, both [.., C], for each row; no gradient goes to `labels`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/softmax_cross_entropy_with_logits
    """
    _require(labels, logits, "softmax_cross_entropy_with_logits")
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        labels = node("StopGradient", labels, name="labels_stop_gradient")
        return softmax_cross_entropy_with_logits_v2(labels, logits, dim if axis is None else axis, scope)


def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """The cross entropy of `softmax(logits)` and `labels`, both [.., C], for each row, over `axis` (the last).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/softmax_cross_entropy_with_logits_v2
    """
    _require(labels, logits, "softmax_cross_entropy_with_logits")
    axis = either("axis", axis, "dim", dim)
    axis = -1 if axis is None else axis
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        given, shape = logits.dtype.base_dtype, logits.shape
        exact = dtypes.float32 if given in (dtypes.float16, dtypes.bfloat16) else given
        logits, labels = cast(logits, exact), cast(labels, exact)
        rank = array.rank(logits)
        if axis != -1:
            logits, labels = _with_last(logits, axis, rank), _with_last(labels, axis, rank)
        outer = array.shape(logits)
        cost, _ = node("SoftmaxCrossEntropyWithLogits", _as_matrix(logits), _as_matrix(labels), name=scope)
        kept = node("Slice", outer, [0], [node("Sub", rank, 1)])
        cost = node("Reshape", cost, kept)
        if shape._dims is not None:
            dims = list(shape._dims)
            del dims[axis]
            cost.set_shape(TensorShape.of(dims))
        return cast(cost, given)


def _with_last(x: Tensor, axis: int, rank: Tensor) -> Tensor:
    """`x` with one axis moved to the end."""
    after = axis + 1 if axis >= 0 else node("Add", rank, axis + 1)
    order = concat([reduction.range(axis % (x.shape.ndims or axis + 1)), reduction.range(after, rank), [axis]], 0)
    return node("Transpose", x, order, name="transpose")


def _as_matrix(x: Tensor) -> Tensor:
    """`x` with all but its last axis made one."""
    rank = array.rank(x)
    last = node("Slice", array.shape(x), [node("Sub", rank, 1)], [1])
    result = node("Reshape", x, concat([[-1], last], 0))
    if x.shape._dims:
        *rows, columns = x.shape._dims
        result.set_shape(TensorShape.of((TensorShape.of(rows).num_elements(), columns)))
    return result


@shape_rule("SoftmaxCrossEntropyWithLogits")
def _(logits: TensorShape, labels: TensorShape) -> list[TensorShape]:
    for shape in (logits, labels):
        if shape.ndims not in (None, 2):
            raise ValueError(f"Shape must be broadcasted with rank 2, but is rank {shape.ndims}")
    both = rules.broadcast(logits, labels)
    return [both[:1], both] if both._dims is not None else [TensorShape.of((None,)), TensorShape.of((None, None))]


def sparse_softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """The cross entropy of `softmax(logits)` [.., C] and the classes `labels` [..], ints from 0 to C - 1.

    `ValueError` if the shapes do not fit; a label out of range raises `InvalidArgumentError` when it runs on the CPU,
    and makes the loss NaN on a GPU.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/sparse_softmax_cross_entropy_with_logits
    """
    _require(labels, logits, "sparse_softmax_cross_entropy_with_logits")
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels, logits = convert_to_tensor(labels), convert_to_tensor(logits)
        given = logits.dtype.base_dtype
        logits = cast(logits, dtypes.float32 if given in (dtypes.float16, dtypes.bfloat16) else given)
        shape, rank = array.shape(labels), logits.shape.ndims
        _check_sparse(labels, logits)
        if rank == 2:
            return cast(node("SparseSoftmaxCrossEntropyWithLogits", logits, labels, name=name)[0], given)
        classes = array.shape(logits)[array.rank(logits) - 1]
        rows = node("Reshape", logits, [-1, classes])
        cost, _ = node("SparseSoftmaxCrossEntropyWithLogits", rows, node("Reshape", labels, [-1]), name=name)
        cost = node("Reshape", cost, shape)
        cost.set_shape(labels.shape)
        return cast(cost, given)


def _check_sparse(labels: Tensor, logits: Tensor) -> None:
    of_labels, of_logits = labels.shape, logits.shape
    if of_logits.ndims == 0:
        raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}")
    if of_logits.ndims is not None and of_labels.ndims not in (None, of_logits.ndims - 1):
        raise ValueError(
            "`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: "
            f"labels.shape={of_labels} of rank {of_labels.ndims} and logits.shape={of_logits} of rank {of_logits.ndims}"
        )
    if not of_labels.is_compatible_with(of_logits[:-1]):
        raise ValueError(
            "`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
            f"labels.shape={of_labels} and logits.shape={of_logits}"
        )


@shape_rule("SparseSoftmaxCrossEntropyWithLogits")
def _(logits: TensorShape, labels: TensorShape) -> list[TensorShape]:
    rows, classes = rules.with_rank(logits, 2)
    rows = same_dim(rows, rules.with_rank(labels, 1)[0])
    return [TensorShape.of((rows,)), TensorShape.of((rows, classes))]
