"""The servers of this process, by target: what the sessions on one of them share."""

from __future__ import annotations

from typing import Any

_SHARED: dict[str, dict[str, Any]] = {}  # target -> what `Store` keeps in it


def register(target: str) -> None:
    """Let sessions on `target` be made."""
    _SHARED.setdefault(target, {})


def shared(target: str) -> dict[str, Any] | None:
    """What the sessions on `target` share; None if no server of this process has it."""
    return _SHARED.get(target)
