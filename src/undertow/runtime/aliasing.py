"""Whose memory a value is: which reads of variables must be copies, and which fetches must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..graph.operation import Operation, Tensor
from .loops import ENTERS, Loop
from .order import FetchRead, Task, variable_of

if TYPE_CHECKING:
    from .lower import Lowering


def reads_to_copy(lowering: Lowering) -> set[tuple[Task, Tensor]]:
    """The reads whose storage would change under someone who still looks at it."""
    order = lowering.order
    result: set[tuple[Task, Tensor]] = set()
    for variable, writers in order.writers.items():
        last_write = max(order.position[w] for w in writers)
        # What a loop that writes the variable was given of it is the storage: as in TensorFlow, rounds see it anew.
        writing = {op for w in writers if isinstance(w, Loop) for op in w.of_type(*ENTERS)}
        for reader in order.readers.get(variable, ()):
            position = order.position[reader]
            if position > last_write or isinstance(reader, Loop):
                continue  # a loop makes its own reads, in plans of its own
            first_write = min(p for w in writers if (p := order.position[w]) >= position)
            if not _seen_after(lowering, reader, first_write, writing):
                continue
            if isinstance(reader, FetchRead):
                tensors = [reader.tensor]
            else:
                tensors = [order.late.get((reader, t), t) for t in reader.inputs]
            result.update((reader, t) for t in tensors if t.dtype._is_ref_dtype and variable_of(t) is variable)
    return result


def _seen_after(lowering: Lowering, reader: Task, write: int, writing: set[Operation]) -> bool:
    """Whether what was read is, through views or a gradient's record, looked at after the step at `write`.

    `writing` are the ways into loops which write it themselves.
    """
    if isinstance(reader, FetchRead):
        return True
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
            if tensor in fetched:
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
        if tensor in lowering.fed or tensor.dtype._is_ref_dtype or tensor.op.type == "Const":
            return True
        kernel = lowering.kernels.get(tensor.op.type)
        if kernel is None or not kernel.view:
            return False
        if len(tensor.op.inputs) != 1:
            return True
        tensor = tensor.op.inputs[0]
