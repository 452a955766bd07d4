"""What of a graph a run needs, and in which order."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..graph.dtypes import resource
from ..graph.operation import Operation, Tensor
from ..ops import handles, registry
from .loops import ENTERS, Frame, Loop, frames


@dataclass(eq=False)
class FetchRead:
    """The reading of a variable's value that was fetched by its reference: a task of its own, after all writes."""

    tensor: Tensor
    _id: int


Task = Any  # an Operation, a Loop or a FetchRead
Variable = Any  # the op of a variable by reference, the shared name of one by handle

# What may wait for other ops, of this run or another thread's, goes last.
WAITING = {
    "QueueDequeueV2", "QueueDequeueManyV2", "QueueDequeueUpToV2", "ReaderReadV2", "ReaderReadUpToV2",
    "AccumulatorTakeGradient", "ResourceAccumulatorTakeGradient", "SparseAccumulatorTakeGradient",
    "BarrierTakeMany", "Unstage", "StagePeek", "MapUnstage", "MapUnstageNoKey", "MapPeek", "OrderedMapUnstage",
    "OrderedMapUnstageNoKey", "OrderedMapPeek",
}  # fmt: skip


@dataclass
class Order:
    """Tasks in the order of their running, with what the lowering wants to know of variables."""

    tasks: list[Task]
    position: dict[Task, int]
    readers: dict[Variable, list[Task]] = field(default_factory=dict)  # variable -> tasks that read its value
    writers: dict[Variable, list[Task]] = field(default_factory=dict)  # variable -> tasks that change it
    frames: dict[Operation, Frame] = field(default_factory=dict)  # in a graph with loops, those that each op is in
    late: dict[tuple[Operation, Tensor], Tensor] = field(default_factory=dict)  # see `_late_reads`


def needed(fetches: Iterable[Tensor | Operation], fed: set[Tensor]) -> set[Operation]:
    """The operations that must run: backward from the fetches, stopping at what is fed."""
    found: set[Operation] = set()
    stack = [f.op if isinstance(f, Tensor) else f for f in fetches if f not in fed]
    while stack:
        op = stack.pop()
        if op not in found:
            found.add(op)
            stack.extend(sources(op, fed))
    return found


def sources(op: Operation, fed: set[Tensor]) -> list[Operation]:
    """The ops that `op` comes after, but for those that something fed stands for."""
    found = [t.op for t in op.inputs if t not in fed]
    return found + [c for c in op._control_inputs if fed.isdisjoint(c.outputs)]


def reference_inputs(op: Operation) -> list[bool]:
    """For each input, whether the op takes it by reference."""
    flags: list[bool] = []
    for arg in registry.get(op.type).inputs:
        flags.extend([arg.is_ref] * arg.count(op.attrs))
    return flags


_READ_ONLY_REFERENCES = {"IsVariableInitialized", "RefIdentity", "RefSwitch", "RefMerge", "RefEnter", "RefExit"}


def variable_of(tensor: Tensor) -> Variable:
    """The variable that a reference or a handle stands for."""
    op = handles.source(tensor)
    return handles.shared_name(op) if op.type == "VarHandleOp" else op


def arrange(
    fetches: list[Tensor | Operation], fed: set[Tensor], frame: Frame = (), inside: dict[Operation, Frame] | None = None
) -> Order:
    """Order what a run needs: by dependencies, then writes to variables last, then as the program is written.

    In a graph with loops `frame` says which one the run is of, and `inside` which ones each op is in; a loop within it
    is one task.
    """
    ops = sorted(needed(fetches, fed), key=lambda op: op._id)
    if inside is None:
        inside = frames(ops) if any(op.type in ENTERS for op in ops) else {}
    order = Order([], {}, frames=inside)
    tasks: list[Task] = []
    loops: dict[Frame, Loop] = {}
    standing: dict[Operation, Task] = {}  # the task that an op is, or is part of
    for op in ops:
        path = inside.get(op, ())
        if path == frame:
            standing[op] = op
            tasks.append(op)
            continue
        name = path[: len(frame) + 1]
        if name not in loops:
            loops[name] = Loop(name, op._id)
            tasks.append(loops[name])
        loops[name].ops.append(op)
        if path == name:
            loops[name].own.append(op)
        standing[op] = loops[name]
    before: dict[Task, set[Task]] = {task: set() for task in tasks}
    for op in ops:
        task = standing[op]
        before[task].update(standing[source] for source in sources(op, fed))
        if handles.uses(op.type):
            _note_handles(op, task, order)
        elif any(t.dtype._is_ref_dtype for t in op.inputs):
            _note_variables(op, task, order, fed)
    for loop in loops.values():
        before[loop].discard(loop)
    _take_turns(before)
    last = ops[-1]._id + 1 if ops else 0
    for fetch in dict.fromkeys(fetches):
        if isinstance(fetch, Tensor) and fetch.dtype._is_ref_dtype and fetch not in fed:
            read = FetchRead(fetch, last + len(tasks))
            tasks.append(read)
            before[read] = {fetch.op, *order.writers.get(variable_of(fetch), ())}
            order.readers.setdefault(variable_of(fetch), []).append(read)
    _late_reads(order, before, fed)
    soft = _reads_before_writes(order, before)
    _sort(tasks, before, soft, order)
    return order


def _note_variables(op: Operation, task: Task, order: Order, fed: set[Tensor]) -> None:
    for tensor, by_reference in zip(op.inputs, reference_inputs(op)):
        if not tensor.dtype._is_ref_dtype or tensor in fed:
            continue
        variable = variable_of(tensor)
        if not by_reference:
            order.readers.setdefault(variable, []).append(task)
        elif op.type not in _READ_ONLY_REFERENCES:
            order.writers.setdefault(variable, []).append(task)


def _note_handles(op: Operation, task: Task, order: Order) -> None:
    noted = order.writers if handles.writes(op.type) else order.readers if op.type in handles.READERS else None
    for tensor in op.inputs:
        if noted is not None and tensor.dtype is resource:
            noted.setdefault(variable_of(tensor), []).append(task)


def _take_turns(before: dict[Task, set[Task]]) -> None:
    """Let what is locked by one mutex run one after the other, as the program is written."""
    turns: dict[str, list[Operation]] = {}
    for task in before:
        if isinstance(task, Operation) and task.type == "MutexLock":
            mutex = handles.source(task.inputs[0])
            turns.setdefault(mutex.attrs.get("shared_name") or mutex.name, []).append(task)
    for locks in turns.values():
        for earlier, later in itertools.pairwise(sorted(locks, key=lambda op: op._id)):
            released = [op for op in earlier.outputs[0].consumers() if op in before]
            before[later].update(released)


def _late_reads(order: Order, before: dict[Task, set[Task]], fed: set[Tensor]) -> None:
    """Find the ops that use a read made earlier (`w/read`), but that a dependency puts after a write of its variable.

    They are to see what was written: TensorFlow's reads share the variable's memory, and programs count on it
    (`with tf.control_dependencies([train]): clip = w.assign(tf.clip_by_value(w, …))`). So they read anew.
    """
    after: dict[Task, list[Task]] = {}
    for task, earlier in before.items():
        for item in earlier:
            after.setdefault(item, []).append(task)
    for variable, writers in order.writers.items():
        if not isinstance(variable, Operation):
            continue  # a read by handle is a value: who wants to see the write reads after it
        for writer in writers:
            behind, stack = set(), [writer]
            while stack:
                for task in after.get(stack.pop(), ()):
                    if task not in behind:
                        behind.add(task)
                        stack.append(task)
            for task in behind:
                for tensor in task.inputs if isinstance(task, Operation) else ():
                    read = tensor.op
                    if read.type == "Identity" and tensor not in fed and read not in behind:
                        source = read.inputs[0]
                        if source.dtype._is_ref_dtype and source not in fed and variable_of(source) is variable:
                            order.late[task, tensor] = source
                            order.readers.setdefault(variable, []).append(task)


def _reads_before_writes(order: Order, before: dict[Task, set[Task]]) -> dict[Task, set[Task]]:
    """For each write the reads of the old value that it waits for: all that no dependency puts after it."""
    soft: dict[Task, set[Task]] = {}
    ancestors: dict[Task, set[Task]] = {}
    for variable, writers in order.writers.items():
        for reader in order.readers.get(variable, ()):
            above = _ancestors(reader, before, ancestors)
            mine = [w for w in writers if w in above]
            newest = max((w._id for w in mine), default=-1)
            for writer in writers:
                if writer not in above and writer._id > newest and writer is not reader:
                    soft.setdefault(writer, set()).add(reader)
    return soft


def _ancestors(task: Task, before: dict[Task, set[Task]], cache: dict[Task, set[Task]]) -> set[Task]:
    found = cache.get(task)
    if found is None:
        found, stack = set(), list(before[task])
        while stack:
            item = stack.pop()
            if item not in found:
                found.add(item)
                stack.extend(before[item])
        cache[task] = found
    return found


def _sort(tasks: list[Task], before: dict[Task, set[Task]], soft: dict[Task, set[Task]], order: Order) -> None:
    writes = {w for writers in order.writers.values() for w in writers}
    waiting = {task: before[task] | soft.get(task, set()) for task in tasks}
    after: dict[Task, list[Task]] = {}
    for task, earlier in waiting.items():
        for item in earlier:
            after.setdefault(item, []).append(task)

    def key(task: Task) -> tuple[bool, bool, int]:
        waits = isinstance(task, Operation) and task.type in WAITING
        return waits, task in writes, task._id

    ready = [(key(t), t) for t in tasks if not waiting[t]]
    heapq.heapify(ready)
    while len(order.tasks) < len(tasks):
        if not ready:  # reads and writes wait for each other in a circle: let the first go on hard dependencies alone
            stuck = min(
                (t for t in tasks if t not in order.position and not waiting[t] & before[t]), key=key, default=None
            )
            if stuck is None:
                raise ValueError("The graph has a cycle that is no while loop.")
            waiting[stuck] = set()
            ready.append((key(stuck), stuck))
        _, task = heapq.heappop(ready)
        if task in order.position:
            continue
        order.position[task] = len(order.tasks)
        order.tasks.append(task)
        for later in after.get(task, ()):
            waiting[later].discard(task)
            if not waiting[later] and later not in order.position:
                heapq.heappush(ready, (key(later), later))
