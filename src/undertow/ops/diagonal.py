"""Diagonals, identities and bands of matrices: what each op is. `kernels/diagonal.py` says how it is done.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/diag
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape
from .array import ones, zeros
from .matmul import batch_and_matrix
from .node import convert_to_tensor, node
from .raw import from_table
from .reduction import range as sequence
from .rules import same_dim, shape_rule

# Public name -> type, where the registry's signature is the public one.
PLAIN = {"diag": "Diag", "matrix_band_part": "MatrixBandPart"}


def __getattr__(name: str) -> Any:
    return from_table(PLAIN, __name__, name)


def diag_part(input: Any, name: str | None = None) -> Tensor:
    """The diagonal of a tensor of shape [D1, …, Dk, D1, …, Dk]: [D1, …, Dk].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/tensor_diag_part
    """
    return node("DiagPart", input, name=name)


def matrix_diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
    align: str = "LEFT_LEFT",
) -> Tensor:
    """Matrices with `diagonal` [..., n] on their `k`-th diagonals (a pair: a band of them, [..., bands, n]).

    They are as small as can be unless `num_rows` and `num_cols` tell; `padding_value` is everywhere else, `align` says
    at which end the shorter diagonals of a band stand.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/diag
    """
    padding_value = _padding(diagonal, padding_value)
    return node("MatrixDiagV3", diagonal, k, num_rows, num_cols, padding_value, align=align, name=name)


def _padding(value: Any, padding_value: Any) -> Any:
    """The padding for `value`: 0 is False where that is of bools."""
    is_bool = getattr(value, "dtype", None) == "bool"
    return padding_value if isinstance(padding_value, Tensor) or not is_bool else bool(padding_value)


def matrix_diag_part(
    input: Any, name: str = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "LEFT_LEFT"
) -> Tensor:
    """The `k`-th diagonals of matrices [..., m, n] (a pair: a band of them, filled up with `padding_value`).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/diag_part
    """
    return node("MatrixDiagPartV3", input, k, _padding(input, padding_value), align=align, name=name)


def matrix_set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "LEFT_LEFT") -> Tensor:
    """Matrices [..., m, n] with their `k`-th diagonals replaced (a pair: a band of them).

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/set_diag
    """
    return node("MatrixSetDiagV3", input, diagonal, k, align=align, name=name)


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Identity matrices [num_rows, num_columns], as many as `batch_shape` tells.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/eye
    """
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        dtype = dtypes.as_dtype(dtype).base_dtype
        square = num_columns is None or num_columns == num_rows
        batch = [] if batch_shape is None else batch_shape
        columns = num_rows if square else num_columns
        if not square and (isinstance(num_rows, Tensor) or isinstance(columns, Tensor)):
            smaller = node("Minimum", num_rows, columns)
        else:
            smaller = num_rows if square else min(num_rows, columns)
        diagonal = ones(_joined(batch, [smaller]), dtype)
        if square:
            return matrix_diag(diagonal)
        return matrix_set_diag(zeros(_joined(batch, [num_rows, columns]), dtype), diagonal)


def _joined(batch: Any, sizes: list[Any]) -> Any:
    """The shape of a batch of what has these sizes."""
    return node("ConcatV2", [batch, sizes], 0, name="concat") if isinstance(batch, Tensor) else [*batch, *sizes]


def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """Each matrix of `a` [..., m, n] transposed: [..., n, m]; `ValueError` if `a` has fewer than two axes.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/transpose
    """
    with name_scope(name, values=[a]):
        a = convert_to_tensor(a, name="a")
        rank = a.shape.ndims
        if rank is None:
            count = node("Rank", a)
            front = sequence(0, node("Sub", count, 2, name="sub"))
            last = node("Pack", [node("Sub", count, 1, name="sub"), node("Sub", count, 2, name="sub")])
            order: Any = node("ConcatV2", [front, last], 0, name="concat")
        elif rank < 2:
            raise ValueError(f"Argument 'a' should be a (batch) matrix, with rank >= 2. Found: {a.shape}")
        else:
            order = [*range(rank - 2), rank - 1, rank - 2]
        op_type = "ConjugateTranspose" if conjugate and a.dtype.is_complex else "Transpose"
        return node(op_type, a, order, name="transpose")


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """Each matrix transposed and conjugated.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/adjoint
    """
    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)


def trace(x: Any, name: str | None = None) -> Tensor:
    """The sum of each matrix's diagonal in `x` [..., m, n]: [...].

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg/trace
    """
    with name_scope(name, "Trace", [x]) as scope:
        return node("Sum", matrix_diag_part(convert_to_tensor(x, name="x")), [-1], name=scope)


# Shape rules


@shape_rule("Diag")
def _(diagonal: TensorShape) -> TensorShape:
    _at_least_a_vector(diagonal)
    return diagonal if diagonal._dims is None else TensorShape.of(diagonal._dims * 2)


@shape_rule("DiagPart")
def _(input: TensorShape) -> TensorShape:
    if input._dims is None:
        return input
    half = len(input._dims) // 2
    if not half or len(input._dims) % 2:
        raise ValueError(f"Input must have even and non-zero rank, input rank is {len(input._dims)}")
    return TensorShape.of(map(same_dim, input._dims[:half], input._dims[half:]))


@shape_rule("MatrixBandPart", "BatchMatrixBandPart")
def _(matrix: TensorShape, lower: TensorShape, upper: TensorShape) -> TensorShape:
    batch_and_matrix(matrix)
    return matrix


@shape_rule("MatrixDiag", "BatchMatrixDiag")
def _(diagonal: TensorShape) -> TensorShape:
    dims = diagonal._dims
    _at_least_a_vector(diagonal)
    return diagonal if dims is None else TensorShape.of((*dims, dims[-1]))


@shape_rule("MatrixDiagPart", "BatchMatrixDiagPart")
def _(matrix: TensorShape) -> TensorShape:
    return _diagonals(matrix, 0, 0)


@shape_rule("MatrixSetDiag", "BatchMatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3")
def _(matrix: TensorShape, diagonal: TensorShape, *k: TensorShape) -> TensorShape:
    batch_and_matrix(matrix)
    _at_least_a_vector(diagonal)
    return matrix


def _at_least_a_vector(shape: TensorShape) -> None:
    if shape.rank == 0:
        raise ValueError("Shape must be at least rank 1 but is rank 0")


def _band(k: Any) -> tuple[int, int] | None:
    """The lowest and highest diagonal."""
    if k is None:
        return None
    values = k.reshape(-1).tolist()
    if len(values) not in (1, 2):
        raise ValueError(f"diag_index must be a scalar or vector with one or two elements, received {len(values)}")
    if values[0] > values[-1]:
        raise ValueError(f"lower_diag_index must not be larger than upper_diag_index: {values[0]} > {values[-1]}")
    return values[0], values[-1]


@shape_rule("MatrixDiagPartV2", "MatrixDiagPartV3", values=["k"])
def _(matrix: TensorShape, k: Any, padding: TensorShape) -> TensorShape:
    band = _band(k)
    return TensorShape(None) if band is None else _diagonals(matrix, *band)


def _diagonals(matrix: TensorShape, lowest: int, highest: int) -> TensorShape:
    parts = batch_and_matrix(matrix)
    if parts is None:
        return matrix
    batch, rows, columns = parts
    if rows is None or columns is None:
        length = None
    else:
        if not -rows < lowest <= highest < columns and not (lowest == highest == 0):
            raise ValueError(f"diag_index [{lowest}, {highest}] is out of bounds for matrices [{rows},{columns}]")
        length = max(min(rows + min(0, highest), columns - max(0, lowest)), 0)
    return TensorShape.of((*batch, length) if lowest == highest else (*batch, highest - lowest + 1, length))


@shape_rule("MatrixDiagV2", "MatrixDiagV3", values=["k", "num_rows", "num_cols"])
def _(diagonal: TensorShape, k: Any, num_rows: Any, num_cols: Any, padding: TensorShape) -> TensorShape:
    band = _band(k)
    _at_least_a_vector(diagonal)
    if diagonal._dims is None or band is None:
        return TensorShape(None)
    lowest, highest = band
    length = diagonal._dims[-1]
    batch = diagonal._dims[: -1 if lowest == highest else -2]
    if num_rows is None or num_cols is None or length is None:
        return TensorShape.of((*batch, None, None))
    return TensorShape.of((*batch, *matrix_sizes(length, lowest, highest, int(num_rows), int(num_cols))))


def matrix_sizes(length: int, lowest: int, highest: int, rows: int, columns: int) -> tuple[int, int]:
    """The rows and columns of matrices whose longest diagonal of a band is `length` long; -1 is not told."""
    least_rows, least_columns = length - min(highest, 0), length + max(lowest, 0)
    if rows == columns == -1:
        rows = columns = max(least_rows, least_columns)
    elif rows == -1:
        rows = least_rows
    elif columns == -1:
        columns = least_columns
    if rows < least_rows or columns < least_columns:
        raise ValueError(f"Matrices [{rows},{columns}] are too small for diagonals of length {length}")
    if rows != least_rows and columns != least_columns:
        raise ValueError(f"Matrices [{rows},{columns}] are too large for diagonals of length {length}")
    return rows, columns
