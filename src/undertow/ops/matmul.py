"""Products of matrices and tensors: what each op is. `kernels/matmul.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/matmul
"""

from __future__ import annotations

import re
from typing import Any
from typing import cast as typed

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .constant import constant
from .math import conj
from .node import convert_to_tensor, node
from .raw import from_table
from .reduction import range as sequence
from .reduction import reduced_by
from .rules import same_dim, shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {"sparse_matmul": "SparseMatMul"}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


Dims = tuple[int | None, ...]


def batch_and_matrix(shape: TensorShape) -> tuple[Dims, int | None, int | None] | None:
    """The batch dims, rows and columns of a tensor of matrices; None if its rank is not known."""
    if shape._dims is None:
        return None
    if len(shape._dims) < 2:
        raise ValueError(f"Shape must be at least rank 2 but is rank {len(shape._dims)}")
    return shape._dims[:-2], shape._dims[-2], shape._dims[-1]


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The matrix product of `a` [..., n, m] and `b` [..., m, k]: [..., n, k]; batch dims broadcast.

    Either may be transposed or conjugate-transposed first, not both (`ValueError`). `*_is_sparse` says that many of a
    float32 or bfloat16 matrix's elements are zero; it changes the node's type only.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/matmul
    """
    with name_scope(name, "MatMul", [a, b]) as scope:
        if transpose_a and adjoint_a:
            raise ValueError("Only one of transpose_a and adjoint_a can be True.")
        if transpose_b and adjoint_b:
            raise ValueError("Only one of transpose_b and adjoint_b can be True.")
        a = convert_to_tensor(a, name="a")
        b = convert_to_tensor(b, dtype_hint=a.dtype.base_dtype, name="b")
        batched = any(t.shape.ndims is None or t.shape.ndims > 2 for t in (a, b))
        if batched and not (a_is_sparse or b_is_sparse):
            a = conj(a) if transpose_a else a  # a BatchMatMul's flags conjugate as well
            b = conj(b) if transpose_b else b
            return node(
                "BatchMatMulV2", a, b, adj_x=transpose_a or adjoint_a, adj_y=transpose_b or adjoint_b, name=scope
            )
        a = conj(a) if adjoint_a else a
        b = conj(b) if adjoint_b else b
        flags = {"transpose_a": transpose_a or adjoint_a, "transpose_b": transpose_b or adjoint_b}
        may_be_sparse = {a.dtype.base_dtype.name, b.dtype.base_dtype.name} <= {"float32", "bfloat16"}
        if may_be_sparse and (a_is_sparse or b_is_sparse or a.dtype.base_dtype is not b.dtype.base_dtype):
            return node("SparseMatMul", a, b, **flags, a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse, name=scope)
        return node("MatMul", a, b, **flags, name=scope)


@shape_rule("MatMul", "SparseMatMul")
def _(a: TensorShape, b: TensorShape, *, transpose_a: bool, transpose_b: bool) -> TensorShape:
    rows, inner = rules.with_rank(a, 2)[:: -1 if transpose_a else 1]
    inner_b, columns = rules.with_rank(b, 2)[:: -1 if transpose_b else 1]
    same_dim(inner, inner_b)
    return TensorShape.of((rows, columns))


@shape_rule("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3")
def _(x: TensorShape, y: TensorShape, *, adj_x: bool, adj_y: bool) -> TensorShape:
    left, right = batch_and_matrix(x), batch_and_matrix(y)
    if left is None or right is None:
        return TensorShape(None)
    rows, inner = left[1:][:: -1 if adj_x else 1]
    inner_y, columns = right[1:][:: -1 if adj_y else 1]
    same_dim(inner, inner_y)
    batch = rules.broadcast(TensorShape.of(left[0]), TensorShape.of(right[0]))
    return TensorShape.of((*typed(Dims, batch._dims), rows, columns))


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of matrices `a` [..., n, m] and vectors `b` [..., m]: [..., n].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/matvec
    """
    with name_scope(name, "MatVec", [a, b]):
        columns = node("ExpandDims", b, -1)
        product = matmul(a, columns, transpose_a, False, adjoint_a, False, a_is_sparse, b_is_sparse)
        return node("Squeeze", product, squeeze_dims=[-1])


# Products of tensors


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """The sum of products of `a` and `b` over `axes`: what is left of `a`'s axes, then of `b`'s.

    `axes` is a number (the last of `a` with the first of `b`) or a pair: axes of `a`, axes of `b`.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/tensordot
    """
    with name_scope(name, "Tensordot", [a, b]) as scope:
        a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        a_axes, b_axes = _axes_pair(a, axes)
        left, left_free = _as_matrix(a, a_axes, summed_last=True)
        right, right_free = _as_matrix(b, b_axes, summed_last=False)
        product = matmul(left, right)
        if isinstance(left_free, list) and isinstance(right_free, list):
            if product.shape._dims == (*left_free, *right_free):
                return product
            return node("Reshape", product, constant(left_free + right_free, dtypes.int32, name="shape"), name=scope)
        parts = [convert_to_tensor(free, dtypes.int32) for free in (left_free, right_free)]
        result = node("Reshape", product, node("ConcatV2", parts, 0, name="concat"), name=scope)
        known = [_free_dims(t, ax) for t, ax in ((a, a_axes), (b, b_axes))]
        if known[0] is not None and known[1] is not None:
            result.set_shape(known[0] + known[1])
        return result


def _axes_pair(a: Tensor, axes: Any) -> tuple[Any, Any]:
    """The axes of `a` and of `b`: lists of ints, or tensors where they are not known before they run."""
    if isinstance(axes, int):
        if axes < 0:
            raise ValueError("'axes' must be at least 0.")
        if a.shape.ndims is None:
            rank = node("Rank", a)
            return sequence(node("Sub", rank, axes, name="sub"), rank), sequence(0, axes, dtype=dtypes.int32)
        if axes > a.shape.ndims:
            raise ValueError(f"'axes' must not be larger than the number of dimensions of tensor {a}.")
        return list(range(a.shape.ndims - axes, a.shape.ndims)), list(range(axes))
    if isinstance(axes, Tensor):
        axes = convert_to_tensor(axes, dtypes.int32, name="axes")
        return axes[0], axes[1]
    if len(axes) != 2:
        raise ValueError("'axes' must be an integer or have length 2.")
    pair = [[ax] if isinstance(ax, int) else [int(i) for i in ax] for ax in axes]
    if len(pair[0]) != len(pair[1]):
        raise ValueError(f"Different number of contraction axes 'a' and 'b', {len(pair[0])} != {len(pair[1])}.")
    return pair[0], pair[1]


def _free_dims(value: Tensor, axes: Any) -> list[int | None] | None:
    """The dims of `value` that are not summed over, as far as they are known."""
    if value.shape._dims is None or isinstance(axes, Tensor):
        return None
    gone = {axis % len(value.shape._dims) for axis in axes}
    return [d for i, d in enumerate(value.shape._dims) if i not in gone]


def _as_matrix(value: Tensor, axes: Any, summed_last: bool) -> tuple[Tensor, Any]:
    """`value` as a matrix of its other axes by the summed `axes` (or the other way round), and its other dims."""
    rank = value.shape.ndims
    if rank is None or isinstance(axes, Tensor):
        return _as_matrix_of_unknown_rank(value, axes, summed_last)
    for axis in axes:
        if not -rank <= axis < rank:
            raise ValueError(f"Axis {axis} of 'axes' is out of range for {value}")
    axes = [axis % rank for axis in axes]
    free = [i for i in range(rank) if i not in axes]
    order = free + axes if summed_last else axes + free
    dims = typed(Dims, value.shape._dims)
    if None not in dims:
        matrix = value if order == list(range(rank)) else node("Transpose", value, order, name="transpose")
        sizes = [_product([dims[i] for i in group]) for group in (free, axes)]
        wanted = tuple(sizes if summed_last else sizes[::-1])
        matrix = matrix if matrix.shape._dims == wanted else node("Reshape", matrix, list(wanted))
        return matrix, [dims[i] for i in free]
    axes_tensor, free_tensor = constant(axes, dtypes.int32, name="axes"), constant(free, dtypes.int32, name="free")
    return _reshaped(value, axes_tensor, free_tensor, summed_last)


def _as_matrix_of_unknown_rank(value: Tensor, axes: Any, summed_last: bool) -> tuple[Tensor, Tensor]:
    axes = convert_to_tensor(axes, dtypes.int32, name="axes")
    rank = node("Rank", value)
    axes = node("Select", node("GreaterEqual", axes, 0), axes, node("AddV2", axes, rank, name="add"))
    return _reshaped(value, axes, node("ListDiff", sequence(0, rank), axes).out, summed_last)


def _reshaped(value: Tensor, axes: Tensor, free: Tensor, summed_last: bool) -> tuple[Tensor, Tensor]:
    shape = node("Shape", value)
    free_dims, summed_dims = node("GatherV2", shape, free, 0), node("GatherV2", shape, axes, 0)
    sizes = [reduced_by("Prod", dims, None, keep=False) for dims in (free_dims, summed_dims)]
    order = node("ConcatV2", [free, axes] if summed_last else [axes, free], 0, name="concat")
    matrix_shape = node("Pack", sizes if summed_last else sizes[::-1], name="stack")
    return node("Reshape", node("Transpose", value, order, name="transpose"), matrix_shape), free_dims


def _product(dims: list[Any]) -> int:
    result = 1
    for d in dims:
        result *= d
    return result


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """The sum of products that an equation such as "ij,jk->ik" spells; "..." stands for dims that broadcast.

    Without "->" the output has the labels that come once, in alphabetical order.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/einsum
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"invalid keyword arguments for this function: {', '.join(sorted(kwargs))}")
    if not inputs:
        raise ValueError("must pass at least one input tensor.")
    with name_scope(name, "einsum", inputs):
        tensors = [convert_to_tensor(x) for x in inputs]
        labels, output = _parsed(equation, len(tensors))
        result, so_far = tensors[0], labels[0]
        if len(tensors) == 1:
            return node("Einsum", [result], equation=f"{so_far}->{output}")
        for i in range(1, len(tensors)):  # two at a time, as TensorFlow's kernel takes them
            target = output
            if i < len(tensors) - 1:
                needed = {part for text in (*labels[i + 1 :], output) for part in _parts(text)}
                target = "".join(dict.fromkeys(p for p in _parts(so_far) + _parts(labels[i]) if p in needed))
            result = node("Einsum", [result, tensors[i]], equation=f"{so_far},{labels[i]}->{target}")
            so_far = target
        return result


def _parts(labels: str) -> list[str]:
    """The labels one by one, an ellipsis being one."""
    return re.findall(r"\.\.\.|[A-Za-z]", labels)


def _parsed(equation: str, count: int) -> tuple[list[str], str]:
    """The labels of each input, and of the output."""
    text = equation.replace(" ", "")
    term = r"[A-Za-z]*(?:\.\.\.)?[A-Za-z]*"
    match = re.fullmatch(rf"({term}(?:,{term})*)(?:->({term}))?", text)
    if match is None:
        raise ValueError(f"Indices have incorrect format: {equation}")
    labels, output = match.group(1).split(","), match.group(2)
    if len(labels) != count:
        raise ValueError(
            f'Incorrect number of arguments for equation "{equation}": got {count}, expected {len(labels)}'
        )
    if output is None:
        letters = [p for text in labels for p in _parts(text) if p != "..."]
        output = "".join(sorted(p for p in set(letters) if letters.count(p) == 1))
        output = ("..." if any("..." in text for text in labels) else "") + output
    given = {p for text in labels for p in _parts(text)}
    for part in _parts(output):
        if part not in given:
            raise ValueError(f"Output label {part!r} of equation {equation!r} is in none of the inputs")
    return labels, output


@shape_rule("Einsum")
def _(inputs: list[TensorShape], *, equation: str) -> TensorShape:
    labels, output = _parsed(equation, len(inputs))
    sizes: dict[str, int | None] = {}
    broadcast = TensorShape.of(())
    for text, shape in zip(labels, inputs):
        if shape._dims is None:
            if "..." in text and "..." in output:
                return shape
            sizes.update((p, sizes.get(p)) for p in _parts(text))
            continue
        before, dots, after = text.partition("...")
        extra = len(shape._dims) - len(before) - len(after)
        if extra < 0 or (extra and not dots):
            raise ValueError(f"Expected input of rank {len(before) + len(after)} for {text!r} but got {shape}")
        dims = list(shape._dims)
        broadcast = rules.broadcast(broadcast, TensorShape.of(dims[len(before) : len(before) + extra]))
        for label, d in zip(before + after, dims[: len(before)] + dims[len(before) + extra :]):
            sizes[label] = same_dim(sizes.get(label), d)
    before, dots, after = output.partition("...")
    middle = typed(Dims, broadcast._dims) if dots else ()
    return TensorShape.of((*(sizes[p] for p in before), *middle, *(sizes[p] for p in after)))
