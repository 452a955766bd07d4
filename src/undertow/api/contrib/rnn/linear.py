"""A linear layer in the variable scope at hand: what contrib's cells are made of."""

from __future__ import annotations

from typing import Any

from ....graph.operation import Tensor
from ....ops.activation import bias_add
from ....ops.joining import concat
from ....ops.matmul import matmul
from ...get_variable import get_variable
from ...initializers import constant_initializer

_ZERO = object()


class Linear:
    """The tensors [batch, n] of a list, joined, times `kernel`, plus `bias`; the first list tells the shapes.

    `bias_initializer` is for zeros unless told; None stands for the scope's. `ValueError` if there are no tensors or a
    depth is not known.
    """

    def __init__(
        self, args: Any, output_size: int, build_bias: bool, bias_initializer: Any = _ZERO,
        kernel_initializer: Any = None,
    ) -> None:  # fmt: skip
        tensors = _listed(args)
        depths = [t.shape.with_rank(2).as_list()[1] for t in tensors]
        if None in depths:
            raise ValueError(
                f"linear expects the depth of its inputs to be known, saw {[str(t.shape) for t in tensors]}"
            )
        dtype = tensors[0].dtype
        self._kernel = get_variable("kernel", [sum(depths), output_size], dtype=dtype, initializer=kernel_initializer)
        self._bias: Any = None
        if build_bias:
            start = constant_initializer(0.0, dtype=dtype) if bias_initializer is _ZERO else bias_initializer
            self._bias = get_variable("bias", [output_size], dtype=dtype, initializer=start)

    def __call__(self, args: Any) -> Tensor:
        tensors = _listed(args)
        result = matmul(tensors[0] if len(tensors) == 1 else concat(tensors, 1), self._kernel)
        return result if self._bias is None else bias_add(result, self._bias)


def _listed(args: Any) -> list[Tensor]:
    tensors = list(args) if isinstance(args, (list, tuple)) else [args]
    if not tensors or tensors[0] is None:
        raise ValueError("`args` must be specified")
    return tensors


def linear(
    args: Any, output_size: int, bias: bool = True, bias_initializer: Any = _ZERO, kernel_initializer: Any = None
) -> Tensor:
    """One use of a `Linear` layer: [batch, output_size]."""
    return Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)


def sharded(name: str, shape: list[int], dtype: Any, shards: int) -> Any:
    """A kernel in `shards` of its rows, the variables `name_0`, `name_1` …; the first have the rows left over.

    `ValueError` if there are more shards than rows.
    """
    if shards > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={shards}")
    each, more = divmod(shape[0], shards)
    parts = [
        get_variable(f"{name}_{i}", [each + (i < more), *shape[1:]], dtype=dtype) for i in range(shards)
    ]  # fmt: skip
    return parts[0] if shards == 1 else concat(parts, 0)
