"""Norms, decompositions and solvers of matrices: what each op is. `kernels/linalg.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg
"""

from __future__ import annotations

from typing import Any
from typing import cast as typed

import numpy as np

from ..graph import dtypes
from ..graph.errors import unbuilt
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from . import rules
from .diagonal import matrix_diag_part
from .math import abs as absolute
from .math import cast, conj
from .matmul import Dims, batch_and_matrix
from .node import convert_to_tensor, node
from .raw import from_table
from .reduction import reduced_by
from .rules import same_dim, shape_rule
from .spelling import either

# Public name -> type, where the registry's signature is the public one.
PLAIN = {
    "cholesky": "Cholesky",
    "cross": "Cross",
    "logm": "MatrixLogarithm",
    "matrix_determinant": "MatrixDeterminant",
    "matrix_inverse": "MatrixInverse",
    "matrix_solve": "MatrixSolve",
    "matrix_square_root": "MatrixSquareRoot",
    "qr": "Qr",
    "slogdet": "LogMatrixDeterminant",
}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


# Norms


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The norm of vectors (`axis` an int, or None: of all elements) or of matrices (`axis` two ints).

    `ord` is "euclidean", "fro", 1, 2, infinity, or for vectors any positive number. `ValueError` for others.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/norm
    """
    keep = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
    matrices = isinstance(axis, (list, tuple)) and len(axis) == 2
    _check_norm(ord, axis, matrices)
    with name_scope(name, "norm", [tensor]):
        value = convert_to_tensor(tensor)
        if ord in ("fro", "euclidean", 2, 2.0):
            if matrices and ord in (2, 2.0):
                return _spectral_norm(value, axis, keep)
            square = node("Mul", value, conj(value), name="mul")
            result = node("Sqrt", reduced_by("Sum", square, axis, keep=True))
            result = node("Real", result, Tout=value.dtype.real_dtype) if value.dtype.is_complex else result
        else:
            result = absolute(value)
            if ord == 1:
                result = reduced_by("Sum", result, axis[0] if matrices else axis, keep=True)
                result = reduced_by("Max", result, axis[-1], keep=True) if matrices else result
            elif ord == np.inf:
                result = reduced_by("Sum", result, axis[1], keep=True) if matrices else result
                result = reduced_by("Max", result, axis[0] if matrices else axis, keep=True)
            else:
                powers = reduced_by("Sum", node("Pow", result, ord), axis, keep=True)
                result = node("Pow", powers, 1.0 / ord)
        return result if keep else _squeezed(result, axis)


def _check_norm(ord: Any, axis: Any, matrices: bool) -> None:
    if matrices:
        if axis[0] == axis[1]:
            raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers")
        if ord not in ("euclidean", "fro", 1, 2, np.inf):
            raise ValueError(f"'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf], got {ord!r}")
        return
    if not (axis is None or np.isscalar(axis)):
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers")
    if (isinstance(ord, str) and ord != "euclidean") or (not isinstance(ord, str) and ord <= 0):
        raise ValueError(
            f"'ord' must be a supported vector norm: a positive number, or one of ['euclidean', 1, 2, inf], got {ord!r}"
        )


def _squeezed(result: Tensor, axis: Any) -> Tensor:
    if axis is None:
        return node("Squeeze", result)
    return node("Squeeze", result, squeeze_dims=axis if isinstance(axis, (list, tuple)) else [axis])


def _spectral_norm(value: Tensor, axis: Any, keep: bool) -> Tensor:
    rank = value.shape.ndims
    if rank is None:
        raise unbuilt("tf.norm with ord=2 of matrices in a tensor of unknown rank")
    axes = [a % rank for a in axis]
    order = [i for i in range(rank) if i not in axes] + axes
    largest = node("Max", node("Svd", node("Transpose", value, order), compute_uv=False).s, -1, keep_dims=False)
    for a in sorted(axes) if keep else ():
        largest = node("ExpandDims", largest, a)
    return largest


def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None) -> tuple[Tensor, Tensor]:
    """`tensor` divided by its norm along `axis`, and that norm; see `norm` for the arguments.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/normalize
    """
    with name_scope(name, "normalize", [tensor]):
        value = convert_to_tensor(tensor)
        length = norm(value, ord, axis, keepdims=True)
        return node("RealDiv", value, cast(length, value.dtype), name="truediv"), length


@shape_rule("Cross")
def _(a: TensorShape, b: TensorShape) -> TensorShape:
    shape = rules.merged(a, b)
    if shape._dims is not None and (not shape._dims or shape._dims[-1] not in (3, None)):
        raise ValueError(f"Dimension must be 3 but is {shape._dims[-1] if shape._dims else 0}")
    return shape


# Decompositions and solvers


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """The singular value decomposition `u diag(s) v^H` of each matrix [..., m, n]: `s, u, v`, or `s` alone.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/svd
    """
    result = node("Svd", tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    return tuple(result) if compute_uv else result.s


def self_adjoint_eig(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues, ascending, and eigenvectors (columns) of each self-adjoint matrix; its lower half is read.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/eigh
    """
    return node("SelfAdjointEigV2", tensor, compute_v=True, name=name)


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """The eigenvalues, ascending, of each self-adjoint matrix; its lower half is read.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/eigvalsh
    """
    return node("SelfAdjointEigV2", tensor, compute_v=False, name=name).e


def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """`x` with `matrix @ x = rhs`, of triangular matrices [..., m, m]; `adjoint` takes the adjoint of `matrix`.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/triangular_solve
    """
    with name_scope(name, "triangular_solve", [matrix, rhs]):
        return node("MatrixTriangularSolve", matrix, rhs, lower=lower, adjoint=adjoint)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """`x` with `A @ x = rhs`, given the Cholesky factor `chol` of `A` [..., m, m].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/cholesky_solve
    """
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        half = node("MatrixTriangularSolve", chol, rhs, adjoint=False, lower=True)
        return node("MatrixTriangularSolve", chol, half, adjoint=True, lower=True)


def matrix_solve_ls(
    matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: str | None = None
) -> Tensor:
    """`x` [..., n, k] that makes `|matrix @ x - rhs|^2 + l2_regularizer |x|^2` least.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/lstsq
    """
    return node("MatrixSolveLs", matrix, rhs, l2_regularizer, fast=fast, name=name)


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithm of the determinant of each positive definite matrix.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/logdet
    """
    with name_scope(name, "logdet", [matrix]):
        diagonal = matrix_diag_part(node("Cholesky", matrix))
        if diagonal.dtype.is_complex:
            diagonal = node("Real", diagonal, Tout=diagonal.dtype.real_dtype)
        half: Any = node("Sum", node("Log", diagonal), [-1])
        return 2.0 * half


def expm(input: Any, name: str | None = None) -> Tensor:
    """The exponential of each matrix.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/expm
    """
    return node("MatrixExponential", input, name=name or "matrix_exponential")


def lu(input: Any, output_idx_type: Any = dtypes.int32, name: str | None = None) -> Any:
    """The factors L and U of each matrix in one, L's unit diagonal left out, and the permutation of its rows.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/lu
    """
    return node("Lu", input, output_idx_type=output_idx_type, name=name)


def _square(shape: TensorShape) -> TensorShape:
    parts = batch_and_matrix(shape)
    if parts is None:
        return shape
    batch, rows, columns = parts
    side = same_dim(rows, columns)
    return TensorShape.of((*batch, side, side))


shape_rule(
    "BatchCholesky", "BatchMatrixInverse", "Cholesky", "MatrixExponential", "MatrixInverse", "MatrixLogarithm",
    "MatrixSquareRoot",
)(_square)  # fmt: skip


def _without_last(shape: TensorShape, count: int) -> TensorShape:
    return shape if shape._dims is None else TensorShape.of(shape._dims[:-count])


@shape_rule("BatchMatrixDeterminant", "MatrixDeterminant")
def _(matrix: TensorShape) -> TensorShape:
    return _without_last(_square(matrix), 2)


@shape_rule("LogMatrixDeterminant")
def _(matrix: TensorShape) -> list[TensorShape]:
    return [_without_last(_square(matrix), 2)] * 2


@shape_rule("MatrixSolve", "BatchMatrixSolve", "MatrixTriangularSolve", "BatchMatrixTriangularSolve")
def _(matrix: TensorShape, rhs: TensorShape) -> TensorShape:
    left, right = batch_and_matrix(_square(matrix)), batch_and_matrix(rhs)
    if left is None or right is None:
        return TensorShape(None)
    batch = rules.broadcast(TensorShape.of(left[0]), TensorShape.of(right[0]))
    return TensorShape.of((*typed(Dims, batch._dims), same_dim(left[1], right[1]), right[2]))


@shape_rule("MatrixSolveLs", "BatchMatrixSolveLs")
def _(matrix: TensorShape, rhs: TensorShape, _: TensorShape) -> TensorShape:
    left, right = batch_and_matrix(matrix), batch_and_matrix(rhs)
    if left is None or right is None:
        return TensorShape(None)
    same_dim(left[1], right[1])
    batch = rules.merged(TensorShape.of(left[0]), TensorShape.of(right[0]))
    return TensorShape.of((*typed(Dims, batch._dims), left[2], right[2]))


@shape_rule("Qr")
def _(matrix: TensorShape, *, full_matrices: bool) -> list[TensorShape]:
    parts = batch_and_matrix(matrix)
    if parts is None:
        return [matrix, matrix]
    batch, m, n = parts
    inner = m if full_matrices else _smaller(m, n)
    return [TensorShape.of((*batch, m, inner)), TensorShape.of((*batch, inner, n))]


def _smaller(m: int | None, n: int | None) -> int | None:
    return None if m is None or n is None else min(m, n)


@shape_rule("Svd", "BatchSvd")
def _(matrix: TensorShape, *, compute_uv: bool, full_matrices: bool) -> list[TensorShape]:
    parts = batch_and_matrix(matrix)
    if parts is None:
        return (
            [TensorShape(None)] * 3 if compute_uv else [TensorShape(None), TensorShape.of((0,)), TensorShape.of((0,))]
        )
    batch, m, n = parts
    values = TensorShape.of((*batch, _smaller(m, n)))
    if not compute_uv:
        return [values, TensorShape.of((0,)), TensorShape.of((0,))]
    left, right = (m, n) if full_matrices else (_smaller(m, n),) * 2
    return [values, TensorShape.of((*batch, m, left)), TensorShape.of((*batch, n, right))]


@shape_rule("SelfAdjointEigV2", "BatchSelfAdjointEigV2")
def _(matrix: TensorShape, *, compute_v: bool) -> list[TensorShape]:
    square = _square(matrix)
    return [_without_last(square, 1), square if compute_v else TensorShape.of((0,))]


@shape_rule("Lu")
def _(matrix: TensorShape) -> list[TensorShape]:
    square = _square(matrix)
    return [square, _without_last(square, 1)]
