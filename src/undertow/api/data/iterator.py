"""`tf.data.Iterator`: where one is in a dataset, kept by the session.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/Iterator
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...graph import dtypes
from ...graph.operation import Operation, Tensor
from ...graph.scopes import name_scope
from ...ops.node import convert_to_tensor, node
from .structure import classes_of, component, flatten, pack, shapes_of, specs, told, types_of

if TYPE_CHECKING:
    from .dataset import Dataset


class Iterator:
    """An iterator: `get_next()` are tensors of the next element, `initializer` goes to the beginning."""

    def __init__(
        self,
        iterator_resource: Tensor,
        initializer: Operation | None,
        output_types: Any,
        output_shapes: Any = None,
        output_classes: Any = None,
        element_spec: Any = None,
    ) -> None:
        self._iterator_resource = iterator_resource
        self._initializer = initializer
        self._spec = specs(output_types, output_shapes, output_classes) if element_spec is None else element_spec
        self._string_handle = node("IteratorToStringHandle", iterator_resource)

    @staticmethod
    def from_structure(
        output_types: Any, output_shapes: Any = None, shared_name: str | None = None, output_classes: Any = None
    ) -> Iterator:
        """An iterator for any dataset of elements of these types and shapes; `make_initializer` tells which."""
        return Iterator._of(specs(output_types, output_shapes, output_classes), shared_name)

    @staticmethod
    def _of(element_spec: Any, shared_name: str | None) -> Iterator:
        resource = node("IteratorV2", container="", shared_name=shared_name or "", **told(element_spec))
        return Iterator(resource, None, None, element_spec=element_spec)

    @staticmethod
    def from_string_handle(
        string_handle: Any, output_types: Any, output_shapes: Any = None, output_classes: Any = None
    ) -> Iterator:
        """The iterator whose `string_handle()` had that value, which may be fed."""
        element_spec = specs(output_types, output_shapes, output_classes)
        handle = convert_to_tensor(string_handle, dtype=dtypes.string)
        resource = node("IteratorFromStringHandleV2", handle, **told(element_spec))
        return Iterator(resource, None, None, element_spec=element_spec)

    @property
    def initializer(self) -> Operation:
        """The operation that goes to the beginning; `ValueError` if the iterator needs none."""
        if self._initializer is None:
            raise ValueError(
                "Iterator does not have an initializer. This means it was likely created using "
                "`tf.data.Dataset.make_one_shot_iterator()`. For an initializable iterator, use "
                "`tf.data.Dataset.make_initializable_iterator()` instead."
            )
        return self._initializer

    def make_initializer(self, dataset: Dataset, name: str | None = None) -> Operation:
        """The operation that goes to the beginning of `dataset`.

        `TypeError` if its elements have another structure, other types or shapes than the iterator's.
        """
        with name_scope(name, "make_initializer"):
            pairs = list(zip(flatten(self._spec), flatten(dataset.element_spec)))
            if len(flatten(self._spec)) != len(flatten(dataset.element_spec)):
                raise TypeError(f"Expected elements like {self._spec!r} but got {dataset.element_spec!r}.")
            for wanted, found in pairs:
                if wanted.dtype is not found.dtype:
                    raise TypeError(
                        f"Expected output types {self.output_types!r} but got dataset with output types "
                        f"{dataset.output_types!r}."
                    )
                if not wanted.shape.is_compatible_with(found.shape):
                    raise TypeError(
                        f"Expected output shapes compatible with {self.output_shapes!r} but got dataset with output "
                        f"shapes {dataset.output_shapes!r}."
                    )
        return node("MakeIterator", dataset._variant_tensor, self._iterator_resource, name=name or "make_initializer")

    def get_next(self, name: str | None = None) -> Any:
        """The next element's tensors, in its structure. A run past the end raises `tf.errors.OutOfRangeError`."""
        from .dataset import Dataset

        tensors = node("IteratorGetNext", self._iterator_resource, name=name, **told(self._spec))
        leaves = [component(t, spec, Dataset) for t, spec in zip(tensors, flatten(self._spec))]
        return pack(self._spec, leaves)

    def string_handle(self, name: str | None = None) -> Tensor:
        """A string that stands for the iterator in this session."""
        if name is None:
            return self._string_handle
        return node("IteratorToStringHandle", self._iterator_resource, name=name)

    @property
    def output_types(self) -> Any:
        return types_of(self._spec)

    @property
    def output_shapes(self) -> Any:
        return shapes_of(self._spec)

    @property
    def output_classes(self) -> Any:
        return classes_of(self._spec)

    @property
    def element_spec(self) -> Any:
        """The specs of an element's components, in its structure."""
        return self._spec
