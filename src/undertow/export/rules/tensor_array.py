"""TensorArrays: the flow is a list of tensors, the handle nothing."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import torch

from .. import functions
from ..table import becomes
from ..value import Value
from .math import call


@becomes("TensorArrayV3", host=("size",))
def tensor_array(size: np.ndarray, *, make: Any) -> Any:
    return None, make(operator.mul, [None], size.item())


@becomes("TensorArrayWriteV3", scalars=True)
def write(handle: Any, index: Any, value: Value, flow: Value) -> Any:
    return call(functions.written, flow, index, value)


@becomes("TensorArrayReadV3", scalars=True)
def read(handle: Any, index: Any, flow: Value) -> Any:
    return call(functions.read, flow, index)


@becomes("TensorArrayGatherV3", lists=("indices",))
def gather(handle: Any, indices: Any, flow: Value) -> Any:
    return call(functions.gathered, flow, indices)


@becomes("TensorArrayScatterV3", lists=("indices",))
def scatter(handle: Any, indices: Any, value: Value, flow: Value) -> Any:
    return call(functions.scattered, flow, indices, value)


@becomes("TensorArraySplitV3")
def split(handle: Any, value: Value, lengths: Value, flow: Value) -> Any:
    return call(functions.split_up, flow, value, lengths)


@becomes("TensorArrayConcatV3")
def concat(handle: Any, flow: Any) -> Any:
    return torch.cat(flow, 0), None


@becomes("TensorArraySizeV3")
def size(handle: Any, flow: Value, *, make: Any) -> Any:
    return make(torch.tensor, call(len, flow), dtype=torch.int32)
