"""Matrices that have three diagonals only: what each op is. `kernels/tridiagonal.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/tridiagonal_solve
"""

from __future__ import annotations

from typing import Any

from ..graph.errors import unbuilt
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .diagonal import matrix_diag_part, matrix_transpose
from .matmul import batch_and_matrix
from .node import convert_to_tensor, node
from .rules import same_dim, shape_rule


def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
) -> Tensor:
    """`x` with `matrix @ x = rhs`, of tridiagonal matrices; `rhs` is [..., m] or [..., m, k].

    `diagonals` is "compact", [..., 3, m]: above, on and below the diagonal; or a "sequence" of these three; or the
    "matrix" itself. `rhs` may be transposed or conjugated first.
    """
    with name_scope(name, "tridiagonal_solve", [diagonals, rhs]):
        compact = node("Pack", _three(diagonals, diagonals_format, keep_axis=False), axis=-2)
        rhs = convert_to_tensor(rhs, name="rhs")
        is_vector = rhs.shape.ndims is not None and rhs.shape.ndims == (compact.shape.ndims or 0) - 1
        rhs = _ready(rhs, is_vector, transpose_rhs, conjugate_rhs)
        result = node("TridiagonalSolve", compact, rhs, partial_pivoting=partial_pivoting)
        return node("Squeeze", result, squeeze_dims=[-1]) if is_vector else result


def _ready(rhs: Tensor, is_vector: bool, transposed: bool, conjugated: bool) -> Tensor:
    if is_vector:
        rhs = node("ExpandDims", rhs, -1)
    elif transposed:
        rhs = matrix_transpose(rhs)
    return node("Conj", rhs) if conjugated and rhs.dtype.is_complex else rhs


def tridiagonal_matmul(diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None) -> Tensor:
    """`matrix @ rhs` of tridiagonal matrices, given as `tridiagonal_solve` takes them, and `rhs` [..., m, k].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/tridiagonal_matmul
    """
    with name_scope(name, "tridiagonal_matmul", [diagonals, rhs]):
        above, on, below = _three(diagonals, diagonals_format, keep_axis=True)
        return node("TridiagonalMatMul", above, on, below, rhs)


def _three(diagonals: Any, diagonals_format: str, keep_axis: bool) -> list[Tensor]:
    """The three diagonals [..., m], the outer ones filled up to `m`; [..., 1, m] with `keep_axis`."""
    if diagonals_format == "compact":
        whole: Any = convert_to_tensor(diagonals, name="diagonals")
        found = [whole[..., i, :] for i in range(3)]
    elif diagonals_format == "sequence":
        if not isinstance(diagonals, (tuple, list)) or len(diagonals) != 3:
            raise ValueError("Expected diagonals to be a sequence of length 3.")
        found = _filled([convert_to_tensor(d) for d in diagonals])
    elif diagonals_format == "matrix":
        matrix = convert_to_tensor(diagonals, name="diagonals")
        parts = batch_and_matrix(matrix.shape)
        if parts is not None and None not in parts[1:] and parts[1] != parts[2]:
            raise ValueError(f"Expected last two dimensions of diagonals to be same, got {parts[1]} and {parts[2]}")
        # With a row and a column of zeros more, the outer diagonals are as long as the one between.
        found = [matrix_diag_part(_framed(matrix, 0), k=1), matrix_diag_part(matrix)]
        found.append(matrix_diag_part(_framed(matrix, 1), k=-1))
    else:
        raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")
    return [node("ExpandDims", d, -2) for d in found] if keep_axis else found


def _framed(matrix: Tensor, before: int) -> Tensor:
    if matrix.shape.ndims is None:
        raise unbuilt("A tridiagonal matrix of unknown rank")
    return node("Pad", matrix, [[0, 0]] * (matrix.shape.ndims - 2) + [[before, 1 - before]] * 2)


def _filled(three: list[Any]) -> list[Any]:
    """The diagonal above with a zero behind and the one below with a zero before it, where they are shorter."""
    above, on, below = three
    length = on.shape[-1].value if on.shape.ndims else None

    def filled(diagonal: Any, before: int) -> Any:
        if diagonal.shape[-1].value == length and length is not None:
            return diagonal
        padding = [[0, 0]] * (diagonal.shape.ndims - 1) + [[before, 1 - before]]
        return node("Pad", diagonal, padding)

    return [filled(above, 0), on, filled(below, 1)]


@shape_rule("TridiagonalSolve")
def _(diagonals: TensorShape, rhs: TensorShape) -> TensorShape:
    left, right = batch_and_matrix(diagonals), batch_and_matrix(rhs)
    if left is None or right is None:
        return rhs
    rules.merged(TensorShape.of(left[0]), TensorShape.of(right[0]))
    same_dim(left[1], 3)
    return TensorShape.of((*right[0], same_dim(left[2], right[1]), right[2]))


@shape_rule("TridiagonalMatMul")
def _(above: TensorShape, on: TensorShape, below: TensorShape, rhs: TensorShape) -> TensorShape:
    left, right = batch_and_matrix(rules.merged(above, on, below)), batch_and_matrix(rhs)
    if left is None or right is None:
        return rhs
    same_dim(left[1], 1)
    batch = rules.merged(TensorShape.of(left[0]), TensorShape.of(right[0]))
    return TensorShape.of((*(batch._dims or ()), same_dim(left[2], right[1]), right[2]))
