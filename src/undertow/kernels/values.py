"""Between NumPy and torch: dtypes, and values on their way in and out of a run."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

import ml_dtypes
import numpy as np
import torch

from ..graph.dtypes import DType
from ..graph.errors import unbuilt

TORCH_DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "uint8": torch.uint8,
    "uint16": torch.uint16,
    "uint32": torch.uint32,
    "uint64": torch.uint64,
    "bool": torch.bool,
    "complex64": torch.complex64,
    "complex128": torch.complex128,
}
HOST_KINDS = ("string", "resource", "variant")  # never torch tensors

# A read-only array is fed as it is: nothing in a run writes to what was fed.
warnings.filterwarnings("ignore", message="The given NumPy array is not writable")


def are_traced() -> bool:
    """Whether what kernels do is noted, to be done later with other values: what is then asked of values is yes or no.

    `runtime/traced.py` answers.
    """
    return bool(torch._C._len_torch_dispatch_stack())


def torch_dtype(dtype: DType) -> torch.dtype | None:
    """torch's name of a dtype; None for strings and handles, which are not tensors there."""
    name = dtype.base_dtype.name
    if name in HOST_KINDS:
        return None
    try:
        return TORCH_DTYPES[name]
    except KeyError:
        raise unbuilt(f"A tensor of dtype {name}") from None


def end_to_end(sizes: Iterable[int], alignment: int) -> list[int]:
    """Where each of some parts of one block starts, all at multiples of `alignment`; then where the last one ends."""
    return list(accumulate((-(-size // alignment) * alignment for size in sizes), initial=0))


def to_torch(array: np.ndarray) -> Any:
    """A NumPy array as a torch tensor that shares its memory; strings stay as they are."""
    if array.dtype == object:
        return array
    if not array.flags.c_contiguous:
        array = np.ascontiguousarray(array)
    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return torch.from_numpy(array)


def to_numpy(value: Any, copy: bool) -> Any:
    """A value of a run as a NumPy array, or as a NumPy scalar if it has no dimensions (strings: bytes)."""
    if isinstance(value, torch.Tensor):
        try:
            array = value.numpy()
        except (RuntimeError, TypeError):  # it is recorded, elsewhere, lazy, or of a dtype that NumPy lacks
            value = value.detach().cpu().resolve_conj().resolve_neg()
            if value._is_zerotensor():
                value = value.clone()
            if value.dtype is torch.bfloat16:
                array = value.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)
            else:
                array = value.numpy()
        if copy or not array.flags.c_contiguous:
            array = array.copy()
        return array[()] if array.ndim == 0 else array
    if isinstance(value, np.ndarray):
        return value[()] if value.ndim == 0 else value.copy() if copy else value
    return value.as_array() if hasattr(value, "as_array") else value  # a variable's handle
