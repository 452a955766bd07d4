"""Where gradients flow: the differentiable paths of a graph.

`between` is all that a run needs of it; `Paths` answers what `tf.gradients` asks while it builds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..graph.dtypes import DType
from ..graph.errors import unbuilt
from ..graph.operation import Operation, Tensor
from .constant_value import constant_value
from .gradient_registry import is_custom, is_differentiable
from .handles import value_dtype

_REF_PASSING = frozenset(("RefIdentity", "RefSwitch", "RefMerge", "RefEnter", "RefExit", "RefNextIteration"))


def carries_gradient(dtype: DType) -> bool:
    base = dtype.base_dtype
    return base.is_floating or base.is_complex or base.name in ("variant", "resource")  # a handle stands for a variable


def passed_to(op: Operation) -> list[Tensor]:
    """The outputs of `op` to which a gradient path goes on."""
    if not is_differentiable(op):
        return []
    return [
        t for t in op.outputs
        if carries_gradient(t.dtype) and (not t.dtype._is_ref_dtype or op.type in _REF_PASSING)
    ]  # fmt: skip


def between(ys: Iterable[Tensor], xs: Iterable[Tensor], stops: Iterable[Tensor] = ()) -> set[Operation]:
    """The ops on a differentiable path from one of `xs` to one of `ys` that goes through none of `stops`.

    An x may be a variable's reference: paths then start at whatever reads it.
    """
    stops = set(stops)
    reached = set(xs)
    visited: set[Operation] = set()
    pending = list(reached)
    while pending:
        for op in pending.pop()._consumers:
            if op not in visited:
                visited.add(op)
                new = [t for t in passed_to(op) if t not in reached and t not in stops]
                reached.update(new)
                pending.extend(new)
    path: set[Operation] = set()
    pending = [y for y in ys if y in reached]
    while pending:
        tensor = pending.pop()
        op = tensor.op
        if op not in path and op in visited and tensor not in stops:
            path.add(op)
            pending.extend(t for t in op.inputs if t in reached)
    return path


class Paths:
    """The paths of one call of `gradients`, and what ends them: a leaf for each x, or several."""

    def __init__(self, ys: list[Tensor], stops: list[Tensor]) -> None:
        self.ys, self.stops = set(ys), set(stops)
        self.ops: set[Operation] = set()

    def starts(self, x: Tensor) -> list[Tensor]:
        """Where paths from `x` start: `x`; if it is a variable's reference, its reads."""
        if not x.dtype._is_ref_dtype:
            return [x] if carries_gradient(value_dtype(x)) else []
        if x in self.ys or any(op in self.ops and op.type != "Identity" for op in x._consumers):
            what = f"A gradient through an op that reads the reference {x.name} itself"
            raise unbuilt(what, "Read it with tf.identity.")
        return [op.outputs[0] for op in x._consumers if op.type == "Identity"]

    def leads_on(self, tensor: Tensor) -> bool:
        return tensor in self.ys or any(op in self.ops for op in tensor._consumers)

    def gathers(self, tensor: Tensor) -> list[Operation] | None:
        """The gathers through which every path from `tensor` goes first; None if one goes elsewhere."""
        if tensor in self.ys:
            return None
        found: list[Operation] = []
        for op in tensor._consumers:
            if op not in self.ops:
                continue
            if is_custom(op):
                return None
            if op.type in ("Identity", "ReadVariableOp"):
                deeper = self.gathers(op.outputs[0])
                if deeper is None:
                    return None
                found.extend(deeper)
            elif _gathers_rows(op) and tensor is op.inputs[0]:
                found.append(op)
            else:
                return None
        return found


def _gathers_rows(op: Operation) -> bool:
    if op.type == "GatherV2":
        return op.attrs["batch_dims"] == 0 and _is_zero(constant_value(op.inputs[2]))
    return op.type == "Gather" or (op.type == "ResourceGather" and op.attrs["batch_dims"] == 0)


def _is_zero(value: Any) -> bool:
    return value is not None and int(value) == 0
