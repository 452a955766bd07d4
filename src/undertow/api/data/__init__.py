"""`tf.data`: input pipelines, run lazily in the process and the thread of the program that asks for elements."""

from __future__ import annotations

from typing import Any

from ..names import lazy
from . import structure as _structure

_NAMES = {
    "api.data.dataset": "Dataset",
    "api.data.experimental": "experimental=",
    "api.data.iterator": "Iterator",
    "api.data.options": "Options",
    "api.data.readers": "FixedLengthRecordDataset TFRecordDataset TextLineDataset",
}


def make_one_shot_iterator(dataset: Any) -> Any:
    """`dataset.make_one_shot_iterator()`."""
    return dataset.make_one_shot_iterator()


def make_initializable_iterator(dataset: Any, shared_name: str | None = None) -> Any:
    """`dataset.make_initializable_iterator()`."""
    return dataset.make_initializable_iterator(shared_name)


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The dtypes of an element's components."""
    return _structure.types_of(dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The shapes of an element's components."""
    return _structure.shapes_of(dataset_or_iterator.element_spec)


def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The classes of an element's components."""
    return _structure.classes_of(dataset_or_iterator.element_spec)


__getattr__, __dir__ = lazy(__name__, "tf.data", _NAMES)
