"""Matrices that have three diagonals only: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .registry import invalid, kernel


def _dense(above: Tensor, on: Tensor, below: Tensor) -> Tensor:
    """The matrices of these diagonals [..., m]; the last above and the first below are left out."""
    return (
        torch.diag_embed(above[..., :-1], 1) + torch.diag_embed(on) + torch.diag_embed(below[..., 1:], -1)
    )  # fmt: skip


@kernel("TridiagonalSolve")
def tridiagonal_solve(diagonals: Tensor, rhs: Tensor) -> Tensor:
    if diagonals.shape[-1] == 0:
        return rhs.clone()
    try:
        return torch.linalg.solve(_dense(*diagonals.unbind(-2)), rhs)
    except torch.linalg.LinAlgError:
        raise invalid("The first element of diagonals is zero, or the matrix is not invertible.") from None


@kernel("TridiagonalMatMul")
def tridiagonal_matmul(above: Tensor, on: Tensor, below: Tensor, rhs: Tensor) -> Tensor:
    above, on, below = (d.squeeze(-2).unsqueeze(-1) for d in (above, on, below))
    nothing = torch.zeros_like(rhs[..., :1, :])
    after = torch.cat([rhs[..., 1:, :], nothing], -2)
    before = torch.cat([nothing, rhs[..., :-1, :]], -2)
    return on * rhs + above * after + below * before
