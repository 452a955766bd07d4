"""TensorArrays: a handle's value is the list of tensors itself; a flow's is any scalar, for it only says what is later.

Gradients need nothing of their own: the tensors that are kept have torch's record with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from ..graph.errors import UnimplementedError
from .registry import invalid, kernel
from .shaping import bracketed


class _Cleared:
    """What stands where an element was that has been read, and may be read once."""

    def __init__(self, value: Any) -> None:
        self.shape = value.shape


class Array:
    """The elements of one TensorArray in one run, None where nothing was written.

    Those that were put in all together stay one tensor until someone asks for one of them.
    """

    def __init__(
        self, size: int, name: str, dtype: Any, shape: list[int | None] | None, grows: bool, clears: bool, alike: bool
    ) -> None:
        self._elements: list[Any] = [None] * size
        self._block: torch.Tensor | None = None
        self.closed = False
        self.gradients: dict[str, Gradient] = {}  # of each pass backward, by the name of its source
        self._name, self._dtype, self._shape = name, dtype, shape
        self.grows, self._clears, self._alike = grows, clears, alike

    def _refuse(self, what: str) -> Exception:
        return invalid(f"TensorArray {self._name}: {what}")

    def checked(self) -> Array:
        """Itself; an error if it was closed."""
        if self.closed:
            raise invalid(f"TensorArray {self._name} has already been closed.")
        return self

    @property
    def elements(self) -> list[Any]:
        if self._block is not None:
            with torch.enable_grad():  # whoever asks first, the record is for those who ask later too
                self._elements, self._block = list(self._block.unbind()), None
        return self._elements

    def put(self, values: torch.Tensor) -> None:
        """Write every element: the rows of `values`."""
        whole = len(values) == len(self) and self._block is None and not any(e is not None for e in self._elements)
        if not whole or (self._shape is not None and not _fits(values.shape[1:], self._shape)):
            for index, row in enumerate(values.unbind()):
                self.write(index, row)
            return
        if self._alike:
            self._shape = list(values.shape[1:])
        self._block = values.detach() if values.requires_grad and not torch.is_grad_enabled() else values

    def take(self) -> torch.Tensor | None:
        """All elements as one tensor, read; None if they were not put in together."""
        block = self._block
        if block is None or (block.requires_grad and not torch.is_grad_enabled()):
            return None
        if self._clears:
            self._elements, self._block = [_Cleared(block[0])] * len(block), None
        return block

    def clear(self) -> None:
        self._elements, self._block = [], None

    def __len__(self) -> int:
        return len(self._elements) if self._block is None else len(self._block)

    def write(self, index: int, value: Any) -> None:
        elements = self.elements
        if not 0 <= index < len(elements):
            if index < 0 or not self.grows:
                raise self._refuse(
                    f"Tried to write to index {index} but array is not resizeable and size is: {len(elements)}"
                )
            elements.extend([None] * (index + 1 - len(elements)))
        if elements[index] is not None:
            raise self._refuse(
                f"Could not write to TensorArray index {index} because it has already been "
                + ("read." if isinstance(elements[index], _Cleared) else "written to.")
            )
        if self._shape is not None and not _fits(value.shape, self._shape):
            raise self._refuse(
                f"Could not write to TensorArray index {index} because the value shape is {bracketed(value.shape)} "
                f"which is incompatible with the TensorArray's inferred element shape: {_told(self._shape)} (consider "
                "setting infer_shape=False)."
            )
        if self._alike:
            self._shape = list(value.shape)
        if isinstance(value, torch.Tensor) and value.requires_grad and not torch.is_grad_enabled():
            value = value.detach()
        elements[index] = value

    def read(self, index: int, device: torch.device) -> Any:
        elements = self.elements
        if not 0 <= index < len(elements):
            raise invalid(f"Tried to read from index {index} but array size is: {len(elements)}")
        value = elements[index]
        if isinstance(value, _Cleared):
            raise self._refuse(
                f"Could not read index {index} twice because it was cleared after a previous read (perhaps try setting "
                "clear_after_read = false?)."
            )
        if value is None:
            value = self._zeros(index, device)
        if self._clears:
            elements[index] = _Cleared(value)
        if isinstance(value, torch.Tensor) and value.requires_grad and not torch.is_grad_enabled():
            value = value.detach()
        return value

    def _zeros(self, index: int, device: torch.device) -> Any:
        """What stands for an element that was never written."""
        shape = self._shape
        if shape is None or None in shape:
            raise self._refuse(
                f"Could not read from TensorArray index {index}.  Furthermore, the element shape is not fully defined: "
                f"{_told(shape)}.  It is possible you are working with a resizeable TensorArray and stop_gradients is "
                "not allowing the gradients to be written.  If you set the full element_shape property on the forward "
                "TensorArray, the proper all-zeros tensor will be returned instead of incurring this error."
            )
        return self.zeros(shape, device)

    def zeros(self, shape: Iterable[int | None], device: torch.device) -> Any:
        dims: Any = list(shape)
        if self._dtype is None:  # strings
            return np.full(dims, b"", dtype=object)
        kept = next((e for e in self.elements if isinstance(e, torch.Tensor)), None)
        return torch.zeros(dims, dtype=self._dtype, device=device if kept is None else kept.device)

    def shape_with(self, known: list[int | None] | None) -> list[int | None] | None:
        """What is known of the elements' shape, of an op that knows `known` of it too."""
        if self._shape is None or known is None:
            return known if self._shape is None else self._shape
        return [k if s is None else s for s, k in zip(self._shape, known)]


class Gradient(Array):
    """What a backward pass gathers for the elements of an array: what is written to one place is summed."""

    def __init__(self, of: Array) -> None:
        super().__init__(len(of), f"{of._name}_grad", of._dtype, of._shape, False, False, False)
        self._of = of

    def write(self, index: int, value: Any) -> None:
        held = self.elements[index] if 0 <= index < len(self.elements) else None
        if held is None:
            super().write(index, value)
        elif held.shape != value.shape:
            raise self._refuse(
                f"Could not aggregate to TensorArray index {index} because the existing shape is "
                f"{bracketed(held.shape)} but the new input shape is {bracketed(value.shape)}."
            )
        else:
            self.elements[index] = held + value

    def _zeros(self, index: int, device: torch.device) -> Any:
        element = self._of.elements[index]
        return super()._zeros(index, device) if element is None else self.zeros(element.shape, device)


def _fits(shape: Iterable[int], wanted: list[int | None]) -> bool:
    dims = list(shape)
    return len(dims) == len(wanted) and all(w is None or w == d for w, d in zip(wanted, dims))


def _told(shape: list[int | None] | None) -> str:
    return "<unknown>" if shape is None else f"[{','.join('?' if d is None else str(d) for d in shape)}]"


def _dims(shape: Any) -> list[int | None] | None:
    """A shape attr as a list of sizes, None if even its rank is unknown."""
    return None if shape is None or shape._dims is None else list(shape._dims)


@kernel("TensorArrayV3", host=("size",), context=True)
def tensor_array(
    context: Any, size: Any, *, dtype: Any, element_shape: Any, dynamic_size: bool, clear_after_read: bool,
    identical_element_shapes: bool, tensor_array_name: str,
) -> tuple[Array, torch.Tensor]:  # fmt: skip
    if int(size) < 0:
        raise invalid("Size should be >= 0.")
    name = tensor_array_name or context.op.name
    shape = _dims(element_shape)
    array = Array(int(size), name, dtype, shape, dynamic_size, clear_after_read, identical_element_shapes)
    return array, torch.zeros((), device=context.device)


@kernel("TensorArrayGradV3", host=("handle",))
def tensor_array_grad(handle: Array, flow_in: Any, *, source: str) -> tuple[Array, torch.Tensor]:
    """The array of gradients that the pass `source` gathers; from now on the array itself does not grow."""
    handle.checked().grows = False
    if source not in handle.gradients:
        handle.gradients[source] = Gradient(handle)
    return handle.gradients[source], torch.zeros_like(flow_in)


@kernel("TensorArrayWriteV3", host=("handle", "index"), view=True)
def write(handle: Array, index: Any, value: Any, flow_in: Any) -> Any:
    handle.checked().write(int(index), value)
    return flow_in


@kernel("TensorArrayReadV3", host=("handle", "index"), view=True, context=True)
def read(context: Any, handle: Array, index: Any, flow_in: Any) -> Any:
    return handle.checked().read(int(index), context.device)


@kernel("TensorArrayGatherV3", host=("handle", "indices"), view=True, context=True)
def gather(context: Any, handle: Array, indices: Any, flow_in: Any, *, element_shape: Any) -> Any:
    if _all_of(handle.checked(), indices) and (block := handle.take()) is not None:
        return block
    values = [handle.checked().read(i, context.device) for i in indices.tolist()]
    if not values:
        shape = handle.shape_with(_dims(element_shape))
        if shape is None or None in shape:
            raise UnimplementedError(
                None,
                None,
                f"TensorArray has size zero, but element shape {_told(shape)} is not fully defined. Currently only "
                "static shapes are supported when packing zero-size TensorArrays.",
            )
        return handle.zeros([0, *shape], context.device)
    for i, value in enumerate(values):
        if value.shape != values[0].shape:
            raise invalid(
                f"TensorArray has inconsistent shapes.  Index 0 has shape: {bracketed(values[0].shape)} but index {i} "
                f"has shape: {bracketed(value.shape)}"
            )
    return np.stack(values) if isinstance(values[0], np.ndarray) else torch.stack(values)


@kernel("TensorArrayScatterV3", host=("handle", "indices"), view=True)
def scatter(handle: Array, indices: Any, value: Any, flow_in: Any) -> Any:
    handle.checked()
    where = indices.tolist()
    if value.ndim == 0:
        raise invalid("Input value for unpack must be at least a vector but received shape: []")
    if len(where) != len(value):
        raise invalid(f"Expected len(indices) == values.shape[0], but saw: {len(where)} vs. {len(value)}")
    if where and max(where) >= len(handle) and not handle.grows:
        raise invalid(f"Max scatter index must be < array size ({max(where)} vs. {len(handle)})")
    if isinstance(value, torch.Tensor) and _all_of(handle, indices):
        handle.put(value)
        return flow_in
    for index, row in zip(where, _rows(value)):
        handle.write(index, row)
    return flow_in


def _all_of(array: Array, indices: torch.Tensor) -> bool:
    """Whether `indices` are those of the elements, in order."""
    return len(array) == len(indices) > 0 and torch.equal(indices, torch.arange(len(indices), dtype=indices.dtype))


def _rows(value: Any) -> Iterable[Any]:
    if isinstance(value, torch.Tensor):
        return value.unbind(0)
    return [np.asarray(row, dtype=object) for row in value]


@kernel("TensorArraySplitV3", host=("handle", "lengths"), view=True)
def split(handle: Array, value: Any, lengths: Any, flow_in: Any) -> Any:
    sizes, count = lengths.tolist(), len(handle.checked())
    if value.ndim == 0:
        raise invalid("Input value for split must be at least a vector but received shape: []")
    if sum(sizes) != len(value):
        raise invalid(
            f"Expected sum of lengths to be equal to values.shape[0], but sum of lengths is {sum(sizes)} and value's "
            f"shape is: {bracketed(value.shape)}"
        )
    if count != len(sizes) and not (handle.grows and count < len(sizes)):
        raise invalid(
            f"TensorArray's size is not equal to the size of lengths ({count} vs. {len(sizes)}), and the TensorArray "
            "is not marked as dynamically resizeable"
        )
    start = 0
    for i, size in enumerate(sizes):
        handle.write(i, value[start : start + size])
        start += size
    return flow_in


@kernel("TensorArrayConcatV3", host=("handle", "lengths"), context=True)
def concat(context: Any, handle: Array, flow_in: Any, *, element_shape_except0: Any) -> tuple[Any, torch.Tensor]:
    values = [handle.checked().read(i, context.device) for i in range(len(handle))]
    lengths = torch.tensor([len(v) if v.ndim else 0 for v in values], dtype=torch.int64)
    if not values:
        rest = _dims(element_shape_except0)
        shape = handle.shape_with(None if rest is None else [None, *rest])
        if not shape or None in shape[1:]:
            raise UnimplementedError(
                None,
                None,
                f"TensorArray has size zero, but element_shape_except0 {_told(rest)} is not fully defined. Currently "
                "only static shapes are supported when concatenating zero-size TensorArrays.",
            )
        return handle.zeros([0, *shape[1:]], context.device), lengths
    for i, value in enumerate(values):
        if value.ndim == 0:
            raise invalid(
                f"Concat saw a scalar shape at index {i} but requires at least vectors.  Did you mean to call pack?"
            )
        if value.shape[1:] != values[0].shape[1:]:
            raise invalid(
                "TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: "
                f"{bracketed(values[0].shape[1:])} but index {i} has (excepting dimension 0) shape: "
                f"{bracketed(value.shape[1:])}"
            )
    return (np.concatenate(values) if isinstance(values[0], np.ndarray) else torch.cat(values)), lengths


@kernel("TensorArraySizeV3", host=("handle", "size"))
def size(handle: Array, flow_in: Any) -> torch.Tensor:
    return torch.tensor(len(handle.checked()), dtype=torch.int32)


@kernel("TensorArrayCloseV3", host=("handle",))
def close(handle: Array) -> None:
    handle.closed = True
    handle.clear()
