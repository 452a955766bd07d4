"""How a run that waits (for a queue, say) is made to give up: its session is closed, or its time is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..graph.errors import CancelledError, DeadlineExceededError


class Cancellation:
    """What the runs of one session wait with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._waiting: list[threading.Condition] = []
        self._thread = threading.local()  # .deadline: when the run of this thread must be over

    @contextmanager
    def within(self, milliseconds: int) -> Iterator[None]:
        """Let what this thread waits for inside raise `DeadlineExceededError` after so long."""
        self._thread.deadline = time.monotonic() + milliseconds / 1000
        try:
            yield
        finally:
            self._thread.deadline = None

    def check(self) -> None:
        """Raise what `wait` would, without waiting: for loops, once a round."""
        if self._cancelled:
            raise CancelledError(None, None, "Step was cancelled by its session being closed")
        deadline = getattr(self._thread, "deadline", None)
        if deadline is not None and time.monotonic() > deadline:
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")

    def wait(self, condition: threading.Condition, what: str) -> None:
        """Wait until `condition`, whose lock is held, is notified.

        Raises `CancelledError` ("`what` was cancelled") once the session is closed, and `DeadlineExceededError`.
        """
        with self._lock:
            self._waiting.append(condition)
        try:
            if not self._cancelled:
                deadline = getattr(self._thread, "deadline", None)
                if not condition.wait(None if deadline is None else max(deadline - time.monotonic(), 0)):
                    raise DeadlineExceededError(None, None, "Timed out waiting for notification")
        finally:
            with self._lock:
                self._waiting.remove(condition)
        if self._cancelled:
            raise CancelledError(None, None, f"{what} was cancelled")

    def cancel(self) -> None:
        """Wake all that wait, and let nobody wait from now on."""
        with self._lock:
            self._cancelled = True
            waiting = list(self._waiting)
        for condition in waiting:
            with condition:
                condition.notify_all()
