"""Staging areas: where one run puts tensors for a later one to take, in order or by key.

`kernels/staging.py` keeps them.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/staging/StagingArea
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes as _dtypes
from ..graph import stacks
from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..graph.scopes import name_scope
from ..graph.shape import TensorShape, as_shape
from . import rules
from .node import convert_to_tensor, node
from .rules import shape_rule


class _Area:
    """What both kinds share: names, dtypes and shapes of an element's components."""

    _kind = ""

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: str | None = None, capacity: int = 0,
        memory_limit: int = 0,
    ) -> None:  # fmt: skip
        self._name = shared_name or stacks.get_default_graph().unique_name(self._kind)
        self._dtypes: list[DType] = [_dtypes.as_dtype(t) for t in dtypes]
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError("StagingArea shapes must be the same length as dtypes")
        self._shapes = [as_shape(s) for s in shapes] if shapes is not None else [TensorShape(None)] * len(dtypes)
        if names and len(names) != len(dtypes):
            raise ValueError("StagingArea names must be the same length as dtypes")
        self._names = list(names) if names else None
        self._capacity, self._memory_limit = capacity, memory_limit

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtypes(self) -> list[DType]:
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        return self._shapes

    @property
    def names(self) -> list[str] | None:
        return self._names

    @property
    def capacity(self) -> int:
        return self._capacity

    @property
    def memory_limit(self) -> int:
        return self._memory_limit

    def _node(self, op_type: str, *inputs: Any, name: str, dtypes: Any = None, **attrs: Any) -> Any:
        return node(
            op_type, *inputs, dtypes=self._dtypes if dtypes is None else dtypes, shared_name=self._name,
            capacity=self._capacity, memory_limit=self._memory_limit, name=name, **attrs,
        )  # fmt: skip

    def _given(self, values: Any, indices: Any = None) -> tuple[list[Any], list[int]]:
        """The components of what is put, in order, and which they are. `ValueError` if they do not fit."""
        if self._names:
            if not isinstance(values, dict):
                raise ValueError("You must enqueue a dictionary in a staging area with names")
            if indices is not None:
                raise ValueError("Cannot specify both indices and a dict of values")
            if not set(values) <= set(self._names) or (self._kind == "StagingArea" and len(values) != len(self._names)):
                raise ValueError(
                    "Keys in dictionary to put do not match names of staging area. "
                    f"Dictionary: ({sorted(values)}), Queue: ({sorted(self._names)})"
                )
            indices = [i for i, name in enumerate(self._names) if name in values]
            values = [values[self._names[i]] for i in indices]
        else:
            if isinstance(values, dict):
                raise ValueError("You can't enqueue a dictionary in a staging area without names")
            values = list(values) if isinstance(values, (list, tuple)) else [values]
            if indices is None and self._kind == "MapStagingArea":
                raise ValueError("Indices must be supplied when inserting a list of tensors")
            indices = list(range(len(values))) if indices is None else list(indices)
        if len(values) > len(self._dtypes) or (self._kind == "StagingArea" and len(values) != len(self._dtypes)):
            raise ValueError(f"Unexpected number of inputs '{len(values)}' vs '{len(self._dtypes)}'")
        found = []
        for i, value in zip(indices, values):
            tensor = convert_to_tensor(value, name=f"component_{i}")
            if tensor.dtype.base_dtype != self._dtypes[i]:
                raise ValueError(f"Datatypes do not match. '{tensor.dtype}' != '{self._dtypes[i]}'")
            tensor.shape.assert_is_compatible_with(self._shapes[i])
            found.append(tensor)
        return found, indices

    def _returned(self, tensors: Any, indices: list[int]) -> Any:
        tensors = list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]
        for i, tensor in zip(indices, tensors):
            tensor.set_shape(self._shapes[i])
        return {self._names[i]: t for i, t in zip(indices, tensors)} if self._names else tensors


class StagingArea(_Area):
    """First in, first out."""

    _kind = "StagingArea"

    def put(self, values: Any, name: str | None = None) -> Operation:
        """An op that puts an element in: a list of tensors, or with `names` a dict. It waits while there is no room."""
        with name_scope(name, f"{self._name}_put") as scope:
            tensors, _ = self._given(values)
            return self._node("Stage", tensors, name=scope)

    def get(self, name: str | None = None) -> Any:
        """Takes the element that was put in first, waiting for one: a list of tensors, or a dict."""
        tensors = self._node("Unstage", name=name or f"{self._name}_get")
        return self._returned(tensors, list(range(len(self._dtypes))))

    def peek(self, index: Any, name: str | None = None) -> Any:
        """Element `index`, which stays."""
        tensors = self._node("StagePeek", index, name=name or f"{self._name}_peek")
        return self._returned(tensors, list(range(len(self._dtypes))))

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are."""
        return self._node("StageSize", name=name or f"{self._name}_size")

    def clear(self, name: str | None = None) -> Operation:
        """An op that takes all elements out."""
        return self._node("StageClear", name=name or f"{self._name}_clear")


class MapStagingArea(_Area):
    """Elements by an integer key; their components may come one by one. `ordered`: the least key first."""

    _kind = "MapStagingArea"

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: str | None = None, ordered: bool = False,
        capacity: int = 0, memory_limit: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._prefix = "OrderedMap" if ordered else "Map"

    def put(self, key: Any, vals: Any, indices: Any = None, name: str | None = None) -> Operation:
        """An op that puts components of the element of `key` in: a list and their `indices`, or a dict by names."""
        with name_scope(name, f"{self._name}_put") as scope:
            tensors, indices = self._given(vals, indices)
            places = convert_to_tensor(indices, _dtypes.int32, name="indices")
            return self._node(f"{self._prefix}Stage", key, places, tensors, name=scope)

    def _wanted(self, indices: Any) -> list[int]:
        if indices is None:
            return list(range(len(self._dtypes)))
        wanted: list[Any] = [indices] if isinstance(indices, (int, str)) else list(indices)
        if any(isinstance(i, str) for i in wanted):
            if self._names is None:
                raise ValueError("String indices provided but this staging area has no names")
            wanted = [self._names.index(i) for i in wanted]
        if not all(isinstance(i, int) and 0 <= i < len(self._dtypes) for i in wanted):
            raise ValueError(f"Indices {indices} are not those of {len(self._dtypes)} components")
        return wanted

    def _take(self, op_type: str, key: Any, indices: Any, name: str) -> Any:
        wanted = self._wanted(indices)
        with name_scope(name, name) as scope:
            places = convert_to_tensor(wanted, _dtypes.int32, name="indices")
            tensors = self._node(op_type, key, places, dtypes=[self._dtypes[i] for i in wanted], name=scope)
        return self._returned(tensors, wanted)

    def get(self, key: Any = None, indices: Any = None, name: str | None = None) -> Any:
        """Takes components (all by default) of the element of `key`, waiting for it: the key and a list or dict.

        Without a key any complete element.
        """
        if key is not None:
            key = convert_to_tensor(key, _dtypes.int64)
            return key, self._take(f"{self._prefix}Unstage", key, indices, name or f"{self._name}_get")
        wanted = self._wanted(indices)
        with name_scope(name, f"{self._name}_get_nokey") as scope:
            places = convert_to_tensor(wanted, _dtypes.int32, name="indices")
            found, tensors = self._node(
                f"{self._prefix}UnstageNoKey", places, dtypes=[self._dtypes[i] for i in wanted], name=scope
            )
        return found, self._returned(tensors, wanted)

    def peek(self, key: Any, indices: Any = None, name: str | None = None) -> Any:
        """Components of the element of `key`, which stay."""
        return self._take(f"{self._prefix}Peek", key, indices, name or f"{self._name}_pop")

    def size(self, name: str | None = None) -> Tensor:
        """How many complete elements there are."""
        return self._node(f"{self._prefix}Size", name=name or f"{self._name}_size")

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """How many elements lack a component."""
        return self._node(f"{self._prefix}IncompleteSize", name=name or f"{self._name}_incomplete_size")

    def clear(self, name: str | None = None) -> Operation:
        """An op that takes all elements out."""
        return self._node(f"{self._prefix}Clear", name=name or f"{self._name}_clear")


shape_rule("StageSize", "MapSize", "MapIncompleteSize", "OrderedMapSize", "OrderedMapIncompleteSize")(rules.scalar)
