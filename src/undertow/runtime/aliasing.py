"""Whose memory a value is: which reads of variables must be copies, and which fetches must be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..graph.dtypes import resource
from ..graph.operation import Operation, Tensor
from .loops import ENTERS, Loop
from .order import FetchRead, Task, variable_of

if TYPE_CHECKING:
    from .lower import Lowering


# A fetched variable, or one of these of it, has the value from the end of the run, as in TensorFlow, whose kernels for
# them share the memory of a variable by reference. (A read by handle gives a value.)
SHARING = {"Identity", "Reshape", "ExpandDims", "Squeeze"}


def reads_to_copy(lowering: Lowering) -> set[tuple[Task, Any]]:
    """The reads whose storage would change under someone who still looks at it.

    A read is a task and what it reads: the reference or handle; of a loop the variable, in whichever of its rounds.
    """
    order = lowering.order
    result = _reads_in_loop(lowering)
    for variable, writers in order.writers.items():
        last_write = max(order.position[w] for w in writers)
        # What a loop that writes the variable was given of it is the storage: as in TensorFlow, rounds see it anew.
        writing = {op for w in writers if isinstance(w, Loop) for op in w.of_type(*ENTERS)}
        for reader in order.readers.get(variable, ()):
            position = order.position[reader]
            if isinstance(reader, Loop):  # it makes its own reads, in plans of its own
                later = [p for w in writers if (p := order.position[w]) > position]
                if later and _differentiated_after(lowering, reader.ops, min(later)):
                    result.add((reader, variable))
                continue
            if position > last_write:
                continue
            first_write = min(p for w in writers if (p := order.position[w]) >= position)
            by_handle = not isinstance(variable, Operation)
            if not _seen_after(lowering, reader, first_write, set() if by_handle else writing, by_handle):
                continue
            if isinstance(reader, FetchRead):
                tensors = [reader.tensor]
            else:
                tensors = [order.late.get((reader, t), t) for t in reader.inputs]
            result.update((reader, t) for t in tensors if is_variable(t) and variable_of(t) == variable)
    return result


def is_variable(tensor: Tensor) -> bool:
    """Whether a tensor stands for a variable, or another thing that is kept between runs."""
    return tensor.dtype._is_ref_dtype or tensor.dtype is resource


def _reads_in_loop(lowering: Lowering) -> set[Any]:
    """The reads by handle in a loop's plan that are copies whatever is written in it.

    What a round hands on is looked at in later rounds and after the loop; what the loop around is told to copy, or is
    recorded and written in the loop, a gradient looks at later.
    """
    result: set[Any] = set()
    if lowering.loop is None or lowering.outer is None:
        return result
    for variable, readers in lowering.order.readers.items():
        if isinstance(variable, Operation):
            continue
        told = (lowering.loop, variable) in lowering.outer.copied
        recorded = lowering.outer.recorded if variable in lowering.order.writers else set()
        for reader in readers:
            if isinstance(reader, Loop):
                if told or not recorded.isdisjoint(reader.ops):
                    result.add((reader, variable))
                continue
            if told or reader in recorded or _seen_after(lowering, reader, _NEVER, set(), True):
                result.update((reader, t) for t in reader.inputs if t.dtype is resource)
    return result


_NEVER = sys.maxsize


def _differentiated_after(lowering: Lowering, ops: list[Operation], write: int) -> bool:
    """Whether a gradient through some of `ops` is taken after the step at `write`."""
    position = lowering.order.position
    return any(position[g.op] >= write and not g.region.isdisjoint(ops) for g in lowering.gradients.values())


def _seen_after(lowering: Lowering, reader: Task, write: int, writing: set[Operation], by_handle: bool) -> bool:
    """Whether what was read is, through views or a gradient's record, looked at after the step at `write`.

    `writing` are the ways into loops which write it themselves.
    """
    if isinstance(reader, FetchRead):
        return False
    position = lowering.order.position
    fetched = set(lowering.fetches)
    stack, seen = [reader], set()
    while stack:
        op = stack.pop()
        if op in seen:
            continue
        seen.add(op)
        if isinstance(op, Loop):
            return True
        if op in lowering.recorded or any(t in lowering.leaves for t in op.outputs):
            gradients = lowering.gradients.values()
            users = [g.op for g in gradients if op in g.region or set(op.outputs) & set(g.origins)]
            if any(position[g] >= write for g in users):
                return True
        kernel = lowering.kernels.get(op.type)
        if kernel is None or not kernel.view:
            continue
        for tensor in op.outputs:
            if tensor in fetched and (by_handle or op.type not in SHARING):
                return True
            for user in tensor._consumers:
                at = position.get(user)
                if user.type in ENTERS:
                    if user in writing:
                        continue
                    return True
                if at is not None and at >= write:
                    return True
                if at is not None:
                    stack.append(user)
    return False


def is_shared(lowering: Lowering, tensor: Tensor) -> bool:
    """Whether a fetched tensor's memory may be a variable's, a constant's or the feeder's."""
    while True:
        if tensor in lowering.fed or is_variable(tensor) or tensor.op.type == "Const":
            return True
        kernel = lowering.kernels.get(tensor.op.type)
        if kernel is None or not kernel.view:
            return False
        if len(tensor.op.inputs) != 1:
            return True
        tensor = tensor.op.inputs[0]
