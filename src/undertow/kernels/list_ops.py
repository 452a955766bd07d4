"""Lists of tensors: the kernels; see `tensor_list.py` for what a handle is.

Gradients need nothing of their own: the tensors that are kept have torch's record with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..graph.dtypes import DType
from .registry import invalid, kernel
from .tensor_list import Shape, TensorList, as_read, each, fits, handle_of, is_whole, merged, shape_of, shown, zeros


def _stacked(rows: list[Any]) -> Any:
    return torch.stack(rows) if isinstance(rows[0], Tensor) else np.stack(rows)


def _rows(tensor: Any) -> list[Any]:
    return list(tensor.unbind(0)) if isinstance(tensor, Tensor) else [np.asarray(row, dtype=object) for row in tensor]


def _of(handle: np.ndarray, dtype: DType) -> TensorList:
    """The list of a handle; an error if its elements are not of `dtype`."""
    if handle.shape != () or not isinstance(handle.item(), TensorList):
        raise invalid(f"Input handle is not a list. Saw shape {shown(handle.shape)}")
    found: TensorList = handle.item()
    if found.dtype is not dtype:
        raise invalid(f"Invalid data types; op elements {dtype.name} but list elements {found.dtype.name}")
    return found


# Making lists


@kernel("EmptyTensorList", host=("element_shape", "max_num_elements"), context=True)
def empty(context: Any, element_shape: Tensor, max_num_elements: Tensor) -> np.ndarray:
    return handle_of(TensorList((), context.op.attrs["element_dtype"], shape_of(element_shape), int(max_num_elements)))


@kernel("TensorListReserve", host=("element_shape", "num_elements"), context=True)
def reserve(context: Any, element_shape: Tensor, num_elements: Tensor) -> np.ndarray:
    count = int(num_elements)
    if count < 0:
        raise invalid(f"The num_elements to reserve must be a non negative number, but got {count}")
    return handle_of(TensorList((None,) * count, context.op.attrs["element_dtype"], shape_of(element_shape)))


@kernel("TensorListFromTensor", host=("element_shape",), view=True, context=True)
def from_tensor(context: Any, tensor: Any, element_shape: Tensor) -> np.ndarray:
    shape = shape_of(element_shape)
    if len(tensor.shape) == 0:
        raise invalid("Tensor must be at least a vector, but saw shape: []")
    if not fits(tuple(tensor.shape[1:]), shape):
        raise invalid(
            "Specified a list with shape " + shown(shape) + " from a tensor with shape " + shown(tensor.shape[1:])
        )
    return handle_of(TensorList(tuple(_rows(tensor)), context.op.attrs["element_dtype"], shape))


@kernel("TensorListSplit", host=("element_shape", "lengths"), view=True, context=True)
def split(context: Any, tensor: Any, element_shape: Tensor, lengths: Tensor) -> np.ndarray:
    shape = shape_of(element_shape)
    if len(tensor.shape) == 0:
        raise invalid("Tensor must be at least a vector, but saw shape: []")
    if lengths.dim() != 1:
        raise invalid(f"Expected lengths to be a vector, received shape: {shown(tuple(lengths.shape))}")
    if shape == ():
        raise invalid("TensorListSplit requires element_shape to be at least of rank 1, but saw: []")
    if not fits(None if shape is None else (None, *shape[1:]), tuple(tensor.shape)):
        raise invalid(f"tensor shape {shown(tensor.shape)} is not compatible with element_shape {shown(shape)}")
    elements, start = [], 0
    for length in lengths.tolist():
        if length < 0:
            raise invalid(f"Invalid value in lengths: {length}")
        if start + length > len(tensor):
            raise invalid(f"Attempting to slice [{start}, {start + length}] from tensor with length {len(tensor)}")
        elements.append(tensor[start : start + length])
        start += length
    if start != len(tensor):
        raise invalid(f"Unused values in tensor. Length of tensor: {len(tensor)} Values used: {start}")
    return handle_of(TensorList(tuple(elements), context.op.attrs["element_dtype"], shape))


def _scattered(elements: list[Any], tensor: Any, places: list[int]) -> tuple[Any, ...]:
    for place, row in zip(places, _rows(tensor)):
        elements[place] = row
    return tuple(elements)


def _places(tensor: Any, indices: Tensor) -> list[int]:
    places: list[int] = indices.tolist()
    if min(places, default=0) < 0:
        raise invalid("Indices in TensorListScatter must all be non-negative.")
    if len(places) != tensor.shape[0]:
        raise invalid(f"Invalid number of rows in input tensor. Expected: {len(places)} Actual: {tensor.shape[0]}")
    return places


@kernel("TensorListScatter", "TensorListScatterV2", host=("indices", "element_shape", "num_elements"), view=True,
        context=True)  # fmt: skip
def scatter(
    context: Any, tensor: Any, indices: Tensor, element_shape: Tensor, num_elements: Tensor | None = None
) -> np.ndarray:
    count = -1 if num_elements is None else int(num_elements)
    if count < -1:
        raise invalid(f"TensorListScatter expects num_elements >= -1, found: {count}")
    shape = shape_of(element_shape)
    if not fits(tuple(tensor.shape[1:]), shape):
        raise invalid(f"Specified a list with shape {shown(shape)} from a tensor with shape {shown(tensor.shape[1:])}")
    places = _places(tensor, indices)
    length = max(places, default=-1) + 1
    if count != -1 and length > count:
        raise invalid(f"TensorListScatter: Trying to scatter at index {length - 1} in list with size {count}")
    elements = _scattered([None] * max(length, count), tensor, places)
    return handle_of(TensorList(elements, context.op.attrs["element_dtype"], shape))


@kernel("TensorListScatterIntoExistingList", host=("indices",), view=True, context=True)
def scatter_into(context: Any, handle: np.ndarray, tensor: Any, indices: Tensor) -> np.ndarray:
    old = _of(handle, context.op.attrs["element_dtype"])
    if not fits(tuple(tensor.shape[1:]), old.shape):
        raise invalid(
            "Tried to scatter into a list tensors with incompatible shape. "
            f"Op element shape: {shown(tensor.shape[1:])} list shape: {shown(old.shape)}"
        )
    places = _places(tensor, indices)
    missing = max(0, max(places, default=-1) + 1 - len(old.elements))
    return handle_of(replace(old, elements=_scattered([*old.elements, *[None] * missing], tensor, places)))


# Elements


@kernel("TensorListLength", on_host=True)
def length(handle: np.ndarray) -> Tensor:
    return torch.tensor(len(handle.item().elements), dtype=torch.int32)


@kernel("TensorListElementShape", on_host=True)
def element_shape(handle: np.ndarray, *, shape_type: torch.dtype) -> Tensor:
    shape = handle.item().shape
    told: Any = -1 if shape is None else [-1 if d is None else d for d in shape]
    return torch.tensor(told, dtype=shape_type)


@kernel("TensorListResize", host=("size",), view=True)
def resize(handle: np.ndarray, size: Tensor) -> np.ndarray:
    old, count = handle.item(), int(size)
    if count < 0:
        raise invalid(f"TensorListSlice expects size to be non-negative. Got: {count}")
    return handle_of(replace(old, elements=old.elements[:count] + (None,) * (count - len(old.elements))))


@kernel("TensorListGetItem", host=("index", "element_shape"), view=True, context=True)
def get_item(context: Any, handle: np.ndarray, index: Tensor, element_shape: Tensor) -> Any:
    found, place = _of(handle, context.op.attrs["element_dtype"]), int(index)
    if not 0 <= place < len(found.elements):
        raise invalid(f"Trying to access element {place} in a list with {len(found.elements)} elements.")
    return _element(found, place, element_shape, context.device)


def _element(found: TensorList, place: int, element_shape: Tensor, device: torch.device) -> Any:
    value = found.elements[place]
    if value is not None:
        return as_read(value)
    shape = merged(shape_of(element_shape), found.shape)
    if not is_whole(shape):
        shape = _common_shape(found.elements, shape)
    if not is_whole(shape):
        raise invalid(
            "Trying to read an uninitialized tensor but element_shape is not fully defined: "
            f"{shown(shape)} and no list element is set."
        )
    return zeros(found, shape, device)


@kernel("TensorListSetItem", host=("index",), view=True, context=True)
def set_item(
    context: Any, handle: np.ndarray, index: Tensor, item: Any, *, resize_if_index_out_of_bounds: bool
) -> np.ndarray:
    old, place = _of(handle, context.op.attrs["element_dtype"]), int(index)
    elements = list(old.elements)
    if place >= len(elements) and resize_if_index_out_of_bounds:
        elements.extend([None] * (place + 1 - len(elements)))
    if not 0 <= place < len(elements):
        raise invalid(f"Trying to modify element {place} in a list with {len(elements)} elements.")
    if not fits(tuple(item.shape), old.shape):
        raise invalid(
            "Tried to set a tensor with incompatible shape at a list index. "
            f"Item element shape: {shown(item.shape)} list shape: {shown(old.shape)}"
        )
    elements[place] = item
    return handle_of(replace(old, elements=tuple(elements)))


def _check_room(old: TensorList) -> None:
    if 0 <= old.limit <= len(old.elements):
        raise invalid(
            f"Tried to push item into a full list list size: {len(old.elements)} max_num_elements: {old.limit}"
        )


@kernel("TensorListPushBack", view=True, context=True)
def push_back(context: Any, handle: np.ndarray, tensor: Any) -> np.ndarray:
    old = _of(handle, context.op.attrs["element_dtype"])
    if not fits(tuple(tensor.shape), old.shape):
        raise invalid(
            "Tried to append a tensor with incompatible shape to a list. "
            f"Op element shape: {shown(tensor.shape)} list shape: {shown(old.shape)}"
        )
    _check_room(old)
    return handle_of(replace(old, elements=(*old.elements, tensor)))


@kernel("TensorListPushBackBatch", view=True, context=True)
def push_back_batch(context: Any, handles: np.ndarray, tensor: Any) -> np.ndarray:
    if len(tensor.shape) == 0 or tensor.shape[: handles.ndim] != handles.shape:
        raise invalid(
            f"Expected tensor.shape[0] == input_handles.size, but saw {shown(tensor.shape)} vs. {handles.size}"
        )
    result = np.empty(handles.shape, dtype=object)
    for i, (old, row) in enumerate(zip(handles.flat, _rows(tensor))):
        if old.dtype is not context.op.attrs["element_dtype"]:
            raise invalid(f"Invalid data type at index {i}: the list holds {old.dtype.name}")
        if not fits(tuple(row.shape), old.shape):
            raise invalid(
                f"Tried to append a tensor with incompatible shape to a list at index {i}. "
                f"Op element shape: {shown(row.shape)} list shape: {shown(old.shape)}"
            )
        _check_room(old)
        result.flat[i] = replace(old, elements=(*old.elements, row))
    return result


@kernel("TensorListPopBack", host=("element_shape",), view=True, context=True)
def pop_back(context: Any, handle: np.ndarray, element_shape: Tensor) -> tuple[np.ndarray, Any]:
    old = _of(handle, context.op.attrs["element_dtype"])
    if not old.elements:
        raise invalid("Trying to pop from an empty list.")
    last = _element(old, len(old.elements) - 1, element_shape, context.device)
    return handle_of(replace(old, elements=old.elements[:-1])), last


# Many elements at once


def _common_shape(elements: Iterable[Any], shape: Shape) -> Shape:
    for element in elements:
        if element is not None:
            shape = merged(shape, tuple(element.shape))
    return shape


def _filled(of: TensorList, elements: list[Any], shape: Any, device: torch.device) -> list[Any]:
    return [zeros(of, shape, device) if e is None else e for e in elements]


@kernel("TensorListStack", host=("element_shape",), context=True)
def stack(context: Any, handle: np.ndarray, element_shape: Tensor, *, num_elements: int) -> Any:
    found = _of(handle, context.op.attrs["element_dtype"])
    count = len(found.elements)
    if num_elements not in (-1, count):
        raise invalid(f"Operation expected a list with {num_elements} elements but got a list with {count} elements.")
    shape = merged(shape_of(element_shape), found.shape)
    if not count and not is_whole(shape):
        raise invalid(f"Tried to stack elements of an empty list with non-fully-defined element_shape: {shown(shape)}")
    shape = _common_shape(found.elements, shape)
    if not is_whole(shape):
        raise invalid(
            "Tried to stack list which only contains uninitialized tensors and has a non-fully-defined element_shape: "
            + shown(shape)
        )
    return _all_of(found, list(found.elements), shape, context.device)


def _all_of(found: TensorList, elements: list[Any], shape: Any, device: torch.device) -> Any:
    if not elements:
        return zeros(found, (0, *shape), device)
    return _stacked(_filled(found, elements, shape, device))


@kernel("TensorListGather", host=("indices", "element_shape"), context=True)
def gather(context: Any, handle: np.ndarray, indices: Tensor, element_shape: Tensor) -> Any:
    found = _of(handle, context.op.attrs["element_dtype"])
    count = len(found.elements)
    shape = merged(shape_of(element_shape), found.shape)
    places = indices.tolist()
    for place in places:
        if not 0 <= place < count:
            raise invalid(f"Index {place} out of range; list only has {count} elements.")
    if not places and not is_whole(shape):
        raise invalid(f"Tried to gather from an empty list with non-fully-defined element_shape: {shown(shape)}")
    elements = [found.elements[place] for place in places]
    shape = _common_shape(elements, shape)
    if any(e is None for e in elements) and not is_whole(shape):
        shape = _common_shape(found.elements, shape)
    if not is_whole(shape):
        raise invalid(
            "Tried to gather uninitialized tensors from a list with non-fully-defined element_shape: " + shown(shape)
        )
    return _all_of(found, elements, shape, context.device)


@kernel("TensorListConcat", context=True)
def concat(context: Any, handle: np.ndarray) -> tuple[Any, Tensor]:
    known = context.op.attrs["element_shape"]._dims
    return _concatenated(context, handle, known, [])


@kernel("TensorListConcatV2", host=("element_shape", "leading_dims"), context=True)
def concat_v2(context: Any, handle: np.ndarray, element_shape: Tensor, leading_dims: Tensor) -> tuple[Any, Tensor]:
    return _concatenated(context, handle, shape_of(element_shape), leading_dims.tolist())


def _concatenated(context: Any, handle: np.ndarray, told: Shape, lengths: list[int]) -> tuple[Any, Tensor]:
    found = _of(handle, context.op.attrs["element_dtype"])
    if told == () or found.shape == ():
        raise invalid("Concat requires elements to be at least vectors, found scalars instead.")
    whole = merged(told, found.shape)
    rest: Shape = None if whole is None else whole[1:]
    if not found.elements:
        if not is_whole(rest):
            raise invalid(
                "All except the first dimension must be fully defined when concating an empty tensor list. "
                f"element_shape: {shown(whole)}"
            )
        return zeros(found, (0, *(rest or ())), context.device), torch.zeros(0, dtype=torch.int64)
    for i, element in enumerate(found.elements):
        if element is not None and len(element.shape) == 0:
            raise invalid(f"Concat saw a scalar shape at index {i} but requires at least vectors.")
    set_ones = [e for e in found.elements if e is not None]
    for element in set_ones:
        rest = merged(rest, tuple(element.shape[1:]))
    if not is_whole(rest):
        raise invalid(
            "Trying to concat list with only uninitialized tensors but element_shape_except_first_dim_ is not fully "
            f"defined: {shown(rest)}"
        )
    first = whole[0] if whole else None
    if first is None and len(set_ones) and len({len(e) for e in set_ones}) == 1 and not lengths:
        first = len(set_ones[0])
    parts = []
    for i, element in enumerate(found.elements):
        if element is None and first is None and i >= len(lengths):
            raise invalid(
                f"List contains uninitialized tensor at index {i} but leading_dims has only {len(lengths)} elements."
            )
        rows = first if i >= len(lengths) else lengths[i]
        parts.append(zeros(found, (rows, *(rest or ())), context.device) if element is None else element)
    counts = torch.tensor([len(p) for p in parts], dtype=torch.int64)
    return (torch.cat(parts) if isinstance(parts[0], Tensor) else np.concatenate(parts)), counts


@kernel("TensorListConcatLists", view=True, context=True)
def concat_lists(context: Any, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.shape != b.shape:
        raise invalid(f"input_a and input_b must have the same shape, but saw {shown(a.shape)} vs. {shown(b.shape)}")
    dtype = context.op.attrs["element_dtype"]

    def both(i: int, x: TensorList, y: TensorList) -> TensorList:
        for name, given in (("input_a", x), ("input_b", y)):
            if given.dtype is not dtype:
                raise invalid(f"{name}[{i}].dtype != element_dtype.  Saw {given.dtype.name}, not {dtype.name}")
        if x.shape != y.shape:
            raise invalid(
                f"input_a and input_b TensorList element shapes are not identical at index {i}.  "
                f"Saw {shown(x.shape)} vs. {shown(y.shape)}"
            )
        return replace(x, elements=x.elements + y.elements)

    return each(both, a, b)
