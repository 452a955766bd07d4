"""What an op is given, as the functions of the table take it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..kernels.values import torch_dtype
from ..ops import registry
from .refusals import refusal


def input_names(op: Operation) -> list[str]:
    """The registry's name of each of the op's inputs."""
    return [arg.name for arg in registry.get(op.type).inputs for _ in range(arg.count(op.attrs))]


def grouped(op: Operation, values: list[Any]) -> list[Any]:
    """The values of the op's inputs, those of an argument that is a list in one."""
    result, start = [], 0
    for arg in registry.get(op.type).inputs:
        count = arg.count(op.attrs)
        result.append(values[start : start + count] if arg.is_list else values[start])
        start += count
    return result


def attr(value: Any) -> Any:
    if isinstance(value, DType):
        return torch_dtype(value)
    return value.decode() if isinstance(value, bytes) else value


def mixed(array: np.ndarray) -> np.ndarray:
    """An array of proxies and numbers, the numbers Python's own."""
    for at in np.ndindex(array.shape):
        if isinstance(array[at], np.generic):
            array[at] = array[at].item()
    return array


def boxed(item: Any) -> np.ndarray:
    """A proxy, or a number, as an array of no dimensions."""
    array = np.empty((), dtype=object)
    array[()] = item
    return array


def value_of_handle(op: Operation) -> Tensor:
    """A tensor that is the value of the variable of a VarHandleOp."""
    reads = [reader for reader in op.outputs[0]._consumers if reader.type == "ReadVariableOp"]
    if not reads:
        raise refusal(op)
    return reads[0].outputs[0]
