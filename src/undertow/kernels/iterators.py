"""Iterators over datasets: the kernels. An iterator's handle is a scalar object array that holds its `Cursor`."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..graph.errors import FailedPreconditionError, OutOfRangeError
from ..graph.function import Function
from .dataset import Data, Element, handle
from .registry import invalid, kernel

_counter = itertools.count()
_by_handle: weakref.WeakValueDictionary[bytes, Cursor] = weakref.WeakValueDictionary()


class Cursor:
    """Where an iterator of a session is in its dataset."""

    def __init__(self, name: str, op: Any) -> None:
        self.handle = f"undertow_iterator_{next(_counter)}_{name}".encode()
        self.types, self.shapes = op.attrs["output_types"], op.attrs["output_shapes"]
        self._elements: Iterator[Element] | None = None
        self._lock = threading.Lock()
        _by_handle[self.handle] = self

    def start(self, data: Data) -> None:
        """Go to the beginning of `data`."""
        with self._lock:
            self._elements = iter(data)

    @property
    def started(self) -> bool:
        return self._elements is not None

    def next(self) -> Element:
        """The next element. `OutOfRangeError` at the end, `FailedPreconditionError` before `start`."""
        with self._lock:
            if self._elements is None:
                raise FailedPreconditionError(
                    None,
                    None,
                    "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
                    "initializer operation for this iterator before getting the next element.",
                )
            for element in self._elements:
                return element
        raise OutOfRangeError(None, None, "End of sequence")


def _cursor(context: Any) -> Cursor:
    return context.resources.get("iterator", context.op, lambda name: Cursor(name, context.op))


# `view=True`: what comes out of an iterator may be a part of what its dataset was made of.


@kernel("IteratorV2", context=True, on_host=True, view=True)
def iterator(context: Any) -> np.ndarray:
    return handle(_cursor(context))


@kernel("OneShotIterator", context=True, on_host=True, view=True)
def one_shot_iterator(context: Any, *, dataset_factory: Function) -> np.ndarray:
    cursor = _cursor(context)
    if not cursor.started:
        (data,) = context.function(dataset_factory)([])
        cursor.start(data.item())
    return handle(cursor)


@kernel("MakeIterator", on_host=True)
def make_iterator(data: np.ndarray, iterator: np.ndarray) -> None:
    iterator.item().start(data.item())


@kernel("IteratorGetNext", on_host=True, view=True)
def get_next(iterator: np.ndarray) -> Any:
    element = iterator.item().next()
    return element[0] if len(element) == 1 else element


@kernel("IteratorToStringHandle", on_host=True)
def to_string_handle(iterator: np.ndarray) -> np.ndarray:
    return handle(iterator.item().handle)


@kernel("IteratorFromStringHandleV2", context=True, on_host=True, view=True)
def from_string_handle(context: Any, string_handle: np.ndarray) -> np.ndarray:
    name = string_handle.item()
    cursor = _by_handle.get(name)
    if cursor is None:
        raise invalid(f"No iterator has the string handle {name!r}.")
    types, shapes = context.op.attrs["output_types"], context.op.attrs["output_shapes"]
    if types and list(types) != list(cursor.types):
        raise invalid(f"The iterator gives elements of types {_names(cursor.types)}, but {_names(types)} are wanted.")
    if shapes and not all(wanted.is_compatible_with(shape) for wanted, shape in zip(shapes, cursor.shapes)):
        raise invalid(f"The iterator gives elements of shapes {cursor.shapes}, but {shapes} are wanted.")
    return handle(cursor)


def _names(types: Any) -> list[str]:
    return [t.name for t in types]
