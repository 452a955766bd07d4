"""Queues: what each op is, and the classes that programs hold. `kernels/queues.py` keeps the elements.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/queue
"""

from __future__ import annotations

import hashlib
from typing import Any

from ..graph import dtypes
from ..graph.dtypes import DType
from ..graph.operation import Operation, Tensor
from ..graph.scopes import get_seed, name_scope
from ..graph.shape import Dimension, TensorShape, as_shape
from . import rules
from .constant_value import constant_value
from .node import convert_to_tensor, node
from .rules import shape_rule


class QueueBase:
    """A queue of elements, each a tuple of tensors: what all kinds of queues share.

    `dtypes` and `shapes` tell what an element's components are, `names` what they are called in elements that are
    dicts. The elements live in the session.
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Tensor) -> None:
        self._dtypes: list[DType] = dtypes
        self._shapes = [TensorShape(None)] * len(dtypes) if shapes is None else [as_shape(s) for s in shapes]
        if len(self._shapes) != len(dtypes):
            raise ValueError(
                f"Queue shapes must have the same length as dtypes, received len(shapes)={len(self._shapes)}, "
                f"len(dtypes)={len(dtypes)}"
            )
        if names is not None and len(names) != len(dtypes):
            raise ValueError(
                f"Queue names must have the same length as dtypes,received len(names)={len(names)},"
                f"len {len(dtypes)} dtypes."
            )
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split("/")[-1]

    @staticmethod
    def from_list(index: Any, queues: Any) -> QueueBase:
        """The queue at `index`, a scalar tensor, of `queues`, which have the same dtypes, shapes and names.

        `TypeError` if they are no queues or of different dtypes, `ValueError` if their names differ.
        """
        if not queues or not isinstance(queues, list) or not all(isinstance(q, QueueBase) for q in queues):
            raise TypeError("A list of queues expected")
        first = queues[0]
        if any(q.dtypes != first.dtypes for q in queues):
            raise TypeError("Queues do not have matching component dtypes.")
        if any(q.names != first.names for q in queues):
            raise TypeError("Queues do not have matching component names.")
        shapes = [_common_shape([q.shapes[i] for q in queues]) for i in range(len(first.dtypes))]
        handle = node("GatherV2", node("Pack", [q.queue_ref for q in queues], axis=0, name="stack"), index, 0)
        return QueueBase(first.dtypes, shapes, first.names, handle)

    @staticmethod
    def of(queue_ref: Tensor) -> QueueBase:
        """The queue that a handle in the graph stands for, as far as its op tells."""
        attrs = queue_ref.op.attrs
        types = attrs.get("component_types", [])
        return QueueBase(types, attrs.get("shapes") or None, None, queue_ref)

    @property
    def queue_ref(self) -> Tensor:
        return self._queue_ref

    @property
    def name(self) -> str:
        return self._queue_ref.op.name

    @property
    def dtypes(self) -> list[DType]:
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        return self._shapes

    @property
    def names(self) -> Any:
        return self._names

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """An op that adds one element: a tensor, a tuple of them, or a dict if the components have names.

        It waits while the queue is full. `CancelledError` in the run if the queue is closed.
        """
        components = self._as_list(vals)
        with name_scope(name, f"{self._name}_enqueue", [self._queue_ref]) as scope:
            tensors = self._converted(components)
            for tensor, shape in zip(tensors, self._shapes):
                tensor.shape.assert_is_compatible_with(shape)
            return node("QueueEnqueueV2", self._queue_ref, tensors, name=scope)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """An op that adds as many elements as the first dimension, the same in all components, tells."""
        components = self._as_list(vals)
        with name_scope(name, f"{self._name}_EnqueueMany", [self._queue_ref]) as scope:
            tensors = self._converted(components)
            batch = TensorShape([None])
            for tensor, shape in zip(tensors, self._shapes):
                batch = batch.merge_with(tensor.shape.with_rank_at_least(1)[:1])
                tensor.shape[1:].assert_is_compatible_with(shape)
            return node("QueueEnqueueManyV2", self._queue_ref, tensors, name=scope)

    def dequeue(self, name: str | None = None) -> Any:
        """An element: a tensor, a list of them, or a dict of the names; waits while there is none.

        `OutOfRangeError` in the run if the queue is closed and empty, `CancelledError` if the session is closed.
        """
        outputs = node(
            "QueueDequeueV2", self._queue_ref, component_types=self._dtypes, name=name or f"{self._name}_Dequeue"
        )
        return self._result(outputs, self._shapes)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """`n` elements stacked; waits until there are so many. The components must have shapes."""
        return self._dequeue_some("QueueDequeueManyV2", n, constant_value, name or f"{self._name}_DequeueMany")

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """`n` elements stacked, or what is left once the queue is closed."""
        return self._dequeue_some("QueueDequeueUpToV2", n, lambda _: None, name or f"{self._name}_DequeueUpTo")

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An op after which nothing can be added; enqueues that wait are cancelled if so told, else finished."""
        return node(
            "QueueCloseV2",
            self._queue_ref,
            cancel_pending_enqueues=cancel_pending_enqueues,
            name=name or f"{self._name}_Close",
        )

    def is_closed(self, name: str | None = None) -> Tensor:
        """Whether the queue is closed."""
        return node("QueueIsClosedV2", self._queue_ref, name=name or f"{self._name}_Is_Closed")

    def size(self, name: str | None = None) -> Tensor:
        """How many elements are in the queue, an int32."""
        return node("QueueSizeV2", self._queue_ref, name=name or f"{self._name}_Size")

    def _as_list(self, vals: Any) -> list[Any]:
        """The components of an element in their order, from a value, a list or a dict."""
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names) != sorted(vals):
                raise ValueError(
                    "Keys in dictionary to enqueue do not match names of Queue.  "
                    f"Dictionary: ({', '.join(sorted(vals))}), Queue: ({', '.join(sorted(self._names))})"
                )
            return [vals[name] for name in self._names]
        if self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        return list(vals) if isinstance(vals, (list, tuple)) else [vals]

    def _converted(self, components: list[Any]) -> list[Tensor]:
        if len(components) != len(self._dtypes):
            raise ValueError(
                f"Queue {self.name!r} has {len(self._dtypes)} components, but {len(components)} were enqueued."
            )
        return [
            convert_to_tensor(value, dtype=dtype, name=f"component_{i}")
            for i, (value, dtype) in enumerate(zip(components, self._dtypes))
        ]

    def _dequeue_some(self, op_type: str, n: Any, count: Any, name: str) -> Any:
        outputs = node(op_type, self._queue_ref, n, component_types=self._dtypes, name=name)
        size = count(outputs[0].op.inputs[1])
        batch = TensorShape([None if size is None else int(size)])
        return self._result(outputs, [batch.concatenate(shape) for shape in self._shapes])

    def _result(self, outputs: list[Tensor], shapes: list[TensorShape]) -> Any:
        for tensor, shape in zip(outputs, shapes):
            tensor.set_shape(shape)
        if self._names:
            return dict(zip(self._names, outputs))
        return outputs[0] if len(outputs) == 1 else outputs


def _common_shape(shapes: list[TensorShape]) -> TensorShape:
    result = shapes[0]
    for shape in shapes[1:]:
        result = result.most_specific_compatible_shape(shape)
    return result


def _as_type_list(types: Any) -> list[DType]:
    return [dtypes.as_dtype(t).base_dtype for t in (types if isinstance(types, (list, tuple)) else [types])]


def _as_shape_list(shapes: Any, partly: bool = False) -> list[TensorShape] | None:
    """The shape of each component. One component's may stand alone; unknown dimensions only where they may be."""
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (list, tuple)):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(s is None or isinstance(s, (int, Dimension)) for s in shapes):
        shapes = [shapes]
    result = [as_shape(s) for s in shapes]
    if not partly and not all(s.is_fully_defined() for s in result):
        raise ValueError(f"All shapes must be fully defined: {result}")
    return result


def _as_name_list(names: Any, types: list[DType]) -> list[str] | None:
    if names is None:
        return None
    names = list(names) if isinstance(names, (list, tuple)) else [names]
    if len(names) != len(types):
        raise ValueError("List of names must have the same length as the list of dtypes")
    return names


class FIFOQueue(QueueBase):
    """A queue that gives its elements in the order in which they came.

    `capacity` bounds it (below 1: not at all), `dtypes` and `shapes` are the components' (all elements have these
    shapes; without them `dequeue_many` cannot be used); queues of one `shared_name` are one.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "fifo_queue",
    ) -> None:
        types = _as_type_list(dtypes)
        shape_list = _as_shape_list(shapes)
        name_list = _as_name_list(names, types)
        handle = node(
            "FIFOQueueV2",
            component_types=types,
            shapes=shape_list,
            capacity=capacity,
            shared_name=_shared_name(shared_name),
            name=name,
        )
        super().__init__(types, shape_list, name_list, handle)


class RandomShuffleQueue(QueueBase):
    """A queue that gives its elements in random order and keeps `min_after_dequeue` of them back until it is closed."""

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        types = _as_type_list(dtypes)
        shape_list = _as_shape_list(shapes)
        name_list = _as_name_list(names, types)
        graph_seed, op_seed = get_seed(seed)
        if graph_seed is not None and seed is None and shared_name is not None:
            # Queues that are shared must agree on it, wherever in their graphs they stand.
            digest = hashlib.md5(f"{graph_seed}{shared_name}".encode(), usedforsecurity=False).hexdigest()
            op_seed = int(digest[:8], 16) & 0x7FFFFFFF
        handle = node(
            "RandomShuffleQueueV2",
            component_types=types,
            shapes=shape_list,
            capacity=capacity,
            min_after_dequeue=min_after_dequeue,
            seed=graph_seed or 0,
            seed2=op_seed or 0,
            shared_name=_shared_name(shared_name),
            name=name,
        )
        super().__init__(types, shape_list, name_list, handle)


class PaddingFIFOQueue(QueueBase):
    """A FIFO queue whose elements may differ in the sizes that `shapes` leaves open.

    `dequeue_many` pads them with zeros (empty strings, False) to the largest of the batch.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        types = _as_type_list(dtypes)
        shape_list = _as_shape_list(shapes, partly=True)
        name_list = _as_name_list(names, types)
        if shape_list is None or len(types) != len(shape_list):
            raise ValueError(
                f"Shapes must be provided for all components, but received {len(types)} dtypes and "
                f"{len(shape_list or [])} shapes."
            )
        handle = node(
            "PaddingFIFOQueueV2",
            component_types=types,
            shapes=shape_list,
            capacity=capacity,
            shared_name=_shared_name(shared_name),
            name=name,
        )
        super().__init__(types, shape_list, name_list, handle)


class PriorityQueue(QueueBase):
    """A queue whose first component, an int64 scalar, is the priority: the element of the lowest one comes first.

    `types` and `shapes` are those of the other components.
    """

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ) -> None:
        type_list = _as_type_list(types)
        shape_list = _as_shape_list(shapes)
        handle = node(
            "PriorityQueueV2",
            component_types=type_list,
            shapes=shape_list or [],
            capacity=capacity,
            shared_name=_shared_name(shared_name),
            name=name,
        )
        all_shapes = [TensorShape.of(()), *shape_list] if shape_list else None
        super().__init__([dtypes.int64, *type_list], all_shapes, names, handle)


def _shared_name(name: str | bytes | None) -> str:
    return name.decode() if isinstance(name, bytes) else name or ""


shape_rule(
    "FIFOQueueV2", "RandomShuffleQueueV2", "PaddingFIFOQueueV2", "PriorityQueueV2", "QueueSizeV2", "QueueIsClosedV2"
)(rules.scalar)


@shape_rule("QueueDequeueManyV2", "QueueDequeueUpToV2", values=["n"])
def _(handle: TensorShape, n: Any) -> TensorShape:
    if n is not None and int(n) < 0:
        raise ValueError(f"Input 'n' must be >= 0, but is {int(n)}")
    return TensorShape(None)
