"""Tensors that a session keeps from run to run."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..ops.session import TensorHandle
from .registry import invalid, kernel
from .values import to_numpy


@kernel("GetSessionHandle", context=True, view=True)
def get_session_handle(context: Any, value: Any) -> np.ndarray:
    value = value.detach().clone() if isinstance(value, torch.Tensor) else value.copy()
    kept, numbers = context.kept
    device = "GPU" if isinstance(value, torch.Tensor) and value.device.type != "cpu" else "CPU"
    name = f"{context.op.name};{next(numbers)};/job:localhost/replica:0/task:0/device:{device}:0"
    kept[name] = value
    dtype = context.op.inputs[0].dtype.base_dtype
    handle = np.empty((), dtype=object)  # so that what is fetched is the object itself
    handle[()] = TensorHandle(name, dtype, context.session, kept, lambda: to_numpy(kept[name], copy=True))
    return handle


@kernel("GetSessionTensor", context=True, view=True, host=("handle",))
def get_session_tensor(context: Any, handle: np.ndarray) -> Any:
    name = _name(handle)
    kept, _ = context.kept
    if name not in kept:
        raise invalid(f"The tensor with handle '{name}' is not in the session store.")
    return kept[name]


@kernel("DeleteSessionTensor", context=True, host=("handle",))
def delete_session_tensor(context: Any, handle: np.ndarray) -> list[Any]:
    name = _name(handle)
    if context.kept[0].pop(name, None) is None:
        raise invalid(f"Failed to delete a tensor with handle '{name}' in the session store.")
    return []


def _name(handle: np.ndarray) -> str:
    item = handle[()]
    return item.decode() if isinstance(item, bytes) else str(item)
