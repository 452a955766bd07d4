"""`tf.train.batch` and its like: queues that feed a program from tensors, with the runners that fill them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/batch and its neighbours
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import dtypes
from ...graph.errors import unbuilt
from ...graph.operation import Operation, Tensor
from ...graph.scopes import name_scope
from ...graph.shape import TensorShape, as_shape
from ...ops import summary
from ...ops.cond import smart_cond
from ...ops.constant import constant
from ...ops.control_flow import no_op
from ...ops.math import cast, maximum
from ...ops.node import convert_to_tensor
from ...ops.queues import FIFOQueue, PaddingFIFOQueue, QueueBase, RandomShuffleQueue
from ...ops.slicing import boolean_mask
from ...ops.sparse_storage import (
    _add_many_sparse_to_tensors_map,
    _add_sparse_to_tensors_map,
    _take_many_sparse_from_tensors_map,
)
from ...ops.sparse_tensor import SparseTensor
from .queue_runner import QueueRunner, add_queue_runner


def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Batches of `batch_size` of what `tensors`, a list or dict of tensors, give run after run.

    `num_threads` fill a queue of `capacity`. With `enqueue_many` the tensors are batches themselves; `dynamic_pad` pads
    unknown dimensions to the largest of the batch; with `allow_smaller_final_batch` the rest at the end is a batch too.
    `ValueError` for shapes that are not known. A list of one tensor gives a tensor.
    """
    return maybe_batch(
        tensors,
        True,
        batch_size,
        num_threads,
        capacity,
        enqueue_many,
        shapes,
        dynamic_pad,
        allow_smaller_final_batch,
        shared_name,
        name,
    )


def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch` of those that `keep_input` is true for (with `enqueue_many` it may be one bool for each)."""

    def queue(types: Any, shapes: Any) -> QueueBase:
        return _plain_queue(capacity, types, shapes, dynamic_pad, shared_name)

    return _batched(
        "batch", [tensors], num_threads, keep_input, batch_size, enqueue_many, shapes, queue, capacity, 0,
        allow_smaller_final_batch, name, shared_name,
    )  # fmt: skip


def batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch` from several sources, each a list or dict of tensors, with a thread for each."""
    return maybe_batch_join(
        tensors_list,
        True,
        batch_size,
        capacity,
        enqueue_many,
        shapes,
        dynamic_pad,
        allow_smaller_final_batch,
        shared_name,
        name,
    )


def maybe_batch_join(
    tensors_list: Any,
    keep_input: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch_join` of those that `keep_input` is true for."""

    def queue(types: Any, shapes: Any) -> QueueBase:
        return _plain_queue(capacity, types, shapes, dynamic_pad, shared_name)

    return _batched(
        "batch_join", tensors_list, 1, keep_input, batch_size, enqueue_many, shapes, queue, capacity, 0,
        allow_smaller_final_batch, name, shared_name,
    )  # fmt: skip


def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch` in random order: at least `min_after_dequeue` elements stay in the queue to choose from."""
    return maybe_shuffle_batch(
        tensors,
        batch_size,
        capacity,
        min_after_dequeue,
        True,
        num_threads,
        seed,
        enqueue_many,
        shapes,
        allow_smaller_final_batch,
        shared_name,
        name,
    )


def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`shuffle_batch` of those that `keep_input` is true for."""

    def queue(types: Any, shapes: Any) -> QueueBase:
        return RandomShuffleQueue(capacity, min_after_dequeue, types, shapes, seed=seed, shared_name=shared_name)

    return _batched(
        "shuffle_batch", [tensors], num_threads, keep_input, batch_size, enqueue_many, shapes, queue, capacity,
        min_after_dequeue, allow_smaller_final_batch, name, shared_name,
    )  # fmt: skip


def shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`shuffle_batch` from several sources, with a thread for each."""
    return maybe_shuffle_batch_join(
        tensors_list,
        batch_size,
        capacity,
        min_after_dequeue,
        True,
        seed,
        enqueue_many,
        shapes,
        allow_smaller_final_batch,
        shared_name,
        name,
    )


def maybe_shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`shuffle_batch_join` of those that `keep_input` is true for."""

    def queue(types: Any, shapes: Any) -> QueueBase:
        return RandomShuffleQueue(capacity, min_after_dequeue, types, shapes, seed=seed, shared_name=shared_name)

    return _batched(
        "shuffle_batch_join", tensors_list, 1, keep_input, batch_size, enqueue_many, shapes, queue, capacity,
        min_after_dequeue, allow_smaller_final_batch, name, shared_name,
    )  # fmt: skip


def _plain_queue(capacity: int, types: Any, shapes: Any, dynamic_pad: bool, shared_name: str | None) -> QueueBase:
    kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
    return kind(capacity, types, shapes, shared_name=shared_name)


def _batched(
    default_name: str,
    sources: Any,
    threads: int,
    keep_input: Any,
    batch_size: Any,
    enqueue_many: bool,
    shapes: Any,
    make_queue: Callable[[Any, Any], QueueBase],
    capacity: int,
    min_after_dequeue: int,
    smaller_final: bool,
    name: str | None,
    shared_name: str | None = None,
) -> Any:
    """What all of the functions above do: a queue, its runner, the summary of how full it is, the batch."""
    rows = [_as_list(source) for source in sources]
    if not rows or not all(rows):
        raise ValueError(f"Expected at least one tensor in {default_name}().")
    first = sources[0]
    if isinstance(first, dict) and any(set(source) != set(first) for source in sources):
        raise ValueError("All dictionaries in tensors_list must have the same keys")
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"Expected as many tensors in each of the lists, got {rows[0]} and others.")
    known_minimum = min_after_dequeue if isinstance(min_after_dequeue, int) else 0
    if isinstance(capacity, int) and capacity < known_minimum:
        raise ValueError(f"capacity {capacity} must be bigger than min_after_dequeue {min_after_dequeue}.")
    known = [t for row in rows for t in row if isinstance(t, Tensor)]
    with name_scope(name, default_name, known) as scope:
        keep = convert_to_tensor(keep_input, dtype=dtypes.bool)
        _check_keep(keep, enqueue_many)
        stored = _Stored(rows, enqueue_many, keep, shared_name)
        lists = [[convert_to_tensor(t) for t in row] for row in stored.lists]
        types = [t.dtype.base_dtype for t in lists[0]]
        for row in lists[1:]:
            others = [t.dtype.base_dtype for t in row]
            if others != types:
                shown = (", ".join(t.name for t in kinds) for kinds in (types, others))
                raise TypeError(f"Expected types to be consistent: {' vs. '.join(shown)}.")
        queue = make_queue(types, _element_shapes(lists, shapes, enqueue_many))
        enqueues = [_enqueue(queue, row, enqueue_many, keep) for row in lists]
        add_queue_runner(QueueRunner(queue, enqueues * threads))
        _summarize(queue, capacity, min_after_dequeue)
        dequeue = queue.dequeue_up_to if smaller_final else queue.dequeue_many
        result = stored.taken(dequeue(batch_size, name=scope))
    if isinstance(first, dict):
        return dict(zip(sorted(first, key=str), result if len(first) > 1 else [result]))
    return result


def _as_list(tensors: Any) -> list[Any]:
    return [tensors[key] for key in sorted(tensors, key=str)] if isinstance(tensors, dict) else list(tensors)


def _check_keep(keep: Tensor, enqueue_many: bool) -> None:
    if keep.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if keep.shape.ndims and (keep.shape.ndims > 1 or not enqueue_many):
        raise ValueError("`keep_input` cannot be a vector unless `enqueue_many=True`.")


class _Stored:
    """Sources whose sparse tensors are in maps: their numbers go through the queue in their place."""

    def __init__(self, rows: list[list[Any]], enqueue_many: bool, keep: Tensor, shared_name: str | None) -> None:
        self._first, self._enqueue_many = rows[0], enqueue_many
        self._ops: dict[int, Operation] = {}
        self.lists: list[list[Any]] = []
        sparse = [i for i, item in enumerate(rows[0]) if isinstance(item, SparseTensor)]
        if sparse and keep.shape.ndims:
            raise unbuilt("A batch of SparseTensors with a vector `keep_input`")
        for row in rows:
            if [i for i, item in enumerate(row) if isinstance(item, SparseTensor)] != sparse:
                raise TypeError("Expected sparse tensors at the same places in each of the lists.")
            self.lists.append([self._store(i, item, keep, shared_name) for i, item in enumerate(row)])

    def _store(self, i: int, item: Any, keep: Tensor, shared_name: str | None) -> Any:
        if not isinstance(item, SparseTensor):
            return item
        put = _add_many_sparse_to_tensors_map if self._enqueue_many else _add_sparse_to_tensors_map
        # Every source of one component puts into one map, which the batch takes from.
        name = self._ops[i].name if i in self._ops else shared_name and f"{shared_name}/sparse_{i}"
        ops: list[Operation] = []

        def stored() -> Tensor:
            handle = put(item, shared_name=name)
            ops.append(handle.op)
            return handle

        nothing = constant([] if self._enqueue_many else -1, dtypes.int64)
        found = smart_cond(keep, stored, lambda: nothing)
        self._ops.setdefault(i, ops[0])
        return found

    def taken(self, result: Any) -> Any:
        """What the queue gives, numbers made sparse tensors again."""
        if not self._ops:
            return result
        parts = list(result) if isinstance(result, (list, tuple)) else [result]
        for i, op in self._ops.items():
            rank = self._first[i].shape.ndims
            wanted = None if rank is None else rank + (not self._enqueue_many)
            parts[i] = _take_many_sparse_from_tensors_map(op, parts[i], wanted)
        return parts if isinstance(result, (list, tuple)) else parts[0]


def _element_shapes(lists: list[list[Tensor]], shapes: Any, enqueue_many: bool) -> list[TensorShape]:
    if shapes is not None:
        return [as_shape(s) for s in shapes]
    result = []
    for tensors in zip(*lists):
        for tensor in tensors:
            if tensor.shape.ndims is None:
                raise ValueError(f"Cannot infer Tensor's rank: {tensor}")
        found = [t.shape[1:] if enqueue_many else t.shape for t in tensors]
        shape = found[0]
        for other in found[1:]:
            shape = shape.most_specific_compatible_shape(other)
        result.append(shape)
    return result


def _enqueue(queue: QueueBase, tensors: list[Tensor], enqueue_many: bool, keep: Tensor) -> Any:
    if keep.shape.ndims == 1:
        return queue.enqueue_many([boolean_mask(t, keep) for t in tensors])
    put = queue.enqueue_many if enqueue_many else queue.enqueue
    return smart_cond(keep, lambda: put(tensors), no_op)


def _summarize(queue: QueueBase, capacity: int, min_after_dequeue: int) -> None:
    if not isinstance(queue, RandomShuffleQueue):
        full = cast(queue.size(), dtypes.float32) * (1.0 / capacity)
        summary.scalar(f"fraction_of_{capacity}_full", full)
        return
    room = capacity - min_after_dequeue
    full = cast(maximum(0, queue.size() - min_after_dequeue), dtypes.float32) * (1.0 / room)
    summary.scalar(f"fraction_over_{min_after_dequeue}_of_{room}_full", full)
