"""The servers of this process, by target: what the sessions on one of them share."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

Task = tuple[str, int]  # of a cluster: its job and number

_SHARED: dict[str, dict[str, Any]] = {}  # target -> what `Store` keeps in it
_CLUSTERS: dict[Any, tuple[dict[str, Any], set[Task]]] = {}  # what the tasks of each share, and those in this process
# Target -> its task, and those of its cluster that are in this process (None: it is alone).
_HOMES: dict[str, tuple[Task, set[Task] | None]] = {}
_CONFIGS: dict[str, Any] = {}
_SESSIONS: dict[str, weakref.WeakSet[Any]] = {}


def register(target: str, config: Any = None, task: Task = ("localhost", 0), cluster: Any = None) -> None:
    """Let sessions on `target` be made, with `config` where they bring none of their own.

    It is `task` of a cluster, whose tasks in this process share what they keep; `cluster` tells it from others.
    """
    _CONFIGS[target] = config
    if cluster is None:
        _SHARED.setdefault(target, {})
        _HOMES[target] = task, None
        return
    _SHARED[target], tasks = _CLUSTERS.setdefault(cluster, ({}, set()))
    tasks.add(task)
    _HOMES[target] = task, tasks


def home(target: str) -> tuple[Task, set[Task] | None]:
    """The task that sessions on `target` are of, and those of its cluster in this process (None: it has no cluster)."""
    return _HOMES.get(target, (("localhost", 0), None))


def known(target: str) -> bool:
    """Whether sessions can be on `target`."""
    return target in ("", "local") or target in _SHARED


def shared(target: str) -> dict[str, Any] | None:
    """What the sessions on `target` share; None if no server of this process has it."""
    return _SHARED.get(target)


def config(target: str) -> Any:
    """The server's ConfigProto, None if it has none."""
    return _CONFIGS.get(target)


def connect(target: str, session: Any) -> None:
    """Note a session on `target`, for `reset` to end."""
    _SESSIONS.setdefault(target, weakref.WeakSet()).add(session)


def reset(target: str, containers: Sequence[str] | None) -> None:
    """Forget what sessions on `target` share, in the containers named or in all; the sessions there are at an end."""
    for session in _SESSIONS.pop(target, ()):
        session._abort()
    shared = _SHARED.get(target, {})
    if not containers:
        shared.clear()
        return
    cells = shared.get("cells", {})
    for key in [key for key, cell in cells.items() if cell.container in containers]:
        del cells[key]
    if "resources" in shared:
        shared["resources"].forget(containers)
