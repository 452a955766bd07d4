"""`tf.linalg`: matrices.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/linalg
"""

from .names import lazy as _lazy

_NAMES = {
    "api.linear_operators": (
        "LinearOperator LinearOperatorDiag LinearOperatorFullMatrix LinearOperatorLowerTriangular"
    ),
    "ops.clip": "global_norm",
    "ops.diagonal": (
        "adjoint band_part=matrix_band_part diag=matrix_diag diag_part=matrix_diag_part eye matrix_transpose "
        "set_diag=matrix_set_diag tensor_diag=diag tensor_diag_part=diag_part trace transpose=matrix_transpose"
    ),
    "ops.linalg": (
        "cholesky cholesky_solve cross det=matrix_determinant eigh=self_adjoint_eig eigvalsh=self_adjoint_eigvals expm "
        "inv=matrix_inverse logdet logm lstsq=matrix_solve_ls lu norm normalize qr slogdet solve=matrix_solve "
        "sqrtm=matrix_square_root svd "
        "triangular_solve=matrix_triangular_solve"
    ),
    "ops.matmul": "einsum matmul matvec tensordot",
    "ops.norm": "l2_normalize",
    "ops.tridiagonal": "tridiagonal_matmul tridiagonal_solve",
}

__getattr__, __dir__ = _lazy(__name__, "tf.linalg", _NAMES)
del _lazy
