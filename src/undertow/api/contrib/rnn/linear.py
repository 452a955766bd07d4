"""A linear layer in the variable scope at hand: what contrib's cells are made of."""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat
from ....ops.matmul import matmul
from ...get_variable import get_variable
from ...initializers import zeros_initializer


def linear(args: Any, size: int, bias: bool = True, zero_bias: bool = True) -> Tensor:
    """The tensors [batch, n] of `args`, joined, times `kernel`, plus `bias`: [batch, size].

    The bias starts at zero, or as the scope's initializer has it. `ValueError` if there are no tensors or a depth is
    not known.
    """
    tensors = list(args) if isinstance(args, (list, tuple)) else [args]
    if not tensors:
        raise ValueError("`args` must be specified")
    depths = [t.shape.with_rank(2).as_list()[1] for t in tensors]
    if None in depths:
        raise ValueError(f"linear expects the depth of its inputs to be known, saw {[str(t.shape) for t in tensors]}")
    dtype = tensors[0].dtype
    kernel = get_variable("kernel", [sum(depths), size], dtype=dtype)
    result = matmul(tensors[0] if len(tensors) == 1 else concat(tensors, 1), kernel)
    if not bias:
        return result
    initializer = zeros_initializer(dtype=dtype) if zero_bias else None
    return bias_add(result, get_variable("bias", [size], dtype=dtype, initializer=initializer))
