"""What flows through the functions of the table while a module is made: proxies that know what the graph knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import fx

from ..graph.operation import Tensor
from ..kernels.values import torch_dtype
from .table import Unknown

if TYPE_CHECKING:  # to the functions of the table a proxy is the tensor that it stands for

    class _Proxy(torch.Tensor):
        node: fx.Node
        tracer: Any

        def __init__(self, node: fx.Node, tracer: Any) -> None: ...

else:
    _Proxy = fx.Proxy


class Value(_Proxy):
    """A tensor of the graph as a proxy of torch.fx, with its shape as far as the graph knows it."""

    def __init__(self, node: fx.Node, tracer: Any, tensor: Tensor) -> None:
        super().__init__(node, tracer)
        self._tensor = tensor

    @property
    def known(self) -> list[int | None]:
        """The size of each dimension, None where it is not known; `Unknown` if even the rank is not."""
        dims = self._tensor.shape._dims
        if dims is None:
            raise Unknown
        return list(dims)

    @property
    def rank(self) -> int:
        return len(self.known)

    @property
    def kind(self) -> torch.dtype:
        dtype = torch_dtype(self._tensor.dtype)
        assert dtype is not None
        return dtype


def ints(array: np.ndarray) -> list[Any]:
    """An array of the host's as nested lists of Python ints and proxies."""
    return array.tolist()


def integer(array: np.ndarray) -> int:
    """A number that has to be known while the module is made."""
    item = array.item()
    if isinstance(item, fx.Proxy):
        raise Unknown
    return item


def static(array: np.ndarray) -> np.ndarray:
    """`array` if all of it is known while the module is made; else `Unknown`."""
    if any(isinstance(item, fx.Proxy) for item in array.reshape(-1)):
        raise Unknown
    return array
