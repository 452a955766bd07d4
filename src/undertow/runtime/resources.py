"""What ops share by name in a session: queues, readers, iterators."""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ..graph.operation import Operation

DEFAULT_CONTAINER = "localhost"  # the name of the container of what names none


class Resources:
    """Named things, made when an op first asks for them. Ops with equal `container` and `shared_name` share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[Any, Any] = {}
        self._counter = itertools.count()
        self._place: Callable[[Operation], Any] = lambda op: None

    def seen_from(self, place: Callable[[Operation], Any]) -> Resources:
        """The same things for a session that has a place for each op: only ops in one place share one."""
        other = copy.copy(self)
        other._place = place
        return other

    def get(self, kind: str, op: Operation, make: Callable[[str], Any], by_name: bool = False) -> Any:
        """The `kind` ("queue") that `op` stands for, by `make(name)` if there is none yet.

        The name is the op's shared name; an op without one has its own, `_<number>_<op name>`, or with `by_name` is
        known to others by the name of the op.
        """
        shared = op.attrs.get("shared_name") or (op.name if by_name else "")
        key = (kind, op.attrs.get("container") or "", f"={shared}" if shared else op.name, self._place(op))
        with self._lock:
            if key not in self._found:
                self._found[key] = make(shared or f"_{next(self._counter)}_{op.name}")
            return self._found[key]

    def forget(self, containers: Sequence[str]) -> None:
        """Drop what is in these containers."""
        with self._lock:
            for key in [key for key in self._found if (key[1] or DEFAULT_CONTAINER) in containers]:
                del self._found[key]
