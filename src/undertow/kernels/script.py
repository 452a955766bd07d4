"""Python functions as ops: how they are called."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..graph import errors
from ..graph.dtypes import spelled
from ..ops.script import FUNCTIONS
from .registry import invalid, kernel
from .values import to_numpy, to_torch

_RAISED: list[tuple[type[Exception], type[errors.OpError]]] = [
    (StopIteration, errors.OutOfRangeError),
    (MemoryError, errors.ResourceExhaustedError),
    (NotImplementedError, errors.UnimplementedError),
    (TypeError, errors.InvalidArgumentError),
    (ValueError, errors.InvalidArgumentError),
]  # fmt: skip


@kernel("PyFunc", "PyFuncStateless", context=True, on_host=True)
def py_func(context: Any, inputs: list[Any], *, token: str) -> Any:
    holder = FUNCTIONS.get(token)
    if holder is None:
        raise invalid(f"callback {token} is not found: its Python function lives in the process that built the graph")
    values = [to_numpy(value, copy=True) for value in inputs]
    try:
        with torch.enable_grad():  # the function may train something of its own
            returned = holder.function(*values)
    except Exception as error:
        kind = next((made for raised, made in _RAISED if isinstance(error, raised)), errors.UnknownError)
        raise kind(None, context.op, f"{type(error).__name__}: {error}") from error
    wanted = [t.base_dtype for t in context.op.attrs["Tout"]]
    results = [] if returned is None else list(returned) if isinstance(returned, (list, tuple)) else [returned]
    if len(results) != len(wanted):
        raise invalid(f"{token} returns {len(results)} values, but expects to see {len(wanted)} values.")
    outputs = [_output(value, dtype, i, token) for i, (value, dtype) in enumerate(zip(results, wanted))]
    return outputs[0] if len(outputs) == 1 else outputs


def _output(value: Any, dtype: Any, position: int, token: str) -> Any:
    array = np.asarray(value)
    if array.dtype.kind in "SUO":
        found, array = "string", _as_bytes(array)
    else:
        found = array.dtype.name
    if found != dtype.name:
        raise invalid(f"{position}-th value returned by {token} is {spelled(found)}, but expects {spelled(dtype.name)}")
    return to_torch(array if array.dtype == object else array.copy())


def _as_bytes(array: np.ndarray) -> np.ndarray:
    result = np.empty(array.shape, dtype=object)
    for i, item in enumerate(array.reshape(-1).tolist()):
        result.reshape(-1)[i] = item.encode() if isinstance(item, str) else bytes(item)
    return result
