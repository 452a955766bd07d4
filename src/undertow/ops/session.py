"""Handles to tensors that a session keeps from run to run.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/get_session_handle
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import scopes
from ..graph.dtypes import DType, string
from ..graph.errors import InvalidArgumentError
from ..graph.operation import Operation, Tensor
from .array import placeholder
from .node import node
from .rules import scalar, shape_rule

shape_rule("GetSessionHandle", "GetSessionHandleV2")(scalar)


class TensorHandle:
    """A tensor that a session keeps: it can be fed in place of an array, and is given up with the last handle."""

    def __init__(self, handle: str, dtype: DType, session: Any, kept: dict[str, Any], read: Callable[[], Any]) -> None:
        self._handle = handle
        self._dtype = dtype
        self._session = session
        self._kept = kept
        self._read = read
        self._auto_gc_enabled = True

    def __del__(self) -> None:
        if self._auto_gc_enabled:
            self._kept.pop(self._handle, None)

    def __str__(self) -> str:
        return self._handle

    @property
    def handle(self) -> str:
        """Its name."""
        return self._handle

    def get_raw_handle(self) -> str:
        """Its name; the session keeps the tensor from now on until it is deleted."""
        self._auto_gc_enabled = False
        return self._handle

    def eval(self) -> Any:
        """The tensor's value as an array; `TypeError` if it was deleted."""
        if self._handle not in self._kept:
            raise TypeError(f"Persistent tensor {self._handle} may have already been deleted.")
        return self._read()

    def to_numpy_array(self) -> Any:
        """`eval()`."""
        return self.eval()

    def delete(self) -> None:
        """Let the session forget the tensor; `TypeError` if it has."""
        self._auto_gc_enabled = False
        if self._kept.pop(self._handle, None) is None:
            raise TypeError(f"Persistent tensor {self._handle} may have already been deleted.")

    def _fed_value(self, tensor: Tensor) -> np.ndarray:
        """What is fed for `tensor` when this is."""
        array = np.asarray(self.eval())
        if tensor.dtype.base_dtype is not self._dtype:
            raise InvalidArgumentError(
                None, None, f"{tensor.name} expects to be {tensor.dtype.base_dtype.name} but {self._dtype.name} is fed."
            )
        return array


def get_session_handle(data: Tensor, name: str | None = None) -> Tensor:
    """A handle to `data`: fetched, it is a `TensorHandle`. `TypeError` if `data` is no tensor."""
    if not isinstance(data, Tensor):
        raise TypeError("`data` must be of type Tensor.")
    with scopes.colocate_with(data):
        return node("GetSessionHandle", data, name=name)


def get_session_tensor(handle: str, dtype: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """A placeholder for a handle, and the tensor of `dtype` that the handle fed for it stands for."""
    with scopes.device(_device(handle)):
        holder = placeholder(string)
        return holder, node("GetSessionTensor", holder, dtype=dtype, name=name)


def delete_session_tensor(handle: str, name: str | None = None) -> tuple[Tensor, Operation]:
    """A placeholder for a handle, and the op that lets the session forget the tensor of the handle fed for it."""
    with scopes.device(_device(handle)):
        holder = placeholder(string)
        return holder, node("DeleteSessionTensor", holder, name=name)


def _device(handle: str | bytes) -> str | None:
    """The device that a handle names last: `GetSessionHandle;0;/job:localhost/…/device:CPU:0`."""
    text = handle.decode() if isinstance(handle, bytes) else str(handle)
    return text.rpartition(";")[2] or None
