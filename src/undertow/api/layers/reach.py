"""Which losses and updates of a layer depend on which inputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...graph import nest
from ...graph.operation import Operation


def reachable(inputs: Iterable[Any], targets: Iterable[Any]) -> set[Any]:
    """Those of `targets` (tensors and ops) that depend on one of `inputs`, or are one."""
    starts = {getattr(x, "op", x) for x in inputs}
    starts = {op for op in starts if isinstance(op, Operation)}
    oldest = min((op._id for op in starts), default=0)  # what was made before an op does not read it
    found = set()
    for target in targets:
        todo, seen = [getattr(target, "op", target)], set()
        while todo:
            op = todo.pop()
            if op in starts:
                found.add(target)
                break
            if op not in seen and op._id >= oldest:
                seen.add(op)
                todo.extend(t.op for t in op.inputs)
    return found


def selected(rows: list[tuple[Any, bool]], inputs: Any) -> list[Any]:
    if inputs is None:
        return [value for value, depends in rows if not depends]
    values = [value for value, depends in rows if depends]
    hit = reachable(nest.flatten(inputs), values)
    return [value for value in values if value in hit]
