"""Norms, decompositions and solvers of matrices: how each op is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor

from ..graph.errors import FailedPreconditionError
from .registry import invalid, kernel, kernels
from .shaping import bracketed

_T = TypeVar("_T")


def _or_invalid(message: str, function: Callable[[], _T]) -> _T:
    """The value of `function`, with TensorFlow's sentence where torch says that the matrix will not do."""
    try:
        return function()
    except torch.linalg.LinAlgError:
        raise invalid(message) from None


kernels(
    {
        "BatchMatrixDeterminant": torch.linalg.det,
        "MatrixDeterminant": torch.linalg.det,
        "MatrixExponential": torch.linalg.matrix_exp,
    }
)


@kernel("Cross")
def cross(a: Tensor, b: Tensor) -> Tensor:
    if a.shape != b.shape:
        raise invalid(f"Both inputs must be of same shape: {bracketed(a.shape)} vs. {bracketed(b.shape)}")
    if not a.dim() or a.shape[-1] != 3:
        raise FailedPreconditionError(None, None, "Cross-products are only defined for 3-element vectors.")
    return torch.linalg.cross(a, b, dim=-1)


@kernel("LogMatrixDeterminant")
def log_matrix_determinant(matrix: Tensor) -> tuple[Tensor, Tensor]:
    sign, logarithm = torch.linalg.slogdet(matrix)
    return sign, logarithm.to(matrix.dtype)


@kernel("Cholesky", "BatchCholesky")
def cholesky(matrix: Tensor) -> Tensor:
    return _or_invalid(
        "Cholesky decomposition was not successful. The input might not be valid.",
        lambda: torch.linalg.cholesky(matrix),
    )


@kernel("MatrixInverse", "BatchMatrixInverse")
def matrix_inverse(matrix: Tensor, *, adjoint: bool) -> Tensor:
    matrix = matrix.mH if adjoint else matrix
    return _or_invalid("Input is not invertible.", lambda: torch.linalg.inv(matrix))


@kernel("MatrixSolve", "BatchMatrixSolve")
def matrix_solve(matrix: Tensor, rhs: Tensor, *, adjoint: bool) -> Tensor:
    matrix = matrix.mH if adjoint else matrix
    return _or_invalid("Input matrix is not invertible.", lambda: torch.linalg.solve(matrix, rhs))


@kernel("MatrixTriangularSolve", "BatchMatrixTriangularSolve")
def matrix_triangular_solve(matrix: Tensor, rhs: Tensor, *, lower: bool, adjoint: bool) -> Tensor:
    if not matrix.is_cuda and bool((matrix.detach().diagonal(dim1=-2, dim2=-1) == 0).any()):
        raise invalid("Input matrix is not invertible.")
    matrix = matrix.tril() if lower else matrix.triu()
    return torch.linalg.solve_triangular(matrix.mH if adjoint else matrix, rhs, upper=lower == adjoint)


@kernel("MatrixSolveLs", "BatchMatrixSolveLs", host=("l2_regularizer",))
def matrix_solve_ls(matrix: Tensor, rhs: Tensor, l2_regularizer: Tensor, *, fast: bool) -> Tensor:
    if not fast:  # as accurate as can be, and not regularized
        return torch.linalg.pinv(matrix) @ rhs
    rows, columns = matrix.shape[-2:]
    tall = rows >= columns
    gram = matrix.mH @ matrix if tall else matrix @ matrix.mH
    gram = gram + l2_regularizer.item() * torch.eye(min(rows, columns), dtype=matrix.dtype, device=matrix.device)
    factor = cholesky(gram)
    return torch.cholesky_solve(matrix.mH @ rhs, factor) if tall else matrix.mH @ torch.cholesky_solve(rhs, factor)


def _of_eigenvalues(matrix: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """The matrix with `function` of its eigenvalues; worked out in complex128, real again if it was."""
    if matrix.numel() == 0:
        return matrix.clone()
    values, vectors = torch.linalg.eig(matrix.to(torch.complex128))
    result = _or_invalid(
        "The matrix cannot be diagonalized.",
        lambda: torch.linalg.solve(vectors, vectors * function(values).unsqueeze(-2), left=False),
    )
    return (result if matrix.is_complex() else result.real).to(matrix.dtype)


@kernel("MatrixSquareRoot")
def matrix_square_root(matrix: Tensor) -> Tensor:
    return _of_eigenvalues(matrix, torch.sqrt)


@kernel("MatrixLogarithm")
def matrix_logarithm(matrix: Tensor) -> Tensor:
    return _of_eigenvalues(matrix, torch.log)


@kernel("Qr")
def qr(matrix: Tensor, *, full_matrices: bool) -> tuple[Tensor, ...]:
    return tuple(torch.linalg.qr(matrix, mode="complete" if full_matrices else "reduced"))


@kernel("Svd", "BatchSvd")
def svd(matrix: Tensor, *, compute_uv: bool, full_matrices: bool) -> tuple[Tensor, Tensor, Tensor]:
    if not compute_uv:
        nothing = matrix.new_empty(0)
        return torch.linalg.svdvals(matrix).to(matrix.dtype), nothing, nothing
    u, s, vh = torch.linalg.svd(matrix, full_matrices=full_matrices)
    return s.to(matrix.dtype), u, vh.mH.resolve_conj()


@kernel("SelfAdjointEigV2", "BatchSelfAdjointEigV2")
def self_adjoint_eig(matrix: Tensor, *, compute_v: bool) -> tuple[Tensor, Tensor]:
    matrix = matrix.tril() + matrix.tril(-1).mH  # what is read is the lower half, and so the gradient's place
    if not compute_v:
        return torch.linalg.eigvalsh(matrix).to(matrix.dtype), matrix.new_empty(0)
    values, vectors = torch.linalg.eigh(matrix)
    return values.to(matrix.dtype), vectors


@kernel("Lu")
def lu(matrix: Tensor, *, output_idx_type: torch.dtype) -> tuple[Any, Any]:
    factors, pivots = torch.linalg.lu_factor(matrix)
    permutation, _, _ = torch.lu_unpack(factors, pivots, unpack_data=False)
    return factors, permutation.argmax(-2).to(output_idx_type)  # column i of the permutation has its 1 at that row
