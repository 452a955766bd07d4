"""The default graph and the default session: a stack of each in every thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .graph import Graph

T = TypeVar("T")


class DefaultStack(threading.local, Generic[T]):
    """What `with` has made the default, innermost last."""

    def __init__(self) -> None:
        self.stack: list[T] = []

    def get(self) -> T | None:
        return self.stack[-1] if self.stack else None

    def get_default(self) -> T | None:
        """The innermost, or None."""
        return self.get()

    def reset(self) -> None:
        """Let there be no default."""
        self.stack = []

    @contextmanager
    def using(self, item: T) -> Iterator[T]:
        self.stack.append(item)
        try:
            yield item
        finally:
            if not self.stack or self.stack[-1] is not item:
                raise AssertionError(
                    f"Nesting violated for default stack of {type(item)} objects: leave the inner one first."
                )
            self.stack.pop()


graphs: DefaultStack[Graph] = DefaultStack()
sessions: DefaultStack[Any] = DefaultStack()
_global_graph: Graph | None = None


def get_default_graph() -> Graph:
    """The innermost graph made default in this thread, else the process's one global graph."""
    global _global_graph
    if graphs.stack:
        return graphs.stack[-1]
    if _global_graph is None:
        from .graph import Graph

        _global_graph = Graph()
    return _global_graph


def reset_default_graph() -> None:
    """Forget the global default graph; the next op starts a new one. `AssertionError` inside `with graph:`."""
    global _global_graph
    if graphs.stack:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, "
            "exit the nesting and create a new graph."
        )
    _global_graph = None


def has_default_graph() -> bool:
    """Whether a graph has been made in this process's default place."""
    return bool(graphs.stack) or _global_graph is not None


def get_default_session() -> Any:
    """The innermost session made default in this thread, or None."""
    return sessions.get()


def session_for(graph: Graph, session: Any, wanted: str, call: str) -> Any:
    """The session that does `wanted` ("evaluate tensor") by `call` ("eval"): the one given, else the default one."""
    which, advice = "given", ""
    if session is None:
        session, which = sessions.get(), "default"
        advice = f" Pass an explicit session to `{call}(session=sess)`."
    if session is None:
        raise ValueError(
            f"Cannot {wanted} using `{call}()`: No default session is registered. Use `with sess.as_default()` or pass "
            f"an explicit session to `{call}(session=sess)`"
        )
    if session.graph is not graph:
        noun = wanted.rpartition(" ")[2]
        raise ValueError(
            f"Cannot use the {which} session to {wanted}: the {noun}'s graph is different from the session's graph."
            f"{advice}"
        )
    return session
