"""The servers of this process, by target: what the sessions on one of them share."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

_SHARED: dict[str, dict[str, Any]] = {}  # target -> what `Store` keeps in it
_CONFIGS: dict[str, Any] = {}
_JOBS: dict[str, str] = {}
_SESSIONS: dict[str, weakref.WeakSet[Any]] = {}


def register(target: str, config: Any = None, job: str = "localhost") -> None:
    """Let sessions on `target`, a task of `job`, be made, with `config` where they bring none of their own."""
    _JOBS[target] = job
    _SHARED.setdefault(target, {})
    _CONFIGS[target] = config


def known(target: str) -> bool:
    """Whether sessions can be on `target`."""
    return target in ("", "local") or target in _SHARED


def shared(target: str) -> dict[str, Any] | None:
    """What the sessions on `target` share; None if no server of this process has it."""
    return _SHARED.get(target)


def job(target: str) -> str:
    """The job of the server's devices."""
    return _JOBS.get(target, "localhost")


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
