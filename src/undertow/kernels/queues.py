"""Queues: the kernels. `queue_storage.py` keeps the elements.

A handle is a scalar object array that holds the `Queue`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..graph.dtypes import int64
from ..graph.errors import InvalidArgumentError
from ..graph.shape import TensorShape
from .queue_storage import PaddingFIFOQueue, PriorityQueue, Queue, RandomShuffleQueue
from .registry import invalid, kernel


def _own(value: Any) -> Any:
    """A copy that no variable and no feeder can change."""
    return value.detach().clone() if isinstance(value, torch.Tensor) else value.copy()


def _handle(value: Any) -> np.ndarray:
    result = np.empty((), dtype=object)
    result[()] = value
    return result


def _register_queue(op_type: str, make: Callable[..., Queue]) -> None:
    @kernel(op_type, context=True, on_host=True)
    def queue(context: Any) -> np.ndarray:
        op = context.op
        types, shapes, attrs = op.attrs["component_types"], op.attrs["shapes"] or None, op.attrs

        def new(name: str) -> Queue:
            return make(name, attrs, types, shapes)

        wanted = new("")
        found = context.resources.get("queue", op, new)
        _check_shared(found, wanted, op)
        return _handle(found)


def _check_shared(found: Queue, wanted: Queue, op: Any) -> None:
    name = op.attrs["shared_name"]
    if found.kind != wanted.kind:
        raise InvalidArgumentError(None, op, f"Shared queue '{name}' is a {found.kind}, not a {wanted.kind}")
    for what, a, b in (
        ("capacity", found.capacity, wanted.capacity),
        ("component types", _spelled(found.types), _spelled(wanted.types)),
        ("component shapes", _spelled(found.shapes), _spelled(wanted.shapes)),
        ("min_after_dequeue", getattr(found, "min_after_dequeue", 0), getattr(wanted, "min_after_dequeue", 0)),
    ):
        if a != b:
            be = "was" if what in ("capacity", "min_after_dequeue") else "were"
            raise InvalidArgumentError(None, op, f"Shared queue '{name}' has {what} {a} but requested {what} {be} {b}")


def _spelled(items: Any) -> str:
    if items is None:
        return "[]"
    names = [_dims(i.as_list()) if isinstance(i, TensorShape) and i.ndims is not None else i for i in items]
    return f"[{','.join(getattr(n, 'name', str(n)) for n in names)}]"


def _dims(shape: Any) -> str:
    return f"[{','.join('?' if d is None else str(d) for d in shape)}]"


def _priority(name: str, attrs: Any, types: Any, shapes: Any) -> Queue:
    all_shapes = [TensorShape(()), *(shapes or [])] if shapes or not types else None
    return PriorityQueue(name, attrs["capacity"], [int64, *types], all_shapes)


_register_queue("FIFOQueueV2", lambda name, a, types, shapes: Queue(name, a["capacity"], types, shapes))
_register_queue("PaddingFIFOQueueV2", lambda name, a, t, shapes: PaddingFIFOQueue(name, a["capacity"], t, shapes))
_register_queue("PriorityQueueV2", _priority)
_register_queue(
    "RandomShuffleQueueV2",
    lambda name, a, types, shapes: RandomShuffleQueue(
        name,
        a["capacity"],
        types,
        shapes,
        min_after_dequeue=a["min_after_dequeue"],
        seed=a["seed"],
        seed2=a["seed2"],
    ),
)


def _check_shapes(queue: Queue, values: list[Any], lead: list[int]) -> None:
    """That the components have the queue's shapes, after the sizes in `lead`."""
    for i, (value, shape) in enumerate(zip(values, queue.shapes or ())):
        found = list(value.shape)
        if not shape.is_compatible_with(found[len(lead) :]):
            expected = _dims([*lead, *shape.as_list()])
            raise invalid(f"Shape mismatch in tuple component {i}. Expected {expected}, got {_dims(found)}")


@kernel("QueueEnqueueV2", context=True, on_host=True)
def enqueue(context: Any, handle: np.ndarray, components: list[Any]) -> None:
    queue: Queue = handle.item()
    _check_shapes(queue, components, [])
    queue.put([tuple(map(_own, components))], context.cancellation)


@kernel("QueueEnqueueManyV2", context=True, on_host=True)
def enqueue_many(context: Any, handle: np.ndarray, components: list[Any]) -> None:
    queue: Queue = handle.item()
    if not components[0].shape:
        raise invalid("Shape mismatch in tuple component 0. Expected a vector or more, got []")
    count = components[0].shape[0]
    for i, value in enumerate(components):
        found = value.shape[0] if value.shape else 0
        if found != count:
            raise invalid(
                "All input tensors must have the same size in the 0th dimension. "
                f"Component {i} has {found}, and should have {count}"
            )
    _check_shapes(queue, components, [count])
    rows = [_rows(_own(value)) for value in components]
    queue.put(list(zip(*rows)), context.cancellation)


def _rows(value: Any) -> list[Any]:
    if isinstance(value, torch.Tensor):
        return list(value.unbind(0))
    return [value[i, ...] for i in range(len(value))]


@kernel("QueueDequeueV2", context=True, on_host=True)
def dequeue(context: Any, handle: np.ndarray) -> Any:
    queue: Queue = handle.item()
    _check_types(context.op, queue)
    (element,) = queue.take(1, context.cancellation)
    return element[0] if len(element) == 1 else element


@kernel("QueueDequeueManyV2", "QueueDequeueUpToV2", host=("n",), context=True, on_host=True)
def dequeue_many(context: Any, handle: np.ndarray, n: torch.Tensor) -> Any:
    queue: Queue = handle.item()
    _check_types(context.op, queue)
    count = int(n)
    if count < 0:
        raise invalid(f"DequeueManyOp requested {count} < 0 elements")
    if queue.shapes is None:
        queue.stacked([])
    fewer = context.op.type == "QueueDequeueUpToV2"
    result = queue.stacked(queue.take(count, context.cancellation, fewer))
    return result[0] if len(result) == 1 else result


def _check_types(op: Any, queue: Queue) -> None:
    wanted = op.attrs["component_types"]
    if [t.base_dtype for t in wanted] != list(queue.types):
        raise invalid(
            f"Queue '{queue.name}' gives elements of {_spelled(queue.types)}, but {_spelled(wanted)} are wanted"
        )


@kernel("QueueCloseV2", context=True, on_host=True)
def close(context: Any, handle: np.ndarray, *, cancel_pending_enqueues: bool) -> None:
    handle.item().close(cancel_pending_enqueues, context.cancellation)


@kernel("QueueSizeV2", on_host=True)
def size(handle: np.ndarray) -> torch.Tensor:
    return torch.tensor(len(handle.item()), dtype=torch.int32)


@kernel("QueueIsClosedV2", on_host=True)
def is_closed(handle: np.ndarray) -> torch.Tensor:
    return torch.tensor(handle.item().closed)
