"""`Barrier`: elements by key whose components come one by one, and that are taken when they are complete.

`kernels/barrier.py` keeps them.
Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/raw_ops/Barrier
"""

from __future__ import annotations

from typing import Any

from ..graph import dtypes
from ..graph.operation import Operation, Tensor
from ..graph.shape import TensorShape, as_shape
from . import rules
from .constant_value import constant_value
from .node import node
from .rules import shape_rule


class Barrier:
    """Elements of components of `types` and `shapes`, kept in the session by key until they are complete."""

    def __init__(self, types: Any, shapes: Any = None, shared_name: str | None = None, name: str = "barrier") -> None:
        self._types = [dtypes.as_dtype(t) for t in (types if isinstance(types, (list, tuple)) else [types])]
        self._shapes = [TensorShape(None)] * len(self._types)
        if shapes is not None:
            self._shapes = [as_shape(shape) for shape in shapes]
            if len(self._shapes) != len(self._types):
                raise ValueError(
                    f"shapes must have the same length as types: {len(self._shapes)} vs. {len(self._types)}"
                )
            for i, shape in enumerate(self._shapes):
                if shape.num_elements() == 0:
                    raise ValueError(f"Empty tensors are not supported, but received shape '{shape}' at index {i}")
        self._handle = node(
            "Barrier", component_types=self._types, shapes=None if shapes is None else self._shapes,
            shared_name=shared_name, name=name,
        )  # fmt: skip

    @property
    def barrier_ref(self) -> Tensor:
        return self._handle

    @property
    def name(self) -> str:
        return self._handle.op.name

    def _called(self, name: str | None, op_type: str) -> str:
        return name or f"{self.name}_{op_type}"

    def insert_many(self, component_index: int, keys: Any, values: Any, name: str | None = None) -> Operation:
        """An op that sets component `component_index` of the elements of `keys` [n] to `values` [n, ..]."""
        name = self._called(name, "BarrierInsertMany")
        return node("BarrierInsertMany", self._handle, keys, values, component_index=component_index, name=name)

    def take_many(
        self, num_elements: Any, allow_small_batch: bool = False, timeout: int | None = None, name: str | None = None
    ) -> Any:
        """Waits for `num_elements` complete elements and takes them out: (indices, keys, list of components).

        Those inserted first come first. Of a closed barrier `allow_small_batch` takes what is left.
        """
        result = node(
            "BarrierTakeMany", self._handle, num_elements, component_types=self._types,
            allow_small_batch=allow_small_batch, timeout_ms=-1 if timeout is None else timeout,
            name=self._called(name, "BarrierTakeMany"),
        )  # fmt: skip
        count = None if allow_small_batch else constant_value(result.indices.op.inputs[1])
        rows = TensorShape.of((None if count is None else int(count),))
        values = result.values if isinstance(result.values, list) else [result.values]
        for tensor, shape in zip((result.indices, result.keys, *values), (TensorShape(()),) * 2 + tuple(self._shapes)):
            tensor.set_shape(rows.concatenate(shape))
        return result

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An op after which no new key may come; with `cancel_pending_enqueues` no component either."""
        name = self._called(name, "BarrierClose")
        return node("BarrierClose", self._handle, cancel_pending_enqueues=cancel_pending_enqueues, name=name)

    def ready_size(self, name: str | None = None) -> Tensor:
        """How many complete elements there are."""
        return node("BarrierReadySize", self._handle, name=self._called(name, "BarrierReadySize"))

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """How many elements lack a component."""
        return node("BarrierIncompleteSize", self._handle, name=self._called(name, "BarrierIncompleteSize"))


@shape_rule("Barrier")
def _() -> TensorShape:
    return TensorShape.of((2,))


shape_rule("BarrierReadySize", "BarrierIncompleteSize")(rules.scalar)


@shape_rule("BarrierInsertMany")
def _(handle: TensorShape, keys: TensorShape, values: TensorShape) -> list[TensorShape]:
    rules.with_rank(keys, 1)
    if values.ndims == 0:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    if values.ndims is not None:
        rules.merged(keys, values[:1])
    return []
