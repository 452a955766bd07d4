"""`tf.linalg.LinearOperator…`: a batch of matrices, told by the fewest numbers, and asked instead of written out.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/LinearOperator
"""

from __future__ import annotations

from typing import Any

from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from ..ops.array import shape
from ..ops.diagonal import adjoint as adjoint_of
from ..ops.diagonal import matrix_band_part, matrix_diag, matrix_diag_part, matrix_set_diag
from ..ops.linalg import matrix_determinant, matrix_solve, matrix_triangular_solve
from ..ops.math import abs as abs_of
from ..ops.math import conj, log
from ..ops.matmul import matmul
from ..ops.node import convert_to_tensor
from ..ops.reduction import reduce_prod, reduce_sum
from ..ops.shaping import expand_dims, squeeze


class LinearOperator:
    """What all have; `[batch, rows, columns]` is the shape, and the hints are kept as they are given.

    `NotImplementedError` where a matrix that is not square, or told to be singular, is asked for what it has not.
    """

    def __init__(self, given: Any, least_rank: int, argument: str, hints: tuple[bool | None, ...], name: str) -> None:
        with name_scope(name):
            self._given = convert_to_tensor(given, name=argument)
        if self._given.shape.ndims is not None and self._given.shape.ndims < least_rank:
            plural = "s" if least_rank > 1 else ""
            raise ValueError(
                f"Argument {argument} must have at least {least_rank} dimension{plural}.  Found: {self._given}"
            )
        self.is_non_singular, self.is_self_adjoint, self.is_positive_definite, self.is_square = hints
        self.name = name
        self.dtype = self._given.dtype
        self.graph_parents = [self._given]

    @property
    def shape(self) -> TensorShape:
        return self._given.shape

    @property
    def batch_shape(self) -> TensorShape:
        return self.shape[:-2]

    @property
    def tensor_rank(self) -> int | None:
        return self.shape.ndims

    @property
    def range_dimension(self) -> Any:
        return self.shape[-2]

    @property
    def domain_dimension(self) -> Any:
        return self.shape[-1]

    def shape_tensor(self, name: str = "shape_tensor") -> Tensor:
        with self._named(name):
            return shape(self._dense())

    def to_dense(self, name: str = "to_dense") -> Tensor:
        """The matrices themselves."""
        with self._named(name):
            return self._dense()

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul") -> Tensor:
        """The product with `x` [batch, columns, n], or of their adjoints."""
        with self._named(name):
            x = convert_to_tensor(x, dtype=self.dtype)
            return self._product(adjoint_of(x) if adjoint_arg else x, adjoint)

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Tensor:
        """The product with the vectors `x` [batch, columns]."""
        with self._named(name):
            return squeeze(self._product(expand_dims(convert_to_tensor(x, dtype=self.dtype), -1), adjoint), [-1])

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve") -> Tensor:
        """The X [batch, columns, n] whose product is `rhs`."""
        self._needs_square("Exact solve")
        if self.is_non_singular is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to be singular.")
        with self._named(name):
            rhs = convert_to_tensor(rhs, dtype=self.dtype)
            return self._solution(adjoint_of(rhs) if adjoint_arg else rhs, adjoint)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Tensor:
        """The x [batch, columns] whose product is the vectors `rhs`."""
        return squeeze(self.solve(expand_dims(convert_to_tensor(rhs, dtype=self.dtype), -1), adjoint, name=name), [-1])

    def determinant(self, name: str = "det") -> Tensor:
        self._needs_square("Determinant")
        with self._named(name):
            return self._determinant()

    def log_abs_determinant(self, name: str = "log_abs_det") -> Tensor:
        self._needs_square("Determinant")
        with self._named(name):
            return self._log_abs_determinant()

    def diag_part(self, name: str = "diag_part") -> Tensor:
        with self._named(name):
            return self._diagonal()

    def trace(self, name: str = "trace") -> Tensor:
        with self._named(name):
            return reduce_sum(self._diagonal(), -1)

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Tensor:
        """The matrices plus `x`."""
        with self._named(name):
            return self._dense() + convert_to_tensor(x, dtype=self.dtype)

    # What a kind of matrix knows better

    def _dense(self) -> Tensor:
        return self._given

    def _product(self, x: Tensor, adjoint: bool) -> Tensor:
        return matmul(self._dense(), x, adjoint_a=adjoint)

    def _solution(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return matrix_solve(self._dense(), rhs, adjoint=adjoint)

    def _determinant(self) -> Tensor:
        return matrix_determinant(self._dense())

    def _log_abs_determinant(self) -> Tensor:
        return log(abs_of(self._determinant()))

    def _diagonal(self) -> Tensor:
        return matrix_diag_part(self._dense())

    def _named(self, name: str) -> Any:
        return name_scope(f"{self.name}/{name}")

    def _needs_square(self, what: str) -> None:
        rows, columns = (
            self.shape.ndims and self.range_dimension.value,
            self.shape.ndims and self.domain_dimension.value,
        )
        if self.is_square is False or (rows is not None and columns is not None and rows != columns):
            raise NotImplementedError(f"{what} not implemented for an operator that is expected to not be square.")


class LinearOperatorFullMatrix(LinearOperator):
    """The `matrix` [batch, rows, columns] as it is."""

    def __init__(
        self, matrix: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None, is_square: bool | None = None, name: str = "LinearOperatorFullMatrix",
    ) -> None:  # fmt: skip
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(matrix, 2, "matrix", hints, name)
        if is_square is None and self.shape.is_fully_defined():
            self.is_square = bool(self.shape[-2] == self.shape[-1])


class _ByDiagonal(LinearOperator):
    """One whose determinant its diagonal tells."""

    def _determinant(self) -> Tensor:
        return reduce_prod(self._diagonal(), -1)

    def _log_abs_determinant(self) -> Tensor:
        return reduce_sum(log(abs_of(self._diagonal())), -1)


class LinearOperatorLowerTriangular(_ByDiagonal):
    """The lower triangle, diagonal and all, of `tril` [batch, n, n]; what is above it is not looked at."""

    def __init__(
        self, tril: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None, is_square: bool | None = None,
        name: str = "LinearOperatorLowerTriangular",
    ) -> None:  # fmt: skip
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        super().__init__(tril, 2, "tril", (is_non_singular, is_self_adjoint, is_positive_definite, True), name)

    def _dense(self) -> Tensor:
        return matrix_band_part(self._given, -1, 0)

    def _solution(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return matrix_triangular_solve(self._given, rhs, lower=True, adjoint=adjoint)

    def _diagonal(self) -> Tensor:
        return matrix_diag_part(self._given)


class LinearOperatorDiag(_ByDiagonal):
    """The square matrix with `diag` [batch, n] on its diagonal and zeros elsewhere."""

    def __init__(
        self, diag: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None, is_square: bool | None = None, name: str = "LinearOperatorDiag",
    ) -> None:  # fmt: skip
        if is_square is False:
            raise ValueError("Only square diagonal operators are supported.")
        super().__init__(diag, 1, "diag", (is_non_singular, is_self_adjoint, is_positive_definite, True), name)
        self.diag = self._given
        if is_self_adjoint is None and not self.dtype.is_complex:
            self.is_self_adjoint = True

    @property
    def shape(self) -> TensorShape:
        return self._given.shape.concatenate(self._given.shape[-1:])

    def _dense(self) -> Tensor:
        return matrix_diag(self._given)

    def _product(self, x: Tensor, adjoint: bool) -> Tensor:
        return expand_dims(self._diagonal_or_adjoint(adjoint), -1) * x

    def _solution(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return rhs / expand_dims(self._diagonal_or_adjoint(adjoint), -1)

    def _diagonal(self) -> Tensor:
        return self._given

    def _diagonal_or_adjoint(self, adjoint: bool) -> Tensor:
        return conj(self._given) if adjoint else self._given

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Tensor:
        with self._named(name):
            x = convert_to_tensor(x, dtype=self.dtype)
            return matrix_set_diag(x, matrix_diag_part(x) + self._given)
