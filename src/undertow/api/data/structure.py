"""The structure of a dataset's elements: tuples, named tuples, dicts and attrs classes, and specs at their leaves.

A list is no structure here: it is converted to one tensor.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/data/Dataset
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...graph import dtypes
from ...graph.dtypes import DType
from ...graph.operation import Tensor
from ...graph.shape import TensorShape
from ...graph.tensor_spec import SparseTensorSpec, TensorSpec
from ...ops.node import convert_to_tensor, node
from ...ops.sparse_tensor import SparseTensor, as_sparse, is_sparse

if TYPE_CHECKING:
    from .dataset import Dataset


class DatasetSpec:
    """Of an element's component that is a dataset: what its elements are."""

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self.element_spec = element_spec
        self.dtype: DType = dtypes.variant
        self.shape = TensorShape.of(())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatasetSpec) and self.element_spec == other.element_spec

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"DatasetSpec({self.element_spec!r}, TensorShape([]))"


Spec = TensorSpec | SparseTensorSpec | DatasetSpec


def _children(structure: Any) -> list[Any] | None:
    """What is in a structure, a dict's values in the order of its sorted keys; None for a leaf."""
    if isinstance(structure, tuple) and not is_sparse(structure):
        return list(structure)
    if isinstance(structure, Mapping):
        return [structure[key] for key in sorted(structure)]
    if hasattr(type(structure), "__attrs_attrs__"):
        return [getattr(structure, field.name) for field in type(structure).__attrs_attrs__]
    return None


def _like(structure: Any, children: list[Any]) -> Any:
    kind: Any = type(structure)
    if isinstance(structure, Mapping):
        values = dict(zip(sorted(structure), children))
        ordered = {key: values[key] for key in structure}
        return ordered if kind is dict or hasattr(structure, "default_factory") else kind(ordered)
    if hasattr(structure, "_fields") or hasattr(kind, "__attrs_attrs__"):
        return kind(*children)
    return tuple(children)


def flatten(structure: Any) -> list[Any]:
    """The leaves."""
    children = _children(structure)
    return [structure] if children is None else [leaf for child in children for leaf in flatten(child)]


def pack(structure: Any, leaves: list[Any]) -> Any:
    """The leaves in the structure of `structure`."""
    remaining = iter(leaves)
    return map_structure(lambda _: next(remaining), structure)


def map_structure(function: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """`function` of each leaf of `structure` and of what the others, nested at least as deep, have there.

    `TypeError` or `ValueError` if they are not nested alike.
    """
    children = _children(structure)
    if children is None:
        return function(structure, *others)
    columns = []
    for other in others:
        found = list(other) if isinstance(other, list) else _children(other)
        if found is None:
            raise TypeError(
                f"If shallow structure is a sequence, input must also be a sequence. Input has type: {type(other)}."
            )
        if isinstance(structure, Mapping) and set(structure) != set(other):
            raise ValueError(
                "The two structures don't have the same keys. Input structure has keys "
                f"{list(other)}, while shallow structure has keys {list(structure)}."
            )
        if len(found) != len(children):
            raise ValueError(
                f"The two structures don't have the same sequence length. Input structure has length {len(found)}, "
                f"while shallow structure has length {len(children)}."
            )
        columns.append(found)
    return _like(structure, [map_structure(function, *row) for row in zip(children, *columns)])


# Values and their specs


def normalized(element: Any) -> Any:
    """A structure with its leaves as tensors (datasets stay)."""
    leaves = flatten(element)
    tensors: list[Any] = []
    for i, leaf in enumerate(leaves):
        if is_sparse(leaf):
            tensors.append(as_sparse(leaf))
        else:
            tensors.append(leaf if _is_dataset(leaf) else convert_to_tensor(leaf, name=f"component_{i}"))
    return pack(element, tensors)


def _is_dataset(value: Any) -> bool:
    return hasattr(value, "_variant_tensor")


def spec_of(value: Any) -> Spec:
    """The spec of a tensor or a dataset."""
    if isinstance(value, SparseTensor):
        return SparseTensorSpec(value.shape, value.dtype)
    if _is_dataset(value):
        return DatasetSpec(value.element_spec)
    return TensorSpec(value.shape, value.dtype.base_dtype)


def specs_of(element: Any) -> Any:
    return map_structure(spec_of, element)


def tensor_of(value: Any) -> Tensor:
    """The tensor that stands for a component."""
    if isinstance(value, SparseTensor):
        return node("SerializeSparse", *value._fetch_components(), out_type=dtypes.variant)
    return value._variant_tensor if _is_dataset(value) else value


def component(tensor: Tensor, spec: Spec, make: Callable[[Tensor, Any], Dataset]) -> Any:
    """The component of that spec which a tensor stands for."""
    if isinstance(spec, SparseTensorSpec):
        result = SparseTensor(*node("DeserializeSparse", tensor, dtype=spec.dtype))
        result._told_shape = spec.shape if spec.shape.ndims is not None else None
        return result
    return make(tensor, spec.element_spec) if isinstance(spec, DatasetSpec) else tensor


def specs(output_types: Any, output_shapes: Any = None, output_classes: Any = None) -> Any:
    """The specs of components of these types and, where told, shapes and classes."""
    types = map_structure(dtypes.as_dtype, output_types)
    shapes = map_structure(lambda _: None, types) if output_shapes is None else output_shapes
    classes = map_structure(lambda _: Tensor, types) if output_classes is None else output_classes

    def one(dtype: DType, shape: Any, kind: Any) -> Spec:
        return SparseTensorSpec(shape, dtype) if kind is SparseTensor else TensorSpec(shape, dtype)

    return map_structure(one, types, shapes, classes)


def told(element_spec: Any) -> dict[str, Any]:
    """The attrs by which ops are told what elements are."""
    carried = arguments(element_spec)
    return {"output_types": [dtype for dtype, _ in carried], "output_shapes": [shape for _, shape in carried]}


def arguments(element_spec: Any) -> list[tuple[DType, TensorShape]]:
    """The dtypes and shapes of the tensors that stand for an element's components."""
    return [
        (dtypes.variant, TensorShape(None)) if isinstance(s, SparseTensorSpec) else (s.dtype, s.shape)
        for s in flatten(element_spec)
    ]


def relaxed(first: Any, second: Any) -> Any:
    """What fits the elements of both; the structures are alike."""

    def one(a: Spec, b: Spec) -> Spec:
        if isinstance(a, DatasetSpec) and isinstance(b, DatasetSpec):
            return DatasetSpec(relaxed(a.element_spec, b.element_spec))
        kind = SparseTensorSpec if isinstance(a, SparseTensorSpec) else TensorSpec
        return kind(a.shape.most_specific_compatible_shape(b.shape), a.dtype)

    return map_structure(one, first, second)


def types_of(element_spec: Any) -> Any:
    return map_structure(lambda s: s.dtype, element_spec)


def shapes_of(element_spec: Any) -> Any:
    return map_structure(lambda s: s.shape, element_spec)


def classes_of(element_spec: Any) -> Any:
    classes = {DatasetSpec: DatasetSpec, SparseTensorSpec: SparseTensor}
    return map_structure(lambda s: classes.get(type(s), Tensor), element_spec)
