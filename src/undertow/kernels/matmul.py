"""Products of matrices and tensors: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from .product import product
from .registry import invalid, kernel


@kernel("MatMul")
def matmul(a: Tensor, b: Tensor, *, transpose_a: bool, transpose_b: bool) -> Tensor:
    return product(a.t() if transpose_a else a, b.t() if transpose_b else b)


@kernel("SparseMatMul")
def sparse_matmul(a: Tensor, b: Tensor, *, transpose_a: bool, transpose_b: bool) -> Tensor:
    a, b = a.float(), b.float()
    return torch.mm(a.t() if transpose_a else a, b.t() if transpose_b else b)


def _shown(value: Tensor) -> str:
    return f"[{','.join(map(str, value.shape))}]"


@kernel("BatchMatMul", "BatchMatMulV2")
def batch_matmul(x: Tensor, y: Tensor, *, adj_x: bool, adj_y: bool) -> Tensor:
    for name, t in (("0", x), ("1", y)):
        if t.dim() < 2:
            raise invalid(f"In[{name}] ndims must be >= 2: {t.dim()}")
    left, right = x.mH if adj_x else x, y.mH if adj_y else y
    if left.shape[-1] != right.shape[-2]:
        raise invalid(
            f"In[0] mismatch In[1] shape: {left.shape[-1]} vs. {right.shape[-2]}: {_shown(x)} {_shown(y)} "
            f"{int(adj_x)} {int(adj_y)}"
        )
    try:
        return torch.matmul(left, right)
    except RuntimeError:
        raise invalid(f"In[0] and In[1] must have compatible batch dimensions: {_shown(x)} vs. {_shown(y)}") from None


@kernel("BatchMatMulV3")
def batch_matmul_v3(x: Tensor, y: Tensor, *, adj_x: bool, adj_y: bool, Tout: torch.dtype) -> Tensor:
    return batch_matmul(x.to(Tout), y.to(Tout), adj_x=adj_x, adj_y=adj_y)


@kernel("Einsum")
def einsum(inputs: list[Tensor], *, equation: str) -> Tensor:
    return torch.einsum(equation, *inputs).contiguous()
